//! The panels: scenarios with their load and faults, notes, history, event types, several things at once.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use plimsoll::gui::state::Tab;
use plimsoll_models::Scenario;
use serde_json::{Value, json};

use crate::window::Window;

fn timeline() -> Window {
    let mut window = Window::shop();
    window.app().settings.panels.results = true;
    window.app().front.tab = Tab::Scenario;
    window.run();
    window
}

fn scenario(window: &mut Window) -> Scenario {
    let id = window.app().front.scenario.clone().unwrap_or_else(|| "default".into());
    (*window.app().front.document.diagram().scenarios[&id]).clone()
}

fn drag(window: &mut Window, label: &str, by: egui::Vec2) {
    let center = window.harness.get_by_label_contains(label).rect().center();
    drag_from(window, center, by);
}

fn drag_from(window: &mut Window, from: egui::Pos2, by: egui::Vec2) {
    window.harness.hover_at(from);
    window.run();
    window.harness.drag_at(from);
    window.run();
    for part in 1..=8 {
        window.harness.hover_at(from + by * (part as f32 / 8.0));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(from + by);
    window.run();
}

fn steps(window: &mut Window) -> usize {
    window.app().front.document.history().steps().0.len()
}

#[test]
fn a_fault_is_added_moved_stretched_edited_and_deleted_on_the_timeline() {
    let mut window = timeline();
    assert!(window.sees("Nothing goes wrong in this scenario"));
    window.click("Add fault");
    window.click("Slow");
    window.click("Worker");
    let faults = |window: &mut Window| scenario(window).fields.get("faults").cloned();
    assert_eq!(faults(&mut window), Some(json!([{"kind": "slow", "on": "worker", "from": "2 min", "to": "4 min", "factor": 4}])));

    let before = steps(&mut window);
    drag(&mut window, "Fault: Worker", egui::vec2(60.0, 0.0));
    assert_eq!(steps(&mut window), before + 1, "a drag is one step");
    let moved = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(moved.from > 120.0 && ((moved.to - moved.from) - 120.0).abs() < 1e-6, "{moved:?}");

    let bar = window.harness.get_by_label_contains("Fault: Worker").rect();
    drag_from(&mut window, bar.right_center() - egui::vec2(1.0, 0.0), egui::vec2(40.0, 0.0));
    let longer = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(longer.from.to_bits() == moved.from.to_bits() && longer.to > moved.to, "{longer:?}");

    window.fill("Factor", "2.5");
    window.fill("Lasts", "30 s");
    let edited = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(((edited.to - edited.from) - 30.0).abs() < 1e-6 && edited.effect.to_string() == "2.5 times as slow", "{edited:?}");

    window.harness.get_by_label_contains("Fault: Worker").click();
    window.run();
    window.press(Modifiers::NONE, Key::Delete);
    assert_eq!(faults(&mut window), None);
    assert_eq!(window.app().front.document.diagram().nodes.len(), 5, "the key is not the canvas's");
    window.press(Modifiers::COMMAND, Key::Z);
    assert!(faults(&mut window).is_some());
}

#[test]
fn a_wrong_fault_says_what_is_wrong_with_it() {
    let mut window = timeline();
    window.click("Add fault");
    window.click("Outage");
    window.click("API");
    window.fill("Begins", "9 min");
    assert!(window.sees("a fault must end after it begins"));
    window.fill("Begins", "soon");
    assert!(window.sees("does not start with a number"));
    window.press(Modifiers::COMMAND, Key::Z);
    window.harness.get_by_label_contains("Remove fault").click();
    window.run();
    assert!(!scenario(&mut window).fields.contains_key("faults"));
}

#[test]
fn a_load_is_drawn_by_hand_and_spelled_as_in_the_file() {
    let mut window = timeline();
    let load = |window: &mut Window| scenario(window).fields.get("load").and_then(|load| load["clients"].as_str().map(ToOwned::to_owned));
    assert_eq!(load(&mut window), None, "the producer's own load is shown");
    assert!(window.sees("Load of Clients: poisson(200/s)"));
    window.click("Add point");
    assert_eq!(load(&mut window).unwrap(), "step(from=200/s, to=200/s, at=5 min)");

    let before = steps(&mut window);
    drag(&mut window, "Point 2 of 2", egui::vec2(0.0, -300.0));
    assert_eq!(steps(&mut window), before + 1);
    assert_eq!(load(&mut window).unwrap(), "step(from=200/s, to=250/s, at=5 min)", "to the top of the axis");

    window.fill("Rate of point 2", "1.5k/s");
    window.fill("Time of point 2", "6 min");
    assert_eq!(load(&mut window).unwrap(), "step(from=200/s, to=1500/s, at=6 min)");
    window.click("Lines");
    assert_eq!(load(&mut window).unwrap(), "ramp(from=200/s, to=1500/s, over=6 min)");
    window.click("Add point");
    assert_eq!(load(&mut window).unwrap(), "curve(200/s at 0 s, 1500/s at 6 min, 1500/s at 8 min)");
    window.harness.get_by_label_contains("Point 3 of 3").click();
    window.run();
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert!(load(&mut window).unwrap().contains("1495/s at 8 min"), "{:?}", load(&mut window));
    window.press(Modifiers::NONE, Key::Delete);
    assert_eq!(load(&mut window).unwrap(), "curve(200/s at 0 s, 1500/s at 6 min)");
    window.click("Reset Load as text");
    assert_eq!(load(&mut window), None);
}

#[test]
fn scenarios_are_added_named_made_the_default_and_removed() {
    let mut window = timeline();
    window.harness.get_all_by_label("Add an empty scenario").next().unwrap().click();
    window.run();
    assert_eq!(window.app().front.document.diagram().scenarios.len(), 3);
    window.click("Rename this scenario");
    window.fill("Scenario name", "Quiet night");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(scenario(&mut window).fields["name"], Value::from("Quiet night"));
    window.click("Make this the default scenario");
    assert_eq!(window.app().front.document.diagram().scenarios["default"].fields["name"], Value::from("Quiet night"));
    assert_eq!(window.app().front.document.diagram().scenarios["scenario"].fields["name"], Value::from("Normal day"));
    window.harness.get_all_by_label("Remove this scenario").next().unwrap().click();
    window.run();
    assert_eq!(window.app().front.document.diagram().scenarios.len(), 2);
    assert!(window.harness.query_all_by_role(Role::Slider).count() > 0);
}

fn notes(window: &mut Window) -> std::collections::BTreeMap<plimsoll_models::NoteId, std::sync::Arc<plimsoll_models::Note>> {
    window.app().front.document.diagram().notes.clone()
}

/// Replaces the words of the note in the inspector.
fn write(window: &mut Window, text: &str) {
    window.click("Text of the note");
    window.press(Modifiers::COMMAND, Key::A);
    window.harness.get_by_label("Text of the note").type_text(text);
    window.run();
}

fn lay_on_clipboard(window: &mut Window, text: String, shift: bool) {
    let modifiers = if shift { Modifiers::COMMAND | Modifiers::SHIFT } else { Modifiers::COMMAND };
    window.harness.event_modifiers(egui::Event::Paste(text), modifiers);
    window.run();
}

#[test]
fn a_note_is_written_moved_numbered_walked_to_hidden_and_deleted() {
    let mut window = Window::shop();
    window.select("worker");
    window.press(Modifiers::NONE, Key::N);
    write(&mut window, "# Slow\nThe **table** is the limit");
    let written = notes(&mut window)["note"].clone();
    assert_eq!(written.text, "# Slow\nThe **table** is the limit");
    assert_eq!(written.about, Some(plimsoll_models::About::Node("worker".into())));

    let before = steps(&mut window);
    drag(&mut window, "Note: # Slow", egui::vec2(80.0, 90.0));
    let moved = notes(&mut window)["note"].clone();
    assert!(moved.at.x > written.at.x && moved.at.y > written.at.y, "{:?} to {:?}", written.at, moved.at);
    assert_eq!(steps(&mut window), before + 1, "a drag is one step");

    window.click("Numbered step");
    assert_eq!(notes(&mut window)["note"].step, Some(1));
    window.press(Modifiers::NONE, Key::Escape);
    window.press(Modifiers::NONE, Key::N);
    write(&mut window, "Second");
    window.click("Numbered step");
    assert_eq!(notes(&mut window)["note-2"].step, Some(2));
    window.click("Earlier step");
    assert_eq!((notes(&mut window)["note"].step, notes(&mut window)["note-2"].step), (Some(2), Some(1)));
    window.press(Modifiers::NONE, Key::PageDown);
    assert!(window.sees("2 of 2"), "the walk goes on to the other note");

    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::ToggleNotes);
    window.run();
    assert!(!window.sees("Note, step 1: Second"));
    window.app().command(&egui::Context::default(), plimsoll::gui::command::Command::ToggleNotes);
    window.run();
    assert!(window.sees("Note, step 1: Second"));

    window.press(Modifiers::NONE, Key::PageUp);
    window.press(Modifiers::NONE, Key::Delete);
    assert_eq!(notes(&mut window).len(), 1);
    assert_eq!(window.app().front.document.diagram().nodes.len(), 5);
}

