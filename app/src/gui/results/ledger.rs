//! The fate of every copy: the books must balance.

use std::collections::BTreeSet;

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::{RunResult, result::LedgerRow};

use super::{Action, Focus, View, figure, heading, node_link, none_selected_ui, sankey};
use crate::{
    gui::{
        format,
        tone::{Tone, glyph},
        words::results as words,
    },
    report::sankey::Sankey,
};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    as_table: bool,
}

/// Shows the bands, or the table.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (memory, focus): (&mut Memory, &Focus), actions: &mut Vec<Action>) {
    let ledger = &result.ledger;
    ui.horizontal(|ui| {
        for (as_table, (title, help)) in [(false, words::SANKEY), (true, words::TABLE)] {
            ui.selectable_value(&mut memory.as_table, as_table, title).on_hover_text(help);
        }
        ui.add_space(super::Theme::SPACE_8);
        let (tone, icon, text) =
            if ledger.balanced { (Tone::Good, "check", words::BALANCED) } else { (Tone::Bad, "error", words::UNBALANCED) };
        glyph(ui, view.theme, tone, icon);
        ui.label(RichText::new(text).color(view.theme.text_weak));
    });
    let rows: Vec<&LedgerRow> = ledger.rows.iter().filter(|row| focus.row(view, row)).collect();
    if rows.is_empty() && !focus.is_all() {
        return none_selected_ui(ui, view);
    }
    if memory.as_table {
        table_ui(ui, view, &rows, actions);
    } else {
        egui::ScrollArea::vertical().id_salt("sankey").auto_shrink([false, false]).show(ui, |ui| {
            sankey::ui(ui, view, &Sankey::of(rows, view.diagram), actions);
        });
    }
}

fn table_ui(ui: &mut Ui, view: &View<'_>, rows: &[&LedgerRow], actions: &mut Vec<Action>) {
    let used: BTreeSet<&str> =
        rows.iter().flat_map(|row| row.fates.iter().filter(|(_, count)| **count > 0).map(|(fate, _)| fate.as_str())).collect();
    let fates: Vec<&str> = used.into_iter().collect();
    TableBuilder::new(ui)
        .id_salt("ledger")
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(280.0).clip(true).resizable(true))
        .columns(Column::exact(86.0), fates.len() + 4)
        .column(Column::exact(26.0))
        .header(22.0, |mut header| {
            header.col(|ui| heading(ui, view.theme, "Where"));
            for title in ["created", "attempts"].iter().chain(&fates).chain(&["held", "effects"]) {
                header.col(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| heading(ui, view.theme, &title.replace('_', " ")));
                });
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(26.0, rows.len(), |mut row| {
                let entry = rows[row.index()];
                row.col(|ui| place_ui(ui, view, entry, actions));
                row.col(|ui| figure(ui, format::count(entry.created)));
                row.col(|ui| figure(ui, format::count(entry.attempts)));
                for fate in &fates {
                    row.col(|ui| figure(ui, format::count(entry.fates.get(*fate).copied().unwrap_or(0))));
                }
                row.col(|ui| figure(ui, format::count(entry.held)));
                row.col(|ui| figure(ui, format::count(entry.effects)));
                row.col(|ui| {
                    let balanced = entry.created == entry.held + entry.fates.values().sum::<u64>();
                    let (tone, icon) = if balanced { (Tone::Good, "check") } else { (Tone::Bad, "error") };
                    glyph(ui, view.theme, tone, icon).on_hover_text(if balanced { words::ROW_BALANCED } else { words::ROW_UNBALANCED });
                });
            });
        });
}

fn place_ui(ui: &mut Ui, view: &View<'_>, row: &LedgerRow, actions: &mut Vec<Action>) {
    let edge = row.edge.as_ref().and_then(|id| Some((id, view.diagram.edges.get(id)?)));
    match edge {
        Some((id, edge)) => {
            if ui.link(view.diagram.edge_title(id)).on_hover_text(words::SHOW).clicked() {
                actions.push(Action::Reveal(plimsoll_models::Place::Edge(id.clone(), None)));
            }
            ui.label(RichText::new(edge.kind.as_str()).small().color(view.theme.text_weak));
        }
        None => node_link(ui, view, &row.node, actions),
    }
}
