//! A window that is killed in the middle of editing: at most two seconds of work are lost, and the file is whole.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use egui::{Key, Modifiers};
use plimsoll_models::{Edit, formats::native};

use crate::{sample::SHOP, window::Window};

/// Names the folder of settings and files for the window that will be killed.
const HOME: &str = "PLIMSOLL_TEST_KILL_HOME";

/// Whether that window saves after every edit; else it never does.
const SAVES: &str = "PLIMSOLL_TEST_KILL_SAVES";

/// More edits than the window makes before it is killed.
const EDITS_MAX: u64 = 100_000;

/// Work that may be lost, in milliseconds.
const LOSS_MAX_MS: u128 = 2_000;

fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

fn file(home: &Path) -> PathBuf {
    home.join("shop.plimsoll.json")
}

/// The window that the tests below start and kill. Nobody else kills it: then it ends after a few edits.
#[test]
fn edits_until_it_is_killed() {
    let (own, asked) = (tempfile::tempdir().unwrap(), env::var_os(HOME).map(PathBuf::from));
    let tells = asked.is_some();
    let edits = if tells { EDITS_MAX } else { 3 };
    let home = asked.unwrap_or_else(|| own.path().to_owned());
    if !file(&home).exists() {
        std::fs::write(file(&home), SHOP).unwrap();
    }
    let saves = env::var_os(SAVES).is_some();
    let mut window = Window::at(&home, Some(file(&home)));
    for edit in 1..=edits {
        window.app().front.document.perform(&Edit::RenameDiagram(format!("edit {edit}")), None).unwrap();
        if tells {
            // Ends it when nobody listens any more.
            writeln!(std::io::stderr(), "edit {edit} {}", now_ms()).unwrap();
        }
        if saves {
            window.press(Modifiers::COMMAND, Key::S);
        } else {
            window.harness.step();
        }
    }
    assert_eq!(edit_of(&window.app().front.document.text()), edits);
}

/// Lets a window edit for some time and kills it; answers the edits that it told of with their times, and the time of
/// its end.
fn edit_and_kill(home: &Path, saves: bool, time: Duration) -> (Vec<(u64, u128)>, u128) {
    std::fs::write(file(home), SHOP).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["kill::edits_until_it_is_killed", "--exact", "--nocapture"]).env(HOME, home);
    if saves {
        command.env(SAVES, "yes");
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut edits: Vec<(u64, u128)> = Vec::new();
    let mut since: Option<Instant> = None;
    while since.is_none_or(|since| since.elapsed() < time) {
        edits.extend(told(&lines.next().unwrap()));
        if !edits.is_empty() {
            since.get_or_insert_with(Instant::now);
        }
    }
    let killed_at = now_ms();
    // The signal that nobody can catch: SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    edits.extend(lines.filter_map(|line| told(&line)));
    (edits, killed_at)
}

fn told(line: &str) -> Option<(u64, u128)> {
    let (edit, at) = line.strip_prefix("edit ")?.split_once(' ')?;
    Some((edit.parse().ok()?, at.parse().ok()?))
}

/// The number of the edit that a text holds.
fn edit_of(text: &str) -> u64 {
    let name = native::read(text).unwrap().diagram.name;
    name.strip_prefix("edit ").unwrap().parse().unwrap()
}

#[test]
fn a_killed_window_loses_two_seconds_at_most() {
    let home = tempfile::tempdir().unwrap();
    let (edits, killed_at) = edit_and_kill(home.path(), false, Duration::from_secs(6));
    let safe = edits.iter().filter(|(_, at)| *at + LOSS_MAX_MS <= killed_at).map(|(edit, _)| *edit).max().unwrap();
    assert!(edits.len() > 10, "it was editing: {} edits", edits.len());
    assert_eq!(std::fs::read_to_string(file(home.path())).unwrap(), SHOP, "nothing was saved");

    let mut window = Window::at(home.path(), None);
    window.click("Restore");
    let text = window.app().front.document.text();
    assert!(edit_of(&text) >= safe, "restored {}, two seconds before the end it was {safe}", edit_of(&text));
    assert_eq!(native::write(window.app().front.document.diagram()), text, "the document is whole");
    assert!(!window.sees("changed on disk"), "the file is what it was before the crash");
}

#[test]
fn a_window_that_is_killed_while_it_saves_leaves_a_whole_file() {
    for round in 1..=3 {
        let home = tempfile::tempdir().unwrap();
        let (edits, _) = edit_and_kill(home.path(), true, Duration::from_millis(700 * round));
        let text = std::fs::read_to_string(file(home.path())).unwrap();
        if text != SHOP {
            assert!(edit_of(&text) <= edits.last().unwrap().0);
            assert_eq!(native::write(&native::read(&text).unwrap().diagram), text, "every byte of it");
        }
    }
}
