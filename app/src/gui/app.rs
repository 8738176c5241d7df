//! The application: drains jobs, lays out the panels, then does what they asked for.

use std::path::PathBuf;

use egui::{CentralPanel, Frame, Margin, Panel, Rect, Ui, style::ScrollAnimation};
use plimsoll_models::{Catalog, Diagram};

use super::{
    action::Action,
    canvas::{CanvasEvent, CanvasInput, Dangling},
    command::{Command, Situation},
    command_palette::Remembered,
    connect::join::Join,
    context_menu::ContextMenu,
    dialogs::Dialog,
    disk_bar, empty, inspector,
    keymap::Keymap,
    live::{self, LiveRun},
    palette,
    quick_add::{Purpose, QuickAdd},
    results,
    search_bar::SearchBar,
    state::{Screen, State},
    status, tab_strip,
    theme::{self, Theme},
    toolbar,
    tour::{Places, Tour},
    view::View,
    welcome::{self, Welcome},
    words::documents as words,
    workspace::Workspace,
};
use crate::{
    calm::system_is_calm,
    document::Document,
    jobs::Job,
    journal,
    live::Order,
    settings::{Folders, Preferences, Settings, ThemeChoice},
    watch::Watcher,
};

/// How long the status bar says what happened, in seconds.
const NOTICE_SECONDS: f64 = 5.0;

/// Most of the window's width that the palette and the inspector take, so that a narrow one keeps room for the drawing.
const PALETTE_SHARE: f32 = 0.25;
const INSPECTOR_SHARE: f32 = 0.36;

/// Smallest and largest size of the window's contents, in percent.
const SCALE_PERCENT: (u16, u16) = (50, 300);

/// The window.
#[derive(Debug)]
pub struct App {
    /// The document in front; an untouched empty one when none is open.
    pub front: Workspace,
    /// The documents to the left of it in the tab strip.
    pub(super) left: Vec<Workspace>,
    /// The documents to the right of it.
    pub(super) right: Vec<Workspace>,
    /// What the window shows.
    pub state: State,
    /// What the user chose.
    pub settings: Settings,
    /// Where settings and journal live; nothing is kept without.
    pub(super) folders: Option<Folders>,
    pub(super) catalog: &'static Catalog,
    pub(super) theme: Theme,
    /// Which keys mean what.
    pub(super) keys: Keymap,
    pub(super) context_menu: Option<ContextMenu>,
    pub(super) watcher: Option<Watcher>,
    /// The question whether the desktop wants less motion.
    calm: Option<Job<bool>>,
    /// The window may close although something is not saved.
    pub(super) may_close: bool,
    saved_settings: Settings,
    /// A text field had the focus at the end of the latest frame.
    typing: bool,
    space: live::SpaceBar,
    /// Title of the window as it stands.
    title: String,
}

impl App {
    /// Begins with the gallery, or with a file.
    pub fn new(ctx: &egui::Context, file: Option<PathBuf>, folders: Option<Folders>) -> Self {
        theme::install_fonts(ctx);
        let settings = folders.as_ref().map(Settings::load).unwrap_or_default();
        let theme = theme_of(ctx, settings.preferences.theme);
        theme.apply(ctx);
        let orphans = folders.as_ref().map(|folders| journal::orphans(&folders.data)).unwrap_or_default();
        let mut app = Self {
            front: Workspace::new(Document::new(Diagram::default()), folders.as_ref()),
            left: Vec::new(),
            right: Vec::new(),
            state: State::default(),
            saved_settings: settings.clone(),
            keys: Keymap::of(&settings.preferences.keys),
            settings,
            catalog: Catalog::embedded(),
            theme,
            folders,
            context_menu: None,
            watcher: None,
            calm: None,
            may_close: false,
            typing: false,
            space: live::SpaceBar::default(),
            title: String::new(),
        };
        app.use_motion(ctx);
        ctx.options_mut(|options| {
            // These keys are commands of ours, which can have others.
            options.zoom_with_keyboard = false;
            options.quit_shortcuts = Vec::new();
        });
        if let Some(file) = file {
            app.open_path(&file);
        }
        if !orphans.is_empty() {
            app.state.dialog = Some(Dialog::Restore(orphans));
        }
        app
    }

