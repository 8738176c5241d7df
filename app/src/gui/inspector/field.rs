//! One setting as a row: title, editor, reset, and where the default comes from.

use std::{collections::BTreeMap, fmt};

use egui::{Align, Button, ComboBox, Key, Layout, Popup, Response, RichText, TextEdit, Ui};
use plimsoll_models::{families, units};
use serde_json::Value;

use crate::{
    gui::{
        theme::Theme,
        tone::Tone,
        why::{Why, why},
        words::{inspector as words, panels},
    },
    icons,
};

/// Texts that are being typed, by the address of their field: what is half written or wrong is here only.
#[derive(Debug, Default)]
pub struct Typing {
    texts: BTreeMap<String, Typed>,
}

#[derive(Debug)]
struct Typed {
    text: String,
    error: Option<String>,
}

impl Typing {
    /// Forgets everything half written, after an undo or with another document.
    pub fn clear(&mut self) {
        self.texts.clear();
    }
}

/// How a value is edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Editor {
    /// As text, with examples to choose from.
    Text(Vec<String>),
    /// As several lines of text.
    Lines,
    /// By a switch.
    Flag,
    /// One of several words.
    Choice(Vec<String>),
}

/// A setting to show.
pub struct Row<'a> {
    /// Unique among all settings of the document.
    pub address: String,
    /// Name on screen.
    pub title: &'a str,
    /// What it does.
    pub help: &'a str,
    /// How it is edited.
    pub editor: Editor,
    /// What the user set.
    pub value: Option<&'a Value>,
    /// What counts when nothing is set.
    pub default: Option<String>,
    /// Where the default comes from.
    pub why: Option<Why>,
    /// Reads a typed text, or says what is wrong with it.
    pub read: &'a dyn Fn(&str) -> Result<Value, String>,
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("address", &self.address).field("value", &self.value).finish_non_exhaustive()
    }
}

/// What the user did to a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Set it.
    Set(Value),
    /// Went back to the default.
    Reset,
}

/// Share of the width that the titles take.
const TITLE_SHARE: f32 = 0.44;

/// Room for the two small buttons at the right.
const BUTTONS_WIDTH: f32 = 52.0;

/// Shows a setting.
pub fn row(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>) -> Option<Change> {
    if row.editor == Editor::Lines {
        return lines_row(ui, theme, typing, row);
    }
    let height = ui.spacing().interact_size.y;
    // Fixed places instead of a flowing layout: a long word must not push the panel wider.
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), egui::Sense::hover());
    let (title, editor) = places(rect);
    let buttons = rect.with_min_x(rect.right() - BUTTONS_WIDTH);
    place(ui, row, "title", title, Layout::left_to_right(Align::Center), |ui| title_ui(ui, theme, row));
    let change =
        place(ui, row, "editor", editor, Layout::left_to_right(Align::Center), |ui| editor_ui(ui, theme, typing, row, editor.width()));
    let reset = place(ui, row, "buttons", buttons, Layout::right_to_left(Align::Center), |ui| buttons_ui(ui, theme, typing, row));
    error_ui(ui, theme, typing, row, rect.width() * TITLE_SHARE);
    reset.or(change)
}

/// Where title and editor stand in the room of a row.
pub fn places(rect: egui::Rect) -> (egui::Rect, egui::Rect) {
    let split = rect.left() + rect.width() * TITLE_SHARE;
    (rect.with_max_x(split - 6.0), rect.with_min_x(split).with_max_x(rect.right() - BUTTONS_WIDTH))
}

/// Shows only the editor of a setting, for the cell of a table; what is wrong with a text is its tooltip.
pub fn bare(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>, width: f32) -> Option<Change> {
    let change = editor_ui(ui, theme, typing, row, width);
    if let Some(error) = typing.texts.get(&row.address).and_then(|typed| typed.error.as_ref()) {
        let rect = ui.min_rect();
        ui.painter().rect_stroke(rect, 3.0, egui::Stroke::new(1.0, Tone::Bad.color(theme)), egui::StrokeKind::Inside);
        ui.interact(rect, ui.scope_id().with((&row.address, "error")), egui::Sense::hover()).on_hover_text(error);
    }
    change
}

