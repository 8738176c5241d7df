//! What happens to a diagram in a run.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Arrivals, Diagnostic, NodeId, Place, ScenarioId, diagram::Fields, fault::Fault, objective::Objective, units::Quantity};

/// A scenario as it stands in the file; [`Scenario::plan`] turns it into numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// Fields by key, see [`FIELDS`].
    pub fields: Fields,
}

/// What a field of a scenario is, for the command line, the panel and the file.
#[derive(Clone, Copy, Debug)]
pub struct ScenarioField {
    /// Key in the file.
    pub key: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// Kind of its value; `None` for structured ones.
    pub quantity: Option<Quantity>,
    /// Value when absent, as it would be typed.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// What stands for a time that nobody has declared.
const NEVER_SAID: &str = "none";

/// The longest month in seconds.
const MONTH_MAX: f64 = 31.0 * 86_400.0;

/// The fields that a scenario may have.
pub const FIELDS: &[ScenarioField] = &[
    ScenarioField { key: "name", title: "Name", quantity: None, default: "", help: "Title of the scenario" },
    ScenarioField {
        key: "duration",
        title: "Duration",
        quantity: Some(Quantity::Duration),
        default: "5 min",
        help: "How long the load lasts, in simulated time",
    },
    ScenarioField {
        key: "warm_up",
        title: "Warm-up",
        quantity: Some(Quantity::Duration),
        default: "0 s",
        help: "Start of the run that latency and rate statistics leave out; ledger, limits and cost always count everything",
    },
    ScenarioField {
        key: "until",
        title: "Run until",
        quantity: None,
        default: "duration",
        help: "`duration` stops the clock at the end of the load, `drained` goes on without load until nothing is held",
    },
    ScenarioField {
        key: "drain_limit",
        title: "Longest drain",
        quantity: Some(Quantity::Duration),
        default: "1 h",
        help: "How long a drained run may go on after the load",
    },
    ScenarioField { key: "seed", title: "Seed", quantity: Some(Quantity::Count), default: "1", help: "Same seed, same luck" },
    ScenarioField {
        key: "replications",
        title: "Replications",
        quantity: Some(Quantity::Count),
        default: "1",
        help: "Independent repetitions; two or more give confidence intervals",
    },
    ScenarioField {
        key: "multiplier",
        title: "Load multiplier",
        quantity: Some(Quantity::Number),
        default: "1",
        help: "Scales every open load of the scenario",
    },
    ScenarioField {
        key: "per_month",
        title: "Time a month",
        quantity: Some(Quantity::Duration),
        default: NEVER_SAID,
        help: "How long in a month its load lasts, such as `700 h` for a baseline and `30 h` for a peak: only then is a month's cost told",
    },
    ScenarioField { key: "load", title: "Load", quantity: None, default: "", help: "Arrivals by producer that replace the producer's own" },
    ScenarioField {
        key: "set",
        title: "Changes",
        quantity: None,
        default: "",
        help: "Fields by `node.field` or `edge.field` that differ in this scenario",
    },
    ScenarioField {
        key: "objectives",
        title: "Objectives",
        quantity: None,
        default: "",
        help: "What must hold, such as `response p99 <= 800 ms`",
    },
    ScenarioField {
        key: "faults",
        title: "Faults",
        quantity: None,
        default: "",
        help: "What goes wrong at a node or edge, such as `{\"kind\": \"outage\", \"on\": \"payments\", \"from\": \"60 s\", \"to\": \"120 s\"}`",
    },
];

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At the end of the load.
    Duration,
    /// When nothing is held any more.
    Drained,
}

