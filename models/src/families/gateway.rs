//! What a gateway needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A front door with token buckets and an integration time-out.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayConfig {
    /// Time that the gateway itself adds to a request, in seconds.
    pub overhead: Distribution,
    /// Requests per second of the account.
    pub account_rate: Limit,
    /// Bucket of the account, in requests.
    pub account_burst: Limit,
    /// Requests per second that others in the account use.
    pub outside_rate: f64,
    /// Throttle of this stage, requests per second.
    pub stage_rate: Option<Limit>,
    /// Bucket of this stage, in requests.
    pub stage_burst: Option<f64>,
    /// Longest wait for the integration.
    pub integration_timeout: Limit,
    /// Bytes that are metered as one request.
    pub metered_chunk: f64,
}

impl Mechanism for GatewayConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            overhead: settings.distribution("overhead"),
            account_rate: settings.limit("account_rate"),
            account_burst: settings.limit("account_burst"),
            outside_rate: settings.outside("account_rate"),
            stage_rate: settings.own_limit("stage_rate"),
            stage_burst: settings.optional("stage_burst"),
            integration_timeout: settings.limit("integration_timeout"),
            metered_chunk: settings.limit("metered_chunk").value,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let account = self.account_rate.rate().outside(self.outside_rate).bucket(self.account_burst.value);
        let stage = self.stage_rate.as_ref().map(Limit::rate);
        std::iter::once(account).chain(stage).chain([self.integration_timeout.level()]).collect()
    }

    fn meters(&self) -> &'static [&'static str] {
        &["requests"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        std::iter::once(&self.account_rate).chain(&self.stage_rate).map(|limit| limit.key.as_str()).collect()
    }
}
