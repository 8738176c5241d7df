//! Whether measured values agree with the expected ones, by the rules in the header of the case files.

use super::{
    case::{Figure, Metric, Precision, Tolerance},
    student,
};

/// Standard errors of the reference that are granted.
const REFERENCE_ERRORS: f64 = 3.29;

/// Rounding that is granted to values that went through floating point.
const ROUNDING: f64 = 1e-9;

/// What came of a metric.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judgment {
    /// Whether it agrees; `None` where nothing is asked, or nothing measured.
    pub(super) passed: Option<bool>,
    /// Whether it is asked for and the product has no such figure.
    pub(super) missing: bool,
    /// Mean over replications, for each element.
    pub(super) measured: Vec<f64>,
    /// Half-widths of the means; empty after a single run.
    pub(super) half_widths: Vec<f64>,
    /// How many times as wide as allowed the widest interval is; zero where no interval is asked for.
    pub(super) imprecision: f64,
    /// Why it does not agree.
    pub(super) why: String,
}

/// Judges the values of one metric over replications.
pub(super) fn judge(metric: &Metric, values: &[Figure]) -> Judgment {
    let expected = metric.expected.values();
    let columns: Vec<Vec<f64>> = (0..values.iter().map(|value| value.values().len()).max().unwrap_or(0))
        .map(|index| values.iter().filter_map(|value| value.values().get(index).copied()).collect())
        .collect();
    let measured: Vec<f64> = columns.iter().map(|column| student::mean(column)).collect();
    let level = match metric.tolerance {
        Tolerance::Ci(precision) | Tolerance::CiEach(precision) => precision.level,
        _ => student::LEVEL,
    };
    let half_widths: Vec<f64> = columns.iter().filter_map(|column| student::half_width(column, level)).collect();
    let judgment = |passed, why: String| Judgment {
        passed,
        missing: false,
        measured: measured.clone(),
        half_widths: half_widths.clone(),
        imprecision: imprecision(metric, &half_widths),
        why,
    };
    if metric.tolerance == Tolerance::Info {
        return judgment(None, String::new());
    }
    if values.is_empty() {
        return Judgment { missing: true, ..judgment(None, "not measured".to_owned()) };
    }
    if measured.len() != expected.len() {
        return judgment(Some(false), format!("{} values instead of {}", measured.len(), expected.len()));
    }
    for (index, (x, e)) in measured.iter().zip(expected).enumerate() {
        let half_width = half_widths.get(index).copied();
        if let Err(why) = compare(&metric.tolerance, *x, *e, half_width) {
            let which = if expected.len() > 1 { format!("element {}: ", index + 1) } else { String::new() };
            return judgment(Some(false), format!("{which}{why}"));
        }
    }
    judgment(Some(true), String::new())
}

fn compare(tolerance: &Tolerance, x: f64, e: f64, half_width: Option<f64>) -> Result<(), String> {
    if e.is_nan() {
        return if x.is_nan() { Ok(()) } else { Err(format!("{x} where nothing should happen")) };
    }
    if !x.is_finite() {
        return Err("there is no such value".to_owned());
    }
    let away = (x - e).abs();
    let within =
        |most: f64| if away <= most + ROUNDING * most.abs() { Ok(()) } else { Err(format!("off by {away:.4e}, at most {most:.4e}")) };
    match tolerance {
        Tolerance::Ci(precision) | Tolerance::CiEach(precision) => interval(precision, x, e, half_width),
        Tolerance::Exact | Tolerance::Property => within(ROUNDING * e.abs().max(1.0)),
        Tolerance::Abs { value } => within(*value),
        Tolerance::Rel { value } => within(value * e.abs()),
        Tolerance::RelOrAbs { rel, abs } => within((rel * e.abs()).max(*abs)),
        Tolerance::UpperBound if x + half_width.unwrap_or(0.0) <= e => Ok(()),
        Tolerance::UpperBound => Err("above the bound".to_owned()),
        Tolerance::LowerBound if x >= e => Ok(()),
        Tolerance::LowerBound => Err("below the bound".to_owned()),
        Tolerance::Range { lo, hi } if (*lo..=*hi).contains(&x) => Ok(()),
        Tolerance::Range { lo, hi } => Err(format!("not between {lo} and {hi}")),
        Tolerance::Info => Ok(()),
    }
}