#[test]
fn settings_of_several_things_are_set_at_once_and_differences_are_said() {
    let mut window = Window::shop();
    window.select("worker");
    window.press(Modifiers::COMMAND, Key::D);
    window.press(Modifiers::NONE, Key::Escape);
    let fields = |window: &mut Window, id: &str| window.app().front.document.diagram().nodes[id].fields.clone();
    window.select("worker-2");
    window.fill("Memory", "1 GiB");
    window.app().front.selection.nodes.insert("worker".into());
    window.run();
    assert!(window.sees("2 nodes selected"));
    let before = steps(&mut window);
    window.fill("Timeout", "45 s");
    assert_eq!((&fields(&mut window, "worker")["timeout"], &fields(&mut window, "worker-2")["timeout"]), (&json!("45 s"), &json!("45 s")));
    assert_eq!(steps(&mut window), before + 1, "typing for all is one step");
    assert_ne!(fields(&mut window, "worker")["memory"], fields(&mut window, "worker-2")["memory"]);
    window.fill("Memory", "2 GiB");
    assert_eq!(fields(&mut window, "worker")["memory"], fields(&mut window, "worker-2")["memory"]);
    window.app().front.selection.nodes.insert("table".into());
    window.run();
    assert!(window.sees("no settings in common"));
}

