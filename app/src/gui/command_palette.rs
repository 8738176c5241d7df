//! The popup that searches all commands.

use egui::{Area, Frame, Id, Key, Order, RichText, ScrollArea, Sense, TextEdit, Ui};

use super::{
    action::Action,
    command::{Command, Situation},
    theme::Theme,
};
use crate::icons;

/// The open popup.
#[derive(Clone, Debug)]
pub struct CommandPalette {
    query: String,
    chosen: usize,
    fresh: bool,
}

impl Default for CommandPalette {
    fn default() -> Self {
        Self { query: String::new(), chosen: 0, fresh: true }
    }
}

impl CommandPalette {
    /// Shows the popup; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, theme: &Theme, now: &Situation, actions: &mut Vec<Action>) -> bool {
        let at = ctx.content_rect().center_top() + egui::vec2(-240.0, 72.0);
        let mut open = true;
        let response = Area::new(Id::unique("command palette")).order(Order::Foreground).fixed_pos(at).show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(10.0).show(ui, |ui| {
                ui.set_width(480.0);
                open = self.content_ui(ui, theme, now, actions);
            });
        });
        let pressed = ctx.input(|input| input.pointer.any_pressed());
        let outside = pressed && ctx.pointer_interact_pos().is_some_and(|at| !response.response.rect.contains(at));
        let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape));
        let fresh = std::mem::take(&mut self.fresh);
        open && !escaped && (fresh || !outside)
    }

    fn content_ui(&mut self, ui: &mut Ui, theme: &Theme, now: &Situation, actions: &mut Vec<Action>) -> bool {
        let (down, up, enter) = ui.input_mut(|input| {
            let none = egui::Modifiers::NONE;
            (input.consume_key(none, Key::ArrowDown), input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
        });
        let edit =
            TextEdit::singleline(&mut self.query).id_salt("commands").hint_text("What do you want to do?").desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Search commands");
        if self.fresh {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        let commands = found(&self.query, now);
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(commands.len().saturating_sub(1));
        let mut picked = if enter { commands.get(self.chosen).copied() } else { None };
        ui.add_space(4.0);
        ScrollArea::vertical().max_height(340.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, command) in commands.iter().enumerate() {
                let chosen = index == self.chosen;
                if row(ui, theme, *command, chosen, chosen && (down || up)) {
                    picked = Some(*command);
                }
            }
            if commands.is_empty() {
                ui.label(RichText::new("No such command").color(theme.text_weak));
            }
        });
        let Some(command) = picked else { return true };
        actions.push(Action::Command(command));
        false
    }
}

fn row(ui: &mut Ui, theme: &Theme, command: Command, chosen: bool, scroll: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 28.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, command.text()));
    let painter = ui.painter();
    if chosen || response.hovered() {
        let fill = if chosen { theme.selection } else { theme.surface_hovered };
        painter.rect_filled(rect, f32::from(Theme::RADIUS), fill);
    }
    let icon = egui::Rect::from_center_size(egui::pos2(rect.left() + 16.0, rect.center().y), egui::vec2(16.0, 16.0));
    if !command.icon().is_empty() {
        icons::paint(painter, command.icon(), icon, theme.text_weak);
    }
    let font = egui::FontId::proportional(Theme::SIZE_BODY);
    let name =
        painter.text(egui::pos2(rect.left() + 34.0, rect.center().y), egui::Align2::LEFT_CENTER, command.text(), font.clone(), theme.text);
    let group = egui::FontId::proportional(Theme::SIZE_SMALL);
    painter.text(
        egui::pos2(name.right() + 8.0, rect.center().y),
        egui::Align2::LEFT_CENTER,
        command.group().title(),
        group,
        theme.text_weak,
    );
    painter.text(
        egui::pos2(rect.right() - 10.0, rect.center().y),
        egui::Align2::RIGHT_CENTER,
        command.shortcut_text(),
        font,
        theme.text_weak,
    );
    if scroll {
        response.scroll_to_me(None);
    }
    response.clicked()
}

fn found(query: &str, now: &Situation) -> Vec<Command> {
    let query = query.to_lowercase();
    let matches = |command: &Command| {
        let text = format!("{} {} {}", command.text(), command.help(), command.group().title()).to_lowercase();
        query.split_whitespace().all(|word| text.contains(word))
    };
    let mut commands: Vec<Command> = Command::ALL
        .iter()
        .copied()
        .filter(|command| *command != Command::SearchCommands && command.is_enabled(now) && matches(command))
        .collect();
    commands.sort_by_key(|command| !command.text().to_lowercase().contains(query.trim()));
    commands
}
