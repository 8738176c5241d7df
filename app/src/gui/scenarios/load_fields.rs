//! The load beside its plot: as text, as a table of points, and what it comes to.

use egui::{Align, ComboBox, Layout, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_models::{
    Arrivals,
    units::{self, Quantity},
    workload::{self, Between, Drawn, Spacing},
};
use serde_json::Value;

use super::{Chosen, Memory, Sheet, load, load::Load};
use crate::{
    gui::{
        action::Action,
        inspector::field::{self, Change, Editor, Row},
        theme::Theme,
        words::panels as words,
    },
    icons,
};

/// Height of a row of the table.
const ROW_HEIGHT: f32 = 26.0;

/// Shows the settings of the load.
pub(super) fn ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, memory: &mut Memory, actions: &mut Vec<Action>) {
    let theme = sheet.view.theme;
    producer_ui(ui, sheet, load, memory);
    text_ui(ui, sheet, load, memory, actions);
    expectation_ui(ui, sheet, load, memory);
    match &load.drawn {
        Some(drawn) => {
            shape_ui(ui, sheet, load, drawn, actions);
            points_ui(ui, sheet, load, drawn, memory, actions);
        }
        None if load.arrivals.is_some() => {
            let recorded = load.arrivals.as_ref().is_some_and(|arrivals| arrivals.trace_file().is_some());
            let text = if recorded { words::RECORDED } else { words::NOT_DRAWN };
            ui.add(egui::Label::new(RichText::new(text).small().color(theme.text_weak)).wrap());
            if !recorded && ui.button(words::TURN_INTO_POINTS).clicked() {
                let profile = coarse(&memory.profile(load, sheet.plan.duration));
                let drawn = load::traced(&profile, sheet.plan.duration, Spacing::Random);
                actions.push(Action::Edit(load.redrawn(sheet.view, &drawn)));
            }
        }
        None => {}
    }
}

/// Few enough points to be moved by hand.
fn coarse(profile: &[f64]) -> Vec<f64> {
    const PARTS: usize = 24;
    let size = (profile.len() / PARTS).max(1);
    profile.chunks(size).map(|chunk| chunk.iter().sum::<f64>() / chunk.len() as f64).collect()
}

fn producer_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, memory: &mut Memory) {
    let producers = load::producers(sheet.view);
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::LOAD).font(Theme::strong()));
        let width = ui.available_width() - 2.0;
        let title = sheet.view.diagram.title(&load.producer);
        let response = ComboBox::from_id_salt("producer").selected_text(title).width(width).truncate().show_ui(ui, |ui| {
            for id in &producers {
                if ui.selectable_label(*id == load.producer, sheet.view.diagram.title(id)).clicked() {
                    memory.producer = Some(id.clone());
                    memory.chosen = Chosen::Load;
                    memory.typing.clear();
                }
            }
        });
        let _ = response.response.accessible_name(words::PRODUCER);
    });
}

fn text_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, memory: &mut Memory, actions: &mut Vec<Action>) {
    let set = load.in_scenario.then(|| Value::String(load.text.clone()));
    let row = Row {
        address: format!("load-text {}", load.producer),
        title: words::SPELLING,
        help: words::SPELLING_HELP,
        editor: Editor::Text(workload::SHAPES.iter().map(|(_, example)| (*example).to_owned()).collect()),
        value: set.as_ref(),
        default: load::own_load(sheet.view, &load.producer),
        why: None,
        read: &|text| text.parse::<Arrivals>().map(|_| Value::String(text.trim().to_owned())),
    };
    let value = match field::resettable_row(ui, sheet.view.theme, &mut memory.typing, &row) {
        Some(Change::Set(value)) => Some(value),
        Some(Change::Reset) => None,
        None => return,
    };
    actions.push(Action::Type(load::edit(sheet.view, &load.producer, value), format!("load-text {}", load.producer)));
}

fn expectation_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, memory: &mut Memory) {
    let Some(arrivals) = &load.arrivals else { return };
    if arrivals.trace_file().is_some() {
        return;
    }
    let profile = memory.profile(load, sheet.plan.duration);
    let events = arrivals.expected(sheet.plan.duration) * sheet.plan.multiplier;
    let text = words::expectation(events, load.peak(&profile) * sheet.plan.multiplier, sheet.plan.multiplier);
    ui.add(egui::Label::new(RichText::new(text).small().color(sheet.view.theme.text_weak)).truncate());
}

