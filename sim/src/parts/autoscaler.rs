//! The loop that decides how many instances there should be.
//!
//! It looks at its fleet from time to time and answers with the number that it wants. It knows nothing of how instances
//! come and go; what it learns of the fleet is in [`Sight`].

use std::collections::VecDeque;

use plimsoll_models::families::{
    self, Alarm, Autoscaling, Change, Cooldown, Horizontal, Knative, KnativeMetric, Metric, ScalingStep, Select,
};

use crate::time::{NEVER, Nanos, nanos, seconds};

/// Slack for rounding up, so that 10.000000001 instances are 10.
const SLACK: f64 = 1e-9;

/// Most figures and wishes that a loop remembers.
const MEMORY_MAX: usize = 10_000;

/// What the loop sees of its fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sight {
    /// Instances that there should be.
    pub(crate) desired: u64,
    /// Instances whose figures count.
    pub(crate) counted: u64,
    /// Instances that start, or whose figures do not count yet.
    pub(crate) coming: u64,
    /// The same, averaged since the last look.
    pub(crate) counted_mean: f64,
    /// What instances would be busy if each were either idle or busy with all its workers, averaged since the last look.
    pub(crate) busy: f64,
    /// Requests inside, those that wait included, averaged since the last look.
    pub(crate) inside: f64,
    /// Requests per second since the last look.
    pub(crate) rate: f64,
    /// Messages that wait in the polled queues.
    pub(crate) backlog: f64,
    /// Messages in the polled queues, those that are being worked on included.
    pub(crate) lag: f64,
}

impl Sight {
    /// The sum of a figure over the instances that count.
    fn total(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Utilization => self.busy,
            Metric::Requests => self.rate,
            Metric::Backlog => self.backlog,
            Metric::Lag => self.lag,
        }
    }

    /// Instances that the sum is over: an average for what is averaged, those of now for what is read now. Where there
    /// are none, all of it falls on the first.
    fn over(&self, metric: Metric) -> f64 {
        let instances = match metric {
            Metric::Utilization | Metric::Requests => self.counted_mean,
            Metric::Backlog | Metric::Lag => self.counted as f64,
        };
        if instances > 0.0 { instances } else { 1.0 }
    }

    /// A figure for each instance that counts.
    fn each(&self, metric: Metric) -> f64 {
        self.total(metric) / self.over(metric)
    }
}

/// A loop with its memory.
#[derive(Clone, Debug)]
pub(crate) struct Autoscaler {
    least: u64,
    most: u64,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Target(TargetRule),
    Step(StepRule),
    Schedule { times: Vec<(Nanos, u64)>, next: usize },
    Horizontal(Box<HorizontalRule>),
    Knative(Box<KnativeRule>),
}

impl Autoscaler {
    /// A loop that keeps between the two numbers, over a fleet that starts with so many.
    pub(crate) fn new(config: &Autoscaling, (least, most): (u64, u64), start: u64) -> Self {
        let rule = match config {
            Autoscaling::Target { alarm, metric, target, low, cooldown, warm_up: _ } => Rule::Target(TargetRule {
                watch: Watch::new(alarm),
                metric: *metric,
                target: *target,
                low: *low,
                cooldown: *cooldown,
                out_until: 0,
                back_until: 0,
            }),
            Autoscaling::Step { alarm, metric, steps, cooldown, warm_up: _ } => Rule::Step(StepRule {
                watch: Watch::new(alarm),
                metric: *metric,
                steps: steps.clone(),
                cooldown: *cooldown,
                base: start,
                out_until: 0,
                back_until: 0,
            }),
            Autoscaling::Schedule(times) => {
                Rule::Schedule { times: times.iter().map(|(at, count)| (nanos(*at), u64::from(*count))).collect(), next: 0 }
            }
            Autoscaling::Horizontal(config) => Rule::Horizontal(Box::new(HorizontalRule::new(config, start))),
            Autoscaling::Knative(config) => Rule::Knative(Box::new(KnativeRule::new(config))),
        };
        Self { least, most, rule }
    }