    /// Where a box stands on the screen, for benchmarks and tests that drive the pointer.
    pub fn screen_of(&self, id: &plimsoll_models::NodeId) -> Option<egui::Pos2> {
        self.front.canvas.screen_of(self.front.document.diagram(), id)
    }

    /// Asks the desktop whether it wants less motion; the answer comes later.
    pub(super) fn ask_for_calm(&mut self, ctx: &egui::Context) {
        let ctx = ctx.clone();
        self.calm = Some(Job::start("calm", move || ctx.request_repaint(), system_is_calm));
    }

    fn hear_of_calm(&mut self, ctx: &egui::Context) {
        let Some(answer) = self.calm.as_ref().and_then(Job::poll) else { return };
        self.calm = None;
        self.settings.preferences.system_is_calm = answer.unwrap_or_default();
        self.use_motion(ctx);
    }

    /// What can be done now.
    pub(super) fn situation(&self) -> Situation {
        let history = self.front.document.history();
        Situation {
            document: self.state.screen == Screen::Document,
            tabs: self.workspaces().count(),
            edges: self.front.selection.edges.len(),
            selected: self.front.selection.len() + usize::from(self.front.canvas.chosen_note().is_some()),
            boxes: self.front.selection.nodes.len() + self.front.selection.groups.len(),
            grouped: self.front.selection.is_grouped(self.front.document.diagram()),
            one_node: self.front.selection.is_one_node(),
            undo: history.undo_label().is_some(),
            redo: history.redo_label().is_some(),
            running: self.front.runs.is_running(),
            live: self.front.live.is_some(),
            result: self.front.runs.latest.is_some(),
            baseline: self.front.runs.baseline.is_some(),
        }
    }

    /// Every open document, from left to right.
    pub(super) fn workspaces(&self) -> impl Iterator<Item = &Workspace> {
        self.left.iter().chain([&self.front]).chain(&self.right)
    }

    pub(super) fn workspaces_mut(&mut self) -> impl Iterator<Item = &mut Workspace> {
        self.left.iter_mut().chain([&mut self.front]).chain(&mut self.right)
    }

    /// Says something in the status bar.
    pub(super) fn notice(&mut self, ctx: &egui::Context, text: impl Into<String>) {
        self.state.notice = Some((text.into(), ctx.input(|input| input.time) + NOTICE_SECONDS));
        ctx.request_repaint_after_secs(NOTICE_SECONDS as f32 + 0.1);
    }

    /// Takes other preferences.
    pub(super) fn prefer(&mut self, ctx: &egui::Context, preferences: Preferences) {
        self.keys = Keymap::of(&preferences.keys);
        self.settings.preferences = preferences;
        self.use_theme(ctx);
        self.use_motion(ctx);
    }

    /// Gives everything the size that the user prefers, as far as the window has room: larger, the bars would not fit.
    fn use_scale(&self, ctx: &egui::Context) {
        let percent = self.settings.preferences.scale_percent.clamp(SCALE_PERCENT.0, SCALE_PERCENT.1);
        let wanted = f32::from(percent) / 100.0;
        let room = ctx.content_rect().size() * ctx.zoom_factor() / egui::Vec2::from(super::SIZE_MIN);
        let scale = wanted.min(room.min_elem()).max(wanted.min(1.0));
        if (scale - ctx.zoom_factor()).abs() > 1e-3 {
            ctx.set_zoom_factor(scale);
        }
    }

