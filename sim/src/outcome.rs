//! How an attempt or a call ends.

/// How an attempt or a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Well.
    Ok,
    /// Refused by a limit; may be tried again.
    Throttled,
    /// With an error; may be tried again.
    Failed,
    /// Not at all within the caller's patience; may be tried again.
    TimedOut,
    /// Refused for good, for example because it is too large.
    Rejected,
    /// Given up because of its age.
    Expired,
}
