//! States by their type.

use serde_json::{Map, Value};

use super::{
    annotation::Annotation,
    read::{Reader, SECONDS_MAX},
};
use crate::{
    Distribution,
    diagnostic::closest,
    machine::{ITEMS_MAX, Pattern, State, StateKind, Task, When},
    units,
};

const TYPES: [&str; 8] = ["Task", "Choice", "Parallel", "Map", "Wait", "Pass", "Succeed", "Fail"];

impl Reader {
    pub(super) fn state(&mut self, name: &str, value: &Value) -> Option<State> {
        let Some(fields) = value.as_object() else {
            self.problem(name, "a state is an object with a `Type`");
            return None;
        };
        let annotation = Annotation::read(fields).unwrap_or_else(|why| {
            self.problem(name, why);
            Annotation::default()
        });
        let word = fields.get("Type").and_then(Value::as_str).unwrap_or_default();
        let kind = match word {
            "Task" => StateKind::Task(self.task(name, fields, &annotation)?),
            "Choice" => self.choice(name, fields)?,
            "Parallel" => self.parallel(name, fields)?,
            "Map" => self.map(name, fields, &annotation)?,
            "Wait" => StateKind::Wait(self.wait(name, fields, &annotation)?),
            "Pass" => StateKind::Pass,
            "Succeed" => StateKind::Succeed,
            "Fail" => {
                let error = fields.get("Error").and_then(Value::as_str).unwrap_or(name);
                StateKind::Fail { error: self.error(error) }
            }
            other => {
                let near = closest(other, TYPES).map(|near| format!(", did you mean `{near}`?"));
                let near = near.unwrap_or_else(|| format!("; known: {}", TYPES.join(", ")));
                self.problem(name, format!("`{other}` is not a type of state{near}"));
                return None;
            }
        };
        let ends_itself = matches!(kind, StateKind::Choice { .. } | StateKind::Succeed | StateKind::Fail { .. });
        let next = if ends_itself { None } else { self.next(name, fields)? };
        let (mut retry, mut catch) = (Vec::new(), Vec::new());
        if matches!(kind, StateKind::Task(_) | StateKind::Parallel { .. } | StateKind::Map { .. }) {
            retry = self.retriers(name, fields);
            catch = self.catchers(name, fields);
        } else if fields.contains_key("Retry") || fields.contains_key("Catch") {
            self.problem(name, format!("a {word} state neither retries nor catches"));
        }
        Some(State { name: name.to_owned(), kind, next, retry, catch })
    }

    /// The state after; the outer `None` is a problem, the inner one an end.
    #[expect(clippy::option_option, reason = "a problem is not an end")]
    fn next(&mut self, name: &str, fields: &Map<String, Value>) -> Option<Option<u32>> {
        let ends = fields.get("End").and_then(Value::as_bool) == Some(true);
        match (fields.get("Next"), ends) {
            (None, true) => Some(None),
            (None, false) => {
                self.problem(name, "it has neither `Next` nor `\"End\": true`");
                None
            }
            (Some(_), true) => {
                self.problem(name, "it has both `Next` and `End`");
                None
            }
            (next, false) => self.target(name, next).map(Some),
        }
    }

    fn task(&mut self, name: &str, fields: &Map<String, Value>, annotation: &Annotation<'_>) -> Option<Task> {
        let Some(resource) = fields.get("Resource").and_then(Value::as_str) else {
            self.problem(name, "a Task has a `Resource`");
            return None;
        };
        let mut task = Task {
            edge: annotation.get("edge").map(str::to_owned),
            emit: annotation.get("emit").map(str::to_owned),
            timeout: self.number(name, fields, "TimeoutSeconds", (1.0, SECONDS_MAX)),
            ..Task::default()
        };
        if fields.contains_key("TimeoutSecondsPath") {
            self.assume(name, "Timeout that the input gives", "none");
        }
        // arn:aws:states:::sqs:sendMessage.waitForTaskToken, arn:aws:states:::aws-sdk:sqs:sendMessage
        // or arn:aws:lambda:eu-west-1:123456789012:function:charge:live
        let parts: Vec<&str> = resource.split(':').collect();
        if let Some(rest) = resource.split_once(":states:::").map(|(_, rest)| rest) {
            let (rest, pattern) = if let Some((rest, _)) = rest.split_once(".sync") {
                (rest, Pattern::Sync)
            } else if let Some(rest) = rest.strip_suffix(".waitForTaskToken") {
                (rest, Pattern::Callback)
            } else {
                (rest, Pattern::Response)
            };
            task.pattern = pattern;
            let rest = rest.strip_prefix("aws-sdk:").unwrap_or(rest);
            rest.split(':').next().unwrap_or_default().clone_into(&mut task.service);
            task.target = named_target(fields);
        } else if parts.len() >= 7 && parts[0] == "arn" {
            parts[2].clone_into(&mut task.service);
            task.target = Some(parts[6].to_owned());
        } else {
            // A placeholder that is filled in at deployment, such as ${ChargeFunctionArn}.
            task.target = Some(resource.trim_matches(['$', '{', '}', '"']).to_owned());
        }
        Some(task)
    }

