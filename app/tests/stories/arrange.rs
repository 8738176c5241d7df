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
