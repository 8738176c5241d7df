//! How fast a live run plays.

/// Simulated time for each second of the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// A factor: 2 plays twice as fast as the world.
    Times(f64),
    /// As fast as the machine can.
    Max,
}

/// Slowest and fastest factor.
const SLOWEST: f64 = 0.01;
/// See [`SLOWEST`].
const FASTEST: f64 = 100.0;
/// A run shall not take longer than so many seconds on the wall, unless the user wants it to.
const LONG_S: f64 = 120.0;

impl Pace {
    /// Every pace that a key or the menu reaches, the slowest first: 1, 2, 5 in each decade, then as fast as possible.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        const STEPS: [f64; 13] = [SLOWEST, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, FASTEST];
        STEPS.into_iter().map(Self::Times).chain([Self::Max])
    }

    /// The pace at which a run of this length begins.
    pub fn for_run(end_s: f64) -> Self {
        let short = |pace: &Self| pace.times().is_some_and(|times| times >= 1.0 && end_s / times <= LONG_S);
        Self::all().find(short).unwrap_or(Self::Times(FASTEST))
    }

    /// The factor, if it has one.
    pub fn times(self) -> Option<f64> {
        match self {
            Self::Times(times) => Some(times),
            Self::Max => None,
        }
    }

    /// The next faster or slower one.
    pub fn step(self, faster: bool) -> Self {
        let rank = |pace: Self| pace.times().unwrap_or(f64::INFINITY);
        let next = if faster {
            Self::all().find(|pace| rank(*pace) > rank(self))
        } else {
            Self::all().rev().find(|pace| rank(*pace) < rank(self))
        };
        next.unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_from_a_hundredth_to_as_fast_as_possible_and_back() {
        let mut pace = Pace::Times(1.0);
        for _ in 0..20 {
            pace = pace.step(true);
        }
        assert_eq!(pace, Pace::Max);
        assert_eq!(pace.step(false), Pace::Times(100.0));
        for _ in 0..20 {
            pace = pace.step(false);
        }
        assert_eq!(pace, Pace::Times(SLOWEST));
    }

    #[test]
    fn a_run_begins_at_the_pace_of_the_world_unless_it_is_long() {
        assert_eq!(Pace::for_run(60.0), Pace::Times(1.0));
        assert_eq!(Pace::for_run(600.0), Pace::Times(5.0));
        assert_eq!(Pace::for_run(1e9), Pace::Times(100.0));
    }
}
