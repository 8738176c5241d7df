//! Connecting boxes and shaping arrows.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::gui::{canvas::Selection, command::Command};
use plimsoll_models::{Diagram, Edge, EdgeId, EdgeKind, Edit, LineStyle, Node, NodeId, Point};

use crate::window::Window;

impl Window {
    fn select_edges(&mut self, ids: &[&str]) {
        self.app().front.selection = Selection { edges: ids.iter().map(|id| EdgeId::new(*id)).collect(), ..Selection::default() };
        self.run();
    }

    fn style(&mut self, id: &str) -> LineStyle {
        self.diagram().lines.get(id).map_or(LineStyle::default(), |line| line.style)
    }

    fn diagram(&mut self) -> Diagram {
        (**self.app().front.document.diagram()).clone()
    }

    fn command(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        self.app().command(&ctx, command);
        self.run();
    }

    fn perform(&mut self, edit: &Edit) {
        self.app().front.document.perform(edit, None).unwrap();
        self.run();
    }

    /// How many steps can be taken back.
    fn steps(&mut self) -> usize {
        self.app().front.document.history().steps().1
    }

    fn middle(&self, label: &str) -> Pos2 {
        // A tooltip may say the same.
        let mut found = self.harness.query_all_by_label_contains(label);
        found.find(|node| node.accesskit_node().role() == Role::Button).unwrap().rect().center()
    }

    fn port(&self, of: &str) -> Pos2 {
        self.harness.get_by_label(&format!("Connect from {of}")).rect().center()
    }

    fn press_at(&self, at: Pos2, button: PointerButton, modifiers: Modifiers, pressed: bool) {
        self.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
    }

    /// Presses, moves in small steps, and stays there.
    fn begin_drag(&mut self, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.harness.hover_at(from);
        self.harness.run_steps(2);
        self.press_at(from, button, modifiers, true);
        self.harness.run_steps(1);
        for i in 1..=8_u8 {
            self.harness.hover_at(from + (to - from) * f32::from(i) / 8.0);
            self.harness.run_steps(1);
        }
        self.harness.run_steps(2);
    }

    fn drop(&mut self, at: Pos2, button: PointerButton) {
        self.press_at(at, button, Modifiers::NONE, false);
        self.harness.run_steps(2);
        self.harness.event(Event::ModifiersChanged(Modifiers::NONE));
        self.run();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.begin_drag(from, to, PointerButton::Primary, Modifiers::NONE);
        self.drop(to, PointerButton::Primary);
    }

    fn double_click(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.run_steps(1);
        // In one frame: frames of a story are too far apart for a double click.
        let click = |pressed| Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        self.harness.input_mut().events.extend([true, false, true, false].map(click));
        self.run();
    }
}

/// A queue without connections below the shop.
fn shop_with_spare(service: &str) -> Window {
    let mut window = Window::shop();
    window.perform(&Edit::AddNode { id: "spare".into(), node: Node::new(service, "Spare"), at: Point::new(360.0, 240.0) });
    window.command(Command::Fit);
    window
}

#[test]
fn several_arrows_get_another_style_in_one_step() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    let ids: Vec<String> = window.diagram().edges.keys().map(ToString::to_string).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    window.select_edges(&ids);
    window.command(Command::LineCurved);
    assert!(ids.iter().all(|id| window.style(id) == LineStyle::Bezier));
    window.app().front.document.undo();
    assert_eq!(window.app().front.document.text(), before);
}

#[test]
fn a_port_snaps_to_a_box_nearby_and_a_refusal_says_why() {
    let mut window = shop_with_spare("aws/sqs");
    let (port, spare) = (window.port("Worker"), window.harness.get_by_label_contains("Spare, SQS").rect());
    let before = window.steps();
    window.drag(port, spare.right_center() + vec2(14.0, 3.0));
    let edge = window.diagram().edges["worker-spare"].clone();
    assert_eq!((edge.kind, window.steps()), (EdgeKind::Send, before + 1));
    let (port, clients) = (window.port("Worker"), window.middle("Clients, Client"));
    window.begin_drag(port, clients, PointerButton::Primary, Modifiers::NONE);
    window.picture("connect-illegal");
    window.drop(clients, PointerButton::Primary);
    assert!(window.sees("cannot feed Client"), "the status bar says why");
    assert_eq!(window.steps(), before + 1);
}

