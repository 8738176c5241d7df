//! The bar that moves a live run through its time.

use egui::{Align, Button, Layout, RichText, Slider, Ui};

use super::{LiveRun, timeline};
use crate::{
    gui::{
        action::Action,
        command::Command,
        results::Sight,
        theme::Theme,
        tone::{Tone, glyph},
        view::View,
        words::live as words,
    },
    icons,
    live::{Frame, Moment, Order, Pace, State},
};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 92.0;
/// Height of the line of buttons, in points.
const BUTTONS_HEIGHT: f32 = 30.0;
/// Most faults in the menu; the timeline has them all.
const FAULTS_MAX: usize = 12;
/// Width below which there is no second button about the result, in points: the toolbar runs it, too.
const RESULT_WIDTH: f32 = 260.0;
/// Width below which nothing of the speed could be read, in points.
const SPEED_WIDTH: f32 = 80.0;
/// Up to this pace milliseconds can be read.
const SLOW: f64 = 0.1;
/// Length of the slider of the pace, in points.
const SLIDER_WIDTH: f32 = 96.0;

/// Shows the bar.
pub fn ui(ui: &mut Ui, view: &View<'_>, live: &LiveRun, sight: &mut Sight, actions: &mut Vec<Action>) {
    let Some(frame) = live.frame() else {
        ui.horizontal_centered(|ui| {
            ui.spinner();
            ui.label(RichText::new(words::LOADING).color(view.theme.text_weak));
        });
        ui.ctx().request_repaint_after_secs(0.1);
        return;
    };
    ui.spacing_mut().item_spacing.y = 4.0;
    let size = egui::vec2(ui.available_width(), BUTTONS_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        buttons_ui(ui, view, frame, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| right_ui(ui, view, frame, actions));
    });
    timeline::ui(ui, view, (live, frame), sight, actions);
}

fn command(ui: &mut Ui, view: &View<'_>, command: Command, icon: &str, on: bool, actions: &mut Vec<Action>) {
    if icons::icon_toggle(ui, icon, &view.keys.tooltip(command), on).clicked() {
        actions.push(Action::Command(command));
    }
}

fn buttons_ui(ui: &mut Ui, view: &View<'_>, frame: &Frame, actions: &mut Vec<Action>) {
    let plays = matches!(frame.state, State::Playing | State::Seeking);
    command(ui, view, Command::LivePause, if plays { "pause" } else { "play" }, false, actions);
    command(ui, view, Command::LiveStep, "chevron-right", false, actions);
    command(ui, view, Command::LiveStop, "stop", false, actions);
    command(ui, view, Command::LiveRepeat, "refresh", frame.repeats.is_some(), actions);
    ui.add_space(Theme::SPACE_8);
    let end_s = frame.course.shown_s();
    let every_event_counts = !plays || frame.pace.times().is_some_and(|times| times <= SLOW);
    // Figures of one width: the time does not jump.
    ui.label(RichText::new(words::time(frame.at_s(), end_s, every_event_counts)).font(egui::FontId::monospace(Theme::SIZE_BODY)));
    ui.label(RichText::new(words::state(frame.state)).small().color(view.theme.text_weak));
    ui.separator();
    pace_ui(ui, frame, actions);
    ui.separator();
    ui.menu_button(words::JUMP, |ui| jump_ui(ui, view, frame, actions));
    command(ui, view, Command::LiveBookmark, "pin", false, actions);
}

fn pace_ui(ui: &mut Ui, frame: &Frame, actions: &mut Vec<Action>) {
    let mut times = frame.pace.times().unwrap_or(frame.speed).clamp(0.01, 100.0);
    let before = times;
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = SLIDER_WIDTH;
        let slider = Slider::new(&mut times, 0.01..=100.0)
            .logarithmic(true)
            .custom_formatter(|value, _| words::times(value))
            .custom_parser(|text| plimsoll_models::units::parse_number(text.trim().trim_end_matches(['×', 'x'])).ok());
        ui.add_enabled_ui(true, |ui| ui.name_inputs(words::PACE, |ui| ui.add(slider))).inner.on_hover_text(words::PACE_HELP);
    });
    if times.to_bits() != before.to_bits() {
        actions.push(Action::Live(Order::Pace(Pace::Times(rounded(times)))));
    }
    let is_max = frame.pace == Pace::Max;
    if ui.add(Button::selectable(is_max, words::MAX)).on_hover_text(words::MAX_HELP).clicked() {
        let next = if is_max { Pace::Times(1.0) } else { Pace::Max };
        actions.push(Action::Live(Order::Pace(next)));
    }
}

/// Two digits that count.
fn rounded(times: f64) -> f64 {
    let scale = 10_f64.powi(1 - times.log10().floor() as i32);
    (times * scale).round() / scale
}

fn jump_ui(ui: &mut Ui, view: &View<'_>, frame: &Frame, actions: &mut Vec<Action>) {
    ui.set_min_width(240.0);
    for moment in Moment::ALL {
        let command = match moment {
            Moment::FirstThrottle => Command::LiveFirstThrottle,
            Moment::FirstDeadLetter => Command::LiveFirstDeadLetter,
            Moment::FirstLoss => Command::LiveFirstLoss,
            Moment::WorstBacklog => Command::LiveWorstBacklog,
            Moment::SlowestJourney => Command::LiveSlowestJourney,
        };
        let text = frame.course.when(moment).map_or_else(|| words::moment(moment).to_owned(), |at_s| words::moment_at(moment, at_s));
        if ui.add(Button::new(text).shortcut_text(view.keys.text(command))).on_hover_text(command.help()).clicked() {
            actions.push(Action::Command(command));
        }
    }
    let faults = view.live.map(|live| live.session.faults()).unwrap_or_default();
    if !faults.is_empty() {
        ui.separator();
    }
    for fault in faults.iter().take(FAULTS_MAX) {
        if ui.button(words::fault_at(&view.diagram.title_of(&fault.on), fault)).clicked() {
            actions.push(Action::Live(Order::Seek(fault.from)));
        }
    }
    let marks = view.live.map(|live| live.marks.as_slice()).unwrap_or_default();
    if !marks.is_empty() {
        ui.separator();
    }
    for at_s in marks {
        if ui.button(words::mark_at(*at_s)).clicked() {
            actions.push(Action::Live(Order::Seek(*at_s)));
        }
    }
}

fn right_ui(ui: &mut Ui, view: &View<'_>, frame: &Frame, actions: &mut Vec<Action>) {
    if frame.result.is_some() {
        let is_wide = ui.available_width() > RESULT_WIDTH;
        if is_wide && ui.button(words::RUN_HEADLESS).on_hover_text(words::RUN_HEADLESS_HELP).clicked() {
            actions.push(Action::Command(Command::Run));
        }
        if ui.button(words::SHOW_RESULT).on_hover_text(words::SHOW_RESULT_HELP).clicked() {
            actions.push(Action::TakeLiveResult);
        }
    }
    let speed = RichText::new(words::speed(frame.events_per_s, frame.speed)).small().color(view.theme.text_weak);
    if ui.available_width() > SPEED_WIDTH {
        ui.add(egui::Label::new(speed).truncate()).on_hover_text(words::one_in(frame.one_in));
    }
    if frame.state == State::Broken {
        glyph(ui, view.theme, Tone::Bad, "error");
    }
}
