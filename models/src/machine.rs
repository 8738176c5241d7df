//! A state machine as a flat list of states: branches and iterations are entry points into the same list.

use std::{fmt, str::FromStr};

use crate::{
    Distribution,
    spelling::Call,
    units,
    work::{CallStep, OnError, Step},
};

/// Most states of a machine, those of branches and iterations included.
pub const STATES_MAX: usize = 2_000;

/// Most retriers of a state.
pub const RETRIERS_MAX: usize = 8;

/// Most items of a map.
pub const ITEMS_MAX: u32 = 1_000_000;

/// A state machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// Where an execution begins.
    pub start: u32,
    /// Every state; indices stay the same.
    pub states: Vec<State>,
    /// Names of errors that the definition gives itself.
    pub errors: Vec<String>,
    /// Longest execution in seconds.
    pub timeout: Option<f64>,
    /// What had to be assumed, since the definition leaves it to the data.
    pub assumptions: Vec<Assumed>,
}

/// Something that had to be assumed about a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// The state.
    pub state: String,
    /// What is assumed.
    pub title: String,
    /// The value.
    pub value: String,
}

/// A state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// What happens in it.
    pub kind: StateKind,
    /// The state after it; `None` ends the execution, the branch or the iteration.
    pub next: Option<u32>,
    /// What is tried again.
    pub retry: Vec<Retry>,
    /// Where errors lead.
    pub catch: Vec<Catch>,
}

/// What happens in a state.
#[derive(Clone, Debug, PartialEq)]
pub enum StateKind {
    /// Calls something.
    Task(Task),
    /// Goes one of several ways.
    Choice {
        /// The ways in the order in which they are compared.
        options: Vec<(When, u32)>,
        /// The way when none fits.
        default: Option<u32>,
    },
    /// Does several things at the same time.
    Parallel {
        /// First states of the branches.
        branches: Vec<u32>,
    },
    /// Does the same for every item.
    Map {
        /// First state of an iteration.
        start: u32,
        /// How many items there are; `None` leaves it to the workflow's setting.
        items: Option<CountLaw>,
        /// Iterations at a time; zero is as many as the provider allows.
        concurrency: u32,
        /// Whether iterations are executions of their own.
        distributed: bool,
    },
    /// Lets time pass.
    Wait(Distribution),
    /// Does nothing.
    Pass,
    /// Ends well.
    Succeed,
    /// Ends with an error.
    Fail {
        /// The name of the error, an index.
        error: u16,
    },
}

/// A call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// The service that is called, as in the resource: `lambda`, `sqs`, `dynamodb`.
    pub service: String,
    /// Name of what is called.
    pub target: Option<String>,
    /// The edge, where it is named.
    pub edge: Option<String>,
    /// What the state waits for.
    pub pattern: Pattern,
    /// Longest wait in seconds.
    pub timeout: Option<f64>,
    /// Event type that is sent; the type of the execution's event when absent.
    pub emit: Option<String>,
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    /// The response of the call.
    #[default]
    Response,
    /// The end of the job that the call starts.
    Sync,
    /// The call's response, and then for a token to come back.
    Callback,
}

/// When a choice goes a way.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// For events of this type.
    Type(String),
    /// With this probability among the events that no type decides.
    Share(f64),
}

/// Which errors are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorMatch {
    /// Every one but those of the platform itself.
    All,
    /// Every one but time-outs.
    TaskFailed,
    /// Time-outs.
    Timeout,
    /// Refusals by a limit.
    Throttled,
    /// The error with this index.
    Named(u16),
    /// Errors that are not simulated.
    Never,
}

/// A rule for trying again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Which errors.
    pub errors: Vec<ErrorMatch>,
    /// Wait before the first retry, in seconds.
    pub interval: f64,
    /// Growth of the wait from retry to retry.
    pub rate: f64,
    /// Longest wait in seconds.
    pub delay_max: f64,
    /// Most retries.
    pub attempts: u32,
    /// Whether the wait is drawn between zero and the computed one.
    pub full_jitter: bool,
}

/// A way for errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// Which errors.
    pub errors: Vec<ErrorMatch>,
    /// Where they lead.
    pub next: u32,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountLaw {
    /// Always as many.
    Constant(u32),
    /// Any whole number between two, both included, each as likely.
    Uniform {
        /// Smallest.
        low: u32,
        /// Greatest.
        high: u32,
    },
}

impl FromStr for CountLaw {
    type Err = String;

    /// Reads `12` or `uniform(1, 20)`.
    fn from_str(text: &str) -> Result<Self, String> {
        let count = |text: &str| {
            let number = units::parse_number(text)?;
            let whole = number.fract() == 0.0 && (0.0..=f64::from(ITEMS_MAX)).contains(&number);
            if whole { Ok(number as u32) } else { Err(format!("`{text}` is not a whole number up to {ITEMS_MAX}")) }
        };
        match Call::parse(text)? {
            None => count(text).map(Self::Constant),
            Some(call) if call.name == "uniform" => {
                call.only(&["low", "high"])?;
                let (low, high) = (count(call.require(&["low"], 0)?)?, count(call.require(&["high"], 1)?)?);
                if low <= high { Ok(Self::Uniform { low, high }) } else { Err(format!("`{text}` ends before it begins")) }
            }
            Some(call) => Err(format!("`{}` is not a number of things; known: 12, uniform(1, 20)", call.name)),
        }
    }
}

