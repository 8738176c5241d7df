//! What the hand does on the drawing: copies by dragging, boxes on lines, places for what is new.

use egui::{Event, Key, Modifiers, Pos2, Vec2, vec2};
use plimsoll::gui::canvas::Selection;
use plimsoll_models::{Diagram, NodeId, Point};

use crate::window::Window;

fn diagram(window: &mut Window) -> Diagram {
    (**window.app().front.document.diagram()).clone()
}

fn middle(window: &Window, label: &str) -> Pos2 {
    use egui_kittest::kittest::Queryable as _;
    window.harness.get_by_label_contains(label).rect().center()
}

/// Drags with keys that are held from the press, and others that are held from then on.
fn drag(window: &mut Window, (from, by): (Pos2, Vec2), pressed: Modifiers, dragged: Modifiers) {
    window.harness.hover_at(from);
    window.harness.event(Event::ModifiersChanged(pressed));
    window.harness.drag_at(from);
    window.run();
    window.harness.hover_at(from + by * 0.1);
    window.run();
    window.harness.event(Event::ModifiersChanged(dragged));
    for share in [0.2, 0.5, 0.8, 1.0] {
        window.harness.hover_at(from + by * share);
        window.run();
    }
    window.harness.drop_at(from + by);
    window.run();
    window.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    window.run();
}

#[test]
fn alt_drags_a_copy_and_the_original_stays() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, (from, vec2(0.0, 160.0)), Modifiers::ALT, Modifiers::ALT);
    let after = diagram(&mut window);
    assert_eq!(after.nodes.len(), 6);
    assert_eq!(after.position(&"worker".into()), Point::new(720.0, 0.0));
    assert!(after.position(&"worker-2".into()).y > 100.0);
    assert_eq!(window.app().front.selection, Selection::node("worker-2".into()));
    assert_eq!(window.app().front.document.history().undo_label(), Some("Duplicate"));
    window.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().front.document.text(), before);
}

#[test]
fn a_copied_group_has_a_frame_of_its_own_beside_the_first() {
    let mut window = Window::shop();
    window.app().front.selection = Selection { nodes: ["orders".into(), "worker".into()].into(), ..Selection::default() };
    window.run();
    window.press(Modifiers::COMMAND, Key::G);
    window.press(Modifiers::COMMAND, Key::G);
    assert!(window.sees("in group Group 2"));
    window.app().front.selection = Selection::group(diagram(&mut window).groups.keys().last().unwrap().clone());
    window.run();
    window.press(Modifiers::COMMAND, Key::D);
    let after = diagram(&mut window);
    assert_eq!((after.groups.len(), after.nodes.len()), (4, 7), "a frame in a frame is copied with it");
    let frames = plimsoll::scene::frames(&after);
    let all: Vec<_> = window.app().front.selection.groups.iter().cloned().collect();
    assert_eq!(all.len(), 1, "the copy is chosen as a whole");
    assert!(
        frames
            .iter()
            .filter(|(id, _)| !after.around(id).any(|(around, _)| all.contains(around)))
            .all(|(_, old)| !old.intersects(frames[&all[0]]))
    );
}

#[test]
fn a_connected_box_is_inserted_only_with_shift() {
    let mut window = Window::shop();
    let onto = {
        let (api, orders) = (middle(&window, "API, HTTP API"), middle(&window, "Orders, SQS"));
        api + (orders - api) / 2.0
    };
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, (from, onto - from), Modifiers::NONE, Modifiers::NONE);
    assert_eq!(diagram(&mut window).edges.len(), 4, "it is only put there");
    window.press(Modifiers::COMMAND, Key::Z);
    let from = middle(&window, "Worker, Lambda");
    drag(&mut window, (from, onto - from), Modifiers::NONE, Modifiers::SHIFT);
    let after = diagram(&mut window);
    assert_eq!(after.edges.len(), 5);
    assert_eq!(after.edges["api-orders"].to, NodeId::new("worker"));
}

#[test]
fn what_a_click_on_the_palette_adds_stands_beside_what_is_there() {
    use egui_kittest::kittest::Queryable as _;
    let mut window = Window::open();
    window.click("New diagram");
    for _ in 0..3 {
        // Once one is there, the inspector names the service too.
        window.harness.query_all_by_label("Amazon SNS standard topic").next().unwrap().click();
        window.run();
    }
    let after = diagram(&mut window);
    let places: Vec<Point> = ["sns-topic", "sns-topic-2", "sns-topic-3"].iter().map(|id| after.position(&NodeId::new(*id))).collect();
    assert_eq!(places[1], Point::new(places[0].x + 240.0, places[0].y), "the next one stands at the right");
    assert_eq!(places[2], Point::new(places[0].x, places[0].y + 120.0), "and the third below");
}

#[test]
fn a_file_without_places_opens_tidy_and_is_not_changed() {
    let text = r#"{"plimsoll": 1,
        "nodes": {"a": {"service": "generic/client"}, "b": {"service": "aws/lambda"}, "c": {"service": "aws/sqs"}},
        "edges": {"a-b": {"from": "a", "to": "b", "kind": "request"}, "b-c": {"from": "b", "to": "c", "kind": "send"}}}"#;
    let mut window = Window::with_file(Some(text));
    let opened = diagram(&mut window);
    let x = |id: &str| opened.position(&NodeId::new(id)).x;
    assert!(x("a") + 200.0 < x("b") && x("b") + 200.0 < x("c"));
    assert!(!window.app().front.document.is_dirty());
    assert_eq!(window.app().front.document.text(), text);
}

