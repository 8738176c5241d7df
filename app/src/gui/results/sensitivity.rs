//! Which number matters most: the question, and the answer as a table, the strongest first.

use egui::{Align, Frame, Id, Layout, Margin, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::RunResult;

use super::{Action, View, figure, heading, proof};
use crate::{
    gui::{
        theme::Theme,
        words::{sensitivity as words, spoken},
    },
    report::text::Summary,
    run::Question,
};

/// Effects that are listed before somebody asks for all.
const FIRST: usize = 6;
/// Columns before the figures that changed: number, from, to.
const NAMING: usize = 3;
/// What the table of the report says where nothing changed.
const NOTHING: &str = "-";
/// Height of a row, in points.
const ROW: f32 = 24.0;

/// Shows the question, and the answer once there is one.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    Frame::new().fill(view.theme.surface_sunken).corner_radius(6.0).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(words::MATTERS_MOST).font(Theme::strong()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                proof::ask_ui(ui, view, &Question::Sensitivity, words::FIND_OUT, words::FIND_OUT_HELP, actions);
                let help = egui::Label::new(RichText::new(words::FIND_OUT_HELP).small().color(view.theme.text_weak)).truncate();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(help));
            });
        });
        proof::failed_ui(ui, view, &Question::Sensitivity);
        if !result.sensitivity.is_empty() {
            effects_ui(ui, view, result);
        }
    });
    ui.add_space(Theme::SPACE_4);
}

fn effects_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    let table = Summary { result, diagram: view.diagram, reproduce: "" }.sensitivity_table(usize::MAX);
    let moves = |row: &&Vec<String>| row[NAMING..].iter().any(|figure| figure != NOTHING);
    let rows: Vec<&Vec<String>> = table.rows().iter().filter(moves).collect();
    let still = table.rows().len() - rows.len();
    let id = Id::unique("all effects");
    let all = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let shown = if all { rows.len() } else { rows.len().min(FIRST) };
    let figures = table.columns().len() - NAMING;
    TableBuilder::new(ui)
        .id_salt("sensitivity")
        .vscroll(false)
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(260.0).clip(true).resizable(true))
        .columns(Column::initial(150.0).clip(true).resizable(true), NAMING - 1)
        .columns(Column::exact(140.0), figures)
        .header(22.0, |mut header| {
            for (index, (title, _)) in table.columns().iter().enumerate() {
                header.col(|ui| match index {
                    0 => heading(ui, view.theme, title),
                    _ => _ = ui.with_layout(Layout::right_to_left(Align::Center), |ui| heading(ui, view.theme, title)),
                });
            }
        })
        .body(|body| {
            body.rows(ROW, shown, |mut row| {
                let texts = rows[row.index()];
                for (index, text) in texts.iter().enumerate() {
                    row.col(|ui| match index {
                        0 => _ = ui.add(egui::Label::new(spoken(text)).truncate()).on_hover_text(text),
                        _ => figure(ui, if text == NOTHING { "–" } else { text }),
                    });
                }
            });
        });
    ui.horizontal(|ui| {
        if rows.len() > FIRST && ui.link(if all { words::FEWER.to_owned() } else { words::more(rows.len() - FIRST) }).clicked() {
            ui.data_mut(|data| data.insert_temp(id, !all));
        }
        if still > 0 {
            ui.label(RichText::new(words::moves_nothing(still)).small().color(view.theme.text_weak));
        }
    });
}
