//! Changes of limits that can be applied: where, to which value, and whether the rules of the diagram take them.

use plimsoll_models::{Diagnostic, Diagram, Severity, units::Quantity, validate};

use crate::{
    Input,
    compile::{overridden, set_path},
    result::{Finding, LimitResult, RunResult},
};

/// A value of a limit at a multiple of the demand that was seen, as the provider counts it.
pub(crate) fn raised(limit: &LimitResult, factor: f64) -> f64 {
    let value = if limit.value > 0.0 { limit.value } else { 1.0 };
    value * limit.use_peak.clamp(1.0, 1e3) * factor + limit.set_apart
}

/// The same with two digits, which are enough for what is only aimed at.
pub(crate) fn two_digits(value: f64, rounding: fn(f64) -> f64) -> f64 {
    if value <= 0.0 {
        return value;
    }
    let exponent = libm::floor(libm::log10(value)) - 1.0;
    // A division by a whole power of ten gives the number that is nearest to the digits.
    if exponent < 0.0 {
        let parts = libm::pow(10.0, -exponent);
        rounding(value * parts) / parts
    } else {
        let unit = libm::pow(10.0, exponent);
        rounding(value / unit) * unit
    }
}

/// The path of a limit, and a value as it would be typed.
pub(crate) fn change(limit: &LimitResult, value: f64) -> Option<(String, String)> {
    // The throttle of an API key stands inside of a text with others.
    if limit.scope == "API key" {
        return None;
    }
    let key = limit.key.rsplit('.').next()?;
    let path = match (&limit.edge, &limit.node) {
        _ if limit.scope.starts_with("account") => format!("account.{}", limit.key),
        (Some(edge), _) => format!("{edge}.{key}"),
        (None, Some(node)) => format!("{node}.{key}"),
        (None, None) => return None,
    };
    let text = match limit.quantity {
        Quantity::Rate => format!("{}/s", value.ceil()),
        Quantity::Duration => format!("{value} s"),
        Quantity::Bytes => format!("{} B", value.ceil()),
        Quantity::Count | Quantity::Number => format!("{}", value.ceil()),
        Quantity::Fraction | Quantity::Money => return None,
    };
    Some((path, text))
}

/// Takes back the fixes that the rules of the diagram refuse, and says what they refuse.
pub(crate) fn refuse(input: &Input<'_>, result: &mut RunResult) {
    let (diagram, _) = overridden(input);
    // What is changed in the account can allow a change of a node, so only those of nodes and edges are looked at together.
    let (account, of_nodes): (Vec<usize>, Vec<usize>) = (0..result.findings.len())
        .filter(|at| result.findings[*at].fix.is_some())
        .partition(|at| result.findings[*at].fix.as_ref().is_some_and(|(path, _)| path.starts_with("account.")));
    let mut refused = Vec::new();
    for group in account.chunks(1).chain([of_nodes.as_slice()]) {
        refusals(input, &diagram, &result.findings, group, &mut refused);
    }
    for (at, problem) in refused {
        let hint = if problem.hint.is_empty() { String::new() } else { format!(": {}", problem.hint) };
        result.findings[at].advice = format!("it cannot just be raised, since {}{hint}", problem.message);
        result.findings[at].fix = None;
    }
}

/// Which fixes of some findings the rules refuse: mostly none, so they are tried together and parted only where they fail.
fn refusals(input: &Input<'_>, diagram: &Diagram, findings: &[Finding], group: &[usize], refused: &mut Vec<(usize, Diagnostic)>) {
    if group.is_empty() {
        return;
    }
    let mut changed = diagram.clone();
    for (path, value) in group.iter().filter_map(|at| findings[*at].fix.as_ref()) {
        // A path that leads nowhere would be refused where it is applied.
        if set_path(&mut changed, path, value.as_str().into()).is_err() {
            debug_assert!(false, "a fix of {path}, which is not there");
        }
    }
    let Some(problem) = validate::check(&changed, input.catalog).into_iter().find(|problem| problem.severity == Severity::Error) else {
        return;
    };
    if let [only] = group {
        refused.push((*only, problem));
        return;
    }
    let (first, second) = group.split_at(group.len() / 2);
    refusals(input, diagram, findings, first, refused);
    refusals(input, diagram, findings, second, refused);
}
