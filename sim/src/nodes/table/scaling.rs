//! Automatic scaling of bought capacity: alarms over minutes, and changes that take minutes more.
//!
//! ```text
//! use of each minute --> 2 in a row above the target --> alarm --> update --> use / target
//!                        15 in a row below it ------------^   (as long as the day has decreases left)
//! ```

use plimsoll_models::families::TableScaling;

use crate::{
    sample::Sampler,
    time::{Nanos, SECOND, nanos, seconds},
};

const DAY: Nanos = 86_400 * SECOND;

/// How one side of a table follows its load.
#[derive(Clone, Debug)]
pub(super) struct Scaling {
    least: f64,
    most: f64,
    target: f64,
    pub(super) period: Nanos,
    points_out: u32,
    points_in: u32,
    pub(super) alarm_delay: Sampler,
    pub(super) update_time: Sampler,
    cooldown: Nanos,
    decreases: u32,
    decrease_interval: Nanos,
    decreases_max: u32,
    /// Units used in this period.
    pub(super) consumed: f64,
    above: u32,
    below: u32,
    /// Capacity that a change under way leads to.
    coming: Option<f64>,
    changed_at: Option<Nanos>,
    /// The day, and how often capacity went down on it.
    today: (u64, u32),
    decreased_at: Option<Nanos>,
    /// Changes so far: they tell draws apart.
    pub(super) changes: u64,
}

impl Scaling {
    pub(super) fn new(config: &TableScaling, [least, most]: [f64; 2]) -> Self {
        Self {
            least,
            most: most.max(least),
            target: config.target,
            period: nanos(config.period),
            points_out: config.points_out,
            points_in: config.points_in,
            alarm_delay: Sampler::new(&config.alarm_delay),
            update_time: Sampler::new(&config.update_time),
            cooldown: nanos(config.cooldown),
            decreases: config.decreases,
            decrease_interval: nanos(config.decrease_interval),
            decreases_max: config.decreases_max,
            consumed: 0.0,
            above: 0,
            below: 0,
            coming: None,
            changed_at: None,
            today: (0, 0),
            decreased_at: None,
            changes: 0,
        }
    }

    /// A data point is complete. Answers whether it fulfills an alarm, so that a change begins.
    pub(super) fn evaluate(&mut self, now: Nanos, capacity: f64) -> bool {
        let used = std::mem::take(&mut self.consumed) / seconds(self.period);
        let aim = capacity * self.target;
        self.above = if used > aim { self.above + 1 } else { 0 };
        self.below = if used < aim { self.below + 1 } else { 0 };
        if self.coming.is_some() || self.changed_at.is_some_and(|at| now - at < self.cooldown) {
            return false;
        }
        let wanted = (used / self.target).ceil().clamp(self.least, self.most);
        let out = self.above >= self.points_out && wanted > capacity;
        let down = self.below >= self.points_in && wanted < capacity && self.may_decrease(now);
        if out || down {
            self.coming = Some(wanted);
            self.changes += 1;
        }
        out || down
    }

    /// The change under way takes effect: the new capacity.
    pub(super) fn apply(&mut self, now: Nanos, capacity: f64) -> f64 {
        let wanted = self.coming.take().unwrap_or(capacity);
        if wanted < capacity {
            let day = now / DAY;
            self.today = if self.today.0 == day { (day, self.today.1 + 1) } else { (day, 1) };
            self.decreased_at = Some(now);
        }
        (self.above, self.below) = (0, 0);
        self.changed_at = Some(now);
        wanted
    }

    /// A day begins with a few decreases; then an hour without one frees the next.
    fn may_decrease(&self, now: Nanos) -> bool {
        let used = if self.today.0 == now / DAY { self.today.1 } else { 0 };
        let rested = self.decreased_at.is_none_or(|at| now - at >= self.decrease_interval);
        used < self.decreases || (used < self.decreases_max && rested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::Distribution;

    const MINUTE: Nanos = 60 * SECOND;

    fn scaling() -> Scaling {
        let config = TableScaling {
            writes: [1.0, 1_000.0],
            reads: [1.0, 1_000.0],
            target: 0.5,
            period: 60.0,
            points_out: 2,
            points_in: 15,
            alarm_delay: Distribution::Constant(0.0),
            update_time: Distribution::Constant(0.0),
            cooldown: 0.0,
            decreases: 4,
            decrease_interval: 3_600.0,
            decreases_max: 27,
        };
        Scaling::new(&config, config.writes)
    }

    /// Each quarter of an hour could lower the capacity by one: four times in the first hour, then once an hour, until
    /// the day has had its 27: 4 in the first hour and 23 more, one for each of the hours that follow.
    #[test]
    fn a_day_has_four_decreases_and_then_one_an_hour() {
        let mut scaling = scaling();
        let mut capacity = 1_000.0;
        let mut decreases = Vec::new();
        for minute in 1..=24 * 60 {
            let now = minute * MINUTE - 1;
            scaling.consumed = (capacity - 1.0) * 0.5 * 60.0;
            if scaling.evaluate(now, capacity) {
                capacity = scaling.apply(now, capacity);
                decreases.push(minute);
            }
        }
        assert_eq!(decreases[..6], [15, 30, 45, 60, 120, 180]);
        assert_eq!(decreases.len(), 27);
        assert_eq!(capacity, 973.0);
    }
}
