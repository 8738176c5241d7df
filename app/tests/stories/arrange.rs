//! Putting nodes in order and drawing frames around them.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use plimsoll::gui::canvas::Selection;
use plimsoll_models::{GroupId, NodeId, Point};

use crate::window::Window;

fn choose(window: &mut Window, ids: &[&str]) {
    window.app().front.selection = Selection { nodes: ids.iter().map(NodeId::new).collect(), ..Selection::default() };
    window.run();
}

fn at(window: &mut Window, id: &str) -> Point {
    window.app().front.document.diagram().position(&id.into())
}

#[test]
fn alignment_is_one_step_by_key_and_by_button() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    choose(&mut window, &["api", "orders", "worker"]);
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(at(&mut window, "worker").x, 240.0);
    assert_eq!(window.app().front.document.history().undo_label(), Some("Align left"));
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.text(), before);
    window.harness.get_by_label_contains("Makes the gaps from left to right equal").click();
    window.run();
    window.press(Modifiers::ALT | Modifiers::SHIFT, Key::H);
    assert_eq!(window.app().front.document.text(), before, "equal gaps stay equal, and what changes nothing is no step");
    choose(&mut window, &["api"]);
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(window.app().front.document.text(), before, "one node alone is aligned already");
}

#[test]
fn a_group_is_made_named_typed_nested_and_taken_away() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    choose(&mut window, &["orders", "worker"]);
    window.press(Modifiers::COMMAND, Key::G);
    window.fill("Group name", "Fulfilment");
    window.harness.get_by_label("Group Fulfilment, 2 nodes").click();
    window.run();
    window.click("Group kind");
    window.click("Bounded context");
    assert!(window.sees("Group Fulfilment, Bounded context, 2 nodes"));
    window.app().front.selection.nodes.insert("table".into());
    window.run();
    window.press(Modifiers::COMMAND, Key::G);
    assert!(window.sees("Group Fulfilment, Bounded context, 2 nodes, in group Group 1"));
    assert!(window.sees("Group Group 1, 3 nodes"));
    window.picture("groups");
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert!(!window.sees("in group Group 1"));
    window.app().front.selection = Selection::group(GroupId::new("group"));
    window.run();
    window.press(Modifiers::NONE, Key::Delete);
    let diagram = window.app().front.document.diagram().clone();
    assert_eq!((diagram.nodes.len(), diagram.groups.len(), diagram.edges.len()), (3, 0, 1));
    while window.app().front.document.undo().is_some() {}
    assert_eq!(window.app().front.document.text(), before);
}

#[test]
fn a_pinned_node_says_so() {
    let mut window = Window::shop();
    choose(&mut window, &["worker"]);
    window.press(Modifiers::COMMAND, Key::K);
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Search commands").type_text("pin or");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.app().front.document.diagram().pinned.contains("worker"));
    assert!(window.sees("Worker, Lambda, pinned"));
}

fn drag(window: &mut Window, from: egui::Pos2, by: egui::Vec2) {
    window.harness.hover_at(from);
    window.run();
    window.harness.drag_at(from);
    window.run();
    for share in [0.2, 0.4, 0.6, 0.8, 1.0] {
        window.harness.hover_at(from + by * share);
        window.run();
    }
    window.harness.drop_at(from + by);
    window.run();
}

fn middle(window: &Window, label: &str) -> egui::Pos2 {
    window.harness.get_by_label_contains(label).rect().center()
}

#[test]
fn a_node_is_dragged_out_of_its_group_and_back_and_the_frame_waits() {
    let mut window = Window::shop();
    choose(&mut window, &["orders", "worker"]);
    window.press(Modifiers::COMMAND, Key::G);
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, from, egui::vec2(6.0, 4.0));
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 2, "a short way is a way within the frame");
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, from, egui::vec2(0.0, 220.0));
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes, ["orders".into()].into());
    assert!(window.sees("Group Group 1, 1 node"));
    let (from, to) = (middle(&window, "Worker, Lambda"), middle(&window, "Orders, SQS"));
    drag(&mut window, from, to - from + egui::vec2(20.0, 10.0));
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 2);
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 1, "move and membership are one step");
}

#[test]
fn a_group_is_dragged_by_its_title_with_all_in_it() {
    let mut window = Window::shop();
    choose(&mut window, &["orders", "worker"]);
    window.press(Modifiers::COMMAND, Key::G);
    let before = (at(&mut window, "orders"), at(&mut window, "worker"));
    let title = middle(&window, "Group Group 1, 2 nodes");
    drag(&mut window, title, egui::vec2(0.0, 160.0));
    let after = (at(&mut window, "orders"), at(&mut window, "worker"));
    assert!(after.0.y > before.0.y + 100.0, "{before:?} {after:?}");
    assert_eq!(after.0.y - before.0.y, after.1.y - before.1.y);
    assert_eq!(window.app().front.document.history().undo_label(), Some("Move 2 nodes"));
}

#[test]
fn arrow_keys_move_by_the_grid_and_a_row_of_them_is_one_step() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    choose(&mut window, &["worker"]);
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(at(&mut window, "worker"), Point::new(920.0, 20.0));
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.text(), before);
}