    /// Takes away motion that the user does not want.
    fn use_motion(&self, ctx: &egui::Context) {
        let moves = self.settings.preferences.moves();
        ctx.all_styles_mut(|style| {
            style.animation_time = if moves { theme::ANIMATION_S } else { 0.0 };
            style.scroll_animation = if moves { ScrollAnimation::default() } else { ScrollAnimation::none() };
        });
    }

    /// Takes the theme that the user prefers, which may be that of the system.
    fn use_theme(&mut self, ctx: &egui::Context) {
        let theme = theme_of(ctx, self.settings.preferences.theme);
        if theme.dark != self.theme.dark {
            self.theme = theme;
            self.theme.apply(ctx);
            self.use_motion(ctx);
        }
    }

    fn keep_journals(&mut self, ctx: &egui::Context) {
        let failed: Vec<String> = self.workspaces_mut().filter_map(|workspace| workspace.keep_journal(ctx)).collect();
        for why in failed {
            self.notice(ctx, words::journal_not_kept(&why));
        }
    }

    fn keep_versions(&mut self, ctx: &egui::Context) {
        let folders = self.folders.clone();
        let failed: Vec<String> = self.workspaces_mut().filter_map(|workspace| workspace.keep_versions(folders.as_ref())).collect();
        for why in failed {
            self.notice(ctx, words::version_not_kept(&why));
        }
    }

    fn keep_settings(&mut self) {
        if self.settings != self.saved_settings
            && let Some(folders) = &self.folders
        {
            // A disk that is full must not keep anybody from working.
            let _ = self.settings.save(folders);
            self.saved_settings = self.settings.clone();
        }
    }

