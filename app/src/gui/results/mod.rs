//! What a run tells, at the bottom of the window: the answer first.

mod answer;
mod assumptions;
mod cost;
mod findings;
mod focus;
mod heat;
mod journeys;
mod latency;
mod ledger;
mod limits;
mod percentiles;
mod proof;
mod sankey;
mod sensitivity;
mod sight;
mod throughput;
mod traces;

use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use plimsoll_sim::{RunResult, result::Holds};

pub use sight::Sight;
pub use traces::Cell;
pub(super) use traces::waterfall_ui;

use super::{
    action::Action,
    command::Command,
    problems,
    scenarios::{self, manage},
    state::Tab,
    theme::Theme,
    tone::{Tone, glyph, wide_chip},
    view::View,
    words::{results as words, shell},
};
use crate::{icons, run::RunState};
use focus::Focus;

/// What the results remember between frames.
#[derive(Debug, Default)]
pub struct Memory {
    /// Which part of the time everything looks at.
    pub sight: Sight,
    /// The results stay about everything, whatever is selected.
    ignores_selection: bool,
    latency: latency::Memory,
    ledger: ledger::Memory,
    throughput: throughput::Memory,
    traces: traces::Memory,
    /// The timeline of the scenario.
    pub scenarios: scenarios::Memory,
}

impl Memory {
    /// Shows the journeys that were followed in a cell of the heat map.
    pub fn follow(&mut self, cell: Cell) {
        self.traces.cell = Some(cell);
    }
}

/// Room that the buttons beside the tabs need.
const BUTTONS_WIDTH: f32 = 64.0;
/// Room that the name of the run needs beside the tabs.
const RUN_WIDTH: f32 = 150.0;

/// Shows the tabs and the one in front.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, tab: &mut Tab, actions: &mut Vec<Action>) {
    ui.take_available_height();
    if memory.sight.begin() {
        // Plots that were drawn before the one under the pointer show its time as well.
        ui.ctx().request_repaint();
    }
    Frame::new().inner_margin(Margin { left: 10, right: 8, top: 5, bottom: 3 }).show(ui, |ui| tabs_ui(ui, view, tab, actions));
    ui.separator();
    Frame::new().inner_margin(Margin { left: 14, right: 8, top: 4, bottom: 6 }).show(ui, |ui| {
        ui.take_available_space();
        match tab {
            Tab::Problems => return problems::ui(ui, view, view.problems, actions),
            Tab::Scenario => return scenarios::ui(ui, view, &mut memory.scenarios, actions),
            _ => {}
        }
        match view.result() {
            Some(result) => {
                stale_ui(ui, view, actions);
                sight_ui(ui, view, memory, *tab, actions);
                tab_ui(ui, view, result, memory, *tab, actions);
            }
            None => nothing_ui(ui, view, actions),
        }
    });
}

fn tab_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, memory: &mut Memory, tab: Tab, actions: &mut Vec<Action>) {
    let focus = Focus::of(view, !memory.ignores_selection);
    let sight = &mut memory.sight;
    match tab {
        Tab::Answer => answer::ui(ui, view, result, actions),
        Tab::Latency => latency::ui(ui, view, result, (&mut memory.latency, sight, &focus), actions),
        Tab::Throughput => throughput::ui(ui, view, result, (&mut memory.throughput, sight, &focus), actions),
        Tab::Limits => limits::ui(ui, view, result, &focus, actions),
        Tab::Journeys => journeys::ui(ui, view, result, (sight, &focus)),
        Tab::Ledger => ledger::ui(ui, view, result, (&mut memory.ledger, &focus), actions),
        Tab::Cost => cost::ui(ui, view, result, (sight, &focus), actions),
        Tab::Findings => findings::ui(ui, view, result, &focus, actions),
        Tab::Assumptions => assumptions::ui(ui, view, result, actions),
        Tab::Traces => traces::ui(ui, view, result, (&mut memory.traces, sight, &focus)),
        Tab::Problems | Tab::Scenario => {}
    }
}

