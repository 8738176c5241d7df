//! Which keys mean which command: our defaults, then those of another tool, then what the user changed.
//!
//! A later layer takes keys away from an earlier one, so that no key means two commands.

use std::collections::BTreeMap;

use egui::{Event, Key, KeyboardShortcut, ModifierNames, Modifiers};

use super::{
    command::{Command, Reach, Situation},
    words::find,
};
use crate::settings::{Keys, Preset};

/// The keys of all commands.
#[derive(Clone, Debug)]
pub struct Keymap {
    keys: BTreeMap<Command, Vec<KeyboardShortcut>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(&Keys::default())
    }
}

impl Keymap {
    /// The keys that a user wants.
    pub fn of(wanted: &Keys) -> Self {
        let mut map = Self { keys: Command::ALL.iter().map(|command| (*command, command.shortcuts().to_vec())).collect() };
        let preset = preset(wanted.preset).iter().map(|(command, keys)| (*command, keys.iter().filter_map(|key| parse(key)).collect()));
        map.lay(&preset.collect());
        let changed = wanted.changed.iter().filter_map(|(name, keys)| {
            let keys = keys.iter().filter_map(|key| parse(key)).filter(|key| refusal(*key).is_none());
            Some((Command::named(name)?, keys.collect()))
        });
        map.lay(&changed.collect());
        map
    }

    /// Gives these commands these keys and takes them from all others.
    fn lay(&mut self, layer: &BTreeMap<Command, Vec<KeyboardShortcut>>) {
        let mut taken: Vec<KeyboardShortcut> = Vec::new();
        for (command, keys) in layer {
            let free: Vec<KeyboardShortcut> = keys.iter().copied().filter(|key| !has(&taken, *key)).collect();
            taken.extend(&free);
            self.keys.insert(*command, free);
        }
        for (command, keys) in &mut self.keys {
            if !layer.contains_key(command) {
                keys.retain(|key| !has(&taken, *key));
            }
        }
    }

    /// The keys of a command, the one that is shown first.
    pub fn keys(&self, command: Command) -> &[KeyboardShortcut] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The first key of a command as people write it, or nothing.
    pub fn text(&self, command: Command) -> String {
        self.keys(command).first().copied().map(shown).unwrap_or_default()
    }

    /// What a command does, and its key in parentheses.
    pub fn tooltip(&self, command: Command) -> String {
        let shortcut = self.text(command);
        if shortcut.is_empty() { command.help().to_owned() } else { format!("{} ({shortcut})", command.help()) }
    }

    /// Whose key this is.
    pub fn owner(&self, key: KeyboardShortcut) -> Option<Command> {
        self.keys.iter().find(|(_, keys)| has(keys, key)).map(|(command, _)| *command)
    }

    /// What a key press means.
    pub fn meant(&self, key: Key, physical_key: Option<Key>, modifiers: Modifiers) -> Option<Command> {
        let is = |shortcut: &KeyboardShortcut| {
            let wanted = shortcut.logical_key;
            // `!` is on the 1 key of one keyboard and elsewhere on others; digits are meant by place.
            let same_key = key == wanted || (is_digit(wanted) && physical_key == Some(wanted));
            let same_modifiers = modifiers.command == shortcut.modifiers.command
                && modifiers.alt == shortcut.modifiers.alt
                && (needs_shift(wanted) || modifiers.shift == shortcut.modifiers.shift);
            same_key && same_modifiers
        };
        self.keys.iter().find(|(_, keys)| keys.iter().any(is)).map(|(command, _)| *command)
    }

    /// Takes the keys that mean commands out of the input and says which commands were meant.
    ///
    /// `typing` tells that a text field had the focus until now: the key that ends that, Escape, is the field's too.
    pub fn pressed(&self, ctx: &egui::Context, now: &Situation, typing: bool) -> Vec<Command> {
        let mut commands = Vec::new();
        // Who has the focus is pressed by the space bar.
        let focused = ctx.memory(|memory| memory.focused().is_some());
        ctx.input_mut(|input| {
            let held = input.modifiers;
            input.events.retain(|event| {
                let Some((key, physical_key, modifiers)) = key_of(event, held) else { return true };
                // Copy and Cut arrive as events of their own, which text fields may want.
                if focused && key == Key::Space && modifiers.is_none() {
                    return true;
                }
                if typing && (is_text(key, modifiers) || !matches!(event, Event::Key { .. })) {
                    return true;
                }
                match self.meant(key, physical_key, modifiers) {
                    Some(command) if typing && command.reach() == Reach::Canvas => true,
                    Some(command) if command.is_enabled(now) => {
                        commands.push(command);
                        false
                    }
                    Some(_) | None => true,
                }
            });
        });
        commands
    }