    fn panels(&mut self, ui: &mut Ui) -> Vec<Action> {
        let mut actions = Vec::new();
        let now = self.situation();
        let tabs = tab_strip::tabs(self);
        let scenario = self.front.scenario();
        let unsafe_because = self.front.journal_failure().map(str::to_owned);
        let checking = self.front.is_checking();
        let recent = self.settings.recent.clone();
        let Self { front, state, settings, catalog, theme, context_menu, keys, .. } = self;
        let Settings { preferences, panels, recent_commands, tour_answered, .. } = settings;
        let Workspace { document, runs, selection, tab, inspector, results, canvas, problems, disk, comparison, live, .. } = &mut *front;
        if let Some(comparison) = comparison {
            comparison.follow(document.history().present());
        }
        let State { screen, tool, palette, welcome, quick_add, command_palette, search, tour, notice, tidy, .. } = state;
        let chosen = selection.clone();
        let note = canvas.chosen_note().cloned();
        let view = View {
            document,
            diagram: document.diagram(),
            catalog,
            theme,
            note: note.as_ref(),
            selection: &chosen,
            scenario: &scenario,
            runs,
            live: live.as_ref(),
            problems,
            checking,
            unsafe_because: unsafe_because.as_deref(),
            recent: &recent,
            now,
            keys,
            preferences,
        };
        if let Some(frame) = live.as_ref().and_then(LiveRun::frame) {
            results.sight.rest_at(frame.at_s());
        }
        let bar = |margin: Margin| Frame::new().fill(theme.surface).inner_margin(margin);
        let edge = bar(Margin::symmetric(10, 0));
        let run = Panel::top("toolbar").exact_size(46.0).frame(edge).show(ui, |ui| toolbar::ui(ui, &view, &mut actions)).inner;
        if !tabs.is_empty() {
            Panel::top("tabs").exact_size(tab_strip::HEIGHT).frame(bar(Margin::ZERO)).show(ui, |ui| {
                tab_strip::ui(ui, theme, keys, &tabs, &mut actions);
            });
        }
        if *screen == Screen::Gallery {
            let frame = Frame::new().fill(theme.background);
            CentralPanel::default().frame(frame).show(ui, |ui| {
                let shown = Welcome { recent: &recent, offers_tour: !*tour_answered };
                welcome::ui(ui, &view, welcome, shown, &mut actions);
            });
        } else {
            let notice = notice.as_ref().map(|(text, _)| text.as_str());
            Panel::bottom("status").exact_size(28.0).frame(edge).show(ui, |ui| status::ui(ui, &view, notice, canvas.zoom(), &mut actions));
            Panel::bottom("results")
                .default_size(330.0)
                .size_range(140.0..=700.0)
                .resizable(true)
                .frame(bar(Margin::ZERO))
                .show_collapsible(ui, &mut panels.results, |ui| contained(ui, |ui| results::ui(ui, &view, results, tab, &mut actions)));
            if !panels.results {
                // Otherwise the drawer has begun the frame.
                results.sight.begin();
            }
            if let Some(live) = &view.live {
                let frame = bar(Margin::symmetric(10, 6));
                Panel::bottom("transport").exact_size(live::transport::HEIGHT).frame(frame).show(ui, |ui| {
                    live::transport::ui(ui, &view, live, &mut results.sight, &mut actions);
                });
                actions.extend(results.sight.take_pick().map(|at_s| Action::Live(Order::Seek(at_s))));
            }
            let width = ui.available_width();
            Panel::left("palette")
                .default_size(216.0)
                .size_range(160.0..=(width * PALETTE_SHARE).clamp(160.0, 360.0))
                .frame(bar(Margin::ZERO))
                .show_collapsible(ui, &mut panels.palette, |ui| contained(ui, |ui| palette::ui(ui, &view, palette, &mut actions)));
            Panel::right("inspector")
                .default_size(384.0)
                .size_range(280.0..=(width * INSPECTOR_SHARE).clamp(280.0, 560.0))
                .frame(bar(Margin::ZERO))
                .show_collapsible(ui, &mut panels.inspector, |ui| {
                    contained(ui, |ui| match comparison {
                        Some(comparison) => comparison.list_ui(ui, theme, catalog),
                        None => inspector::ui(ui, &view, inspector, &mut actions),
                    });
                });
            if let Some(content) = disk {
                let frame = edge.fill(theme.surface_raised);
                Panel::top("disk")
                    .exact_size(40.0)
                    .frame(frame)
                    .show(ui, |ui| disk_bar::ui(ui, theme, &document.title(), content, &mut actions));
            }
            if let Some(comparison) = comparison {
                Panel::top("comparison").exact_size(40.0).frame(edge).show(ui, |ui| comparison.bar_ui(ui, theme, &mut actions));
            }
            CentralPanel::default().frame(Frame::new().fill(theme.canvas)).show(ui, |ui| {
                if let Some(comparison) = comparison {
                    return comparison.canvas_ui(ui, theme, catalog, preferences);
                }
                let struck = view.live.map(|live| live.session.struck()).unwrap_or_default();
                let input = CanvasInput {
                    diagram: view.diagram,
                    catalog,
                    theme,
                    selection: view.selection,
                    result: view.result().filter(|_| view.live.is_none()),
                    live: view.live.and_then(LiveRun::frame),
                    struck: &struck,
                    cursor_s: results.sight.cursor(),
                    stale: view.is_stale(),
                    problems,
                    tool: *tool,
                    preferences,
                };
                let place = ui.available_rect_before_wrap();
                let events = canvas.show(ui, &input);
                // While a layout is looked at, the drawing is only looked at.
                let looked_at = tidy.is_some();
                actions.extend(events.into_iter().filter(|_| !looked_at).map(Action::Canvas));
                over_canvas(ui, place, run, &view, (search, tour), &mut actions);
                if let Some(live) = view.live {
                    live::what_if::ui(ui.ctx(), place, &view, live, &mut actions);
                    live::journey::ui(ui.ctx(), place, &view, live, &mut actions);
                }
            });
        }
        let remembered = Remembered { recent: &recent, commands: recent_commands };
        if quick_add.as_mut().is_some_and(|popup| !popup.ui(ui.ctx(), &view, &mut actions)) {
            *quick_add = None;
        }
        if tidy.as_mut().is_some_and(|popup| !popup.ui(ui.ctx(), &view, &mut actions)) {
            *tidy = None;
        }
        if context_menu.as_mut().is_some_and(|menu| !menu.ui(ui.ctx(), &view, &mut actions)) {
            *context_menu = None;
        }
        if command_palette.as_mut().is_some_and(|popup| !popup.ui(ui.ctx(), &view, remembered, &mut actions)) {
            *command_palette = None;
        }
        if let Some(dialog) = &mut state.dialog
            && let Some(decision) = dialog.ui(ui.ctx(), &view)
        {
            actions.push(Action::Decide(Box::new(decision)));
        }
        actions
    }
}

