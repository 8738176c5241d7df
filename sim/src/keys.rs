//! Which key a root event carries, and which key is the hottest.

use plimsoll_models::keys::{KeyLaw, KeyWeights};
use rand::{Rng as _, RngExt as _};
use rand_distr::Distribution as _;

use crate::{
    rng::{DrawRng, name_hash},
    time::{Nanos, nanos},
};

/// Terms of a harmonic number that are added one by one; an integral stands for the rest.
const TERMS: u64 = 1_000;

/// The law of keys, ready for drawing.
#[derive(Clone, Debug)]
pub(crate) enum KeyProgram {
    Unique,
    Constant(u64),
    Uniform(u64),
    /// Zipf over so many keys.
    Zipf(rand_distr::Zipf<f64>),
    /// Given weights, by the time from which they count.
    Weights(Box<[Span]>),
}

/// The weights of a stretch of time.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    from: Nanos,
    /// Keys with a weight above zero.
    keys: Box<[u64]>,
    /// Sums of their weights up to and with each.
    sums: Box<[f64]>,
}

/// The key with the largest share.
#[derive(Clone, Debug)]
pub(crate) struct HottestKey {
    pub(crate) key: u64,
    /// As the law or the file spells it.
    pub(crate) name: String,
    /// Share of the events that carry it by the law, on average over the time of the load.
    pub(crate) share: f64,
}

impl KeyProgram {
    /// A law made ready. `weights` are those of the file that the law names.
    pub(crate) fn new(law: &KeyLaw, weights: Option<&KeyWeights>) -> Self {
        match law {
            KeyLaw::Unique => Self::Unique,
            KeyLaw::Constant { key } => Self::Constant(*key),
            KeyLaw::Uniform { keys } => Self::Uniform(*keys),
            KeyLaw::Zipf { keys, exponent } => rand_distr::Zipf::new(*keys as f64, *exponent).map_or(Self::Unique, Self::Zipf),
            KeyLaw::Weights { .. } => weights.map_or(Self::Unique, |weights| Self::Weights(spans(weights))),
        }
    }

    /// The key of the root event with this line.
    #[inline]
    pub(crate) fn draw(&self, now: Nanos, line: u64, rng: impl FnOnce() -> DrawRng) -> u64 {
        match self {
            Self::Unique => line,
            Self::Constant(key) => *key,
            Self::Uniform(keys) => rng().next_u64() % keys,
            Self::Zipf(law) => law.sample(&mut rng()) as u64,
            Self::Weights(spans) => {
                let span = &spans[spans.partition_point(|span| span.from <= now) - 1];
                let last = span.keys.len() - 1;
                let at = rng().random::<f64>() * span.sums[last];
                // Rounding may reach the sum of all weights.
                span.keys[span.sums.partition_point(|sum| *sum <= at).min(last)]
            }
        }
    }
}

impl HottestKey {
    /// The hottest of several keys; the first of those that are equally hot. Where every event has a key of its own, or
    /// all have the same, there is nothing to tell apart.
    pub(crate) fn of(law: &KeyLaw, weights: Option<&KeyWeights>, load_s: f64) -> Option<Self> {
        let (key, name, share) = match law {
            KeyLaw::Unique | KeyLaw::Constant { .. } => return None,
            KeyLaw::Uniform { keys } => (0, "0".to_owned(), 1.0 / *keys as f64),
            KeyLaw::Zipf { keys, exponent } => (1, "1".to_owned(), 1.0 / harmonic(*keys, *exponent)),
            KeyLaw::Weights { .. } => {
                let weights = weights?;
                let shares = mean_shares(weights, load_s);
                if shares.iter().filter(|share| **share > 0.0).count() < 2 {
                    return None;
                }
                let first = (0..shares.len()).rev().max_by(|a, b| shares[*a].total_cmp(&shares[*b]))?;
                let name = weights.keys[first].clone();
                (key_of(&name), name, shares[first])
            }
        };
        (share < 1.0).then_some(Self { key, name, share })
    }
}

fn spans(weights: &KeyWeights) -> Box<[Span]> {
    let keys: Vec<u64> = weights.keys.iter().map(|name| key_of(name)).collect();
    let span = |span: &plimsoll_models::keys::WeightSpan| {
        let mut sum = 0.0;
        let weighty = keys.iter().zip(&span.weights).filter(|(_, weight)| **weight > 0.0);
        let (keys, sums): (Vec<u64>, Vec<f64>) = weighty
            .map(|(key, weight)| {
                sum += weight;
                (*key, sum)
            })
            .unzip();
        Span { from: nanos(span.from), keys: keys.into(), sums: sums.into() }
    };
    weights.spans.iter().map(span).collect()
}

/// The number of a named key. One that is a number is that number, as in `constant(7)`.
fn key_of(name: &str) -> u64 {
    name.parse().ok().filter(|key: &u64| key.to_string() == name).unwrap_or_else(|| name_hash(name))
}

