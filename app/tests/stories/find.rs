//! Commands, keys and places are found.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::gui::command::Command;
use plimsoll_models::NodeId;

use crate::window::Window;

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;

impl Window {
    /// Types into the text field of this name, which has the focus.
    fn type_in(&mut self, label: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
        self.run();
    }

    fn selected(&mut self) -> Vec<String> {
        self.app().front.selection.nodes.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn the_palette_says_why_something_cannot_be_done_and_remembers_what_was() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::K);
    assert!(window.sees("Duplicate: Select something first"));
    window.type_in("Search commands", "dupl");
    window.press(NONE, Key::Enter);
    assert!(window.app().state.command_palette.is_some(), "what cannot be done is not done");
    window.press(NONE, Key::Escape);
    window.press(COMMAND, Key::K);
    window.type_in("Search commands", "zfit");
    window.press(NONE, Key::Enter);
    assert!(window.app().state.command_palette.is_none());
    assert_eq!(window.app().settings.recent_commands, ["Fit"]);
    window.press(COMMAND, Key::K);
    window.press(NONE, Key::Enter);
    assert_eq!(window.app().settings.recent_commands, ["Fit"], "the latest one stands first");
    window.picture("palette");
}

#[test]
fn go_to_finds_nodes_by_name_and_type_and_switches_to_commands() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::P);
    window.type_in("Go to", "ord tab");
    window.picture("go-to");
    window.press(NONE, Key::Enter);
    assert_eq!(window.selected(), ["table"]);
    window.press(COMMAND, Key::P);
    window.type_in("Go to", "lambda");
    window.press(NONE, Key::Enter);
    assert_eq!(window.selected(), ["worker"]);
    window.press(COMMAND, Key::P);
    window.type_in("Go to", ">select all");
    window.press(NONE, Key::Enter);
    assert_eq!(window.selected().len(), 5);
}

#[test]
fn a_key_is_rebound_by_pressing_it_and_stays_so() {
    let mut window = Window::shop();
    window.press(NONE, Key::F1);
    window.type_in_sheet("fit");
    window.click("Keys of Zoom to fit: Shift+1");
    assert!(window.sees("Press keys…"));
    window.press(NONE, Key::Tab);
    assert!(window.sees("moves the focus"), "keys of the system are refused with the reason");
    window.press(COMMAND, Key::D);
    assert!(window.sees("Ctrl+D is “Duplicate”"));
    window.picture("rebind");
    window.click("Use it for Zoom to fit");
    assert!(window.sees("Keys of Zoom to fit: Ctrl+D"));
    window.press(NONE, Key::Escape);

    let home = window.home().path().join("shop.plimsoll.json");
    let mut second = Window::in_home(window.home(), Some(home));
    second.select("worker");
    second.press(COMMAND, Key::D);
    assert_eq!(second.app().front.document.diagram().nodes.len(), 5, "the key means something else now");
    second.press(NONE, Key::F1);
    second.type_in_sheet("duplicate");
    assert!(second.sees("Keys of Duplicate: –"));
    second.click("Reset all");
    assert!(second.sees("Keys of Duplicate: Ctrl+D"));
    second.press(NONE, Key::Escape);
    second.press(COMMAND, Key::D);
    assert_eq!(second.app().front.document.diagram().nodes.len(), 6);
}

#[test]
fn a_preset_brings_the_keys_of_another_tool_and_none_fires_in_a_text_field() {
    let mut window = Window::shop();
    window.app().settings.preferences.keys.preset = plimsoll::settings::Preset::Blender;
    let path = window.home().path().join("config/settings.json");
    window.run();
    assert!(std::fs::read_to_string(path).unwrap().contains("blender"));
    let home = window.home().path().join("shop.plimsoll.json");
    let mut window = Window::in_home(window.home(), Some(home));
    window.press(NONE, Key::A);
    assert_eq!(window.selected().len(), 5);
    window.select("worker");
    window.harness.get_by_role_and_label(Role::TextInput, "Name").click();
    window.run();
    window.press(NONE, Key::X);
    window.press(NONE, Key::N);
    assert!(window.app().front.document.diagram().nodes.contains_key(&NodeId::new("worker")));
    assert!(window.app().settings.panels.inspector);
}

#[test]
fn every_command_is_in_the_palette_with_its_key() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::K);
    let shown: Vec<String> = window.harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label()).collect();
    for command in Command::ALL.iter().filter(|command| **command != Command::SearchCommands) {
        assert!(shown.iter().any(|text| text.starts_with(command.text())), "{command:?}");
    }
}

impl Window {
    fn type_in_sheet(&mut self, text: &str) {
        self.type_in("Search shortcuts", text);
    }
}

