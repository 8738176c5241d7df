//! What a function does when it runs: compute and calls, in order.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Distribution, EdgeId, units};

/// Most steps of one function, parallel branches included.
pub const STEPS_MAX: usize = 200;

/// One step of a function's work.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Keeps the processor busy.
    Compute {
        /// How long, in seconds, at the memory size of the measurement.
        time: Distribution,
        /// Once for an invocation, or once for each event of its batch.
        per: Per,
    },
    /// Calls along an outgoing edge.
    Call(CallStep),
    /// Calls at the same time; the step ends with the last of them.
    Parallel(Vec<CallStep>),
}

/// A call along an outgoing edge.
#[derive(Clone, Debug, PartialEq)]
pub struct CallStep {
    /// The edge.
    pub edge: EdgeId,
    /// How often, one after the other.
    pub times: u32,
    /// Share of the invocations that make it.
    pub probability: f64,
    /// Once for an invocation, or once for each event of its batch.
    pub per: Per,
    /// What a failed call means to the function.
    pub on_error: OnError,
    /// Event type that the call emits; the type of the cause when absent.
    pub emit: Option<String>,
}

/// How often a step runs in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Once for the whole batch.
    Invocation,
    /// Once for each event, in sequence.
    Event,
}

/// What a failed call means to the function that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The event fails.
    Fail,
    /// The function goes on.
    Ignore,
}

/// Reads the steps of a function from their form in the file, a list of objects.
///
/// Errors name the step by its number, from 1.
pub fn parse(value: &Value) -> Result<Vec<Step>, String> {
    let list = value.as_array().ok_or_else(|| "the work is a list of steps".to_owned())?;
    if list.len() > STEPS_MAX {
        return Err(format!("more than {STEPS_MAX} steps"));
    }
    list.iter().enumerate().map(|(index, item)| step(item).map_err(|why| format!("step {}: {why}", index + 1))).collect()
}

fn step(item: &Value) -> Result<Step, String> {
    let fields = item.as_object().ok_or_else(|| "a step is an object such as {\"call\": \"edge\"}".to_owned())?;
    if let Some(time) = fields.get("compute") {
        known(fields, &["compute", "per"])?;
        let time = time.as_str().ok_or_else(|| "`compute` is a duration or a distribution".to_owned())?.parse()?;
        return Ok(Step::Compute { time, per: per(fields.get("per"), Per::Event)? });
    }
    if let Some(branches) = fields.get("parallel") {
        known(fields, &["parallel"])?;
        let branches = branches.as_array().filter(|list| !list.is_empty() && list.len() <= STEPS_MAX);
        let branches = branches.ok_or_else(|| "`parallel` is a list of calls".to_owned())?;
        return branches.iter().map(call).collect::<Result<Vec<_>, _>>().map(Step::Parallel);
    }
    call(item).map(Step::Call)
}

fn call(item: &Value) -> Result<CallStep, String> {
    let fields = item.as_object().ok_or_else(|| "a call is an object such as {\"call\": \"edge\"}".to_owned())?;
    known(fields, &["call", "times", "probability", "per", "on_error", "emit"])?;
    let edge = fields.get("call").and_then(Value::as_str).ok_or_else(|| "a step has `compute`, `call` or `parallel`".to_owned())?;
    let times = match fields.get("times") {
        None => 1,
        Some(value) => value.as_u64().filter(|n| (1..=10_000).contains(n)).ok_or("`times` is a whole number from 1 to 10,000")? as u32,
    };
    let probability = match fields.get("probability") {
        None => 1.0,
        Some(Value::String(text)) => units::parse_fraction(text)?,
        Some(value) => value.as_f64().filter(|p| (0.0..=1.0).contains(p)).ok_or("`probability` is between 0 and 1")?,
    };
    let on_error = match fields.get("on_error").map(Value::as_str) {
        None | Some(Some("fail")) => OnError::Fail,
        Some(Some("ignore")) => OnError::Ignore,
        Some(_) => return Err("`on_error` is `fail` or `ignore`".to_owned()),
    };
    let emit = match fields.get("emit") {
        None => None,
        Some(value) => Some(value.as_str().ok_or("`emit` is the name of an event type")?.to_owned()),
    };
    Ok(CallStep { edge: EdgeId::new(edge), times, probability, per: per(fields.get("per"), Per::Event)?, on_error, emit })
}

fn per(value: Option<&Value>, default: Per) -> Result<Per, String> {
    match value.map(Value::as_str) {
        None => Ok(default),
        Some(Some("event")) => Ok(Per::Event),
        Some(Some("invocation")) => Ok(Per::Invocation),
        Some(_) => Err("`per` is `event` or `invocation`".to_owned()),
    }
}

fn known(fields: &serde_json::Map<String, Value>, names: &[&str]) -> Result<(), String> {
    match fields.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(format!("unknown key `{key}`, known: {}", names.join(", "))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_read_in_order() {
        let steps = parse(&json!([
            {"compute": "20 ms"},
            {"call": "charge", "times": 2, "probability": "98 %", "on_error": "ignore"},
            {"parallel": [{"call": "write"}, {"call": "publish", "emit": "OrderPlaced", "per": "invocation"}]},
        ]))
        .unwrap();
        assert_eq!(steps.len(), 3);
        assert!(matches!(&steps[1], Step::Call(call) if call.times == 2 && call.probability == 0.98 && call.on_error == OnError::Ignore));
        assert!(matches!(&steps[2], Step::Parallel(calls) if calls[1].per == Per::Invocation));
    }

    #[test]
    fn mistakes_name_the_step() {
        assert_eq!(
            parse(&json!([{"compute": "1 s"}, {"cal": "x"}])).unwrap_err(),
            "step 2: unknown key `cal`, known: call, times, probability, per, on_error, emit"
        );
        assert!(parse(&json!({})).is_err());
        assert!(parse(&json!([{"call": "x", "times": 0}])).is_err());
    }
}
