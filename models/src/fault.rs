//! What goes wrong in a scenario, or just differs for a while: an outage, errors, slowness, lost capacity, a surge of load;
//! where and when.
//!
//! A fault is an object of the scenario's `faults`, such as
//! `{"kind": "outage", "on": "payments", "from": "60 s", "to": "120 s"}`. `on` is the id of a node or an edge.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Diagram, Distribution, diagnostic::closest, units};

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Every attempt fails, at once or after a hang.
    Outage,
    /// Attempts arrive later.
    Latency,
    /// A share of the attempts fails.
    Errors,
    /// A limit is tighter, or wider, or a share of the attempts is refused.
    Throttle,
    /// A share of the servers, instances or pollers takes no new work.
    Capacity,
    /// A share of the events that producers send meanwhile fails at the node every time, afterwards too.
    Poison,
    /// Work takes a multiple of its time.
    Slow,
    /// A share of the messages is delivered twice.
    Duplicates,
    /// Warm instances are replaced, so that the next requests find none.
    Deploy,
    /// A producer sends a multiple of its load.
    Surge,
    /// A mapping takes batches of another size.
    Batch,
}

/// What a kind of fault is, for the file, the panel and the command line.
#[derive(Clone, Copy, Debug)]
pub struct KindRecord {
    /// The kind.
    pub kind: FaultKind,
    /// The word in the file.
    pub word: &'static str,
    /// Keys beside `kind`, `on`, `from` and `to`.
    pub keys: &'static [&'static str],
    /// What it does.
    pub help: &'static str,
    /// An object that can be copied.
    pub example: &'static str,
}

/// Every kind of fault.
pub const KINDS: [KindRecord; 11] = [
    KindRecord {
        kind: FaultKind::Outage,
        word: "outage",
        keys: &["hang"],
        help: "Every attempt fails, at once or after it has hung for `hang`; a queue hands out no messages either, and a function's own queue keeps its events until the outage is over",
        example: r#"{"kind": "outage", "on": "payments", "from": "60 s", "to": "120 s", "hang": "5 s"}"#,
    },
    KindRecord {
        kind: FaultKind::Latency,
        word: "latency",
        keys: &["add", "factor"],
        help: "Attempts arrive later by `add`, a time or a law; on an edge, `factor` multiplies its own time instead",
        example: r#"{"kind": "latency", "on": "payments", "from": "60 s", "to": "120 s", "add": "exponential(2 s)"}"#,
    },
    KindRecord {
        kind: FaultKind::Errors,
        word: "errors",
        keys: &["share"],
        help: "A share of the attempts fails at once, drawn anew for each attempt",
        example: r#"{"kind": "errors", "on": "payments", "from": "60 s", "to": "120 s", "share": "20 %"}"#,
    },
    KindRecord {
        kind: FaultKind::Throttle,
        word: "throttle",
        keys: &["limit", "factor", "share"],
        help: "The named limit of a node is multiplied by `factor`, or a `share` of the attempts is refused",
        example: r#"{"kind": "throttle", "on": "payments", "from": "60 s", "to": "120 s", "limit": "rate_limit", "factor": 0.1}"#,
    },
    KindRecord {
        kind: FaultKind::Capacity,
        word: "capacity",
        keys: &["lost"],
        help: "A share of the servers, instances or pollers takes no new work; what runs is finished",
        example: r#"{"kind": "capacity", "on": "workers", "from": "60 s", "to": "120 s", "lost": "50 %"}"#,
    },
    KindRecord {
        kind: FaultKind::Poison,
        word: "poison",
        keys: &["share"],
        help: "A share of the events that producers send meanwhile fails at the node every time, afterwards too",
        example: r#"{"kind": "poison", "on": "workers", "from": "60 s", "to": "120 s", "share": "1 %"}"#,
    },
    KindRecord {
        kind: FaultKind::Slow,
        word: "slow",
        keys: &["factor"],
        help: "Work that begins meanwhile takes its time multiplied by `factor`",
        example: r#"{"kind": "slow", "on": "workers", "from": "60 s", "to": "120 s", "factor": 4}"#,
    },
    KindRecord {
        kind: FaultKind::Duplicates,
        word: "duplicates",
        keys: &["share"],
        help: "A share of the messages of a queue or of a send or deliver edge is there twice, as copies of their own",
        example: r#"{"kind": "duplicates", "on": "orders", "from": "60 s", "to": "120 s", "share": "5 %"}"#,
    },
    KindRecord {
        kind: FaultKind::Deploy,
        word: "deploy",
        keys: &["at"],
        help: "Warm instances are replaced at `at`, so that the next requests find none; provisioned ones stay warm",
        example: r#"{"kind": "deploy", "on": "workers", "at": "60 s"}"#,
    },
    KindRecord {
        kind: FaultKind::Surge,
        word: "surge",
        keys: &["factor"],
        help: "The load of a producer is multiplied by `factor`; below 1 it is a lull",
        example: r#"{"kind": "surge", "on": "clients", "from": "60 s", "to": "120 s", "factor": 3}"#,
    },
    KindRecord {
        kind: FaultKind::Batch,
        word: "batch",
        keys: &["size"],
        help: "Batches that are begun meanwhile close at `size` messages",
        example: r#"{"kind": "batch", "on": "consume", "from": "60 s", "to": "120 s", "size": 100}"#,
    },
];

