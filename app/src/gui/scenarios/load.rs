//! The load of a producer in a scenario: what it is now, and the edit that makes it another one.

use plimsoll_models::{
    Arrivals, Edit, NodeId, Scenario, families,
    workload::{Between, Drawn},
};
use serde_json::{Map, Value};

use crate::gui::{inspector::scenario, view::View};

/// The load of one producer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Load {
    /// Whose it is.
    pub producer: NodeId,
    /// How it is spelled.
    pub text: String,
    /// Whether the scenario has it; else it is the producer's own.
    pub in_scenario: bool,
    /// What it means, if it can be read.
    pub arrivals: Option<Arrivals>,
    /// Its points, if it has some.
    pub drawn: Option<Drawn>,
}

/// The producers of a diagram.
pub(super) fn producers(view: &View<'_>) -> Vec<NodeId> {
    let makes_load = |service: &_| view.catalog.get(service).is_some_and(|service| service.field("arrivals").is_some());
    view.diagram.nodes.iter().filter(|(_, node)| makes_load(&node.service)).map(|(id, _)| id.clone()).collect()
}

/// What a producer's load would be without the scenario, as it would be typed.
pub(super) fn own_load(view: &View<'_>, producer: &NodeId) -> Option<String> {
    let node = view.diagram.nodes.get(producer)?;
    let service = view.catalog.get(&node.service)?;
    let set = node.fields.get("arrivals").map(families::field_value);
    set.or_else(|| service.field("arrivals").and_then(|field| families::field_default(service, field, &view.diagram.account)))
}

impl Load {
    /// The load of a producer in a scenario.
    pub(super) fn of(view: &View<'_>, scenario: &Scenario, producer: &NodeId) -> Self {
        let loads = scenario.fields.get("load").and_then(Value::as_object);
        let set = loads.and_then(|loads| loads.get(producer.as_str())).map(families::field_value);
        let in_scenario = set.is_some();
        let text = set.or_else(|| own_load(view, producer)).unwrap_or_default();
        let arrivals: Option<Arrivals> = text.parse().ok();
        let drawn = arrivals.as_ref().and_then(Drawn::of);
        Self { producer: producer.clone(), text, in_scenario, arrivals, drawn }
    }

    /// The edit that gives the scenario these points.
    pub(super) fn redrawn(&self, view: &View<'_>, drawn: &Drawn) -> Edit {
        edit(view, &self.producer, Some(drawn.spelling(&self.text).into()))
    }

    /// The highest rate that a plot must show.
    pub(super) fn peak(&self, profile: &[f64]) -> f64 {
        let points = self.drawn.iter().flat_map(|drawn| drawn.points.iter().map(|(_, rate)| *rate));
        points.chain(profile.iter().copied()).filter(|rate| rate.is_finite()).fold(0.0, f64::max)
    }
}

/// The edit that sets or resets the load of a producer in the scenario in use.
pub(super) fn edit(view: &View<'_>, producer: &NodeId, value: Option<Value>) -> Edit {
    // From the state before the gesture that goes on, if one does.
    let present = view.document.history().present();
    let scenario = present.scenarios.get(view.scenario);
    let mut loads: Map<String, Value> =
        scenario.and_then(|scenario| scenario.fields.get("load")).and_then(Value::as_object).cloned().unwrap_or_default();
    match value {
        Some(value) => loads.insert(producer.to_string(), value),
        None => loads.remove(producer.as_str()),
    };
    scenario::edit(present, view.scenario, "load", (!loads.is_empty()).then_some(Value::Object(loads)))
}

/// The load with a point at a time and a rate more; its index too.
pub(super) fn with_point(drawn: &Drawn, at: f64, rate: f64) -> (Drawn, usize) {
    let mut drawn = drawn.clone();
    let index = drawn.points.partition_point(|(time, _)| *time <= at);
    drawn.points.insert(index, (at, rate));
    (drawn, index)
}