/// The widest half-width of an interval around this value.
fn allowed(precision: &Precision, e: f64) -> f64 {
    precision.max_rel_halfwidth.map(|rel| rel * e.abs()).into_iter().chain(precision.max_abs_halfwidth).fold(0.0, f64::max)
}

fn imprecision(metric: &Metric, half_widths: &[f64]) -> f64 {
    let (Tolerance::Ci(precision) | Tolerance::CiEach(precision)) = &metric.tolerance else { return 0.0 };
    let shares = half_widths.iter().zip(metric.expected.values()).map(|(half_width, e)| half_width / allowed(precision, *e));
    shares.filter(|share| share.is_finite()).fold(0.0, f64::max)
}

fn interval(precision: &Precision, x: f64, e: f64, half_width: Option<f64>) -> Result<(), String> {
    let Some(half_width) = half_width else { return Err("one replication has no interval".to_owned()) };
    let allowed = allowed(precision, e);
    if half_width > allowed {
        return Err(format!("too imprecise: half-width {half_width:.4e}, at most {allowed:.4e}"));
    }
    let most = half_width + REFERENCE_ERRORS * precision.reference_se + ROUNDING * e.abs();
    if (x - e).abs() <= most { Ok(()) } else { Err(format!("off by {:.4e}, half-width {half_width:.4e}", (x - e).abs())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(expected: Figure, tolerance: Tolerance) -> Metric {
        Metric { name: "x".to_owned(), expected, unit: String::new(), tolerance }
    }

    #[test]
    fn an_interval_must_hold_the_value_and_be_narrow() {
        let near: Vec<Figure> = [0.99, 1.01, 1.0, 1.0, 0.995, 1.005].map(Figure::One).to_vec();
        let ci = |rel| Tolerance::Ci(Precision { max_rel_halfwidth: Some(rel), ..Precision::default() });
        assert_eq!(judge(&metric(1.0.into(), ci(0.1)), &near).passed, Some(true));
        assert_eq!(judge(&metric(1.0.into(), ci(0.001)), &near).passed, Some(false), "imprecise");
        assert_eq!(judge(&metric(1.2.into(), ci(0.1)), &near).passed, Some(false), "elsewhere");
        assert_eq!(judge(&metric(1.0.into(), ci(0.1)), &near[..1]).passed, Some(false), "no interval");
    }

    #[test]
    fn lists_must_have_the_right_length() {
        let exact = metric(vec![1.0, 2.0].into(), Tolerance::Exact);
        assert_eq!(judge(&exact, &[vec![1.0, 2.0].into()]).passed, Some(true));
        assert_eq!(judge(&exact, &[vec![1.0, 2.1].into()]).passed, Some(false));
        assert_eq!(judge(&exact, &[vec![1.0].into()]).passed, Some(false));
        assert_eq!((judge(&exact, &[]).passed, judge(&exact, &[]).missing), (None, true));
        assert_eq!(judge(&exact, &[vec![f64::NAN, 2.0].into()]).passed, Some(false));
    }

    #[test]
    fn bounds_and_what_never_happens() {
        let values: Vec<Figure> = [0.99, 1.01, 1.0].map(Figure::One).to_vec();
        assert_eq!(judge(&metric(1.0.into(), Tolerance::LowerBound), &values).passed, Some(true), "the mean counts");
        assert_eq!(judge(&metric(1.0.into(), Tolerance::UpperBound), &values).passed, Some(false), "the upper end counts");
        assert_eq!(judge(&metric(Figure::NEVER, Tolerance::Exact), &[Figure::NEVER]).passed, Some(true));
        assert_eq!(judge(&metric(Figure::NEVER, Tolerance::Abs { value: 1.0 }), &[1.0.into()]).passed, Some(false));
    }
}