impl FaultKind {
    /// Kinds that strike every node that something arrives at, before it arrives.
    pub const ANYWHERE: [Self; 4] = [Self::Outage, Self::Latency, Self::Errors, Self::Throttle];

    /// Its record.
    pub fn record(self) -> &'static KindRecord {
        KINDS.iter().find(|record| record.kind == self).expect("a test looks up every kind")
    }

    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        self.record().word
    }
}

/// What a fault does, with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Every attempt fails.
    Outage {
        /// How long an attempt hangs before it fails, in seconds.
        hang: f64,
    },
    /// Attempts arrive later by so many seconds.
    Delay(Distribution),
    /// The time of an edge is multiplied.
    Stretch {
        /// By this.
        factor: f64,
    },
    /// A share of the attempts fails.
    Errors {
        /// The share.
        share: f64,
    },
    /// A limit of a node is tighter, or wider.
    Tighten {
        /// Key of the limit; absent where the node has only one that can be meant.
        limit: Option<String>,
        /// What it is multiplied by.
        factor: f64,
    },
    /// A share of the attempts is refused.
    Refuse {
        /// The share.
        share: f64,
    },
    /// Servers, instances or pollers take no new work.
    Capacity {
        /// The share of them.
        lost: f64,
    },
    /// Events of this time fail at the node for ever.
    Poison {
        /// The share of them.
        share: f64,
    },
    /// Work takes longer.
    Slow {
        /// By this factor.
        factor: f64,
    },
    /// Messages are there twice.
    Duplicates {
        /// The share of them.
        share: f64,
    },
    /// Warm instances are replaced.
    Deploy,
    /// A producer's load is multiplied.
    Surge {
        /// By this.
        factor: f64,
    },
    /// Batches have another size.
    Batch {
        /// Messages in a full batch.
        size: u32,
    },
}