#[test]
fn a_tidy_layout_is_looked_at_then_kept_or_forgotten() {
    let mut window = Window::shop();
    choose(&mut window, &["worker"]);
    for _ in 0..3 {
        window.press(Modifiers::SHIFT, Key::ArrowDown);
    }
    choose(&mut window, &[]);
    let before = window.app().front.document.text();
    let stood = middle(&window, "Worker, Lambda");
    window.press(Modifiers::ALT | Modifiers::SHIFT, Key::T);
    assert!(window.sees("Tidy layout") && window.sees("Left to right"));
    assert_eq!(window.app().front.document.text(), before, "a look changes nothing");
    window.harness.run_steps(40);
    window.picture("tidy");
    window.press(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(40);
    assert_eq!(window.app().front.document.text(), before);
    assert_eq!(middle(&window, "Worker, Lambda"), stood, "the view is the one before");
    window.press(Modifiers::ALT | Modifiers::SHIFT, Key::T);
    window.click("Top down");
    window.press(Modifiers::NONE, Key::Enter);
    let ids = ["clients", "api", "orders", "worker", "table"];
    let places = ids.map(|id| at(&mut window, id));
    assert!(places.windows(2).all(|pair| (pair[0].x - pair[1].x).abs() < 1e-6 && pair[0].y + 72.0 < pair[1].y), "{places:?}");
    assert_eq!(window.app().front.document.history().undo_label(), Some("Tidy layout"));
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.text(), before);
}

#[test]
fn a_collapsed_group_is_one_box_that_moves_and_opens() {
    let mut window = Window::shop();
    choose(&mut window, &["orders", "worker"]);
    window.press(Modifiers::COMMAND, Key::G);
    window.press(Modifiers::COMMAND, Key::OpenBracket);
    window.inject();
    assert!(window.app().front.document.diagram().groups["group"].collapsed);
    assert!(window.sees("Group Group 1, collapsed, 2 nodes, peak"));
    assert!(!window.harness.query_all_by_label_contains("Worker, Lambda").any(|_| true), "what is inside is not drawn");
    window.picture("collapsed");
    let before = at(&mut window, "worker");
    window.press(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(at(&mut window, "worker").y, before.y + 20.0);
    let title = middle(&window, "Group Group 1, collapsed");
    drag(&mut window, title, egui::vec2(0.0, 60.0));
    let (orders, worker) = (at(&mut window, "orders"), at(&mut window, "worker"));
    assert!(worker.y > before.y + 40.0 && (orders.y - worker.y).abs() < 1e-6, "{orders:?} {worker:?}");
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 2);
    window.press(Modifiers::COMMAND, Key::CloseBracket);
    assert!(window.sees("Worker, Lambda"));
}

#[test]
fn what_moves_snaps_to_is_remembered() {
    let mut window = Window::shop();
    window.press(Modifiers::COMMAND, Key::Quote);
    window.press(Modifiers::ALT, Key::S);
    assert_eq!(window.app().settings.preferences.aids, plimsoll::settings::Aids { grid: false, objects: false });
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, from, egui::vec2(33.0, 91.0));
    let there = at(&mut window, "worker");
    assert!((there.y % 20.0).abs() > 0.1, "{there:?}");
}

#[test]
fn a_node_joins_a_group_without_a_pointer() {
    let mut window = Window::shop();
    choose(&mut window, &["orders", "worker"]);
    window.press(Modifiers::COMMAND, Key::G);
    window.select("table");
    window.click("Group around it");
    window.click("Group 1");
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 3);
    assert_eq!(window.app().front.document.history().undo_label(), Some("Move to group"));
    window.click("Group around it");
    window.click("None");
    assert_eq!(window.app().front.document.diagram().groups["group"].nodes.len(), 2);
}

#[test]
fn a_dragged_box_snaps_to_its_neighbors() {
    let text = r#"{"plimsoll": 1,
        "nodes": {"a": {"service": "aws/lambda", "name": "A"}, "b": {"service": "aws/sqs", "name": "B"}, "c": {"service": "aws/sqs", "name": "C"}},
        "edges": {"a-c": {"from": "a", "to": "c", "kind": "send"}},
        "layout": {"a": [0, 7], "b": [400, 7], "c": [800, 203]}}"#;
    let mut window = Window::with_file(Some(text));
    window.press(Modifiers::COMMAND, Key::Quote);
    let (a, c) = (middle(&window, "A, "), middle(&window, "C, "));
    window.harness.hover_at(c);
    window.harness.drag_at(c);
    window.run();
    // Not quite to the height of the others.
    let there = egui::pos2(c.x, a.y + 3.0);
    for share in [0.3, 0.6, 0.9, 1.0] {
        window.harness.hover_at(c + (there - c) * share);
        window.run();
    }
    window.picture("drag");
    assert_eq!(at(&mut window, "c").y, 203.0, "the diagram does not change before that");
    window.harness.drop_at(there);
    window.run();
    assert_eq!(at(&mut window, "c").y, 7.0, "on one line with the others");
    assert_eq!(window.app().front.document.history().steps().1, 1);
}
