//! Several documents, files that change, versions, differences.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::{sample::SHOP, window::Window};

const OTHER: &str = "{\"plimsoll\": 1, \"name\": \"Other\"}\n";

/// A window with the shop and, in front, another file.
fn two() -> Window {
    let mut window = Window::shop();
    open(&mut window, "other.plimsoll.json", OTHER);
    window
}

fn open(window: &mut Window, name: &str, text: &str) {
    let path = window.home().path().join(name);
    std::fs::write(&path, text).unwrap();
    window.press(Modifiers::COMMAND, Key::O);
    window.fill("File name or path", path.to_str().unwrap());
    window.press(Modifiers::NONE, Key::Enter);
}

fn rename(window: &mut Window, name: &str) {
    let edit = plimsoll_models::Edit::RenameDiagram(name.to_owned());
    window.app().front.document.perform(&edit, None).unwrap();
    window.run();
}

/// The sentences of all tabs, from left to right.
fn tabs(window: &Window) -> Vec<String> {
    let tabs = window.harness.query_all_by_role(Role::Tab);
    let mut found: Vec<(i64, String)> = tabs
        .filter(|tab| tab.accesskit_node().label().is_some_and(|label| label.starts_with("Diagram ")))
        .map(|tab| (tab.rect().left() as i64, tab.accesskit_node().label().unwrap_or_default()))
        .collect();
    found.sort();
    found.into_iter().map(|(_, label)| label).collect()
}

#[test]
fn a_second_file_opens_in_a_tab_and_the_keys_go_between_them() {
    let mut window = Window::shop();
    assert!(tabs(&window).is_empty(), "one document needs no tabs");
    open(&mut window, "other.plimsoll.json", OTHER);
    assert_eq!(tabs(&window), ["Diagram shop, tab 1 of 2", "Diagram other, tab 2 of 2"]);
    assert_eq!(window.app().front.document.diagram().name, "Other");
    window.press(Modifiers::COMMAND, Key::Tab);
    assert_eq!(window.app().front.document.diagram().name, "Shop");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Tab);
    assert_eq!(window.app().front.document.diagram().name, "Other");
    window.press(Modifiers::COMMAND, Key::Num1);
    assert_eq!(window.app().front.document.diagram().name, "Shop");
    window.click("Diagram other, tab 2 of 2");
    assert_eq!(window.app().front.document.diagram().name, "Other");
    window.picture("tabs");
}

#[test]
fn what_belongs_to_a_document_stays_with_it() {
    let mut window = two();
    window.press(Modifiers::COMMAND, Key::Num1);
    window.select("worker");
    window.inject();
    window.press(Modifiers::COMMAND, Key::Num2);
    let app = window.app();
    assert!(app.front.selection.is_empty() && app.front.runs.latest.is_none() && !app.settings.panels.results);
    rename(&mut window, "Mine");
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(!window.app().front.document.is_dirty());
    assert!(window.app().front.selection.nodes.contains("worker") && window.app().settings.panels.results);
    assert!(window.sees("1 of 2 objectives broken"));
    assert_eq!(tabs(&window)[1], "Diagram other, edited, tab 2 of 2");
}

#[test]
fn each_tab_runs_its_own_simulation() {
    let mut window = two();
    window.press(Modifiers::COMMAND, Key::Num1);
    window.click("Run with F5");
    window.press(Modifiers::COMMAND, Key::Num2);
    assert!(!window.app().front.runs.is_running());
    let start = std::time::Instant::now();
    while tabs(&window)[0].contains("running") && start.elapsed().as_secs() < 60 {
        window.run();
    }
    assert!(window.app().front.runs.latest.is_none());
    window.press(Modifiers::COMMAND, Key::Num1);
    assert!(window.app().front.runs.latest.is_some());
    assert!(window.sees("Gives first"), "the answer waits in its tab");
}

#[test]
fn a_file_that_is_open_is_not_opened_twice() {
    let mut window = two();
    rename(&mut window, "Mine");
    open(&mut window, "shop.plimsoll.json", SHOP);
    assert_eq!(window.app().front.document.diagram().name, "Shop");
    window.press(Modifiers::COMMAND, Key::O);
    window.fill("File name or path", "other.plimsoll.json");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(tabs(&window).len(), 2);
    assert_eq!(window.app().front.document.diagram().name, "Mine");
}