impl Effect {
    /// Its kind.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Outage { .. } => FaultKind::Outage,
            Self::Delay(_) | Self::Stretch { .. } => FaultKind::Latency,
            Self::Errors { .. } => FaultKind::Errors,
            Self::Tighten { .. } | Self::Refuse { .. } => FaultKind::Throttle,
            Self::Capacity { .. } => FaultKind::Capacity,
            Self::Poison { .. } => FaultKind::Poison,
            Self::Slow { .. } => FaultKind::Slow,
            Self::Duplicates { .. } => FaultKind::Duplicates,
            Self::Deploy => FaultKind::Deploy,
            Self::Surge { .. } => FaultKind::Surge,
            Self::Batch { .. } => FaultKind::Batch,
        }
    }

    /// The limit that it tightens, if it names one; two faults of a kind may overlap when they tighten different ones.
    pub fn limit(&self) -> Option<&str> {
        match self {
            Self::Tighten { limit, .. } => limit.as_deref(),
            Self::Outage { .. }
            | Self::Delay(_)
            | Self::Stretch { .. }
            | Self::Errors { .. }
            | Self::Refuse { .. }
            | Self::Capacity { .. }
            | Self::Poison { .. }
            | Self::Slow { .. }
            | Self::Duplicates { .. }
            | Self::Deploy
            | Self::Surge { .. }
            | Self::Batch { .. } => None,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |value: f64| units::print_fraction(value);
        match self {
            Self::Outage { hang } if *hang > 0.0 => write!(f, "outage, attempts hang for {}", units::print_duration(*hang)),
            Self::Outage { .. } => f.write_str("outage"),
            Self::Delay(Distribution::Constant(add)) => write!(f, "latency + {}", units::print_duration(*add)),
            Self::Delay(law) => write!(f, "latency + {law}"),
            Self::Stretch { factor } => write!(f, "latency × {}", units::print_number(*factor)),
            Self::Errors { share: value } => write!(f, "{} errors", share(*value)),
            Self::Tighten { limit: Some(limit), factor } => write!(f, "{} × {}", limit.replace('_', " "), units::print_number(*factor)),
            Self::Tighten { limit: None, factor } => write!(f, "limit × {}", units::print_number(*factor)),
            Self::Refuse { share: value } => write!(f, "{} refused", share(*value)),
            Self::Capacity { lost } => write!(f, "{} of the capacity lost", share(*lost)),
            Self::Poison { share: value } => write!(f, "{} poison", share(*value)),
            Self::Slow { factor } => write!(f, "{} times as slow", units::print_number(*factor)),
            Self::Duplicates { share: value } => write!(f, "{} duplicates", share(*value)),
            Self::Deploy => f.write_str("deployment"),
            Self::Surge { factor } => write!(f, "load × {}", units::print_number(*factor)),
            Self::Batch { size } => write!(f, "batches of {size}"),
        }
    }
}

/// Something that goes wrong at one place for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Id of the node or edge.
    pub on: String,
    /// When it begins, in seconds.
    pub from: f64,
    /// When it ends, in seconds; a deployment ends at once.
    pub to: f64,
    /// What it does.
    pub effect: Effect,
}

impl Fault {
    /// What happens when, with the title of the target instead of its id.
    pub fn sentence(&self, diagram: &Diagram) -> String {
        Self { on: diagram.title_of(&self.on), ..self.clone() }.to_string()
    }

    /// Reads an object of the file; answers everything that is wrong with it.
    pub fn read(value: &Value) -> Result<Self, Vec<String>> {
        let Value::Object(object) = value else {
            return Err(vec![format!("a fault is an object such as `{}`", KINDS[0].example)]);
        };
        let words = || KINDS.iter().map(|record| record.word);
        let Some(word) = object.get("kind").and_then(Value::as_str) else {
            return Err(vec![format!("a fault needs a `kind`: {}", words().collect::<Vec<_>>().join(", "))]);
        };
        let Some(record) = KINDS.iter().find(|record| record.word == word) else {
            let hint = closest(word, words()).map(|known| format!("; did you mean `{known}`?"));
            let known = words().collect::<Vec<_>>().join(", ");
            return Err(vec![format!("`{word}` is not a kind of fault{}; known: {known}", hint.unwrap_or_default())]);
        };
        let mut reader = Reader { object, record, problems: Vec::new() };
        let fault = reader.fault();
        match fault {
            Some(fault) if reader.problems.is_empty() => Ok(fault),
            Some(_) | None => Err(reader.problems),
        }
    }