#[test]
fn settings_are_copied_to_others_of_the_family() {
    let mut window = Window::shop();
    window.select("worker");
    window.press(Modifiers::COMMAND, Key::D);
    let copy = window.app().front.selection.nodes.first().unwrap().clone();
    window.select("worker");
    window.fill("Timeout", "45 s");
    window.press(Modifiers::NONE, Key::Escape);
    window.select("worker");
    window.press(Modifiers::COMMAND | Modifiers::ALT, Key::C);
    assert!(window.sees("settings of Worker"));
    window.select(copy.as_str());
    window.press(Modifiers::COMMAND | Modifiers::ALT, Key::V);
    assert_eq!(window.app().front.document.diagram().nodes[&copy].fields["timeout"], json!("45 s"));
    window.select("table");
    window.press(Modifiers::COMMAND | Modifiers::ALT, Key::V);
    assert!(window.sees("None of the selected nodes has these settings"));
}

#[test]
fn a_paste_keeps_incoming_connections_and_says_what_foreign_text_is() {
    let mut window = Window::shop();
    lay_on_clipboard(&mut window, "digraph { a -> b }".to_owned(), false);
    assert!(window.sees("a Graphviz graph"));
    let part = r#"{"plimsoll": 1, "nodes": {"worker": {"service": "aws/lambda", "name": "Worker"}}}"#;
    lay_on_clipboard(&mut window, part.to_owned(), true);
    let diagram = std::sync::Arc::clone(window.app().front.document.diagram());
    assert!(diagram.edges.values().any(|edge| edge.from.as_str() == "orders" && edge.to.as_str() == "worker-2"), "{:?}", diagram.edges);
    lay_on_clipboard(&mut window, part.to_owned(), false);
    assert_eq!(window.app().front.document.diagram().edges.len(), diagram.edges.len());
}