fn place<R>(ui: &mut Ui, row: &Row<'_>, salt: &str, rect: egui::Rect, layout: Layout, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt((&row.address, salt)).max_rect(rect).layout(layout));
    child.spacing_mut().item_spacing.x = 2.0;
    add(&mut child)
}

fn buttons_ui(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>) -> Option<Change> {
    ui.spacing_mut().item_spacing.x = 0.0;
    match &row.why {
        Some(reason) => {
            why(ui, theme, reason);
        }
        None => ui.add_space(BUTTONS_WIDTH / 2.0),
    }
    let set = row.value.is_some() || typing.texts.contains_key(&row.address);
    if set && icons::icon_button(ui, "refresh", &words::reset(row.title)).clicked() {
        typing.texts.remove(&row.address);
        return Some(Change::Reset);
    }
    None
}

fn error_ui(ui: &mut Ui, theme: &Theme, typing: &Typing, row: &Row<'_>, indent: f32) {
    let Some(error) = typing.texts.get(&row.address).and_then(|typed| typed.error.as_ref()) else { return };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(indent);
        ui.add(egui::Label::new(RichText::new(error).small().color(Tone::Bad.color(theme))).wrap());
    });
}

/// Several lines of text, under their title.
fn lines_row(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>) -> Option<Change> {
    let width = ui.available_width();
    text_ui(ui, theme, typing, row, &[], width)
}

/// Shows a setting over the whole width, with a button that takes it away.
pub fn wide_row(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>) -> Option<Change> {
    whole_row(ui, theme, typing, row, |ui| icons::icon_button(ui, "trash", &words::remove(row.title)).clicked())
}

/// Shows a setting over the whole width, with a button that goes back to the default.
pub fn resettable_row(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>) -> Option<Change> {
    whole_row(ui, theme, typing, row, |ui| row.value.is_some() && icons::icon_button(ui, "refresh", &words::reset(row.title)).clicked())
}

fn whole_row(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>, button: impl FnOnce(&mut Ui) -> bool) -> Option<Change> {
    let height = ui.spacing().interact_size.y;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), egui::Sense::hover());
    let editor = rect.with_max_x(rect.right() - 26.0);
    let buttons = rect.with_min_x(rect.right() - 26.0);
    let change =
        place(ui, row, "editor", editor, Layout::left_to_right(Align::Center), |ui| editor_ui(ui, theme, typing, row, editor.width()));
    let removed = place(ui, row, "buttons", buttons, Layout::right_to_left(Align::Center), button);
    error_ui(ui, theme, typing, row, 0.0);
    if removed {
        typing.texts.remove(&row.address);
        return Some(Change::Reset);
    }
    change
}

fn title_ui(ui: &mut Ui, theme: &Theme, row: &Row<'_>) {
    let color = if row.value.is_some() { ui.visuals().strong_text_color() } else { Tone::Muted.color(theme) };
    let label = egui::Label::new(RichText::new(row.title).color(color)).truncate().show_tooltip_when_elided(false);
    let response = ui.add(label);
    if !row.help.is_empty() {
        response.on_hover_text(format!("{}\n{}", row.title, row.help));
    }
}

fn editor_ui(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>, width: f32) -> Option<Change> {
    match &row.editor {
        Editor::Flag => flag_ui(ui, row),
        Editor::Choice(words) => choice_ui(ui, row, words, width),
        Editor::Text(examples) => text_ui(ui, theme, typing, row, examples, width),
        Editor::Lines => text_ui(ui, theme, typing, row, &[], width),
    }
}

fn flag_ui(ui: &mut Ui, row: &Row<'_>) -> Option<Change> {
    let text = row.value.map(families::field_value).or_else(|| row.default.clone()).unwrap_or_default();
    let mut on = text.trim() == "true";
    let word = if on { words::ON } else { words::OFF };
    ui.checkbox(&mut on, word).accessible_name(row.title).clicked().then_some(Change::Set(Value::Bool(on)))
}

