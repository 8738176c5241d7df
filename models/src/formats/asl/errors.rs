//! Names of errors, retriers and catchers.

use serde_json::{Map, Value};

use super::read::Reader;
use crate::machine::{Catch, ErrorMatch, RETRIERS_MAX, Retry};

/// What the language takes where a retrier says nothing.
const INTERVAL: f64 = 1.0;
const ATTEMPTS: f64 = 3.0;
const RATE: f64 = 2.0;

/// Longest wait between two tries that the language knows, in seconds.
const DELAY_MAX: f64 = 31_622_400.0;

/// Most retries that the language knows.
const ATTEMPTS_MAX: f64 = 99_999_999.0;

impl Reader {
    /// The index of an error's name.
    pub(super) fn error(&mut self, name: &str) -> u16 {
        let errors = &mut self.machine.errors;
        let index = errors.iter().position(|known| known == name).unwrap_or_else(|| {
            errors.push(name.to_owned());
            errors.len() - 1
        });
        index.min(usize::from(u16::MAX)) as u16
    }

    pub(super) fn retriers(&mut self, state: &str, fields: &Map<String, Value>) -> Vec<Retry> {
        let list = self.list(state, fields, "Retry");
        if list.len() > RETRIERS_MAX {
            self.problem(state, format!("it has more than {RETRIERS_MAX} retriers"));
        }
        let last = list.len().saturating_sub(1);
        let rules = list.into_iter().take(RETRIERS_MAX).enumerate();
        rules.filter_map(|(position, rule)| self.retrier(state, rule, position == last)).collect()
    }

    fn retrier(&mut self, state: &str, rule: &Value, is_last: bool) -> Option<Retry> {
        let Some(fields) = rule.as_object() else {
            self.problem(state, "a retrier is an object with `ErrorEquals`");
            return None;
        };
        let errors = self.matches(state, fields, is_last)?;
        let interval = self.number(state, fields, "IntervalSeconds", (0.0, DELAY_MAX)).unwrap_or(INTERVAL);
        let delay_max = self.number(state, fields, "MaxDelaySeconds", (0.0, DELAY_MAX)).unwrap_or(DELAY_MAX);
        let attempts = self.number(state, fields, "MaxAttempts", (0.0, ATTEMPTS_MAX)).unwrap_or(ATTEMPTS) as u32;
        let rate = self.number(state, fields, "BackoffRate", (1.0, 1e6)).unwrap_or(RATE);
        let full_jitter = match fields.get("JitterStrategy").map(Value::as_str) {
            None | Some(Some("NONE")) => false,
            Some(Some("FULL")) => true,
            Some(_) => {
                self.problem(state, "`JitterStrategy` is FULL or NONE");
                false
            }
        };
        Some(Retry { errors, interval, rate, delay_max, attempts, full_jitter })
    }

    pub(super) fn catchers(&mut self, state: &str, fields: &Map<String, Value>) -> Vec<Catch> {
        let list = self.list(state, fields, "Catch");
        let last = list.len().saturating_sub(1);
        let mut catchers = Vec::new();
        for (position, rule) in list.into_iter().enumerate() {
            let Some(rule) = rule.as_object() else {
                self.problem(state, "a catcher is an object with `ErrorEquals` and `Next`");
                continue;
            };
            let errors = self.matches(state, rule, position == last);
            let next = self.target(state, rule.get("Next"));
            if let (Some(errors), Some(next)) = (errors, next) {
                catchers.push(Catch { errors, next });
            }
        }
        catchers
    }

    fn matches(&mut self, state: &str, rule: &Map<String, Value>, is_last: bool) -> Option<Vec<ErrorMatch>> {
        let names: Vec<&str> = rule.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        if names.is_empty() {
            self.problem(state, "`ErrorEquals` is a list of error names, such as [\"States.ALL\"]");
            return None;
        }
        if names.contains(&"States.ALL") && (names.len() > 1 || !is_last) {
            self.problem(state, "`States.ALL` stands alone, and in the last rule");
        }
        Some(names.into_iter().map(|name| self.error_match(name)).collect())
    }

    fn error_match(&mut self, name: &str) -> ErrorMatch {
        /// Parts of the names by which services refuse what exceeds a limit.
        const THROTTLES: [&str; 5] = ["TooManyRequests", "Throttl", "ProvisionedThroughputExceeded", "LimitExceeded", "SlowDown"];
        match name {
            "States.ALL" => ErrorMatch::All,
            "States.TaskFailed" => ErrorMatch::TaskFailed,
            "States.Timeout" | "States.HeartbeatTimeout" => ErrorMatch::Timeout,
            _ if THROTTLES.iter().any(|part| name.contains(part)) => ErrorMatch::Throttled,
            // Faults of the function service itself are not simulated, nor are those of the language.
            "Lambda.ServiceException"
            | "Lambda.AWSLambdaException"
            | "Lambda.SdkClientException"
            | "Lambda.ClientExecutionTimeoutException" => ErrorMatch::Never,
            _ if name.starts_with("States.") => ErrorMatch::Never,
            _ => ErrorMatch::Named(self.error(name)),
        }
    }
}
