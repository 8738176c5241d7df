//! A live run and the document that it belongs to.

use std::sync::Arc;

use plimsoll_models::{Diagram, ScenarioId, fault::Fault};

use super::{Difference, Frame, Order, Player, Posted, State, difference};
use crate::run::{Refusal, Request};

/// The longest time that passes between two ticks, in seconds: after a pause of the window the run goes on where it was.
const TICK_MAX_S: f64 = 0.1;

/// What became of a live run when its document changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It goes on.
    GoesOn,
    /// It is another run by now: this one is over.
    Ended,
}

/// A live run of the open document.
#[derive(Debug)]
pub struct Session {
    player: Player,
    request: Request,
    /// What goes wrong in its scenario.
    faults: Vec<Fault>,
    frame: Option<Arc<Frame>>,
    refused: Option<Refusal>,
    /// Ticks that were sent.
    ticks: u64,
    /// The window's clock at the last of them, in seconds.
    clock_s: Option<f64>,
}

impl Session {
    /// Begins a live run; it plays as soon as it is loaded.
    pub fn start(request: Request, repaint: impl Fn() + Send + 'static) -> Self {
        let player = Player::start(request.clone(), repaint);
        player.order(Order::Play);
        let faults = faults(&request);
        Self { player, request, faults, frame: None, refused: None, ticks: 0, clock_s: None }
    }

    /// Tells it what to do.
    pub fn order(&self, order: Order) {
        self.player.order(order);
    }

    /// What is to be seen, once it is loaded.
    pub fn frame(&self) -> Option<&Arc<Frame>> {
        self.frame.as_ref()
    }

    /// Why there is no run, if there is none.
    pub fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref()
    }

    /// What it runs.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The scenario that it runs.
    pub fn scenario(&self) -> &ScenarioId {
        &self.request.scenario
    }

    /// The diagram that it runs.
    pub fn diagram(&self) -> &Arc<Diagram> {
        &self.request.diagram
    }

    /// What goes wrong in the scenario, by the order of the file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What goes wrong at the moment that is shown.
    pub fn struck(&self) -> Vec<Fault> {
        let Some(at_s) = self.frame.as_ref().map(|frame| frame.at_s()) else { return Vec::new() };
        self.faults.iter().filter(|fault| (fault.from..fault.to).contains(&at_s)).cloned().collect()
    }

    /// Whether it plays.
    pub fn plays(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| matches!(frame.state, State::Playing))
    }

    /// Takes the newest frame, and tells the run how the window's clock moves.
    pub fn poll(&mut self, clock_s: f64, fault: impl Fn(&str) -> String) {
        match self.player.posted() {
            Posted::Loading => {}
            Posted::Frame(frame) => self.frame = Some(frame),
            Posted::Refused(refusal) => self.refused = Some(refusal),
            Posted::Fault(text) => self.refused = Some((fault(&text), Vec::new())),
        }
        let Some(frame) = &self.frame else { return };
        if !matches!(frame.state, State::Playing) || frame.pace.times().is_none() {
            self.clock_s = None;
        } else if frame.ticks == self.ticks {
            let elapsed_s = self.clock_s.map_or(0.0, |before| clock_s - before).clamp(0.0, TICK_MAX_S);
            self.clock_s = Some(clock_s);
            self.ticks += 1;
            self.player.order(Order::Tick(elapsed_s));
        }
    }

    /// Goes along with a document that has changed.
    pub fn follow(&mut self, diagram: &Arc<Diagram>, scenario: &ScenarioId) -> Followed {
        if *scenario != self.request.scenario {
            return Followed::Ended;
        }
        if Arc::ptr_eq(diagram, &self.request.diagram) {
            return Followed::GoesOn;
        }
        let what = difference(&self.request.diagram, diagram, scenario);
        self.request.diagram = Arc::clone(diagram);
        self.faults = faults(&self.request);
        match what {
            Difference::None => {}
            Difference::Faults(_) => self.player.order(Order::Change(Box::new(self.request.clone()))),
            Difference::Run => return Followed::Ended,
        }
        Followed::GoesOn
    }

    /// Waits until there is nothing left to do, for tests.
    pub fn settle(&self) {
        self.player.settle();
    }
}

fn faults(request: &Request) -> Vec<Fault> {
    let scenario = request.diagram.scenarios.get(&request.scenario);
    scenario.map(|scenario| scenario.plan(&request.scenario).0.faults).unwrap_or_default()
}
