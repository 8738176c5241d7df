//! How fast tokens come, in whole parts, so that what something costs is not rounded to a time.

use crate::time::{NEVER, Nanos};

/// Parts of a token: a rate in billionths per second times nanoseconds.
pub(super) const PARTS: u128 = 1_000_000_000 * BILLIONTH;
/// Parts of a billionth of a token.
const BILLIONTH: u128 = 1_000_000_000;
/// Most tokens that are told apart.
const TOKENS_MAX: f64 = 1e15;
/// Most tokens per second.
const RATE_MAX: f64 = 1e12;

/// So many parts of a token, to the nearest billionth of one.
pub(super) fn parts(tokens: f64) -> u128 {
    let tokens = tokens.clamp(0.0, TOKENS_MAX);
    tokens as u128 * PARTS + (tokens.fract() * 1e9 + 0.5) as u128 * BILLIONTH
}

/// Tokens over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Billionths of a token per second.
    parts_per_nano: u128,
}

impl Rate {
    /// So many tokens per second.
    pub(crate) fn per_second(tokens: f64) -> Self {
        Self { parts_per_nano: (tokens.clamp(0.0, RATE_MAX) * 1e9 + 0.5) as u128 }
    }

    /// So much of it.
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self { parts_per_nano: (self.parts_per_nano as f64 * factor) as u128 }
    }

    /// What comes in a time, in parts.
    pub(super) fn over(self, time: Nanos) -> u128 {
        u128::from(time).saturating_mul(self.parts_per_nano)
    }

    /// How long so many parts take to come, or [`NEVER`].
    pub(super) fn time_for(self, parts: u128) -> Nanos {
        match self.parts_per_nano {
            0 if parts == 0 => 0,
            0 => NEVER,
            each => Nanos::try_from(parts.div_ceil(each)).unwrap_or(NEVER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn whole_tokens_are_whole_parts() {
        for tokens in [1.0, 3.0, 1_048_577.0, 123_456_789.0, 1e15] {
            assert_eq!(parts(tokens), tokens as u128 * PARTS, "{tokens}");
        }
        assert_eq!(parts(0.5), PARTS / 2);
        assert_eq!((parts(-1.0), parts(f64::NAN), parts(1e300)), (0, 0, parts(1e15)));
    }

    #[test]
    fn a_day_of_one_a_day_is_a_token() {
        let day = 86_400 * SECOND;
        let gained = Rate::per_second(1.0 / 86_400.0).over(day) as f64 / PARTS as f64;
        assert!((gained - 1.0).abs() < 1e-4, "{gained}");
        assert_eq!(Rate::per_second(6.0).over(SECOND), 6 * PARTS);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        let none = Rate::per_second(0.0);
        assert_eq!((none.over(NEVER), none.time_for(1), none.time_for(0)), (0, NEVER, 0));
        assert_eq!(Rate::per_second(1e300).time_for(PARTS), 1, "a token takes at least a nanosecond");
    }
}