    /// When it looks next; [`NEVER`] when it has nothing more to do.
    pub(crate) fn next_look(&self, now: Nanos) -> Nanos {
        let after = |period: Nanos| now.saturating_add(period.max(1));
        match &self.rule {
            Rule::Target(rule) => after(rule.watch.period),
            Rule::Step(rule) => after(rule.watch.period),
            Rule::Schedule { times, next } => times.get(*next).map_or(NEVER, |(at, _)| *at),
            Rule::Horizontal(rule) => after(nanos(rule.config.sync)),
            Rule::Knative(rule) => after(nanos(rule.config.tick)),
        }
    }

    /// Whether a request that finds no instance at all wakes the first.
    pub(crate) fn wakes(&self) -> bool {
        match &self.rule {
            Rule::Knative(_) => true,
            Rule::Target(_) | Rule::Step(_) | Rule::Schedule { .. } | Rule::Horizontal(_) => false,
        }
    }

    /// Looks at the fleet and says how many instances it wants.
    pub(crate) fn look(&mut self, now: Nanos, sight: &Sight) -> u64 {
        let bounds = (self.least, self.most);
        let wanted = match &mut self.rule {
            Rule::Target(rule) => rule.look(now, sight),
            Rule::Step(rule) => rule.look(now, sight, bounds),
            Rule::Schedule { times, next } => {
                let mut wanted = sight.desired;
                while let Some((_, count)) = times.get(*next).filter(|(at, _)| *at <= now) {
                    wanted = *count;
                    *next += 1;
                }
                wanted
            }
            Rule::Horizontal(rule) => return rule.look(now, sight, bounds),
            Rule::Knative(rule) => rule.look(now, sight),
        };
        wanted.clamp(self.least, self.most)
    }
}

fn up(value: f64) -> u64 {
    (value - SLACK).ceil().max(0.0) as u64
}

/// How long a figure has been too high or too low.
#[derive(Clone, Debug)]
struct Watch {
    period: Nanos,
    out_after: u32,
    in_after: u32,
    high: u32,
    low: u32,
}

impl Watch {
    fn new(alarm: &Alarm) -> Self {
        let points = |time: f64| (time / alarm.period - SLACK).ceil().max(1.0) as u32;
        Self { period: nanos(alarm.period), out_after: points(alarm.out_after), in_after: points(alarm.in_after), high: 0, low: 0 }
    }

    /// Takes a figure; says whether it has been too high, or too low, for long enough.
    fn take(&mut self, value: f64, high: f64, low: f64) -> (bool, bool) {
        self.high = if value > high { self.high.saturating_add(1) } else { 0 };
        self.low = if value < low { self.low.saturating_add(1) } else { 0 };
        (self.high >= self.out_after, self.low >= self.in_after)
    }
}

/// Keeps a figure near its target.
#[derive(Clone, Debug)]
struct TargetRule {
    watch: Watch,
    metric: Metric,
    target: f64,
    low: f64,
    cooldown: Option<Cooldown>,
    out_until: Nanos,
    back_until: Nanos,
}

impl TargetRule {
    fn look(&mut self, now: Nanos, sight: &Sight) -> u64 {
        let value = sight.each(self.metric);
        let (high, low) = self.watch.take(value, self.target, self.target * self.low);
        let ratio = value / self.target.max(f64::MIN_POSITIVE);
        if high {
            // What was added a moment ago counts as capacity; after the cooldown everything that should be there is
            // taken to be measured, so that a cooldown shorter than the start-up adds twice.
            let settled = self.cooldown.is_some() && now >= self.out_until;
            let base = if settled { sight.desired.max(1) as f64 } else { sight.over(self.metric) };
            let wanted = up(base * ratio);
            if wanted > sight.desired {
                self.out_until = now.saturating_add(self.cooldown.map_or(0, |cooldown| nanos(cooldown.out)));
                return wanted;
            }
        }
        if low && sight.coming == 0 && now >= self.back_until {
            let wanted = up(sight.desired as f64 * ratio);
            if wanted < sight.desired {
                self.back_until = now.saturating_add(self.cooldown.map_or(0, |cooldown| nanos(cooldown.back)));
                return wanted;
            }
        }
        sight.desired
    }
}

