//! A load balancer: which target takes a request, and the capacity that is billed.

use plimsoll_models::families::{BalancerConfig, CapacityUnit, Selection};
use rand::RngExt as _;

use crate::{
    core::{Cause, Core, Item},
    program::NodeProgram,
    rng::Purpose,
    time::{Nanos, SECOND, seconds},
};

const HOUR: Nanos = 3_600 * SECOND;

/// A load balancer.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    selection: Selection,
    /// Requests under way, by the position of the target.
    outstanding: Vec<u64>,
    turn: usize,
    pub(super) function_bytes_max: f64,
    pub(super) function_payload_limit: u32,
    response_bytes: f64,
    connections_per_request: f64,
    counted_rules: f64,
    unit: CapacityUnit,
    hour: u64,
    used: Used,
    /// Capacity unit hours of the hours that are over.
    unit_hours: f64,
}

/// What was used in an hour.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    connections: f64,
    connection_s: f64,
    server_bytes: f64,
    function_bytes: f64,
    evaluations: f64,
}

impl Balancer {
    pub(super) fn new(node: &NodeProgram, config: &BalancerConfig) -> Self {
        Self {
            selection: config.selection,
            outstanding: vec![0; node.calls.len()],
            turn: 0,
            function_bytes_max: config.function_payload.value,
            function_payload_limit: node.limits[&config.function_payload.key],
            response_bytes: config.response_size,
            connections_per_request: 1.0 / config.requests_per_connection,
            counted_rules: (config.rules - config.unit.free_rules).max(0.0),
            unit: config.unit.clone(),
            hour: 0,
            used: Used::default(),
            unit_hours: 0.0,
        }
    }

    /// A request has come in.
    pub(super) fn count(&mut self, now: Nanos) {
        self.roll(now);
        self.used.connections += self.connections_per_request;
        self.used.evaluations += self.counted_rules;
    }

    /// The position of the target that takes a request, among those whose rule it passes.
    pub(super) fn pick(&mut self, core: &Core, node: u32, targets: &[u32], item: &Item, cause: &Cause) -> Option<usize> {
        let fits = |position: usize| core.passes(targets[position], cause);
        let n = targets.len();
        let picked = match self.selection {
            Selection::RoundRobin => (0..n).map(|step| (self.turn + step) % n).find(|position| fits(*position)),
            // The turn breaks ties, so that idle targets share the load.
            Selection::LeastOutstanding => {
                let in_turn = (0..n).map(|step| (self.turn + step) % n).filter(|position| fits(*position));
                in_turn.min_by_key(|position| self.outstanding[*position])
            }
            Selection::Weighted => {
                let weight = |position: &usize| core.program.edges[targets[*position] as usize].share.unwrap_or(1.0);
                let total: f64 = (0..n).filter(|position| fits(*position)).map(|position| weight(&position)).sum();
                let mut left = total * core.draw(node, Purpose::Route, item.line, item.attempt).random::<f64>();
                (0..n).filter(|position| fits(*position)).find(|position| {
                    left -= weight(position);
                    left < 0.0
                })
            }
        }?;
        self.turn = (picked + 1) % n;
        self.outstanding[picked] += 1;
        Some(picked)
    }

    /// A request is over; `target` says which target had it, and whether that is a function.
    pub(super) fn release(&mut self, now: Nanos, item: &Item, target: Option<(usize, bool)>) {
        self.roll(now);
        self.used.connection_s += seconds(now - item.arrived);
        let bytes = f64::from(item.bytes) + self.response_bytes;
        match target {
            Some((position, true)) => {
                self.outstanding[position] -= 1;
                self.used.function_bytes += bytes;
            }
            Some((position, false)) => {
                self.outstanding[position] -= 1;
                self.used.server_bytes += bytes;
            }
            None => self.used.server_bytes += bytes,
        }
    }

    /// Closes the hours that are over.
    fn roll(&mut self, now: Nanos) {
        if now / HOUR != self.hour {
            self.unit_hours += self.units_of_hour();
            self.used = Used::default();
            self.hour = now / HOUR;
        }
    }

    /// Of the dimensions, the one that needs most units.
    fn units_of_hour(&self) -> f64 {
        let (Used { connections, connection_s, server_bytes, function_bytes, evaluations }, unit) = (self.used, &self.unit);
        let hour = seconds(HOUR);
        let dimensions = [
            connections / (unit.new_connections * hour),
            connection_s / (unit.active_connections * hour),
            server_bytes / unit.server_bytes + function_bytes / unit.function_bytes,
            evaluations / (unit.rule_evaluations * hour),
        ];
        dimensions.into_iter().fold(0.0, f64::max)
    }

    /// Hours and capacity unit hours so far.
    pub(super) fn billed(&self, now: Nanos) -> Vec<f64> {
        vec![seconds(now) / seconds(HOUR), self.unit_hours + self.units_of_hour()]
    }
}
