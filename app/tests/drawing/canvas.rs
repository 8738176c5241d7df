//! What people do on the canvas.

use std::sync::Arc;

use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use plimsoll::{
    gui::{
        canvas::{Canvas, CanvasEvent, CanvasInput, Dangling, Selection, Tool},
        theme::{Theme, install_fonts},
    },
    settings::{Motion, Preferences},
};
use plimsoll_models::{Catalog, Diagnostic, Diagram, EdgeKind, Edit, Node, NodeId, Place, Point, ServiceId, edit::apply};
use plimsoll_sim::RunResult;

use crate::{sample, soft_renderer::Soft};

/// A shell around a canvas that performs every edit and remembers every event.
struct Shell {
    canvas: Canvas,
    diagram: Arc<Diagram>,
    selection: Selection,
    theme: Theme,
    result: Option<RunResult>,
    stale: bool,
    problems: Vec<Diagnostic>,
    tool: Tool,
    events: Vec<CanvasEvent>,
    dressed: bool,
    preferences: Preferences,
}

impl Shell {
    fn new(diagram: Diagram) -> Self {
        Self {
            canvas: Canvas::default(),
            diagram: Arc::new(diagram),
            selection: Selection::default(),
            theme: Theme::dark(),
            result: None,
            stale: false,
            problems: Vec::new(),
            tool: Tool::Select,
            events: Vec::new(),
            dressed: false,
            // A view that jumps is where it should be in the next frame.
            preferences: Preferences { motion: Motion::Reduced, minimap: false, ..Preferences::default() },
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        if !self.dressed {
            install_fonts(ui.ctx());
            self.theme.apply(ui.ctx());
            self.dressed = true;
            return;
        }
        let input = CanvasInput {
            diagram: &self.diagram,
            catalog: Catalog::embedded(),
            theme: &self.theme,
            selection: &self.selection,
            result: self.result.as_ref(),
            live: None,
            struck: &[],
            cursor_s: None,
            stale: self.stale,
            problems: &self.problems,
            tool: self.tool,
            preferences: &self.preferences,
        };
        for event in self.canvas.show(ui, &input) {
            match &event {
                CanvasEvent::Select(selection) => self.selection = selection.clone(),
                CanvasEvent::Edit(edit) => self.diagram = Arc::new(apply(&self.diagram, edit).unwrap()),
                _ => {}
            }
            self.events.push(event);
        }
    }

    fn edits(&self) -> Vec<&Edit> {
        self.events.iter().filter_map(|event| if let CanvasEvent::Edit(edit) = event { Some(edit) } else { None }).collect()
    }

    fn chosen(&self) -> Vec<&str> {
        self.selection.nodes.iter().map(NodeId::as_str).collect()
    }
}

fn harness(shell: Shell) -> Harness<'static, Shell> {
    harness_of(shell, vec2(1280.0, 720.0), 1.0)
}

fn harness_of(shell: Shell, size: egui::Vec2, pixels_per_point: f32) -> Harness<'static, Shell> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(pixels_per_point)
        .with_step_dt(1.0 / 60.0)
        .renderer(Soft::default())
        .build_ui_state(|ui, shell: &mut Shell| shell.ui(ui), shell);
    harness.run();
    harness
}

/// Three boxes in a row at 100 %: a client, a function, a table. The function stands in the middle of the window.
fn row() -> Harness<'static, Shell> {
    let nodes = [
        ("client", "generic/client", "Client", -300.0),
        ("worker", "aws/lambda", "Worker", 0.0),
        ("table", "aws/dynamodb", "Table", 300.0),
    ];
    let edits = nodes.map(|(id, service, name, x)| Edit::AddNode { id: id.into(), node: Node::new(service, name), at: Point::new(x, 0.0) });
    let diagram = apply(&Diagram::default(), &Edit::All(String::new(), edits.to_vec())).unwrap();
    let mut harness = harness(Shell::new(diagram));
    harness.state_mut().canvas.zoom_to(1.0);
    harness.run();
    harness
}

