//! What boxes tell of a run, the one time that everything looks at, and what the hand does while it plays.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use plimsoll::{
    gui::command::Command,
    live::{Order, State},
};
use plimsoll_models::{Catalog, Edit, Group, NodeId, validate};

use crate::{
    live::{begin, frame, order, settle, shop},
    sample::SHOP,
    window::Window,
};

fn sentence(window: &Window, begins: &str) -> String {
    let node = window.harness.query_all_by_label_contains(begins).next().unwrap();
    node.accesskit_node().label().unwrap()
}

#[test]
fn each_box_tells_its_run_at_a_glance_live_and_afterwards() {
    let mut window = shop();
    begin(&mut window);
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    order(&mut window, Order::Seek(8.0));
    window.picture("live-sparklines");
    let told = [("Orders, SQS queue", "backlog over the run at most"), ("Worker, Lambda", "work in progress over the run at most")];
    for (node, wanted) in told.into_iter().chain([("API, HTTP API", "calls over the run at most")]) {
        let said = sentence(&window, node);
        assert!(said.contains(wanted), "{node}: {said}");
    }
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    window.click("Show result");
    window.press(Modifiers::COMMAND, Key::Period);
    assert!(window.app().front.live.is_none());
    let said = sentence(&window, "Worker, Lambda");
    assert!(said.contains("work in progress over the run at most"), "{said}");
    window.picture("result-sparklines");
}