/// Share of each key, on average over the time of the load.
fn mean_shares(weights: &KeyWeights, load_s: f64) -> Vec<f64> {
    let mut shares = vec![0.0; weights.keys.len()];
    for (at, span) in weights.spans.iter().enumerate() {
        let until = weights.spans.get(at + 1).map_or(load_s, |next| next.from.min(load_s));
        if until > span.from {
            let all = span.weights.iter().sum::<f64>();
            for (share, weight) in shares.iter_mut().zip(&span.weights) {
                *share += weight / all * ((until - span.from) / load_s);
            }
        }
    }
    shares
}

/// The sum of `1 / n^exponent` over the first so many numbers.
fn harmonic(keys: u64, exponent: f64) -> f64 {
    let term = |n: f64| libm::pow(n, -exponent);
    let first = keys.min(TERMS);
    let sum: f64 = (1..=first).rev().map(|n| term(n as f64)).sum();
    if keys == first {
        return sum;
    }
    // Euler and Maclaurin: the integral, the halves at its ends, and the first derivatives.
    let (a, b) = (first as f64, keys as f64);
    let flatness = 1.0 - exponent;
    let integral = if flatness.abs() < 1e-9 { libm::log(b / a) } else { (libm::pow(b, flatness) - libm::pow(a, flatness)) / flatness };
    sum + integral + (term(b) - term(a)) / 2.0 + exponent * (term(a) / a - term(b) / b) / 12.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, draw};

    fn read(text: &str) -> KeyWeights {
        KeyWeights::read("w.csv", text).unwrap()
    }

    fn law() -> KeyLaw {
        KeyLaw::Weights { file: "w.csv".to_owned() }
    }

    #[test]
    fn harmonic_numbers_agree_with_adding_up() {
        for (keys, exponent) in [(1, 1.1), (1_000, 0.7), (1_001, 1.0), (50_000, 1.0), (50_000, 0.3), (50_000, 2.5)] {
            let exact: f64 = (1..=keys).rev().map(|n| libm::pow(n as f64, -exponent)).sum();
            let found = harmonic(keys, exponent);
            assert!((found / exact - 1.0).abs() < 1e-9, "{keys}, {exponent}: {found} is not {exact}");
        }
    }

    #[test]
    fn the_hottest_key_has_the_largest_share_by_law() {
        let share = |law: KeyLaw| HottestKey::of(&law, None, 60.0).map(|hottest| (hottest.key, hottest.share));
        assert_eq!(share(KeyLaw::Uniform { keys: 4 }), Some((0, 0.25)));
        // 1 / (1 + 1/2 + 1/3) = 6/11.
        let (key, found) = share(KeyLaw::Zipf { keys: 3, exponent: 1.0 }).unwrap();
        assert!(key == 1 && (found - 6.0 / 11.0).abs() < 1e-12, "{found}");
        for alone in [KeyLaw::Unique, KeyLaw::Constant { key: 7 }, KeyLaw::Uniform { keys: 1 }, KeyLaw::Zipf { keys: 1, exponent: 2.0 }] {
            assert_eq!(share(alone), None);
        }
        assert!(HottestKey::of(&law(), Some(&read("a,5\nb,0\n")), 60.0).is_none(), "nobody but `a` ever sends");
    }

    #[test]
    fn the_time_of_the_load_decides_which_of_changing_weights_is_hottest() {
        // `a` has 3/4 for 10 s, then 1/4: over 20 s both have one half, later `b` wins, and it never sends before.
        let weights = read("key,weight,from\na,3,0\nb,1,0\na,1,10\nb,3,10\n");
        let hottest = |load_s: f64| HottestKey::of(&law(), Some(&weights), load_s).map(|hottest| (hottest.name, hottest.share));
        assert_eq!(hottest(10.0), Some(("a".to_owned(), 0.75)));
        assert_eq!(hottest(20.0), Some(("a".to_owned(), 0.5)));
        assert_eq!(hottest(40.0), Some(("b".to_owned(), 0.625)));
    }

    #[test]
    fn draws_follow_the_weights_of_their_time() {
        let weights = read("key,weight,from\n7,1,0\nacme,3,0\n7,0,10\nlast,1,10\n");
        let keys = KeyProgram::new(&law(), Some(&weights));
        let count = |now_s: f64, key: u64| {
            let drawn = (0..40_000).map(|line| keys.draw(nanos(now_s), line, || draw(1, Purpose::Key, line, 0)));
            drawn.filter(|drawn| *drawn == key).count() as f64 / 40_000.0
        };
        let acme = name_hash("acme");
        // One standard deviation is sqrt(3/16 / 40,000) = 0.0022.
        for (now_s, key, share) in [(0.0, 7, 0.25), (9.999, acme, 0.75), (10.0, acme, 0.75), (10.0, name_hash("last"), 0.25)] {
            let found = count(now_s, key);
            assert!((found - share).abs() < 0.01, "{key} at {now_s} s: {found}");
        }
        assert_eq!((count(10.0, 7), count(0.0, name_hash("last"))), (0.0, 0.0));
    }
}
