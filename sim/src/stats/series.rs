//! Statistics of one series of observations, independent or not.

use super::interval::mean_and_half_width;

/// Mean; `None` for nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Unbiased variance; `None` for fewer than two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    Some(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (values.len() - 1) as f64)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile that interpolates between the two closest values, type 7 of Hyndman and Fan.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(values);
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

/// The smallest value that at least this share of all values does not exceed.
pub fn nearest_rank(values: &[f64], share: f64) -> Option<f64> {
    let sorted = sorted(values);
    let rank = libm::ceil(share.clamp(0.0, 1.0) * sorted.len() as f64) as usize;
    sorted.get(rank.max(1) - 1).copied()
}

/// Means of so many batches of equal length; what does not fill the last one is left out.
pub fn batch_means(values: &[f64], batches: usize) -> Vec<f64> {
    let length = values.len() / batches.max(1);
    if length == 0 {
        return Vec::new();
    }
    values.chunks_exact(length).take(batches).filter_map(mean).collect()
}

/// Mean of a series whose values depend on each other, and half of the confidence interval around it, by Student's t over
/// the means of batches.
pub fn batch_means_interval(values: &[f64], batches: usize, level: f64) -> Option<(f64, f64)> {
    mean_and_half_width(&batch_means(values, batches), level)
}

/// How much a value tells about the one so many places later, between -1 and 1.
pub fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    let mean = mean(values)?;
    let product = |pair: (&f64, &f64)| (pair.0 - mean) * (pair.1 - mean);
    let whole: f64 = values.iter().zip(values).map(product).sum();
    let shifted: f64 = values.iter().zip(values.get(lag..)?).map(product).sum();
    (whole > 0.0).then(|| shifted / whole)
}

/// Where the warm-up of a series ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp {
    /// Batches to leave out.
    pub batches: usize,
    /// Mean of the rest.
    pub mean: f64,
}

/// Finds the warm-up by the rule of the marginal standard error (MSER): of all numbers of batches that could be left out,
/// up to half of them, the one for which the mean of the rest is known best. Batches of 5 are usual.
pub fn warm_up(values: &[f64], batch: usize) -> Option<WarmUp> {
    let batches = batch_means(values, values.len() / batch.max(1));
    // From the end, so that each step adds one batch to the rest.
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut best: Option<(f64, WarmUp)> = None;
    // Sums of differences from the overall mean, to lose no digits.
    let center = mean(&batches)?;
    for left_out in (0..batches.len()).rev() {
        let value = batches[left_out] - center;
        sum += value;
        squares += value * value;
        if left_out > batches.len() / 2 {
            continue;
        }
        let rest = (batches.len() - left_out) as f64;
        let error = (squares - sum * sum / rest) / (rest * rest);
        // Of equals, the one that leaves out least.
        if best.as_ref().is_none_or(|(least, _)| error <= *least) {
            best = Some((error, WarmUp { batches: left_out, mean: center + sum / rest }));
        }
    }
    best.map(|(_, warm_up)| warm_up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_short_series() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!((mean(&values), variance(&values)), (Some(2.5), Some(5.0 / 3.0)));
        assert_eq!((quantile(&values, 0.5), nearest_rank(&values, 0.5)), (Some(2.5), Some(2.0)));
        assert_eq!((quantile(&values, 1.0), nearest_rank(&values, 0.99)), (Some(4.0), Some(4.0)));
        assert_eq!(batch_means(&values, 2), [2.5, 2.5]);
        // Differences 1.5, -1.5, 0.5, -0.5: products -2.25, -0.75, -0.25 over squares of 5.
        assert_eq!(autocorrelation(&values, 1), Some(-0.65));
        assert_eq!((mean(&[]), variance(&[1.0]), quantile(&[], 0.5), autocorrelation(&[1.0, 1.0], 1)), (None, None, None, None));
        assert_eq!((batch_means(&values, 9), warm_up(&[], 5), autocorrelation(&values, 9)), (Vec::new(), None, None));
    }

    #[test]
    fn the_warm_up_ends_where_the_series_settles() {
        // Ten high values, then 0 and 1 in turn: leaving out more only makes the mean of the rest less certain.
        let values: Vec<f64> = (0..100).map(|n| if n < 10 { 9.0 } else { f64::from(n % 2) }).collect();
        let found = warm_up(&values, 1).unwrap();
        assert_eq!(found.batches, 10);
        assert!((found.mean - 0.5).abs() < 1e-12, "{found:?}");
    }
}