#[test]
fn a_collapsed_group_tells_the_sum_of_what_is_in_it() {
    let outage = r#""duration": "20 s", "faults": [{"kind": "outage", "on": "orders", "from": "2 s", "to": "20 s"}]"#;
    let mut window = Window::with_file(Some(&SHOP.replacen(r#""duration": "10 min""#, outage, 1)));
    let members = ["orders", "worker", "table"].map(NodeId::new).into();
    let group = Group { name: "Fulfillment".to_owned(), nodes: members, collapsed: true, ..Group::default() };
    window.app().front.document.perform(&Edit::SetGroup("back".into(), Some(group)), None).unwrap();
    window.run();
    begin(&mut window);
    order(&mut window, Order::Pause);
    order(&mut window, Order::Seek(12.0));
    let said = sentence(&window, "Fulfillment, ");
    let now = frame(&mut window);
    let waiting: u64 = now.told.0.nodes.iter().map(|node| node.waiting).sum();
    assert!(waiting > 0 && said.contains(&format!("{} waiting", plimsoll::scene::short(waiting as f64))), "{waiting}: {said}");
    assert!(said.contains("/s,") && said.contains("backlog over the run at most"), "{said}");
    window.picture("live-group");
}

#[test]
fn timeline_and_plots_look_at_the_same_time() {
    let mut window = shop();
    begin(&mut window);
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    window.click("Show result");
    order(&mut window, Order::Seek(5.0));
    let cursor = |window: &mut Window| window.app().front.results.sight.cursor().unwrap();
    assert!((cursor(&mut window) - 5.0).abs() < 1e-6, "at rest it is the moment that is shown");
    let timeline = window.harness.get_by_role_and_label(Role::Slider, "Timeline of the live run").rect();
    window.harness.hover_at(pos2(timeline.left() + timeline.width() * 0.75, timeline.center().y));
    window.run();
    assert!((cursor(&mut window) - 15.0).abs() < 0.2, "{}", cursor(&mut window));
    window.click("Throughput");
    let plot = window.harness.query_all_by_role(Role::Figure).next().unwrap().rect();
    let at = pos2(plot.left() + plot.width() * 0.5, plot.center().y);
    window.harness.hover_at(at);
    window.run();
    let pointed = cursor(&mut window);
    assert!(pointed > 6.0 && pointed < 14.0, "{pointed}");
    click(&mut window, at);
    settle(&mut window);
    assert!((frame(&mut window).at_s() - pointed).abs() < 0.2, "a click on a plot shows that moment: {}", frame(&mut window).at_s());
}

fn button(window: &mut Window, pos: Pos2, pressed: bool) {
    let event = Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    window.harness.event(event);
    window.harness.step();
}

fn click(window: &mut Window, at: Pos2) {
    window.harness.hover_at(at);
    window.run();
    button(window, at, true);
    button(window, at, false);
    window.run();
}

fn space(window: &mut Window, pressed: bool) {
    window.harness.event(Event::Key { key: Key::Space, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE });
    window.run();
}

#[test]
fn the_space_bar_pauses_when_it_is_let_go_but_not_after_panning() {
    let mut window = shop();
    begin(&mut window);
    let plays = |window: &mut Window| {
        settle(window);
        frame(window).state == State::Playing
    };
    let empty = window.app().screen_of(&"clients".into()).unwrap() + vec2(0.0, 160.0);
    let before = window.app().screen_of(&"clients".into()).unwrap();
    window.harness.hover_at(empty);
    space(&mut window, true);
    assert!(plays(&mut window), "not yet");
    button(&mut window, empty, true);
    for step in [10.0, 20.0, 40.0] {
        window.harness.hover_at(empty + vec2(step, 0.0));
        window.run();
    }
    button(&mut window, empty + vec2(40.0, 0.0), false);
    space(&mut window, false);
    assert!(plays(&mut window), "it was held to pan");
    assert!(window.app().screen_of(&"clients".into()).unwrap().x > before.x + 20.0);
    space(&mut window, true);
    space(&mut window, true);
    space(&mut window, false);
    assert!(!plays(&mut window), "once, however long it is held");
    space(&mut window, true);
    space(&mut window, false);
    assert!(plays(&mut window));
}

#[test]
fn what_was_done_is_saved_as_a_scenario_that_goes_on() {
    let mut window = shop();
    begin(&mut window);
    window.press(Modifiers::NONE, Key::Space);
    order(&mut window, Order::Seek(5.0));
    window.select("worker");
    window.click("Kill");
    settle(&mut window);
    let told = validate::check(window.app().front.document.diagram(), Catalog::embedded());
    assert!(!told.iter().any(|problem| problem.code == "fault-outside-run"), "it is meant to last: {told:?}");
    order(&mut window, Order::Seek(9.0));
    let before = frame(&mut window);
    window.click("Save as scenario");
    settle(&mut window);
    settle(&mut window);
    let live = window.app().front.live.as_ref().expect("it goes on");
    assert_eq!(live.session.scenario().as_str(), "default-2");
    assert!(window.sees("Normal day, what if"), "it is the one in use");
    let faults = |window: &mut Window, id: &str| {
        let diagram = window.app().front.document.diagram().clone();
        diagram.scenarios[id].plan(&id.into()).0.faults.len()
    };
    assert_eq!((faults(&mut window, "default"), faults(&mut window, "default-2")), (0, 1), "the first one is what it was");
    let after = frame(&mut window);
    assert_eq!((after.state, &*after.look), (before.state, &*before.look), "at the same moment");
    window.press(Modifiers::NONE, Key::End);
    settle(&mut window);
    assert_eq!(frame(&mut window).result.unwrap().run.scenario, "default-2");
}

#[test]
fn a_token_under_the_pointer_is_a_journey_that_can_be_opened() {
    let mut window = shop();
    begin(&mut window);
    order(&mut window, Order::Pause);
    order(&mut window, Order::Seek(6.0));
    let [from, to] = ["clients", "api"].map(|id| window.app().screen_of(&id.into()).unwrap());
    let along = (0..40).map(|n| from.lerp(to, 0.3 + 0.4 * n as f32 / 40.0));
    let found = along.into_iter().find(|at| {
        window.harness.hover_at(*at);
        window.run();
        window.sees("click to follow it")
    });
    let at = found.expect("something is on its way to the API");
    click(&mut window, at);
    settle(&mut window);
    let followed = frame(&mut window).followed.expect("it is followed");
    assert!(window.sees(&format!("Journey of event {}", followed.ordinal)));
    assert!(window.sees("a ring a retry, a square a batch"), "the drawing says what tokens mean");
    assert!(window.sees("What if: Clients → API"), "its arrow is chosen as well");
    window.picture("live-journey");
}

#[test]
fn jumps_and_loops_go_where_they_say() {
    let mut window = shop();
    begin(&mut window);
    let ctx = window.harness.ctx.clone();
    let jump = |window: &mut Window, command: Command| {
        window.app().command(&ctx, command);
        settle(window);
        settle(window);
        frame(window)
    };
    let slowest = jump(&mut window, Command::LiveSlowestJourney);
    let result = slowest.result.clone().unwrap();
    assert!(result.traces.iter().any(|trace| trace.slowest && (trace.started_s - slowest.at_s()).abs() < 1e-6), "{}", slowest.at_s());
    assert!(slowest.followed.is_some_and(|trace| trace.slowest) && window.sees("Journey of event"), "it is opened");
    let worst = jump(&mut window, Command::LiveWorstBacklog);
    assert_eq!(Some(worst.at_s()), worst.course.when(plimsoll::live::Moment::WorstBacklog));
    let never = jump(&mut window, Command::LiveFirstDeadLetter);
    assert!(never.trouble.is_some() && window.sees("Nothing is dead-lettered in this run"));
    order(&mut window, Order::Repeat(Some((4.0, 5.0))));
    order(&mut window, Order::Seek(17.0));
    window.app().front.live.as_ref().unwrap().session.order(Order::Play);
    settle(&mut window);
    assert!((4.0..=5.0).contains(&frame(&mut window).at_s()), "who repeats a part goes there: {}", frame(&mut window).at_s());
}
