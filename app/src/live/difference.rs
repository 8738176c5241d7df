//! Whether a live run can go on with a diagram that was edited, and from when on it is another one.

use plimsoll_models::{Diagram, Scenario, ScenarioId, fault::Fault};
use serde_json::Value;

use crate::run::same_but_layout;

/// The key of a scenario's faults.
const FAULTS: &str = "faults";

/// What an edit means for a live run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Difference {
    /// Nothing: no run sees it.
    None,
    /// What happens from outside is different from a time on, in seconds.
    Faults(f64),
    /// Another run.
    Run,
}

/// Tells two diagrams apart as a run of a scenario sees them.
pub fn difference(before: &Diagram, after: &Diagram, id: &ScenarioId) -> Difference {
    if same_but_layout(before, after) {
        return Difference::None;
    }
    let of = |diagram: &Diagram| diagram.scenarios.get(id).map_or_else(Scenario::default, |scenario| (**scenario).clone());
    let (mut was, mut is) = (of(before), of(after));
    let list = |scenario: &mut Scenario| match scenario.fields.remove(FAULTS) {
        Some(Value::Array(list)) => list,
        Some(_) | None => Vec::new(),
    };
    let (faults_before, faults_after) = (list(&mut was), list(&mut is));
    let others = |diagram: &Diagram| {
        diagram.scenarios.iter().filter(|(other, _)| *other != id).map(|(id, scenario)| (id.clone(), scenario.clone())).collect()
    };
    let (mut plain_before, mut plain_after) = (before.clone(), after.clone());
    (plain_before.scenarios, plain_after.scenarios) = (others(before), others(after));
    if was != is || !same_but_layout(&plain_before, &plain_after) {
        return Difference::Run;
    }
    match first(&faults_before, &faults_after) {
        Some(from_s) => Difference::Faults(from_s),
        None => Difference::None,
    }
}

/// When two lists of faults first differ. They are compared place by place, since a run knows its faults by their places.
fn first(before: &[Value], after: &[Value]) -> Option<f64> {
    let places = 0..before.len().max(after.len());
    places.filter(|place| before.get(*place) != after.get(*place)).map(|place| parted(before.get(place), after.get(place))).reduce(f64::min)
}

/// When two faults first differ; one that cannot be read could be at any time.
fn parted(before: Option<&Value>, after: Option<&Value>) -> f64 {
    let read = |value: &Value| Fault::read(value).ok();
    match (before.map(read), after.map(read)) {
        (Some(None), _) | (_, Some(None)) | (None, None) => 0.0,
        (Some(Some(one)), None) | (None, Some(Some(one))) => one.from,
        (Some(Some(a)), Some(Some(b))) if Fault { to: b.to, ..a.clone() } == b => a.to.min(b.to),
        (Some(Some(a)), Some(Some(b))) => a.from.min(b.from),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_models::{
        Node, Point,
        edit::{Edit, apply},
    };
    use serde_json::json;

    use super::*;

    fn with(faults: &Value) -> Diagram {
        let mut diagram = Diagram::default();
        diagram.scenarios.insert("default".into(), Arc::new(Scenario::default().with("duration", "60 s").with("faults", faults.clone())));
        diagram
    }

    #[test]
    fn a_what_if_is_a_difference_from_its_time_on() {
        let id = "default".into();
        let slow = |from: &str, to: &str, factor: f64| json!({"kind": "slow", "on": "a", "from": from, "to": to, "factor": factor});
        let between = |before: Value, after: Value| difference(&with(&before), &with(&after), &id);
        let (a, b) = (slow("10 s", "60 s", 2.0), slow("30 s", "60 s", 4.0));
        assert_eq!(between(json!([a]), json!([a])), Difference::None);
        assert_eq!(between(json!([]), json!([a])), Difference::Faults(10.0));
        assert_eq!(between(json!([a]), json!([slow("10 s", "30 s", 2.0), b])), Difference::Faults(30.0), "the end and the next step");
        assert_eq!(between(json!([a, b]), json!([b])), Difference::Faults(10.0), "the places of the others move");
        assert_eq!(between(json!([a]), json!([a, {"kind": "slow"}])), Difference::Faults(0.0));
    }

    #[test]
    fn layout_is_none_and_a_node_is_another_run() {
        let before = with(&json!([]));
        let add = Edit::AddNode { id: "a".into(), node: Node::new("generic/station", ""), at: Point::default() };
        let after = apply(&before, &add).unwrap();
        assert_eq!(difference(&before, &after, &"default".into()), Difference::Run);
        let moved = apply(&after, &Edit::Move(vec![("a".into(), Point::new(9.0, 9.0))])).unwrap();
        assert_eq!(difference(&after, &moved, &"default".into()), Difference::None);
    }
}
