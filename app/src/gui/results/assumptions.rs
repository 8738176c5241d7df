//! Inputs of low confidence.

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_models::Place;
use plimsoll_sim::RunResult;

use super::{Action, View, heading};
use crate::gui::words::results as words;

/// Shows the table.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    let text = if result.assumptions.is_empty() { words::NOTHING_ASSUMED } else { words::ASSUMED };
    ui.label(RichText::new(text).color(view.theme.text_weak));
    TableBuilder::new(ui)
        .id_salt("assumptions")
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(200.0).clip(true).resizable(true))
        .column(Column::initial(240.0).clip(true).resizable(true))
        .column(Column::initial(240.0).clip(true).resizable(true))
        .column(Column::initial(150.0).clip(true).resizable(true))
        .column(Column::remainder().clip(true))
        .header(22.0, |mut header| {
            for title in words::ASSUMPTION_COLUMNS {
                header.col(|ui| heading(ui, view.theme, title));
            }
        })
        .body(|body| {
            body.rows(24.0, result.assumptions.len(), |mut row| {
                let assumption = &result.assumptions[row.index()];
                row.col(|ui| {
                    if ui.link(&assumption.path).clicked()
                        && let Some(place) = place(view, &assumption.path)
                    {
                        actions.push(Action::Reveal(place));
                    }
                });
                row.col(|ui| {
                    ui.add(egui::Label::new(&assumption.title).truncate());
                });
                row.col(|ui| {
                    ui.add(egui::Label::new(RichText::new(&assumption.value).monospace()).truncate());
                });
                row.col(|ui| {
                    ui.add(egui::Label::new(RichText::new(assumption.range.as_deref().unwrap_or("–")).monospace()).truncate());
                });
                row.col(|ui| {
                    ui.add(egui::Label::new(RichText::new(&assumption.source).color(view.theme.text_weak)).truncate());
                });
            });
        });
}

fn place(view: &View<'_>, path: &str) -> Option<Place> {
    let id = path.split('.').next()?;
    if let Some((id, _)) = view.diagram.nodes.get_key_value(id) {
        return Some(Place::Node(id.clone(), None));
    }
    view.diagram.edges.get_key_value(id).map(|(id, _)| Place::Edge(id.clone(), None))
}