    /// Whether both do the same thing at the same place at the same time.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.on == other.on
            && self.effect.kind() == other.effect.kind()
            && self.effect.limit() == other.effect.limit()
            && self.from < other.to.max(other.from + f64::MIN_POSITIVE)
            && other.from < self.to.max(self.from + f64::MIN_POSITIVE)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { on, from, to, effect } = self;
        if *effect == Effect::Deploy {
            return write!(f, "{on}: {effect} at {}", units::print_duration(*from));
        }
        write!(f, "{on}: {effect} from {} to {}", units::print_duration(*from), units::print_duration(*to))
    }
}

struct Reader<'a> {
    object: &'a Map<String, Value>,
    record: &'static KindRecord,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self) -> Option<Fault> {
        let instant = self.record.kind == FaultKind::Deploy;
        for key in self.object.keys() {
            let times: &[&str] = if instant { &[] } else { &["from", "to"] };
            let known = || ["kind", "on"].iter().chain(times).chain(self.record.keys).copied();
            if !known().any(|name| name == key) {
                let hint = closest(key, known()).map(|name| format!("; did you mean `{name}`?"));
                self.problems.push(format!("a fault of kind `{}` has no `{key}`{}", self.record.word, hint.unwrap_or_default()));
            }
        }
        let on = self.text("on");
        if on.is_none() {
            self.problems.push("a fault needs `on`, the id of a node or edge".to_owned());
        }
        let (from, to) = if instant {
            let at = self.time("at");
            (at, at)
        } else {
            (self.time("from"), self.time("to"))
        };
        let effect = self.effect();
        let (from, to) = (from?, to?);
        if !instant && to <= from {
            self.problems.push(format!("a fault must end after it begins, not from {from} s to {to} s"));
        }
        Some(Fault { on: on?, from, to, effect: effect? })
    }

    fn effect(&mut self) -> Option<Effect> {
        match self.record.kind {
            FaultKind::Outage => {
                let hang = if self.object.contains_key("hang") { self.time("hang")? } else { 0.0 };
                Some(Effect::Outage { hang })
            }
            FaultKind::Latency => match (self.text("add"), self.object.contains_key("factor")) {
                (Some(add), false) => match add.parse() {
                    Ok(law) => Some(Effect::Delay(law)),
                    Err(why) => self.wrong("add", &why),
                },
                (None, true) => Some(Effect::Stretch { factor: self.factor()? }),
                _ => self.wrong("latency", "it needs either `add`, such as `200 ms`, or `factor`, such as `3`"),
            },
            FaultKind::Errors => Some(Effect::Errors { share: self.share("share")? }),
            FaultKind::Throttle => match (self.object.contains_key("share"), self.object.contains_key("factor")) {
                (true, false) if !self.object.contains_key("limit") => Some(Effect::Refuse { share: self.share("share")? }),
                (false, true) => {
                    let factor = self.factor()?;
                    Some(Effect::Tighten { limit: self.text("limit"), factor })
                }
                _ => self.wrong("throttle", "it needs either `factor`, by which a limit is multiplied, or `share`, what is refused"),
            },
            FaultKind::Capacity => Some(Effect::Capacity { lost: self.share("lost")? }),
            FaultKind::Poison => Some(Effect::Poison { share: self.share("share")? }),
            FaultKind::Slow => Some(Effect::Slow { factor: self.factor()? }),
            FaultKind::Duplicates => Some(Effect::Duplicates { share: self.share("share")? }),
            FaultKind::Deploy => Some(Effect::Deploy),
            FaultKind::Surge => Some(Effect::Surge { factor: self.factor()? }),
            FaultKind::Batch => {
                let text = self.required("size")?;
                match text.parse() {
                    Ok(size) if (1..=BATCH_MAX).contains(&size) => Some(Effect::Batch { size }),
                    Ok(_) | Err(_) => self.wrong("size", "it is a number of messages between 1 and 10,000"),
                }
            }
        }
    }

    fn wrong<T>(&mut self, key: &str, why: &str) -> Option<T> {
        self.problems.push(format!("`{key}` of a fault: {why}"));
        None
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.object.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn required(&mut self, key: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_none() {
            let (word, example) = (self.record.word, self.record.example);
            self.problems.push(format!("a fault of kind `{word}` needs `{key}`, as in `{example}`"));
        }
        text
    }

    fn time(&mut self, key: &str) -> Option<f64> {
        let text = self.required(key)?;
        units::parse_duration(&text).or_else(|why| self.wrong(key, &why).ok_or(())).ok()
    }

    fn share(&mut self, key: &str) -> Option<f64> {
        let text = self.required(key)?;
        units::parse_fraction(&text).or_else(|why| self.wrong(key, &why).ok_or(())).ok()
    }

    fn factor(&mut self) -> Option<f64> {
        let text = self.required("factor")?;
        match units::parse_number(&text) {
            Ok(factor) if (0.0..=FACTOR_MAX).contains(&factor) => Some(factor),
            Ok(_) => self.wrong("factor", "it lies between 0 and a million"),
            Err(why) => self.wrong("factor", &why),
        }
    }
}