#[test]
fn an_empty_diagram_gives_way_and_an_edited_one_stays() {
    let mut window = Window::open();
    window.click("New diagram");
    open(&mut window, "shop.plimsoll.json", SHOP);
    assert!(tabs(&window).is_empty(), "nobody touched the empty one");
    window.press(Modifiers::COMMAND, Key::N);
    rename(&mut window, "Draft");
    window.press(Modifiers::COMMAND, Key::N);
    assert_eq!(tabs(&window), ["Diagram shop, tab 1 of 3", "Diagram Draft, edited, tab 2 of 3", "Diagram Untitled, tab 3 of 3"]);
}

#[test]
fn closing_asks_for_what_would_be_lost_and_the_last_one_gives_way_to_the_gallery() {
    let mut window = two();
    rename(&mut window, "Mine");
    window.press(Modifiers::COMMAND, Key::W);
    assert!(window.sees("Save the changes?"));
    window.click("Cancel");
    assert_eq!(tabs(&window).len(), 2);
    window.press(Modifiers::COMMAND, Key::W);
    window.click("Save");
    assert!(std::fs::read_to_string(window.home().path().join("other.plimsoll.json")).unwrap().contains("Mine"));
    assert_eq!(window.app().front.document.diagram().name, "Shop");
    window.press(Modifiers::COMMAND, Key::W);
    assert!(window.sees("Examples"), "the gallery shows when no document is open");
    assert!(tabs(&window).is_empty());
}

#[test]
fn a_tab_behind_closes_by_its_button_and_by_the_middle_of_the_mouse() {
    let mut window = two();
    open(&mut window, "third.plimsoll.json", "{\"plimsoll\": 1, \"name\": \"Third\"}");
    window.click("Close shop");
    assert_eq!(tabs(&window), ["Diagram other, tab 1 of 2", "Diagram third, tab 2 of 2"]);
    assert_eq!(window.app().front.document.diagram().name, "Third");
    let at = window.harness.get_by_label("Diagram third, tab 2 of 2").rect().center();
    for pressed in [true, false] {
        let button = egui::PointerButton::Middle;
        window.harness.event(egui::Event::PointerMoved(at));
        window.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        window.harness.step();
    }
    window.run();
    assert_eq!(window.app().front.document.diagram().name, "Other");
}

#[test]
fn a_tab_can_be_dragged_to_another_place() {
    let mut window = two();
    let from = window.harness.get_by_label("Diagram shop, tab 1 of 2").rect().center();
    let to = window.harness.get_by_label("Diagram other, tab 2 of 2").rect().center();
    window.harness.drag_at(from);
    for step in 1..=8 {
        window.harness.hover_at(from + (to - from) * (step as f32 / 8.0));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(to);
    window.run();
    assert_eq!(tabs(&window), ["Diagram other, tab 1 of 2", "Diagram shop, tab 2 of 2"]);
    assert_eq!(window.app().front.document.diagram().name, "Shop");
}

#[test]
fn quitting_asks_for_every_document_and_cancel_keeps_them_all() {
    let mut window = two();
    rename(&mut window, "Mine");
    window.press(Modifiers::COMMAND, Key::Num1);
    rename(&mut window, "Shop 2");
    let quit = |window: &mut Window| {
        window.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.push(egui::ViewportEvent::Close);
        window.harness.step();
        window.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.clear();
        window.run();
    };
    quit(&mut window);
    assert!(window.sees("“shop.plimsoll.json” has changes"));
    window.click("Don't save");
    assert!(window.sees("“other.plimsoll.json” has changes"));
    window.click("Cancel");
    assert_eq!(tabs(&window).iter().filter(|tab| tab.contains("edited")).count(), 2, "nothing is lost");
    quit(&mut window);
    assert!(window.sees("“shop.plimsoll.json” has changes"), "cancel took back what was said before");
    window.click("Save");
    window.click("Don't save");
    assert!(!window.sees("Save the changes?"));
    assert!(std::fs::read_to_string(window.home().path().join("shop.plimsoll.json")).unwrap().contains("Shop 2"));
}

#[test]
fn every_document_of_a_crash_comes_back() {
    let window = Window::open();
    let folder = window.home().path().join("data/journal");
    for (index, name) in ["First", "Second", "Third"].into_iter().enumerate() {
        let text = format!("{{\"plimsoll\": 1, \"name\": \"{name}\"}}");
        let entry = serde_json::json!({"path": null, "title": name, "text": text});
        std::fs::write(folder.join(format!("1-{index}.json")), entry.to_string()).unwrap();
    }
    let mut second = Window::in_home(window.home(), None);
    second.harness.get_all_by_label("Restore").next().unwrap().click();
    second.run();
    assert_eq!(second.app().front.document.diagram().name, "First");
    assert!(second.sees("Second") && second.sees("Third"), "the others are still offered");
    second.click("Restore all");
    assert_eq!(tabs(&second).iter().filter(|tab| tab.contains("edited")).count(), 3);
}

/// Goes on until the window says something, at most half a minute.
fn wait_for(window: &mut Window, text: &str) {
    let start = std::time::Instant::now();
    while !window.sees(text) && start.elapsed().as_secs() < 30 {
        window.harness.step();
    }
    assert!(window.sees(text), "waited for: {text}");
}

/// Another program writes the file of the shop.
fn write_shop(window: &Window, text: &str) {
    std::fs::write(window.home().path().join("shop.plimsoll.json"), text).unwrap();
}

fn slower() -> String {
    SHOP.replacen("\"Shop\"", "\"Shop of others\"", 1)
}

#[test]
fn a_file_that_changes_on_disk_is_noticed_and_reload_keeps_mine_in_the_history() {
    let mut window = Window::shop();
    rename(&mut window, "Mine");
    write_shop(&window, &slower());
    wait_for(&mut window, "was changed on disk");
    window.picture("disk");
    window.click("Reload");
    assert_eq!(window.app().front.document.diagram().name, "Shop of others");
    assert!(!window.app().front.document.is_dirty() && !window.sees("was changed on disk"));
    assert!(window.sees("name Mine → Shop of others"));
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.diagram().name, "Mine");
    assert!(window.app().front.document.is_dirty());
}