    /// How the settings change so that a command has these keys; other commands lose them.
    pub fn rebound(wanted: &Keys, command: Command, keys: &[KeyboardShortcut]) -> Keys {
        let mut next = wanted.clone();
        for other in next.changed.values_mut() {
            other.retain(|text| parse(text).is_none_or(|other| !has(keys, other)));
        }
        next.changed.insert(command.name().to_owned(), keys.iter().copied().map(spell).collect());
        next
    }

    /// How the settings change so that a command has the keys of the preset again.
    pub fn reset(wanted: &Keys, command: Command) -> Keys {
        let preset = Self::of(&Keys { preset: wanted.preset, ..Keys::default() });
        let mut next = Self::rebound(wanted, command, preset.keys(command));
        next.changed.remove(command.name());
        next
    }
}

/// The key press in an event, with its key by place and its modifiers.
pub fn key_of(event: &Event, held: Modifiers) -> Option<(Key, Option<Key>, Modifiers)> {
    match event {
        Event::Key { key, physical_key, pressed: true, modifiers, .. } => Some((*key, *physical_key, *modifiers)),
        Event::Copy => Some((Key::C, None, held | Modifiers::COMMAND)),
        Event::Cut => Some((Key::X, None, held | Modifiers::COMMAND)),
        _ => None,
    }
}

/// The shortcut that a key press is, as it should be kept.
pub fn shortcut_of(key: Key, physical_key: Option<Key>, modifiers: Modifiers) -> KeyboardShortcut {
    let key = physical_key.filter(|key| is_digit(*key)).unwrap_or(key);
    let modifiers =
        Modifiers { alt: modifiers.alt, shift: modifiers.shift && !needs_shift(key), command: modifiers.command, ..Modifiers::NONE };
    KeyboardShortcut::new(modifiers, key)
}

/// Why a key cannot mean a command.
pub fn refusal(key: KeyboardShortcut) -> Option<&'static str> {
    let bare = !key.modifiers.command && !key.modifiers.alt;
    match key.logical_key {
        Key::Tab | Key::Enter | Key::Space if bare => Some(find::KEY_FOR_FOCUS),
        Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp if bare => Some(find::KEY_FOR_MOVING),
        Key::V if key.modifiers.command && !key.modifiers.alt && !key.modifiers.shift => Some(find::KEY_FOR_PASTE),
        _ => None,
    }
}

/// A shortcut as people write it.
pub fn shown(shortcut: KeyboardShortcut) -> String {
    let is_mac = cfg!(target_os = "macos");
    let names = if is_mac { ModifierNames::SYMBOLS } else { ModifierNames::NAMES };
    match shortcut.logical_key {
        Key::Questionmark => "?".to_owned(),
        _ => shortcut.format(&names, is_mac),
    }
}

/// A shortcut as the settings spell it, the same on every platform.
fn spell(shortcut: KeyboardShortcut) -> String {
    let KeyboardShortcut { modifiers, logical_key } = shortcut;
    let parts = [(modifiers.command, "Ctrl+"), (modifiers.alt, "Alt+"), (modifiers.shift, "Shift+")];
    parts.iter().filter(|(held, _)| *held).map(|(_, name)| *name).chain([logical_key.name()]).collect()
}

/// Reads what [`spell`] wrote.
fn parse(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = text;
    while let Some((name, more)) = rest.split_once('+').filter(|(_, more)| !more.is_empty()) {
        modifiers |= match name {
            "Ctrl" => Modifiers::COMMAND,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        };
        rest = more;
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(rest)?))
}

fn has(keys: &[KeyboardShortcut], key: KeyboardShortcut) -> bool {
    keys.iter().any(|other| same(*other, key))
}

/// Whether two shortcuts are the same keys, whatever the platform calls its modifiers.
fn same(a: KeyboardShortcut, b: KeyboardShortcut) -> bool {
    let held = |key: KeyboardShortcut| {
        (key.modifiers.command, key.modifiers.alt, key.modifiers.shift && !needs_shift(key.logical_key), key.logical_key)
    };
    held(a) == held(b)
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}

/// Signs that are typed with Shift on one keyboard and without on another.
fn needs_shift(key: Key) -> bool {
    matches!(
        key,
        Key::Questionmark | Key::Plus | Key::Exclamationmark | Key::Colon | Key::Pipe | Key::OpenCurlyBracket | Key::CloseCurlyBracket
    )
}

