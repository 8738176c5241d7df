//! Confidence intervals by Student's t.

/// Mean of independent values and half of the confidence interval around it; `None` for fewer than two values.
pub fn mean_and_half_width(values: &[f64], level: f64) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    let t = t_quantile(0.5 + level / 2.0, n - 1.0);
    Some((mean, t * libm::sqrt(variance / n)))
}

/// The quantile of Student's t with so many degrees of freedom, for a probability above one half.
pub fn t_quantile(probability: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if t_distribution(middle, degrees) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// `P(T <= t)` for `t >= 0`.
fn t_distribution(t: f64, degrees: f64) -> f64 {
    let x = degrees / (degrees + t * t);
    1.0 - incomplete_beta(degrees / 2.0, 0.5, x) / 2.0
}

/// The regularized incomplete beta function by its continued fraction.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log(1.0 - x));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(a, b, x) / a
    } else {
        1.0 - front * continued_fraction(b, a, 1.0 - x) / b
    }
}

/// Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let safe = |v: f64| if v.abs() < tiny { tiny } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / safe(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / safe(1.0 + even * d);
        c = safe(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / safe(1.0 + odd * d);
        c = safe(1.0 + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_tables() {
        for (probability, degrees, expected) in
            [(0.975, 1.0, 12.706_2), (0.975, 19.0, 2.093_02), (0.999_5, 19.0, 3.883_41), (0.95, 1_000.0, 1.646_38)]
        {
            let found = t_quantile(probability, degrees);
            assert!((found - expected).abs() < 1e-3, "{found} is not {expected}");
        }
    }

    #[test]
    fn one_value_has_no_interval() {
        assert_eq!(mean_and_half_width(&[1.0], 0.95), None);
        assert_eq!(mean_and_half_width(&[2.0, 2.0], 0.95), Some((2.0, 0.0)));
    }
}
