//! What travels: event types with their size and key, who emits them and who takes them.

use std::{collections::BTreeMap, sync::Arc};

use egui::{Align, Layout, RichText, TextEdit, Ui};
use plimsoll_models::{
    Diagram, Edit, EventType, EventTypeId, NodeId,
    edit::Target,
    ids,
    keys::KeyLaw,
    review::{self, Travel},
    units::Quantity,
};
use serde_json::Value;

use super::{
    Memory,
    field::{self, Editor, Row},
    record, renaming,
};
use crate::{
    gui::{
        action::Action,
        canvas::Selection,
        tone::{Tone, glyph},
        view::View,
        words::{inspector, panels as words},
    },
    icons,
};

/// Key, title with help, default, examples, and how a text is read.
type Part<'a> = (&'static str, (&'static str, &'static str), &'static str, Vec<String>, &'a dyn Fn(&str) -> Result<Value, String>);

/// What the panel remembers between frames.
#[derive(Debug, Default)]
pub struct TypesMemory {
    /// A half-written name of a new type.
    new: String,
    /// A type that gets another name.
    naming: Option<(EventTypeId, String)>,
    /// A type that is in use and shall be removed all the same.
    removing: Option<EventTypeId>,
    /// Where types go, for the diagram that was looked at last.
    travels: Option<(Arc<Diagram>, BTreeMap<EventTypeId, Travel>)>,
}

/// Shows every event type with its fields.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let travels = match memory.types.travels.take() {
        Some((diagram, travels)) if Arc::ptr_eq(&diagram, view.diagram) => travels,
        Some(_) | None => review::travels(view.diagram, view.catalog),
    };
    if travels.is_empty() {
        ui.add(egui::Label::new(RichText::new(words::NO_EVENT_TYPES).small().color(view.theme.text_weak)).wrap());
    }
    for (id, travel) in &travels {
        let Some(event_type) = view.diagram.event_types.get(id) else {
            unknown_ui(ui, view, id, travel, actions);
            continue;
        };
        head_ui(ui, view, memory, id, travel, actions);
        travel_ui(ui, view, travel);
        fields_ui(ui, view, memory, id, event_type, actions);
    }
    memory.types.travels = Some((Arc::clone(view.diagram), travels));
    add_ui(ui, view, memory, actions);
}

/// A type that is named somewhere and defined nowhere.
fn unknown_ui(ui: &mut Ui, view: &View<'_>, id: &EventTypeId, travel: &Travel, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        glyph(ui, view.theme, Tone::Bad, "error");
        ui.label(RichText::new(words::undefined_type(id.as_str())).color(view.theme.red_text));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ids::is_valid(id.as_str()) && ui.small_button(words::DEFINE).clicked() {
                actions.push(Action::Edit(Edit::SetEventType(id.clone(), Some(EventType::default()))));
            }
        });
    });
    travel_ui(ui, view, travel);
}

fn head_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &EventTypeId, travel: &Travel, actions: &mut Vec<Action>) {
    if memory.types.naming.as_ref().is_some_and(|(named, _)| named == id) {
        name_ui(ui, view, memory, id, actions);
        return;
    }
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if icons::icon_button(ui, "trash", &inspector::remove(id.as_str())).clicked() {
            if travel.emitters.is_empty() && travel.awaited.is_empty() {
                actions.push(Action::Edit(Edit::SetEventType(id.clone(), None)));
            } else {
                memory.types.removing = Some(id.clone());
            }
        }
        if icons::icon_button(ui, "pencil", &words::rename(id.as_str())).clicked() {
            memory.types.naming = Some((id.clone(), id.to_string()));
        }
        if icons::icon_button(ui, "target", &words::show_path(id.as_str())).clicked() {
            actions.push(Action::Select(path(view, travel)));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(RichText::new(id.as_str()).strong()).truncate());
        });
    });
    if memory.types.removing.as_ref() == Some(id) {
        removal_ui(ui, view, memory, id, travel, actions);
    }
}

/// Everything that a type passes.
fn path(view: &View<'_>, travel: &Travel) -> Selection {
    let ends = travel.edges.iter().filter_map(|id| view.diagram.edges.get(id)).flat_map(|edge| [edge.from.clone(), edge.to.clone()]);
    Selection { nodes: ends.chain(travel.emitters.iter().cloned()).collect(), edges: travel.edges.clone(), ..Selection::default() }
}