#[test]
fn escape_takes_a_connection_back_and_the_choice_stays() {
    let mut window = Window::shop();
    window.select("api");
    let (port, table) = (window.port("Clients"), window.middle("Orders table, DynamoDB"));
    window.begin_drag(port, table, PointerButton::Primary, Modifiers::NONE);
    window.press(Modifiers::NONE, Key::Escape);
    window.drop(table, PointerButton::Primary);
    assert_eq!(window.diagram().edges.len(), 4);
    assert_eq!(window.app().front.selection, Selection::node("api".into()));
}

#[test]
fn a_connection_dropped_on_the_ground_asks_what_may_follow() {
    let mut window = Window::shop();
    let port = window.port("Orders");
    window.drag(port, port + vec2(60.0, 160.0));
    assert!(window.sees("Connect Orders to…"));
    assert!(window.sees("AWS Lambda function, poll"), "the mechanism is named");
    assert!(!window.sees("DynamoDB table, "), "a queue feeds no table");
    let before = window.steps();
    window.harness.get_by_role_and_label(Role::TextInput, "Search services to add").type_text("lambda");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    let diagram = window.diagram();
    let edge = diagram.edges.values().find(|edge| edge.from.as_str() == "orders" && edge.to.as_str() != "worker").unwrap();
    assert_eq!((edge.kind, window.steps()), (EdgeKind::Poll, before + 1));
}

#[test]
fn a_box_dropped_on_an_arrow_is_inserted_and_alt_only_moves_it() {
    for (modifiers, edges) in [(Modifiers::NONE, 5), (Modifiers::ALT, 4)] {
        let mut window = shop_with_spare("aws/lambda");
        let before = (window.steps(), window.app().front.document.text());
        let (spare, arrow) = (window.middle("Spare, Lambda"), window.middle("Request from Worker to Orders table"));
        window.begin_drag(spare, arrow, PointerButton::Primary, modifiers);
        window.picture(&format!("connect-insert-{edges}"));
        window.press_at(arrow, PointerButton::Primary, modifiers, false);
        window.drop(arrow, PointerButton::Primary);
        let diagram = window.diagram();
        assert_eq!(diagram.edges.len(), edges);
        assert_eq!(diagram.edges["worker-table"].to.as_str() == "spare", edges == 5);
        assert_eq!(window.steps(), before.0 + 1);
        window.press(Modifiers::COMMAND, Key::Z);
        assert_eq!(window.app().front.document.text(), before.1);
    }
}

#[test]
fn a_box_that_cannot_stand_there_is_moved_only() {
    let mut window = shop_with_spare("aws/sqs");
    let (spare, arrow) = (window.middle("Spare, SQS"), window.middle("Request from Worker to Orders table"));
    window.drag(spare, arrow);
    let diagram = window.diagram();
    assert_eq!(diagram.edges.len(), 4);
    assert!(diagram.position(&NodeId::from("spare")).y.abs() < 40.0);
}

#[test]
fn an_end_is_led_elsewhere_or_to_a_new_box() {
    let mut window = shop_with_spare("aws/sqs");
    window.select_edges(&["api-orders"]);
    let (end, spare) = (window.middle("Move the end of the connection"), window.middle("Spare, SQS"));
    window.drag(end, spare);
    assert_eq!(window.diagram().edges["api-orders"].to.as_str(), "spare");
    let end = window.middle("Move the end of the connection");
    window.drag(end, end + vec2(0.0, 130.0));
    assert!(window.sees("Connect API to…"));
    window.harness.get_by_role_and_label(Role::TextInput, "Search services to add").type_text("lambda");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    let diagram = window.diagram();
    assert_eq!(diagram.edges.len(), 4);
    assert_eq!(diagram.nodes[&diagram.edges["api-orders"].to].service.as_str(), "aws/lambda");
}

