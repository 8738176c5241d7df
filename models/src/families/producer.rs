//! What a producer needs to know.

use super::{Mechanism, Settings};
use crate::{Arrivals, EventTypeId, workload};

/// A source of load.
#[derive(Clone, Debug, PartialEq)]
pub struct ProducerConfig {
    /// When events arise.
    pub arrivals: Arrivals,
    /// Which event types, by weight; empty for plain events.
    pub mix: Vec<(EventTypeId, f64)>,
}

impl Mechanism for ProducerConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let mix = settings.text("events").map_or_else(Vec::new, |text| workload::parse_mix(&text).unwrap_or_default());
        Self {
            arrivals: settings.parsed("arrivals").unwrap_or_else(|| Arrivals::poisson(1.0)),
            mix: mix.into_iter().map(|(name, weight)| (EventTypeId::new(name), weight)).collect(),
        }
    }
}
