//! Chance, keyed so that runs can be compared.
//!
//! Arrivals are one stream per producer. Every other draw has a key of its own: (seed, replication, node, purpose,
//! line of the copy, attempt). So neither a changed node nor one extra retry reshuffles the luck of the rest.

use rand::SeedableRng as _;
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// Generator of one keyed draw: 64 bits of state, enough for the few numbers that one draw takes.
pub(crate) type DrawRng = SplitMix64;

/// Generator of a producer's stream.
pub(crate) type StreamRng = Xoshiro256PlusPlus;

/// What a draw decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Service = 1,
    Cold,
    Init,
    Idle,
    Latency,
    Backoff,
    Failure,
    Poison,
    Filter,
    Route,
    Mix,
    Key,
    Step,
    Overhead,
    Think,
    Pickup,
    Duplicate,
    FaultError,
    FaultRefusal,
    FaultDelay,
    FaultDuplicate,
    FaultPoison,
    Patience,
    Setup,
    Crash,
    Prepare,
    Life,
}

/// Mixes two words into one that depends on every bit of both.
#[inline]
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    (product >> 64) as u64 ^ product as u64
}

/// Hash of a name that stays the same whatever else is in the diagram.
pub(crate) fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash, u64::from(byte) + 1))
}

/// The generator for one draw.
#[inline]
pub(crate) fn draw(node_key: u64, purpose: Purpose, line: u64, attempt: u32) -> DrawRng {
    let key = mix(node_key ^ ((purpose as u64) << 48), line ^ (u64::from(attempt) << 40));
    SplitMix64::seed_from_u64(key)
}

/// The generator of a producer's arrivals.
pub(crate) fn stream(node_key: u64) -> StreamRng {
    Xoshiro256PlusPlus::seed_from_u64(mix(node_key, 0x5eed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng as _;

    #[test]
    fn neighboring_keys_give_unrelated_numbers() {
        let mut ones = [0_u32; 64];
        let n = 20_000;
        for line in 0..n {
            let word = draw(7, Purpose::Service, line, 1).next_u64() ^ draw(7, Purpose::Service, line, 2).next_u64();
            for (bit, count) in ones.iter_mut().enumerate() {
                *count += ((word >> bit) & 1) as u32;
            }
        }
        let sd = (n as f64 / 4.0).sqrt();
        for count in ones {
            assert!((f64::from(count) - n as f64 / 2.0).abs() < 5.0 * sd, "{count} of {n}");
        }
    }
}
