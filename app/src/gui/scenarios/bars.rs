//! Faults as bars on rows of their targets: moved, stretched, chosen.

use egui::{Align2, FontId, Key, Rangef, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use plimsoll_models::fault::Fault;

use super::{Chosen, Drag, Memory, Sheet, faults, faults::Item, targets};
use crate::{
    gui::{
        action::Action,
        theme::Theme,
        tone::{Tone, glyph},
        words::{panels as words, scenarios as texts},
    },
    icons,
};

/// Height of the line over the rows.
pub(super) const HEADING_HEIGHT: f32 = 36.0;

/// Height of a bar with the space around it.
pub(super) const LANE_HEIGHT: f32 = 24.0;

/// Width of what happens in an instant.
const INSTANT_WIDTH: f32 = 12.0;

/// Width of the ends by which a bar is stretched.
const END_WIDTH: f32 = 8.0;

/// The faults of one target.
#[derive(Debug)]
pub(super) struct Row {
    /// Id of the node or edge; empty for faults that cannot be read.
    on: String,
    /// Its faults and the lane of each: bars at the same time stand under each other.
    bars: Vec<(usize, usize)>,
    lanes: usize,
}

/// The rows of a scenario, in the order in which the file names their targets.
pub(super) fn rows(items: &[Item]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut ends: Vec<Vec<f64>> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (on, from, to) = match &item.read {
            Ok(fault) => (fault.on.as_str(), fault.from, fault.to),
            Err(_) => ("", f64::INFINITY, f64::INFINITY),
        };
        let row = rows.iter().position(|row| row.on == on).unwrap_or_else(|| {
            rows.push(Row { on: on.to_owned(), bars: Vec::new(), lanes: 0 });
            ends.push(Vec::new());
            rows.len() - 1
        });
        let lane = ends[row].iter().position(|end| *end <= from && from.is_finite()).unwrap_or_else(|| {
            ends[row].push(0.0);
            ends[row].len() - 1
        });
        ends[row][lane] = to;
        rows[row].bars.push((index, lane));
        rows[row].lanes = ends[row].len();
    }
    rows
}

/// The height that the rows need, with the line over them.
pub(super) fn height(rows: &[Row]) -> f32 {
    HEADING_HEIGHT + rows.iter().map(|row| row.lanes as f32 * LANE_HEIGHT).sum::<f32>().max(LANE_HEIGHT)
}

/// The line over the rows: what they are, and the button that adds a fault.
pub(super) fn heading_ui(ui: &mut Ui, sheet: &Sheet<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    ui.allocate_ui(vec2(ui.available_width(), HEADING_HEIGHT - 8.0), |ui| {
        ui.horizontal_centered(|ui| {
            ui.label(egui::RichText::new(words::FAULTS).font(Theme::strong()));
            ui.add_space((super::NAMES_WIDTH - ui.min_rect().width() - ui.spacing().item_spacing.x).max(0.0));
            if let Some(value) = targets::add_ui(ui, sheet) {
                let (edit, index) = faults::added(sheet.view, value);
                memory.chosen = Chosen::Fault(index);
                memory.typing.clear();
                actions.push(Action::Edit(edit));
            }
            if sheet.items.is_empty() {
                ui.label(egui::RichText::new(words::NO_FAULTS).small().color(sheet.view.theme.text_weak));
            }
        });
    });
}

/// Shows every row.
pub(super) fn ui(ui: &mut Ui, sheet: &Sheet<'_>, rows: &[Row], memory: &mut Memory, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    for row in rows {
        let size = vec2(ui.available_width(), row.lanes as f32 * LANE_HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        if ui.is_rect_visible(rect) {
            row_ui(ui, sheet, row, rect, memory, actions);
        }
    }
}

