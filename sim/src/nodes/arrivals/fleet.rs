//! The messages of a fleet, without remembering its devices.
//!
//! The places of the devices in the period are sorted random numbers. They are drawn one after the other, and every round
//! starts with the same generator again, so each device keeps its place at no cost. Only messages that jitter has made
//! late are held.

use std::{cmp::Reverse, collections::BinaryHeap};

use plimsoll_models::workload::Fleet;
use rand::{RngExt as _, SeedableRng as _};

use crate::{
    rng::StreamRng,
    time::{Nanos, nanos},
};

/// A fleet on its way through time.
#[derive(Clone, Debug)]
pub(crate) struct Devices {
    fleet: Fleet,
    number: u64,
    /// Generator of the places, as it stands at the start of each round.
    places: StreamRng,
    /// The same generator in this round.
    drawing: StreamRng,
    /// When the first round began, in seconds, and over how many seconds the places are spread.
    began: f64,
    spread: f64,
    /// No message is due from here on: the outage, or never.
    ends: f64,
    reconnected: bool,
    round: u64,
    /// Devices that have not come yet in this round.
    left: u64,
    /// Place of the latest one, as a share of the spread.
    place: f64,
    late: BinaryHeap<Reverse<Nanos>>,
}

impl Devices {
    /// The fleet with so many devices, at the start.
    pub(crate) fn new(fleet: &Fleet, devices: u64, rng: &mut StreamRng) -> Self {
        let places = fork(rng);
        Self {
            number: devices,
            drawing: places.clone(),
            places,
            began: 0.0,
            spread: fleet.spread,
            ends: fleet.outage.as_ref().map_or(f64::INFINITY, |outage| outage.begins),
            reconnected: fleet.outage.is_none(),
            round: 0,
            left: devices,
            place: 0.0,
            late: BinaryHeap::new(),
            fleet: fleet.clone(),
        }
    }

    /// When the next device is due, before jitter.
    fn due(&mut self, rng: &mut StreamRng) -> Option<f64> {
        if self.number == 0 {
            return None;
        }
        if self.left == 0 {
            self.round += 1;
            self.start_round();
        }
        // The least of `left` ordered uniform numbers above the latest one.
        let u: f64 = self.drawing.random();
        self.place += (1.0 - self.place) * (1.0 - libm::pow(1.0 - u, 1.0 / self.left as f64));
        self.left -= 1;
        let at = self.began + self.round as f64 * self.fleet.period + self.place * self.spread;
        if at < self.ends {
            return Some(at);
        }
        let outage = self.fleet.outage.as_ref().filter(|_| !self.reconnected)?;
        (self.began, self.spread, self.ends) = (outage.ends, outage.spread, f64::INFINITY);
        self.reconnected = true;
        self.round = 0;
        self.places = fork(rng);
        self.start_round();
        self.due(rng)
    }

    fn start_round(&mut self) {
        self.drawing = self.places.clone();
        self.left = self.number;
        self.place = 0.0;
    }

    /// The next message.
    pub(crate) fn next(&mut self, rng: &mut StreamRng) -> Option<Nanos> {
        if self.fleet.jitter == 0.0 {
            return self.due(rng).map(nanos);
        }
        loop {
            let before = self.reconnected;
            let Some(due) = self.due(rng) else { return self.late.pop().map(|Reverse(at)| at) };
            if before != self.reconnected {
                // What was to be sent during the outage is not.
                let outage = self.fleet.outage.as_ref().map_or(Nanos::MAX, |outage| nanos(outage.begins));
                self.late.retain(|Reverse(at)| *at < outage);
            }
            self.late.push(Reverse(nanos(due + self.fleet.jitter * rng.random::<f64>())));
            // All who are still to come are due later, so none of them can overtake this one.
            if self.late.peek().is_some_and(|Reverse(first)| *first <= nanos(due)) {
                return self.late.pop().map(|Reverse(at)| at);
            }
        }
    }
}

fn fork(rng: &mut StreamRng) -> StreamRng {
    StreamRng::seed_from_u64(rng.random())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    fn fleet(text: &str) -> Fleet {
        match text.parse() {
            Ok(plimsoll_models::Arrivals::Fleet(fleet)) => fleet,
            other => panic!("{other:?}"),
        }
    }

    fn messages(text: &str, until: Nanos) -> Vec<Nanos> {
        let fleet = fleet(text);
        let mut rng = StreamRng::seed_from_u64(1);
        let mut devices = Devices::new(&fleet, u64::from(fleet.devices), &mut rng);
        std::iter::from_fn(|| devices.next(&mut rng)).take_while(|at| *at < until).collect()
    }

    #[test]
    fn every_device_keeps_its_place() {
        let period = 60 * SECOND;
        let all = messages("fleet(devices=50, period=1 min)", 10 * period);
        assert_eq!(all.len(), 500);
        for (first, second) in all.iter().zip(&all[50..]) {
            assert!(second.abs_diff(first + period) <= 1, "{first} {second}");
        }
        // Fifty places, sorted, over the whole period.
        assert!(all.is_sorted() && all[0] < 10 * SECOND && all[49] > 50 * SECOND);
    }

    #[test]
    fn jitter_makes_late_but_loses_nobody() {
        let all = messages("fleet(devices=50, period=1 min, jitter=1 min)", 600 * SECOND);
        assert!(all.is_sorted());
        // On average half of the last round is still under way.
        assert!((440..=500).contains(&all.len()), "{}", all.len());
    }

    #[test]
    fn after_an_outage_all_come_at_once_and_stay_together() {
        let all = messages("fleet(devices=50, period=60 s, jitter=1 s, outage=3 min, reconnect=5 min, reconnect_spread=2 s)", 480 * SECOND);
        let between = |from: u64, to: u64| all.iter().filter(|at| (from * SECOND..to * SECOND).contains(at)).count();
        assert!((145..=150).contains(&between(0, 180)), "three rounds, but for messages that jitter moves into the outage");
        assert_eq!(between(180, 300), 0);
        assert_eq!((between(300, 303), between(303, 360), between(360, 363), between(363, 420)), (50, 0, 50, 0));
    }
}
