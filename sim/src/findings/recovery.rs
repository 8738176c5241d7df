//! What became of the system after the last fault: it came back, and how soon; or it stays down although nothing is
//! wrong with it any more, which is called metastable failure.
//!
//! Goodput is what completes without a loss. It is compared with the load of the same time, so that a load that rises
//! or falls on purpose is not taken for a failure.

use std::ops::Range;

use plimsoll_models::{Severity, families::Config, units};

use crate::{
    core::Core,
    result::{Basis, Consequence, Finding, RunResult},
};

/// Share of the former goodput from which it is back.
const BACK_FROM: f64 = 0.9;
/// Share of the former goodput below which it has collapsed.
const COLLAPSED_BELOW: f64 = 0.8;
/// Growth of the load over the one before the faults up to which it counts as back to normal.
const LOAD_GROWTH_MAX: f64 = 1.1;
/// Least intervals of the grid before the faults, and after them.
const INTERVALS_MIN: usize = 5;
/// Journeys over which goodput is averaged, so that the luck of single intervals decides nothing.
const SMOOTHED_OVER: f64 = 200.0;
/// Messages beyond the greatest backlog before the faults that do not count.
const BACKLOG_SLACK: f64 = 1.0;

/// The run on its grid.
struct Course {
    interval: f64,
    started: Vec<f64>,
    complete: Vec<f64>,
    backlog: Vec<f64>,
    /// Intervals before the first fault.
    before: Range<usize>,
    /// Intervals after the last one.
    after: Range<usize>,
}

/// Whether and when the system came back from the faults of the scenario.
pub(super) fn find(core: &Core, result: &RunResult, findings: &mut Vec<Finding>) {
    let Some(course) = Course::new(core, result) else { return };
    if course.before.len() < INTERVALS_MIN || course.share(&course.before) <= 0.0 {
        return;
    }
    // Coming back takes time: only the second half of what is left is judged.
    let judged = course.after.start + course.after.len() / 2..course.after.end;
    let lasted = course.after.start - course.before.end;
    if judged.len() < INTERVALS_MIN || course.after.len() < lasted.min(course.before.len()) {
        findings.push(too_short(&course));
        return;
    }
    let collapsed = course.share(&judged) < COLLAPSED_BELOW * course.share(&course.before);
    let normal_load = mean(&course.started, &judged) <= LOAD_GROWTH_MAX * mean(&course.started, &course.before);
    findings.push(if collapsed && normal_load { metastable(core, &course, &judged) } else { recovery(&course) });
}

impl Course {
    fn new(core: &Core, result: &RunResult) -> Option<Self> {
        let (interval, n) = (result.grid.interval_s, result.grid.intervals);
        let first = result.faults.iter().map(|fault| fault.from_s).min_by(f64::total_cmp)?;
        let last = result.faults.iter().map(|fault| fault.to_s).max_by(f64::total_cmp)?;
        let at = |time: f64, round: fn(f64) -> f64| (round(time / interval) as usize).min(n);
        let total = |name: &str| {
            let mut sums = vec![0.0; n];
            for series in result.journeys.iter().flat_map(|journey| &journey.series).filter(|series| series.name == name) {
                sums.iter_mut().zip(&series.values).for_each(|(sum, value)| *sum += value);
            }
            sums
        };
        let mut backlog = vec![0.0; n];
        for (node, meter) in core.program.nodes.iter().zip(core.nodes.iter()) {
            // What rests where nobody takes it, as in a dead-letter queue, is no backlog.
            let rests = matches!(node.config, Config::Queue(_)) && node.pollers.is_empty();
            if !rests {
                backlog.iter_mut().zip(&meter.windows.waiting).for_each(|(sum, (mean, _))| *sum += f64::from(*mean));
            }
        }
        let before_end = at(first, f64::floor);
        Some(Self {
            interval,
            started: total("Started"),
            complete: total("Complete"),
            backlog,
            before: at(result.run.warm_up_s, f64::ceil).min(before_end)..before_end,
            after: at(last, f64::ceil)..n,
        })
    }

    /// Journeys after the faults that are missing to the goodput of the time before them.
    fn missing(&self) -> u64 {
        let started: f64 = self.started[self.after.clone()].iter().sum();
        let complete: f64 = self.complete[self.after.clone()].iter().sum();
        ((self.share(&self.before) * started - complete) * self.interval).round().max(0.0) as u64
    }

    /// Goodput as a share of the load.
    fn share(&self, range: &Range<usize>) -> f64 {
        let started: f64 = self.started[range.clone()].iter().sum();
        if started > 0.0 { self.complete[range.clone()].iter().sum::<f64>() / started } else { 0.0 }
    }

    /// Seconds from the end of the last fault until goodput was back.
    fn goodput_back(&self) -> Option<f64> {
        let rate = mean(&self.complete, &self.before);
        let width = ((SMOOTHED_OVER / (rate * self.interval)).ceil() as usize).clamp(1, self.after.len());
        let wanted = BACK_FROM * self.share(&self.before);
        let back = (self.after.start..=self.after.end - width).find(|at| self.share(&(*at..at + width)) >= wanted)?;
        Some((back - self.after.start) as f64 * self.interval)
    }

