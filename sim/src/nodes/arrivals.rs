//! Turns a described load into a stream of times.

mod batches;
mod fleet;
mod surge;

use plimsoll_models::{
    Arrivals, Distribution,
    workload::{GroupSize, RateCurve, Segment, Spacing, State, Trace},
};
use rand::RngExt as _;
use rand_distr::{Distribution as _, Exp1};

use batches::Batches;
use fleet::Devices;
pub(crate) use surge::Change;

use crate::{
    program::Program,
    rng::StreamRng,
    sample::{Sampler, cumulate, pick},
    time::{Nanos, nanos},
};

/// Where a producer stands in its load.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Independent gaps; `scale` divides them.
    Renewal { gap: Sampler, first: Option<Nanos>, scale: f64 },
    /// Evenly spaced arrivals at a constant rate: the gap in seconds, the time of the first one, how many there were.
    Regular { gap: f64, first: f64, number: u64 },
    /// Random arrivals at a changing rate, by thinning inside of each stretch of the curve; `at` is in seconds.
    Thinned { rate: RateCurve, scale: f64, at: f64, segment: Segment },
    /// Evenly spaced arrivals at a changing rate: one for each whole number of the integrated rate.
    Even { rate: RateCurve, scale: f64, number: u64 },
    /// At the rate of a phase that lasts `until`, when the `next` one begins; times in seconds.
    Modulated { phases: Box<[Phase]>, phase: usize, next: usize, at: f64, until: f64 },
    /// Given instants.
    Times { times: Box<[Nanos]>, next: usize },
    /// One or many at each time of a schedule.
    Batches(Box<Batches>),
    /// Devices with a period.
    Fleet(Box<Devices>),
    /// Several at each arrival of another source; `left` of the latest group.
    Groups { source: Box<Self>, size: GroupSize, left: u64, at: Nanos },
    /// Recorded instants; the recording stays in the program.
    Recorded { trace: u32, next: usize },
    /// Counts per interval, placed at random or evenly inside each.
    Counted { trace: u32, interval: usize, left: u64, placed: u64, count: u64, spacing: Spacing, scale: f64, at: f64 },
    /// A closed loop makes its own arrivals.
    None,
}

/// A state of a modulated load.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    rate: f64,
    stay: f64,
    /// Which phases may follow.
    next: Box<[(f64, usize)]>,
}

/// An arrival: when, and for a recording how long it took.
pub(crate) struct Arrival {
    pub(crate) at: Nanos,
    pub(crate) recorded: Nanos,
}

impl Source {
    pub(crate) fn new(arrivals: &Arrivals, trace: Option<u32>, program: &Program, rng: &mut StreamRng) -> Self {
        let scale = program.plan.multiplier;
        if scale <= 0.0 {
            return Self::None;
        }
        match arrivals {
            Arrivals::Renewal { gap: Distribution::Constant(gap), first } => {
                Self::Regular { gap: gap / scale, first: first.unwrap_or(gap / scale), number: 0 }
            }
            Arrivals::Renewal { gap, first } => Self::Renewal { gap: Sampler::new(gap), first: first.map(nanos), scale },
            Arrivals::Curve { rate, spacing: Spacing::Random } => {
                Self::Thinned { rate: rate.clone(), scale, at: 0.0, segment: rate.segment(0.0) }
            }
            Arrivals::Curve { rate, spacing: Spacing::Even } => Self::Even { rate: rate.clone(), scale, number: 0 },
            Arrivals::Modulated(modulated) => {
                let phase =
                    |state: &State| Phase { rate: state.rate * scale, stay: state.stay, next: cumulate(state.next.iter().copied()) };
                Self::Modulated { phases: modulated.states.iter().map(phase).collect(), phase: 0, next: 0, at: 0.0, until: 0.0 }
            }
            Arrivals::Schedule(schedule) => Self::Batches(Box::new(Batches::new(schedule, scale))),
            Arrivals::Fleet(fleet) => {
                let devices = libm::round(f64::from(fleet.devices) * scale) as u64;
                Self::Fleet(Box::new(Devices::new(fleet, devices, rng)))
            }
            Arrivals::Groups { arrivals, size } => {
                Self::Groups { source: Box::new(Self::new(arrivals, None, program, rng)), size: size.clone(), left: 0, at: 0 }
            }
            Arrivals::Times(times) => Self::Times { times: times.iter().map(|t| nanos(*t)).collect(), next: 0 },
            Arrivals::Closed { .. } => Self::None,
            Arrivals::Trace(source) => match trace.map(|trace| (trace, &program.traces[trace as usize])) {
                Some((trace, Trace::Arrivals { .. })) => Self::Recorded { trace, next: 0 },
                Some((trace, Trace::Counts { .. })) => {
                    Self::Counted { trace, interval: 0, left: 0, placed: 0, count: 0, spacing: source.spacing, scale, at: -1.0 }
                }
                None => Self::None,
            },
        }
    }

