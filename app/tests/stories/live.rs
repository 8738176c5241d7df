//! A live run on the drawing: played, paused, stepped, sought, changed and repeated without the window.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use plimsoll::{
    gui::command::Command,
    live::{Frame, Order, Pace, State},
    report::json,
    run::{Ready, Request},
};
use plimsoll_models::{EdgeId, Edit, NodeId, Point, fault::Fault};
use plimsoll_sim::{Progress, Simulation, compile};

use crate::{sample::SHOP, window::Window};

/// The shop with a short day.
pub(crate) fn shop() -> Window {
    Window::with_file(Some(&SHOP.replace("10 min", "20 s")))
}

/// Waits for the run's thread and shows what it has to show.
pub(crate) fn settle(window: &mut Window) {
    if let Some(live) = &window.app().front.live {
        live.session.settle();
    }
    window.run();
}

pub(crate) fn frame(window: &mut Window) -> Frame {
    window.app().front.live.as_ref().unwrap().frame().unwrap().clone()
}

pub(crate) fn begin(window: &mut Window) {
    window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    settle(window);
}

pub(crate) fn order(window: &mut Window, order: Order) {
    window.app().front.live.as_ref().unwrap().session.order(order);
    settle(window);
    settle(window);
}

#[test]
fn it_plays_with_the_clock_until_it_is_paused_and_steps() {
    let mut window = shop();
    begin(&mut window);
    assert_eq!(frame(&mut window).state, State::Playing);
    let before = frame(&mut window).at_s();
    for _ in 0..6 {
        settle(&mut window);
    }
    let later = frame(&mut window);
    assert!(later.at_s() > before && !later.hops.is_empty(), "{} s", later.at_s());
    assert!(window.sees("Playing") && window.sees("waiting, "), "boxes tell their figures");
    window.picture("live-playing");
    window.press(Modifiers::NONE, Key::Space);
    settle(&mut window);
    let paused = frame(&mut window);
    settle(&mut window);
    assert_eq!((frame(&mut window).state, frame(&mut window).at_s()), (State::Paused, paused.at_s()));
    window.press(Modifiers::NONE, Key::Period);
    settle(&mut window);
    assert_eq!(frame(&mut window).look.handled, paused.look.handled + 1);
    window.press(Modifiers::NONE, Key::CloseBracket);
    settle(&mut window);
    assert_eq!(frame(&mut window).pace, Pace::Times(2.0));
    window.press(Modifiers::COMMAND, Key::Period);
    assert!(window.app().front.live.is_none() && !window.sees("Playing"));
}

#[test]
fn the_timeline_goes_back_and_forth() {
    let mut window = shop();
    begin(&mut window);
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    let over = frame(&mut window);
    assert_eq!((over.state, over.at_s()), (State::Over, 20.0));
    window.harness.get_by_role_and_label(Role::Slider, "Timeline of the live run").click();
    window.run();
    settle(&mut window);
    let middle = frame(&mut window);
    assert!((middle.at_s() - 10.0).abs() < 0.2 && middle.look.started < over.look.started, "{} s", middle.at_s());
    window.press(Modifiers::NONE, Key::M);
    assert_eq!(window.app().front.live.as_ref().unwrap().marks, [middle.at_s()]);
    window.picture("live-sought");
    window.press(Modifiers::NONE, Key::Home);
    settle(&mut window);
    assert_eq!(frame(&mut window).at_s(), 0.0);
    window.click("Show result");
    assert!(window.app().front.runs.latest.is_some() && window.sees("Answer"));
}

#[test]
fn what_is_done_while_it_runs_is_kept_and_repeated_headless() {
    let mut window = shop();
    begin(&mut window);
    window.press(Modifiers::NONE, Key::Space);
    order(&mut window, Order::Seek(5.0));
    window.select("worker");
    assert!(window.sees("What if: Worker"));
    window.picture("live-what-if");
    window.click("Kill");
    settle(&mut window);
    let faults = |window: &mut Window| -> Vec<Fault> {
        let diagram = window.app().front.document.diagram().clone();
        diagram.scenarios["default"].plan(&"default".into()).0.faults
    };
    let killed = faults(&mut window);
    assert!(killed.len() == 1 && killed[0].on == "worker" && killed[0].from == 5.001 && killed[0].to == 20.0, "{killed:?}");
    order(&mut window, Order::Seek(12.0));
    let held = |frame: &Frame| {
        let queue = frame.roster.nodes.iter().position(|id| id.as_str() == "orders").unwrap();
        frame.look.nodes[queue].waiting + frame.look.nodes[queue].busy
    };
    let starved = frame(&mut window);
    assert!(held(&starved) > 500, "the queue swells: {}", held(&starved));
    assert!(window.sees("Outage until 20 s"), "a box says what strikes it");
    window.picture("live-killed");
    window.click("Restore");
    settle(&mut window);
    assert_eq!(faults(&mut window)[0].to, 12.001);
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    let app = window.app();
    let request = Request { diagram: app.front.document.diagram().clone(), scenario: "default".into(), folder: None, traces: Vec::new() };
    let mut alone = Simulation::new(&compile(&Ready::new(&request).unwrap().input()).unwrap(), 0);
    alone.run(&Progress::new()).unwrap();
    assert!(json::text(frame(&mut window).result.as_ref().unwrap()) == json::text(&alone.result()));
    // In the drawer it also tells what would help, as the command line does.
    window.click("Show result");
    window.click("Ledger");
    window.wait_for_run();
    assert!(window.sees("The books balance"), "nobody is led away from what they read");
    let told = plimsoll_sim::run(&Ready::new(&request).unwrap().input(), &Progress::new()).unwrap();
    assert!(json::text(&window.app().front.runs.latest.as_ref().unwrap().result) == json::text(&told));
    // Undone, the run goes on without it.
    window.press(Modifiers::COMMAND, Key::Z);
    window.press(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert!(faults(&mut window).is_empty() && window.app().front.live.is_some());
    order(&mut window, Order::Seek(12.0));
    let well = frame(&mut window);
    assert!(held(&well) < 100, "{}", held(&well));
}

#[test]
fn a_moved_box_does_not_end_it_but_another_diagram_does() {
    let mut window = shop();
    begin(&mut window);
    let edit = |window: &mut Window, edit: Edit| {
        window.app().front.document.perform(&edit, None).unwrap();
        window.run();
    };
    edit(&mut window, Edit::Move(vec![(NodeId::new("worker"), Point::new(700.0, 200.0))]));
    assert!(window.app().front.live.is_some());
    edit(&mut window, Edit::Remove { nodes: Vec::new(), edges: vec![EdgeId::new("worker-table")] });
    assert!(window.app().front.live.is_none() && window.sees("The live run has ended"));
    let ctx = window.harness.ctx.clone();
    window.app().command(&ctx, Command::LivePause);
    assert!(!window.sees("Timeline of the live run"));
}
