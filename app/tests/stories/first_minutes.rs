//! What somebody sees who has never seen it.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use crate::window::Window;

#[test]
fn the_tour_goes_on_when_one_does_what_it_says_and_is_offered_once() {
    let mut window = Window::open();
    assert!(window.sees("New here?"));
    window.picture("gallery");
    window.click("Start the tour");
    assert!(window.sees("1 of 4"));
    window.picture("tour-draw");
    window.click("Client");
    window.click("AWS Lambda function");
    assert!(window.sees("2 of 4"), "two nodes are drawn");
    window.picture("tour-connect");
    window.click("Next");
    assert!(window.sees("3 of 4"));
    window.picture("tour-run");
    window.inject();
    assert!(window.sees("4 of 4"), "there is a result");
    window.picture("tour-read");
    window.click("Done");
    assert!(!window.sees("of 4"));
    let second = Window::in_home(window.home(), None);
    assert!(second.sees("Open example Checkout") && !second.sees("New here?"));
}

#[test]
fn the_tour_can_be_left_and_begun_again() {
    let mut window = Window::open();
    window.click("No, thanks");
    assert!(!window.sees("New here?"));
    window.press(Modifiers::COMMAND, Key::K);
    window.harness.get_by_role_and_label(Role::TextInput, "Search commands").type_text("guided");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.sees("1 of 4"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.sees("1 of 4"));
}

#[test]
fn the_gallery_is_searched_by_word_service_and_topic() {
    let mut window = Window::open();
    window.harness.get_by_role_and_label(Role::TextInput, "Search examples").focus();
    window.run();
    window.harness.get_by_role_and_label(Role::TextInput, "Search examples").type_text("world cup");
    window.run();
    assert!(window.sees("Open example A World Cup match day") && !window.sees("Open example Checkout"));
    window.fill("Search examples", "no such thing");
    assert!(window.sees("No example of this name"));
    window.fill("Search examples", "");
    window.press(Modifiers::NONE, Key::Backspace);
    window.click("Failures");
    assert!(window.sees("Open example An outage that never ends") && !window.sees("Open example Checkout"));
}

#[test]
fn an_empty_canvas_says_what_to_do_until_there_is_a_node() {
    let mut window = Window::open();
    window.click("New diagram");
    assert!(window.sees("Draw your architecture") && window.sees("Add a node (Shift+A)"));
    window.picture("empty");
    window.click("Add a node (Shift+A)");
    window.harness.get_by_role_and_label(Role::TextInput, "Search services to add").type_text("sqs");
    window.run();
    window.press(Modifiers::NONE, Key::Enter);
    assert!(!window.sees("Draw your architecture"));
}
