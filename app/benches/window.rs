//! What a frame of the window costs on the processor: layout, canvas and tessellation, without the painting.
//!
//! `cargo bench -p plimsoll`; the figures stand in `README.md` beside this file. `yardstick` tessellates a fixed set of
//! shapes in the same run, so that machines can be compared by ratio.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use divan::{Bencher, black_box};
use eframe::App as _;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, vec2};
use plimsoll::{
    gui::{App, command::Command},
    live::Order,
    settings::Folders,
};
use plimsoll_models::{
    Diagram, Edge, EdgeKind, Node, Point,
    edit::{Edit, apply},
    formats::native,
};

fn main() {
    divan::main();
}

const SIZE: egui::Vec2 = vec2(1440.0, 900.0);

/// Rows of boxes, each connected with two of the next column.
fn city(nodes: usize) -> Diagram {
    let columns = (nodes as f64).sqrt().ceil() as usize;
    let services = ["aws/lambda", "aws/sqs", "aws/dynamodb", "aws/sns"];
    let id = |i: usize| format!("n{i}");
    let mut edits = Vec::new();
    for i in 0..nodes {
        let at = Point::new((i % columns) as f64 * 300.0, (i / columns) as f64 * 140.0);
        edits.push(Edit::AddNode { id: id(i).as_str().into(), node: Node::new(services[i % 4], format!("Service {i}")), at });
    }
    for i in 0..nodes {
        for (n, to) in [i + 1, i + columns + 1].into_iter().enumerate() {
            let edge = Edge::new(id(i).as_str(), id(to % nodes).as_str(), EdgeKind::ALL[i % 4]);
            edits.push(Edit::AddEdge { id: format!("e{i}-{n}").as_str().into(), edge });
        }
    }
    apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
}

/// The window with a document, driven frame by frame.
struct Window {
    ctx: egui::Context,
    app: App,
    frame: eframe::Frame,
    time: f64,
    _home: tempfile::TempDir,
}

impl Window {
    fn open(diagram: &Diagram) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("city.plimsoll.json");
        std::fs::write(&path, native::write(diagram)).unwrap();
        let folders = Folders { config: home.path().join("config"), data: home.path().join("data") };
        let ctx = egui::Context::default();
        let app = App::new(&ctx, Some(path), Some(folders));
        let mut window = Self { ctx, app, frame: eframe::Frame::_new_kittest(), time: 0.0, _home: home };
        for _ in 0..40 {
            window.step(vec![]);
        }
        window
    }

    /// One frame and its triangles.
    fn step(&mut self, events: Vec<Event>) -> usize {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time),
            focused: true,
            events,
            ..RawInput::default()
        };
        let Self { ctx, app, frame, .. } = self;
        let output = ctx.run_ui(input, |ui| {
            app.logic(ui, frame);
            app.ui(ui, frame);
        });
        let mut textures = output.textures_delta;
        textures.clear();
        ctx.tessellate(output.shapes, output.pixels_per_point).len()
    }
}

#[divan::bench(args = [12, 200, 1_000])]
fn frame(bencher: Bencher<'_, '_>, nodes: usize) {
    let mut window = Window::open(&city(nodes));
    bencher.bench_local(|| window.step(vec![]));
}

/// Zoomed out: the whole drawing in view.
#[divan::bench(args = [10_000])]
fn frame_far(bencher: Bencher<'_, '_>, nodes: usize) {
    let mut window = Window::open(&city(nodes));
    bencher.bench_local(|| window.step(vec![]));
}

/// A box that follows the pointer; its arrows find their ways anew in each frame.
#[divan::bench(args = [200, 1_000])]
fn drag(bencher: Bencher<'_, '_>, nodes: usize) {
    let mut window = Window::open(&city(nodes));
    let at = window.app.screen_of(&"n0".into()).unwrap();
    window.step(vec![Event::PointerMoved(at)]);
    window.step(vec![Event::PointerButton { pos: at, button: PointerButton::Primary, pressed: true, modifiers: Modifiers::NONE }]);
    let mut n = 0_u16;
    bencher.bench_local(|| {
        n += 1;
        let by = vec2(f32::from(n % 97), f32::from(n % 53));
        window.step(vec![Event::PointerMoved(at + by + vec2(12.0, 9.0))])
    });
}

