//! Quantities as people type them: `250 ms`, `1.5k/s`, `256 KiB`, `5 %`.
//!
//! Parsing gives plain numbers in base units: seconds, per second, bytes, fractions. The document keeps the typed
//! spelling; only what reads a value turns it into a number. Text without a unit is refused where a unit matters, so
//! that `30` never silently means milliseconds to one reader and seconds to another.

use std::fmt::Write as _;

/// Nanoseconds in a second; simulated time is counted in nanoseconds.
pub const NANOS_PER_SECOND: f64 = 1e9;

/// Longest duration that the product accepts: 100 years, in seconds.
pub const DURATION_MAX_S: f64 = 100.0 * 365.25 * 86_400.0;

/// Highest rate that the product accepts, per second.
pub const RATE_MAX_PER_S: f64 = 1e9;

/// Largest size that the product accepts, in bytes.
pub const BYTES_MAX: f64 = 1e15;

/// Most things that the product counts: as many as a floating-point number tells apart.
const COUNT_MAX: f64 = 9e15;

/// Largest plain number that stands in for a quota.
const NUMBER_MAX: f64 = 1e9;

const DURATIONS: &[(&str, f64)] = &[
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("min", 60.0),
    ("minute", 60.0),
    ("minutes", 60.0),
    ("h", 3_600.0),
    ("hour", 3_600.0),
    ("hours", 3_600.0),
    ("d", 86_400.0),
    ("day", 86_400.0),
    ("days", 86_400.0),
];

