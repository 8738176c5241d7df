//! The whole job without a mouse.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::window::Window;

const NONE: Modifiers = Modifiers::NONE;
/// More presses than there are widgets in the window.
const TABS_MAX: usize = 400;

impl Window {
    /// What has the keyboard's focus.
    fn focused(&self) -> Option<String> {
        let mut nodes = self.harness.query_all_by(|node| node.is_focused() && node.label().is_some());
        nodes.next().and_then(|node| node.accesskit_node().label())
    }

    /// Presses Tab until something of this name has the focus.
    fn tab_to(&mut self, name: &str) {
        for _ in 0..TABS_MAX {
            if self.focused().is_some_and(|label| label.starts_with(name)) {
                return;
            }
            self.harness.key_press(Key::Tab);
            self.harness.run_steps(2);
        }
        panic!("no way to {name} by Tab");
    }

    /// Adds a node by typing what it is.
    fn add(&mut self, words: &str) {
        self.press(Modifiers::SHIFT, Key::A);
        self.harness.get_by_role_and_label(Role::TextInput, "Search services to add").type_text(words);
        self.run();
        self.press(NONE, Key::Enter);
    }

    /// Connects two boxes.
    fn connect(&mut self, from: &str, to: &str) {
        self.tab_to(&format!("Connect from {from}"));
        self.press(NONE, Key::Enter);
        self.tab_to(&format!("{to}, "));
        self.press(NONE, Key::Enter);
    }
}

#[test]
fn a_pipeline_is_drawn_run_and_read_by_keyboard_alone() {
    let mut window = Window::open();
    window.press(Modifiers::COMMAND, Key::N);
    for service in ["client", "sqs queue", "lambda", "dynamodb"] {
        window.add(service);
    }
    window.press(Modifiers::SHIFT, Key::Num1);
    assert_eq!(window.app().front.document.diagram().nodes.len(), 4);
    let names: Vec<String> = window.app().front.document.diagram().nodes.values().map(|node| node.name.clone()).collect();
    for (from, to) in [("Client", "SQS queue"), ("SQS queue", "Lambda"), ("Lambda", "DynamoDB")] {
        assert!(names.iter().any(|name| name == to), "{names:?}");
        window.connect(from, to);
    }
    let diagram = window.app().front.document.diagram().clone();
    let edges: Vec<String> = diagram.edges.values().map(|edge| format!("{} {} {}", edge.from, edge.kind.as_str(), edge.to)).collect();
    assert_eq!(edges, ["client send sqs-queue", "lambda request dynamodb", "sqs-queue poll lambda"]);
    window.press(NONE, Key::F5);
    window.wait_for_run();
    window.run();
    assert!(window.sees("Gives first"), "the answer is there without a further key");
    window.tab_to("Limits");
    window.press(NONE, Key::Enter);
    window.picture("keyboard");
}

#[test]
fn what_events_reach_is_selected_and_where_they_come_from() {
    let mut window = Window::shop();
    let selected = |window: &mut Window| window.app().front.selection.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    window.select("api");
    window.press(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(selected(&mut window), "api orders table worker");
    window.select("worker");
    window.press(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(selected(&mut window), "api clients orders worker");
}

#[test]
fn tab_goes_from_box_to_box_with_the_flow_and_each_tells_its_state() {
    let mut window = Window::shop();
    window.inject();
    let mut boxes = Vec::new();
    for _ in 0..TABS_MAX {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        let label = window.focused().unwrap_or_default();
        if ["Clients, ", "API, ", "Orders, ", "Worker, ", "Orders table, "].iter().any(|name| label.starts_with(name)) {
            if boxes.contains(&label) {
                break;
            }
            boxes.push(label);
        }
    }
    let names: Vec<&str> = boxes.iter().filter_map(|label| label.split(',').next()).collect();
    assert_eq!(names, ["Clients", "API", "Orders", "Worker", "Orders table"], "{boxes:#?}");
    assert!(
        boxes[3].contains("Lambda") && boxes[3].contains('%') && boxes[3].contains("1 connection in, 1 connection out"),
        "{}",
        boxes[3]
    );
    for edge in ["Request from Clients to API", "Send from API to Orders", "Poll from Orders to Worker"] {
        assert!(window.sees(edge), "{edge}");
    }
}
