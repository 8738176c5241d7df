//! The bar above the drawing when the file is not what it was.

use egui::{Align, Button, Layout, RichText, Ui};

use super::{
    action::Action,
    theme::Theme,
    tone::{Tone, glyph},
    words::documents as words,
};
use crate::watch::OnDisk;

/// Says what happened to the file of this name, and offers what can be done about it.
pub fn ui(ui: &mut Ui, theme: &Theme, name: &str, content: &OnDisk, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = Theme::SPACE_8;
        glyph(ui, theme, Tone::Warn, "warning");
        let text = match content {
            OnDisk::Text(_) => words::changed_on_disk(name),
            OnDisk::Gone => words::gone_from_disk(name),
            OnDisk::Unreadable(_) => words::unreadable_on_disk(name),
        };
        let label = ui.add(egui::Label::new(RichText::new(text).color(theme.text)).truncate());
        if let OnDisk::Unreadable(why) = content {
            label.on_hover_text(why);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut button = |text: &str, help: &str, action: Action| {
                if ui.add(Button::new(text)).on_hover_text(help).clicked() {
                    actions.push(action);
                }
            };
            match content {
                OnDisk::Text(_) => {
                    button(words::SHOW_DIFFERENCE, words::SHOW_DIFFERENCE_HELP, Action::CompareWithDisk);
                    button(words::KEEP_MINE, words::KEEP_MINE_HELP, Action::KeepMine);
                    button(words::RELOAD, words::RELOAD_HELP, Action::Reload);
                }
                OnDisk::Gone => {
                    button(words::KEEP_MINE, words::KEEP_MINE_HELP, Action::KeepMine);
                    button(words::SAVE_AGAIN, words::SAVE_AGAIN_HELP, Action::SaveAgain);
                }
                OnDisk::Unreadable(_) => button(words::KEEP_MINE, words::KEEP_MINE_HELP, Action::KeepMine),
            }
        });
    });
}
