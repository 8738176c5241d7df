//! The results follow one time and one selection.

use egui::{Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::Queryable as _;
use plimsoll::gui::canvas::Selection;
use plimsoll_sim::result::JourneyTrace;

use crate::window::Window;

/// A place over a plot, at a share of its width.
fn at(window: &Window, label: &str, share: f32) -> Pos2 {
    let rect = window.harness.get_by_label_contains(label).rect();
    egui::pos2(rect.left() + rect.width() * share, rect.center().y)
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    let button = |pos, pressed| egui::Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    window.harness.event(egui::Event::PointerMoved(from));
    window.harness.event(button(from, true));
    window.run();
    for step in 1..=4 {
        window.harness.event(egui::Event::PointerMoved(from.lerp(to, step as f32 / 4.0)));
        window.run();
    }
    window.harness.event(button(to, false));
    window.run();
}

#[test]
fn a_range_that_is_drawn_on_one_plot_holds_for_all_tabs() {
    let mut window = Window::shop();
    window.inject();
    window.click("Latency");
    let plot = "Plot of Response of Clients · OrderPlaced";
    let (from, to) = (at(&window, plot, 0.3), at(&window, plot, 0.6));
    drag(&mut window, from, to);
    let (low, high) = window.app().front.results.sight.range().expect("a range was drawn");
    assert!((150.0..200.0).contains(&low) && (330.0..400.0).contains(&high), "{low} to {high} of 600 s");
    window.click("Throughput");
    assert!(window.sees("Whole run"));
    window.click("Limits");
    assert!(window.sees("of the whole run"), "a table of totals does not pretend to follow");
    window.click("Latency");
    window.click("Whole run");
    assert_eq!(window.app().front.results.sight.range(), None);
}

#[test]
fn the_pointer_on_one_plot_moves_the_cursor_of_all() {
    let mut window = Window::shop();
    window.inject();
    window.click("Throughput");
    let plot = at(&window, ": in and out over time", 0.5);
    window.harness.event(egui::Event::PointerMoved(plot));
    window.run();
    let cursor = window.app().front.results.sight.cursor().expect("the pointer is on a plot");
    assert!((250.0..350.0).contains(&cursor), "{cursor}");
    assert!(window.harness.query_all_by_label_contains("at 5:").count() >= 1, "the legends tell the time");
    window.harness.event(egui::Event::PointerMoved(egui::pos2(700.0, 200.0)));
    window.run();
    assert_eq!(window.app().front.results.sight.cursor(), None);
}

#[test]
fn what_is_selected_is_what_the_tables_are_about() {
    let mut window = Window::shop();
    window.inject();
    window.click("Ledger");
    assert!(window.sees("copies created"), "the bands have a text alternative");
    window.click("Table");
    assert!(window.sees("Clients → API"));
    window.app().front.selection = Selection::edge("orders-worker".into());
    window.run();
    assert!(window.sees("Orders → Worker") && !window.sees("Clients → API"));
    window.click("Only Orders → Worker");
    assert!(window.sees("Clients → API"), "the results can stay about everything");
    window.click("Only Orders → Worker");
    window.select("clients");
    assert!(window.sees("Clients → API") && !window.sees("Orders → Worker"));
    window.click("Cost");
    assert!(window.sees("Nothing here is about the selection"));
}

#[test]
fn cost_over_time_follows_the_common_range_and_the_selection() {
    let mut window = Window::shop();
    window.inject();
    window.click("Cost");
    let plot = "Plot of Cost per hour over time";
    assert!(window.sees("Plot of Cost per hour over time; All nodes:") && window.sees("; Worker:"));
    let (from, to) = (at(&window, plot, 0.3), at(&window, plot, 0.6));
    drag(&mut window, from, to);
    assert!(window.app().front.results.sight.range().is_some() && window.sees("of the whole run"));
    window.select("table");
    assert!(window.sees("over time; Orders table:") && !window.sees("All nodes"));
}

#[test]
fn the_free_tier_is_taken_off_the_month_and_the_choice_is_remembered() {
    let mut window = Window::shop();
    window.inject();
    window.click("Cost");
    assert!(window.sees("$1,805") && window.sees("$349.90") && window.sees("$0.41"));
    window.click("Free tier");
    assert!(window.sees("$1,798") && window.sees("$343.20") && !window.sees("$349.90"));
    assert!(window.sees("$0.41"), "the run itself costs the same");
    window.select("table");
    assert!(window.sees("Write request units") && !window.sees("$343.20"), "what is kept tells no month");
    let mut second = Window::in_home(window.home(), None);
    assert!(second.app().settings.preferences.free_tier);
}

#[test]
fn a_finding_says_what_it_explains() {
    let mut window = Window::shop();
    window.inject();
    window.click("Findings 2");
    assert!(window.sees("Mending this would save 671 lost and 1,204 late journeys, as simulated"));
}

#[test]
fn a_node_shows_the_age_of_what_waits_and_its_cost() {
    let mut window = Window::shop();
    window.inject();
    window.click("Throughput");
    window.select("orders");
    assert!(window.sees("Plot of Orders: age of the oldest over time; ApproximateAgeOfOldestMessage"));
    window.select("worker");
    assert!(window.sees("Plot of Worker: cost per hour over time; Cost"));
}

#[test]
fn the_data_of_a_plot_can_be_saved() {
    let mut window = Window::shop();
    window.inject();
    window.click("Latency");
    window.harness.get_by_label_contains("Plot of Response of Clients").click_secondary();
    window.run();
    window.click("Save data as CSV…");
    window.fill("File name or path", "latency.csv");
    window.press(Modifiers::NONE, egui::Key::Enter);
    let path = window.home().path().join("latency.csv");
    let start = std::time::Instant::now();
    while !path.exists() && start.elapsed().as_secs() < 20 {
        window.run();
    }
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("time_s,p50,p90,p99"), "{text}");
    wait_until(&mut window, |window| window.sees("Exported"));
}