#[test]
fn an_unmodified_document_asks_too_and_keep_mine_asks_no_more() {
    let mut window = Window::shop();
    write_shop(&window, &slower());
    wait_for(&mut window, "was changed on disk");
    assert_eq!(window.app().front.document.diagram().name, "Shop", "nothing is taken without asking");
    window.click("Keep mine");
    assert!(!window.sees("was changed on disk") && window.app().front.document.is_dirty());
    window.press(Modifiers::COMMAND, Key::S);
    assert!(!window.sees("Replace what is on the disk?"), "it was decided already");
    assert_eq!(std::fs::read_to_string(window.home().path().join("shop.plimsoll.json")).unwrap(), SHOP);
}

#[test]
fn a_save_never_writes_over_the_work_of_others_unasked() {
    let mut window = Window::shop();
    rename(&mut window, "Mine");
    write_shop(&window, &slower());
    window.press(Modifiers::COMMAND, Key::S);
    assert!(window.sees("Replace what is on the disk?"));
    window.click("Cancel");
    assert_eq!(std::fs::read_to_string(window.home().path().join("shop.plimsoll.json")).unwrap(), slower());
    window.press(Modifiers::COMMAND, Key::S);
    window.click("Replace");
    assert!(std::fs::read_to_string(window.home().path().join("shop.plimsoll.json")).unwrap().contains("Mine"));
    assert!(!window.app().front.document.is_dirty());
}

#[test]
fn a_file_that_goes_is_noticed_and_can_be_saved_again() {
    let mut window = Window::shop();
    let path = window.home().path().join("shop.plimsoll.json");
    std::fs::remove_file(&path).unwrap();
    wait_for(&mut window, "was deleted or moved");
    window.click("Save again");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), SHOP);
    assert!(!window.sees("was deleted or moved"));
}

#[test]
fn the_difference_from_the_disk_is_drawn_and_listed() {
    let mut window = Window::shop();
    window.select("worker");
    window.fill("Timeout", "45 s");
    let remove = plimsoll_models::Edit::Remove { nodes: vec!["orders".into()], edges: Vec::new() };
    window.app().front.document.perform(&remove, None).unwrap();
    write_shop(&window, &slower());
    wait_for(&mut window, "was changed on disk");
    window.click("Show difference");
    assert!(window.sees("Compared with the file on disk"));
    assert!(window.sees("name Shop of others → Shop"));
    assert!(
        window
            .harness
            .query_all_by_role(Role::Button)
            .any(|button| { button.accesskit_node().label().is_some_and(|label| label.contains("timeout") && label.contains("→ 45 s")) })
    );
    window.picture("difference");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.sees("Compared with"));
}

