//! Files that come out of the window: asked for, made on a thread of their own, reported.

use std::path::{Path, PathBuf};

use crate::{
    gui::{App, dialogs::Purpose, offer::Offer, words::results as words},
    jobs::Job,
};

/// A file that is being written.
#[derive(Debug)]
pub struct Writing {
    path: PathBuf,
    job: Job<Result<(), String>>,
}

impl App {
    /// Asks where a file shall be.
    pub(super) fn offer(&mut self, offer: Offer) {
        let extension = offer.name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let known = Purpose::FORMATS.iter().find(|known| known.trim_start_matches('.') == extension);
        self.file_dialog(Purpose::Offer(known.copied().unwrap_or_default()), &offer.name);
        self.state.offer = Some(offer);
    }

    /// Writes what was offered.
    pub(super) fn write_offer(&mut self, ctx: &egui::Context, path: &Path) {
        let Some(offer) = self.state.offer.take() else { return };
        let (repaint, target) = (ctx.clone(), path.to_path_buf());
        let job = Job::start("export", move || repaint.request_repaint(), move || offer.write(&target));
        self.state.writing.push(Writing { path: path.to_path_buf(), job });
    }

    /// Says which files are written, and which could not be.
    pub(in crate::gui) fn hear_of_writing(&mut self, ctx: &egui::Context) {
        let mut ended = Vec::new();
        self.state.writing.retain(|writing| match writing.job.poll() {
            None => true,
            Some(outcome) => {
                ended.push((writing.path.clone(), outcome.and_then(|written| written)));
                false
            }
        });
        for (path, outcome) in ended {
            match outcome {
                Ok(()) => self.notice(ctx, words::exported(&path.display().to_string())),
                Err(why) => self.message(words::NOT_EXPORTED, &why, ""),
            }
        }
    }
}
