//! The preview of a tidy layout: the drawing shows it at once, a bar asks whether to keep it.

use std::{collections::BTreeSet, sync::Arc};

use egui::{Align2, Area, Button, Frame, Id, Key, Modifiers, Order, RichText, Ui, vec2};
use plimsoll_models::{Diagram, Edit, Line, NodeId, Point};

use super::{action::Action, theme::Theme, view::View, words::arrange as words};
use crate::{
    arrange::{Direction, Moves, tidy},
    jobs::Job,
};

/// Largest diagram that is laid out within a frame; larger ones are laid out in the background.
const AT_ONCE_MAX: usize = 60;

/// The layout that is looked at.
#[derive(Debug)]
pub struct Tidy {
    what: BTreeSet<NodeId>,
    direction: Direction,
    /// What the layout is for.
    of: Arc<Diagram>,
    work: Work,
    /// Whether the drawing shows it already.
    shown: bool,
    /// Center and zoom of the view before.
    sight: (Point, f32),
}

#[derive(Debug)]
enum Work {
    Running(Job<Moves>),
    Done(Moves),
    Failed(String),
}

impl Tidy {
    /// Lays out a selection, or all when it is empty.
    pub fn new(ctx: &egui::Context, diagram: &Arc<Diagram>, what: BTreeSet<NodeId>, sight: (Point, f32)) -> Self {
        let direction = Direction::default();
        let work = begin(ctx, diagram, &what, direction);
        Self { what, direction, of: Arc::clone(diagram), work, shown: false, sight }
    }

    /// Shows the bar; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let before = self.direction;
        let mut keep = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let mut cancel = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        let bar = Area::new(Id::unique("tidy")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, vec2(-80.0, -56.0));
        bar.show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(10.0).show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(words::TIDY).font(Theme::strong()));
                    ui.separator();
                    for (direction, text) in [(Direction::Right, words::LEFT_TO_RIGHT), (Direction::Down, words::TOP_DOWN)] {
                        ui.selectable_value(&mut self.direction, direction, text);
                    }
                    ui.separator();
                    self.state_ui(ui, view.theme);
                    keep |= self.keep_ui(ui, view.theme);
                    cancel |= ui.button(words::CANCEL).clicked();
                });
            });
        });
        if self.direction != before || !Arc::ptr_eq(&self.of, view.document.history().present()) {
            self.of = Arc::clone(view.document.history().present());
            self.work = begin(ctx, &self.of, &self.what, self.direction);
            self.shown = false;
        }
        if let Work::Running(job) = &self.work
            && let Some(outcome) = job.poll()
        {
            self.work = outcome.map_or_else(Work::Failed, Work::Done);
        }
        if cancel {
            actions.push(Action::Tidied(None, self.sight));
            return false;
        }
        let Some(edit) = self.edit() else { return true };
        if keep {
            actions.push(Action::Tidied(Some(edit), self.sight));
        } else if !std::mem::replace(&mut self.shown, true) {
            actions.push(Action::PreviewTidy(edit));
        }
        !keep
    }

    /// The layout as a change. Courses that were shaped by hand between moved boxes lead nowhere any more.
    pub fn edit(&self) -> Option<Edit> {
        let Work::Done(moves) = &self.work else { return None };
        let moved: BTreeSet<&NodeId> = moves.iter().map(|(id, _)| id).collect();
        let stale = self.of.lines.iter().filter(|(id, line)| {
            let ends = self.of.edges.get(*id).map(|edge| moved.contains(&edge.from) && moved.contains(&edge.to));
            !line.waypoints.is_empty() && ends == Some(true)
        });
        let lines = stale.map(|(id, line)| Edit::SetLine(id.clone(), Some(Line { waypoints: Vec::new(), ..(**line).clone() })));
        Some(Edit::All(words::TIDY.to_owned(), std::iter::once(Edit::Move(moves.clone())).chain(lines).collect()))
    }

    fn state_ui(&self, ui: &mut Ui, theme: &Theme) {
        let (text, color) = match &self.work {
            Work::Running(_) => (words::TIDYING.to_owned(), theme.text_weak),
            Work::Done(moves) => (words::tidied(moves.len()), theme.text_weak),
            Work::Failed(error) => (error.clone(), theme.red_text),
        };
        ui.label(RichText::new(text).color(color));
    }

    fn keep_ui(&self, ui: &mut Ui, theme: &Theme) -> bool {
        let label = RichText::new(words::APPLY).font(Theme::strong()).color(theme.text_on_accent);
        let ready = matches!(self.work, Work::Done(_));
        ui.add_enabled(ready, Button::new(label).fill(theme.accent).stroke(egui::Stroke::NONE)).clicked()
    }
}

fn begin(ctx: &egui::Context, diagram: &Arc<Diagram>, what: &BTreeSet<NodeId>, direction: Direction) -> Work {
    if diagram.nodes.len() <= AT_ONCE_MAX {
        return Work::Done(tidy(diagram, what, direction));
    }
    let (ctx, diagram, what) = (ctx.clone(), Arc::clone(diagram), what.clone());
    Work::Running(Job::start("tidy", move || ctx.request_repaint(), move || tidy(&diagram, &what, direction)))
}