fn shape_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, drawn: &Drawn, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        for (between, title, help) in
            [(Between::Level, words::LEVELS, words::LEVELS_HELP), (Between::Line, words::LINES, words::LINES_HELP)]
        {
            if ui.selectable_label(drawn.between == between, title).on_hover_text(help).clicked() && drawn.between != between {
                let drawn = load::joined(drawn, between, sheet.plan.duration);
                actions.push(Action::Edit(load.redrawn(sheet.view, &drawn)));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button(words::ADD_POINT).on_hover_text(words::DRAW_HINT).clicked() {
                let (at, rate) = drawn.points.last().copied().unwrap_or((0.0, 0.0));
                let room = sheet.plan.duration - at;
                let at = if room > sheet.axis.step() { sheet.axis.snapped(at + room / 2.0) } else { at + sheet.axis.step() };
                let (drawn, _) = load::with_point(drawn, at, rate);
                actions.push(Action::Edit(load.redrawn(sheet.view, &drawn)));
            }
        });
    });
}

fn points_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: &Load, drawn: &Drawn, memory: &mut Memory, actions: &mut Vec<Action>) {
    ScrollArea::horizontal().id_salt("points").auto_shrink([false, false]).show(ui, |ui| {
        TableBuilder::new(ui)
            .id_salt("points table")
            .column(Column::exact(24.0))
            .column(Column::exact(122.0))
            .column(Column::exact(122.0))
            .column(Column::exact(28.0))
            .auto_shrink([false, false])
            .body(|body| {
                body.rows(ROW_HEIGHT, drawn.points.len(), |mut row| {
                    let index = row.index();
                    row.set_selected(memory.chosen == Chosen::Point(index));
                    row.col(|ui| {
                        ui.label(RichText::new(format!("{}", index + 1)).small().color(sheet.view.theme.text_weak));
                    });
                    let mut changed = None;
                    row.col(|ui| changed = changed.take().or(cell_ui(ui, sheet, drawn, index, Quantity::Duration, memory)));
                    row.col(|ui| changed = changed.take().or(cell_ui(ui, sheet, drawn, index, Quantity::Rate, memory)));
                    row.col(|ui| {
                        let removed = load::without_point(drawn, index);
                        ui.add_enabled_ui(removed.is_some(), |ui| {
                            if icons::icon_button(ui, "trash", &words::remove_point(index)).clicked() {
                                memory.chosen = Chosen::Load;
                                actions.extend(removed.map(|drawn| Action::Edit(load.redrawn(sheet.view, &drawn))));
                            }
                        });
                    });
                    if let Some((at, rate)) = changed {
                        let moved = load::with_point_at(drawn, index, at, rate);
                        actions.push(Action::Type(load.redrawn(sheet.view, &moved), format!("point {index}/{}", load.producer)));
                    }
                });
            });
    });
}

/// The time or the rate of a point.
fn cell_ui(ui: &mut Ui, sheet: &Sheet<'_>, drawn: &Drawn, index: usize, quantity: Quantity, memory: &mut Memory) -> Option<(f64, f64)> {
    let (at, rate) = drawn.points[index];
    let is_time = quantity == Quantity::Duration;
    let title = if is_time { words::point_time(index) } else { words::point_rate(index) };
    let shown = Value::String(if is_time { units::spell_duration(at) } else { units::spell_rate(rate) });
    let row = Row {
        address: format!("{title} in {}", sheet.view.scenario),
        title: &title,
        help: "",
        editor: Editor::Text(Vec::new()),
        value: Some(&shown),
        default: None,
        why: None,
        read: &|text| quantity.parse(text).map(|_| Value::String(text.trim().to_owned())),
    };
    let width = ui.available_width();
    let Some(Change::Set(Value::String(text))) = field::bare(ui, sheet.view.theme, &mut memory.typing, &row, width) else { return None };
    let value = quantity.parse(&text).ok()?;
    Some(if is_time { (value, rate) } else { (at, value) })
}
