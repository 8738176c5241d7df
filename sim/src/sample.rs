//! Draws from [`plimsoll_models::Distribution`]. Elementary functions come from `libm`, so that every platform draws
//! the same.

use plimsoll_models::Distribution;
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, Exp1, Gamma, StandardNormal};

use crate::time::{Nanos, nanos};

/// A law made ready for drawing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sampler {
    Constant(Nanos),
    Uniform { low: f64, width: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
    Shifted(Box<(f64, Self)>),
    Exponential { mean: f64 },
    Normal { mean: f64, sd: f64 },
    Lognormal { mu: f64, sigma: f64 },
    Gamma(Box<Gamma<f64>>),
    Weibull { inverse_shape: f64, scale: f64 },
    Pareto { inverse_alpha: f64, min: f64 },
    Mixture(Box<[(f64, Self)]>),
    Values(Box<[(f64, f64)]>),
    Quantiles(Box<[(f64, f64)]>),
}

/// Draws of a truncated normal before it gives up and answers zero.
const TRUNCATION_TRIES: usize = 1_000;

impl Sampler {
    /// Prepares a law. All its parameters were checked when it was read.
    pub(crate) fn new(law: &Distribution) -> Self {
        match law {
            Distribution::Constant(value) => Self::Constant(nanos(*value)),
            Distribution::Uniform { low, high } => Self::Uniform { low: *low, width: high - low },
            Distribution::Triangular { low, mode, high } => Self::Triangular { low: *low, mode: *mode, high: *high },
            Distribution::Shifted { by, law } => Self::Shifted(Box::new((*by, Self::new(law)))),
            Distribution::Exponential { mean } if *mean == 0.0 => Self::Constant(0),
            Distribution::Exponential { mean } => Self::Exponential { mean: *mean },
            Distribution::Normal { mean, sd } => Self::Normal { mean: *mean, sd: *sd },
            Distribution::Lognormal { mu, sigma } => Self::Lognormal { mu: *mu, sigma: *sigma },
            Distribution::Gamma { shape, scale } => Gamma::new(*shape, *scale).map_or(Self::Constant(0), |law| Self::Gamma(Box::new(law))),
            Distribution::Weibull { shape, scale } => Self::Weibull { inverse_shape: 1.0 / shape, scale: *scale },
            Distribution::Pareto { alpha, min } => Self::Pareto { inverse_alpha: 1.0 / alpha, min: *min },
            Distribution::Mixture(parts) => Self::Mixture(cumulate(parts.iter().map(|(weight, law)| (*weight, Self::new(law))))),
            Distribution::Values(values) => Self::Values(cumulate(values.iter().copied())),
            Distribution::Quantiles(points) => Self::Quantiles(points.iter().copied().collect()),
        }
    }

    /// Whether it is always zero.
    #[inline]
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Self::Constant(0))
    }

    /// Draws a length of time.
    #[inline]
    pub(crate) fn draw(&self, rng: &mut impl Rng) -> Nanos {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => {
                let unit: f64 = Exp1.sample(rng);
                nanos(mean * unit)
            }
            _ => nanos(self.draw_seconds(rng)),
        }
    }

    fn draw_seconds(&self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Constant(value) => *value as f64 / 1e9,
            Self::Uniform { low, width } => low + width * rng.random::<f64>(),
            Self::Triangular { low, mode, high } => {
                let u: f64 = rng.random();
                let (width, before) = (high - low, mode - low);
                if u * width < before { low + libm::sqrt(u * width * before) } else { high - libm::sqrt((1.0 - u) * width * (high - mode)) }
            }
            Self::Shifted(shifted) => shifted.0 + shifted.1.draw_seconds(rng),
            Self::Exponential { mean } => {
                let unit: f64 = Exp1.sample(rng);
                mean * unit
            }
            Self::Normal { mean, sd } => (0..TRUNCATION_TRIES)
                .map(|_| {
                    let unit: f64 = StandardNormal.sample(rng);
                    mean + sd * unit
                })
                .find(|value| *value >= 0.0)
                .unwrap_or(0.0),
            Self::Lognormal { mu, sigma } => {
                let unit: f64 = StandardNormal.sample(rng);
                libm::exp(mu + sigma * unit)
            }
            Self::Gamma(gamma) => gamma.sample(rng),
            Self::Weibull { inverse_shape, scale } => {
                let unit: f64 = Exp1.sample(rng);
                scale * libm::pow(unit, *inverse_shape)
            }
            Self::Pareto { inverse_alpha, min } => {
                let unit: f64 = Exp1.sample(rng);
                min * libm::exp(unit * inverse_alpha)
            }
            Self::Mixture(parts) => {
                let u: f64 = rng.random();
                pick(parts, u).draw_seconds(rng)
            }
            Self::Values(values) => {
                let u: f64 = rng.random();
                *pick(values, u)
            }
            Self::Quantiles(points) => {
                let u: f64 = rng.random();
                let after = points.partition_point(|(share, _)| *share <= u);
                match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
                    (Some((s0, v0)), Some((s1, v1))) => v0 + (v1 - v0) * (u - s0) / (s1 - s0),
                    (None, Some((_, value))) => *value,
                    (Some((_, value)), None) => value,
                    (None, None) => 0.0,
                }
            }
        }
    }
}

/// Weights become cumulated shares.
pub(crate) fn cumulate<T>(parts: impl Iterator<Item = (f64, T)> + Clone) -> Box<[(f64, T)]> {
    let total: f64 = parts.clone().map(|(weight, _)| weight).sum();
    let mut sum = 0.0;
    parts
        .map(|(weight, value)| {
            sum += weight / total;
            (sum, value)
        })
        .collect()
}

/// The part that a number between 0 and 1 falls on.
pub(crate) fn pick<T>(parts: &[(f64, T)], u: f64) -> &T {
    let index = parts.partition_point(|(sum, _)| *sum <= u).min(parts.len() - 1);
    &parts[index].1
}