#[test]
fn deleting_heals_and_the_knife_cuts() {
    let mut window = Window::shop();
    window.perform(&Edit::All(
        String::new(),
        vec![
            Edit::AddNode { id: "second".into(), node: Node::new("aws/lambda", "Second"), at: Point::new(960.0, 160.0) },
            Edit::AddEdge { id: "worker-second".into(), edge: Edge::new("worker", "second", EdgeKind::Request) },
        ],
    ));
    window.command(Command::Fit);
    window.select("worker");
    let before = window.steps();
    window.press(Modifiers::SHIFT, Key::Delete);
    let diagram = window.diagram();
    assert!(!diagram.nodes.contains_key("worker"));
    assert_eq!(diagram.edges["orders-worker"].to.as_str(), "second");
    assert!(window.sees("1 connection healed, 1 not possible"));
    assert_eq!(window.steps(), before + 1);
    let arrow = window.middle("Request from Clients to API");
    let (from, to) = (arrow - vec2(0.0, 60.0), arrow + vec2(3.0, 60.0));
    window.begin_drag(from, to, PointerButton::Secondary, Modifiers::COMMAND | Modifiers::CTRL);
    window.picture("connect-knife");
    window.drop(to, PointerButton::Secondary);
    assert!(!window.diagram().edges.contains_key("clients-api"));
    assert_eq!(window.steps(), before + 2);
}

#[test]
fn everything_is_connected_without_a_mouse() {
    let mut window = Window::shop();
    window.select("clients");
    window.press(Modifiers::ALT, Key::ArrowRight);
    window.press(Modifiers::ALT, Key::ArrowRight);
    assert_eq!(window.app().front.selection, Selection::node("orders".into()));
    window.press(Modifiers::COMMAND, Key::ArrowRight);
    assert!(window.sees("Connect Orders to…"));
    window.harness.get_by_role_and_label(Role::TextInput, "Search services to add").type_text("lambda");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    let added = window.app().front.selection.nodes.first().unwrap().clone();
    assert!(window.diagram().edges.values().any(|edge| edge.to == added && edge.kind == EdgeKind::Poll));
    window.press(Modifiers::NONE, Key::C);
    assert!(window.sees("Search nodes to connect to"));
    window.harness.get_by_role_and_label(Role::TextInput, "Search nodes to connect to").type_text("table");
    window.run();
    window.picture("connect-to");
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.diagram().edges.values().any(|edge| edge.from == added && edge.to.as_str() == "table"));
    window.press(Modifiers::NONE, Key::I);
    assert!(window.sees("Insert between"));
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.diagram().nodes.len(), 6);
}

#[test]
fn a_piece_is_bent_and_straightened_again() {
    let mut window = Window::shop();
    window.perform(&Edit::Move(vec![("table".into(), Point::new(1060.0, 0.0))]));
    window.command(Command::Fit);
    window.select_edges(&["worker-table"]);
    let middle = window.harness.get_by_label("Bend the connection").rect().center();
    let before = window.steps();
    window.begin_drag(middle, middle + vec2(0.0, 90.0), PointerButton::Primary, Modifiers::NONE);
    window.press(Modifiers::NONE, Key::Escape);
    window.drop(middle, PointerButton::Primary);
    assert_eq!(window.steps(), before, "Escape takes it back");
    window.drag(middle, middle + vec2(0.0, 90.0));
    assert_eq!(window.diagram().lines["worker-table"].waypoints.len(), 1);
    let handle = window.middle("Waypoint 1 of the connection");
    window.drag(handle, handle + vec2(0.0, 40.0));
    let lower = window.diagram().lines["worker-table"].waypoints[0];
    window.picture("connect-bent");
    assert_eq!((window.diagram().lines["worker-table"].waypoints.len(), window.steps()), (1, before + 2));
    window.perform(&Edit::Move(vec![("worker".into(), Point::new(720.0, 300.0)), ("table".into(), Point::new(1060.0, 300.0))]));
    assert_eq!(window.diagram().lines["worker-table"].waypoints[0], Point::new(lower.x, lower.y + 300.0), "it moves along");
    window.app().front.document.undo();
    window.run();
    let handle = window.middle("Waypoint 1 of the connection");
    window.double_click(handle);
    assert!(window.diagram().lines.is_empty());
}

#[test]
fn a_label_is_moved_and_finds_its_place_again() {
    let mut window = Window::shop();
    window.perform(&Edit::RenameEdge("worker-table".into(), "put order".to_owned()));
    let label = window.middle("Request from Worker to Orders table, put order");
    window.drag(label, label + Vec2::new(10.0, -60.0));
    let moved = window.middle("Request from Worker to Orders table, put order");
    assert!((moved - label - vec2(10.0, -60.0)).length() < 2.0, "{label} to {moved}");
    assert!(window.diagram().lines["worker-table"].label.is_some());
    window.double_click(moved);
    assert!(window.diagram().lines.is_empty());
    assert!((window.middle("Request from Worker to Orders table, put order") - label).length() < 1.0);
}