/// Files that were dropped on the window are opened.
fn dropped(ctx: &egui::Context) -> Vec<Action> {
    ctx.input(|input| input.raw.dropped_files.iter().map(|file| Action::OpenPath(file.path().to_path_buf())).collect())
}

/// Says what will happen to the files that hang over the window.
fn welcome_files(ctx: &egui::Context, theme: &Theme) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("drop")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, theme.background.gamma_multiply(0.8));
    painter.rect_stroke(rect.shrink(12.0), 12.0, egui::Stroke::new(2.0, theme.accent), egui::StrokeKind::Inside);
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, words::DROP_TO_OPEN, Theme::semibold(24.0), theme.text);
}

/// What stands over the drawing: how to begin, the tour, the search.
fn over_canvas(
    ui: &mut Ui,
    canvas: Rect,
    run: Option<Rect>,
    view: &View<'_>,
    (search, tour): (&mut Option<SearchBar>, &mut Option<Tour>),
    actions: &mut Vec<Action>,
) {
    let is_empty = view.diagram.nodes.is_empty() && view.diagram.notes.is_empty();
    if is_empty && !egui::DragAndDrop::has_any_payload(ui.ctx()) {
        empty::ui(ui, canvas, view, actions);
    }
    let places = Places::around(canvas, ui.ctx().content_rect(), run);
    if tour.as_mut().is_some_and(|tour| !tour.ui(ui.ctx(), places, view, actions)) {
        *tour = None;
    }
    if search.as_mut().is_some_and(|search| !search.ui(ui.ctx(), canvas, view, actions)) {
        *search = None;
    }
}

/// Shows a panel's contents in the room that the panel has: contents that need more must not push its edge.
fn contained(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let rect = ui.available_rect_before_wrap();
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    child.shrink_clip_rect(rect);
    add(&mut child);
    ui.advance_cursor_after_rect(rect);
}

