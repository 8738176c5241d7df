//! Which one number, changed by a tenth, moves the outcome most.
//!
//! A red gauge says that a limit is reached, not that it matters. So each number of the drawing and each limit in use is
//! changed alone, up and down, and the run is repeated with the same luck: what differs is the effect of that number.

use std::collections::BTreeSet;

use plimsoll_models::{
    Diagram, Distribution, Service,
    catalog::{Field, FieldKind},
    diagram::Fields,
    units::Quantity,
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde_json::Value;

use crate::{
    Input, Progress, RunError,
    contrast::{Figures, PAIRS_MAX, figures},
    fixes::change,
    result::{Difference, Effect, LimitResult, RunResult},
};

/// By how much a number is changed, as a share of it.
pub const STEP: f64 = 0.1;
/// Most numbers that are tried, limits by their use first.
pub const PARAMETERS_MAX: usize = 40;
/// Use of a limit from which a tenth of it can matter.
const USE_MIN: f64 = 0.3;
/// The path that stands for the load of all producers.
const LOAD: &str = "scenario.multiplier";

/// A number that can be changed.
#[derive(Clone, Debug)]
struct Parameter {
    path: String,
    title: String,
    value: Value,
    /// What a factor makes of it; nothing where it makes no valid value.
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Load,
    Quantity(Quantity),
    Distribution,
    Work,
}

/// Repeats a run with each number changed by [`STEP`], up and down, and tells the effects, the strongest first. The
/// diagram must have been run: `result` tells which limits were in use.
pub fn sensitivity(input: &Input<'_>, result: &RunResult, progress: &Progress) -> Result<Vec<Effect>, RunError> {
    let parameters = parameters(input, result);
    let replications_each = u64::from(input.plan.replications.clamp(1, PAIRS_MAX));
    progress.expect_runs((2 * parameters.len() as u64 + 1) * replications_each);
    let Some(before) = replications(input, progress)? else { return Ok(Vec::new()) };
    let changes: Vec<(&Parameter, f64)> =
        parameters.iter().flat_map(|parameter| [(parameter, 1.0 + STEP), (parameter, 1.0 - STEP)]).collect();
    let effects: Vec<Result<Option<Effect>, RunError>> =
        changes.into_par_iter().map(|(parameter, factor)| effect(input, parameter, factor, &before, progress)).collect();
    let mut effects: Vec<Effect> = effects.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?;
    effects.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then_with(|| a.path.cmp(&b.path)));
    Ok(effects)
}

/// How much an effect moves for each tenth that its number was changed by; points of loss count like percents of a
/// latency.
fn strength(effect: &Effect) -> f64 {
    let sure = |difference: &Difference| {
        let moved = (difference.after - difference.before).abs();
        // What may be chance does not count.
        if difference.half_width.is_none_or(|half| moved > half) { moved } else { 0.0 }
    };
    let relative = |difference: &Difference| sure(difference) / difference.before.abs().max(difference.after.abs()).max(f64::MIN_POSITIVE);
    let moved = relative(&effect.response_p99).max(relative(&effect.completion_p99)).max(10.0 * sure(&effect.loss));
    moved * STEP / effect.step.abs()
}

fn effect(
    input: &Input<'_>,
    parameter: &Parameter,
    factor: f64,
    before: &[Figures],
    progress: &Progress,
) -> Result<Option<Effect>, RunError> {
    let mut changed = input.clone();
    let (to, step) = match parameter.kind {
        Kind::Load => {
            changed.plan.multiplier *= factor;
            (format!("{}", rounded(changed.plan.multiplier)), factor - 1.0)
        }
        Kind::Quantity(_) | Kind::Distribution | Kind::Work => {
            let Some((value, step)) = scaled(parameter, factor) else { return Ok(None) };
            let told = told(&value);
            changed.plan.set.insert(parameter.path.clone(), value);
            (told, step)
        }
    };
    let Some(after) = replications(&changed, progress)? else { return Ok(None) };
    let difference = |read| Figures::difference(before, &after, read);
    Ok(Some(Effect {
        path: parameter.path.clone(),
        title: parameter.title.clone(),
        from: told(&parameter.value),
        to,
        step: rounded(step),
        loss: difference(|figures| figures.loss),
        response_p99: difference(|figures| figures.response_p99),
        completion_p99: difference(|figures| figures.completion_p99),
    }))
}

/// The figures of each replication; `None` where the change is not possible.
fn replications(input: &Input<'_>, progress: &Progress) -> Result<Option<Vec<Figures>>, RunError> {
    match figures(input, progress) {
        Ok(figures) => Ok(Some(figures)),
        Err(RunError::Canceled) => Err(RunError::Canceled),
        Err(RunError::Invalid(_) | RunError::TooLarge(_)) => Ok(None),
    }
}

/// The load, the limits in use, and every number that somebody set, at most [`PARAMETERS_MAX`].
fn parameters(input: &Input<'_>, result: &RunResult) -> Vec<Parameter> {
    let load = Parameter {
        path: LOAD.to_owned(),
        title: "Load of all producers".to_owned(),
        value: input.plan.multiplier.into(),
        kind: Kind::Load,
    };
    let limits =
        result.limits.iter().filter(|limit| limit.use_peak >= USE_MIN && !limit.spares()).filter_map(|limit| of_limit(input, limit));
    let mut known: BTreeSet<String> = BTreeSet::new();
    let all = std::iter::once(load).chain(limits).chain(set_on_the_drawing(input));
    all.filter(|parameter| known.insert(parameter.path.clone())).take(PARAMETERS_MAX).collect()
}