#[test]
fn a_double_click_adds_a_point_to_the_load() {
    let mut window = timeline();
    let at = window.harness.get_by_label_contains("Load of Clients").rect().center();
    window.harness.hover_at(at);
    window.run();
    let button =
        |pressed| egui::Event::PointerButton { pos: at, button: egui::PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    window.harness.input_mut().events.extend([button(true), button(false), button(true), button(false)]);
    window.run();
    let load = scenario(&mut window).fields["load"]["clients"].clone();
    assert!(load.as_str().unwrap().ends_with("at=5 min)"), "{load}");
}

#[test]
fn the_drawing_is_shown_alone_and_the_panels_come_back() {
    let mut window = Window::shop();
    window.press(Modifiers::COMMAND, Key::B);
    let before = window.app().settings.panels;
    window.press(Modifiers::ALT, Key::Z);
    assert!(!window.app().settings.panels.inspector && !window.sees("Longest drain"));
    window.press(Modifiers::ALT, Key::Z);
    assert_eq!(window.app().settings.panels, before, "the palette stays hidden");
}

#[test]
fn the_event_types_say_who_emits_and_who_takes_them_and_which_are_orphans() {
    let text = r#"{"plimsoll": 1,
        "event_types": {"OrderPlaced": {"size": "2 KiB"}, "Forgotten": {}},
        "nodes": {
            "shop": {"service": "generic/client", "name": "Shop", "fields": {"arrivals": "poisson(5/s)", "events": "OrderPlaced: 9, Surprise: 1"}},
            "jobs": {"service": "aws/sqs", "name": "Jobs"}, "hand": {"service": "aws/lambda", "name": "Hand"}},
        "edges": {"a": {"from": "shop", "to": "jobs", "kind": "send"}, "b": {"from": "jobs", "to": "hand", "kind": "poll"}},
        "layout": {"shop": [0, 0], "jobs": [300, 0], "hand": [600, 0]}}"#;
    let mut window = Window::with_file(Some(text));
    window.click("Diagram");
    assert!(window.sees("Emitted by Shop"), "who emits it");
    assert!(window.sees("Taken by Hand"), "who takes it");
    assert!(window.sees("Nothing emits it"), "an orphan");
    assert!(window.sees("Surprise is not defined"));
    window.click("Define");
    assert!(window.app().front.document.diagram().event_types.contains_key("Surprise"));
    window.click("Show the path of OrderPlaced");
    assert_eq!(window.app().front.selection.nodes.len(), 3, "all that it passes");
}

#[test]
fn the_drawing_is_copied_as_a_picture_and_a_selection_as_a_smaller_one() {
    let mut window = Window::shop();
    let copied = |window: &mut Window| {
        // One frame, in which it is asked for.
        let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
        let press = egui::Event::Key { key: Key::C, physical_key: None, pressed: true, repeat: false, modifiers };
        window.harness.input_mut().events.push(press);
        window.harness.step();
        let commands = &window.harness.output().platform_output.commands;
        commands.iter().find_map(|command| if let egui::OutputCommand::CopyImage(image) = command { Some(image.size) } else { None })
    };
    let whole = copied(&mut window).unwrap();
    window.run();
    assert!(window.sees("Copied as a picture"));
    window.select("worker");
    let part = copied(&mut window).unwrap();
    assert!(part[0] < whole[0] / 2, "{part:?} of {whole:?}");
}