/// Changes by so many at so much.
#[derive(Clone, Debug)]
struct StepRule {
    watch: Watch,
    metric: Metric,
    steps: Vec<ScalingStep>,
    cooldown: Cooldown,
    /// Instances before the change whose cooldown lasts.
    base: u64,
    out_until: Nanos,
    back_until: Nanos,
}

impl StepRule {
    fn look(&mut self, now: Nanos, sight: &Sight, (least, most): (u64, u64)) -> u64 {
        let value = sight.each(self.metric);
        let bounds = |above: bool| self.steps.iter().filter(move |step| step.above == above).map(|step| step.bound);
        let (high, low) = (bounds(true).fold(f64::INFINITY, f64::min), bounds(false).fold(f64::NEG_INFINITY, f64::max));
        let (high, low) = self.watch.take(value, high, low);
        if high {
            let step = self.steps.iter().filter(|step| step.above && value > step.bound).max_by(|a, b| a.bound.total_cmp(&b.bound));
            let base = if now < self.out_until { self.base } else { sight.desired };
            let wanted = step.map_or(base, |step| changed(base, step.change)).clamp(least, most);
            if wanted > sight.desired {
                (self.base, self.out_until) = (base, now.saturating_add(nanos(self.cooldown.out)));
                return wanted;
            }
        }
        if low && now >= self.back_until && now >= self.out_until {
            let step = self.steps.iter().filter(|step| !step.above && value < step.bound).min_by(|a, b| a.bound.total_cmp(&b.bound));
            let wanted = step.map_or(sight.desired, |step| changed(sight.desired, step.change)).clamp(least, most);
            if wanted < sight.desired {
                self.back_until = now.saturating_add(nanos(self.cooldown.back));
                return wanted;
            }
        }
        sight.desired
    }
}

/// A share is rounded towards zero, but to one instance at least.
fn changed(base: u64, change: Change) -> u64 {
    let by = match change {
        Change::Count(by) => by,
        Change::Share(share) => {
            let by = base as f64 * share;
            if by.abs() < 1.0 { by.signum() as i64 } else { (by + SLACK.copysign(by)) as i64 }
        }
    };
    base.saturating_add_signed(by)
}

/// The horizontal autoscaler of Kubernetes.
#[derive(Clone, Debug)]
struct HorizontalRule {
    config: Horizontal,
    /// Figures that are too young to be seen, the oldest first.
    unseen: VecDeque<Sight>,
    /// Wishes within the longer of the two windows.
    wishes: VecDeque<(Nanos, u64)>,
    /// Changes within the longer of the two periods.
    changes: VecDeque<(Nanos, i64)>,
    looks: u64,
    /// Since when there has been nothing to do.
    idle_since: Option<Nanos>,
}

impl HorizontalRule {
    fn new(config: &Horizontal, start: u64) -> Self {
        Self {
            config: config.clone(),
            unseen: VecDeque::new(),
            wishes: VecDeque::from([(0, start)]),
            changes: VecDeque::new(),
            looks: 0,
            idle_since: None,
        }
    }

    fn look(&mut self, now: Nanos, sight: &Sight, (least, most): (u64, u64)) -> u64 {
        self.looks += 1;
        let wanted = match self.config.zero {
            Some(zero) => match self.wake(now, sight, zero) {
                Some(count) => count,
                None => self.scaled(now, sight, (least.max(1), most)),
            },
            None => self.scaled(now, sight, (least, most)),
        };
        let by = wanted as i64 - sight.desired as i64;
        if by != 0 {
            self.changes.push_back((now, by));
        }
        let longest = nanos(self.config.up_period.max(self.config.down_period));
        while self.changes.len() > MEMORY_MAX || self.changes.front().is_some_and(|(at, _)| at.saturating_add(longest) <= now) {
            self.changes.pop_front();
        }
        wanted
    }

