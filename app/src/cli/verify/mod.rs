//! verify
use super::{Outcome, Refusal, Stop, Streams, args::VerifyArgs};
pub(super) fn perform(_args: &VerifyArgs, _streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    Err(Refusal::new("this build has no examples yet").into())
}
