//! What somebody does while a live run plays, as faults of the scenario: each use ends the setting before it and begins
//! the next one at that time, so that the run can be repeated.

use plimsoll_models::{
    Distribution,
    fault::{Effect, Fault, FaultKind},
    units,
};
use serde_json::{Map, Value, json};

/// Two times nearer than this are the same, in seconds.
const SAME_S: f64 = 5e-4;

/// Something that can be turned while a run plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knob {
    /// Id of the node or edge.
    pub on: String,
    /// What it does.
    pub kind: FaultKind,
    /// The limit that it multiplies; of a throttle alone.
    pub limit: Option<String>,
}

/// The time from which on something counts that is done at a time: the next whole millisecond.
pub fn from(at_s: f64) -> f64 {
    ((at_s * 1e3 + 1e-6).floor() + 1.0) / 1e3
}

impl Knob {
    /// The value at which nothing is different.
    pub fn neutral(&self) -> f64 {
        match self.kind {
            FaultKind::Slow | FaultKind::Surge | FaultKind::Throttle => 1.0,
            FaultKind::Outage
            | FaultKind::Latency
            | FaultKind::Errors
            | FaultKind::Capacity
            | FaultKind::Poison
            | FaultKind::Duplicates
            | FaultKind::Deploy
            | FaultKind::Batch => 0.0,
        }
    }

    /// Whether a fault is a setting of this knob.
    fn set_by(&self, fault: &Fault) -> bool {
        let same_limit = self.kind != FaultKind::Throttle || fault.effect.limit() == self.limit.as_deref();
        fault.on == self.on && fault.effect.kind() == self.kind && same_limit
    }

    /// The index of the fault that sets it at a time.
    fn setting(&self, list: &[Value], at_s: f64) -> Option<(usize, Fault)> {
        let read = list.iter().enumerate().filter_map(|(index, value)| Some((index, Fault::read(value).ok()?)));
        read.filter(|(_, fault)| self.set_by(fault)).find(|(_, fault)| fault.from <= at_s + SAME_S && at_s + SAME_S < fault.to)
    }

    /// Its value at a time.
    pub fn value(&self, list: &[Value], at_s: f64) -> f64 {
        self.setting(list, at_s).map_or_else(|| self.neutral(), |(_, fault)| level(&fault.effect))
    }

    /// Gives it a value from a time on: to the end of the setting that counts then, else of the run.
    pub fn set(&self, list: &mut Vec<Value>, value: f64, at_s: f64, end_s: f64) {
        let mut to_s = end_s;
        let mut place = None;
        if let Some((index, fault)) = self.setting(list, at_s) {
            to_s = fault.to;
            if (fault.from - at_s).abs() <= SAME_S {
                place = Some(index);
            } else if let Some(object) = list[index].as_object_mut() {
                object.insert("to".to_owned(), units::spell_duration(at_s).into());
            }
        }
        let later =
            list.iter().filter_map(|value| Fault::read(value).ok()).filter(|fault| self.set_by(fault) && fault.from > at_s + SAME_S);
        let to_s = later.map(|fault| fault.from).fold(to_s, f64::min);
        let is_neutral = (value - self.neutral()).abs() < 1e-9 && self.kind != FaultKind::Deploy;
        match place {
            Some(index) if is_neutral => _ = list.remove(index),
            Some(index) => list[index] = self.fault(value, at_s, to_s),
            None if !is_neutral && to_s > at_s => list.push(self.fault(value, at_s, to_s)),
            None => {}
        }
    }

    /// The object of the file.
    fn fault(&self, value: f64, from_s: f64, to_s: f64) -> Value {
        let mut object = Map::new();
        let mut set = |key: &str, value: Value| object.insert(key.to_owned(), value);
        set("kind", self.kind.as_str().into());
        set("on", self.on.as_str().into());
        if self.kind == FaultKind::Deploy {
            set("at", units::spell_duration(from_s).into());
            return Value::Object(object);
        }
        set("from", units::spell_duration(from_s).into());
        set("to", units::spell_duration(to_s).into());
        match self.kind {
            FaultKind::Outage | FaultKind::Deploy => {}
            FaultKind::Latency => _ = set("add", units::spell_duration(value).into()),
            FaultKind::Errors | FaultKind::Poison | FaultKind::Duplicates => _ = set("share", units::print_fraction(value).into()),
            FaultKind::Capacity => _ = set("lost", units::print_fraction(value).into()),
            FaultKind::Throttle => {
                if let Some(limit) = &self.limit {
                    set("limit", limit.as_str().into());
                }
                set("factor", json!(value));
            }
            FaultKind::Slow | FaultKind::Surge => _ = set("factor", json!(value)),
            FaultKind::Batch => _ = set("size", json!(value.round().max(1.0) as u64)),
        }
        Value::Object(object)
    }
}