fn choice_ui(ui: &mut Ui, row: &Row<'_>, words: &[String], width: f32) -> Option<Change> {
    let set = row.value.map(families::field_value);
    let shown = set.clone().or_else(|| row.default.clone()).unwrap_or_else(|| panels::NONE.to_owned());
    let text = if set.is_some() { RichText::new(&shown) } else { RichText::new(&shown).weak() };
    let mut change = None;
    let response = ComboBox::from_id_salt(&row.address).selected_text(text).width(width - 2.0).truncate().show_ui(ui, |ui| {
        for word in words {
            let is_default = row.default.as_deref() == Some(word);
            let label = if is_default { words::default_choice(word) } else { word.clone() };
            if ui.selectable_label(shown == *word, label).clicked() {
                change = Some(if is_default { Change::Reset } else { Change::Set(Value::String(word.clone())) });
            }
        }
    });
    let _ = response.response.accessible_name(row.title);
    change
}

fn text_ui(ui: &mut Ui, theme: &Theme, typing: &mut Typing, row: &Row<'_>, examples: &[String], width: f32) -> Option<Change> {
    let stored = row.value.map(families::field_value).unwrap_or_default();
    let mut text = typing.texts.get(&row.address).map_or(stored, |typed| typed.text.clone());
    let wrong = typing.texts.get(&row.address).is_some_and(|typed| typed.error.is_some());
    let menu_width = if examples.is_empty() { 0.0 } else { 28.0 };
    let hint = row.default.clone().unwrap_or_default();
    let lines = row.editor == Editor::Lines;
    let edit = if lines { TextEdit::multiline(&mut text).desired_rows(3) } else { TextEdit::singleline(&mut text) };
    let mut edit =
        edit.id_salt(&row.address).hint_text(RichText::new(hint).weak()).desired_width(width - menu_width - 2.0).clip_text(!lines);
    if wrong {
        edit = edit.text_color(Tone::Bad.color(theme));
    }
    let response = ui.add(edit).accessible_name(row.title);
    let mut change = typed(ui, typing, row, &response, &text);
    if !examples.is_empty()
        && let Some(example) = examples_ui(ui, row, examples)
    {
        typing.texts.remove(&row.address);
        change = (row.read)(&example).ok().map(Change::Set);
    }
    change
}

/// What a text means after this frame's typing.
fn typed(ui: &Ui, typing: &mut Typing, row: &Row<'_>, response: &Response, text: &str) -> Option<Change> {
    let mut change = None;
    if response.changed() {
        let (outcome, error) = if text.trim().is_empty() {
            (Some(Change::Reset), None)
        } else {
            match (row.read)(text) {
                Ok(value) => (Some(Change::Set(value)), None),
                Err(why) => (None, Some(why)),
            }
        };
        typing.texts.insert(row.address.clone(), Typed { text: text.to_owned(), error });
        change = outcome;
    } else if !response.has_focus() {
        let escaped = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
        if escaped || typing.texts.get(&row.address).is_some_and(|typed| typed.error.is_none()) {
            typing.texts.remove(&row.address);
        }
    }
    change
}

fn examples_ui(ui: &mut Ui, row: &Row<'_>, examples: &[String]) -> Option<String> {
    let response = icons::icon_button(ui, "chevron-down", &words::examples_for(row.title));
    let mut chosen = None;
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(220.0);
        for example in examples {
            if ui.add(Button::new(RichText::new(example).monospace()).frame(false)).clicked() {
                chosen = Some(example.clone());
            }
        }
    });
    chosen
}

/// The value of a plain number as a JSON number, everything else as the text that was typed.
pub fn json_of(text: &str) -> Value {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = text.parse::<u32>()
    {
        return number.into();
    }
    text.into()
}

/// Reads a text as a quantity and keeps its spelling.
pub fn read_quantity(quantity: units::Quantity, text: &str) -> Result<Value, String> {
    quantity.parse(text).map(|_| json_of(text))
}