    /// The last pod goes when there has been nothing to do for long; the first comes when there is something.
    fn wake(&mut self, now: Nanos, sight: &Sight, zero: families::Zero) -> Option<u64> {
        let active = sight.lag > zero.activation;
        self.idle_since = if active { None } else { self.idle_since.or(Some(now)) };
        let every = (zero.polling / self.config.sync - SLACK).ceil().max(1.0) as u64;
        let polls = self.looks.is_multiple_of(every);
        match (sight.desired, active) {
            (0, true) if polls => Some(1),
            (0, _) => Some(0),
            (_, false) if polls && self.idle_since.is_some_and(|since| now - since >= nanos(zero.cooldown)) => Some(0),
            (_, _) => None,
        }
    }

    fn scaled(&mut self, now: Nanos, sight: &Sight, (least, most): (u64, u64)) -> u64 {
        let wish = self.wish(sight).clamp(least, most);
        self.wishes.push_back((now, wish));
        let config = &self.config;
        let longest = nanos(config.up_window.max(config.down_window));
        while self.wishes.len() > MEMORY_MAX || self.wishes.front().is_some_and(|(at, _)| at.saturating_add(longest) < now) {
            self.wishes.pop_front();
        }
        let within = |window: f64| {
            let window = nanos(window);
            self.wishes.iter().filter(move |(at, _)| at.saturating_add(window) > now).map(|(_, wish)| *wish)
        };
        let lowest = within(config.up_window).fold(wish, u64::min);
        let highest = within(config.down_window).fold(wish, u64::max);
        let stable = if sight.desired < lowest { lowest } else { sight.desired.min(highest) };
        let limited = if stable > sight.desired {
            stable.min(self.highest(now, sight.desired)).max(sight.desired)
        } else {
            stable.max(self.lowest(now, sight.desired)).min(sight.desired)
        };
        limited.clamp(least, most)
    }

    /// What the figure alone asks for.
    fn wish(&mut self, sight: &Sight) -> u64 {
        let config = &self.config;
        self.unseen.push_back(*sight);
        let behind = (config.lag / config.sync - SLACK).ceil().max(0.0) as usize;
        while self.unseen.len() > behind.min(MEMORY_MAX) + 1 {
            self.unseen.pop_front();
        }
        let seen = self.unseen[0];
        if self.unseen.len() <= behind {
            return sight.desired;
        }
        let steady = |ratio: f64| (ratio - 1.0).abs() <= config.tolerance + SLACK;
        let total = seen.total(config.metric);
        let ratio = seen.each(config.metric) / config.target.max(f64::MIN_POSITIVE);
        if steady(ratio) {
            return sight.desired;
        }
        // Pods without a figure of their own count as idle when it grows, and stay out of it when it shrinks.
        let coming = sight.desired.saturating_sub(seen.counted);
        if ratio > 1.0 && coming > 0 && seen.counted > 0 {
            let diluted = total / (seen.counted + coming) as f64 / config.target.max(f64::MIN_POSITIVE);
            if steady(diluted) || diluted < 1.0 {
                return sight.desired;
            }
        }
        let wanted = up(total / config.target.max(f64::MIN_POSITIVE));
        let reversed = (ratio > 1.0 && wanted < sight.desired) || (ratio < 1.0 && wanted > sight.desired);
        if reversed { sight.desired } else { wanted }
    }

    /// Net change within a period.
    fn recent(&self, now: Nanos, period: f64) -> i64 {
        self.changes.iter().filter(|(at, _)| at.saturating_add(nanos(period)) > now).map(|(_, by)| by).sum()
    }

