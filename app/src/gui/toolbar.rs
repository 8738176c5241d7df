//! The bar at the top: menus, history, title, scenario, load, run.

use egui::{Align, Button, ComboBox, DragValue, Layout, MenuBar, ProgressBar, RichText, Slider, Ui};
use plimsoll_models::Scenario;

use super::{
    action::Action,
    command::{Command, Group},
    scenarios::manage,
    theme::Theme,
    view::View,
    words::{documents, live, shell as words},
};
use crate::{icons, run::RunState};

/// Room for the menus.
const MENUS_WIDTH: f32 = 302.0;

/// Room that the title leaves to what stands on the right.
const RIGHT_WIDTH: f32 = 624.0;
/// The same without load and scenario.
const RIGHT_WIDTH_MIN: f32 = 320.0;
/// Least room for the title; where there is less, the window's own title has to do.
const TITLE_WIDTH_MIN: f32 = 80.0;
/// Room that the button for a live run needs.
const LIVE_WIDTH: f32 = 64.0;
/// Room that the load and the scenario need; the panel of the scenario has both where it is missing.
const LOAD_WIDTH: f32 = 196.0;
const SCENARIO_WIDTH: f32 = 136.0;

/// Most bookmarks in the menu; the dialog has them all.
const BOOKMARKS_MAX: usize = 9;

/// Shows the bar, and says where the button stands that runs.
pub fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> Option<egui::Rect> {
    let bar = ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        mark(ui, view.theme);
        let size = egui::vec2(MENUS_WIDTH, 28.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| menus(ui, view, actions));
        if view.now.document {
            ui.separator();
            for command in [Command::Save, Command::Undo, Command::Redo] {
                icon(ui, view, command, actions);
            }
            ui.separator();
            title_ui(ui, view);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| right_ui(ui, view, actions)).inner
    });
    bar.inner
}

/// The product's mark: a hull's circle with its line.
pub fn mark(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(26.0, 22.0), egui::Sense::hover());
    let center = rect.center();
    let painter = ui.painter();
    painter.circle_stroke(center, 7.5, egui::Stroke::new(1.8, theme.accent));
    painter.hline(center.x - 11.5..=center.x + 11.5, center.y, egui::Stroke::new(1.8, theme.accent));
}

fn menus(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    // A menu bar takes all the width that it gets.
    ui.set_max_width(MENUS_WIDTH);
    MenuBar::new().ui(ui, |ui| {
        for group in Group::ALL {
            ui.menu_button(group.title(), |ui| {
                ui.set_min_width(240.0);
                for command in Command::ALL.iter().copied().filter(|command| command.group() == group) {
                    // The strip of tabs shows them.
                    if command.tab().is_some() {
                        continue;
                    }
                    if separated(command) {
                        ui.separator();
                    }
                    entry(ui, view, command, actions);
                    match command {
                        Command::Open => recent(ui, view, actions),
                        Command::Bookmarks => bookmarks(ui, view, actions),
                        _ => {}
                    }
                }
            });
        }
    });
}

/// The latest files, in a menu of their own.
fn recent(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    ui.add_enabled_ui(!view.recent.is_empty(), |ui| {
        ui.menu_button(documents::OPEN_RECENT, |ui| {
            ui.set_min_width(240.0);
            for path in view.recent {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let button = Button::new(name.trim_end_matches(".plimsoll.json"));
                if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
                    actions.push(Action::OpenPath(path.clone()));
                }
            }
        });
    });
}

fn separated(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::ExportSvg
            | C::Gallery
            | C::Preferences
            | C::Quit
            | C::Cut
            | C::Delete
            | C::SelectAll
            | C::SelectDownstream
            | C::QuickAdd
            | C::AlignLeft
            | C::DistributeHorizontally
            | C::TogglePalette
            | C::AddBookmark
            | C::ToggleTheme
            | C::PinBaseline
            | C::About
    )
}