/// A step back or forth through the history, with what it shows.
#[divan::bench(args = [200, 1_000, 10_000], sample_count = 20)]
fn undo(bencher: Bencher<'_, '_>, nodes: usize) {
    let mut window = Window::open(&city(nodes));
    let at = Point::new(37.0, 11.0);
    window.app.front.document.perform(&Edit::Move(vec![("n0".into(), at)]), None).unwrap();
    window.step(vec![]);
    let mut back = false;
    bencher.bench_local(|| {
        back = !back;
        let modifiers = if back { Modifiers::COMMAND } else { Modifiers::COMMAND | Modifiers::SHIFT };
        window.step(vec![Event::Key { key: Key::Z, physical_key: None, pressed: true, repeat: false, modifiers }])
    });
}

/// Clients and the services that they call, each by four clients.
fn fair(pairs: usize) -> Diagram {
    let at = |n: usize| Point::new((n % 15) as f64 * 300.0, (n / 15) as f64 * 140.0);
    let (client, desk) = (|i: usize| format!("c{i}"), |i: usize| format!("d{i}"));
    let mut edits = Vec::new();
    for i in 0..pairs {
        let node = Node::new("generic/client", "").with("arrivals", "poisson(19/s)");
        edits.push(Edit::AddNode { id: client(i).as_str().into(), node, at: at(2 * i) });
        edits.push(Edit::AddNode { id: desk(i).as_str().into(), node: Node::new("generic/http-api", ""), at: at(2 * i + 1) });
    }
    for i in 0..pairs {
        for n in 0..4 {
            let edge = Edge::new(client(i).as_str(), desk((i + n) % pairs).as_str(), EdgeKind::Request);
            edits.push(Edit::AddEdge { id: format!("e{i}-{n}").as_str().into(), edge });
        }
    }
    apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
}

/// A live run with everything in view.
#[divan::bench]
fn live_frame_200_nodes_2000_tokens(bencher: Bencher<'_, '_>) {
    let mut window = Window::open(&fair(100));
    let ctx = window.ctx.clone();
    window.app.command(&ctx, Command::Live);
    for order in [Order::Pause, Order::Seek(10.0)] {
        let live = window.app.front.live.as_ref().unwrap();
        live.session.order(order);
        live.session.settle();
        window.step(vec![]);
    }
    let tokens = window.app.front.live.as_ref().unwrap().frame().unwrap().hops.len();
    assert!((1_500..=2_000).contains(&tokens), "{tokens} tokens");
    bencher.bench_local(|| window.step(vec![]));
}

/// Reading a file of ten thousand boxes and showing its first frame.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn open_10k(bencher: Bencher<'_, '_>) {
    let text = native::write(&city(10_000));
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("city.plimsoll.json");
    std::fs::write(&path, text).unwrap();
    bencher.bench_local(|| {
        let ctx = egui::Context::default();
        let app = App::new(&ctx, Some(path.clone()), None);
        let home = tempfile::tempdir().unwrap();
        let mut window = Window { ctx, app, frame: eframe::Frame::_new_kittest(), time: 0.0, _home: home };
        window.step(vec![])
    });
}

/// What the other figures are compared with: a thousand rounded boxes with outlines through the same tessellator.
#[divan::bench]
fn yardstick(bencher: Bencher<'_, '_>) {
    let ctx = egui::Context::default();
    bencher.bench_local(|| {
        let input = RawInput { screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)), ..RawInput::default() };
        let output = ctx.run_ui(input, |ui| {
            for i in 0..1_000_u16 {
                let at = Pos2::new(f32::from(i % 40) * 36.0, f32::from(i / 40) * 36.0);
                let rect = Rect::from_min_size(at, vec2(30.0, 24.0));
                let stroke = egui::Stroke::new(1.0, egui::Color32::WHITE);
                ui.painter().rect(rect, 6.0, egui::Color32::GRAY, stroke, egui::StrokeKind::Inside);
            }
        });
        let mut textures = output.textures_delta;
        textures.clear();
        black_box(ctx.tessellate(output.shapes, output.pixels_per_point).len())
    });
}
