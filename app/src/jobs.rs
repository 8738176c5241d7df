//! Work that takes longer than a frame: a named thread, a bounded channel, a repaint when it is done.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    thread,
};

/// A piece of work on its own thread.
#[derive(Debug)]
pub struct Job<T> {
    results: Receiver<Result<T, String>>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts the work; `repaint` is called when it has ended, well or not.
    ///
    /// A panic inside becomes the text of the error: one broken job must not take the document with it.
    pub fn start(name: &str, repaint: impl FnOnce() + Send + 'static, work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, results) = sync_channel(1);
        let failed = sender.clone();
        let body = move || {
            let result = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(panic.as_ref()));
            // Nobody listens when the window has lost interest; then the result is not needed.
            let _ = sender.send(result);
            repaint();
        };
        if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(body) {
            let _ = failed.try_send(Err(format!("the system refuses another thread: {error}")));
        }
        Self { results }
    }

    /// The outcome, once it is there. Afterwards the job can be dropped.
    pub fn poll(&self) -> Option<Result<T, String>> {
        match self.results.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err("the job ended without a result".to_owned())),
        }
    }

    /// Waits for the outcome.
    pub fn wait(&self) -> Result<T, String> {
        self.results.recv().unwrap_or_else(|_| Err("the job ended without a result".to_owned()))
    }
}

/// What a panic said.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a fault without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_message() {
        let job: Job<()> = Job::start("test", || {}, || panic!("oh {}", "no"));
        assert_eq!(job.wait(), Err("oh no".to_owned()));
        let job = Job::start("test", || {}, || 7);
        assert_eq!(job.wait(), Ok(7));
    }
}