fn entry(ui: &mut Ui, view: &View<'_>, command: Command, actions: &mut Vec<Action>) {
    let button = Button::new(text(view, command)).shortcut_text(view.keys.text(command));
    let response = ui.add_enabled(command.is_enabled(&view.now), button).on_hover_text(command.help());
    let why_not = command.why_not(&view.now).unwrap_or_default();
    if response.on_disabled_hover_text(why_not).clicked() {
        actions.push(Action::Command(command));
    }
}

/// Each bookmark, in the menu under the command that lists them.
fn bookmarks(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    for (id, bookmark) in view.diagram.bookmarks.iter().take(BOOKMARKS_MAX) {
        if ui.button(format!("    {}", bookmark.name)).clicked() {
            actions.push(Action::GoToBookmark(id.clone()));
        }
    }
}

/// The text of a command, with the label of the step that it is about.
fn text(view: &View<'_>, command: Command) -> String {
    let history = view.document.history();
    let label = match command {
        Command::Undo => history.undo_label(),
        Command::Redo => history.redo_label(),
        _ => None,
    };
    label.map_or_else(|| command.text().to_owned(), |label| format!("{}: {label}", command.text()))
}

fn icon(ui: &mut Ui, view: &View<'_>, command: Command, actions: &mut Vec<Action>) {
    ui.add_enabled_ui(command.is_enabled(&view.now), |ui| {
        let shortcut = view.keys.text(command);
        let tooltip = if shortcut.is_empty() { text(view, command) } else { format!("{} ({shortcut})", text(view, command)) };
        if icons::icon_button(ui, command.icon(), &tooltip).clicked() {
            actions.push(Action::Command(command));
        }
    });
}

fn title_ui(ui: &mut Ui, view: &View<'_>) {
    let title = view.document.title();
    let name = &view.diagram.name;
    ui.spacing_mut().item_spacing.x = 8.0;
    let strong = if name.is_empty() { title.clone() } else { name.clone() };
    if ui.available_width() < RIGHT_WIDTH_MIN + TITLE_WIDTH_MIN {
        return;
    }
    let space = (ui.available_width() - RIGHT_WIDTH).max(TITLE_WIDTH_MIN);
    ui.scope(|ui| {
        ui.set_max_width(space);
        ui.add(egui::Label::new(RichText::new(strong).font(Theme::strong())).truncate());
    });
    if view.document.is_dirty() {
        ui.label(RichText::new("•").color(view.theme.amber)).on_hover_text(words::NOT_SAVED);
    }
}

fn right_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> Option<egui::Rect> {
    let theme_icon = if view.theme.dark { "sun" } else { "moon" };
    if icons::icon_button(ui, theme_icon, &view.keys.tooltip(Command::ToggleTheme)).clicked() {
        actions.push(Action::Command(Command::ToggleTheme));
    }
    if icons::icon_button(ui, "search", &view.keys.tooltip(Command::SearchCommands)).clicked() {
        actions.push(Action::Command(Command::SearchCommands));
    }
    if !view.now.document {
        return None;
    }
    for (command, icon) in [(Command::ToggleInspector, "inspector"), (Command::ToggleResults, "chart"), (Command::TogglePalette, "palette")]
    {
        if icons::icon_button(ui, icon, &view.keys.tooltip(command)).clicked() {
            actions.push(Action::Command(command));
        }
    }
    ui.separator();
    let run = run_ui(ui, view, actions);
    live_ui(ui, view, actions);
    ui.add_space(4.0);
    if ui.available_width() > LOAD_WIDTH + SCENARIO_WIDTH {
        load_ui(ui, view, actions);
        ui.add_space(4.0);
    }
    if ui.available_width() > SCENARIO_WIDTH {
        scenario_ui(ui, view, actions);
    }
    Some(run)
}

