//! `plimsoll new`: an example as a diagram of one's own.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use plimsoll_models::diagnostic::closest;

use super::{Outcome, Refusal, Stop, Streams, args::NewArgs};
use crate::{
    examples::{self, EXAMPLES, Example},
    files,
    report::table::{Align, Table},
};

/// Lists the examples or writes one.
pub(super) fn perform(args: &NewArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let Some(name) = &args.from else {
        let mut table = Table::new(&[("Example", Align::Left), ("Title", Align::Left), ("What it teaches", Align::Left)]);
        for example in EXAMPLES {
            table.row([example.name, example.title, example.summary].map(str::to_owned));
        }
        streams.out.write_all(table.print().as_bytes())?;
        return Ok(Outcome::Fine);
    };
    let example = find(name)?;
    let path = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.plimsoll.json")));
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    // Everything is looked at before anything is written.
    free(&path)?;
    let traces: Vec<(PathBuf, &str)> = example.traces.iter().map(|(file, text)| (folder.join(file), *text)).collect();
    for (trace, text) in &traces {
        // The same recording may lie there already.
        if fs::read(trace).is_ok_and(|present| present != text.as_bytes()) {
            return Err(taken(trace).into());
        }
    }
    for (file, text) in traces.iter().map(|(path, text)| (path, *text)).chain([(&path, example.document)]) {
        files::save_atomic(file, text).map_err(|error| Refusal::new(format!("cannot write `{}`: {error}", file.display())))?;
    }
    writeln!(streams.talk, "wrote {}; `plimsoll run {}` runs it", path.display(), path.display())?;
    Ok(Outcome::Fine)
}

fn find(name: &str) -> Result<&'static Example, Refusal> {
    examples::find(name).ok_or_else(|| {
        let hint = closest(name, EXAMPLES.iter().map(|example| example.name))
            .map_or_else(|| "`plimsoll new --list` lists the examples".to_owned(), |near| format!("did you mean `{near}`?"));
        Refusal::new(format!("there is no example `{name}`")).hint(hint)
    })
}

/// Nothing that exists is overwritten.
fn free(path: &Path) -> Result<(), Refusal> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Ok(_) | Err(_) => Err(taken(path)),
    }
}

fn taken(path: &Path) -> Refusal {
    Refusal::new(format!("`{}` exists already", path.display())).hint("name another file with -o")
}
