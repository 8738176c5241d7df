//! What is on screen.

use plimsoll_models::Place;

use crate::gui::{App, canvas::Selection, command::Command, command_palette::CommandPalette, dialogs::Dialog, inspector::Page, state::Tab};

impl App {
    pub(super) fn view_command(&mut self, ctx: &egui::Context, command: Command) {
        let panels = &mut self.settings.panels;
        match command {
            Command::ZoomIn => self.front.canvas.zoom_in(),
            Command::ZoomOut => self.front.canvas.zoom_out(),
            Command::ZoomReset => self.front.canvas.zoom_to(1.0),
            Command::Fit => self.front.canvas.fit(self.front.document.diagram()),
            Command::FitSelection => self.front.canvas.fit_selection(self.front.document.diagram(), &self.front.selection),
            Command::ToggleGrid => self.settings.aids.grid = !self.settings.aids.grid,
            Command::ToggleObjectSnap => self.settings.aids.objects = !self.settings.aids.objects,
            Command::TogglePalette => panels.palette = !panels.palette,
            Command::ToggleInspector => panels.inspector = !panels.inspector,
            Command::ToggleResults => panels.results = !panels.results,
            Command::ShowScenario => {
                panels.results = true;
                self.front.tab = Tab::Scenario;
            }
            Command::ShowProblems => {
                panels.results = true;
                self.front.tab = Tab::Problems;
            }
            Command::ToggleTheme => self.use_theme(ctx, self.settings.theme.other()),
            Command::SearchCommands => self.state.command_palette = Some(CommandPalette::default()),
            Command::Shortcuts => self.state.dialog = Some(Dialog::Shortcuts),
            Command::About => self.state.dialog = Some(Dialog::About),
            _ => {}
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
