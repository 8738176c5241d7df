//! What travels: event types with their size and key.

use egui::{RichText, TextEdit, Ui};
use plimsoll_models::{Edit, EventType, edit::Target, keys::KeyLaw, units::Quantity};
use serde_json::Value;

use super::{
    Memory,
    field::{self, Editor, Row},
    record,
};
use crate::{
    gui::{action::Action, view::View},
    icons,
};

/// Key, title, help, default, examples, and how a text is read.
type Part<'a> = (&'static str, &'static str, &'static str, &'static str, Vec<String>, &'a dyn Fn(&str) -> Result<Value, String>);

/// Shows every event type with its fields.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    if view.diagram.event_types.is_empty() {
        ui.label(
            RichText::new("None yet: events are plain. Add types to give them sizes and keys, and to filter by them.")
                .small()
                .color(view.theme.text_weak),
        );
    }
    for (id, event_type) in &view.diagram.event_types {
        ui.horizontal(|ui| {
            ui.label(RichText::new(id.as_str()).strong());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if icons::icon_button(ui, "trash", &format!("Remove {id}")).clicked() {
                    actions.push(Action::Edit(Edit::SetEventType(id.clone(), None)));
                }
            });
        });
        let size = |text: &str| field::read_quantity(Quantity::Bytes, text);
        let key = |text: &str| text.parse::<KeyLaw>().map(|_| Value::String(text.trim().to_owned()));
        let any = |text: &str| Ok(Value::String(text.to_owned()));
        let laws = vec!["unique".to_owned(), "uniform(1000)".to_owned(), "zipf(1000, 1.1)".to_owned(), "weights(tenants.csv)".to_owned()];
        let rows: [Part<'_>; 3] = [
            ("size", "Size", "Bytes of one event", "like its source", Vec::new(), &size),
            ("key", "Key", "Law of the partition or group key", "unique", laws, &key),
            ("description", "Description", "What it says", "", Vec::new(), &any),
        ];
        for (key, title, help, default, examples, read) in rows {
            let target = Target::EventType(id.clone());
            let row = Row {
                address: record::address(&target, key),
                title,
                help,
                editor: Editor::Text(examples),
                value: event_type.fields.get(key),
                default: Some(default.to_owned()),
                why: None,
                read,
            };
            if let Some(change) = field::row(ui, view.theme, &mut memory.typing, &row) {
                actions.push(record::set(&target, key, change));
            }
        }
    }
    add_ui(ui, view, memory, actions);
}

fn add_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let name = memory.new_event_type.trim().to_owned();
    let free = plimsoll_models::ids::is_valid(&name) && !view.diagram.event_types.contains_key(name.as_str());
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let add = ui.add_enabled(free, egui::Button::new("Add")).clicked();
        let width = ui.available_width() - 2.0;
        let edit = TextEdit::singleline(&mut memory.new_event_type).id_salt("new event type").hint_text("OrderPlaced").desired_width(width);
        let response = ui.add(edit).accessible_name("New event type");
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if (add || entered) && free {
            actions.push(Action::Edit(Edit::SetEventType(name.as_str().into(), Some(EventType::default()))));
            memory.new_event_type.clear();
        }
    });
}
