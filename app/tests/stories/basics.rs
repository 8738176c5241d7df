//! Opening, editing, running, saving.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use plimsoll_models::{NodeId, formats::native};

use crate::{sample::SHOP, window::Window};

#[test]
fn the_gallery_opens_every_example() {
    for example in plimsoll::examples::EXAMPLES {
        let mut window = Window::open();
        window.click(&format!("Open example {}", example.title));
        let expected = native::read(example.document).unwrap().diagram;
        assert_eq!(**window.app().front.document.diagram(), expected, "{}", example.name);
        assert!(!window.app().front.document.is_dirty());
    }
}

#[test]
fn the_palette_adds_a_node_in_the_middle_and_selects_it() {
    let mut window = Window::open();
    window.click("New diagram");
    window.click("AWS Lambda function");
    let app = window.app();
    assert_eq!(app.front.document.diagram().nodes.len(), 1);
    assert_eq!(app.front.selection.nodes.len(), 1);
    window.fill("Search services", "dynamo");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().front.document.diagram().nodes.len(), 2);
}

#[test]
fn a_bad_value_shows_why_and_changes_nothing_and_a_good_one_is_kept_as_typed() {
    let mut window = Window::shop();
    window.select("worker");
    window.fill("Timeout", "fast");
    assert!(window.sees("does not start with a number"), "the message stands under the field");
    assert!(!window.app().front.document.diagram().nodes["worker"].fields.contains_key("timeout"));
    window.fill("Timeout", "45 s");
    assert_eq!(window.app().front.document.diagram().nodes["worker"].fields["timeout"], "45 s");
    assert!(!window.sees("does not start with a number"));
    window.click("Reset Timeout");
    assert!(!window.app().front.document.diagram().nodes["worker"].fields.contains_key("timeout"));
}

#[test]
fn typing_in_a_field_is_one_step_and_undo_takes_it_back() {
    let mut window = Window::shop();
    window.select("worker");
    let before = window.app().front.document.text();
    window.fill("Timeout", "45 s");
    let after = window.app().front.document.text();
    window.harness.get_by_label("Undo: Set timeout (Ctrl+Z)").click();
    window.run();
    assert_eq!(window.app().front.document.text(), before);
    assert!(!window.app().front.document.is_dirty());
    window.harness.get_by_label_contains("Redo: Set timeout").click();
    window.run();
    assert_eq!(window.app().front.document.text(), after);
}

#[test]
fn text_fields_keep_their_keys() {
    let mut window = Window::shop();
    window.select("worker");
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Name").click();
    window.run();
    window.press(Modifiers::NONE, Key::Delete);
    window.press(Modifiers::NONE, Key::F);
    assert!(window.app().front.document.diagram().nodes.contains_key("worker"), "Delete in a text field deletes no node");
    window.app().front.selection = plimsoll::gui::canvas::Selection::node(NodeId::new("worker"));
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::NONE, Key::Delete);
    assert!(!window.app().front.document.diagram().nodes.contains_key("worker"));
    assert_eq!(window.app().front.document.diagram().edges.len(), 2);
}

#[test]
fn run_starts_a_simulation_and_its_answer_appears() {
    let mut window = Window::shop();
    window.click("Run with F5");
    assert!(window.app().front.runs.is_running() || window.app().front.runs.latest.is_some());
    window.wait_for_run();
    assert!(window.app().front.runs.latest.is_some(), "{:?}", window.app().front.runs.state);
    window.run();
    assert!(window.sees("Gives first"));
}

#[test]
fn results_name_the_limit_and_a_finding_leads_to_its_node() {
    let mut window = Window::shop();
    window.inject();
    assert!(window.sees("1 of 2 objectives broken"));
    for tab in ["Latency", "Throughput", "Limits", "Journeys", "Ledger", "Cost", "Assumptions 1", "Traces", "Findings 2"] {
        window.click(tab);
    }
    window.click("Orders has no dead-letter queue");
    assert_eq!(window.app().front.selection.nodes.iter().map(NodeId::as_str).collect::<Vec<_>>(), ["orders"]);
    window.click("Apply fix");
    assert_eq!(window.app().front.document.diagram().nodes["worker"].fields["duration"], "40 ms");
    window.run();
    assert!(window.sees("changed since this run"), "results of an older diagram say so");
}