fn tabs_ui(ui: &mut Ui, view: &View<'_>, tab: &mut Tab, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        ui.spacing_mut().button_padding.x = 8.0;
        let titles = Tab::ALL.map(|candidate| tab_title(view, candidate));
        let fit = tabs_that_fit(ui, &titles);
        for (candidate, title) in Tab::ALL.into_iter().zip(&titles).take(fit) {
            if ui.selectable_label(*tab == candidate, title).clicked() {
                *tab = candidate;
            }
        }
        if fit < titles.len() {
            let hidden = || Tab::ALL.into_iter().zip(&titles).skip(fit);
            let front = hidden().find(|(candidate, _)| candidate == tab).map_or(words::MORE_TABS, |(_, title)| title);
            ui.menu_button(front, |ui| {
                for (candidate, title) in hidden() {
                    if ui.selectable_label(*tab == candidate, title).clicked() {
                        *tab = candidate;
                    }
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icons::icon_button(ui, "close", words::HIDE_RESULTS).clicked() {
                actions.push(Action::Command(Command::ToggleResults));
            }
            let baseline = view.now.baseline;
            let (command, icon) = if baseline { (Command::ClearBaseline, "pin") } else { (Command::PinBaseline, "pin") };
            if view.now.result && icons::icon_toggle(ui, icon, command.help(), baseline).clicked() {
                actions.push(Action::Command(command));
            }
            // In a narrow window the tabs need the room.
            if let Some(result) = view.result().filter(|_| ui.available_width() > RUN_WIDTH) {
                let run = &result.run;
                let text = words::run(
                    &manage::title(view.diagram, &run.scenario.as_str().into()),
                    run.seed,
                    &super::format::seconds(run.duration_s),
                );
                ui.label(RichText::new(text).small().color(view.theme.text_weak));
            }
        });
    });
}

/// The title of a tab with what there is to count in it.
fn tab_title(view: &View<'_>, tab: Tab) -> String {
    let count = match tab {
        Tab::Findings => view.result().map_or(0, |result| result.findings.len()),
        Tab::Assumptions => view.result().map_or(0, |result| result.assumptions.len()),
        Tab::Problems => view.problems.len(),
        _ => 0,
    };
    if count > 0 { format!("{} {count}", tab.title()) } else { tab.title().to_owned() }
}

/// How many tabs there is room for; where some are left over, beside the menu that has them.
fn tabs_that_fit(ui: &Ui, titles: &[String]) -> usize {
    let font = egui::TextStyle::Button.resolve(ui.style());
    let around = 2.0 * ui.spacing().button_padding.x + ui.spacing().item_spacing.x;
    let width = |title: &String| ui.painter().layout_no_wrap(title.clone(), font.clone(), egui::Color32::WHITE).size().x + around;
    let widths: Vec<f32> = titles.iter().map(width).collect();
    let room = ui.available_width() - BUTTONS_WIDTH;
    if widths.iter().sum::<f32>() <= room {
        return titles.len();
    }
    let mut left = room - widths.iter().copied().fold(0.0, f32::max);
    let fits = |width: &&f32| {
        left -= **width;
        left >= 0.0
    };
    widths.iter().take_while(fits).count()
}

/// Says what the results are about where that is not everything, and leads back.
fn sight_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, tab: Tab, actions: &mut Vec<Action>) {
    let selected = Focus::of(view, true);
    let range = memory.sight.range();
    // Latencies belong to producers.
    let about = |result: &RunResult| tab != Tab::Latency || result.journeys.iter().any(|journey| selected.node(&journey.producer));
    let follows = !selected.is_all() && view.result().is_some_and(about);
    if !tab.has_sight() || (!follows && range.is_none()) {
        return;
    }
    ui.horizontal(|ui| {
        if follows {
            let mut only = !memory.ignores_selection;
            ui.checkbox(&mut only, words::only(&selected.title(view))).on_hover_text(words::FOLLOW);
            memory.ignores_selection = !only;
            ui.add_space(Theme::SPACE_8);
        }
        if let Some((from, to)) = range {
            let clock = super::plots::clock;
            ui.label(RichText::new(words::range(&clock(from), &clock(to))).font(Theme::semibold(Theme::SIZE_SMALL)));
            if ui.small_button(words::WHOLE_RUN).clicked() {
                actions.push(Action::LookAt(None));
            }
            if !tab.has_times() {
                ui.label(RichText::new(words::WHOLE_RUN_ONLY).small().color(view.theme.text_weak));
            }
        }
    });
}

