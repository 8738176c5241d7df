//! The sheet of keys: all of them, searched, and changed by pressing others.

use egui::{Align, Button, ComboBox, KeyboardShortcut, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::{
    command::{Command, Group},
    keymap::{self, Keymap},
    theme::Theme,
    view::View,
    words::find,
};
use crate::{
    fuzzy, icons,
    settings::{Keys, Preferences, Preset},
};

/// Room of a button with a glyph and the space beside it, in points.
const ICON_WIDTH: f32 = 28.0;

/// The open sheet.
#[derive(Clone, Debug, Default)]
pub struct KeySheet {
    query: String,
    shown: bool,
    listening: Listening,
}

/// Whether the next key press is for a command.
#[derive(Clone, Debug, Default)]
enum Listening {
    /// It is not.
    #[default]
    No,
    /// It is, for this one.
    To(Command),
    /// It cannot be this key.
    Refused(Command, String),
    /// It is, but another command has the key.
    Conflict { command: Command, key: KeyboardShortcut, owner: Command },
}

impl Listening {
    /// Whose row says something.
    fn command(&self) -> Option<Command> {
        match self {
            Self::No => None,
            Self::To(command) | Self::Refused(command, _) | Self::Conflict { command, .. } => Some(*command),
        }
    }
}

impl KeySheet {
    /// Shows the sheet; the preferences when they shall be others.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) -> Option<Preferences> {
        let mut wanted = self.listen(ui, view);
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.query).hint_text(find::KEYS_HINT).desired_width(260.0);
            let field = ui.add(edit).accessible_name(find::KEYS_FIELD);
            if !std::mem::replace(&mut self.shown, true) {
                field.request_focus();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                wanted = preset_ui(ui, &view.preferences.keys).or(wanted.take());
            });
        });
        ui.add_space(Theme::SPACE_4);
        let height = (ui.ctx().content_rect().height() - 240.0).max(120.0);
        ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut any = false;
            for group in Group::ALL {
                let commands: Vec<Command> = Command::ALL.iter().copied().filter(|c| c.group() == group && self.finds(view, *c)).collect();
                if commands.is_empty() {
                    continue;
                }
                any = true;
                heading(ui, view.theme, group.title());
                for command in commands {
                    wanted = self.row(ui, view, command).or(wanted.take());
                }
            }
            any |= self.gestures_ui(ui, view.theme);
            if !any {
                ui.label(RichText::new(find::NO_KEY).color(view.theme.text_weak));
            }
        });
        wanted.map(|keys| Preferences { keys, ..view.preferences.clone() })
    }

    /// Whether a command's text or keys are searched for.
    fn finds(&self, view: &View<'_>, command: Command) -> bool {
        let query = self.query.trim().to_lowercase();
        let by_key = || view.keys.keys(command).iter().any(|key| keymap::shown(*key).to_lowercase().contains(&query));
        self.listening.command() == Some(command) || fuzzy::fit(&query, command.text()).is_some() || by_key()
    }

    /// Takes the next key press while a command waits for it.
    fn listen(&mut self, ui: &Ui, view: &View<'_>) -> Option<Keys> {
        let (Listening::To(command) | Listening::Refused(command, _)) = self.listening else { return None };
        let mut pressed = None;
        ui.input_mut(|input| {
            let held = input.modifiers;
            input.events.retain(|event| {
                let Some((key, physical, modifiers)) = keymap::key_of(event, held) else {
                    return !matches!(event, egui::Event::Text(_) | egui::Event::Paste(_));
                };
                pressed = Some(keymap::shortcut_of(key, physical, modifiers));
                false
            });
        });
        let key = pressed?;
        if key.logical_key == egui::Key::Escape && key.modifiers.is_none() && command != Command::Deselect {
            self.listening = Listening::No;
            return None;
        }
        if let Some(why) = keymap::refusal(key) {
            self.listening = Listening::Refused(command, format!("{}: {why}", keymap::shown(key)));
            return None;
        }
        if let Some(owner) = view.keys.owner(key).filter(|owner| *owner != command) {
            self.listening = Listening::Conflict { command, key, owner };
            return None;
        }
        self.listening = Listening::No;
        Some(Keymap::rebound(&view.preferences.keys, command, &[key]))
    }

    /// A command with its keys; the keys when they shall be others.
    fn row(&mut self, ui: &mut Ui, view: &View<'_>, command: Command) -> Option<Keys> {
        let keys = &view.preferences.keys;
        let name = command.text().trim_end_matches('…');
        let mut wanted = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.spacing_mut().interact_size.y = 22.0;
            ui.label(name).on_hover_text(command.help());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let changed = keys.changed.contains_key(command.name());
                if !changed {
                    ui.add_space(ICON_WIDTH);
                } else if icons::icon_button(ui, "undo", &find::reset_key(name)).clicked() {
                    wanted = Some(Keymap::reset(keys, command));
                }
                if view.keys.keys(command).is_empty() {
                    ui.add_space(ICON_WIDTH);
                } else if icons::icon_button(ui, "close", &find::no_key_for(name)).clicked() {
                    wanted = Some(Keymap::rebound(keys, command, &[]));
                }
                if self.key_ui(ui, view, command, name) {
                    self.listening = Listening::To(command);
                }
            });
        });
        self.notice_ui(ui, view, command, name).or(wanted)
    }

    /// The button with the keys; true when it was pressed.
    fn key_ui(&self, ui: &mut Ui, view: &View<'_>, command: Command, name: &str) -> bool {
        let listens = matches!(self.listening, Listening::To(of) | Listening::Refused(of, _) if of == command);
        let shown: Vec<String> = view.keys.keys(command).iter().copied().map(keymap::shown).collect();
        let (text, color) = match (listens, shown.is_empty()) {
            (true, _) => (find::PRESS_KEYS.to_owned(), view.theme.accent),
            (false, true) => ("–".to_owned(), view.theme.text_weak),
            (false, false) => (shown.join("   "), view.theme.text),
        };
        let button = Button::new(RichText::new(&text).monospace().color(color)).min_size(egui::vec2(96.0, 22.0));
        let response = ui.add(button).on_hover_text(find::CHANGE_KEY);
        response.accessible_name(find::keys_of(name, &text)).clicked()
    }

    /// What stands under a row that listens: why a key cannot be, or who has it.
    fn notice_ui(&mut self, ui: &mut Ui, view: &View<'_>, command: Command, name: &str) -> Option<Keys> {
        let mut wanted = None;
        match self.listening.clone() {
            Listening::Refused(of, why) if of == command => {
                ui.label(RichText::new(why).color(view.theme.amber_text));
            }
            Listening::Conflict { command: of, key, owner } if of == command => {
                ui.horizontal(|ui| {
                    let words = find::key_taken(&keymap::shown(key), owner.text().trim_end_matches('…'));
                    ui.label(RichText::new(words).color(view.theme.amber_text));
                    if ui.button(find::take_over(name)).clicked() {
                        wanted = Some(Keymap::rebound(&view.preferences.keys, command, &[key]));
                        self.listening = Listening::No;
                    }
                    if ui.button(find::CANCEL).clicked() {
                        self.listening = Listening::No;
                    }
                });
            }
            Listening::No | Listening::To(_) | Listening::Refused(..) | Listening::Conflict { .. } => {}
        }
        wanted
    }

    /// What the mouse does on the drawing; true when something is shown.
    fn gestures_ui(&self, ui: &mut Ui, theme: &Theme) -> bool {
        let found = || find::GESTURES.iter().filter(|(keys, text)| fuzzy::fit(&self.query, &format!("{text} {keys}")).is_some());
        if found().next().is_none() {
            return false;
        }
        heading(ui, theme, find::MOUSE);
        for (keys, text) in found() {
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = 22.0;
                ui.label(*text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(RichText::new(*keys).monospace().color(theme.text_weak));
                });
            });
        }
        true
    }
}

fn heading(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.add_space(Theme::SPACE_8);
    ui.label(RichText::new(text).font(Theme::strong()).color(theme.accent));
}

/// From which tool the keys come; the keys when they shall be others.
pub fn preset_ui(ui: &mut Ui, keys: &Keys) -> Option<Keys> {
    let mut wanted = None;
    if ui.add_enabled(!keys.changed.is_empty(), Button::new(find::RESET_KEYS)).clicked() {
        wanted = Some(Keys { preset: keys.preset, ..Keys::default() });
    }
    let combo = ComboBox::from_id_salt("key preset").selected_text(find::preset(keys.preset)).width(96.0).show_ui(ui, |ui| {
        for preset in [Preset::Default, Preset::DrawIo, Preset::Blender] {
            if ui.selectable_label(preset == keys.preset, find::preset(preset)).clicked() {
                wanted = Some(Keys { preset, changed: keys.changed.clone() });
            }
        }
    });
    let _ = combo.response.accessible_name(find::KEY_PRESET);
    ui.label(find::KEY_PRESET);
    wanted
}
