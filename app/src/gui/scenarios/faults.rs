//! The faults of a scenario as objects of the file: reading, changing, adding.

use plimsoll_models::{
    Edit, Scenario,
    fault::{Effect, Fault, FaultKind},
    scenario::Plan,
    units, validate,
};
use serde_json::{Map, Value, json};

use crate::gui::{inspector::scenario, view::View, words::scenarios as texts};

/// A fault as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Its object.
    pub value: Value,
    /// What it means, or what is wrong with it.
    pub read: Result<Fault, Vec<String>>,
    /// What else is to be said about it: errors first.
    pub problems: Vec<Problem>,
}

/// Something to say about a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Whether the run refuses it.
    pub is_error: bool,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Every fault of a scenario, in the order of the file.
pub(super) fn items(view: &View<'_>, scenario: &Scenario, plan: &Plan) -> Vec<Item> {
    let mut readable = 0;
    let list = scenario.fields.get("faults").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|value| {
            let read = Fault::read(value);
            let problems = match &read {
                Ok(_) => {
                    readable += 1;
                    problems(view, plan, readable - 1)
                }
                Err(why) => why.iter().map(|message| Problem { is_error: true, message: message.clone(), hint: String::new() }).collect(),
            };
            Item { value: value.clone(), read, problems }
        })
        .collect()
}

fn problems(view: &View<'_>, plan: &Plan, index: usize) -> Vec<Problem> {
    validate::fault_problems(view.diagram, view.catalog, view.scenario, plan, index)
        .into_iter()
        .map(|found| Problem { is_error: found.severity == plimsoll_models::Severity::Error, message: found.message, hint: found.hint })
        .collect()
}

/// The list as it stands before the gesture that goes on.
fn list(view: &View<'_>) -> Vec<Value> {
    let scenario = view.document.history().present().scenarios.get(view.scenario);
    scenario.and_then(|scenario| scenario.fields.get("faults")).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn edit(view: &View<'_>, label: &str, list: Vec<Value>) -> Edit {
    let value = (!list.is_empty()).then_some(Value::Array(list));
    let set = scenario::edit(view.document.history().present(), view.scenario, "faults", value);
    Edit::All(label.to_owned(), vec![set])
}

/// The edit that puts another object in the place of a fault.
pub(super) fn replaced(view: &View<'_>, index: usize, value: Value) -> Edit {
    let mut list = list(view);
    if let Some(item) = list.get_mut(index) {
        *item = value;
    }
    edit(view, texts::EDIT_FAULT, list)
}

/// The edit that takes a fault away.
pub(super) fn removed(view: &View<'_>, index: usize) -> Edit {
    let mut list = list(view);
    if index < list.len() {
        list.remove(index);
    }
    edit(view, texts::REMOVE_FAULT, list)
}

/// The edit that adds a fault, and its index.
pub(super) fn added(view: &View<'_>, value: Value) -> (Edit, usize) {
    let mut list = list(view);
    let index = list.len();
    list.push(value);
    (edit(view, texts::ADD_FAULT, list), index)
}

/// A fault at another time.
pub(super) fn at(value: &Value, from: f64, to: f64) -> Value {
    let mut object = value.as_object().cloned().unwrap_or_default();
    let instant = object.get("kind").and_then(Value::as_str) == Some(FaultKind::Deploy.as_str());
    let mut set = |key: &str, seconds: f64| object.insert(key.to_owned(), units::spell_duration(seconds).into());
    if instant {
        set("at", from);
    } else {
        set("from", from);
        set("to", to);
    }
    Value::Object(object)
}

/// The same fault with one key set, or without it.
pub(super) fn with(value: &Value, key: &str, set: Option<Value>) -> Value {
    let mut object = value.as_object().cloned().unwrap_or_default();
    match set {
        Some(set) => object.insert(key.to_owned(), set),
        None => object.remove(key),
    };
    Value::Object(object)
}

/// A fault of a kind that strikes a target for a while, with the numbers of the kind's example.
pub(super) fn new(view: &View<'_>, kind: FaultKind, on: &str, from: f64, to: f64) -> Value {
    let mut object = Map::new();
    object.insert("kind".to_owned(), kind.as_str().into());
    object.insert("on".to_owned(), on.into());
    let example: Value = serde_json::from_str(kind.record().example).unwrap_or_default();
    let size = |key: &str| example.get(key).cloned().map(|value| (key.to_owned(), value));
    match kind {
        FaultKind::Throttle => {
            // Only where it is clear which limit is meant; a share can always be refused.
            match validate::tightenable(view.diagram, view.catalog, on).as_slice() {
                [_] => object.extend(size("factor")),
                _ => object.extend([("share".to_owned(), json!("20 %"))]),
            }
        }
        // Attempts fail at once unless somebody says that they hang.
        FaultKind::Outage | FaultKind::Deploy => {}
        FaultKind::Latency
        | FaultKind::Errors
        | FaultKind::Capacity
        | FaultKind::Poison
        | FaultKind::Slow
        | FaultKind::Duplicates
        | FaultKind::Surge
        | FaultKind::Batch => {
            object.extend(kind.record().keys.iter().find_map(|key| size(key)));
        }
    }
    at(&Value::Object(object), from, to)
}

/// The same target and time, another kind.
pub(super) fn of_kind(view: &View<'_>, fault: &Fault, kind: FaultKind, seconds: f64) -> Value {
    let to = if fault.to > fault.from { fault.to } else { fault.from + seconds / 10.0 };
    new(view, kind, &fault.on, fault.from, to)
}

/// A time of this length in which no fault of the kind strikes the target yet.
pub(super) fn free_time(items: &[Item], kind: FaultKind, on: &str, from: f64, length: f64) -> (f64, f64) {
    let mut start = from;
    let mut taken: Vec<(f64, f64)> = items
        .iter()
        .filter_map(|item| item.read.as_ref().ok())
        .filter(|fault| fault.on == on && fault.effect.kind() == kind)
        .map(|fault| (fault.from, fault.to))
        .collect();
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (from, to) in taken {
        if start < to && from < start + length {
            start = to;
        }
    }
    (start, start + length)
}

/// Whether a fault has no length.
pub(super) fn is_instant(fault: &Fault) -> bool {
    fault.effect == Effect::Deploy
}
