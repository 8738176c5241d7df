//! `plimsoll check`: what is wrong, without a run.

use std::path::Path;

use plimsoll_models::{
    Catalog, Diagnostic, Severity,
    diagnostic::{self, has_errors},
    review::{examine, rules},
};

use super::{Outcome, Stop, Streams, args::CheckArgs};
use crate::files;

/// Tells everything that the reader, the traces and the rules notice.
pub(super) fn perform(args: &CheckArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let Some(file) = &args.file else { return list(streams) };
    let mut opened = files::open(file)?;
    let mut diagnostics = opened.diagnostics;
    diagnostics.extend(files::load_beside(&mut opened.diagram, file.parent().unwrap_or(Path::new("."))).1);
    diagnostics.extend(examine(&opened.diagram, Catalog::embedded()));
    diagnostic::sort(&mut diagnostics);
    if args.json {
        serde_json::to_writer_pretty(&mut streams.out, &diagnostics).map_err(std::io::Error::from)?;
        writeln!(streams.out)?;
    } else {
        for diagnostic in &diagnostics {
            let text = diagnostic.to_string();
            let painted = match diagnostic.severity {
                Severity::Error => streams.style.bad(&text),
                Severity::Warning => streams.style.warn(&text),
                Severity::Info => text,
            };
            writeln!(streams.out, "{painted}")?;
        }
        writeln!(streams.out, "{}", summary(&file.display().to_string(), &diagnostics))?;
    }
    Ok(if has_errors(&diagnostics) { Outcome::Broken } else { Outcome::Fine })
}

/// Tells what the review looks for.
fn list(streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    for rule in rules() {
        writeln!(
            streams.out,
            "{}\n  {}\n  why: {}\n  do: {}\n  source: {}",
            rule.id, rule.title, rule.rationale, rule.advice, rule.source
        )?;
    }
    writeln!(streams.out, "{} rules", rules().count())?;
    Ok(Outcome::Fine)
}

fn summary(file: &str, diagnostics: &[Diagnostic]) -> String {
    if diagnostics.is_empty() {
        return format!("{file}: nothing to complain about");
    }
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let part = |severity, one: &str, many: &str| match count(severity) {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts = [
        part(Severity::Error, "error", "errors"),
        part(Severity::Warning, "warning", "warnings"),
        part(Severity::Info, "remark", "remarks"),
    ];
    format!("{file}: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