fn of_limit(input: &Input<'_>, limit: &LimitResult) -> Option<Parameter> {
    let (path, _) = change(limit, limit.value)?;
    let of = limit.node.as_ref().map(|node| input.diagram.title(node).to_owned()).or_else(|| limit.edge.as_ref().map(ToString::to_string));
    let title = of.map_or_else(|| limit.title.clone(), |of| format!("{} of {of}", limit.title));
    Some(Parameter { path, title, value: typed(limit.quantity, limit.value)?, kind: Kind::Quantity(limit.quantity) })
}

/// Fields of nodes and edges that stand in the file or in the scenario.
fn set_on_the_drawing(input: &Input<'_>) -> impl Iterator<Item = Parameter> {
    let diagram: &Diagram = input.diagram;
    let nodes = diagram.nodes.iter().map(|(id, node)| (id.as_str(), diagram.title(id), input.catalog.get(&node.service), &node.fields));
    let edges = diagram.edges.iter().map(|(id, edge)| {
        let service = |id| diagram.nodes.get(id).map(|node| &node.service);
        let ends = service(&edge.from).zip(service(&edge.to));
        (id.as_str(), id.as_str(), ends.and_then(|(from, to)| input.catalog.connection(edge.kind, from, to)), &edge.fields)
    });
    nodes.chain(edges).flat_map(move |(id, title, service, fields)| of_fields(input, (id, title), service, fields))
}

fn of_fields(input: &Input<'_>, (id, title): (&str, &str), service: Option<&Service>, fields: &Fields) -> Vec<Parameter> {
    let Some(service) = service else { return Vec::new() };
    let number = |field: &Field| {
        let path = format!("{id}.{}", field.key);
        let value = input.plan.set.get(&path).or_else(|| fields.get(&field.key))?.clone();
        let kind = match field.kind {
            FieldKind::Distribution => Kind::Distribution,
            FieldKind::Work => Kind::Work,
            other => Kind::Quantity(other.quantity()?),
        };
        Some(Parameter { path, title: format!("{} of {title}", field.title), value, kind })
    };
    service.fields.iter().filter_map(number).collect()
}

/// A value changed by a factor, in the file's spelling, and the share by which it really changed.
fn scaled(parameter: &Parameter, factor: f64) -> Option<(Value, f64)> {
    match parameter.kind {
        Kind::Load => None,
        Kind::Quantity(quantity) => {
            let text = told(&parameter.value);
            let value = quantity.parse(&text).ok()?;
            let changed = match quantity {
                // A count moves by one at least.
                Quantity::Count if factor > 1.0 => (value * factor).round().max(value + 1.0),
                Quantity::Count => (value * factor).round().min(value - 1.0),
                Quantity::Fraction => (value * factor).min(1.0),
                Quantity::Bytes => (value * factor).round(),
                Quantity::Duration | Quantity::Rate | Quantity::Number | Quantity::Money => value * factor,
            };
            if changed > 0.0 && changed != value { Some((typed(quantity, changed)?, changed / value - 1.0)) } else { None }
        }
        Kind::Distribution => longer(&told(&parameter.value), factor).map(|text| (text.into(), factor - 1.0)),
        Kind::Work => {
            let mut work = parameter.value.clone();
            scale_work(&mut work, factor).then_some((work, factor - 1.0))
        }
    }
}

/// Scales every time that the steps of a work compute; whether there was one.
fn scale_work(value: &mut Value, factor: f64) -> bool {
    match value {
        // Every one of them, not up to the first.
        Value::Array(steps) => steps.iter_mut().map(|step| scale_work(step, factor)).filter(|scaled| *scaled).count() > 0,
        Value::Object(step) => {
            let mut any = false;
            for (key, value) in step {
                if key == "compute"
                    && let Some(text) = value.as_str().and_then(|text| longer(text, factor))
                {
                    *value = text.into();
                    any = true;
                } else if value.is_array() {
                    any |= scale_work(value, factor);
                }
            }
            any
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn longer(text: &str, factor: f64) -> Option<String> {
    let law: Distribution = text.parse().ok()?;
    Some(without_dust(&law.scaled(factor).to_string()))
}

/// The same law with every number rounded to twelve digits: no `0.11000000000000001 s`.
fn without_dust(law: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut clean = String::with_capacity(law.len());
    let mut rest = law;
    while let Some(start) = rest.find(is_digit) {
        let (before, number) = rest.split_at(start);
        let end = number.find(|c| !is_digit(c)).unwrap_or(number.len());
        clean.push_str(before);
        match number[..end].parse::<f64>() {
            Ok(value) => clean.push_str(&significant(value).to_string()),
            Err(_) => clean.push_str(&number[..end]),
        }
        rest = &number[end..];
    }
    clean + rest
}

/// A number with twelve digits.
fn significant(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// A value in base units as it would be typed.
fn typed(quantity: Quantity, value: f64) -> Option<Value> {
    let value = rounded(value);
    Some(match quantity {
        Quantity::Duration => format!("{value} s").into(),
        Quantity::Rate => format!("{value}/s").into(),
        Quantity::Bytes => format!("{value} B").into(),
        Quantity::Fraction => format!("{} %", rounded(value * 100.0)).into(),
        Quantity::Count | Quantity::Number => format!("{value}").into(),
        Quantity::Money => return None,
    })
}

/// Without the dust of a multiplication.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

fn told(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_that_was_scaled_has_no_dust() {
        assert_eq!(longer("exponential(100 ms)", 1.1).as_deref(), Some("exponential(0.11 s)"));
        assert_eq!(longer("uniform(10 ms, 70 ms)", 1.1).as_deref(), Some("uniform(0.011 s, 0.077 s)"));
        let law = without_dust("lognormal(mu=-2.3025850929940455, sigma=0.5)");
        assert_eq!(law, "lognormal(mu=-2.30258509299, sigma=0.5)");
    }
}
