//! `plimsoll new`: an example as a diagram of one's own.

use super::{Outcome, Refusal, Stop, Streams, args::NewArgs};

/// Lists the examples or writes one.
pub(super) fn perform(_args: &NewArgs, _streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    Err(Refusal::new("this build has no examples yet").into())
}
