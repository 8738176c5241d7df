//! The live run in the window: its session, its marks, the bar that moves it.

pub mod journey;
mod space;
mod timeline;
pub mod transport;
pub mod what_if;

use std::sync::Arc;

use plimsoll_models::Diagram;

pub use self::space::SpaceBar;
use super::words::live as words;
use crate::{
    live::{Frame, Order, Session, Trouble},
    run::Request,
};

/// Two marks nearer to each other than this share of the timeline are the same.
const MARK_REACH: f64 = 0.004;

/// The live run of a document.
#[derive(Debug)]
pub struct LiveRun {
    /// The run.
    pub session: Session,
    /// Marks of the user, in seconds.
    pub marks: Vec<f64>,
    /// The diagram when it began, before anybody has turned anything.
    pub(super) began: Arc<Diagram>,
    /// What went wrong last, so that it is said once.
    pub(super) said: Option<Trouble>,
}

impl LiveRun {
    /// Begins to play.
    pub(super) fn start(request: Request, ctx: &egui::Context) -> Self {
        let repaint = ctx.clone();
        let began = Arc::clone(&request.diagram);
        Self { session: Session::start(request, move || repaint.request_repaint()), marks: Vec::new(), began, said: None }
    }

    /// The same moment of another run, which is the same but for its name.
    pub(super) fn again(&self, request: Request, ctx: &egui::Context) -> Self {
        let mut again = Self::start(request, ctx);
        again.marks.clone_from(&self.marks);
        if let Some(frame) = self.frame() {
            let orders = [
                Some(Order::Pace(frame.pace)),
                (!self.session.plays()).then_some(Order::Pause),
                Some(Order::Repeat(frame.repeats)),
                Some(Order::Seek(frame.at_s())),
            ];
            orders.into_iter().flatten().for_each(|order| again.session.order(order));
        }
        again
    }

    /// What is to be seen.
    pub fn frame(&self) -> Option<&Frame> {
        self.session.frame().map(Arc::as_ref)
    }

    /// Puts a mark at the present moment, or takes away the one that is there.
    pub(super) fn toggle_mark(&mut self) {
        let Some((at_s, shown_s)) = self.frame().map(|frame| (frame.at_s(), frame.course.shown_s())) else { return };
        let before = self.marks.len();
        self.marks.retain(|mark| (mark - at_s).abs() > shown_s * MARK_REACH);
        if self.marks.len() == before {
            self.marks.push(at_s);
            self.marks.sort_by(f64::total_cmp);
        }
    }

    /// What has gone wrong since the last time, in words.
    pub(super) fn trouble(&mut self) -> Option<String> {
        let trouble = self.frame()?.trouble.clone();
        if trouble == self.said {
            return None;
        }
        self.said.clone_from(&trouble);
        trouble.map(|trouble| match trouble {
            Trouble::Never(moment) => words::never(moment),
            Trouble::Refused(why) => words::refused(&why),
            Trouble::Stopped(why) => why,
        })
    }
}
