//! Runs work beside a watcher: a progress bar on a terminal, and Ctrl-C.

use std::{
    panic,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use plimsoll_sim::Progress;

/// How often the watcher looks.
const TICK: Duration = Duration::from_millis(100);

/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Exit code of a program that Ctrl-C ended.
const CANCELED: i32 = 130;

/// The flag that Ctrl-C raises, for the whole program.
fn interrupted() -> &'static AtomicBool {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        // Without a handler the signal still ends the program, which is what it is for.
        #[expect(clippy::exit, reason = "the second Ctrl-C means now")]
        ctrlc::set_handler(move || {
            if raised.swap(true, Ordering::SeqCst) {
                std::process::exit(CANCELED);
            }
        })
        .unwrap_or_default();
        flag
    })
}

/// Does the work on a thread of its own; Ctrl-C cancels its progress. `bar` is its label on a terminal.
pub(super) fn watch<T: Send>(progress: &Progress, bar: Option<&'static str>, work: impl FnOnce() -> T + Send) -> T {
    let flag = interrupted();
    let bar = bar.map(show);
    let (sender, receiver) = mpsc::sync_channel::<()>(1);
    let result = thread::scope(|scope| {
        let worker = thread::Builder::new().name("run".to_owned()).spawn_scoped(scope, move || {
            // The other end hears of a panic too: the sender is dropped.
            let _sender = sender;
            work()
        });
        let worker = worker.expect("a machine that cannot start a thread cannot run anything");
        while receiver.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            if flag.load(Ordering::SeqCst) {
                progress.cancel();
            }
            if let Some(bar) = &bar {
                bar.set_position((progress.fraction() * STEPS as f64) as u64);
                bar.set_message(format!("{} events", plimsoll_models::units::print_compact(progress.events() as f64)));
            }
        }
        worker.join()
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    result.unwrap_or_else(|panicked| panic::resume_unwind(panicked))
}

fn show(label: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {percent:>3} %  {eta} left  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(label);
    bar
}