/// A scenario with everything read and every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Length of the load in seconds.
    pub duration: f64,
    /// Start that statistics leave out, in seconds.
    pub warm_up: f64,
    /// When the run ends.
    pub until: Until,
    /// How long a drained run may go on after the load, in seconds.
    pub drain_limit: f64,
    /// Seed.
    pub seed: u64,
    /// Repetitions.
    pub replications: u32,
    /// Scale of every open load.
    pub multiplier: f64,
    /// How long in a month the load lasts, in seconds, if that is declared.
    pub per_month: Option<f64>,
    /// Arrivals that replace those of a producer.
    pub load: BTreeMap<NodeId, Arrivals>,
    /// Fields that differ in this scenario, by path.
    pub set: Fields,
    /// What must hold.
    pub objectives: Vec<Objective>,
    /// What goes wrong, in the order of the file.
    pub faults: Vec<Fault>,
}

/// Most replications of one run.
pub const REPLICATIONS_MAX: u32 = 100_000;

/// Highest load multiplier.
pub const MULTIPLIER_MAX: f64 = 1e6;

impl Default for Plan {
    fn default() -> Self {
        let (plan, diagnostics) = Scenario::default().plan(&ScenarioId::new("default"));
        debug_assert!(diagnostics.is_empty(), "the defaults are valid");
        plan
    }
}

impl Scenario {
    /// The same scenario with one field set.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// Reads every field; what cannot be read becomes a diagnostic and takes its default.
    pub fn plan(&self, id: &ScenarioId) -> (Plan, Vec<Diagnostic>) {
        let mut reader = Reader { scenario: self, id, diagnostics: Vec::new() };
        let until = match reader.text("until").as_str() {
            "drained" => Until::Drained,
            "duration" => Until::Duration,
            other => {
                reader.report("until", format!("`{other}` is neither `duration` nor `drained`"));
                Until::Duration
            }
        };
        let mut plan = Plan {
            duration: reader.quantity("duration"),
            warm_up: reader.quantity("warm_up"),
            until,
            drain_limit: reader.quantity("drain_limit"),
            seed: reader.quantity("seed") as u64,
            replications: reader.quantity("replications") as u32,
            multiplier: reader.quantity("multiplier"),
            per_month: reader.per_month(),
            load: reader.load(),
            set: reader.object("set"),
            objectives: reader.objectives(),
            faults: reader.faults(),
        };
        if plan.duration <= 0.0 {
            reader.report("duration", "the run must be longer than zero".to_owned());
            plan.duration = 1.0;
        }
        if plan.warm_up >= plan.duration {
            reader.report("warm_up", "the warm-up must be shorter than the run".to_owned());
            plan.warm_up = 0.0;
        }
        if !(1..=REPLICATIONS_MAX).contains(&plan.replications) {
            reader.report("replications", format!("between 1 and {REPLICATIONS_MAX} replications"));
            plan.replications = 1;
        }
        if !(0.0..=MULTIPLIER_MAX).contains(&plan.multiplier) {
            reader.report("multiplier", format!("between 0 and {MULTIPLIER_MAX}"));
            plan.multiplier = 1.0;
        }
        for key in self.fields.keys() {
            if !FIELDS.iter().any(|field| field.key == key) {
                reader.diagnostics.push(
                    Diagnostic::warning(
                        "unknown-field",
                        Place::Scenario(id.clone(), Some(key.clone())),
                        format!("a scenario has no field `{key}`; it is kept but has no effect"),
                    )
                    .hint(suggestion(key)),
                );
            }
        }
        (plan, reader.diagnostics)
    }
}

fn suggestion(key: &str) -> String {
    crate::diagnostic::closest(key, FIELDS.iter().map(|field| field.key))
        .map(|known| format!("did you mean `{known}`?"))
        .unwrap_or_default()
}

