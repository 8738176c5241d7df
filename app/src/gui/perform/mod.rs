//! Carries out what panels, keys and dialogs asked for.

mod along;
mod arrange;
pub(super) mod clipboard;
mod connect;
mod disk;
mod edit;
mod file;
mod live;
mod notes;
pub mod offer;
mod result_file;
mod run;
pub mod style;
mod tabs;
mod view;

use super::{
    action::Action,
    app::{App, action_of},
    command::{Command, Group},
    quick_add::{Purpose, QuickAdd},
    state::Tab,
};

impl App {
    /// Carries out one wish.
    pub(super) fn perform(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Command(command) => self.command(ctx, command),
            Action::Searched(command) => {
                self.settings.remember_command(command.name());
                self.command(ctx, command);
            }
            Action::CenterOn(at) => self.front.canvas.center_on(at),
            Action::GoToBookmark(id) => self.go_to_bookmark(&id),
            Action::Edit(edit) => self.edit(ctx, &edit, None),
            Action::Type(edit, key) => self.edit(ctx, &edit, Some(key)),
            Action::Preview(edit) => {
                // A preview that cannot be is a gesture over nothing; the next one will do.
                let _ = self.front.document.preview(&edit);
            }
            Action::DuplicateBy(by) => self.duplicate_by(ctx, by),
            Action::EndPreview => self.front.document.cancel_preview(),
            Action::PreviewTidy(edit) => self.preview_tidy(ctx, &edit),
            Action::Tidied(edit, sight) => self.end_tidy(ctx, edit.as_ref(), sight),
            Action::Select(selection) => {
                self.front.document.seal();
                self.front.selection = selection;
            }
            Action::Reveal(place) => self.reveal(&place),
            Action::Add { service, at, join } => self.add(ctx, &service, at, &join),
            Action::OpenPath(path) => self.open_path(&path),
            Action::OpenExample(index) => self.open_example(index),
            Action::BringTab(index) => self.bring(ctx, index),
            Action::CloseTab(index) => self.close_tab(ctx, index),
            Action::MoveTab(from, to) => self.move_tab(from, to),
            Action::Reload => self.reload(ctx),
            Action::KeepMine => self.keep_mine(),
            Action::SaveAgain => self.command(ctx, Command::Save),
            Action::CompareWithDisk => self.compare_with_disk(),
            Action::EndComparison => self.front.comparison = None,
            Action::UseScenario(id) => {
                self.front.scenario = Some(id);
                self.front.inspector.typing.clear();
                self.front.results.scenarios.clear();
            }
            Action::Fix(path, value) => self.fix(ctx, &path, &value),
            Action::Show(tab) => {
                self.front.tab = tab;
                self.settings.panels.results = true;
            }
            Action::LookAt(range_s) => self.front.results.sight.look_at(range_s),
            Action::Follow(cell) => {
                self.front.results.follow(cell);
                self.front.tab = Tab::Traces;
            }
            Action::Study(question) => self.study(ctx, question),
            Action::EndStudy => self.front.runs.studies.cancel(),
            Action::Offer(offer) => self.offer(offer),
            Action::Notice(text) => self.notice(ctx, text),
            Action::RefuseTour => self.settings.tour_answered = true,
            Action::Forget(path) => self.settings.forget(&path),
            Action::Canvas(event) => {
                if let Some(action) = action_of(event, &mut self.front, &mut self.state, &mut self.context_menu) {
                    self.perform(ctx, action);
                }
            }
            Action::Decide(decision) => self.decide(ctx, *decision),
            Action::Paste { text, incoming } => self.paste(ctx, &text, incoming),
            Action::Live(order) => self.order_live(order),
            Action::TakeLiveResult => self.take_live_result(ctx),
            Action::SaveLiveScenario => self.save_live_scenario(ctx),
            Action::ShowNote(id) => self.show_note(&id),
            Action::WriteNote(id) => self.write_note(id),
        }
    }

    /// Carries out a command, if it makes sense now.
    pub fn command(&mut self, ctx: &egui::Context, command: Command) {
        if !command.is_enabled(&self.situation()) {
            return;
        }
        match command.group() {
            Group::File => self.file_command(ctx, command),
            Group::Edit => self.edit_command(ctx, command),
            Group::Arrange => self.arrange_command(ctx, command),
            Group::View | Group::Help => self.view_command(ctx, command),
            Group::Run => self.run_command(ctx, command),
        }
    }

    fn open_quick_add(&mut self) {
        let at = self.context_menu.take().map(|menu| menu.at());
        self.state.quick_add = Some(QuickAdd::new(Purpose::Add, at, None));
    }
}