    /// The next arrival after the previous one at `now`.
    pub(crate) fn next(&mut self, now: Nanos, rng: &mut StreamRng, program: &Program) -> Option<Arrival> {
        let plain = |at: Nanos| Some(Arrival { at, recorded: 0 });
        match self {
            Self::None => None,
            Self::Renewal { gap, first, scale } => {
                if let Some(first) = first.take() {
                    return plain(first);
                }
                let gap = gap.draw(rng);
                let gap = if *scale == 1.0 { gap } else { (gap as f64 / *scale) as Nanos };
                plain(now.saturating_add(gap))
            }
            Self::Regular { gap, first, number } => {
                let at = *first + *gap * *number as f64;
                *number += 1;
                plain(nanos(at))
            }
            Self::Thinned { rate, scale, at, segment } => loop {
                if *at >= segment.until {
                    *segment = rate.segment(*at);
                }
                if *at > plimsoll_models::units::DURATION_MAX_S {
                    return None;
                }
                let peak = segment.most * *scale;
                let next = if peak > 0.0 {
                    let unit: f64 = Exp1.sample(rng);
                    *at + unit / peak
                } else {
                    f64::INFINITY
                };
                // What is drawn beyond a stretch tells nothing: the next one starts afresh.
                if next >= segment.until || next.is_infinite() {
                    *at = segment.until;
                    continue;
                }
                *at = next;
                let accept: f64 = rng.random();
                if accept * peak < rate_at(rate, *at) * *scale {
                    return plain(nanos(*at));
                }
            },
            Self::Even { rate, scale, number } => {
                *number += 1;
                integral_reaches(rate, *number as f64 / *scale).and_then(|seconds| plain(nanos(seconds)))
            }
            Self::Modulated { phases, phase, next: following, at, until } => loop {
                if *at >= *until {
                    let unit: f64 = Exp1.sample(rng);
                    *phase = *following;
                    *until = *at + unit * phases[*phase].stay;
                    *following = match &phases[*phase].next[..] {
                        [] => *phase,
                        [(_, only)] => *only,
                        several => *pick(several, rng.random()),
                    };
                }
                let rate = phases[*phase].rate;
                if rate > 0.0 {
                    let unit: f64 = Exp1.sample(rng);
                    let next = *at + unit / rate;
                    if next < *until {
                        *at = next;
                        return plain(nanos(next));
                    }
                }
                *at = *until;
                if *at > plimsoll_models::units::DURATION_MAX_S {
                    return None;
                }
            },
            Self::Times { times, next } => {
                let at = times.get(*next).copied();
                *next += 1;
                at.and_then(plain)
            }
            Self::Batches(batches) => batches.next().and_then(plain),
            Self::Fleet(devices) => devices.next(rng).and_then(plain),
            Self::Groups { source, size, left, at } => {
                if *left == 0 {
                    *at = source.next(now, rng, program)?.at;
                    *left = group_size(size, rng);
                }
                *left -= 1;
                plain(*at)
            }
            Self::Recorded { trace, next } => {
                let Trace::Arrivals { times, durations } = &program.traces[*trace as usize] else { return None };
                let at = times.get(*next).copied()?;
                let recorded = durations.get(*next).copied().unwrap_or(0.0);
                *next += 1;
                Some(Arrival { at: nanos(at), recorded: nanos(recorded) })
            }
            Self::Counted { trace, interval, left, placed, count, spacing, scale, at } => {
                let Trace::Counts { interval: length, counts } = &program.traces[*trace as usize] else { return None };
                while *left == 0 {
                    let expected = counts.get(*interval)? * *scale;
                    *interval += 1;
                    *count = expected.round() as u64;
                    *left = *count;
                    *placed = 0;
                    *at = 0.0;
                }
                let start = (*interval - 1) as f64 * *length;
                // The next of `left` ordered uniform instants lies beyond a share of what remains of the interval.
                let share = match spacing {
                    Spacing::Even => (*placed as f64 + 0.5) / *count as f64,
                    Spacing::Random => {
                        let u: f64 = rng.random();
                        *at + (1.0 - *at) * (1.0 - libm::pow(1.0 - u, 1.0 / *left as f64))
                    }
                };
                *at = share;
                *placed += 1;
                *left -= 1;
                plain(nanos(start + share * *length))
            }
        }
    }
}

