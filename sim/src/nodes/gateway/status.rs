//! Which status a client sees for what happened behind the door.

use plimsoll_models::families::{ApiKind, Config, Door, Scaling};

use crate::outcome::Outcome;

/// Statuses that are counted.
pub(super) const STATUSES: [u16; 7] = [400, 413, 429, 500, 502, 503, 504];

pub(super) const OK: u16 = 200;
pub(super) const BAD_REQUEST: u16 = 400;
pub(super) const TOO_LARGE: u16 = 413;
pub(super) const THROTTLED: u16 = 429;
pub(super) const SERVER_ERROR: u16 = 500;
pub(super) const BAD_GATEWAY: u16 = 502;
pub(super) const UNAVAILABLE: u16 = 503;
pub(super) const GATEWAY_TIMEOUT: u16 = 504;

/// Kinds of doors, as far as they answer differently for a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Rest,
    Http,
    FunctionUrl,
    Balancer,
}

impl Dialect {
    pub(super) fn of(door: &Door) -> Self {
        match door {
            Door::Api(api) => match api.kind {
                ApiKind::Rest { .. } => Self::Rest,
                ApiKind::Http { .. } => Self::Http,
            },
            Door::FunctionUrl => Self::FunctionUrl,
            Door::Balancer(_) => Self::Balancer,
        }
    }

    /// The status of a refused invocation: only the function's own address passes it on as what it is.
    fn refused_invocation(self) -> u16 {
        match self {
            Self::Rest => SERVER_ERROR,
            Self::Http => UNAVAILABLE,
            Self::FunctionUrl => THROTTLED,
            Self::Balancer => BAD_GATEWAY,
        }
    }

    /// The status of a call that ended so. Answers of servers and services pass through; a function's errors do not.
    pub(super) fn status(self, target: &Config, outcome: Outcome) -> u16 {
        let function = is_function(target);
        match outcome {
            Outcome::Ok => OK,
            Outcome::Rejected if function => TOO_LARGE,
            Outcome::Rejected => BAD_REQUEST,
            Outcome::Throttled if function => self.refused_invocation(),
            Outcome::Throttled if is_server(target) => UNAVAILABLE,
            Outcome::Throttled => THROTTLED,
            Outcome::Failed if function => BAD_GATEWAY,
            Outcome::Failed | Outcome::Expired => SERVER_ERROR,
            Outcome::TimedOut => GATEWAY_TIMEOUT,
        }
    }
}

/// What the client makes of a status.
pub(super) fn outcome(status: u16) -> Outcome {
    match status {
        OK => Outcome::Ok,
        THROTTLED => Outcome::Throttled,
        status if status < SERVER_ERROR => Outcome::Rejected,
        _ => Outcome::Failed,
    }
}

/// Whether it is invoked, as functions are.
pub(super) fn is_function(target: &Config) -> bool {
    matches!(target, Config::Compute(config) if matches!(config.scaling, Scaling::PerRequest(_)))
}

/// Whether it is a server of one's own, which refuses with 503 when its line is full.
fn is_server(target: &Config) -> bool {
    matches!(target, Config::Compute(_) | Config::Station(_))
}
