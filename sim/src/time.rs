//! Simulated time: whole nanoseconds since the start of the run.

/// A point in time or a length of time, in nanoseconds.
pub(crate) type Nanos = u64;

/// Nanoseconds in a second.
pub(crate) const SECOND: Nanos = 1_000_000_000;

/// A time that never comes.
pub(crate) const NEVER: Nanos = Nanos::MAX;

/// Rounds seconds to the nearest nanosecond; what is out of range becomes the nearest that is in range.
pub(crate) fn nanos(seconds: f64) -> Nanos {
    let nanos = seconds * 1e9;
    if nanos >= 9e18 { 9_000_000_000_000_000_000 } else { (nanos + 0.5) as Nanos }
}

/// Seconds of a time.
pub(crate) fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 / 1e9
}
