//! `plimsoll export`: the drawing as a file.

use super::{Outcome, Refusal, Stop, Streams, args::ExportArgs};
use crate::files;

/// A picture format, by the extension of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    Svg,
    Png,
}

impl Picture {
    fn of(args: &ExportArgs) -> Result<Self, Refusal> {
        match args.output.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            _ => Err(Refusal::new(format!("`{}` has no known extension", args.output.display())).hint("end the name in .svg or .png")),
        }
    }
}

/// Draws the diagram into a file.
pub(super) fn perform(args: &ExportArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let picture = Picture::of(args)?;
    if !(args.scale.is_finite() && (0.1..=10.0).contains(&args.scale)) {
        return Err(Refusal::new(format!("a scale of {} makes no picture", args.scale)).hint("between 0.1 and 10").into());
    }
    let opened = files::open(&args.file)?;
    streams.tell(&opened.diagnostics)?;
    let (_, _, _) = (picture, args.theme, opened.diagram);
    Err(Refusal::new("this build cannot draw yet").into())
}