struct Reader<'a> {
    scenario: &'a Scenario,
    id: &'a ScenarioId,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, key: &str, message: String) {
        self.diagnostics.push(Diagnostic::error("bad-value", Place::Scenario(self.id.clone(), Some(key.to_owned())), message));
    }

    fn text(&mut self, key: &str) -> String {
        let default = FIELDS.iter().find(|field| field.key == key).map_or("", |field| field.default);
        match self.scenario.fields.get(key) {
            None => default.to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                self.report(key, format!("`{key}` is a text such as `{default}`"));
                default.to_owned()
            }
        }
    }

    fn quantity(&mut self, key: &str) -> f64 {
        let field = FIELDS.iter().find(|field| field.key == key).expect("only known keys are read");
        let quantity = field.quantity.expect("only plain fields are read as quantities");
        let text = self.text(key);
        quantity.parse(&text).unwrap_or_else(|why| {
            self.report(key, why);
            quantity.parse(field.default).expect("the defaults are valid")
        })
    }

    fn per_month(&mut self) -> Option<f64> {
        let text = self.text("per_month");
        if text == NEVER_SAID {
            return None;
        }
        match Quantity::Duration.parse(&text) {
            Ok(time) if time > 0.0 && time <= MONTH_MAX => Some(time),
            Ok(_) => {
                self.report("per_month", format!("the time a month is longer than zero and at most {} h", MONTH_MAX / 3_600.0));
                None
            }
            Err(why) => {
                self.report("per_month", why);
                None
            }
        }
    }

    fn object(&mut self, key: &str) -> Fields {
        match self.scenario.fields.get(key) {
            None => Fields::new(),
            Some(Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                self.report(key, format!("`{key}` is an object of names and values"));
                Fields::new()
            }
        }
    }

    fn load(&mut self) -> BTreeMap<NodeId, Arrivals> {
        let mut load = BTreeMap::new();
        for (node, value) in self.object("load") {
            match value.as_str().ok_or_else(|| "a load is a text such as `poisson(200/s)`".to_owned()).and_then(str::parse) {
                Ok(arrivals) => {
                    load.insert(NodeId::new(&node), arrivals);
                }
                Err(why) => self.report("load", format!("load of `{node}`: {why}")),
            }
        }
        load
    }

    fn objectives(&mut self) -> Vec<Objective> {
        let list = match self.scenario.fields.get("objectives") {
            None => return Vec::new(),
            Some(Value::Array(list)) => list.as_slice(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                self.report("objectives", "`objectives` is a list of texts such as `loss <= 0.1 %`".to_owned());
                return Vec::new();
            }
        };
        let mut objectives = Vec::new();
        for item in list {
            match item.as_str().ok_or_else(|| "an objective is a text such as `loss <= 0.1 %`".to_owned()).and_then(str::parse) {
                Ok(objective) => objectives.push(objective),
                Err(why) => self.report("objectives", why),
            }
        }
        objectives
    }

    fn faults(&mut self) -> Vec<Fault> {
        let list = match self.scenario.fields.get("faults") {
            None => return Vec::new(),
            Some(Value::Array(list)) => list.as_slice(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                self.report("faults", format!("`faults` is a list of objects such as `{}`", crate::fault::KINDS[0].example));
                return Vec::new();
            }
        };
        let mut faults: Vec<Fault> = Vec::new();
        for item in list {
            match Fault::read(item) {
                Ok(fault) => faults.push(fault),
                Err(problems) => problems.into_iter().for_each(|why| self.report("faults", why)),
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_are_valid_and_mistakes_are_collected() {
        let id = ScenarioId::new("s");
        assert!(Scenario::default().plan(&id).1.is_empty());
        let scenario = Scenario::default()
            .with("duration", "fast")
            .with("warm_up", "1 h")
            .with("replications", 0)
            .with("objectives", json!(["loss <= 1 %", "nonsense"]))
            .with("load", json!({"a": "poisson(5/s)", "b": 5}))
            .with("durration", "5 s");
        let (plan, diagnostics) = scenario.plan(&id);
        assert_eq!(diagnostics.len(), 6, "{diagnostics:#?}");
        assert_eq!((plan.load.len(), plan.objectives.len(), plan.replications), (1, 1, 1));
    }
}