fn row_ui(ui: &mut Ui, sheet: &Sheet<'_>, row: &Row, rect: Rect, memory: &mut Memory, actions: &mut Vec<Action>) {
    let theme = sheet.view.theme;
    let ground = Rect::from_x_y_ranges(sheet.axis.span, rect.y_range().shrink(1.0));
    ui.painter().rect_filled(ground, 2.0, theme.surface_sunken);
    sheet.axis.paint(ui.painter(), theme, ground.y_range(), None);
    let name_rect = Rect::from_min_max(rect.min, pos2(ground.left() - 6.0, rect.top() + LANE_HEIGHT));
    let mut child = ui.new_child(
        egui::UiBuilder::new().id_salt(("row", &row.on)).max_rect(name_rect).layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    if row.on.is_empty() {
        glyph(&mut child, theme, Tone::Bad, "error");
        child.add(egui::Label::new(words::UNREADABLE_FAULT).truncate());
    } else {
        let known = sheet.view.diagram.nodes.contains_key(row.on.as_str()) || sheet.view.diagram.edges.contains_key(row.on.as_str());
        glyph(&mut child, theme, if known { Tone::Muted } else { Tone::Bad }, targets::icon(sheet, &row.on));
        let name = sheet.view.diagram.title_of(&row.on);
        if child.add(egui::Label::new(&name).truncate().sense(Sense::click())).on_hover_text(texts::target_id(&row.on)).clicked() {
            actions.push(Action::Reveal(targets::place(sheet.view.diagram, &row.on)));
        }
    }
    for (index, lane) in &row.bars {
        let top = rect.top() + *lane as f32 * LANE_HEIGHT;
        bar_ui(ui, sheet, *index, Rangef::new(top + 2.0, top + LANE_HEIGHT - 2.0), memory, actions);
    }
}

fn bar_ui(ui: &Ui, sheet: &Sheet<'_>, index: usize, rows: Rangef, memory: &mut Memory, actions: &mut Vec<Action>) {
    let item = &sheet.items[index];
    let (span, sentence) = match &item.read {
        Ok(fault) => {
            let (left, right) = (sheet.axis.x(fault.from), sheet.axis.x(fault.to));
            let width = if faults::is_instant(fault) { INSTANT_WIDTH } else { (right - left).max(4.0) };
            let left = left.min(sheet.axis.span.max - 6.0);
            (Rangef::new(left, left + width), texts::fault_sentence(&fault.sentence(sheet.view.diagram)))
        }
        Err(why) => (sheet.axis.span, format!("{}: {}", words::UNREADABLE_FAULT, why.join("; "))),
    };
    let rect = Rect::from_x_y_ranges(span, rows);
    let response = ui.interact(rect, ui.scope_id().with(("fault", index)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &sentence));
    if response.clicked() || response.drag_started() {
        choose(memory, index);
    }
    let keys = memory.keys_for(&response);
    paint_bar(ui, sheet, index, rect, memory.chosen == Chosen::Fault(index), response.has_focus() || response.hovered());
    let response = response.on_hover_text(hover_text(item, &sentence));
    for (key, modifiers) in keys {
        key_on_bar(sheet, index, key, modifiers.shift, memory, actions);
    }
    let Ok(fault) = &item.read else { return };
    if !faults::is_instant(fault) {
        for (grip, x) in [(Drag::Begin(index), rect.left()), (Drag::End(index), rect.right())] {
            end_ui(ui, sheet, grip, Rect::from_center_size(pos2(x, rect.center().y), vec2(END_WIDTH, rows.span())), memory, actions);
        }
    }
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        memory.drag = Some(Drag::Fault(index, sheet.axis.at(origin.x) - fault.from));
    }
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grab);
    }
    if let Some(Drag::Fault(dragged, hold)) = memory.drag
        && dragged == index
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let length = fault.to - fault.from;
        let from = snapped(ui, sheet, (sheet.axis.at(pointer.x) - hold).clamp(0.0, sheet.axis.seconds));
        change(sheet, index, from, from + length, response.drag_stopped(), actions);
    }
}

fn choose(memory: &mut Memory, index: usize) {
    if memory.chosen != Chosen::Fault(index) {
        memory.typing.clear();
        memory.chosen = Chosen::Fault(index);
    }
}

fn hover_text(item: &Item, sentence: &str) -> String {
    let problems = item.problems.iter().map(|problem| problem.message.as_str());
    std::iter::once(sentence).chain(problems).collect::<Vec<_>>().join("\n")
}

/// An end of a bar.
fn end_ui(ui: &Ui, sheet: &Sheet<'_>, grip: Drag, rect: Rect, memory: &mut Memory, actions: &mut Vec<Action>) {
    let (Drag::Begin(index) | Drag::End(index) | Drag::Fault(index, _) | Drag::Point(index)) = grip;
    let response = ui.interact(rect, ui.scope_id().with(("fault-end", index, grip == Drag::End(index))), Sense::drag());
    if response.drag_started() {
        memory.drag = Some(grip);
        choose(memory, index);
    }
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    }
    let Ok(fault) = &sheet.items[index].read else { return };
    if memory.drag == Some(grip)
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let at = snapped(ui, sheet, sheet.axis.at(pointer.x).clamp(0.0, sheet.axis.seconds));
        let least = sheet.axis.step();
        let (from, to) =
            if grip == Drag::End(index) { (fault.from, at.max(fault.from + least)) } else { (at.min(fault.to - least).max(0.0), fault.to) };
        change(sheet, index, from, to, response.drag_stopped(), actions);
    }
}

/// A time on a step, or exactly there while Alt is held.
fn snapped(ui: &Ui, sheet: &Sheet<'_>, seconds: f64) -> f64 {
    if ui.input(|input| input.modifiers.alt) { (seconds * 1e3).round() / 1e3 } else { sheet.axis.snapped(seconds) }
}

