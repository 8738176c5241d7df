//! Statistics of a series that is known to the last digit.

use plimsoll_sim::stats::series;

use super::{Case, Experiment, Measured, Missing};

/// Confidence of the interval by batch means.
const LEVEL: f64 = 0.95;

/// Values of a batch in the search for the end of the warm-up.
const WARM_UP_BATCH: usize = 5;

/// The generator of Lehmer that a case describes as `x<-16807*x mod 2147483647`: multiplier and modulus.
fn generator(text: &str) -> Option<(u64, u64)> {
    let (multiplier, rest) = text.split_once("x<-")?.1.split_once("*x mod ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((multiplier.trim().parse().ok()?, digits.parse().ok()?))
}

/// Figures of uniform numbers, and of the same numbers after a start that fades.
pub(super) fn series(case: &Case) -> Result<Experiment, Missing> {
    let (multiplier, modulus) = generator(case.text("generator")).ok_or("the generator is not of the form `x<-a*x mod m`")?;
    let (n, seed, batches) = (case.number("n")? as usize, case.number("seed")? as u64, case.number("batches")? as usize);
    let (amplitude, tau) = (case.number("amp")?, case.number("tau")?);
    let mut x = u128::from(seed);
    let uniform: Vec<f64> = (0..n)
        .map(|_| {
            x = u128::from(multiplier) * x % u128::from(modulus.max(1));
            x as f64 / modulus as f64
        })
        .collect();
    let fading: Vec<f64> = uniform.iter().enumerate().map(|(index, u)| u + amplitude * (-(index as f64) / tau).exp()).collect();
    let measure = move |_| {
        let mut figures = Measured::new();
        for (name, values) in [("u", &uniform), ("y", &fading)] {
            figures.extend(of(values, batches).into_iter().map(|(figure, value)| (format!("{name}_{figure}"), value)));
        }
        Ok(figures)
    };
    Ok(Experiment { benches: Vec::new(), replications: 1, measure: Box::new(measure) })
}

fn of(values: &[f64], batches: usize) -> Measured {
    let mut figures = Measured::new();
    let mut put = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            figures.insert(name.to_owned(), value.into());
        }
    };
    put("mean", series::mean(values));
    put("var_unbiased", series::variance(values));
    for percent in [50, 90, 95, 99] {
        let share = f64::from(percent) / 100.0;
        put(&format!("p{percent}_type7"), series::quantile(values, share));
        put(&format!("p{percent}_nearest_rank"), series::nearest_rank(values, share));
    }
    put("batch_means_ci95_halfwidth", series::batch_means_interval(values, batches, LEVEL).map(|(_, half_width)| half_width));
    put("lag1_autocorrelation", series::autocorrelation(values, 1));
    let warm_up = series::warm_up(values, WARM_UP_BATCH);
    put("mser5_truncated_batches", warm_up.map(|warm_up| warm_up.batches as f64));
    put("mser5_truncated_mean", warm_up.map(|warm_up| warm_up.mean));
    figures.insert("first3".to_owned(), values.iter().take(3).copied().collect::<Vec<f64>>().into());
    figures
}