#[test]
fn find_walks_over_names_fields_and_problems_and_shows_each() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::F);
    window.type_in("Find in the diagram", "order");
    assert!(window.sees("Orders, Name") && window.sees("Orders table, Name"));
    let bar = window.harness.ctx.memory(|memory| memory.area_rect(egui::Id::unique("search bar"))).unwrap();
    assert!(bar.height() > 150.0, "{bar:?}: a list of one row and a half is no list");
    window.press(NONE, Key::Enter);
    assert_eq!(window.selected(), ["orders"]);
    window.press(NONE, Key::Enter);
    assert_eq!(window.selected(), ["table"]);
    window.press(Modifiers::SHIFT, Key::Enter);
    assert_eq!(window.selected(), ["orders"]);
    assert!(window.sees("1 of "));
    window.picture("find");
    window.type_in("Find in the diagram", " dead");
    assert!(window.sees("Problem: "), "what is wrong is found by its words");
    window.press(NONE, Key::Escape);
    assert!(window.app().state.search.is_none());
    window.press(COMMAND, Key::F);
    window.type_in("Find in the diagram", "512 memory");
    window.click("Worker, Field: memory: 512 MiB");
    assert_eq!(window.selected(), ["worker"]);
}

#[test]
fn a_bookmark_is_named_found_gone_to_and_deleted_and_stays_in_the_file() {
    let mut window = Window::shop();
    window.press(COMMAND | Modifiers::SHIFT, Key::B);
    assert!(window.sees("Name of bookmark View 1"));
    window.press(COMMAND, Key::A);
    window.type_in("Name of bookmark View 1", "The whole shop");
    window.press(NONE, Key::Enter);
    assert!(window.sees("Go to The whole shop"));
    window.picture("bookmarks");
    window.press(NONE, Key::Escape);
    assert!(window.sees("66 %"));
    window.press(COMMAND, Key::Num0);
    assert!(window.sees("100 %"));
    window.press(COMMAND, Key::P);
    window.type_in("Go to", "whole");
    window.press(NONE, Key::Enter);
    assert!(window.sees("66 %"), "the view is that of the bookmark");
    assert!(window.app().front.document.text().contains("The whole shop"));
    window.press(COMMAND, Key::K);
    window.type_in("Search commands", "bookmarks…");
    window.press(NONE, Key::Enter);
    window.click("Delete The whole shop");
    assert!(window.app().front.document.diagram().bookmarks.is_empty());
}

#[test]
fn the_overview_moves_the_view_and_can_be_closed_for_good() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::Num0);
    for _ in 0..4 {
        window.press(COMMAND, Key::Plus);
    }
    window.picture("overview");
    let map = window.harness.get_by_label_contains("Overview of the drawing").rect();
    assert!(!window.sees("Clients, Client"), "the left end is out of sight");
    window.harness.drag_at(map.left_center() + egui::vec2(14.0, 0.0));
    window.harness.drop_at(map.left_center() + egui::vec2(14.0, 0.0));
    window.run();
    assert!(window.sees("Clients, Client"));
    window.click("Hide the overview");
    assert!(!window.sees("Overview of the drawing"));
    assert!(!window.app().settings.preferences.minimap);
}

#[test]
fn settings_are_searched_and_in_force_at_once() {
    let mut window = Window::shop();
    window.press(COMMAND, Key::Comma);
    window.picture("settings");
    window.click("Light");
    assert_eq!(window.app().settings.preferences.theme, plimsoll::settings::ThemeChoice::Light);
    window.click("200 %");
    assert!((window.harness.ctx.zoom_factor() - 1.5).abs() < 1e-6, "as large as the window has room");
    window.picture("settings-200");
    window.click("Reset to defaults");
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
    window.harness.get_by_role_and_label(Role::TextInput, "Search settings").focus();
    window.run();
    window.type_in("Search settings", "touchpad");
    assert!(window.sees("Scrolling") && !window.sees("Theme"));
    window.click("Pans");
    assert_eq!(window.app().settings.preferences.wheel, plimsoll::settings::Wheel::Pan);
}

#[test]
fn reduced_motion_shows_the_end_of_a_movement_at_once() {
    use plimsoll::settings::{Motion, Preferences};
    for (motion, at_once) in [(Motion::Full, false), (Motion::Reduced, true)] {
        let mut window = Window::shop();
        window.app().settings.preferences = Preferences { motion, ..Preferences::default() };
        window.run();
        window.app().command(&egui::Context::default(), Command::ZoomOut);
        // One frame.
        window.harness.step();
        let soon = window.app().screen_of(&"clients".into());
        for _ in 0..20 {
            window.run();
        }
        assert_eq!(soon == window.app().screen_of(&"clients".into()), at_once, "{motion:?}");
    }
}