#[test]
fn saves_keep_versions_that_can_be_compared_and_restored() {
    let mut window = Window::shop();
    for name in ["First", "Second"] {
        rename(&mut window, name);
        window.press(Modifiers::COMMAND, Key::S);
        let start = std::time::Instant::now();
        let versions =
            plimsoll::versions::Versions::of(&window.home().path().join("data"), &window.home().path().join("shop.plimsoll.json"));
        let newest = || versions.list().first().and_then(|version| version.text().ok()).unwrap_or_default();
        while !newest().contains(name) && start.elapsed().as_secs() < 30 {
            window.run();
        }
    }
    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::Versions);
    window.run();
    assert!(window.sees("Diagram: name First → Second"));
    window.picture("versions");
    window.harness.get_all_by_label("Compare").nth(1).unwrap().click();
    window.run();
    assert!(window.sees("Diagram: name First → Second"), "the list of differences");
    window.press(Modifiers::NONE, Key::Escape);
    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::Versions);
    window.run();
    window.harness.get_all_by_label("Restore").nth(1).unwrap().click();
    window.run();
    assert_eq!(window.app().front.document.diagram().name, "First");
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.diagram().name, "Second", "restoring is a step that can be undone");
}

#[test]
fn two_files_are_compared() {
    let mut window = Window::shop();
    let other = window.home().path().join("theirs.plimsoll.json");
    std::fs::write(&other, slower()).unwrap();
    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::Compare);
    window.run();
    window.fill("File name or path", other.to_str().unwrap());
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.sees("Compared with “theirs.plimsoll.json”") && window.sees("1 difference"));
    window.click("End comparison");
    assert!(!window.sees("Compared with"));
}

/// A file that was dropped on the window.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_dropped_diagram_opens_and_another_file_is_named_for_what_it_is() {
    let mut window = Window::shop();
    for (name, text) in [("other.plimsoll.json", OTHER), ("template.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n")] {
        let path = window.home().path().join(name);
        std::fs::write(&path, text).unwrap();
        window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path)));
        window.harness.step();
        window.harness.input_mut().dropped_files.clear();
        window.run();
    }
    assert_eq!(window.app().front.document.diagram().name, "Other");
    assert!(window.sees("“template.yaml” is a CloudFormation template."));
    assert!(window.sees(".plimsoll.json"));
}

#[test]
fn undo_says_what_it_took_back_and_shows_it() {
    let mut window = Window::shop();
    window.select("worker");
    window.fill("Timeout", "45 s");
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::COMMAND, Key::Z);
    assert!(window.sees("Undone: Set timeout · Worker: timeout 45 s →"), "the status bar tells the values");
}

#[test]
fn undo_moves_the_view_to_what_came_back() {
    let mut window = Window::shop();
    let far = plimsoll_models::Edit::AddNode {
        id: "far".into(),
        node: plimsoll_models::Node::new("aws/sqs", "Far away"),
        at: plimsoll_models::Point::new(9_000.0, 9_000.0),
    };
    window.app().front.document.perform(&far, None).unwrap();
    let remove = plimsoll_models::Edit::Remove { nodes: vec!["far".into()], edges: Vec::new() };
    window.app().front.document.perform(&remove, None).unwrap();
    window.run();
    let seen = |window: &Window| window.harness.query_all_by_label_contains("Far away").any(|node| node.rect().width() > 10.0);
    assert!(!seen(&window));
    window.press(Modifiers::COMMAND, Key::Z);
    assert!(window.sees("Undone: Delete · Far away (SQS queue) added"));
    assert!(window.harness.query_all_by_label_contains("Far away, ").next().is_some(), "its box is on the screen");
}

#[test]
fn the_history_tells_what_each_step_changed_goes_to_one_and_compares_with_it() {
    let mut window = Window::shop();
    rename(&mut window, "First");
    rename(&mut window, "Second");
    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::History);
    window.run();
    window.picture("history");
    assert!(window.sees("Step 0, Open"), "the first step changed nothing");
    assert!(window.sees("Step 2, Rename · Diagram: name First → Second, present state"));
    window.harness.get_by_label_contains("Step 1, Rename · Diagram: name").click();
    window.run();
    assert!(window.sees("Step 2, Rename · Diagram: name First → Second, undone"), "what was taken back says so and can be made again");
    assert_eq!(window.app().front.document.diagram().name, "First");
    window.harness.get_by_label_contains("Step 2, Rename").click();
    window.run();
    window.click("Compare with step 1");
    assert!(window.sees("step 1 of the history") && window.sees("Diagram: name First → Second"));
}

#[test]
fn the_file_menu_opens_recent_files() {
    let mut window = two();
    window.press(Modifiers::COMMAND, Key::W);
    window.click("File");
    window.click("Open recent");
    window.click("other");
    assert_eq!(window.app().front.document.diagram().name, "Other");
}
