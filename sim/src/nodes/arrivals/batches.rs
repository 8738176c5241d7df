//! The events of a schedule: one or many at each of its times.

use plimsoll_models::workload::Schedule;

use crate::time::{Nanos, nanos};

/// A schedule on its way through time.
#[derive(Clone, Debug)]
pub(crate) struct Batches {
    schedule: Schedule,
    /// Events at each time, after the load multiplier; a share of one becomes an event now and then.
    each: f64,
    /// Times that have come.
    number: u64,
    at: f64,
    /// Events of the latest time, and how many have been placed.
    count: u64,
    placed: u64,
}

impl Batches {
    /// Before the first time.
    pub(crate) fn new(schedule: &Schedule, scale: f64) -> Self {
        Self { schedule: schedule.clone(), each: schedule.count as f64 * scale, number: 0, at: 0.0, count: 0, placed: 0 }
    }

    /// The next event; those that are spread over longer than the time to the next batch push it back.
    pub(crate) fn next(&mut self) -> Option<Nanos> {
        if self.each <= 0.0 {
            return None;
        }
        while self.placed >= self.count {
            self.at = self.schedule.due.next(self.number, (self.number > 0).then_some(self.at))?;
            if self.at > plimsoll_models::units::DURATION_MAX_S {
                return None;
            }
            let events_before = |number: u64| libm::round(self.each * number as f64) as u64;
            self.count = events_before(self.number + 1) - events_before(self.number);
            self.number += 1;
            self.placed = 0;
        }
        let at = self.at + self.schedule.over * (self.placed as f64 / self.count as f64);
        self.placed += 1;
        Some(nanos(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    fn events(text: &str, scale: f64, count: usize) -> Vec<Nanos> {
        let Ok(plimsoll_models::Arrivals::Schedule(schedule)) = text.parse() else { panic!("{text}") };
        let mut batches = Batches::new(&schedule, scale);
        std::iter::from_fn(|| batches.next()).take(count).map(|at| at / SECOND).collect()
    }

    #[test]
    fn events_lie_where_the_schedule_puts_them() {
        assert_eq!(events("batch(4, at=10 s, over=8 s)", 1.0, 9), [10, 12, 14, 16]);
        assert_eq!(events("batch(2, every=1 min)", 1.0, 5), [0, 0, 60, 60, 120]);
        assert_eq!(events("rate(1 min)", 2.0, 4), [60, 60, 120, 120]);
        assert_eq!(events("rate(1 min)", 0.5, 3), [60, 180, 300], "every second time");
        assert_eq!(events("cron(0/30 * * * ? *)", 1.0, 3), [0, 1_800, 3_600]);
    }
}