fn theme_of(ctx: &egui::Context, choice: ThemeChoice) -> Theme {
    match choice {
        ThemeChoice::System if ctx.system_theme() == Some(egui::Theme::Light) => Theme::light(),
        ThemeChoice::System | ThemeChoice::Dark => Theme::dark(),
        ThemeChoice::Light => Theme::light(),
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        if self.front.poll() {
            self.settings.panels.results = true;
        }
        self.left.iter_mut().chain(&mut self.right).for_each(|workspace| _ = workspace.poll());
        if self.workspaces().any(|workspace| workspace.runs.is_busy()) {
            ctx.request_repaint_after_secs(0.1);
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close && self.ask_for_unsaved() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
        let time = ctx.input(|input| input.time);
        self.follow_live(ctx, time);
        if self.state.notice.as_ref().is_some_and(|(_, until)| time > *until) {
            self.state.notice = None;
        }
        self.hear_of_calm(ctx);
        self.use_theme(ctx);
        self.use_scale(ctx);
        self.front.check(ctx, self.catalog);
        self.front.prune_selection();
        self.keep_journals(ctx);
        self.keep_versions(ctx);
        self.hear_of_writing(ctx);
        self.hear_of_files(ctx);
        self.keep_settings();
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let mut actions: Vec<Action> = Vec::new();
        let popup = self.state.dialog.is_some()
            || self.state.tidy.is_some()
            || self.state.quick_add.is_some()
            || self.state.command_palette.is_some()
            || self.context_menu.is_some();
        self.front.results.scenarios.take_keys(&ctx);
        if !popup {
            let mut now = self.situation();
            // Escape belongs to a gesture first; the canvas ends it.
            if self.front.canvas.busy() || self.front.comparison.is_some() {
                (now.selected, now.boxes, now.grouped) = (0, 0, false);
                now.edges = 0;
                now.one_node = false;
            }
            let mut commands = self.keys.pressed(&ctx, &now, self.typing);
            self.space.sort(&ctx, &mut commands);
            actions.extend(commands.into_iter().map(Action::Command));
            if self.front.comparison.is_some() && ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) {
                actions.push(Action::EndComparison);
            }
            actions.extend(dropped(&ctx));
            actions.extend(super::perform::clipboard::events(&ctx, &now));
        }
        actions.extend(self.panels(ui));
        welcome_files(&ctx, &self.theme);
        for action in actions {
            self.perform(&ctx, action);
        }
        self.typing = ctx.text_edit_focused();
        let title = format!("{}{} – Plimsoll", if self.front.document.is_dirty() { "• " } else { "" }, self.front.document.title());
        if title != self.title {
            // Only on change: a command to the window asks for another frame.
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.theme.background.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.keep_settings();
        self.workspaces_mut().for_each(Workspace::close);
    }
}

/// What the canvas asked for, in the window's words.
pub(super) fn action_of(
    event: CanvasEvent,
    front: &mut Workspace,
    state: &mut State,
    context_menu: &mut Option<ContextMenu>,
) -> Option<Action> {
    match event {
        CanvasEvent::Select(selection) => Some(Action::Select(selection)),
        CanvasEvent::Edit(edit) => Some(Action::Edit(edit)),
        CanvasEvent::Duplicate(by) => Some(Action::DuplicateBy(by)),
        CanvasEvent::Nudge(edit) => Some(Action::Type(edit, "nudge".to_owned())),
        CanvasEvent::QuickAdd { from, at, screen } => {
            let purpose = match from {
                None => Purpose::Add,
                Some(Dangling::New(id)) => Purpose::Beside(id),
                Some(Dangling::Old(id, end)) => Purpose::Instead(id, end),
            };
            state.quick_add = Some(QuickAdd::new(purpose, Some(at), Some(screen)));
            None
        }
        CanvasEvent::RenameRequested(id) => {
            front.selection = super::canvas::Selection::node(id);
            Some(Action::Command(Command::Rename))
        }
        CanvasEvent::RenameGroup(id) => {
            front.selection = super::canvas::Selection::group(id);
            Some(Action::Command(Command::Rename))
        }
        CanvasEvent::Refused(reason) => Some(Action::Notice(reason)),
        CanvasEvent::RenameEdge(id) => {
            front.selection = super::canvas::Selection::edge(id);
            Some(Action::Command(Command::Rename))
        }
        CanvasEvent::EditNote(id) => Some(Action::WriteNote(id)),
        CanvasEvent::Preview(edit) => Some(Action::Preview(edit)),
        CanvasEvent::EndPreview => Some(Action::EndPreview),
        CanvasEvent::OpenNode(id) => Some(Action::Reveal(plimsoll_models::Place::Node(id, None))),
        CanvasEvent::ContextMenu { target, at, screen } => {
            *context_menu = Some(ContextMenu::new(target, at, screen));
            None
        }
        CanvasEvent::Follow(journey, at_s) => Some(Action::Live(Order::Follow(journey, at_s))),
        CanvasEvent::CloseMinimap => Some(Action::Command(Command::ToggleMinimap)),
        CanvasEvent::DropService { service, at, onto } => {
            Some(Action::Add { service, at: Some(at), join: onto.map_or(Join::Alone, Join::On) })
        }
    }
}