    /// Seconds from the end of the last fault until no more waited than before the first one.
    fn backlog_back(&self) -> Option<f64> {
        let wanted = greatest(&self.backlog, &self.before) + BACKLOG_SLACK;
        let back = self.after.clone().find(|at| self.backlog[*at] <= wanted)?;
        Some((back - self.after.start) as f64 * self.interval)
    }
}

fn mean(values: &[f64], range: &Range<usize>) -> f64 {
    values[range.clone()].iter().sum::<f64>() / range.len().max(1) as f64
}

fn greatest(values: &[f64], range: &Range<usize>) -> f64 {
    values[range.clone()].iter().copied().fold(0.0, f64::max)
}

fn per_second(rate: f64) -> String {
    format!("{}/s", units::print_significant(rate))
}

fn too_short(course: &Course) -> Finding {
    let rest = course.after.len() as f64 * course.interval;
    Finding {
        code: "recovery-unknown",
        severity: Severity::Info,
        node: None,
        edge: None,
        title: "The run ends too soon after the last fault to tell whether the system comes back".to_owned(),
        evidence: format!("{} of load after the last fault", units::print_duration(rest)),
        advice: "make the run longer: at least as long after the faults as they last".to_owned(),
        limit: None,
        fix: None,
        consequence: None,
    }
}

fn metastable(core: &Core, course: &Course, judged: &Range<usize>) -> Finding {
    let rate = |values: &[f64], range: &Range<usize>| per_second(mean(values, range));
    let mut evidence = vec![format!(
        "{} complete of a load of {} before the faults, {} of {} from {} on",
        rate(&course.complete, &course.before),
        rate(&course.started, &course.before),
        rate(&course.complete, judged),
        rate(&course.started, judged),
        units::print_duration(judged.start as f64 * course.interval),
    )];
    let amplified = amplification(core, course, judged);
    if let Some((edge, before, after)) = amplified.as_ref().filter(|(_, before, after)| after > before) {
        let (before, after) = (units::print_significant(*before), units::print_significant(*after));
        evidence.push(format!("{after} attempts for each call on {}, {before} before", core.program.edge_in_words(edge)));
    }
    let (then, now) = (greatest(&course.backlog, &course.before), greatest(&course.backlog, judged));
    if now > then + BACKLOG_SLACK {
        evidence.push(format!("up to {} wait, {} before", units::print_number(now.round()), units::print_number(then.round())));
    }
    Finding {
        code: "metastable",
        severity: Severity::Error,
        node: None,
        edge: amplified.map(|(edge, _, _)| edge),
        title: "The system stays down after the faults are over, at a load that it carried before".to_owned(),
        evidence: evidence.join("; "),
        advice: "attempts and backlog keep each other up: give callers a retry budget or a circuit breaker, shed load early, or bound the \
                 line so that nothing works for callers that have given up"
            .to_owned(),
        limit: None,
        fix: None,
        consequence: Some(Consequence { lost: course.missing(), late: 0, usd: 0.0, basis: Basis::Counted }),
    }
}

/// The edge with most attempts for each call, with that figure before and after.
fn amplification(core: &Core, course: &Course, judged: &Range<usize>) -> Option<(plimsoll_models::EdgeId, f64, f64)> {
    let windows = core.edges.windows();
    let edges = core.program.edges.iter().zip(core.edges.iter()).filter(|(edge, _)| edge.poll.is_none());
    edges
        .filter_map(|(edge, meter)| {
            let (calls, attempts) = (meter.windows.calls.rates(windows), meter.windows.attempts.rates(windows));
            let ratio = |range: &Range<usize>| {
                let calls = mean(&calls, range);
                (calls > 0.0).then(|| mean(&attempts, range) / calls)
            };
            Some((edge.id.clone(), ratio(&course.before)?, ratio(judged)?))
        })
        .max_by(|a, b| a.2.total_cmp(&b.2))
}

fn recovery(course: &Course) -> Finding {
    let (goodput, backlog) = (course.goodput_back(), course.backlog_back());
    let after = |time: f64| if time > 0.0 { format!("{} after", units::print_duration(time)) } else { "right after".to_owned() };
    let title = match (goodput, backlog) {
        (Some(goodput), Some(backlog)) if goodput == backlog => format!("Goodput and backlog are back {} the last fault", after(goodput)),
        (Some(goodput), Some(backlog)) => {
            format!("Goodput is back {} the last fault, the backlog {}", after(goodput), after(backlog))
        }
        (Some(goodput), None) => format!("Goodput is back {} the last fault, the backlog not before the end", after(goodput)),
        (None, _) => "Goodput is not quite back at the end of the run".to_owned(),
    };
    let back = goodput.is_some() && backlog.is_some();
    let all = course.before.end..course.after.end;
    Finding {
        code: "recovery",
        severity: if back { Severity::Info } else { Severity::Warning },
        node: None,
        edge: None,
        title,
        evidence: format!(
            "{} complete before the faults, {} at the end; up to {} waited",
            per_second(mean(&course.complete, &course.before)),
            per_second(mean(&course.complete, &(course.after.start + course.after.len() / 2..course.after.end))),
            units::print_number(greatest(&course.backlog, &all).round()),
        ),
        advice: if back {
            String::new()
        } else {
            "give it more capacity than the load needs: only what is beyond the load works off what has piled up".to_owned()
        },
        limit: None,
        fix: None,
        consequence: None,
    }
}