/// Largest batch of a fault.
const BATCH_MAX: u32 = 10_000;

/// Largest factor of a fault.
const FACTOR_MAX: f64 = 1e6;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_has_an_example_that_reads_as_its_kind() {
        for record in KINDS {
            let value: Value = serde_json::from_str(record.example).unwrap();
            let fault = Fault::read(&value).unwrap_or_else(|why| panic!("{}: {why:?}", record.word));
            assert_eq!(fault.effect.kind(), record.kind);
            assert_eq!(record.kind.record().word, record.word);
            let page = include_str!("../../docs/faults.md");
            assert!(page.contains(&format!("| `{}` |", record.word)) && page.contains(record.example), "docs/faults.md: {}", record.word);
        }
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |value: Value| Fault::read(&value).unwrap_err().join("; ");
        assert!(wrong(json!("outage")).contains("is an object"));
        assert!(wrong(json!({"kind": "outtage"})).contains("did you mean `outage`?"));
        assert!(wrong(json!({"kind": "outage", "on": "a", "from": "2 s", "to": "1 s"})).contains("must end after it begins"));
        assert!(wrong(json!({"kind": "errors", "on": "a", "from": "1 s", "to": "2 s", "share": "200 %"})).contains("`share`"));
        assert!(wrong(json!({"kind": "slow", "on": "a", "from": "1 s", "to": "2 s"})).contains("needs `factor`"));
        assert!(wrong(json!({"kind": "slow", "on": "a", "from": "1 s", "to": "2 s", "factr": 2})).contains("did you mean `factor`?"));
        assert!(
            wrong(json!({"kind": "throttle", "on": "a", "from": "1 s", "to": "2 s", "factor": 2e6})).contains("between 0 and a million")
        );
        assert!(wrong(json!({"kind": "batch", "on": "a", "from": "1 s", "to": "2 s", "size": 0})).contains("between 1 and 10,000"));
        assert!(wrong(json!({"kind": "latency", "on": "a", "from": "1 s", "to": "2 s"})).contains("either `add`"));
    }

    #[test]
    fn only_the_same_thing_at_the_same_time_overlaps() {
        let fault = |text: &str| Fault::read(&serde_json::from_str(text).unwrap()).unwrap();
        let outage = fault(r#"{"kind": "outage", "on": "a", "from": "1 s", "to": "3 s"}"#);
        assert!(outage.overlaps(&fault(r#"{"kind": "outage", "on": "a", "from": "2 s", "to": "4 s"}"#)));
        assert!(!outage.overlaps(&fault(r#"{"kind": "outage", "on": "a", "from": "3 s", "to": "4 s"}"#)));
        assert!(!outage.overlaps(&fault(r#"{"kind": "outage", "on": "b", "from": "2 s", "to": "4 s"}"#)));
        assert!(!outage.overlaps(&fault(r#"{"kind": "errors", "on": "a", "from": "2 s", "to": "4 s", "share": "1 %"}"#)));
        let deploy = fault(r#"{"kind": "deploy", "on": "a", "at": "1 s"}"#);
        assert!(!deploy.overlaps(&fault(r#"{"kind": "deploy", "on": "a", "at": "2 s"}"#)));
    }
}
