//! A window without a screen, driven through its accessibility tree.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use egui::{Key, Modifiers};
use egui_kittest::{Harness, kittest::Queryable as _};
use plimsoll::{gui::App, settings::Folders};
use plimsoll_models::NodeId;

use crate::{
    sample::{SHOP, finished},
    soft_renderer::Soft,
};

pub(crate) struct Window {
    pub(crate) harness: Harness<'static, App>,
    /// Keeps the folder of settings and files until the end of the test, unless another window does.
    home: Option<tempfile::TempDir>,
}

impl Window {
    /// A window with an empty home, at the gallery.
    pub(crate) fn open() -> Self {
        Self::with_file(None)
    }

    /// A window with the shop, opened from a file.
    pub(crate) fn shop() -> Self {
        Self::with_file(Some(SHOP))
    }

    /// A window with a document of this text, opened from a file.
    pub(crate) fn with_file(text: Option<&str>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = text.map(|text| {
            let path = home.path().join("shop.plimsoll.json");
            std::fs::write(&path, text).unwrap();
            path
        });
        let harness = harness(home.path(), file);
        let mut window = Self { harness, home: Some(home) };
        window.run();
        window
    }

    /// Another window of the same user: settings, journal and files are where the first one left them.
    pub(crate) fn in_home(home: &tempfile::TempDir, file: Option<PathBuf>) -> Self {
        Self::at(home.path(), file)
    }

    /// A window with settings, journal and files in this folder.
    pub(crate) fn at(home: &Path, file: Option<PathBuf>) -> Self {
        let mut window = Self { harness: harness(home, file), home: None };
        window.run();
        window
    }

    /// The folder of settings and files.
    pub(crate) fn home(&self) -> &tempfile::TempDir {
        self.home.as_ref().unwrap()
    }

    /// Lets the run that goes on end, for a minute at most.
    pub(crate) fn wait_for_run(&mut self) {
        let start = std::time::Instant::now();
        while self.app().front.runs.is_running() && start.elapsed().as_secs() < 60 {
            self.run();
        }
    }

    pub(crate) fn run(&mut self) {
        // The journal asks for a frame later on; that is no reason to wait for it here.
        self.harness.run_steps(6);
    }

    pub(crate) fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.run();
    }

    pub(crate) fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.run();
    }

    /// Clicks into a text field and replaces its text.
    pub(crate) fn fill(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).click();
        self.run();
        self.press(Modifiers::COMMAND, Key::A);
        self.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).type_text(text);
        self.run();
    }

    pub(crate) fn select(&mut self, id: &str) {
        self.app().front.selection = plimsoll::gui::canvas::Selection::node(NodeId::new(id));
        self.run();
    }

    pub(crate) fn app(&mut self) -> &mut App {
        self.harness.state_mut()
    }

    pub(crate) fn sees(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    pub(crate) fn inject(&mut self) {
        let app = self.app();
        let diagram = Arc::clone(app.front.document.diagram());
        app.front.runs.inject(finished(&diagram));
        app.settings.panels.results = true;
        self.run();
    }

    /// Leaves a picture of the window in `target/tmp` to look at.
    pub(crate) fn picture(&mut self, name: &str) {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        self.harness.render().unwrap().save(path).unwrap();
    }
}

fn harness(home: &Path, file: Option<PathBuf>) -> Harness<'static, App> {
    let folders = Folders { config: home.join("config"), data: home.join("data") };
    Harness::builder()
        .with_size(egui::vec2(1440.0, 900.0))
        .with_max_steps(60)
        .with_render_cursor(false)
        .renderer(Soft::default())
        .build_eframe(move |context| App::new(&context.egui_ctx, file, Some(folders)))
}
