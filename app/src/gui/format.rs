//! Figures as people read them on screen.

use plimsoll_models::units;

/// A count with its word, such as `1 node` or `3 nodes`.
pub fn plural(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// A time with three significant digits.
pub fn seconds(value: f64) -> String {
    if value.is_finite() { units::print_duration(three_digits(value)) } else { "–".to_owned() }
}

/// A share of the whole.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "–".to_owned();
    }
    let percent = share * 100.0;
    if percent != 0.0 && percent.abs() < 0.01 {
        return "< 0.01 %".to_owned();
    }
    format!("{} %", units::print_number(three_digits(percent)))
}

/// A count with separated thousands.
pub fn count(value: u64) -> String {
    units::print_number(value as f64)
}

/// Any number, three significant digits.
pub fn number(value: f64) -> String {
    if value.is_finite() {
        units::print_number(if value.abs() >= 1_000.0 { value.round() } else { three_digits(value) })
    } else {
        "∞".to_owned()
    }
}

/// An amount of money.
pub fn money(usd: f64) -> String {
    if usd == 0.0 {
        "$0".to_owned()
    } else if usd.abs() < 0.01 {
        format!("${}", units::print_significant(two_digits(usd)))
    } else {
        let mut text = format!("${}", units::print_number((usd * 100.0).round() / 100.0));
        // Cents have two digits.
        if text.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 1) {
            text.push('0');
        }
        text
    }
}

/// A factor such as a use or a headroom.
pub fn factor(value: f64) -> String {
    if value.is_finite() { format!("{}×", number(value)) } else { "∞".to_owned() }
}

fn three_digits(value: f64) -> f64 {
    rounded(value, 3)
}

fn two_digits(value: f64) -> f64 {
    rounded(value, 2)
}

fn rounded(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10_f64.powi(digits - 1 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(seconds(0.123_456), "123 ms");
        assert_eq!(seconds(f64::NAN), "–");
        assert_eq!(percent(0.987_65), "98.8 %");
        assert_eq!(percent(0.000_01), "< 0.01 %");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(money(1.239), "$1.24");
        assert_eq!(money(0.000_123_4), "$0.00012");
        assert_eq!((money(0.5), money(1_200.3), money(4.0)), ("$0.50".to_owned(), "$1,200".to_owned(), "$4".to_owned()));
        assert_eq!(factor(1.834), "1.83×");
    }
}
