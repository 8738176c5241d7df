//! What the colors and the shapes of tokens and sparks mean, in the upper left corner of the view.

use std::sync::Arc;

use egui::{FontId, Galley, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2};
use plimsoll_models::EventTypeId;

use super::{
    marks::Fate,
    tokens::{self, Form},
};
use crate::{
    gui::{
        canvas::{Canvas, CanvasInput},
        theme::Theme,
        words::live as words,
    },
    live::Frame,
};

/// Distance from the corner of the view, in points.
const MARGIN: f32 = 12.0;
/// Height of a row, in points.
const ROW: f32 = 18.0;
/// Size of the words, in points.
const SIZE: f32 = 10.5;
/// Room for the token before its words, in points.
const INSET: f32 = 16.0;
/// Distance of two tokens, in points.
const GAP: f32 = 12.0;
/// Radius of a token, in points.
const RADIUS: f32 = 4.0;
/// Side of a cell, in points.
const CELL: f32 = 7.0;
/// Most event types that are told apart here.
const TYPES_MAX: usize = 6;
/// Smallest share of the view's width that stays free.
const FREE: f32 = 0.4;

/// A token or a spark, and what it is.
struct Entry {
    shape: Shape,
    words: Arc<Galley>,
}

impl Canvas {
    /// Shows the event types by color, and what becomes and what befalls events by shape, while tokens travel. Answers how
    /// far down it reaches in the view, in points.
    pub(in crate::gui::canvas) fn token_key(&self, ui: &Ui, input: &CanvasInput<'_>) -> f32 {
        let Some(frame) = input.live.filter(|_| input.preferences.moves()) else { return 0.0 };
        let view = self.camera.view;
        let painter = ui.painter_at(view);
        let rows = [
            types(&painter, input.theme, frame),
            forms(&painter, input.theme),
            fates(&painter, input.theme),
            instances(&painter, input.theme, frame),
        ];
        let width = |row: &Vec<Entry>| row.iter().map(|entry| INSET + entry.words.size().x + GAP).sum::<f32>();
        let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_empty() && width(row) < view.width() * (1.0 - FREE)).collect();
        let size = vec2(rows.iter().map(width).fold(0.0, f32::max), rows.len() as f32 * ROW);
        let place = Rect::from_min_size(view.left_top() + Vec2::splat(MARGIN), size);
        if rows.is_empty() {
            return 0.0;
        }
        painter.rect_filled(place.expand(4.0), 4.0, input.theme.canvas.gamma_multiply(0.85));
        for (n, row) in rows.iter().enumerate() {
            let mut at = pos2(place.left(), place.top() + ROW * (n as f32 + 0.5));
            for Entry { shape, words } in row {
                let mut shape = shape.clone();
                shape.translate(at.to_vec2() + vec2(RADIUS, 0.0));
                painter.add(shape);
                painter.galley(at + vec2(INSET, -words.size().y / 2.0), Arc::clone(words), input.theme.text_weak);
                at.x += INSET + words.size().x + GAP;
            }
        }
        let response = ui.interact(place, ui.scope_id().with("token-key"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words::token_key(&names(frame))));
        place.bottom() + MARGIN - view.top()
    }
}

/// Event types with a name; a run of plain events has none.
fn names(frame: &Frame) -> Vec<&str> {
    frame.roster.event_types.iter().flatten().map(EventTypeId::as_str).take(TYPES_MAX).collect()
}

fn entry(painter: &Painter, theme: &Theme, shape: Shape, words: &str) -> Entry {
    Entry { shape, words: painter.layout_no_wrap(words.to_owned(), FontId::proportional(SIZE), theme.text_weak) }
}

fn types(painter: &Painter, theme: &Theme, frame: &Frame) -> Vec<Entry> {
    let named = frame.roster.event_types.iter().enumerate().filter_map(|(n, id)| Some((n, id.as_ref()?)));
    let of = |(n, id): (usize, &EventTypeId)| {
        let shape = Form::First.shape(Pos2::ZERO, RADIUS, tokens::color(theme, n as u16), theme);
        entry(painter, theme, shape, id.as_str())
    };
    named.take(TYPES_MAX).map(of).collect()
}

fn forms(painter: &Painter, theme: &Theme) -> Vec<Entry> {
    let of = |form: Form| {
        let color = if form == Form::DeadLetter { theme.amber } else { theme.text_weak };
        entry(painter, theme, form.shape(Pos2::ZERO, RADIUS, color, theme), words::form(form))
    };
    Form::ALL.into_iter().map(of).collect()
}

fn fates(painter: &Painter, theme: &Theme) -> Vec<Entry> {
    let of = |fate: Fate| entry(painter, theme, fate.shape(Pos2::ZERO, RADIUS * 0.85, fate.color(theme)), words::fate(fate));
    Fate::ALL.into_iter().map(of).collect()
}

/// What a cell of a box is, where there are instances.
fn instances(painter: &Painter, theme: &Theme, frame: &Frame) -> Vec<Entry> {
    if frame.look.nodes.iter().all(|node| node.instances == 0) {
        return Vec::new();
    }
    let cell = Rect::from_center_size(Pos2::ZERO, Vec2::splat(CELL));
    let filled = |color| Shape::rect_filled(cell, 1.0, color);
    let outlined =
        Shape::Vec(vec![filled(theme.stroke_strong), Shape::rect_stroke(cell, 1.0, Stroke::new(1.0, theme.text), StrokeKind::Outside)]);
    let shapes = [filled(theme.accent), filled(theme.plot[4]), filled(theme.stroke_strong), outlined];
    words::INSTANCES.into_iter().zip(shapes).map(|(words, shape)| entry(painter, theme, shape, words)).collect()
}