/// Whether a text field would type this key.
fn is_text(key: Key, modifiers: Modifiers) -> bool {
    let is_function = (Key::F1..=Key::F35).contains(&key);
    !modifiers.command && !is_function
}

/// What a preset has other than our defaults.
fn preset(preset: Preset) -> &'static [(Command, &'static [&'static str])] {
    use Command as C;
    match preset {
        Preset::Default => &[],
        Preset::DrawIo => &[
            (C::ZoomReset, &["Home", "Ctrl+0"]),
            (C::Fit, &["Ctrl+Shift+H", "Shift+1"]),
            (C::Deselect, &["Ctrl+Shift+A", "Escape"]),
            (C::Redo, &["Ctrl+Y", "Ctrl+Shift+Z"]),
            (C::TogglePalette, &["Ctrl+Shift+K"]),
            (C::ToggleInspector, &["Ctrl+Shift+P"]),
            (C::SearchCommands, &["Ctrl+K"]),
        ],
        Preset::Blender => &[
            (C::SelectAll, &["A", "Ctrl+A"]),
            (C::Deselect, &["Alt+A", "Escape"]),
            (C::Duplicate, &["Shift+D"]),
            (C::Delete, &["X", "Delete"]),
            (C::Fit, &["Home"]),
            (C::FitSelection, &["Period", "F"]),
            (C::TogglePalette, &["T"]),
            (C::ToggleInspector, &["N"]),
            (C::SearchCommands, &["F3", "Ctrl+K"]),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTRL: Modifiers = Modifiers::COMMAND.plus(Modifiers::CTRL);

    fn press(map: &Keymap, modifiers: Modifiers, key: Key) -> Option<Command> {
        map.meant(key, None, modifiers)
    }

    #[test]
    fn keys_find_their_commands() {
        let map = Keymap::default();
        assert_eq!(press(&map, CTRL | Modifiers::SHIFT, Key::Z), Some(Command::Redo));
        assert_eq!(press(&map, CTRL, Key::Z), Some(Command::Undo));
        assert_eq!(map.meant(Key::Exclamationmark, Some(Key::Num1), Modifiers::SHIFT), Some(Command::Fit));
        assert_eq!(press(&map, Modifiers::NONE, Key::Z), None);
    }

    #[test]
    fn every_key_of_every_preset_is_spelled_right_and_means_one_command() {
        for wanted in [Preset::Default, Preset::DrawIo, Preset::Blender] {
            for (command, keys) in preset(wanted) {
                assert!(keys.iter().all(|key| parse(key).is_some_and(|key| refusal(key).is_none())), "{command:?}: {keys:?}");
            }
            let map = Keymap::of(&Keys { preset: wanted, ..Keys::default() });
            for command in Command::ALL {
                for key in map.keys(*command) {
                    assert_eq!(map.owner(*key), Some(*command), "{key:?} in {wanted:?}");
                    assert!(same(parse(&spell(*key)).unwrap(), *key), "{}", spell(*key));
                }
            }
            let lost: Vec<&Command> = Command::ALL.iter().filter(|c| !c.shortcuts().is_empty() && map.keys(**c).is_empty()).collect();
            assert!(lost.is_empty(), "{wanted:?} leaves {lost:?} without a key");
        }
    }

    #[test]
    fn a_key_that_is_taken_over_leaves_its_old_command_and_comes_back() {
        let wanted = Keys::default();
        let d = KeyboardShortcut::new(Modifiers::COMMAND, Key::D);
        let wanted = Keymap::rebound(&wanted, Command::Fit, &[d]);
        let map = Keymap::of(&wanted);
        assert_eq!((press(&map, CTRL, Key::D), map.keys(Command::Duplicate)), (Some(Command::Fit), &[][..]));
        let wanted = Keymap::rebound(&wanted, Command::About, &[d]);
        assert_eq!(press(&Keymap::of(&wanted), CTRL, Key::D), Some(Command::About));
        let wanted = Keymap::reset(&wanted, Command::Duplicate);
        assert_eq!(press(&Keymap::of(&wanted), CTRL, Key::D), Some(Command::Duplicate));
    }

    #[test]
    fn nonsense_in_the_settings_changes_nothing() {
        let changed = [("Gone", vec!["Ctrl+D"]), ("Fit", vec!["Hyper+Q", "", "Tab", "Ctrl+"])];
        let changed = changed.map(|(name, keys)| (name.to_owned(), keys.into_iter().map(str::to_owned).collect()));
        let map = Keymap::of(&Keys { preset: Preset::Default, changed: changed.into() });
        assert_eq!(press(&map, CTRL, Key::D), Some(Command::Duplicate));
        assert!(map.keys(Command::Fit).is_empty());
    }
}