#[test]
fn the_heat_map_and_the_percentiles_can_be_saved_as_pictures() {
    let mut window = Window::shop();
    window.inject();
    window.click("Latency");
    for (tab, plot, entry, name) in [
        ("Heat map", "Heat map: ", "Save picture as SVG…", "map.svg"),
        ("Percentiles", "Percentile plot: ", "Save picture as PNG…", "shares.png"),
    ] {
        window.click(tab);
        window.harness.get_by_label_contains(plot).click_secondary();
        window.run();
        window.click(entry);
        window.fill("File name or path", name);
        window.press(Modifiers::NONE, egui::Key::Enter);
        let path = window.home().path().join(name);
        wait_until(&mut window, |_| path.exists());
        wait_until(&mut window, |window| window.sees("Exported"));
        let bytes = std::fs::read(path).unwrap();
        let is_picture = bytes.starts_with(b"<svg") || bytes.starts_with(b"\x89PNG");
        assert!(is_picture && bytes.len() > 3_000, "{name} has {} bytes", bytes.len());
    }
}

#[test]
fn the_drawing_is_written_beside_the_window() {
    let mut window = Window::shop();
    window.press(Modifiers::COMMAND, egui::Key::E);
    window.fill("File name or path", "shop.png");
    window.press(Modifiers::NONE, egui::Key::Enter);
    assert!(window.sees("Export"), "it says what it does");
    let path = window.home().path().join("shop.png");
    wait_until(&mut window, |window| window.sees("Exported"));
    assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_narrow_window_cuts_nothing_of_the_answer() {
    let mut window = Window::shop();
    window.inject();
    let below = window.harness.get_by_label("Root events").rect().top();
    let above = window.harness.get_by_label("It does not hold: 1 of 2 objectives broken").rect().bottom();
    assert!(below - above < 220.0, "the cards are as high as what is in them: {}", below - above);
    window.harness.set_size(egui::vec2(800.0, 600.0));
    window.run();
    for words in ["What to do", "Objectives", "Gives first"] {
        let right = window.harness.get_all_by_label(words).map(|found| found.rect().right()).fold(0.0, f32::max);
        assert!(right > 0.0 && right < 800.0, "{words} ends at {right}");
    }
    assert!(!window.sees("Problems "), "the last tab has no room");
    window.click("More");
    window.harness.get_by_label_contains("Traces").click();
    window.run();
    assert!(!window.sees("More"), "the menu has the name of what is in front");
    window.click("Traces");
    assert!(window.sees("Problems"));
}

/// Waits for what goes on in the background.
fn wait_until(window: &mut Window, done: impl Fn(&mut Window) -> bool) {
    let start = std::time::Instant::now();
    while !done(window) {
        assert!(start.elapsed().as_secs() < 120, "it takes too long");
        window.run();
    }
    window.run();
}

/// Does what the command palette finds.
fn command(window: &mut Window, words: &str) {
    window.press(Modifiers::COMMAND, egui::Key::K);
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Search commands").type_text(words);
    window.run();
    window.press(Modifiers::NONE, egui::Key::Enter);
}

/// A small diagram whose limit is reached, run for real.
fn run_small(duration: &str) -> Window {
    let text = r#"{"plimsoll": 1, "name": "Small",
        "nodes": {"client": {"service": "generic/client", "name": "Clients", "fields": {"arrivals": "poisson(50/s)"}},
                  "api": {"service": "generic/http-api", "name": "API", "fields": {"latency": "10 ms", "rate_limit": "30/s"}}},
        "edges": {"ask": {"from": "client", "to": "api", "kind": "request", "fields": {"attempts": "1"}}},
        "scenarios": {"default": {"duration": "DURATION", "objectives": ["loss <= 1 %"]}}}"#;
    let mut window = Window::with_file(Some(&text.replace("DURATION", duration)));
    window.click("Run with F5");
    wait_until(&mut window, |window| window.app().front.runs.latest.is_some());
    window
}

