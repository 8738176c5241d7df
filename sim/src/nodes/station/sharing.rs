//! Processor sharing: everybody is served at once, each at the same share of the servers' power.
//!
//! All who are there receive service at one common rate, so one number tells how much of it anybody who had been there
//! for ever would have received. A customer leaves when that number has grown by its demand since it came: the order of
//! departures never changes, and an arrival or a departure moves one number instead of everybody's clock.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::time::Nanos;

/// Servers that all customers share.
#[derive(Clone, Debug)]
pub(super) struct Sharing {
    servers: f64,
    /// Service received so far by anybody who has always been there, in nanoseconds; starts anew when all have left.
    received: f64,
    updated: Nanos,
    /// What `received` will be at each departure (its bits, which order like the number), order of arrival, customer.
    departures: BinaryHeap<Reverse<(u64, u64, u32)>>,
    arrived: u64,
}

impl Sharing {
    /// Nobody there yet.
    pub(super) fn new(servers: u64) -> Self {
        Self { servers: servers as f64, received: 0.0, updated: 0, departures: BinaryHeap::new(), arrived: 0 }
    }

    /// So many servers from now on.
    pub(super) fn reconfigure(&mut self, now: Nanos, servers: u64) {
        self.advance(now);
        self.servers = servers as f64;
    }

    /// How many are there.
    pub(super) fn len(&self) -> u64 {
        self.departures.len() as u64
    }

    /// Service that each receives in a unit of time: one server at most.
    fn rate(&self) -> f64 {
        (self.servers / self.departures.len().max(1) as f64).min(1.0)
    }

    fn advance(&mut self, now: Nanos) {
        if self.departures.is_empty() {
            self.received = 0.0;
        } else {
            self.received += (now - self.updated) as f64 * self.rate();
        }
        self.updated = now;
    }

    /// Somebody comes who needs so much service.
    pub(super) fn enter(&mut self, now: Nanos, customer: u32, demand: Nanos) {
        self.advance(now);
        self.arrived += 1;
        self.departures.push(Reverse(((self.received + demand as f64).to_bits(), self.arrived, customer)));
    }

    /// How long until the next one leaves, if nobody comes meanwhile; `None` when nobody will.
    pub(super) fn next(&self) -> Option<Nanos> {
        let Reverse((at, ..)) = self.departures.peek()?;
        if self.rate() <= 0.0 {
            return None;
        }
        Some(libm::ceil((f64::from_bits(*at) - self.received).max(0.0) / self.rate()) as Nanos)
    }

    /// The one whose time has come leaves.
    pub(super) fn leave(&mut self, now: Nanos) -> Option<u32> {
        self.advance(now);
        let Reverse((at, _, customer)) = self.departures.pop()?;
        self.received = self.received.max(f64::from_bits(at));
        Some(customer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slow and obvious way: everybody's remaining service, reduced step by step.
    fn departures_slowly(servers: f64, customers: &[(f64, f64)]) -> Vec<f64> {
        let mut left: Vec<Option<f64>> = vec![None; customers.len()];
        let mut gone = vec![0.0; customers.len()];
        let (mut now, mut next) = (0.0, 0);
        while next < customers.len() || left.iter().any(Option::is_some) {
            let there = left.iter().flatten().count();
            let rate = (servers / there.max(1) as f64).min(1.0);
            let least = left.iter().flatten().copied().fold(f64::INFINITY, f64::min) / rate;
            let until_next = customers.get(next).map_or(f64::INFINITY, |(at, _)| at - now);
            let step = least.min(until_next);
            now += step;
            for (index, rest) in left.iter_mut().enumerate() {
                if let Some(value) = rest {
                    *value -= step * rate;
                    if *value <= 1e-6 {
                        gone[index] = now;
                        *rest = None;
                    }
                }
            }
            if step == until_next {
                left[next] = Some(customers[next].1);
                next += 1;
            }
        }
        gone
    }

    #[test]
    fn agrees_with_everybodys_own_clock() {
        for servers in [1_u64, 3] {
            let mut word = 7_u64;
            let mut random = |below: u64| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (word >> 33) % below
            };
            let mut at = 0;
            let customers: Vec<(u64, u64)> = (0..200)
                .map(|_| {
                    at += random(1_000) + 1;
                    (at, random(900 * servers) + 1)
                })
                .collect();
            let plain: Vec<(f64, f64)> = customers.iter().map(|(at, demand)| (*at as f64, *demand as f64)).collect();
            let expected = departures_slowly(servers as f64, &plain);
            let mut sharing = Sharing::new(servers);
            let (mut now, mut found) = (0, vec![0.0; customers.len()]);
            for index in 0..=customers.len() {
                let until = customers.get(index).map_or(Nanos::MAX, |(at, _)| *at);
                while let Some(wait) = sharing.next().filter(|wait| now.max(sharing.updated) + wait <= until) {
                    now = sharing.updated + wait;
                    let customer = sharing.leave(now).unwrap();
                    found[customer as usize] = now as f64;
                }
                if let Some((at, demand)) = customers.get(index) {
                    now = *at;
                    sharing.enter(now, index as u32, *demand);
                }
            }
            for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
                // Each departure is rounded up to a whole nanosecond, and those before it add their own.
                assert!((found - expected).abs() < 50.0, "{servers} servers, customer {index}: {found} is not {expected}");
            }
        }
    }
}
