//! What is on screen.

use plimsoll_models::{Bookmark, BookmarkId, Edit, Place, diagram::Fields, ids};

use crate::{
    gui::{
        App,
        canvas::Selection,
        command::Command,
        command_palette::{CommandPalette, Scope},
        dialogs::{BookmarkList, Dialog},
        inspector::Page,
        state::{Screen, Tab},
        tour::Tour,
        words::find,
    },
    settings::{Panels, Preferences, ThemeChoice},
};

impl App {
    pub(super) fn view_command(&mut self, ctx: &egui::Context, command: Command) {
        let panels = &mut self.settings.panels;
        match command {
            Command::ZoomIn => self.front.canvas.zoom_in(),
            Command::ZoomOut => self.front.canvas.zoom_out(),
            Command::ZoomReset => self.front.canvas.zoom_to(1.0),
            Command::Fit => self.front.canvas.fit(self.front.document.diagram()),
            Command::FitSelection => self.front.canvas.fit_selection(self.front.document.diagram(), &self.front.selection),
            Command::ToggleGrid => self.settings.preferences.aids.grid = !self.settings.preferences.aids.grid,
            Command::ToggleObjectSnap => self.settings.preferences.aids.objects = !self.settings.preferences.aids.objects,
            Command::TogglePalette => panels.palette = !panels.palette,
            Command::ToggleInspector => panels.inspector = !panels.inspector,
            Command::ToggleResults => panels.results = !panels.results,
            Command::DrawingAlone => {
                let none = Panels { palette: false, inspector: false, results: false };
                let before = std::mem::replace(panels, none);
                if before == none {
                    *panels = self.state.panels_before.take().unwrap_or_default();
                } else {
                    self.state.panels_before = Some(before);
                }
            }
            Command::ToggleNotes => self.toggle_notes(ctx),
            Command::NextStep => self.walk_steps(ctx, true),
            Command::PreviousStep => self.walk_steps(ctx, false),
            Command::ShowScenario => {
                panels.results = true;
                self.front.tab = Tab::Scenario;
            }
            Command::ShowProblems => {
                panels.results = true;
                self.front.tab = Tab::Problems;
            }
            Command::ToggleTheme => {
                let choice = if self.theme.dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                self.prefer(ctx, Preferences { theme: choice, ..self.settings.preferences.clone() });
            }
            Command::SearchCommands => self.state.command_palette = Some(CommandPalette::new(Scope::Commands)),
            Command::GoTo => self.state.command_palette = Some(CommandPalette::new(Scope::Places)),
            Command::Shortcuts => self.state.dialog = Some(Dialog::Shortcuts(crate::gui::shortcuts::KeySheet::default())),
            Command::AddBookmark => self.add_bookmark(ctx),
            Command::Bookmarks => self.state.dialog = Some(Dialog::Bookmarks(BookmarkList::default())),
            Command::ToggleFreeTier => self.settings.preferences.free_tier = !self.settings.preferences.free_tier,
            Command::ToggleLegend => self.settings.preferences.legend = !self.settings.preferences.legend,
            Command::ToggleMinimap => self.settings.preferences.minimap = !self.settings.preferences.minimap,
            Command::Tour => self.begin_tour(ctx),
            Command::About => self.state.dialog = Some(Dialog::About),
            _ => {}
        }
    }

    /// Begins the tour, on an empty diagram unless one is open.
    fn begin_tour(&mut self, ctx: &egui::Context) {
        self.settings.tour_answered = true;
        if self.state.screen == Screen::Gallery {
            self.command(ctx, Command::New);
        }
        self.settings.panels.palette = true;
        self.state.tour = Some(Tour::default());
    }

    /// Keeps what is seen now, and asks for its name.
    fn add_bookmark(&mut self, ctx: &egui::Context) {
        let bookmarks = &self.front.document.diagram().bookmarks;
        let free = |name: &String| bookmarks.values().all(|bookmark| bookmark.name != *name);
        // One of so many names is free.
        let name = (1..=bookmarks.len() + 1).map(find::bookmark_name).find(free).unwrap_or_default();
        let id = BookmarkId::new(ids::fresh(&name, |id| bookmarks.contains_key(id)));
        let (center, zoom) = (self.front.canvas.center(), f64::from(self.front.canvas.zoom()));
        let bookmark = Bookmark { name, center, zoom, unknown: Fields::new() };
        self.edit(ctx, &Edit::SetBookmark(id.clone(), Some(bookmark)), None);
        self.state.dialog = Some(Dialog::Bookmarks(BookmarkList::naming(id)));
    }

    /// Shows what a bookmark shows.
    pub(super) fn go_to_bookmark(&mut self, id: &BookmarkId) {
        if let Some(bookmark) = self.front.document.diagram().bookmarks.get(id) {
            self.front.canvas.look_at(bookmark.center, bookmark.zoom as f32);
        }
    }

    /// Selects and shows what a message is about.
    pub(super) fn reveal(&mut self, place: &Place) {
        self.settings.panels.inspector = true;
        let page = match place {
            Place::Node(id, _) if self.front.document.diagram().nodes.contains_key(id) => {
                self.front.selection = Selection::node(id.clone());
                self.front.canvas.reveal(id);
                return;
            }
            Place::Edge(id, _) if self.front.document.diagram().edges.contains_key(id) => {
                self.front.selection = Selection::edge(id.clone());
                self.front.canvas.reveal_edge(id);
                return;
            }
            Place::Node(..) | Place::Edge(..) => return,
            Place::Scenario(id, _) => {
                self.front.scenario = Some(id.clone());
                Page::Scenario
            }
            Place::Account(_) => Page::Account,
            Place::Document | Place::Text { .. } | Place::EventType(_) => Page::Diagram,
        };
        self.front.selection = Selection::default();
        self.front.inspector.page = page;
    }
}
