//! `plimsoll export`: the drawing as a file.

use plimsoll_models::Catalog;

use super::{
    Outcome, Refusal, Stop, Streams,
    args::{ExportArgs, Theme},
};
use crate::{
    export::{ExportError, ExportTheme, Format, Look, draw},
    files,
};

/// The format, by the extension of the file.
fn format(args: &ExportArgs) -> Result<Format, Refusal> {
    match args.output.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png { scale: args.scale }),
        _ => Err(Refusal::new(format!("`{}` has no known extension", args.output.display())).hint("end the name in .svg or .png")),
    }
}

/// Draws the diagram into a file.
pub(super) fn perform(args: &ExportArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let format = format(args)?;
    let theme = match args.theme {
        Theme::Light => ExportTheme::Light,
        Theme::Dark => ExportTheme::Dark,
    };
    let look = Look { theme, legend: args.legend };
    let opened = files::open(&args.file)?;
    streams.tell(&opened.diagnostics)?;
    let picture = match draw(&opened.diagram, Catalog::embedded(), None, look, format) {
        Ok(picture) => picture,
        Err(ExportError::Render(fault)) => panic!("{fault}"),
        Err(error @ (ExportError::Empty | ExportError::Scale(_) | ExportError::TooLarge { .. })) => {
            return Err(Refusal::new(error.to_string()).into());
        }
    };
    files::save_atomic(&args.output, &picture.bytes).map_err(|error| {
        Refusal::new(format!("cannot write `{}`: {error}", args.output.display()))
            .hint("look at the path and at the permissions of its folder")
    })?;
    if !picture.lacking.is_empty() {
        writeln!(
            streams.talk,
            "warning: no font on this machine has {}, so that the picture shows boxes in their place\n  hint: install a font that has them, such as Noto Sans, or export SVG",
            picture.lacking.join(", ")
        )?;
    }
    writeln!(streams.talk, "wrote {}", args.output.display())?;
    Ok(Outcome::Fine)
}
