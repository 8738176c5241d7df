//! Devices that report with a period each.

use crate::{spelling::Call, units};

/// Most devices of a fleet.
pub const DEVICES_MAX: u32 = 10_000_000;

/// Devices that each send once in a period.
///
/// A device keeps its own place in the period. The places are spread at random; after a common reconnection they are
/// close together, and stay so: that is what makes a fleet come in waves.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Number of devices.
    pub devices: u32,
    /// Time between two messages of a device, in seconds.
    pub period: f64,
    /// Each message is late by a random time of up to so many seconds.
    pub jitter: f64,
    /// The first messages of the devices are spread over so many seconds.
    pub spread: f64,
    /// A time without connection, after which all come back.
    pub outage: Option<Outage>,
}

/// A time in which nobody sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// When it begins, in seconds.
    pub begins: f64,
    /// When the devices come back, in seconds.
    pub ends: f64,
    /// Over how many seconds they do.
    pub spread: f64,
}

/// Reads `fleet(devices=10000, period=5 min, jitter=10 s, reconnect=30 min, reconnect_spread=20 s)`.
pub(super) fn parse(call: &Call<'_>) -> Result<Fleet, String> {
    call.only(&["devices", "period", "jitter", "spread", "outage", "reconnect", "reconnect_spread"])?;
    let devices = units::parse_count(call.require(&["devices"], 0)?)?;
    if !(1.0..=f64::from(DEVICES_MAX)).contains(&devices) {
        return Err(format!("a fleet has between 1 and {DEVICES_MAX} devices"));
    }
    let period = call.duration(&["period"], 1)?;
    let given = |name: &str| call.named(name).map(units::parse_duration).transpose();
    let (jitter, spread) = (given("jitter")?.unwrap_or(0.0), given("spread")?.unwrap_or(period));
    let outage = match given("reconnect")? {
        Some(ends) => {
            let begins = given("outage")?.unwrap_or(ends);
            if begins > ends {
                return Err("the devices reconnect before the outage begins".to_owned());
            }
            Some(Outage { begins, ends, spread: given("reconnect_spread")?.unwrap_or(0.0) })
        }
        None if call.named("outage").is_some() || call.named("reconnect_spread").is_some() => {
            return Err("an outage ends with `reconnect=…`, the time when the devices come back".to_owned());
        }
        None => None,
    };
    let longest = outage.as_ref().map_or(0.0, |outage| outage.spread).max(jitter).max(spread);
    if period <= 0.0 || longest > period {
        return Err("a fleet needs a period above zero, and jitter and spreads of at most the period".to_owned());
    }
    Ok(Fleet { devices: devices as u32, period, jitter, spread, outage })
}

impl Fleet {
    /// About how many messages are sent before a time.
    pub(super) fn expected(&self, seconds: f64) -> f64 {
        let rounds = |span: f64| if span > 0.0 { span / self.period + 1.0 } else { 0.0 };
        let sent = match &self.outage {
            Some(outage) => rounds(seconds.min(outage.begins)) + rounds(seconds - outage.ends),
            None => rounds(seconds),
        };
        sent * f64::from(self.devices)
    }
}

#[cfg(test)]
mod tests {
    use crate::Arrivals;

    #[test]
    fn a_fleet_must_make_sense() {
        for text in [
            "fleet(devices=0, period=1 min)",
            "fleet(devices=1e12, period=1 min)",
            "fleet(devices=5, period=0 s)",
            "fleet(devices=5, period=1 min, jitter=2 min)",
            "fleet(devices=5, period=1 min, outage=1 h)",
            "fleet(devices=5, period=1 min, outage=2 h, reconnect=1 h)",
        ] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
    }
}