/// Says that there is nothing about what is selected.
fn none_selected_ui(ui: &mut Ui, view: &View<'_>) {
    ui.add_space(Theme::SPACE_8);
    ui.label(RichText::new(words::NOTHING_SELECTED).color(view.theme.text_weak));
}

/// Says that the diagram is not the one that was run.
fn stale_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    if let RunState::Failed { message, .. } = &view.runs.state {
        failed_ui(ui, view, message, actions);
    }
    if !view.is_stale() || view.runs.is_running() {
        return;
    }
    ui.horizontal(|ui| {
        glyph(ui, view.theme, Tone::Warn, "warning");
        ui.label(RichText::new(words::STALE).color(view.theme.amber));
        if ui.small_button(words::RUN_AGAIN).on_hover_text(view.keys.tooltip(Command::Run)).clicked() {
            actions.push(Action::Command(Command::Run));
        }
    });
}

fn failed_ui(ui: &mut Ui, view: &View<'_>, message: &str, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        glyph(ui, view.theme, Tone::Bad, "error");
        ui.add(egui::Label::new(RichText::new(message).color(view.theme.red)).wrap());
        if !view.problems.is_empty() && ui.small_button(words::SHOW_PROBLEMS).clicked() {
            actions.push(Action::Show(Tab::Problems));
        }
    });
}

/// What there is to do without a result.
fn nothing_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 2.0 - 50.0).max(8.0));
        match &view.runs.state {
            RunState::Running(running) => {
                ui.label(RichText::new(words::SIMULATING).font(Theme::heading()));
                ui.label(RichText::new(shell::events(&super::format::count(running.progress.events()))).color(view.theme.text_weak));
            }
            RunState::Failed { message, .. } => {
                ui.label(RichText::new(words::NO_RESULT).font(Theme::heading()));
                ui.label(RichText::new(message).color(view.theme.red));
                if !view.problems.is_empty() && ui.button(words::SHOW_PROBLEMS).clicked() {
                    actions.push(Action::Show(Tab::Problems));
                }
            }
            RunState::Idle | RunState::Done => {
                ui.label(RichText::new(words::NOTHING_RUN).font(Theme::heading()));
                ui.label(RichText::new(words::NOTHING_RUN_HINT).color(view.theme.text_weak));
            }
        }
    });
}

/// The name of a node as a link that selects it.
fn node_link(ui: &mut Ui, view: &View<'_>, id: &plimsoll_models::NodeId, actions: &mut Vec<Action>) {
    if ui.link(view.diagram.title(id)).on_hover_text(words::SHOW).clicked() {
        actions.push(Action::Reveal(plimsoll_models::Place::Node(id.clone(), None)));
    }
}

/// A heading of a column.
fn heading(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.label(RichText::new(text).font(Theme::semibold(Theme::SIZE_SMALL)).color(theme.text_weak));
}

/// A figure in a table.
fn figure(ui: &mut Ui, text: impl Into<String>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(RichText::new(text).monospace()));
}

/// The verdict as a chip, as wide as any of these.
fn verdict_chip(ui: &mut Ui, theme: &Theme, holds: Holds, all: impl Iterator<Item = Holds>) {
    let font = Theme::semibold(Theme::SIZE_SMALL);
    let width = |holds| ui.painter().layout_no_wrap(words::verdict(holds).to_owned(), font.clone(), theme.text).size().x;
    let widest = all.map(width).fold(0.0, f32::max);
    wide_chip(ui, theme, holds.into(), words::verdict(holds), widest);
}