    fn choice(&mut self, name: &str, fields: &Map<String, Value>) -> Option<StateKind> {
        let rules = self.list(name, fields, "Choices");
        if rules.is_empty() {
            self.problem(name, "a Choice has a list of `Choices`");
            return None;
        }
        let default = fields.get("Default").map(|default| self.target(name, Some(default)));
        let mut options = Vec::new();
        let mut open = Vec::new();
        let mut spoken_for = 0.0;
        for rule in rules {
            let Some(rule) = rule.as_object() else {
                self.problem(name, "a choice rule is an object with a `Next`");
                continue;
            };
            let Some(next) = self.target(name, rule.get("Next")) else { continue };
            let probability = Annotation::read(rule).and_then(|note| note.get("probability").map(units::parse_fraction).transpose());
            let when = match (probability, event_type(rule)) {
                (Err(why), _) => {
                    self.problem(name, why);
                    continue;
                }
                (Ok(Some(share)), _) => {
                    spoken_for += share;
                    When::Share(share)
                }
                (Ok(None), Some(word)) => When::Type(word),
                (Ok(None), None) => {
                    open.push(options.len());
                    When::Share(0.0)
                }
            };
            options.push((when, next));
        }
        if spoken_for > 1.0 + 1e-9 {
            self.problem(name, format!("the probabilities of its rules add up to {}", units::print_fraction(spoken_for)));
        }
        if !open.is_empty() {
            let share = (1.0 - spoken_for).max(0.0) / (open.len() + usize::from(default.is_some())) as f64;
            for index in &open {
                options[*index].0 = When::Share(share);
            }
            self.assume(name, "Probability of a rule that depends on the data", units::print_fraction(share));
        }
        Some(StateKind::Choice { options, default: default.flatten() })
    }

    fn parallel(&mut self, name: &str, fields: &Map<String, Value>) -> Option<StateKind> {
        let list = self.list(name, fields, "Branches");
        if list.is_empty() {
            self.problem(name, "a Parallel has a list of `Branches`");
            return None;
        }
        let mut branches = Vec::new();
        for branch in list {
            match branch.as_object() {
                Some(branch) => branches.extend(self.block(name, branch)),
                None => self.problem(name, "a branch is an object with `StartAt` and `States`"),
            }
        }
        Some(StateKind::Parallel { branches })
    }

    fn map(&mut self, name: &str, fields: &Map<String, Value>, annotation: &Annotation<'_>) -> Option<StateKind> {
        let Some(body) = fields.get("ItemProcessor").or_else(|| fields.get("Iterator")).and_then(Value::as_object) else {
            self.problem(name, "a Map has an `ItemProcessor`");
            return None;
        };
        let start = self.block(name, body)?;
        let mode = body.get("ProcessorConfig").and_then(|config| config.get("Mode")).and_then(Value::as_str);
        let items = match annotation.get("items").map(str::parse).transpose() {
            Ok(items) => items,
            Err(why) => {
                self.problem(name, why);
                None
            }
        };
        let concurrency = self.number(name, fields, "MaxConcurrency", (0.0, f64::from(ITEMS_MAX))).unwrap_or(0.0) as u32;
        if items.is_none() {
            self.assume(name, "Items of a map", "as the workflow says");
        }
        Some(StateKind::Map { start, items, concurrency, distributed: mode == Some("DISTRIBUTED") })
    }

    fn wait(&mut self, name: &str, fields: &Map<String, Value>, annotation: &Annotation<'_>) -> Option<Distribution> {
        if let Some(text) = annotation.get("time") {
            return match text.parse() {
                Ok(law) => Some(law),
                Err(why) => {
                    self.problem(name, why);
                    None
                }
            };
        }
        if fields.get("Seconds").is_some_and(Value::is_number) {
            return self.number(name, fields, "Seconds", (0.0, SECONDS_MAX)).map(Distribution::Constant);
        }
        self.problem(name, "how long it waits depends on the data; say it in its comment: `plimsoll: time=exponential(5 s)`");
        None
    }
}

/// The name of what an integration calls, from its arguments.
fn named_target(fields: &Map<String, Value>) -> Option<String> {
    const KEYS: [&str; 9] =
        ["FunctionName", "QueueUrl", "TopicArn", "TableName", "StateMachineArn", "StreamName", "ApiEndpoint", "Endpoint", "EventBusName"];
    let arguments = fields.get("Arguments").or_else(|| fields.get("Parameters"))?.as_object()?;
    let text = KEYS.iter().find_map(|key| arguments.get(*key)?.as_str())?;
    let text = match text.split_once(":function:") {
        // What follows the name of a function is a version or an alias.
        Some((_, name)) => name.split(':').next()?,
        None => text.rsplit(['/', ':']).next()?,
    };
    Some(text.trim_matches(['$', '{', '}', '%', ' ']).to_owned())
}

/// The event type that a rule asks for, where it asks for nothing else.
fn event_type(rule: &Map<String, Value>) -> Option<String> {
    let is_type = |path: &str| {
        path.rsplit(['.', '$']).next().is_some_and(|last| {
            let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
            ["type", "eventtype", "detailtype"].contains(&last.to_ascii_lowercase().as_str())
        })
    };
    if let Some(text) = rule.get("Condition").and_then(Value::as_str) {
        let inner = text.trim().strip_prefix("{%")?.strip_suffix("%}")?;
        let (path, word) = inner.split_once('=')?;
        let word = word.trim();
        let quoted = word.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
        let plain = !quoted.contains(['\'', '"']) && path.trim().chars().all(|c| c.is_ascii_alphanumeric() || "$._`-\"".contains(c));
        return (plain && is_type(path.trim())).then(|| quoted.to_owned());
    }
    let path = rule.get("Variable")?.as_str()?;
    let word = rule.get("StringEquals")?.as_str()?;
    is_type(path).then(|| word.to_owned())
}
