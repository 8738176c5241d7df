//! Limits that refused or delayed load, and those that are close to it.

use plimsoll_models::{
    Severity,
    catalog::QuotaKind,
    units::{self, Quantity},
};

use crate::{
    fixes::{change, raised, two_digits},
    program::Program,
    result::{Finding, LimitResult, RunResult},
};

/// Use from which a limit is worth a word before it binds.
const NEAR: f64 = 0.7;

/// What limits did, and which are close to it.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for (index, limit) in result.limits.iter().enumerate() {
        if limit.bound() && limit.spares() {
            findings.push(spared(program, index, limit));
        } else if limit.bound() {
            findings.push(bound(program, result, index, limit));
        } else if limit.use_peak >= NEAR {
            findings.push(near(program, index, limit));
        }
    }
}

fn spared(program: &Program, index: usize, limit: &LimitResult) -> Finding {
    let place = program.place_in_words(limit.node.as_ref(), limit.edge.as_ref());
    Finding {
        code: "limit-spares",
        severity: Severity::Info,
        node: limit.node.clone(),
        edge: limit.edge.clone(),
        title: format!("{} of {place} spares its target", limit.title),
        evidence: format!(
            "{} held back, first at {}",
            units::print_number(limit.refused as f64),
            units::print_duration(limit.first_bound_s.unwrap_or(0.0)),
        ),
        advice: "it does what it is for: lift it only where the target has room".to_owned(),
        limit: Some(index),
        fix: None,
        consequence: None,
    }
}

fn bound(program: &Program, result: &RunResult, index: usize, limit: &LimitResult) -> Finding {
    let refused = limit.refused > 0;
    let verb = if refused { "refuses" } else { "delays" };
    let what = if refused { units::print_number(limit.refused as f64) } else { units::print_number(limit.delayed as f64) };
    let first = if result.answer.first == Some(index) { " (gives first)" } else { "" };
    let delay = if limit.delay_s > 0.0 && limit.delayed > 0 {
        format!(", {} on average", units::print_duration(limit.delay_s / limit.delayed as f64))
    } else {
        String::new()
    };
    Finding {
        code: if refused { "limit-refuses" } else { "limit-delays" },
        severity: if refused { Severity::Error } else { Severity::Warning },
        node: limit.node.clone(),
        edge: limit.edge.clone(),
        title: format!("{} of {} {verb} load{first}", limit.title, program.place_in_words(limit.node.as_ref(), limit.edge.as_ref())),
        evidence: format!(
            "{what} {}, first at {}{delay}; peak demand {} of {}",
            if refused { "refused" } else { "delayed" },
            units::print_duration(limit.first_bound_s.unwrap_or(0.0)),
            units::print_fraction(limit.use_peak),
            limit.text,
        ),
        advice: advice(limit),
        limit: Some(index),
        fix: fix(limit),
        consequence: None,
    }
}

fn near(program: &Program, index: usize, limit: &LimitResult) -> Finding {
    Finding {
        code: "limit-near",
        severity: Severity::Info,
        node: limit.node.clone(),
        edge: limit.edge.clone(),
        title: format!("{} of {} is close to its limit", limit.title, program.place_in_words(limit.node.as_ref(), limit.edge.as_ref())),
        evidence: format!("peak demand {} of {}", units::print_fraction(limit.use_peak), limit.text),
        advice: match limit.headroom {
            Some(headroom) => format!("it holds until about {} times this load, by a linear estimate", units::print_significant(headroom)),
            None => "what depends on it becomes slower or larger under load: leave it room".to_owned(),
        },
        limit: Some(index),
        fix: None,
        consequence: None,
    }
}

fn advice(limit: &LimitResult) -> String {
    let target = limit.quantity.print(enough(limit));
    match limit.kind {
        QuotaKind::Soft => {
            format!("ask the provider to raise it to about {target}, put a queue before it, or cap what calls it")
        }
        QuotaKind::Configurable => {
            format!("raise it to about {target}, put a queue before it, or cap what calls it")
        }
        QuotaKind::Hard => "it is fixed: spread the load, batch, or put a queue before it".to_owned(),
    }
}

/// How far above the peak demand a lifted limit should be.
const HEADROOM: f64 = 1.2;

/// A value of a limit that leaves room above the demand that was seen. Nobody has 1.4 servers.
fn enough(limit: &LimitResult) -> f64 {
    let value = two_digits(raised(limit, HEADROOM), f64::ceil);
    match limit.quantity {
        Quantity::Count | Quantity::Number => value.ceil(),
        Quantity::Rate | Quantity::Duration | Quantity::Bytes | Quantity::Fraction | Quantity::Money => value,
    }
}

/// The change that lifts a limit above the demand that was seen; what the provider fixed cannot be lifted.
fn fix(limit: &LimitResult) -> Option<(String, String)> {
    if limit.kind == QuotaKind::Hard { None } else { change(limit, enough(limit)) }
}