/// The load without a point; the last one stays.
pub(super) fn without_point(drawn: &Drawn, index: usize) -> Option<Drawn> {
    if drawn.points.len() < 2 || index >= drawn.points.len() {
        return None;
    }
    let mut drawn = drawn.clone();
    drawn.points.remove(index);
    if drawn.between == Between::Level || drawn.points.len() == 1 {
        // Levels begin at the start: before the first one there would be no load.
        drawn.points[0].0 = 0.0;
    }
    if drawn.points.len() == 1 {
        drawn.between = Between::Level;
    }
    Some(drawn)
}

/// The load with a point elsewhere, between its neighbors.
pub(super) fn with_point_at(drawn: &Drawn, index: usize, at: f64, rate: f64) -> Drawn {
    let mut drawn = drawn.clone();
    let before = index.checked_sub(1).map_or(0.0, |before| drawn.points[before].0);
    let after = drawn.points.get(index + 1).map_or(f64::INFINITY, |(at, _)| *at);
    let fixed = index == 0 && drawn.between == Between::Level;
    if let Some(point) = drawn.points.get_mut(index) {
        let at = if fixed { point.0 } else { at.clamp(before, after) };
        *point = (at, rate.clamp(0.0, plimsoll_models::units::RATE_MAX_PER_S));
    }
    drawn
}

/// The load with lines instead of levels between its points, or the other way round.
pub(super) fn joined(drawn: &Drawn, between: Between, duration: f64) -> Drawn {
    let mut drawn = drawn.clone();
    drawn.between = between;
    match between {
        Between::Line if drawn.points.len() == 1 => drawn.points.push((duration, drawn.points[0].1)),
        Between::Level => drawn.points[0].0 = 0.0,
        Between::Line => {}
    }
    drawn
}

/// Any load as points: its expected rate at equal distances.
pub(super) fn traced(profile: &[f64], duration: f64, spacing: plimsoll_models::workload::Spacing) -> Drawn {
    let step = duration / profile.len().max(1) as f64;
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let points = profile.iter().enumerate().map(|(index, rate)| (rounded(index as f64 * step), rounded(*rate)));
    let mut points: Vec<(f64, f64)> = points.collect();
    points.dedup_by(|later, earlier| later.1 == earlier.1 || later.0 <= earlier.0);
    if points.is_empty() {
        points.push((0.0, 0.0));
    }
    Drawn { between: Between::Level, points, spacing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Drawn {
        Drawn::of(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn points_come_go_and_stay_between_their_neighbors() {
        let ramp = drawn("ramp(from=10/s, to=100/s, over=60 s)");
        let (more, index) = with_point(&ramp, 30.0, 80.0);
        assert_eq!((index, more.spelling("ramp(").as_str()), (1, "curve(10/s at 0 s, 80/s at 30 s, 100/s at 1 min)"));
        assert_eq!(with_point_at(&more, 1, 900.0, -5.0).points[1], (60.0, 0.0));
        assert_eq!(without_point(&more, 1), Some(ramp));
        let level = without_point(&drawn("step(from=1/s, to=5/s, at=9 s)"), 0).unwrap();
        assert_eq!((level.spelling(""), without_point(&level, 0)), ("poisson(5/s)".to_owned(), None));
    }

    #[test]
    fn lines_and_levels_change_into_each_other() {
        let level = drawn("constant(50/s)");
        assert_eq!(joined(&level, Between::Line, 60.0).spelling(""), "ramp(from=50/s, to=50/s, over=1 min, even=true)");
        let steps = joined(&drawn("ramp(from=10/s, to=100/s, over=60 s, start=5 s)"), Between::Level, 60.0);
        assert_eq!(steps.spelling(""), "step(from=10/s, to=100/s, at=65 s)");
        let traced = traced(&[1.0, 1.0, 3.0, 3.0], 40.0, plimsoll_models::workload::Spacing::Random);
        assert_eq!(traced.spelling(""), "step(from=1/s, to=3/s, at=20 s)");
    }
}