#[test]
fn an_arrow_is_bent_by_the_keyboard_alone() {
    use egui_kittest::kittest::Queryable as _;
    let text = r#"{"plimsoll": 1,
        "nodes": {"a": {"service": "aws/lambda"}, "b": {"service": "aws/sqs"}},
        "edges": {"a-b": {"from": "a", "to": "b", "kind": "send"}},
        "layout": {"a": [0, 0], "b": [600, 0]}}"#;
    let mut window = Window::with_file(Some(text));
    window.app().front.selection = Selection::edge("a-b".into());
    window.run();
    let waypoints = |window: &mut Window| {
        let now = diagram(window);
        now.lines.get(&plimsoll_models::EdgeId::new("a-b")).map_or_else(Vec::new, |line| line.waypoints.clone())
    };
    window.harness.get_by_label("Bend the connection").focus();
    window.run();
    window.press(Modifiers::NONE, Key::ArrowDown);
    let bent = waypoints(&mut window);
    assert_eq!(bent.len(), 1);
    window.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(waypoints(&mut window), [Point::new(bent[0].x, bent[0].y + 200.0)], "the new waypoint has the focus");
    assert_eq!(window.app().front.document.history().steps().1, 1, "moves in a row are one step");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(waypoints(&mut window).is_empty());
}

#[test]
fn the_focus_goes_from_a_box_to_its_arrows_to_the_next_box() {
    use egui_kittest::kittest::{NodeT as _, Queryable as _};
    let window = Window::shop();
    let all = window.harness.query_all_by_role(egui::accesskit::Role::Button).filter_map(|node| node.accesskit_node().label());
    let found: Vec<String> = all.filter(|label| label.contains(", ") || label.contains(" to ")).collect();
    let at = |start: &str| found.iter().position(|label| label.starts_with(start)).unwrap_or_else(|| panic!("{start} in {found:?}"));
    let order = ["Clients, ", "Request from Clients to API", "API, ", "Send from API to Orders", "Orders, ", "Poll from Orders to Worker"];
    let places: Vec<usize> = order.iter().map(|start| at(start)).collect();
    assert!(places.is_sorted(), "{places:?} in {found:?}");
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let mut window = Window::shop();
    for _ in 0..20 {
        window.run();
    }
    let idle = |window: &Window| window.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert_eq!(idle(&window), std::time::Duration::MAX);
    window.inject();
    window.select("worker");
    for _ in 0..20 {
        window.run();
    }
    assert_eq!(idle(&window), std::time::Duration::MAX, "with a result and something chosen too");
}

#[test]
fn the_focus_goes_from_a_chosen_arrow_to_its_handles_before_the_next_box() {
    use egui_kittest::kittest::{NodeT as _, Queryable as _};
    let mut window = Window::shop();
    let edge = diagram(&mut window).edges.iter().find(|(_, edge)| edge.from.as_str() == "clients").map(|(id, _)| id.clone());
    window.app().front.selection = Selection::edge(edge.unwrap());
    window.run();
    window.harness.get_by_label_contains("Request from Clients to API").focus();
    window.run();
    let mut walked = Vec::new();
    for _ in 0..4 {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        let mut focused = window.harness.query_all_by(|node| node.is_focused() && node.label().is_some());
        walked.push(focused.next().and_then(|node| node.accesskit_node().label()).unwrap_or_default());
    }
    assert_eq!(walked[..2], ["Move the beginning of the connection", "Move the end of the connection"].map(str::to_owned), "{walked:?}");
    assert!(walked[2..].iter().any(|name| name.starts_with("API, ")), "then the next box: {walked:?}");
}

#[test]
fn what_is_added_out_of_sight_comes_into_view() {
    let mut window = Window::open();
    window.press(Modifiers::COMMAND, Key::N);
    let command = |window: &mut Window, words: &str, first: bool| {
        use egui_kittest::kittest::Queryable as _;
        if first {
            window.press(Modifiers::SHIFT, Key::A);
        } else {
            window.press(Modifiers::COMMAND, Key::ArrowRight);
        }
        window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Search services to add").type_text(words);
        window.run();
        window.press(Modifiers::NONE, Key::Enter);
    };
    for (n, words) in ["client", "sqs queue", "lambda", "dynamodb"].into_iter().enumerate() {
        command(&mut window, words, n == 0);
        for _ in 0..20 {
            window.run();
        }
    }
    let app = window.app();
    let seen = app.screen_of(&"dynamodb".into()).unwrap();
    assert!((200.0..1000.0).contains(&seen.x), "the last box stands on the canvas, between palette and inspector: {seen:?}");
}

#[test]
fn a_frame_chooses_what_it_touches_and_with_alt_only_what_is_wholly_in_it() {
    let text = r#"{"plimsoll": 1,
        "nodes": {"a": {"service": "aws/lambda", "name": "A"}, "b": {"service": "aws/sqs", "name": "B"}},
        "layout": {"a": [0, 0], "b": [400, 0]}}"#;
    let mut window = Window::with_file(Some(text));
    let (a, b) = (middle(&window, "A, "), middle(&window, "B, "));
    let from = a + vec2(-160.0, -120.0);
    // Over all of the first box and half of the second.
    let by = b + vec2(0.0, 120.0) - from;
    let chosen = |window: &mut Window| window.app().front.selection.nodes.iter().map(ToString::to_string).collect::<Vec<_>>();
    drag(&mut window, (from, by), Modifiers::NONE, Modifiers::NONE);
    assert_eq!(chosen(&mut window), ["a", "b"]);
    drag(&mut window, (from, by), Modifiers::NONE, Modifiers::ALT);
    assert_eq!(chosen(&mut window), ["a"]);
}