/// The number of an effect.
fn level(effect: &Effect) -> f64 {
    match effect {
        Effect::Outage { .. } => 1.0,
        Effect::Delay(Distribution::Constant(add)) => *add,
        Effect::Delay(law) => law.mean(),
        Effect::Deploy => 0.0,
        Effect::Stretch { factor } | Effect::Tighten { factor, .. } | Effect::Slow { factor } | Effect::Surge { factor } => *factor,
        Effect::Errors { share } | Effect::Refuse { share } | Effect::Poison { share } | Effect::Duplicates { share } => *share,
        Effect::Capacity { lost } => *lost,
        Effect::Batch { size } => f64::from(*size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knob(kind: FaultKind) -> Knob {
        Knob { on: "a".to_owned(), kind, limit: None }
    }

    #[test]
    fn each_turn_ends_the_one_before_and_holds_to_the_end() {
        let slow = knob(FaultKind::Slow);
        let mut list = Vec::new();
        slow.set(&mut list, 3.0, from(10.0), 60.0);
        assert_eq!(list, [json!({"kind": "slow", "on": "a", "from": "10001 ms", "to": "1 min", "factor": 3.0})]);
        slow.set(&mut list, 5.0, from(10.000_4), 60.0);
        assert_eq!((list.len(), slow.value(&list, 11.0)), (1, 5.0), "at the same time it is another value");
        slow.set(&mut list, 2.0, from(20.0), 60.0);
        assert_eq!((slow.value(&list, 20.0), slow.value(&list, from(20.0)), slow.value(&list, 9.0)), (5.0, 2.0, 1.0));
        slow.set(&mut list, 1.0, from(30.0), 60.0);
        assert_eq!((list.len(), slow.value(&list, 31.0)), (2, 1.0), "neutral is nothing at all");
        let faults: Vec<Fault> = list.iter().map(|value| Fault::read(value).unwrap()).collect();
        assert!(!faults[0].overlaps(&faults[1]));
    }

    #[test]
    fn what_was_planned_is_kept() {
        let kill = knob(FaultKind::Outage);
        let planned = json!({"kind": "outage", "on": "a", "from": "40 s", "to": "50 s"});
        let mut list = vec![planned.clone()];
        kill.set(&mut list, 1.0, from(10.0), 60.0);
        assert_eq!(Fault::read(&list[1]).unwrap().to, 40.0, "until the planned one begins");
        kill.set(&mut list, 0.0, from(45.0), 60.0);
        assert_eq!(Fault::read(&list[0]).unwrap().to, 45.001, "a planned one can be ended");
        let other = Knob { on: "b".to_owned(), ..kill };
        assert_eq!(other.value(&list, 20.0), 0.0);
    }

    #[test]
    fn every_kind_reads_back_its_value() {
        for (kind, value) in [
            (FaultKind::Errors, 0.25),
            (FaultKind::Latency, 0.2),
            (FaultKind::Capacity, 0.5),
            (FaultKind::Poison, 0.01),
            (FaultKind::Duplicates, 0.05),
            (FaultKind::Throttle, 2.5),
            (FaultKind::Surge, 0.3),
            (FaultKind::Batch, 100.0),
            (FaultKind::Outage, 1.0),
        ] {
            let mut list = Vec::new();
            knob(kind).set(&mut list, value, 1.0, 2.0);
            assert!((knob(kind).value(&list, 1.5) - value).abs() < 1e-9, "{kind:?}: {list:?}");
        }
        let mut list = Vec::new();
        knob(FaultKind::Deploy).set(&mut list, 0.0, 1.0, 2.0);
        assert_eq!(list, [json!({"kind": "deploy", "on": "a", "at": "1 s"})]);
    }
}
