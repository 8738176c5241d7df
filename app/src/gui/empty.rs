//! What an empty canvas says. It goes with the first node.

use egui::{Align, Align2, Button, FontId, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, vec2};

use super::{action::Action, command::Command, theme::Theme, view::View, words::first_steps as words};
use crate::icons;

/// Room for the words, in points.
const SIZE: egui::Vec2 = vec2(560.0, 240.0);

/// Shows what to do first, in the middle of the canvas.
pub fn ui(ui: &mut Ui, canvas: Rect, view: &View<'_>, actions: &mut Vec<Action>) {
    let place = Rect::from_center_size(canvas.center(), SIZE.min(canvas.size()));
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
    child.shrink_clip_rect(canvas);
    picture(&mut child, view.theme);
    child.label(RichText::new(words::EMPTY_TITLE).font(Theme::heading()));
    child.label(RichText::new(words::EMPTY_DRAG).color(view.theme.text_weak));
    child.label(RichText::new(words::EMPTY_CONNECT).color(view.theme.text_weak));
    child.add_space(Theme::SPACE_16);
    let buttons = [(words::EMPTY_ADD, Command::QuickAdd), (words::EMPTY_EXAMPLE, Command::Gallery), (words::EMPTY_TOUR, Command::Tour)];
    let texts = buttons.map(|(text, command)| (words::key(&view.keys.text(command), text), command));
    let font = FontId::proportional(Theme::SIZE_BODY);
    let painter = child.painter().clone();
    let width = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), view.theme.text).size().x + 28.0;
    let row: f32 = texts.iter().map(|(text, _)| width(text)).sum::<f32>() + 2.0 * Theme::SPACE_8;
    child.allocate_ui_with_layout(vec2(row, 32.0), Layout::left_to_right(Align::Center), |ui| {
        for (text, command) in &texts {
            let button = Button::new(text.as_str()).min_size(vec2(width(text), 30.0));
            if ui.add(button).on_hover_text(command.help()).clicked() {
                actions.push(Action::Command(*command));
            }
        }
    });
}

/// Clients, a queue and a function, as an outline of what will be.
fn picture(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(304.0, 64.0), Sense::hover());
    let painter = ui.painter();
    let size = vec2(64.0, 44.0);
    for (i, key) in ["client", "queue", "function"].into_iter().enumerate() {
        let center = rect.center() + vec2((i as f32 - 1.0) * 120.0, -4.0);
        let place = Rect::from_center_size(center, size);
        painter.rect(place, 8.0, theme.surface, Stroke::new(1.0, theme.stroke_strong), egui::StrokeKind::Inside);
        icons::paint(painter, key, Rect::from_center_size(center, vec2(20.0, 20.0)), theme.text_weak);
        if i > 0 {
            let tip = place.left_center() - vec2(6.0, 0.0);
            painter.line_segment([tip - vec2(42.0, 0.0), tip], Stroke::new(1.0, theme.stroke_strong));
            painter.text(tip, Align2::RIGHT_CENTER, "›", FontId::proportional(Theme::SIZE_HEADING), theme.stroke_strong);
        }
    }
}