const SIZES: &[(&str, f64)] = &[
    ("B", 1.0),
    ("byte", 1.0),
    ("bytes", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("KiB", 1_024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
];

const MULTIPLES: &[(&str, f64)] = &[("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9)];

/// What kind of quantity a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// A length of time, in seconds.
    Duration,
    /// So many per second.
    Rate,
    /// A size in bytes.
    Bytes,
    /// A share between 0 and 1, typed as `5 %` or `0.05`.
    Fraction,
    /// A whole number of things.
    Count,
    /// A plain number.
    Number,
    /// An amount in US dollars.
    Money,
}

impl Quantity {
    /// Reads a text of this kind into its base unit.
    pub fn parse(self, text: &str) -> Result<f64, String> {
        match self {
            Self::Duration => parse_duration(text),
            Self::Rate => parse_rate(text),
            Self::Bytes => parse_bytes(text),
            Self::Fraction => parse_fraction(text),
            Self::Count => parse_count(text),
            Self::Number => parse_number(text),
            Self::Money => parse_number(text.trim().trim_end_matches("USD").trim_start_matches('$').trim()),
        }
    }

    /// Writes a value in base units the way a person would type it.
    pub fn print(self, value: f64) -> String {
        match self {
            Self::Duration => print_duration(value),
            Self::Rate => print_rate(value),
            Self::Bytes => print_bytes(value),
            Self::Fraction => print_fraction(value),
            Self::Count | Self::Number => print_number(value),
            Self::Money => format!("{} USD", print_number(value)),
        }
    }

    /// The largest value that the product accepts, in base units.
    pub fn max(self) -> f64 {
        match self {
            Self::Duration => DURATION_MAX_S,
            Self::Rate => RATE_MAX_PER_S,
            Self::Bytes => BYTES_MAX,
            Self::Fraction => 1.0,
            Self::Count => COUNT_MAX,
            Self::Number | Self::Money => NUMBER_MAX,
        }
    }

    /// An example of how such a quantity is typed.
    pub fn example(self) -> &'static str {
        match self {
            Self::Duration => "250 ms",
            Self::Rate => "200/s",
            Self::Bytes => "256 KiB",
            Self::Fraction => "5 %",
            Self::Count => "10",
            Self::Number => "1.5",
            Self::Money => "2.50 USD",
        }
    }
}

/// Splits `1.5 ms` into the number and the trimmed rest.
fn split_number(text: &str) -> Result<(f64, &str), String> {
    let text = text.trim();
    let mut end = 0;
    let bytes = text.as_bytes();
    while end < bytes.len() {
        let c = bytes[end];
        let exponent = (c == b'e' || c == b'E')
            && end > 0
            && bytes.get(end + 1).is_some_and(|n| n.is_ascii_digit() || *n == b'-' || *n == b'+')
            && bytes[..end].iter().any(u8::is_ascii_digit);
        let sign = (c == b'-' || c == b'+') && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if c.is_ascii_digit() || c == b'.' || c == b'_' || c == b',' || exponent || sign {
            end += 1;
        } else {
            break;
        }
    }
    let digits: String = text[..end].chars().filter(|c| *c != '_' && *c != ',').collect();
    let number = digits.parse::<f64>().map_err(|_| format!("`{text}` does not start with a number"))?;
    if !number.is_finite() {
        return Err(format!("`{text}` is too large a number"));
    }
    Ok((number, text[end..].trim()))
}

fn multiple(unit: &str) -> Option<(f64, &str)> {
    MULTIPLES.iter().find_map(|(name, factor)| unit.strip_prefix(name).map(|rest| (*factor, rest.trim_start())))
}

fn unknown_unit(text: &str, unit: &str, example: &str) -> String {
    if unit.is_empty() {
        format!("`{text}` has no unit, write for example `{example}`")
    } else {
        format!("`{text}` has the unknown unit `{unit}`, write for example `{example}`")
    }
}

/// Reads a duration such as `250 ms`, `1.5 s`, `5 min`, `2 h`; in seconds, never negative.
pub fn parse_duration(text: &str) -> Result<f64, String> {
    let (number, unit) = split_number(text)?;
    let seconds = if number == 0.0 && unit.is_empty() {
        0.0
    } else {
        let factor = DURATIONS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        number * factor.ok_or_else(|| unknown_unit(text, unit, "250 ms"))?
    };
    if seconds < 0.0 {
        return Err(format!("`{text}` is negative, a duration cannot be"));
    }
    if seconds > DURATION_MAX_S {
        return Err(format!("`{text}` is longer than 100 years"));
    }
    Ok(seconds)
}

/// Reads a rate such as `200/s`, `1.5k/s`, `300/min`, `2M/day`; per second, never negative.
pub fn parse_rate(text: &str) -> Result<f64, String> {
    let (number, unit) = split_number(text)?;
    let (factor, rest) = multiple(unit).filter(|(_, rest)| rest.starts_with('/')).unwrap_or((1.0, unit));
    let per = rest.strip_prefix('/').map(str::trim).ok_or_else(|| unknown_unit(text, unit, "200/s"))?;
    let (count, per) = if per.starts_with(|c: char| c.is_ascii_digit()) { split_number(per)? } else { (1.0, per) };
    let seconds = DURATIONS
        .iter()
        .find(|(name, _)| *name == per)
        .map(|(_, seconds)| seconds * count)
        .ok_or_else(|| unknown_unit(text, unit, "200/s"))?;
    if seconds <= 0.0 {
        return Err(format!("`{text}` divides by no time"));
    }
    let rate = number * factor / seconds;
    if rate < 0.0 {
        return Err(format!("`{text}` is negative, a rate cannot be"));
    }
    if rate > RATE_MAX_PER_S {
        return Err(format!("`{text}` is more than a billion per second"));
    }
    Ok(rate)
}

/// Reads a size such as `256 KiB`, `1 MB`, `400 B`; in bytes. `KB` is 1,000 bytes, `KiB` is 1,024.
pub fn parse_bytes(text: &str) -> Result<f64, String> {
    let (number, unit) = split_number(text)?;
    let bytes = if number == 0.0 && unit.is_empty() {
        0.0
    } else {
        let factor = SIZES.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        number * factor.ok_or_else(|| unknown_unit(text, unit, "256 KiB"))?
    };
    if bytes < 0.0 {
        return Err(format!("`{text}` is negative, a size cannot be"));
    }
    if bytes > BYTES_MAX {
        return Err(format!("`{text}` is larger than {}", print_bytes(BYTES_MAX)));
    }
    Ok(bytes)
}

/// Reads a share such as `5 %` or `0.05`.
pub fn parse_fraction(text: &str) -> Result<f64, String> {
    let (number, unit) = split_number(text)?;
    let fraction = match unit {
        "%" => number / 100.0,
        "" => number,
        _ => return Err(unknown_unit(text, unit, "5 %")),
    };
    if (0.0..=1.0).contains(&fraction) { Ok(fraction) } else { Err(format!("`{text}` is not between 0 % and 100 %")) }
}

/// Reads a whole number such as `10`, `1_000` or `1.5k`.
pub fn parse_count(text: &str) -> Result<f64, String> {
    let number = parse_number(text)?;
    if number < 0.0 || number.fract() != 0.0 || number > COUNT_MAX {
        return Err(format!("`{text}` is not a whole number of things"));
    }
    Ok(number)
}

/// Reads a plain number such as `1.5` or `20k`.
pub fn parse_number(text: &str) -> Result<f64, String> {
    let (number, unit) = split_number(text)?;
    match multiple(unit) {
        Some((factor, "")) => Ok(number * factor),
        _ if unit.is_empty() => Ok(number),
        _ => Err(format!("`{text}` has the unit `{unit}` where a plain number is expected")),
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Up to four significant digits, without trailing zeros.
pub fn print_significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return trimmed(value, 0);
    }
    let magnitude = value.abs().log10_floor();
    trimmed(value, (3 - magnitude).clamp(0, 12) as usize)
}

trait Log10Floor {
    fn log10_floor(self) -> i32;
}

impl Log10Floor for f64 {
    /// The decimal exponent, found by counting so that every platform agrees.
    fn log10_floor(self) -> i32 {
        let mut exponent = 0;
        let mut value = self;
        while value >= 10.0 {
            value /= 10.0;
            exponent += 1;
        }
        while value < 1.0 && exponent > -18 {
            value *= 10.0;
            exponent -= 1;
        }
        exponent
    }
}

/// A plain number with thousands separated, up to four significant digits after the point.
pub fn print_number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return print_whole(value as i64);
    }
    if value.abs() >= 1_000.0 { print_whole(value.round() as i64) } else { print_significant(value) }
}

