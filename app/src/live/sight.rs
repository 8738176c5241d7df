//! What is on its way and what has just happened: the tokens and sparks of a live run.

use plimsoll_sim::live::{Glimpse, HopLook, MarkLook};

/// Most tokens at a time; beyond it fewer journeys are shown, each with all of its tokens.
pub const TOKENS_MAX: usize = 2_000;
/// Most marks at a time.
const MARKS_MAX: usize = 256;
/// A hop is seen for so long at least, in seconds on the wall.
pub const SHOWN_MIN_S: f64 = 0.4;
/// A mark is seen for so long, in seconds on the wall.
pub const MARK_S: f64 = 0.8;

/// How long a hop is shown, in simulated seconds, when so many of them pass in a second on the wall.
pub fn shown_s(hop: &HopLook, speed: f64) -> f64 {
    (hop.to_s - hop.from_s).max(SHOWN_MIN_S * speed)
}

/// Hops and marks that can still be seen.
#[derive(Debug)]
pub(super) struct Sight {
    hops: Vec<HopLook>,
    marks: Vec<MarkLook>,
    /// One journey in so many is followed by the simulation.
    followed: u64,
    /// One in so many of those is shown.
    shown: u64,
}

impl Default for Sight {
    fn default() -> Self {
        Self { hops: Vec::new(), marks: Vec::new(), followed: 1, shown: 1 }
    }
}

impl Sight {
    /// Adds what went by.
    pub(super) fn add(&mut self, glimpse: Glimpse) {
        self.followed = glimpse.one_in.max(1);
        let shown = self.shown;
        self.hops.extend(glimpse.hops.into_iter().filter(|hop| is_shown(hop.journey, shown)));
        self.marks.extend(glimpse.marks);
    }

    /// Drops what cannot be seen any more.
    pub(super) fn prune(&mut self, now_s: f64, speed: f64) {
        self.hops.retain(|hop| hop.from_s + shown_s(hop, speed) > now_s);
        self.marks.retain(|mark| mark.at_s + MARK_S * speed > now_s);
        while self.hops.len() > TOKENS_MAX && self.shown < 1 << 40 {
            self.shown *= 2;
            let shown = self.shown;
            self.hops.retain(|hop| is_shown(hop.journey, shown));
        }
        // One journey alone can have more.
        self.hops.truncate(TOKENS_MAX);
        if self.hops.len() < TOKENS_MAX / 4 && self.shown > 1 {
            self.shown /= 2;
        }
        if self.marks.len() > MARKS_MAX {
            self.marks.drain(..self.marks.len() - MARKS_MAX);
        }
    }

    pub(super) fn clear(&mut self) {
        self.hops.clear();
        self.marks.clear();
    }

    pub(super) fn hops(&self) -> &[HopLook] {
        &self.hops
    }

    pub(super) fn marks(&self) -> &[MarkLook] {
        &self.marks
    }

    /// A token stands for so many journeys.
    pub(super) fn one_in(&self) -> u64 {
        self.followed.saturating_mul(self.shown)
    }
}

/// Whether a journey is among those that are shown, by a hash, so that they are a fair sample.
fn is_shown(journey: u64, one_in: u64) -> bool {
    mixed(journey) & (one_in - 1) == 0
}

/// A number whose bits all depend on those of another.
pub fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(journey: u64, from_s: f64, to_s: f64) -> HopLook {
        HopLook { journey, edge: 0, from_s, to_s, attempt: 1, event_type: 0, messages: 1 }
    }

    #[test]
    fn a_crowd_is_thinned_by_journeys_and_a_short_hop_is_seen_at_any_speed() {
        let mut sight = Sight::default();
        sight.add(Glimpse { one_in: 4, hops: (0..10_000).map(|n| hop(n / 2, 0.0, 0.001)).collect(), marks: Vec::new() });
        sight.prune(0.0, 10.0);
        assert!((TOKENS_MAX / 4..=TOKENS_MAX).contains(&sight.hops.len()), "{}", sight.hops.len());
        let whole = |n: u64| sight.hops.iter().filter(|hop| hop.journey == n).count();
        assert!((0..5_000).all(|n| whole(n) != 1), "a journey is shown with all of its tokens");
        assert!(sight.one_in() >= 16, "4 by the simulation, at least 4 here");
        sight.prune(3.9, 10.0);
        assert!(!sight.hops.is_empty(), "0.4 s on the wall are 4 s of the run");
        sight.prune(4.1, 10.0);
        assert!(sight.hops.is_empty());
    }
}
