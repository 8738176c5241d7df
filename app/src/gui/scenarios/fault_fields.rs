//! The numbers of a fault as fields.

use egui::{Align, Layout, RichText, Ui};
use plimsoll_models::{
    Distribution,
    fault::{Fault, KINDS},
    units::{self, Quantity},
    validate,
};
use serde_json::Value;

use super::{Chosen, Memory, Sheet, faults, faults::Item, targets};
use crate::{
    gui::{
        action::Action,
        inspector::field::{self, Change, Editor, Row},
        theme::Theme,
        tone::{Tone, glyph},
        words::{panels as words, scenarios as texts},
    },
    icons,
};

/// Key, title and help, how it is read.
type Part = (&'static str, (&'static str, &'static str), fn(&str) -> Result<(), String>);

fn is_duration(text: &str) -> Result<(), String> {
    units::parse_duration(text).map(|_| ())
}

fn is_share(text: &str) -> Result<(), String> {
    units::parse_fraction(text).map(|_| ())
}

fn is_factor(text: &str) -> Result<(), String> {
    units::parse_number(text).map(|_| ())
}

fn is_law(text: &str) -> Result<(), String> {
    text.parse::<Distribution>().map(|_| ())
}

fn is_name(text: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(words::NO_NAME.to_owned()) } else { Ok(()) }
}

/// The keys of faults beside kind, target and time.
const PARTS: &[Part] = &[
    ("hang", texts::HANG, is_duration),
    ("add", texts::ADDED_TIME, is_law),
    ("limit", texts::LIMIT, is_name),
    ("factor", texts::FACTOR, is_factor),
    ("share", texts::SHARE, is_share),
    ("lost", texts::LOST, is_share),
    ("size", texts::MESSAGES, is_factor),
];

/// Shows the fields of a fault.
pub(super) fn ui(ui: &mut Ui, sheet: &Sheet<'_>, index: usize, item: &Item, memory: &mut Memory, actions: &mut Vec<Action>) {
    head_ui(ui, sheet, index, item, memory, actions);
    problems_ui(ui, sheet, item);
    let kind = item.value.get("kind").and_then(Value::as_str).and_then(|word| KINDS.iter().find(|record| record.word == word));
    let mut changed = None;
    if let Ok(fault) = &item.read {
        changed = changed.or(choices_ui(ui, sheet, fault));
    }
    let times: &[(&str, &str)] = match &item.read {
        Ok(fault) if faults::is_instant(fault) => &[("at", words::BEGINS)],
        Ok(_) | Err(_) => &[("from", words::BEGINS), ("to", words::ENDS)],
    };
    for (key, title) in times {
        let part: Part = (*key, (*title, texts::TIME_HELP), is_duration);
        changed = changed.or(part_ui(ui, sheet, index, item, memory, &part));
    }
    if let Ok(fault) = &item.read
        && !faults::is_instant(fault)
    {
        changed = changed.or(length_ui(ui, sheet, index, fault, &item.value, memory));
    }
    for part in PARTS.iter().filter(|part| kind.is_some_and(|kind| kind.keys.contains(&part.0))) {
        changed = changed.or(part_ui(ui, sheet, index, item, memory, part));
    }
    if let Some((value, key)) = changed {
        actions.push(Action::Type(faults::replaced(sheet.view, index, value), format!("fault {index} {key}")));
    }
}

fn head_ui(ui: &mut Ui, sheet: &Sheet<'_>, index: usize, item: &Item, memory: &mut Memory, actions: &mut Vec<Action>) {
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if icons::icon_button(ui, "close", words::SHOW_LOAD).clicked() {
            memory.chosen = Chosen::Load;
        }
        if icons::icon_button(ui, "trash", words::REMOVE_FAULT).clicked() {
            memory.chosen = Chosen::Load;
            actions.push(Action::Edit(faults::removed(sheet.view, index)));
        }
        let title = match &item.read {
            Ok(fault) => texts::fault_kind(fault.effect.kind()),
            Err(_) => words::UNREADABLE_FAULT,
        };
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(RichText::new(title).font(Theme::strong())).truncate());
        });
    });
    if let Ok(fault) = &item.read {
        let help = fault.effect.kind().record().help.replace('`', "");
        ui.add(egui::Label::new(RichText::new(help).small().color(sheet.view.theme.text_weak)).wrap());
    }
}