impl fmt::Display for CountLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(count) => write!(f, "{count}"),
            Self::Uniform { low, high } => write!(f, "uniform({low}, {high})"),
        }
    }
}

impl Machine {
    /// The machine of a list of steps: computing is waiting, a call is a task, its repetitions are a map.
    pub fn of_steps(steps: &[Step]) -> Result<Self, String> {
        let mut machine = Self::default();
        let mut next = None;
        for step in steps.iter().rev() {
            next = Some(match step {
                Step::Compute { time, .. } => machine.add("Wait", StateKind::Wait(time.clone()), next),
                Step::Call(call) => machine.call(call, next),
                Step::Parallel(calls) => {
                    let branches = calls.iter().map(|call| machine.call(call, None)).collect();
                    machine.add("Parallel", StateKind::Parallel { branches }, next)
                }
            });
            if machine.states.len() > STATES_MAX {
                return Err(format!("more than {STATES_MAX} states"));
            }
        }
        machine.start = match next {
            Some(start) => start,
            None => machine.add("Done", StateKind::Succeed, None),
        };
        Ok(machine)
    }

    /// A task of its own for each edge, one after the other.
    pub fn of_edges<'a>(edges: impl DoubleEndedIterator<Item = &'a str>) -> Self {
        let mut machine = Self::default();
        let mut next = None;
        for edge in edges.rev() {
            let task = Task { edge: Some(edge.to_owned()), ..Task::default() };
            next = Some(machine.add(edge, StateKind::Task(task), next));
        }
        machine.start = match next {
            Some(start) => start,
            None => machine.add("Done", StateKind::Succeed, None),
        };
        machine
    }

    /// Names of event types that the machine speaks of.
    pub fn event_types(&self) -> impl Iterator<Item = &str> {
        self.states.iter().flat_map(|state| match &state.kind {
            StateKind::Task(task) => task.emit.iter().map(String::as_str).collect::<Vec<_>>(),
            StateKind::Choice { options, .. } => {
                let types = options.iter().filter_map(|(when, _)| if let When::Type(name) = when { Some(name.as_str()) } else { None });
                types.collect()
            }
            StateKind::Parallel { .. }
            | StateKind::Map { .. }
            | StateKind::Wait(_)
            | StateKind::Pass
            | StateKind::Succeed
            | StateKind::Fail { .. } => Vec::new(),
        })
    }

    fn add(&mut self, name: &str, kind: StateKind, next: Option<u32>) -> u32 {
        self.states.push(State { name: name.to_owned(), kind, next, retry: Vec::new(), catch: Vec::new() });
        self.states.len() as u32 - 1
    }

    fn call(&mut self, call: &CallStep, next: Option<u32>) -> u32 {
        let CallStep { edge, times, probability, per: _, on_error, emit } = call;
        let after = |machine: &mut Self| next.unwrap_or_else(|| machine.add("Done", StateKind::Succeed, None));
        let task = Task { edge: Some(edge.to_string()), emit: emit.clone(), ..Task::default() };
        let kind = StateKind::Task(task);
        let state = if *times > 1 {
            let start = self.add(edge.as_str(), kind, None);
            let items = Some(CountLaw::Constant(*times));
            self.add(&format!("{edge} ({times} times)"), StateKind::Map { start, items, concurrency: 1, distributed: false }, next)
        } else {
            self.add(edge.as_str(), kind, next)
        };
        if *on_error == OnError::Ignore {
            let next = after(self);
            self.states[state as usize].catch.push(Catch { errors: vec![ErrorMatch::All], next });
        }
        if *probability >= 1.0 {
            return state;
        }
        let default = Some(after(self));
        self.add(&format!("{edge}?"), StateKind::Choice { options: vec![(When::Share(*probability), state)], default }, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_read_and_print() {
        for text in ["12", "uniform(1, 20)", "0"] {
            assert_eq!(text.parse::<CountLaw>().unwrap().to_string(), text);
        }
        for text in ["1.5", "-1", "uniform(5, 2)", "many", "2000000", "poisson(3)"] {
            assert!(text.parse::<CountLaw>().is_err(), "{text}");
        }
    }

    #[test]
    fn steps_become_states() {
        let steps = crate::work::parse(&json!([
            {"compute": "2 s"},
            {"call": "a", "times": 3, "on_error": "ignore"},
            {"parallel": [{"call": "b"}, {"call": "c", "probability": 0.5}]},
        ]))
        .unwrap();
        let machine = Machine::of_steps(&steps).unwrap();
        let wait = &machine.states[machine.start as usize];
        assert!(matches!(wait.kind, StateKind::Wait(_)));
        let map = &machine.states[wait.next.unwrap() as usize];
        assert!(matches!(map.kind, StateKind::Map { items: Some(CountLaw::Constant(3)), concurrency: 1, .. }));
        let parallel = &machine.states[map.next.unwrap() as usize];
        assert_eq!(map.catch[0].next, map.next.unwrap());
        assert!(matches!(&parallel.kind, StateKind::Parallel { branches } if branches.len() == 2));
        assert_eq!(parallel.next, None);
    }
}
