//! Simulation.

use std::sync::Arc;

use crate::{
    gui::{App, command::Command, state::Tab, words::shell as words},
    run::{Question, Request},
};

impl App {
    pub(super) fn run_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Run => self.run(ctx),
            Command::Cancel => self.front.runs.cancel(),
            Command::PinBaseline => {
                self.front.runs.baseline.clone_from(&self.front.runs.latest);
                self.notice(ctx, words::PINNED);
            }
            Command::Sensitivity => {
                self.study(ctx, Question::Sensitivity);
                self.front.tab = Tab::Findings;
                self.settings.panels.results = true;
            }
            Command::ClearBaseline => self.front.runs.baseline = None,
            _ => self.live_command(ctx, command),
        }
    }

    /// Asks something about the latest result.
    pub(super) fn study(&mut self, ctx: &egui::Context, question: Question) {
        let beside = (self.front.document.folder(), self.front.example_traces.clone());
        let repaint = ctx.clone();
        self.front.runs.ask(question, beside, move || repaint.request_repaint());
    }

    /// What there is to run now.
    pub(super) fn request(&self) -> Request {
        Request {
            diagram: Arc::clone(self.front.document.history().present()),
            scenario: self.front.scenario(),
            folder: self.front.document.folder(),
            traces: self.front.example_traces.clone(),
        }
    }

    fn run(&mut self, ctx: &egui::Context) {
        let request = self.request();
        let repaint = ctx.clone();
        self.front.runs.start(request, move || repaint.request_repaint());
        if !self.settings.panels.results {
            self.settings.panels.results = true;
        }
    }
}