#[test]
fn a_pinned_result_is_shown_beside_the_next_one() {
    let mut window = Window::shop();
    window.inject();
    window.click("Keeps this result to compare later ones with");
    window.inject();
    assert!(window.sees("was 229 ms"));
}

#[test]
fn save_writes_the_file_and_the_dot_goes() {
    let mut window = Window::shop();
    let path = window.home().path().join("shop.plimsoll.json");
    window.select("worker");
    window.fill("Name", "Packer");
    assert!(window.sees("Edited"));
    window.press(Modifiers::COMMAND, Key::S);
    assert!(window.sees("Saved"));
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(saved, window.app().front.document.text());
    assert!(saved.contains("Packer"));
    assert!(window.app().front.document.history().undo_label().is_some(), "history survives a save");
}

#[test]
fn save_as_asks_before_it_replaces() {
    let mut window = Window::shop();
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.fill("File name or path", "shop.plimsoll.json");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.sees("exists already"));
    window.fill("File name or path", "copy");
    window.press(Modifiers::NONE, Key::Enter);
    let copy = window.home().path().join("copy.plimsoll.json");
    assert_eq!(std::fs::read_to_string(copy).unwrap(), SHOP, "an unmodified document keeps its bytes");
}

#[test]
fn a_file_that_is_none_leaves_the_document_alone() {
    let mut window = Window::shop();
    let bad = window.home().path().join("bad.plimsoll.json");
    std::fs::write(&bad, "{\"plimsoll\": 1, \"nodes\": ").unwrap();
    window.press(Modifiers::COMMAND, Key::O);
    window.fill("File name or path", "bad.plimsoll.json");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.sees("This file cannot be opened"));
    window.click("OK");
    assert_eq!(window.app().front.document.diagram().name, "Shop");
}

#[test]
fn copy_and_paste_work_as_text() {
    let mut window = Window::shop();
    window.select("worker");
    // One frame, in which it is copied.
    let press = egui::Event::Key { key: Key::C, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::COMMAND };
    window.harness.input_mut().events.push(press);
    window.harness.step();
    let copied = window
        .harness
        .output()
        .platform_output
        .commands
        .iter()
        .find_map(|command| if let egui::OutputCommand::CopyText(text) = command { Some(text.clone()) } else { None });
    window.harness.event(egui::Event::Paste(copied.unwrap()));
    window.run();
    assert_eq!(window.app().front.document.diagram().nodes.len(), 6);
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.diagram().nodes.len(), 5);
}

#[test]
fn the_command_palette_finds_and_does() {
    let mut window = Window::shop();
    window.press(Modifiers::COMMAND, Key::K);
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Search commands").type_text("light");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(window.app().settings.preferences.theme, plimsoll::settings::ThemeChoice::Light);
    window.press(Modifiers::NONE, Key::F1);
    assert!(window.sees("Keyboard shortcuts"));
}

#[test]
fn what_a_crash_left_behind_is_offered() {
    let window = Window::open();
    let folder = window.home().path().join("data/journal");
    let entry = serde_json::json!({"path": null, "title": "Precious", "text": SHOP});
    std::fs::write(folder.join("1-0.json"), entry.to_string()).unwrap();
    let mut second = Window::in_home(window.home(), None);
    second.picture("restore");
    assert!(second.sees("Precious"));
    second.click("Restore");
    assert_eq!(second.app().front.document.diagram().name, "Shop");
    assert!(second.app().front.document.is_dirty());
}

#[test]
fn the_inspector_shows_edges_account_and_diagram() {
    let mut window = Window::shop();
    window.app().front.selection = plimsoll::gui::canvas::Selection::edge("orders-worker".into());
    window.run();
    assert!(window.sees("Batch size"));
    window.fill("Batch size", "0.5");
    assert!(!window.app().front.document.diagram().edges["orders-worker"].fields.contains_key("batch_size"));
    window.app().front.selection = plimsoll::gui::canvas::Selection::default();
    window.run();
    window.click("Account");
    assert!(window.sees("Applied quotas"));
    window.click("Diagram");
    assert!(window.sees("OrderPlaced"));
}