#[test]
fn a_fix_is_proved_before_it_is_applied() {
    let mut window = run_small("20 s");
    let findings = window.app().front.runs.latest.as_ref().unwrap().result.findings.len();
    window.click(&format!("Findings {findings}"));
    window.harness.get_all_by_label("Prove it").next().unwrap().click();
    window.run();
    wait_until(&mut window, |window| !window.app().front.runs.studies.proofs.is_empty());
    let proof = window.app().front.runs.studies.proofs[0].clone();
    assert!(proof.loss.before > 0.3 && proof.loss.after < proof.loss.before, "{proof:#?}");
    assert!(window.sees("pairs of runs") && window.sees("better"));
    assert!(!window.app().front.document.is_dirty(), "nothing was changed");
}

#[test]
fn what_matters_most_is_found() {
    let mut window = run_small("20 s");
    command(&mut window, "matters most");
    wait_until(&mut window, |window| window.app().front.runs.studies.running.is_none());
    let effects = window.app().front.runs.latest.as_ref().unwrap().result.sensitivity.clone();
    assert!(effects.iter().any(|effect| effect.path == "api.rate_limit"), "{effects:#?}");
    assert!(window.sees("Rate limit of API"));
}

#[test]
fn the_slowest_journey_is_the_first_of_the_list() {
    let mut window = run_small("20 s");
    window.click("Traces");
    let result = window.app().front.runs.latest.as_ref().unwrap().result.clone();
    let took = |trace: &JourneyTrace| trace.response_s.or(trace.completion_s).map_or(0.0, |end| end - trace.started_s);
    let most = result.traces.iter().map(took).fold(0.0, f64::max);
    // Many take equally long here.
    let mut slowest = result.traces.iter().filter(|trace| trace.slowest && took(trace) > most - 1e-9);
    let shown = slowest.find(|trace| window.sees(&format!("Event {} started at", trace.ordinal))).expect("its steps are shown");
    assert!(window.sees(&format!("Slowest · event {} at ", shown.ordinal)));
}

#[test]
fn a_question_can_be_stopped() {
    let mut window = run_small("1 h");
    command(&mut window, "matters most");
    assert!(window.app().front.runs.studies.running.is_some());
    window.app().front.runs.studies.cancel();
    wait_until(&mut window, |window| window.app().front.runs.studies.running.is_none());
    assert!(window.app().front.runs.latest.as_ref().unwrap().result.sensitivity.is_empty(), "there is no answer");
    assert!(window.app().front.runs.studies.failed.is_none(), "and nothing has failed");
}

#[test]
fn the_window_writes_the_same_report_and_data_as_the_command_line() {
    let mut window = run_small("20 s");
    for (words, name) in [
        ("export report", "r.html"),
        ("export report", "r.md"),
        ("export data", "d.json"),
        ("export data", "d.parquet"),
        ("export data", "d.txt"),
    ] {
        command(&mut window, words);
        window.fill("File name or path", name);
        window.press(Modifiers::NONE, egui::Key::Enter);
        wait_until(&mut window, |window| window.app().state.writing.is_empty());
    }
    assert!(window.sees("End the name in .json"), "a format that there is not is refused with a reason");
    let read = |name: &str| std::fs::read(window.home().path().join(name)).unwrap();
    let page = String::from_utf8(read("r.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("sha256:") && page.contains("copies created"));
    assert!(String::from_utf8(read("r.md")).unwrap().starts_with("## Small: default"));
    assert!(String::from_utf8(read("d.json")).unwrap().contains("plimsoll-result/1"));
    let parquet = read("d.parquet");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    assert!(!window.home().path().join("d.txt").exists());
}
