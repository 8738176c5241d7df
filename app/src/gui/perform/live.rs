//! The live run.

use std::sync::Arc;

use plimsoll_models::{Edit, Scenario, ScenarioId, ids};

use crate::{
    gui::{App, action::Action, command::Command, live::LiveRun, scenarios::manage, state::Tab, words::live as words},
    live::{Difference, Followed, Moment, Order, State, difference},
    run::RunState,
};

impl App {
    pub(super) fn live_command(&mut self, ctx: &egui::Context, command: Command) {
        if command == Command::Live {
            self.front.live = Some(LiveRun::start(self.request(), ctx));
            return;
        }
        let Some(live) = &mut self.front.live else { return };
        let Some(frame) = live.session.frame().cloned() else {
            if command == Command::LiveStop {
                self.front.live = None;
            }
            return;
        };
        let order = match command {
            Command::LivePause => match frame.state {
                State::Playing | State::Seeking => Order::Pause,
                State::Loading | State::Paused | State::Over | State::Broken => Order::Play,
            },
            Command::LiveStep => Order::Step,
            Command::LiveSlower => Order::Pace(frame.pace.step(false)),
            Command::LiveFaster => Order::Pace(frame.pace.step(true)),
            Command::LiveBegin => Order::Seek(0.0),
            Command::LiveToEnd => Order::ToEnd,
            Command::LiveRepeat => Order::Repeat(if frame.repeats.is_some() { None } else { Some((0.0, frame.course.shown_s())) }),
            Command::LiveFirstThrottle => Order::Find(Moment::FirstThrottle),
            Command::LiveFirstDeadLetter => Order::Find(Moment::FirstDeadLetter),
            Command::LiveFirstLoss => Order::Find(Moment::FirstLoss),
            Command::LiveWorstBacklog => Order::Find(Moment::WorstBacklog),
            Command::LiveSlowestJourney => Order::Find(Moment::SlowestJourney),
            Command::LiveBookmark => return live.toggle_mark(),
            Command::LiveStop => {
                self.front.live = None;
                return;
            }
            _ => return,
        };
        live.session.order(order);
    }

    /// Tells the live run what to do.
    pub(super) fn order_live(&self, order: Order) {
        if let Some(live) = &self.front.live {
            live.session.order(order);
        }
    }

    /// Lets every live run take its frame, follow the clock and go along with its document.
    pub(in crate::gui) fn follow_live(&mut self, ctx: &egui::Context, clock_s: f64) {
        let mut said = Vec::new();
        for workspace in self.workspaces_mut() {
            let scenario = workspace.scenario();
            let Some(live) = &mut workspace.live else { continue };
            live.session.poll(clock_s, words::fault);
            said.extend(live.trouble());
            if let Some((message, diagnostics)) = live.session.refused().cloned() {
                workspace.live = None;
                workspace.runs.state = RunState::Failed { message: message.clone(), diagnostics };
                said.push(message);
            } else if live.session.follow(workspace.document.history().present(), &scenario) == Followed::Ended {
                workspace.live = None;
                said.push(words::ENDED_BY_EDIT.to_owned());
            }
        }
        for text in said {
            self.notice(ctx, text);
        }
    }

    /// Takes the result of the live run into the drawer, where it is explained like that of any run.
    pub(super) fn take_live_result(&mut self, ctx: &egui::Context) {
        let Some(live) = &self.front.live else { return };
        let Some(result) = live.frame().and_then(|frame| frame.result.clone()) else { return };
        let (request, repaint) = (live.session.request().clone(), ctx.clone());
        self.front.runs.inject_and_explain(request, result, move || repaint.request_repaint());
        self.front.tab = Tab::Answer;
        self.settings.panels.results = true;
    }

    /// Keeps what was done while it ran as a scenario of its own and goes on with that: the same moment of the same run under
    /// its new name. The scenario in use is again what it was when the run began.
    pub(super) fn save_live_scenario(&mut self, ctx: &egui::Context) {
        let (diagram, scenario) = (Arc::clone(self.front.document.history().present()), self.front.scenario());
        let name = words::saved_scenario(&manage::title(&diagram, &scenario));
        let known = diagram.scenarios.get(&scenario).map_or_else(Scenario::default, |known| (**known).clone());
        let id = ScenarioId::new(ids::fresh(scenario.as_str(), |id| diagram.scenarios.contains_key(id)));
        let mut edits = vec![Edit::SetScenario(id.clone(), Some(known.with("name", name.clone())))];
        let began = self.front.live.as_ref().map(|live| &live.began);
        if let Some(began) = began.filter(|began| matches!(difference(began, &diagram, &scenario), Difference::Faults(_))) {
            edits.push(Edit::SetScenario(scenario.clone(), began.scenarios.get(&scenario).map(|before| (**before).clone())));
        }
        self.edit(ctx, &Edit::All(words::SAVE_AS_SCENARIO.to_owned(), edits), None);
        if !self.front.document.history().present().scenarios.contains_key(&id) {
            return;
        }
        self.perform(ctx, Action::UseScenario(id));
        if let Some(live) = &self.front.live {
            let again = live.again(self.request(), ctx);
            self.front.live = Some(again);
        }
        self.notice(ctx, words::saved(&name));
    }
}