fn problems_ui(ui: &mut Ui, sheet: &Sheet<'_>, item: &Item) {
    for problem in &item.problems {
        ui.horizontal_top(|ui| {
            let (tone, icon) = if problem.is_error { (Tone::Bad, "error") } else { (Tone::Warn, "warning") };
            glyph(ui, sheet.view.theme, tone, icon);
            ui.add(egui::Label::new(RichText::new(&problem.message).small()).wrap()).on_hover_text(&problem.hint);
        });
    }
}

/// What it is and what it strikes.
fn choices_ui(ui: &mut Ui, sheet: &Sheet<'_>, fault: &Fault) -> Option<(Value, &'static str)> {
    let mut changed = None;
    choice_row(ui, sheet, words::KIND, texts::fault_kind(fault.effect.kind()), |ui| {
        for kind in validate::possible_faults(sheet.view.diagram, sheet.view.catalog, &fault.on) {
            if ui.selectable_label(kind == fault.effect.kind(), texts::fault_kind(kind)).clicked() {
                changed = Some((faults::of_kind(sheet.view, fault, kind, sheet.plan.duration), "kind"));
            }
        }
    });
    let title = sheet.view.diagram.title_of(&fault.on);
    choice_row(ui, sheet, words::STRIKES, &title, |ui| {
        for on in targets::of_kind(sheet, fault.effect.kind()) {
            if ui.selectable_label(on == fault.on, sheet.view.diagram.title_of(&on)).clicked() {
                changed = Some((faults::new(sheet.view, fault.effect.kind(), &on, fault.from, fault.to), "on"));
            }
        }
    });
    changed
}

/// A row like those of the fields, with a list to choose from.
fn choice_row(ui: &mut Ui, sheet: &Sheet<'_>, title: &str, shown: &str, list: impl FnOnce(&mut Ui)) {
    let height = ui.spacing().interact_size.y;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), egui::Sense::hover());
    let (title_rect, editor) = field::places(rect);
    let layout = Layout::left_to_right(Align::Center);
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt((title, "title")).max_rect(title_rect).layout(layout));
    child.label(RichText::new(title).color(sheet.view.theme.text));
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt((title, "choice")).max_rect(editor).layout(layout));
    let response =
        egui::ComboBox::from_id_salt(title).selected_text(shown).width(editor.width() - 2.0).truncate().show_ui(&mut child, list);
    let _ = response.response.accessible_name(title);
}

fn part_ui(
    ui: &mut Ui,
    sheet: &Sheet<'_>,
    index: usize,
    item: &Item,
    memory: &mut Memory,
    (key, (title, help), check): &Part,
) -> Option<(Value, &'static str)> {
    let on = item.value.get("on").and_then(Value::as_str).unwrap_or_default();
    let editor = match *key {
        "limit" => Editor::Choice(validate::tightenable(sheet.view.diagram, sheet.view.catalog, on)),
        "add" => Editor::Text(texts::ADDED_TIME_EXAMPLES.map(ToOwned::to_owned).to_vec()),
        _ => Editor::Text(Vec::new()),
    };
    let row = Row {
        address: format!("fault {index}.{key}"),
        title,
        help,
        editor,
        value: item.value.get(*key),
        default: (*key == "hang").then(|| "0 s".to_owned()),
        why: None,
        read: &|text| check(text).map(|()| field::json_of(text)),
    };
    let change = field::row(ui, sheet.view.theme, &mut memory.typing, &row)?;
    let set = match change {
        Change::Set(value) => Some(value),
        // Without a time there is no fault; while it is typed anew the old one stands.
        Change::Reset if matches!(*key, "from" | "to" | "at") => return None,
        Change::Reset => None,
    };
    Some((faults::with(&item.value, key, set), key))
}

/// How long it lasts: moves its end.
fn length_ui(
    ui: &mut Ui,
    sheet: &Sheet<'_>,
    index: usize,
    fault: &Fault,
    value: &Value,
    memory: &mut Memory,
) -> Option<(Value, &'static str)> {
    let shown = Value::String(units::spell_duration(((fault.to - fault.from) * 1e6).round() / 1e6));
    let row = Row {
        address: format!("fault-length {index}"),
        title: words::LASTS,
        help: texts::LENGTH_HELP,
        editor: Editor::Text(Vec::new()),
        value: Some(&shown),
        default: None,
        why: None,
        read: &|text| field::read_quantity(Quantity::Duration, text),
    };
    let Some(Change::Set(set)) = field::row(ui, sheet.view.theme, &mut memory.typing, &row) else { return None };
    let length = units::parse_duration(set.as_str()?).ok().filter(|length| *length > 0.0)?;
    Some((faults::at(value, fault.from, ((fault.from + length) * 1e6).round() / 1e6), "length"))
}