/// The button that plays the scenario on the drawing.
fn live_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let button = Button::selectable(view.now.live, RichText::new(live::LIVE).font(Theme::strong())).min_size(egui::vec2(52.0, 28.0));
    let stroke = egui::Stroke::new(1.0, view.theme.accent);
    let command = if view.now.live { Command::LiveStop } else { Command::Live };
    if ui.add(button.stroke(stroke)).accessible_name(live::LIVE_NAME).on_hover_text(view.keys.tooltip(command)).clicked() {
        actions.push(Action::Command(command));
    }
}

/// The button that runs, or the progress of the run; where it stands.
fn run_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> egui::Rect {
    if let RunState::Running(running) = &view.runs.state {
        if icons::icon_button(ui, "stop", &view.keys.tooltip(Command::Cancel)).clicked() {
            actions.push(Action::Command(Command::Cancel));
        }
        let fraction = running.progress.fraction() as f32;
        let width = (ui.available_width() - LIVE_WIDTH).clamp(40.0, 92.0);
        let bar = ProgressBar::new(fraction).desired_width(width).text(RichText::new(format!("{:.0} %", fraction * 100.0)).small());
        return ui.add(bar).on_hover_text(words::events(&super::format::count(running.progress.events()))).rect;
    }
    let text = RichText::new(words::RUN).font(Theme::strong()).color(view.theme.text_on_accent);
    let button = Button::new(text).fill(view.theme.accent).stroke(egui::Stroke::NONE).min_size(egui::vec2(72.0, 28.0));
    let response = ui.add(button).accessible_name(words::RUN_NAME).on_hover_text(view.keys.tooltip(Command::Run));
    if response.clicked() {
        actions.push(Action::Command(Command::Run));
    }
    response.rect
}

/// The loads that the slider offers; the field beside it takes any.
const LOADS: std::ops::RangeInclusive<f64> = 0.1..=10.0;

fn load_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let scenario = view.diagram.scenarios.get(view.scenario).map_or_else(Scenario::default, |scenario| (**scenario).clone());
    let present = scenario.plan(view.scenario).0.multiplier;
    let mut multiplier = present;
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = 84.0;
        ui.spacing_mut().interact_size.y = 18.0;
        let slider = Slider::new(&mut multiplier, LOADS).logarithmic(true).clamping(egui::SliderClamping::Never).show_value(false);
        ui.name_inputs(words::LOAD_SLIDER_NAME, |ui| ui.add(slider)).on_hover_text(words::LOAD_HELP);
    });
    let figure = DragValue::new(&mut multiplier)
        .speed(0.01)
        .range(0.0..=f64::MAX)
        .custom_formatter(|value, _| format!("{}×", super::format::number(value)))
        .custom_parser(|text| plimsoll_models::units::parse_number(text.trim().trim_end_matches(['×', 'x'])).ok());
    ui.name_inputs(words::LOAD_NAME, |ui| ui.add(figure)).on_hover_text(words::LOAD_HELP);
    ui.label(RichText::new(words::LOAD).small().color(view.theme.text_weak));
    if multiplier != present && multiplier.is_finite() && multiplier >= 0.0 {
        let rounded = super::format::number(multiplier).replace(',', "");
        let value = (rounded != "1").then(|| super::inspector::field::json_of(&rounded));
        let edit = super::inspector::scenario::edit(view.diagram, view.scenario, "multiplier", value);
        actions.push(Action::Type(edit, format!("{}.multiplier", view.scenario)));
    }
}

fn scenario_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let shown = manage::title(view.diagram, view.scenario);
    let response = ComboBox::from_id_salt("toolbar scenario").selected_text(shown).width(120.0).truncate().show_ui(ui, |ui| {
        for id in view.diagram.scenarios.keys() {
            if ui.selectable_label(id == view.scenario, manage::title(view.diagram, id)).clicked() {
                actions.push(Action::UseScenario(id.clone()));
            }
        }
        if view.diagram.scenarios.is_empty() {
            ui.label(RichText::new(words::ONE_SCENARIO).color(view.theme.text_weak));
        }
    });
    let _ = response.response.accessible_name(words::SCENARIO);
}
