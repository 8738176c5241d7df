//! Files that come out of the window: asked for, made on a thread of their own, reported.

use std::path::{Path, PathBuf};

use crate::{
    gui::{
        App,
        dialogs::Purpose,
        offer::Offer,
        words::{files as file_words, results as words},
    },
    jobs::Job,
};

/// A file that is being written; what comes of it are scripts that a picture lacks letters of.
#[derive(Debug)]
pub struct Writing {
    path: PathBuf,
    /// What to say when it cannot be written.
    failed: &'static str,
    job: Job<Result<Vec<&'static str>, String>>,
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
        self.write_beside(ctx, path, words::NOT_EXPORTED, move |path| offer.write(path).map(|()| Vec::new()));
    }

    /// Makes and writes a file while the window goes on.
    pub(super) fn write_beside(
        &mut self,
        ctx: &egui::Context,
        path: &Path,
        failed: &'static str,
        write: impl FnOnce(&Path) -> Result<Vec<&'static str>, String> + Send + 'static,
    ) {
        let (repaint, target) = (ctx.clone(), path.to_path_buf());
        let job = Job::start("export", move || repaint.request_repaint(), move || write(&target));
        self.notice(ctx, words::exporting(&path.display().to_string()));
        self.state.writing.push(Writing { path: path.to_path_buf(), failed, job });
    }

    /// Says which files are written, and which could not be.
    pub(in crate::gui) fn hear_of_writing(&mut self, ctx: &egui::Context) {
        let mut ended = Vec::new();
        self.state.writing.retain(|writing| match writing.job.poll() {
            None => true,
            Some(outcome) => {
                ended.push((writing.path.clone(), writing.failed, outcome.and_then(|written| written)));
                false
            }
        });
        for (path, failed, outcome) in ended {
            match outcome {
                Ok(lacking) => {
                    self.notice(ctx, words::exported(&path.display().to_string()));
                    if !lacking.is_empty() {
                        self.message(file_words::LACKING_TITLE, &file_words::lacking(&lacking), file_words::LACKING_HINT);
                    }
                }
                Err(why) => self.message(failed, &why, ""),
            }
        }
    }
}
