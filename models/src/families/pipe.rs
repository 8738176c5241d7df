//! What a pipe needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A pipe between a source that it polls and one target.
#[derive(Clone, Debug, PartialEq)]
pub struct PipeConfig {
    /// Executions of all pipes of the account at a time.
    pub executions: Limit,
    /// Executions of pipes outside of the diagram.
    pub outside_executions: f64,
    /// Longest execution.
    pub duration: Limit,
    /// Largest batch in bytes.
    pub payload: Limit,
    /// Time that the pipe itself takes for an execution, in seconds.
    pub overhead: Distribution,
    /// Bytes that are metered as one request.
    pub metered_chunk: f64,
}

/// What a pipe calls along an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageConfig {
    /// Whether it is asked for more about the events before they go to the target.
    pub enrichment: bool,
    /// Share of the events that an enrichment hands on.
    pub keeps: f64,
    /// Whether the function names the events that failed.
    pub report_item_failures: bool,
}

impl Mechanism for PipeConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            executions: settings.limit("concurrent_executions"),
            outside_executions: settings.outside("concurrent_executions"),
            duration: settings.limit("duration"),
            payload: settings.limit("payload"),
            overhead: settings.distribution("overhead"),
            metered_chunk: settings.limit("metered_chunk").value,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.executions.level().outside(self.outside_executions), self.duration.level(), self.payload.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["requests", "api_destination_invocations"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.executions.key]
    }
}

impl StageConfig {
    /// The field that only calls of a pipe have.
    pub(super) const MARK: &'static str = "keeps";

    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            enrichment: settings.text("stage").as_deref() == Some("enrichment"),
            keeps: settings.quantity(Self::MARK),
            report_item_failures: settings.has("report_item_failures") && settings.flag("report_item_failures"),
        }
    }
}
