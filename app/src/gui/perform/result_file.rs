//! The result as a file: a report or data, in the format that the name's extension tells.

use std::path::Path;

use crate::{
    files,
    gui::{App, offer::Offer, words::results as words},
    report::{Report, csv, json, parquet, traces},
    run::Finished,
};
use plimsoll_models::Catalog;

impl App {
    /// Asks where the report shall be.
    pub(super) fn offer_report(&mut self) {
        let Some(finished) = self.front.runs.latest.clone() else { return };
        let (file, text) = (self.front.document.path.clone(), self.front.document.text());
        let name = file.as_ref().map_or_else(|| format!("{}.plimsoll.json", self.stem()), |path| path.display().to_string());
        let make = move |path: &Path| {
            let bytes = file.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_else(|| text.as_bytes().to_vec());
            let run = &finished.result.run;
            let reproduce = words::run_again(&files::quoted(&name), &run.scenario, run.seed);
            let fingerprint = files::fingerprint(&bytes);
            let report = Report {
                result: &finished.result,
                diagram: &finished.diagram,
                catalog: Catalog::embedded(),
                reproduce: &reproduce,
                fingerprint: &fingerprint,
            };
            Ok(if has_extension(path, "md") { report.markdown() } else { report.html() }.into_bytes())
        };
        self.offer(Offer::at(format!("{}.html", self.stem()), make));
    }

    /// Asks where the data shall be.
    pub(super) fn offer_data(&mut self) {
        let Some(finished) = self.front.runs.latest.clone() else { return };
        let make = move |path: &Path| data(path, &finished);
        self.offer(Offer::at(format!("{}.result.json", self.stem()), make));
    }
}

fn data(path: &Path, finished: &Finished) -> Result<Vec<u8>, String> {
    let result = &finished.result;
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if has_extension(path, "parquet") {
        parquet::series(result).map_err(|error| error.to_string())
    } else if has_extension(path, "csv") {
        Ok(csv::series(result).into_bytes())
    } else if name.ends_with(".otlp.json") {
        Ok(traces::otlp(result, &finished.diagram).into_bytes())
    } else if name.ends_with(".perfetto.json") {
        Ok(traces::chrome(result, &finished.diagram).into_bytes())
    } else if has_extension(path, "json") {
        Ok(json::text(result).into_bytes())
    } else {
        Err(words::NO_SUCH_FORMAT.to_owned())
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|known| known.eq_ignore_ascii_case(extension))
}