fn group_size(size: &GroupSize, rng: &mut StreamRng) -> u64 {
    match size {
        GroupSize::Constant(size) => *size,
        GroupSize::Uniform { low, high } => rng.random_range(*low..=*high),
        GroupSize::Geometric { mean } if *mean <= 1.0 => 1,
        GroupSize::Geometric { mean } => {
            let u: f64 = rng.random();
            1 + libm::floor(libm::log1p(-u) / libm::log1p(-1.0 / mean)) as u64
        }
        GroupSize::Values(values) => {
            let total: f64 = values.iter().map(|(weight, _)| weight).sum();
            let mut u = rng.random::<f64>() * total;
            let chosen = values.iter().find(|(weight, _)| {
                u -= weight;
                u < 0.0
            });
            chosen.or(values.last()).map_or(1, |(_, size)| *size)
        }
    }
}

fn rate_at(rate: &RateCurve, seconds: f64) -> f64 {
    match rate {
        RateCurve::Sine { mean, amplitude, period } => {
            let turn = seconds / period;
            mean + amplitude * libm::sin(2.0 * std::f64::consts::PI * (turn - libm::floor(turn)))
        }
        RateCurve::Linear(_) | RateCurve::Steps(_) | RateCurve::Cycle { .. } => rate.at(seconds),
    }
}

/// When the integral of a rate reaches an amount; never, if it does not.
fn integral_reaches(rate: &RateCurve, amount: f64) -> Option<f64> {
    match rate {
        RateCurve::Steps(points) => {
            let mut sum = 0.0;
            for (index, (start, level)) in points.iter().enumerate() {
                let end = points.get(index + 1).map_or(f64::INFINITY, |(end, _)| *end);
                let gained = if *level > 0.0 { level * (end - start) } else { 0.0 };
                if sum + gained >= amount && *level > 0.0 {
                    return Some(start + (amount - sum) / level);
                }
                sum += gained;
            }
            None
        }
        RateCurve::Linear(points) => {
            let (mut sum, mut at, mut level) = (0.0, 0.0, points.first().map_or(0.0, |(_, rate)| *rate));
            for (end, next) in points {
                let span = end - at;
                let gained = (level + next) / 2.0 * span;
                if sum + gained >= amount && span > 0.0 {
                    return Some(at + quadratic(level, (next - level) / span, amount - sum));
                }
                (sum, at, level) = (sum + gained, *end, *next);
            }
            (level > 0.0).then(|| at + (amount - sum) / level)
        }
        RateCurve::Sine { mean, amplitude, period } => {
            let omega = 2.0 * std::f64::consts::PI / period;
            let integral = |t: f64| mean * t + amplitude / omega * (1.0 - libm::cos(omega * t));
            let (mut low, mut high) = (0.0, (amount / mean + period) * 2.0);
            for _ in 0..80 {
                let middle = f64::midpoint(low, high);
                if integral(middle) < amount { low = middle } else { high = middle }
            }
            (*mean > 0.0).then_some(high)
        }
        RateCurve::Cycle { levels, step, start } => {
            let total = levels.iter().sum::<f64>() * step;
            if total <= 0.0 {
                return None;
            }
            let length = levels.len() as f64 * step;
            let begun = start - libm::floor(start / length) * length;
            // Amount and time since the beginning of the cycle that time zero lies in.
            let amount = amount + before(levels, *step, begun);
            let turns = libm::floor(amount / total);
            let mut rest = amount - turns * total;
            let mut at = turns * length;
            for level in levels {
                if rest <= level * step && *level > 0.0 {
                    return Some(at + rest / level - begun);
                }
                rest -= level * step;
                at += step;
            }
            Some(at - begun)
        }
    }
}

/// Arrivals of a cycle before a time in it.
fn before(levels: &[f64], step: f64, time: f64) -> f64 {
    levels.iter().enumerate().map(|(index, level)| level * (time - index as f64 * step).clamp(0.0, step)).sum()
}

/// The `t` at which `level · t + slope · t² / 2` is `amount`.
fn quadratic(level: f64, slope: f64, amount: f64) -> f64 {
    if slope.abs() < 1e-12 {
        return amount / level;
    }
    let root = libm::sqrt((level * level + 2.0 * slope * amount).max(0.0));
    2.0 * amount / (level + root)
}
