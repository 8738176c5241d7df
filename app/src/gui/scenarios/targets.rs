//! What a fault can strike: the menu that adds one, and where its target is.

use egui::{Button, Popup, RichText, ScrollArea, Ui};
use plimsoll_models::{
    Diagram, EdgeId, NodeId, Place,
    fault::{FaultKind, KINDS},
    validate,
};
use serde_json::Value;

use super::{Sheet, faults};
use crate::gui::words::{panels as words, scenarios as texts};

/// Every node and edge that can have a fault of a kind: what is selected first, then nodes, then edges.
pub(super) fn of_kind(sheet: &Sheet<'_>, kind: FaultKind) -> Vec<String> {
    let diagram = sheet.view.diagram;
    let selected = sheet.view.single_node().map(NodeId::as_str).or_else(|| sheet.view.single_edge().map(EdgeId::as_str));
    let mut all: Vec<&str> = diagram.nodes.keys().map(NodeId::as_str).chain(diagram.edges.keys().map(EdgeId::as_str)).collect();
    all.sort_by_key(|id| Some(*id) != selected);
    all.retain(|id| validate::possible_faults(diagram, sheet.view.catalog, id).contains(&kind));
    all.into_iter().map(ToOwned::to_owned).collect()
}

/// What a message about a target is about.
pub(super) fn place(diagram: &Diagram, on: &str) -> Place {
    if diagram.nodes.contains_key(on) { Place::Node(on.into(), None) } else { Place::Edge(on.into(), None) }
}

/// The glyph of a target.
pub(super) fn icon<'a>(sheet: &Sheet<'a>, on: &str) -> &'a str {
    match sheet.view.diagram.nodes.get(on) {
        Some(node) => sheet.view.catalog.get(&node.service).map_or("help", |service| &service.icon),
        None if sheet.view.diagram.edges.contains_key(on) => "arrow-right",
        None => "error",
    }
}

/// The button that adds a fault: first what goes wrong, then where.
pub(super) fn add_ui(ui: &mut Ui, sheet: &Sheet<'_>) -> Option<Value> {
    let button = ui.add(Button::new(words::ADD_FAULT)).on_hover_text(words::ADD_FAULT_HELP);
    let mut added = None;
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(150.0);
        for record in &KINDS {
            let title = texts::fault_kind(record.kind);
            let menu = ui.menu_button(title, |ui| {
                ui.set_min_width(200.0);
                let targets = of_kind(sheet, record.kind);
                if targets.is_empty() {
                    ui.label(RichText::new(words::NO_TARGETS).color(sheet.view.theme.text_weak));
                }
                ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
                    for on in targets {
                        if ui.button(sheet.view.diagram.title_of(&on)).clicked() {
                            added = Some(fresh(sheet, record.kind, &on));
                            ui.close();
                        }
                    }
                });
            });
            menu.response.on_hover_text(record.help.replace('`', ""));
        }
    });
    added
}

/// A fault in the second fifth of the run, or later where one of the kind is already there.
fn fresh(sheet: &Sheet<'_>, kind: FaultKind, on: &str) -> Value {
    let duration = sheet.plan.duration;
    let length = sheet.axis.snapped(duration / 5.0).max(sheet.axis.step());
    let (from, to) = faults::free_time(&sheet.items, kind, on, sheet.axis.snapped(duration / 5.0), length);
    faults::new(sheet.view, kind, on, from, to)
}
