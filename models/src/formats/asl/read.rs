//! The blocks of a definition: a start and its states.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{DEPTH_MAX, Problem};
use crate::{
    diagnostic::closest,
    machine::{Assumed, Machine, STATES_MAX, State, StateKind},
};

/// Most problems that are told; a file that is wrong everywhere is wrong for one reason.
const PROBLEMS_MAX: usize = 50;

/// Longest machine, task or wait that the language knows, in seconds.
pub(super) const SECONDS_MAX: f64 = 99_999_999.0;

/// Reads a definition.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) machine: Machine,
    problems: Vec<Problem>,
    /// Indices of the states of the block that is read.
    scope: BTreeMap<String, u32>,
    names: BTreeMap<String, u32>,
    pub(super) depth: usize,
}

impl Reader {
    pub(super) fn machine(mut self, value: &Value) -> Result<Machine, Vec<Problem>> {
        match value.as_object() {
            None => self.problem("", "a definition is an object with `StartAt` and `States`"),
            Some(fields) => {
                self.machine.timeout = self.number("", fields, "TimeoutSeconds", (1.0, SECONDS_MAX));
                if let Some(start) = self.block("", fields) {
                    self.machine.start = start;
                }
            }
        }
        if self.problems.is_empty() { Ok(self.machine) } else { Err(self.problems) }
    }

    pub(super) fn problem(&mut self, state: &str, message: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { state: (!state.is_empty()).then(|| state.to_owned()), message: message.into() });
        }
    }

    pub(super) fn assume(&mut self, state: &str, title: &str, value: impl Into<String>) {
        self.machine.assumptions.push(Assumed { state: state.to_owned(), title: title.to_owned(), value: value.into() });
    }

    /// Reads a start and its states; `owner` is the state that they belong to.
    pub(super) fn block(&mut self, owner: &str, fields: &Map<String, Value>) -> Option<u32> {
        if self.depth >= DEPTH_MAX {
            self.problem(owner, format!("branches and iterations are nested more than {DEPTH_MAX} deep"));
            return None;
        }
        let Some(states) = fields.get("States").and_then(Value::as_object).filter(|states| !states.is_empty()) else {
            self.problem(owner, "it has no `States`");
            return None;
        };
        if self.machine.states.len() + states.len() > STATES_MAX {
            self.problem(owner, format!("there are more than {STATES_MAX} states"));
            return None;
        }
        let mut scope = BTreeMap::new();
        for name in states.keys() {
            let index = self.machine.states.len() as u32;
            if self.names.insert(name.clone(), index).is_some() {
                self.problem(name, "another state has the same name; names are unique in the whole machine");
            }
            scope.insert(name.clone(), index);
            let state = State { name: name.clone(), kind: StateKind::Pass, next: None, retry: Vec::new(), catch: Vec::new() };
            self.machine.states.push(state);
        }
        let outer = std::mem::replace(&mut self.scope, scope.clone());
        self.depth += 1;
        for (name, value) in states {
            let state = self.state(name, value);
            if let Some(state) = state {
                self.machine.states[scope[name] as usize] = state;
            }
        }
        self.depth -= 1;
        let start = match fields.get("StartAt") {
            None => {
                self.problem(owner, "it has no `StartAt`");
                None
            }
            some => self.target(owner, some),
        };
        self.scope = outer;
        if self.problems.is_empty()
            && let Some(start) = start
        {
            self.ends(start);
        }
        start
    }

    /// The index of a state in the same block.
    pub(super) fn target(&mut self, state: &str, name: Option<&Value>) -> Option<u32> {
        let Some(name) = name.and_then(Value::as_str) else {
            self.problem(state, "`Next` names the state that follows");
            return None;
        };
        if let Some(index) = self.scope.get(name) {
            return Some(*index);
        }
        let near = closest(name, self.scope.keys().map(String::as_str)).map(|near| format!(", did you mean `{near}`?"));
        self.problem(state, format!("there is no state `{name}` beside it{}", near.unwrap_or_default()));
        None
    }

    /// Every state that can be reached from the start of a block leads to an end of it.
    fn ends(&mut self, start: u32) {
        let states = &self.machine.states;
        let mut reached = vec![start];
        let mut before: BTreeMap<u32, Vec<u32>> = BTreeMap::from([(start, Vec::new())]);
        let mut at = 0;
        while let Some(index) = reached.get(at).copied() {
            at += 1;
            for next in successors(&states[index as usize]) {
                let known = before.entry(next).or_default();
                if known.is_empty() && next != start {
                    reached.push(next);
                }
                known.push(index);
            }
        }
        let mut open: Vec<u32> = reached.iter().copied().filter(|index| is_end(&states[*index as usize])).collect();
        let mut ending = std::collections::BTreeSet::new();
        while let Some(index) = open.pop() {
            if ending.insert(index) {
                open.extend(before.get(&index).into_iter().flatten());
            }
        }
        if let Some(stuck) = reached.into_iter().find(|index| !ending.contains(index)) {
            let name = states[stuck as usize].name.clone();
            self.problem(&name, "from here the machine runs in a circle that never ends; let a choice or a catcher leave it");
        }
    }

    /// A number within bounds, both included; `None` when it is absent or wrong.
    pub(super) fn number(&mut self, state: &str, fields: &Map<String, Value>, key: &str, (low, high): (f64, f64)) -> Option<f64> {
        let value = fields.get(key)?;
        match value.as_f64() {
            Some(number) if (low..=high).contains(&number) => Some(number),
            Some(number) => {
                self.problem(state, format!("`{key}` is {number}, it lies between {low} and {high}"));
                None
            }
            // An expression is known only with the data.
            None if value.as_str().is_some_and(|text| text.trim().starts_with("{%")) => None,
            None => {
                self.problem(state, format!("`{key}` is a number"));
                None
            }
        }
    }

    /// A list that may be absent.
    pub(super) fn list<'a>(&mut self, state: &str, fields: &'a Map<String, Value>, key: &str) -> Vec<&'a Value> {
        match fields.get(key) {
            None => Vec::new(),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(_) => {
                self.problem(state, format!("`{key}` is a list"));
                Vec::new()
            }
        }
    }
}

fn successors(state: &State) -> Vec<u32> {
    let mut next: Vec<u32> = state.next.into_iter().chain(state.catch.iter().map(|catch| catch.next)).collect();
    if let StateKind::Choice { options, default } = &state.kind {
        let possible = options.iter().filter(|(when, _)| *when != crate::machine::When::Share(0.0));
        next.extend(possible.map(|(_, next)| *next).chain(*default));
    }
    next
}

fn is_end(state: &State) -> bool {
    match state.kind {
        StateKind::Choice { default, .. } => default.is_none(),
        StateKind::Succeed | StateKind::Fail { .. } => true,
        StateKind::Task(_) | StateKind::Parallel { .. } | StateKind::Map { .. } | StateKind::Wait(_) | StateKind::Pass => {
            state.next.is_none()
        }
    }
}
