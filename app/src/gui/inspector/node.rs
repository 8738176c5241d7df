//! A node: its name, what it measured, its settings, its quotas, its note.

use egui::{RichText, TextEdit, Ui};
use plimsoll_models::{Edit, Node, NodeId, Service, edit::Target};
use serde_json::Value;

use super::{
    Memory,
    field::{self, Change, Editor, Row},
    folded_section,
    home::{self, Guest},
    quotas,
    record::{self, Owner},
    section,
};
use crate::gui::{
    action::Action,
    format,
    theme::Theme,
    tone::{Tone, chip, gauge, glyph},
    view::View,
    why::{Why, why},
    words::inspector as words,
};

/// Shows a node.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &NodeId, actions: &mut Vec<Action>) {
    let Some(node) = view.diagram.nodes.get(id) else { return };
    let service = view.catalog.get(&node.service);
    head_ui(ui, view, memory, id, node, service, actions);
    home::ui(ui, view, Guest::Node(id), actions);
    problems_ui(ui, view, id);
    measured_ui(ui, view, id);
    if let Some(service) = service {
        let owner = Owner { target: Target::Node(id.clone()), service, fields: &node.fields };
        record::fields_ui(ui, view, memory, &owner, actions);
        quotas::node_ui(ui, view, memory, &owner, actions);
    } else {
        ui.label(RichText::new(words::unknown_service(node.service.as_str())).color(Tone::Warn.color(view.theme)));
    }
    folded_section(ui, words::NODE_NOTE, |ui| {
        let value = (!node.note.is_empty()).then(|| Value::String(node.note.clone()));
        let row = Row {
            address: format!("node_note {id}"),
            title: words::NODE_NOTE,
            help: words::NODE_NOTE_HELP,
            editor: Editor::Lines,
            value: value.as_ref(),
            default: None,
            why: None,
            read: &|text| Ok(Value::String(text.to_owned())),
        };
        if let Some(change) = field::row(ui, view.theme, &mut memory.typing, &row) {
            let text = match change {
                Change::Set(Value::String(text)) => text,
                Change::Set(_) | Change::Reset => String::new(),
            };
            actions.push(Action::Type(Edit::SetNodeNote(id.clone(), text), format!("note {id}")));
        }
    });
}

fn head_ui(
    ui: &mut Ui,
    view: &View<'_>,
    memory: &mut Memory,
    id: &NodeId,
    node: &Node,
    service: Option<&Service>,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(28.0, 28.0), egui::Sense::hover());
        crate::icons::paint(ui.painter(), service.map_or("help", |service| &service.icon), rect, view.theme.accent);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.label(RichText::new(service.map_or(node.service.as_str(), |service| &service.title)).font(Theme::strong()));
            ui.label(RichText::new(words::id(id.as_str())).small().color(view.theme.text_weak)).on_hover_text(words::ID_HELP);
        });
    })
    .response
    .on_hover_text(service.map_or("", |service| &service.summary));
    ui.add_space(Theme::SPACE_4);
    let mut name = node.name.clone();
    let edit =
        TextEdit::singleline(&mut name).id_salt(("name", id.as_str())).hint_text(id.as_str().to_owned()).desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(words::NAME).on_hover_text(words::NAME_HELP);
    if response.changed() {
        actions.push(Action::Type(Edit::RenameNode(id.clone(), name), format!("name {id}")));
    }
    if std::mem::take(&mut memory.focus_name) {
        focus_and_select(ui, &response);
    }
}

/// Puts the cursor into a text field with all of its text selected.
pub(super) fn focus_and_select(ui: &Ui, response: &egui::Response) {
    response.request_focus();
    if let Some(mut state) = TextEdit::load_state(ui.ctx(), response.id) {
        let all = egui::text::CCursorRange::two(egui::text::CCursor::default(), egui::text::CCursor::new(usize::MAX / 4));
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), response.id);
    }
}

fn problems_ui(ui: &mut Ui, view: &View<'_>, id: &NodeId) {
    for problem in view.problems.iter().filter(|problem| matches!(&problem.place, plimsoll_models::Place::Node(node, _) if node == id)) {
        ui.horizontal_top(|ui| {
            glyph(ui, view.theme, problem.severity.into(), crate::gui::tone::severity_icon(problem.severity));
            ui.add(egui::Label::new(RichText::new(&problem.message).small()).wrap()).on_hover_text(&problem.hint);
        });
    }
}

/// The tightest limits of the node in the latest run.
fn measured_ui(ui: &mut Ui, view: &View<'_>, id: &NodeId) {
    let Some(result) = view.result() else { return };
    let Some(node) = result.node(id.as_str()) else { return };
    section(ui, words::LOAD_LINE, |ui| {
        if view.is_stale() {
            ui.label(RichText::new(words::STALE).small().color(view.theme.amber));
        }
        let limits: Vec<_> = result.limits_of(id).take(3).collect();
        if limits.is_empty() {
            ui.label(RichText::new(words::NO_LIMIT).color(view.theme.text_weak));
        }
        for limit in limits {
            ui.horizontal(|ui| {
                gauge(ui, view.theme, limit.use_peak, limit.refused > 0, 72.0);
                ui.label(format::percent(limit.use_peak));
                ui.add(egui::Label::new(RichText::new(&limit.title).color(view.theme.text_weak)).truncate());
            });
        }
        ui.horizontal_wrapped(|ui| {
            if node.refused {
                chip(ui, view.theme, Tone::Bad, words::REFUSED);
            }
            if node.delayed {
                chip(ui, view.theme, Tone::Warn, words::DELAYED);
            }
        });
    });
    folded_section(ui, words::MEASURED, |ui| {
        egui::Grid::new(("measured", id.as_str())).num_columns(3).spacing([12.0, 2.0]).show(ui, |ui| {
            for (name, value) in &node.metrics {
                ui.label(RichText::new(name).color(view.theme.text_weak));
                ui.label(RichText::new(format::number(*value)).monospace());
                why(ui, view.theme, &Why::new(name.clone(), words::MEASURED_HELP).value(format::number(*value)).source(words::SIMULATED));
                ui.end_row();
            }
        });
    });
}
