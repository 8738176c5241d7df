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
    drag(&mut window, "Fault: worker", egui::vec2(60.0, 0.0));
    assert_eq!(steps(&mut window), before + 1, "a drag is one step");
    let moved = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(moved.from > 120.0 && ((moved.to - moved.from) - 120.0).abs() < 1e-6, "{moved:?}");

    let bar = window.harness.get_by_label_contains("Fault: worker").rect();
    drag_from(&mut window, bar.right_center() - egui::vec2(1.0, 0.0), egui::vec2(40.0, 0.0));
    let longer = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(longer.from.to_bits() == moved.from.to_bits() && longer.to > moved.to, "{longer:?}");

    window.fill("Factor", "2.5");
    window.fill("Lasts", "30 s");
    let edited = scenario(&mut window).plan(&"default".into()).0.faults[0].clone();
    assert!(((edited.to - edited.from) - 30.0).abs() < 1e-6 && edited.effect.to_string() == "2.5 times as slow", "{edited:?}");

    window.harness.get_by_label_contains("Fault: worker").click();
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
