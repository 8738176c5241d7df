//! What was stored for how long, by the hour in which it was written.

use crate::time::{Nanos, SECOND};

const HOUR: Nanos = 3_600 * SECOND;

/// Bytes by the hour in which they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    by_hour: Vec<u64>,
}

impl Stored {
    /// So many bytes are written.
    pub(crate) fn add(&mut self, now: Nanos, bytes: u64) {
        let hour = (now / HOUR) as usize;
        if hour >= self.by_hour.len() {
            self.by_hour.resize(hour + 1, 0);
        }
        self.by_hour[hour] += bytes;
    }

    /// All bytes ever written.
    pub(crate) fn total(&self) -> u64 {
        self.by_hour.iter().sum()
    }

    /// What was stored while it was between so old and so old, as bytes times hours. What was written within an hour
    /// counts as written in its middle.
    pub(crate) fn byte_hours(&self, now: Nanos, from: Nanos, to: Nanos) -> f64 {
        let stored = |(hour, bytes): (usize, &u64)| {
            let age = now.saturating_sub(hour as Nanos * HOUR + HOUR / 2);
            *bytes as f64 * age.min(to).saturating_sub(from) as f64 / HOUR as f64
        };
        self.by_hour.iter().enumerate().map(stored).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_stored_from_the_middle_of_their_hour() {
        let mut stored = Stored::default();
        stored.add(0, 10);
        stored.add(2 * HOUR + 5, 4);
        assert_eq!(stored.total(), 14);
        assert_eq!(stored.byte_hours(4 * HOUR, 0, 100 * HOUR), 10.0 * 3.5 + 4.0 * 1.5);
        assert_eq!(stored.byte_hours(4 * HOUR, HOUR, 2 * HOUR), 10.0 + 4.0 * 0.5);
    }
}