/// Asks before a type goes that something names.
fn removal_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &EventTypeId, travel: &Travel, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        glyph(ui, view.theme, Tone::Warn, "warning");
        ui.label(RichText::new(words::type_in_use(travel.emitters.len(), travel.awaited.len())).small());
        if ui.small_button(words::REMOVE_ANYWAY).clicked() {
            actions.push(Action::Edit(Edit::SetEventType(id.clone(), None)));
            memory.types.removing = None;
        }
        if ui.small_button(words::KEEP).clicked() {
            memory.types.removing = None;
        }
    });
}

fn name_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &EventTypeId, actions: &mut Vec<Action>) {
    let Some((_, name)) = &mut memory.types.naming else { return };
    let response = ui.add(TextEdit::singleline(name).id_salt(("type name", id.as_str())).desired_width(f32::INFINITY));
    let response = response.accessible_name(words::TYPE_NAME);
    let name = name.trim().to_owned();
    let taken = name != id.as_str() && view.diagram.event_types.contains_key(name.as_str());
    if taken || !ids::is_valid(&name) {
        let why = if taken { words::TYPE_TAKEN } else { words::TYPE_INVALID };
        ui.label(RichText::new(why).small().color(view.theme.red_text));
    }
    if response.lost_focus() {
        let escaped = ui.input(|input| input.key_pressed(egui::Key::Escape));
        memory.types.naming = None;
        if !escaped && !taken && ids::is_valid(&name) && name != id.as_str() {
            actions.push(Action::Edit(renaming::event_type(view.diagram, id, &EventTypeId::new(name))));
        }
    } else if !response.has_focus() {
        response.request_focus();
    }
}

/// Who emits it and who takes it, or what is missing.
fn travel_ui(ui: &mut Ui, view: &View<'_>, travel: &Travel) {
    let names = |nodes: &std::collections::BTreeSet<NodeId>| nodes.iter().map(|id| view.diagram.title(id)).collect::<Vec<_>>().join(", ");
    let weak = |text: String| egui::Label::new(RichText::new(text).small().color(view.theme.text_weak)).truncate();
    if !travel.emitters.is_empty() {
        ui.add(weak(words::emitted_by(&names(&travel.emitters))));
    }
    if !travel.consumers.is_empty() {
        ui.add(weak(words::taken_by(&names(&travel.consumers))));
    }
    let missing = match (travel.emitters.is_empty(), travel.consumers.is_empty(), travel.awaited.is_empty()) {
        (true, _, false) => Some(words::NEVER_EMITTED),
        (true, _, true) => Some(words::UNUSED_TYPE),
        (false, true, _) => Some(words::NEVER_TAKEN),
        (false, false, _) => None,
    };
    if let Some(missing) = missing {
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Warn, "warning");
            ui.label(RichText::new(missing).small().color(view.theme.amber_text));
        });
    }
}

fn fields_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &EventTypeId, event_type: &EventType, actions: &mut Vec<Action>) {
    let size = |text: &str| field::read_quantity(Quantity::Bytes, text);
    let key = |text: &str| text.parse::<KeyLaw>().map(|_| Value::String(text.trim().to_owned()));
    let any = |text: &str| Ok(Value::String(text.to_owned()));
    let laws = inspector::KEY_LAWS.map(str::to_owned).to_vec();
    let rows: [Part<'_>; 3] = [
        ("size", inspector::SIZE, "1 KiB", Vec::new(), &size),
        ("key", inspector::KEY, "unique", laws, &key),
        ("description", inspector::DESCRIPTION, "", Vec::new(), &any),
    ];
    for (key, (title, help), default, examples, read) in rows {
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
    ui.add_space(6.0);
}

fn add_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let name = memory.types.new.trim().to_owned();
    let free = ids::is_valid(&name) && !view.diagram.event_types.contains_key(name.as_str());
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let add = ui.add_enabled(free, egui::Button::new(inspector::ADD)).clicked();
        let width = ui.available_width() - 2.0;
        let edit = TextEdit::singleline(&mut memory.types.new)
            .id_salt("new event type")
            .hint_text(inspector::EVENT_TYPE_HINT)
            .desired_width(width);
        let response = ui.add(edit).accessible_name(inspector::NEW_EVENT_TYPE);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if (add || entered) && free {
            actions.push(Action::Edit(Edit::SetEventType(name.as_str().into(), Some(EventType::default()))));
            memory.types.new.clear();
        }
    });
}
