//! A load that is multiplied for a while.

use super::{Arrival, Source};
use crate::{
    program::Program,
    rng::StreamRng,
    time::{Nanos, seconds},
};

/// How a source went on until now, and how it goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// The factor until now; above zero.
    pub(crate) from: f64,
    /// The factor from now on; above zero.
    pub(crate) to: f64,
    /// Since when nothing has come; now, unless the load stood still.
    pub(crate) since: Nanos,
    pub(crate) now: Nanos,
}

impl Change {
    /// A gap that had begun goes on faster or slower.
    fn moved(self, next: Nanos) -> Nanos {
        let left = next.saturating_sub(self.since) as f64 * self.from / self.to;
        self.now.saturating_add(left as Nanos)
    }
}

impl Source {
    /// Goes on at another multiple of its load. Answers when the arrival comes that was to be next.
    pub(crate) fn surge(&mut self, change: Change, next: Option<Nanos>, rng: &mut StreamRng, program: &Program) -> Option<Arrival> {
        let plain = |at: Nanos| Arrival { at, recorded: 0 };
        let Change { from, to, now, .. } = change;
        let scale_now = program.plan.multiplier * to;
        match self {
            Self::Renewal { scale, .. } => {
                *scale = scale_now;
                next.map(|next| plain(change.moved(next)))
            }
            Self::Regular { gap, first, number } => {
                let at = change.moved(next?);
                *gap *= from / to;
                *first = seconds(at) - *gap * number.saturating_sub(1) as f64;
                Some(plain(at))
            }
            // Random arrivals have no memory: what was to come is drawn anew.
            Self::Thinned { rate, scale, at, segment } => {
                (*scale, *at) = (scale_now, seconds(now));
                *segment = rate.segment(*at);
                self.next(now, rng, program)
            }
            Self::Even { rate, scale, number } => {
                *scale = scale_now;
                *number = libm::floor(rate.integral(seconds(now)) * scale_now) as u64;
                self.next(now, rng, program)
            }
            Self::Modulated { phases, at, .. } => {
                for phase in phases.iter_mut() {
                    phase.rate = phase.rate * to / from;
                }
                if let Some(next) = next.filter(|next| *next >= now) {
                    return Some(plain(next));
                }
                // The load stood still: it goes on with the phase that is due.
                *at = seconds(now);
                self.next(now, rng, program)
            }
            Self::Groups { source, at, .. } => {
                let moved = source.surge(change, next, rng, program)?;
                *at = moved.at;
                Some(moved)
            }
            Self::Times { .. } | Self::Batches(_) | Self::Fleet(_) | Self::Recorded { .. } | Self::Counted { .. } | Self::None => {
                next.map(plain)
            }
        }
    }
}
