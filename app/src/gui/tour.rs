//! A tour of four steps that points at the real controls while one uses them.

use std::sync::Arc;

use egui::{Align, Align2, Area, Button, Frame, Id, Key, Layout, Modifiers, Order, Pos2, Rect, RichText, Stroke, StrokeKind, Ui, vec2};
use plimsoll_sim::RunResult;

use super::{action::Action, theme::Theme, view::View, words::first_steps as words};

/// Width of what is said, in points.
const WIDTH: f32 = 320.0;
/// Distance of it from what it points at, in points.
const DISTANCE: f32 = 16.0;

/// Height of the line at the bottom of the window, in points.
const STATUS_HEIGHT: f32 = 28.0;
/// A panel that is smaller is closed, in points.
const OPEN_MIN: f32 = 40.0;

/// Steps of the tour, in their order.
const STEPS: [Step; 4] = [Step::Draw, Step::Connect, Step::Run, Step::Read];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Put nodes on the drawing.
    Draw,
    /// Connect them.
    Connect,
    /// Simulate.
    Run,
    /// See what comes of it.
    Read,
}

/// The tour as it goes on.
#[derive(Debug, Default)]
pub struct Tour {
    /// Which of [`STEPS`].
    at: usize,
    /// What there was when the step began: nodes, edges, the result.
    before: Option<(usize, usize, Option<Arc<RunResult>>)>,
}

/// Where the controls stand.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The palette at the left, if it is open.
    pub palette: Option<Rect>,
    /// The drawing.
    pub canvas: Rect,
    /// The button that runs.
    pub run: Option<Rect>,
    /// The results at the bottom, if they are open.
    pub results: Option<Rect>,
}

impl Places {
    /// Around the drawing, as the window is laid out.
    pub fn around(canvas: Rect, window: Rect, run: Option<Rect>) -> Self {
        let below = window.bottom() - STATUS_HEIGHT;
        let palette = Rect::from_min_max(Pos2::new(window.left(), canvas.top()), canvas.left_bottom());
        let results = Rect::from_min_max(Pos2::new(window.left(), canvas.bottom()), Pos2::new(window.right(), below));
        let open = |rect: Rect| (rect.width() > OPEN_MIN && rect.height() > OPEN_MIN).then_some(rect);
        Self { palette: open(palette), canvas, run, results: open(results) }
    }
}

impl Tour {
    /// Shows the step; false when the tour is over.
    pub fn ui(&mut self, ctx: &egui::Context, places: Places, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        if self.is_done(view) {
            self.go(1);
        }
        let now =
            || (view.diagram.nodes.len(), view.diagram.edges.len(), view.runs.latest.as_ref().map(|latest| Arc::clone(&latest.result)));
        self.before.get_or_insert_with(now);
        let step = STEPS[self.at];
        let (target, pivot, at) = place(step, places);
        ring(ctx, view.theme, target);
        let area = Area::new(Id::unique("tour")).order(Order::Foreground).pivot(pivot).fixed_pos(at).constrain(true);
        let mut open = true;
        let response = area.show(ctx, |ui| {
            let frame = Frame::popup(ui.style()).stroke(Stroke::new(1.5, view.theme.accent)).inner_margin(14.0);
            frame.show(ui, |ui| {
                ui.set_width(WIDTH);
                open = self.content_ui(ui, view.theme, actions);
            });
        });
        pointer(ctx, view.theme, response.response.rect, target);
        let idle = !ctx.text_edit_focused() && view.selection.is_empty();
        open && !(idle && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)))
    }

    /// Whether what the step asks for has been done since it began.
    fn is_done(&self, view: &View<'_>) -> bool {
        let Some((nodes, edges, result)) = &self.before else { return false };
        match STEPS[self.at] {
            Step::Draw => view.diagram.nodes.len() >= (nodes + 1).max(2),
            Step::Connect => view.diagram.edges.len() > *edges,
            Step::Run => match (&view.runs.latest, result) {
                (Some(latest), Some(before)) => !Arc::ptr_eq(&latest.result, before),
                (Some(_), None) => true,
                (None, _) => false,
            },
            Step::Read => false,
        }
    }

    fn go(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(STEPS.len() - 1);
        self.before = None;
    }

    /// Title, words, buttons; false when the tour is over.
    fn content_ui(&mut self, ui: &mut Ui, theme: &Theme, actions: &mut Vec<Action>) -> bool {
        let (title, text) = words::TOUR[self.at];
        let mut open = true;
        ui.horizontal(|ui| {
            ui.label(RichText::new(title).font(Theme::heading()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(words::tour_step(self.at + 1)).small().color(theme.text_weak));
            });
        });
        ui.add(egui::Label::new(text).wrap());
        ui.add_space(Theme::SPACE_4);
        ui.horizontal(|ui| {
            let last = self.at + 1 == STEPS.len();
            if !last && ui.add(Button::new(RichText::new(words::TOUR_LEAVE).color(theme.text_weak)).frame(false)).clicked() {
                open = false;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let label = RichText::new(if last { words::TOUR_DONE } else { words::TOUR_NEXT }).font(Theme::strong());
                let next = Button::new(label.color(theme.text_on_accent)).fill(theme.accent).stroke(Stroke::NONE);
                if ui.add(next.min_size(vec2(72.0, 28.0))).clicked() {
                    open = !last;
                    self.go(1);
                    actions.extend(opens(STEPS[self.at]));
                }
                if self.at > 0 && !last && ui.add(Button::new(words::TOUR_BACK).min_size(vec2(72.0, 28.0))).clicked() {
                    self.go(-1);
                }
            });
        });
        open
    }
}