fn print_whole(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// A duration in the unit that reads best: `250 ms`, `1.5 s`, `5 min`.
pub fn print_duration(seconds: f64) -> String {
    let magnitude = seconds.abs();
    let (factor, unit) = if magnitude == 0.0 {
        (1.0, "s")
    } else if magnitude < 0.999_95e-6 {
        (1e-9, "ns")
    } else if magnitude < 0.999_95e-3 {
        (1e-6, "µs")
    } else if magnitude < 0.999_95 {
        (1e-3, "ms")
    } else if magnitude < 120.0 {
        (1.0, "s")
    } else if magnitude < 7_200.0 {
        (60.0, "min")
    } else if magnitude < 172_800.0 {
        (3_600.0, "h")
    } else {
        (86_400.0, "d")
    };
    format!("{} {unit}", print_significant(seconds / factor))
}

/// A duration as it would be typed, in the largest unit that tells it exactly: `5 min`, `90 s`, `250 ms`.
pub fn spell_duration(seconds: f64) -> String {
    let whole = |unit: f64| (seconds / unit).fract() == 0.0 && seconds / unit >= 1.0;
    let units = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms")];
    let spelled = units.into_iter().filter(|(unit, _)| whole(*unit)).map(|(unit, name)| format!("{} {name}", seconds / unit));
    // The decimal digits of a number always read back as the same number; those of a quotient may not.
    spelled.into_iter().find(|text| parse_duration(text) == Ok(seconds)).unwrap_or_else(|| format!("{seconds} s"))
}

/// A rate per second with every digit: `1500/s`.
pub fn spell_rate(per_second: f64) -> String {
    format!("{per_second}/s")
}

/// A rate per second, with `k` and `M` for large ones: `1.5k/s`.
pub fn print_rate(per_second: f64) -> String {
    format!("{}/s", print_compact(per_second))
}

/// A number with `k`, `M`, `G` for large ones.
pub fn print_compact(value: f64) -> String {
    let magnitude = value.abs();
    let (factor, suffix) = if magnitude >= 999.95e6 {
        (1e9, "G")
    } else if magnitude >= 999.95e3 {
        (1e6, "M")
    } else if magnitude >= 9_999.5 {
        (1e3, "k")
    } else {
        (1.0, "")
    };
    format!("{}{suffix}", print_significant(value / factor))
}

/// A size in binary units: `256 KiB`.
pub fn print_bytes(bytes: f64) -> String {
    let (factor, unit) = SIZES
        .iter()
        .rev()
        .filter(|(unit, _)| unit.ends_with("iB"))
        .find(|(_, factor)| bytes >= *factor)
        .map_or((1.0, "B"), |(unit, factor)| (*factor, *unit));
    format!("{} {unit}", print_significant(bytes / factor))
}

/// A share in percent: `5 %`.
pub fn print_fraction(fraction: f64) -> String {
    let mut text = String::new();
    let percent = fraction * 100.0;
    let shown = if percent > 0.0 && percent < 0.001 { "<0.001".to_owned() } else { print_significant(percent) };
    write!(text, "{shown} %").expect("writing to a string cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_typed() {
        for (text, seconds) in
            [("250 ms", 0.25), ("250ms", 0.25), ("1.5 s", 1.5), ("5 min", 300.0), ("0", 0.0), ("1e-3 s", 1e-3), ("1,000 s", 1_000.0)]
        {
            assert_eq!(parse_duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "5", "-1 s", "5 parsecs", "1e300 s", "NaN s", "inf s", "s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_read_as_typed() {
        for (text, rate) in [("200/s", 200.0), ("1.5k/s", 1_500.0), ("300/min", 5.0), ("2 M/day", 2e6 / 86_400.0), ("1000/10s", 100.0)] {
            assert_eq!(parse_rate(text), Ok(rate), "{text}");
        }
        for text in ["200", "200/", "1e300/s", "-5/s", "5/0s", "5 k"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_shares_and_counts_read_as_typed() {
        assert_eq!(parse_bytes("256 KiB"), Ok(262_144.0));
        assert_eq!(parse_bytes("2 KB"), Ok(2_000.0));
        assert_eq!(parse_fraction("5 %"), Ok(0.05));
        assert_eq!(parse_fraction("0.05"), Ok(0.05));
        assert!(parse_fraction("120 %").is_err());
        assert_eq!(parse_count("1.5k"), Ok(1_500.0));
        assert!(parse_count("1.5").is_err());
    }

    #[test]
    fn printing_reads_back_the_same() {
        for value in [1e-9, 0.25, 1.5, 59.0, 300.0, 0.0, 86_400.0] {
            assert_eq!(parse_duration(&print_duration(value)), Ok(value), "{value}");
        }
        for value in [0.5, 200.0, 1_500.0, 25_000.0, 3e6] {
            assert_eq!(parse_rate(&print_rate(value)), Ok(value), "{value}");
        }
        assert_eq!(print_duration(0.999_999_9), "1 s");
        assert_eq!(print_number(1_234_567.0), "1,234,567");
        assert_eq!(print_bytes(262_144.0), "256 KiB");
    }
}