fn change(sheet: &Sheet<'_>, index: usize, from: f64, to: f64, done: bool, actions: &mut Vec<Action>) {
    let to = (to * 1e6).round() / 1e6;
    let edit = faults::replaced(sheet.view, index, faults::at(&sheet.items[index].value, from, to));
    actions.push(if done { Action::Edit(edit) } else { Action::Preview(edit) });
}

fn key_on_bar(sheet: &Sheet<'_>, index: usize, key: Key, shift: bool, memory: &mut Memory, actions: &mut Vec<Action>) {
    let step = match key {
        Key::ArrowLeft => -sheet.axis.step(),
        Key::ArrowRight => sheet.axis.step(),
        Key::Delete | Key::Backspace => {
            memory.chosen = Chosen::Load;
            actions.push(Action::Edit(faults::removed(sheet.view, index)));
            return;
        }
        Key::Escape => {
            memory.drag = None;
            memory.chosen = Chosen::Load;
            actions.push(Action::EndPreview);
            return;
        }
        _ => return,
    };
    let Ok(Fault { from, to, .. }) = sheet.items[index].read else { return };
    let (from, to) = if shift {
        (from, (to + step).max(from + sheet.axis.step()))
    } else {
        let moved = (from + step).max(0.0);
        (moved, to + moved - from)
    };
    let edit = faults::replaced(sheet.view, index, faults::at(&sheet.items[index].value, from, (to * 1e6).round() / 1e6));
    actions.push(Action::Type(edit, format!("fault {index}")));
}

fn paint_bar(ui: &Ui, sheet: &Sheet<'_>, index: usize, rect: Rect, chosen: bool, near: bool) {
    let theme = sheet.view.theme;
    let item = &sheet.items[index];
    let wrong = item.problems.iter().any(|problem| problem.is_error);
    let color = if wrong { theme.red } else { theme.amber };
    let painter = ui.painter();
    let fill = color.gamma_multiply(if chosen || near { 0.42 } else { 0.28 });
    painter.rect(
        rect,
        3.0,
        fill,
        Stroke::new(if chosen { 2.0 } else { 1.0 }, if chosen { theme.accent } else { color }),
        StrokeKind::Inside,
    );
    let text = match &item.read {
        Ok(fault) => fault.effect.to_string(),
        Err(why) => why.first().cloned().unwrap_or_default(),
    };
    let mut at = rect.left_center() + vec2(7.0, 0.0);
    if wrong {
        icons::paint(painter, "error", Rect::from_center_size(at + vec2(5.0, 0.0), egui::Vec2::splat(12.0)), theme.red_text);
        at.x += 16.0;
    }
    let font = FontId::proportional(Theme::SIZE_SMALL);
    let galley = painter.layout_no_wrap(text, font, theme.text);
    // What does not fit stands beside the bar where nothing else does.
    if galley.size().x + 12.0 <= rect.right() - at.x || item.read.is_err() {
        painter.with_clip_rect(rect).galley(at - vec2(0.0, galley.size().y / 2.0), galley, theme.text);
    } else if beside_is_free(sheet, index, rect, galley.size().x) {
        painter.galley(rect.right_center() + vec2(5.0, -galley.size().y / 2.0), galley, theme.text_weak);
    } else {
        let clip = rect.shrink2(vec2(3.0, 0.0));
        let text = galley.text().to_owned();
        painter.with_clip_rect(clip).text(at, Align2::LEFT_CENTER, text, FontId::proportional(Theme::SIZE_SMALL), theme.text);
    }
}

fn beside_is_free(sheet: &Sheet<'_>, index: usize, rect: Rect, width: f32) -> bool {
    let end = rect.right() + width + 10.0;
    let Ok(own) = &sheet.items[index].read else { return false };
    let others = sheet.items.iter().enumerate().filter(|(other, _)| *other != index).filter_map(|(_, item)| item.read.as_ref().ok());
    end < sheet.axis.span.max
        && !others.filter(|fault| fault.on == own.on).any(|fault| {
            let left = sheet.axis.x(fault.from);
            left < end && sheet.axis.x(fault.to) > rect.left()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn item(on: &str, from: &str, to: &str) -> Item {
        let value = json!({"kind": "outage", "on": on, "from": from, "to": to});
        Item { read: Fault::read(&value), value, problems: Vec::new() }
    }

    #[test]
    fn bars_at_the_same_time_stand_under_each_other() {
        let items =
            [item("a", "1 s", "5 s"), item("b", "1 s", "5 s"), item("a", "3 s", "6 s"), item("a", "5 s", "9 s"), item("a", "x", "9 s")];
        let rows = rows(&items);
        assert_eq!(rows.iter().map(|row| row.on.as_str()).collect::<Vec<_>>(), ["a", "b", ""]);
        assert_eq!(rows[0].bars, [(0, 0), (2, 1), (3, 0)]);
        assert!((height(&rows) - HEADING_HEIGHT - 4.0 * LANE_HEIGHT).abs() < 1e-3);
    }
}