fn middle(harness: &Harness<'_, Shell>, label: &str) -> Pos2 {
    harness.get_by_label_contains(label).rect().center()
}

fn port(harness: &Harness<'_, Shell>, of: &str) -> Pos2 {
    harness.get_by_label(&format!("Connect from {of}")).rect().center()
}

fn drag(harness: &mut Harness<'_, Shell>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    for share in [0.25, 0.5, 0.75, 1.0] {
        harness.hover_at(from + (to - from) * share);
        harness.run();
    }
    harness.drop_at(to);
    harness.run();
}

fn save(harness: &mut Harness<'_, Shell>, name: &str) {
    harness.set_render_cursor(false);
    let image = harness.render().unwrap();
    image.save(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap();
}

#[test]
fn a_click_chooses_a_box_and_a_click_beside_it_none() {
    let mut harness = row();
    harness.get_by_label_contains("Worker, Lambda").click();
    harness.run();
    assert_eq!(harness.state().chosen(), ["worker"]);
    harness.get_by_label_contains("Table, DynamoDB").click_modifiers(Modifiers::SHIFT);
    harness.run();
    assert_eq!(harness.state().chosen(), ["table", "worker"]);
    let beside = middle(&harness, "Worker, Lambda") + vec2(0.0, 200.0);
    harness.drag_at(beside);
    harness.drop_at(beside);
    harness.run();
    assert!(harness.state().selection.is_empty());
}

#[test]
fn a_drag_moves_a_box_and_is_one_edit() {
    let mut harness = row();
    let from = middle(&harness, "Worker, Lambda");
    drag(&mut harness, from, from + vec2(37.0, 121.0));
    let shell = harness.state();
    assert_eq!(shell.edits(), [&Edit::Move(vec![("worker".into(), Point::new(40.0, 120.0))])]);
    assert_eq!(middle(&harness, "Worker, Lambda"), from + vec2(40.0, 120.0));
    assert!(!harness.state().canvas.busy());
}

#[test]
fn chosen_boxes_move_together_and_escape_takes_a_move_back() {
    let mut harness = row();
    let (from, beside) = (middle(&harness, "Worker, Lambda"), middle(&harness, "Table, DynamoDB"));
    drag(&mut harness, beside + vec2(160.0, 100.0), from - vec2(120.0, 90.0));
    assert_eq!(harness.state().chosen(), ["table", "worker"]);
    drag(&mut harness, from, from + vec2(0.0, 100.0));
    assert_eq!(harness.state().edits().len(), 1);
    assert!(matches!(harness.state().edits()[0], Edit::Move(moves) if moves.len() == 2));
    let from = middle(&harness, "Client, Client");
    harness.drag_at(from);
    harness.hover_at(from + vec2(0.0, 90.0));
    harness.run();
    assert!(harness.state().canvas.busy());
    harness.key_press(egui::Key::Escape);
    harness.run();
    harness.drop_at(from + vec2(0.0, 90.0));
    harness.run();
    assert_eq!(harness.state().edits().len(), 1);
}

#[test]
fn a_drag_from_a_port_connects_what_may_be_connected() {
    let mut harness = row();
    let from = port(&harness, "Worker");
    let table = middle(&harness, "Table, DynamoDB");
    drag(&mut harness, from, table);
    let shell = harness.state();
    assert!(
        matches!(shell.edits()[..], [Edit::AddEdge { edge, .. }] if edge.from == "worker".into() && edge.to == "table".into() && edge.kind == EdgeKind::Request)
    );
    assert_eq!(shell.selection.edges.len(), 1);
    harness.get_by_label("Request from Worker to Table");
    let client = middle(&harness, "Client, Client");
    let from = port(&harness, "Table");
    drag(&mut harness, from, client);
    assert_eq!(harness.state().edits().len(), 1, "a table cannot feed a client");
}

#[test]
fn a_connection_is_made_by_two_clicks_and_dropped_on_the_ground_asks_for_a_box() {
    let mut harness = row();
    let from = port(&harness, "Client");
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.drop_at(from);
    harness.run();
    assert!(harness.state().canvas.busy());
    harness.get_by_label_contains("Worker, Lambda").click();
    harness.run();
    assert!(matches!(harness.state().edits()[..], [Edit::AddEdge { .. }]));
    let from = port(&harness, "Worker");
    drag(&mut harness, from, from + vec2(60.0, 180.0));
    let asked = harness
        .state()
        .events
        .iter()
        .any(|event| matches!(event, CanvasEvent::QuickAdd { from: Some(Dangling::New(from)), .. } if from.as_str() == "worker"));
    assert!(asked);
}

#[test]
fn a_double_click_on_the_ground_asks_for_a_box() {
    let mut harness = row();
    let ground = middle(&harness, "Worker, Lambda") + vec2(0.0, 150.0);
    for _ in 0..2 {
        harness.drag_at(ground);
        harness.drop_at(ground);
    }
    harness.run();
    assert!(
        harness.state().events.iter().any(|event| matches!(event, CanvasEvent::QuickAdd { from: None, screen, .. } if *screen == ground))
    );
}

#[test]
fn a_drawing_stays_whole_in_a_smaller_room_until_somebody_looks_elsewhere() {
    let mut harness = row();
    let shell = harness.state_mut();
    shell.canvas.fit(&shell.diagram);
    harness.run();
    let before = harness.state().canvas.zoom();
    harness.set_size(vec2(300.0, 300.0));
    harness.run();
    let small = harness.state().canvas.zoom();
    assert!(small < before, "{small} of {before}");
    harness.state_mut().canvas.zoom_in();
    harness.run();
    let chosen = harness.state().canvas.zoom();
    harness.set_size(vec2(500.0, 300.0));
    harness.run();
    assert_eq!(harness.state().canvas.zoom(), chosen);
}

#[test]
fn an_arrow_is_chosen_and_gets_another_end() {
    let mut harness = row();
    let (from, worker) = (port(&harness, "Client"), middle(&harness, "Worker, Lambda"));
    drag(&mut harness, from, worker);
    let edge = harness.state().diagram.edges.keys().next().unwrap().clone();
    let beside = worker + vec2(0.0, 200.0);
    harness.drag_at(beside);
    harness.drop_at(beside);
    harness.run();
    let arrow = middle(&harness, "Request from Client to Worker") + vec2(20.0, 2.0);
    harness.drag_at(arrow);
    harness.drop_at(arrow);
    harness.run();
    assert!(harness.state().selection.edges.contains(&edge));
    let (end, table) = (middle(&harness, "Move the end of the connection"), middle(&harness, "Table, DynamoDB"));
    drag(&mut harness, end, table);
    assert_eq!(harness.state().diagram.edges[&edge].to.as_str(), "table");
}

#[test]
fn a_double_click_asks_for_a_name_and_a_right_click_for_a_menu() {
    let mut harness = row();
    let name = middle(&harness, "Worker, Lambda") + vec2(10.0, 0.0);
    for _ in 0..2 {
        harness.drag_at(name);
        harness.drop_at(name);
    }
    harness.run();
    assert!(harness.state().events.contains(&CanvasEvent::RenameRequested("worker".into())));
    harness.get_by_label_contains("Table, DynamoDB").click_secondary();
    harness.run();
    assert!(harness.state().events.iter().any(|event| matches!(event, CanvasEvent::ContextMenu { .. })));
    assert_eq!(harness.state().chosen(), ["table"]);
}

#[test]
fn the_wheel_zooms_at_the_pointer_and_a_touch_pad_pans() {
    let mut harness = row();
    let wheel = |unit, delta| Event::MouseWheel {
        unit,
        delta,
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
    };
    let at = middle(&harness, "Table, DynamoDB");
    harness.hover_at(at);
    harness.run();
    harness.event(wheel(MouseWheelUnit::Line, vec2(0.0, 1.0)));
    harness.run_steps(30);
    assert!(harness.state().canvas.zoom() > 1.1);
    assert!(middle(&harness, "Table, DynamoDB").distance(at) < 2.0);
    let before = harness.state().canvas.center();
    harness.event(wheel(MouseWheelUnit::Point, vec2(0.0, 50.0)));
    harness.run_steps(30);
    assert!(harness.state().canvas.center().y < before.y - 10.0);
}

#[test]
fn a_service_is_dropped_where_the_pointer_is() {
    let mut harness = row();
    egui::DragAndDrop::set_payload(&harness.ctx, ServiceId::new("aws/sqs"));
    let at = middle(&harness, "Worker, Lambda") + vec2(3.0, 158.0);
    harness.drag_at(at - vec2(30.0, 0.0));
    harness.hover_at(at);
    harness.run();
    harness.drop_at(at);
    harness.run();
    let dropped = CanvasEvent::DropService { service: "aws/sqs".into(), at: Point::new(0.0, 160.0), onto: None };
    assert!(harness.state().events.contains(&dropped), "{:?}", harness.state().events);
}

#[test]
fn it_looks_like_the_export() {
    for (theme, name) in [(Theme::dark(), "canvas-dark.png"), (Theme::light(), "canvas-light.png")] {
        let mut shell = Shell::new(sample::checkout());
        shell.theme = theme;
        shell.result = Some(sample::run());
        let mut harness = harness(shell);
        let shell = harness.state_mut();
        shell.selection = Selection::node("checkout".into());
        let place = Place::Node("payments".into(), None);
        shell.problems = vec![Diagnostic::warning("visibility", place, "The visibility timeout is below six times the timeout")];
        harness.state_mut().canvas.zoom_to(0.8);
        harness.run();
        save(&mut harness, name);
        assert!(harness.state().events.is_empty());
    }
}

#[test]
fn gestures_show_what_they_do() {
    let mut shell = Shell::new(sample::checkout());
    shell.result = Some(sample::run());
    shell.stale = true;
    let mut harness = harness_of(shell, vec2(1150.0, 320.0), 1.5);
    let from = port(&harness, "Checkout");
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(middle(&harness, "Stripe, External") + vec2(10.0, 10.0));
    harness.run();
    save(&mut harness, "canvas-connect.png");
    harness.hover_at(middle(&harness, "Shoppers, Client"));
    harness.run();
    save(&mut harness, "canvas-illegal.png");
}

#[test]
fn an_empty_canvas_says_how_to_begin() {
    let mut harness = harness(Shell::new(Diagram::default()));
    save(&mut harness, "canvas-empty.png");
    let ground = pos2(300.0, 300.0);
    drag(&mut harness, ground, ground + vec2(50.0, 50.0));
    assert!(harness.state().edits().is_empty());
}

#[test]
fn a_crowd_is_far_away_and_still_drawn() {
    let mut edits = Vec::new();
    for i in 0..2000 {
        let at = Point::new(f64::from(i % 50) * 240.0, f64::from(i / 50) * 120.0);
        edits.push(Edit::AddNode { id: format!("n{i}").as_str().into(), node: Node::new("aws/lambda", format!("Step {i}")), at });
    }
    let diagram = apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap();
    let mut harness = harness(Shell::new(diagram));
    assert!(harness.state().canvas.zoom() < 0.15);
    save(&mut harness, "canvas-far.png");
}

#[test]
fn labels_without_a_font_do_no_harm() {
    let node = Node::new("aws/sqs", "注文キュー \u{1F6A2} \u{7}");
    let edits = vec![Edit::AddNode { id: "a".into(), node, at: Point::default() }];
    let mut shell = Shell::new(apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap());
    let ctx = egui::Context::default();
    for _ in 0..3 {
        ctx.run_ui(egui::RawInput::default(), |ui| shell.ui(ui)).drop_without_applying_deltas();
    }
}