/// What has to be open for a step.
fn opens(step: Step) -> Option<Action> {
    match step {
        Step::Read => Some(Action::Show(super::state::Tab::Answer)),
        Step::Draw | Step::Connect | Step::Run => None,
    }
}

/// What a step points at, which corner of the words stands there, and where.
fn place(step: Step, places: Places) -> (Rect, Align2, Pos2) {
    let canvas = places.canvas;
    match step {
        Step::Draw => {
            let target = places.palette.unwrap_or_else(|| Rect::from_min_size(canvas.min, vec2(2.0, canvas.height())));
            (target, Align2::LEFT_TOP, target.right_top() + vec2(DISTANCE, 48.0))
        }
        Step::Connect => (canvas.shrink(4.0), Align2::CENTER_TOP, canvas.center_top() + vec2(0.0, DISTANCE)),
        Step::Run => {
            let target = places.run.unwrap_or_else(|| Rect::from_center_size(canvas.right_top(), vec2(2.0, 2.0)));
            (target, Align2::RIGHT_TOP, target.center_bottom() + vec2(WIDTH / 2.0, DISTANCE))
        }
        Step::Read => {
            let target = places.results.unwrap_or_else(|| Rect::from_min_size(canvas.left_bottom(), vec2(canvas.width(), 2.0)));
            (target, Align2::CENTER_BOTTOM, target.center_top() - vec2(0.0, DISTANCE))
        }
    }
}

/// A frame around what is meant.
fn ring(ctx: &egui::Context, theme: &Theme, target: Rect) {
    let painter = ctx.layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("tour ring")));
    painter.rect_stroke(target.expand(2.0), 8.0, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
}

/// A tip on the words that points at what is meant; none where the words stand inside of it.
fn pointer(ctx: &egui::Context, theme: &Theme, words: Rect, target: Rect) {
    if target.contains_rect(words) {
        return;
    }
    let painter = ctx.layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("tour pointer")));
    let (base, out, side) = if target.right() <= words.left() {
        (Pos2::new(words.left(), words.top() + 28.0), vec2(-1.0, 0.0), vec2(0.0, 1.0))
    } else if target.bottom() <= words.top() {
        (Pos2::new(target.center().x.clamp(words.left() + 16.0, words.right() - 16.0), words.top()), vec2(0.0, -1.0), vec2(1.0, 0.0))
    } else {
        (Pos2::new(target.center().x.clamp(words.left() + 16.0, words.right() - 16.0), words.bottom()), vec2(0.0, 1.0), vec2(1.0, 0.0))
    };
    let tip = vec![base + side * 8.0, base + out * 10.0, base - side * 8.0];
    painter.add(egui::Shape::convex_polygon(tip, theme.accent, Stroke::NONE));
}
