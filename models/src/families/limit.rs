//! Limits that a running node can hit, and how a run measures them.

use crate::{catalog::QuotaKind, units::Quantity};

/// A limit that a run can hit, with what the report needs to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Key of the quota within its service.
    pub key: String,
    /// Service whose quota it is.
    pub service: String,
    /// Name on screen.
    pub title: String,
    /// Value in base units.
    pub value: f64,
    /// What the value is.
    pub quantity: Quantity,
    /// What is counted.
    pub unit: String,
    /// Whether it can be raised.
    pub kind: QuotaKind,
    /// What shares it.
    pub scope: String,
    /// Whether every node of the service in the account shares it.
    pub shared: bool,
    /// Where it comes from.
    pub source: String,
    /// Whether the value is an assumption.
    pub assumed: bool,
}

/// How the demand on a limit is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Units per second, counted in windows of a second.
    Rate,
    /// Units per ten seconds, the step in which functions scale.
    RatePerStep,
    /// How many at a time.
    Level,
}

/// A limit as a mechanism uses it.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitUse<'a> {
    /// The limit.
    pub limit: &'a Limit,
    /// How demand is measured.
    pub measure: Measure,
    /// Use by what is outside of the diagram, in the unit of the limit.
    pub outside: f64,
    /// Capacity of the token bucket that every node under the limit shares, if there is one; it refills at the limit's
    /// value less the outside use.
    pub bucket: Option<f64>,
}

impl Limit {
    /// Scope of a limit that a client sets on itself to spare its target.
    pub const CLIENT: &str = "client";
    /// Scope of the rate of an API destination, which all edges to it share.
    pub const DESTINATION: &str = "destination";

    /// A limit on units per second.
    pub fn rate(&self) -> LimitUse<'_> {
        self.measured(Measure::Rate)
    }

    /// A limit on how many there are at a time.
    pub fn level(&self) -> LimitUse<'_> {
        self.measured(Measure::Level)
    }

    /// A limit with its measure.
    pub fn measured(&self, measure: Measure) -> LimitUse<'_> {
        LimitUse { limit: self, measure, outside: 0.0, bucket: None }
    }
}

impl LimitUse<'_> {
    /// With use by what is outside of the diagram.
    pub fn outside(mut self, outside: f64) -> Self {
        self.outside = outside;
        self
    }

    /// With a shared token bucket of this capacity.
    pub fn bucket(mut self, capacity: f64) -> Self {
        self.bucket = Some(capacity);
        self
    }
}