    fn highest(&self, now: Nanos, desired: u64) -> u64 {
        let config = &self.config;
        let base = (desired as i64 - self.recent(now, config.up_period)).max(0) as f64;
        let (pods, share) = (base + config.up_pods, (base * (1.0 + config.up_share) - SLACK).ceil());
        match config.up_select {
            Select::Max => pods.max(share) as u64,
            Select::Min => pods.min(share) as u64,
            Select::Disabled => desired,
        }
    }

    fn lowest(&self, now: Nanos, desired: u64) -> u64 {
        let base = (desired as i64 - self.recent(now, self.config.down_period)).max(0) as f64;
        (base * (1.0 - self.config.down_share) + SLACK).floor().max(0.0) as u64
    }
}

/// The autoscaler of Knative.
#[derive(Clone, Debug)]
struct KnativeRule {
    config: Knative,
    stable: usize,
    panic: usize,
    /// Figures of the stable window, the oldest first.
    figures: VecDeque<f64>,
    /// When it last saw reason to panic, and the most pods since then.
    panicking: Option<(Nanos, u64)>,
    idle_since: Option<Nanos>,
}

impl KnativeRule {
    fn new(config: &Knative) -> Self {
        let looks = |time: f64| ((time / config.tick - SLACK).ceil().max(1.0) as usize).min(MEMORY_MAX);
        Self {
            config: config.clone(),
            stable: looks(config.stable_window),
            panic: looks(config.stable_window * config.panic_window),
            figures: VecDeque::new(),
            panicking: None,
            idle_since: None,
        }
    }

    fn look(&mut self, now: Nanos, sight: &Sight) -> u64 {
        let config = &self.config;
        if self.figures.len() == self.stable {
            self.figures.pop_front();
        }
        self.figures.push_back(match config.metric {
            KnativeMetric::Concurrency => sight.inside,
            KnativeMetric::Rate => sight.rate,
        });
        let mean = |looks: usize| {
            let n = looks.min(self.figures.len());
            self.figures.iter().rev().take(n).sum::<f64>() / n as f64
        };
        let ready = sight.counted.max(1) as f64;
        let target = config.target.max(f64::MIN_POSITIVE);
        let (most, least) = ((config.up_rate * ready).ceil() as u64, (ready / config.down_rate).floor() as u64);
        let asked = [mean(self.stable), mean(self.panic)].map(|figure| up(figure / target));
        let [stable, panic] = asked.map(|asked| asked.max(least).min(most));
        if asked[1] as f64 / ready >= config.panic_threshold {
            self.panicking = Some((now, self.panicking.map_or(0, |(_, pods)| pods)));
        } else if self.panicking.is_some_and(|(since, _)| now - since >= nanos(config.stable_window)) {
            self.panicking = None;
        }
        if let Some((_, pods)) = &mut self.panicking {
            *pods = (*pods).max(panic).max(stable).max(sight.desired);
            self.idle_since = None;
            return *pods;
        }
        if stable > 0 {
            self.idle_since = None;
            return stable;
        }
        let since = *self.idle_since.get_or_insert(now);
        let stays = sight.desired > 0 && now - since < nanos(config.grace);
        u64::from(stays)
    }
}

/// The time average of a level between two looks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Average {
    level: u64,
    since: Nanos,
    area: u128,
    started: Nanos,
}

impl Average {
    /// The level goes up or down.
    #[inline]
    pub(crate) fn change(&mut self, now: Nanos, by: i64) {
        self.area += u128::from(self.level) * u128::from(now - self.since);
        self.since = now;
        self.level = self.level.saturating_add_signed(by);
    }

    /// The average since the last look, which begins anew.
    pub(crate) fn look(&mut self, now: Nanos) -> f64 {
        self.change(now, 0);
        let span = now - std::mem::replace(&mut self.started, now);
        let area = std::mem::take(&mut self.area);
        if span == 0 { self.level as f64 } else { area as f64 / 1e9 / seconds(span) }
    }
}
