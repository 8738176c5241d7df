//! `plimsoll diff`: what is different between two diagrams.

use plimsoll_models::{
    Catalog,
    diff::{self, Difference, Kind},
};
use serde_json::{Value, json};

use super::{
    Outcome, Stop, Streams,
    args::{DiffArgs, DiffFormat},
};
use crate::files;

/// Tells every difference; the outcome is like that of `diff`.
pub(super) fn perform(args: &DiffArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let (old, new) = (files::open(&args.old)?, files::open(&args.new)?);
    streams.tell(&old.diagnostics)?;
    streams.tell(&new.diagnostics)?;
    let differences = diff::diff(&old.diagram, &new.diagram);
    match args.format {
        DiffFormat::Json => {
            let list: Vec<Value> = differences.iter().map(of_json).collect();
            serde_json::to_writer_pretty(&mut streams.out, &list).map_err(std::io::Error::from)?;
            writeln!(streams.out)?;
        }
        DiffFormat::Text => text(&differences, streams)?,
    }
    Ok(if differences.is_empty() { Outcome::Fine } else { Outcome::Broken })
}

fn text(differences: &[Difference], streams: &mut Streams<'_>) -> std::io::Result<()> {
    for difference in differences {
        for sentence in difference.sentences(Catalog::embedded()) {
            let line = match difference.kind {
                Kind::Added => streams.style.good(&format!("+ {sentence}")),
                Kind::Removed => streams.style.bad(&format!("- {sentence}")),
                Kind::Changed => streams.style.warn(&format!("~ {sentence}")),
                Kind::Moved => format!("  {sentence}"),
            };
            writeln!(streams.out, "{line}")?;
        }
    }
    Ok(())
}

fn of_json(difference: &Difference) -> Value {
    let details: Vec<Value> =
        difference.details.iter().map(|detail| json!({"key": detail.key, "old": detail.old, "new": detail.new})).collect();
    let (subject, id) = difference.subject.words();
    json!({"subject": subject, "id": id, "title": difference.title, "change": difference.kind.as_str(), "details": details})
}
