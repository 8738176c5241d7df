//! What an archive of a bus needs to know.

use super::{Limit, LimitUse, Mechanism, Settings, connection::AGAIN};

/// A store of events that a bus has taken, which can be sent to it again.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchiveConfig {
    /// How long an event is kept, in seconds; for ever where absent.
    pub retention: Option<f64>,
    /// Events that all replays of the account send per second.
    pub replay_rate: Limit,
    /// Replays of the account at a time.
    pub replays: Limit,
    /// Events of how many seconds a replay sends before it goes on to the next ones.
    pub slice: f64,
    /// Bytes that are metered as one event.
    pub metered_chunk: f64,
}

/// Events of an archive that are sent to the bus again.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayConfig {
    /// When it begins, in seconds from the start of the run.
    pub start: f64,
    /// When the first of its events was published, in seconds.
    pub from: f64,
    /// Before when the last of its events was published, in seconds.
    pub until: f64,
    /// The rules that get them, by the ids of their edges; all where absent.
    pub rules: Option<Vec<String>>,
    /// Wait before an event is sent again that the bus did not take, in seconds.
    pub again: f64,
}

impl Mechanism for ArchiveConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            retention: settings.optional("retention"),
            replay_rate: settings.limit("replay_rate"),
            replays: settings.limit("replays"),
            slice: settings.limit("slice").value,
            metered_chunk: settings.limit("metered_chunk").value,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.replay_rate.rate().bucket(self.replay_rate.value), self.replays.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["processed", "stored", "replayed"]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.replay_rate.key]
    }
}

impl ReplayConfig {
    /// The field that only replays have.
    pub(super) const MARK: &'static str = "rules";

    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let start = settings.quantity("start");
        let rules = settings.text(Self::MARK).filter(|text| text.trim() != "all");
        Self {
            start,
            from: settings.quantity("from"),
            again: settings.quantity(AGAIN),
            until: settings.optional("until").unwrap_or(start),
            rules: rules.map(|text| text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()),
        }
    }
}
