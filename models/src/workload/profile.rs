//! The expected rate of a load over the time of a run, for plots before it.

use super::{Arrivals, Schedule};

/// Firings of a schedule that are looked at one by one.
const FIRINGS_MAX: u64 = 10_000;

impl Arrivals {
    /// The expected rate per second in each of so many equal parts of a run of this length in seconds; traces answer zero.
    pub fn profile(&self, seconds: f64, parts: usize) -> Vec<f64> {
        let step = seconds / parts.max(1) as f64;
        let middle = |part: usize| (part as f64 + 0.5) * step;
        match self {
            Self::Curve { rate, .. } => (0..parts).map(|part| rate.at(middle(part))).collect(),
            Self::Schedule(schedule) => schedule.profile(step, parts),
            Self::Groups { arrivals, size } => {
                let mut rates = arrivals.profile(seconds, parts);
                for rate in &mut rates {
                    *rate *= size.mean();
                }
                rates
            }
            Self::Renewal { .. } | Self::Modulated(_) | Self::Fleet(_) | Self::Times(_) | Self::Closed { .. } | Self::Trace(_) => {
                let until = |part: usize| self.expected(part as f64 * step);
                (0..parts).map(|part| ((until(part + 1) - until(part)) / step).max(0.0)).collect()
            }
        }
    }
}

impl Schedule {
    fn profile(&self, step: f64, parts: usize) -> Vec<f64> {
        let mut rates = vec![0.0; parts];
        let (mut last, end) = (None, step * parts as f64);
        for number in 0..FIRINGS_MAX {
            let Some(at) = self.due.next(number, last).filter(|at| *at < end) else { break };
            last = Some(at);
            let first = (at / step).max(0.0) as usize;
            let final_part = (((at + self.over) / step) as usize).min(parts.saturating_sub(1));
            for (part, rate) in rates.iter_mut().enumerate().take(final_part + 1).skip(first) {
                let (from, to) = (part as f64 * step, (part as f64 + 1.0) * step);
                let share = if self.over > 0.0 { ((at + self.over).min(to) - at.max(from)).max(0.0) / self.over } else { 1.0 };
                *rate += self.count as f64 * share / step;
            }
        }
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_adds_up_to_what_is_expected() {
        for text in [
            "poisson(20/s)",
            "sine(mean=40/s, amplitude=32/s, period=100 s)",
            "ramp(from=0/s, to=100/s, over=10 min)",
            "bursts(on=100/s, off=0/s, mean_on=10 s, mean_off=60 s)",
            "modulated(10/s: - 1 0, 20/s: 0 - 2, 0/s: 0.5 0 -)",
            "groups(poisson(2/s), size=geometric(mean=5))",
            "fleet(devices=10000, period=5 min)",
            "rate(1 min)",
            "batch(1000, at=30 s, over=5 min)",
            "times(0 s, 10 s, 10.1 s)",
        ] {
            let arrivals: Arrivals = text.parse().unwrap();
            let sum: f64 = arrivals.profile(600.0, 240).iter().sum::<f64>() * 600.0 / 240.0;
            assert!((sum - arrivals.expected(600.0)).abs() <= 1e-6 * sum, "{text}: {sum} and {}", arrivals.expected(600.0));
        }
        assert!("trace(file=a.csv)".parse::<Arrivals>().unwrap().profile(60.0, 6).iter().all(|rate| *rate == 0.0));
    }
}
