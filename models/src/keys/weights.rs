//! Keys with given weights, as a file beside the document holds them: who sends how much, and from when on.

use std::collections::BTreeMap;

use crate::units;

/// Most rows of a file of weights.
pub const WEIGHT_ROWS_MAX: usize = 1_000_000;

/// Most weights of a file after each change counts all keys anew: keys times changes.
pub const WEIGHTS_MAX: usize = 5_000_000;

/// Most cells of a row that are looked at, so that a line of commas takes no memory.
const CELLS_MAX: usize = 64;

/// Most characters of a cell that a message repeats.
const SHOWN_MAX: usize = 40;

/// Weights of keys that have been read from their file.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyWeights {
    /// The keys, in the order of their first rows.
    pub keys: Vec<String>,
    /// Stretches of time, ascending; the first starts at zero.
    pub spans: Vec<WeightSpan>,
}

/// The weights that count from a time until the next span.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpan {
    /// Start in seconds of simulated time.
    pub from: f64,
    /// A weight for each key; at least one is above zero.
    pub weights: Vec<f64>,
}

/// A row of the file.
struct Row {
    line: usize,
    key: usize,
    from: f64,
    weight: f64,
}

/// Positions of the columns, and how many there are.
struct Columns {
    key: usize,
    weight: usize,
    from: Option<usize>,
    count: usize,
}

impl KeyWeights {
    /// Reads comma-separated rows of key, weight and optionally the time from which the weight counts; `#` starts a
    /// comment. A header with `key` and `weight` names the columns and may have others; without one, the columns stand
    /// in that order. Rows may come in any order; at each time, the last weight of each key before it holds, and a key
    /// that has none yet has zero.
    ///
    /// The error names the line.
    pub fn read(file: &str, text: &str) -> Result<Self, String> {
        let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
        let mut names: Vec<String> = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        let mut columns: Option<Columns> = None;
        for (at, text) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let line = at + 1;
            let wrong = |why: String| format!("line {line} of `{file}`: {why}");
            let cells: Vec<&str> = text.split(',').take(CELLS_MAX).map(|cell| cell.trim().trim_matches('"')).collect();
            if columns.is_none() {
                columns = header(&cells);
                if columns.is_some() {
                    continue;
                }
            }
            let columns = columns.get_or_insert_with(|| plain(cells.len()));
            if cells.len() != columns.count {
                let (known, found) = (columns.count, cells.len());
                return Err(wrong(format!(
                    "{known} cells are expected, not {found}; a row is `key,weight` or `key,weight,from`, and a key has no comma"
                )));
            }
            let key = cells[columns.key];
            if key.is_empty() {
                return Err(wrong("the key is empty".to_owned()));
            }
            let weight = cells[columns.weight];
            let weight = weight
                .parse::<f64>()
                .ok()
                .filter(|weight| weight.is_finite() && *weight >= 0.0)
                .ok_or_else(|| wrong(format!("`{}` is not a weight; it is a number of at least zero, such as 2.5", shown(weight))))?;
            let from = columns.from.map_or(Ok(0.0), |from| time(cells[from])).map_err(wrong)?;
            if rows.len() == WEIGHT_ROWS_MAX {
                return Err(wrong(format!("there are more than {WEIGHT_ROWS_MAX} rows; give rare keys one row together")));
            }
            let next = names.len();
            let key = *keys.entry(key).or_insert_with_key(|key| {
                names.push((*key).to_owned());
                next
            });
            rows.push(Row { line, key, from, weight });
        }
        if rows.is_empty() {
            return Err(format!("`{file}` has no row with a key and a weight"));
        }
        let spans = spans(file, &names, rows)?;
        Ok(Self { keys: names, spans })
    }
}

/// The columns that a header names.
fn header(cells: &[&str]) -> Option<Columns> {
    let column = |name: &str| cells.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    Some(Columns { key: column("key")?, weight: column("weight")?, from: column("from"), count: cells.len() })
}

/// The columns of a file without a header.
fn plain(count: usize) -> Columns {
    let count = count.clamp(2, 3);
    Columns { key: 0, weight: 1, from: (count == 3).then_some(2), count }
}

/// A time: plain seconds, or with a unit; nothing is the start.
fn time(text: &str) -> Result<f64, String> {
    if text.is_empty() {
        return Ok(0.0);
    }
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => Some(seconds).filter(|seconds| (0.0..=units::DURATION_MAX_S).contains(seconds)),
        Err(_) => units::parse_duration(text).ok(),
    };
    seconds.ok_or_else(|| format!("`{}` is not a time; it is a number of seconds, or such as `10 min`", shown(text)))
}

/// As much of a cell as a message needs.
fn shown(cell: &str) -> String {
    match cell.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// Carries the weights on from change to change.
fn spans(file: &str, names: &[String], mut rows: Vec<Row>) -> Result<Vec<WeightSpan>, String> {
    rows.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.key.cmp(&b.key)).then(a.line.cmp(&b.line)));
    if let Some(pair) = rows.windows(2).find(|pair| pair[0].from == pair[1].from && pair[0].key == pair[1].key) {
        let (key, from) = (shown(&names[pair[1].key]), units::print_duration(pair[1].from));
        return Err(format!("line {} of `{file}`: `{key}` already has a weight from {from} on, in line {}", pair[1].line, pair[0].line));
    }
    let mut changes = rows.chunk_by(|a, b| a.from == b.from);
    let count = changes.clone().count();
    if count.saturating_mul(names.len()) > WEIGHTS_MAX {
        return Err(format!(
            "`{file}` gives {} keys weights that change {count} times, more than {WEIGHTS_MAX} weights altogether; \
             leave out keys or changes",
            names.len()
        ));
    }
    let mut weights = vec![0.0; names.len()];
    let mut spans: Vec<WeightSpan> = Vec::with_capacity(count);
    changes.try_for_each(|change| {
        for row in change {
            weights[row.key] = row.weight;
        }
        let (line, from) = (change[0].line, change[0].from);
        if spans.is_empty() && from > 0.0 {
            let from = units::print_duration(from);
            return Err(format!("line {line} of `{file}`: no key has a weight before {from}; let one start at 0"));
        }
        let sum: f64 = weights.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            let from = units::print_duration(from);
            return Err(format!(
                "line {line} of `{file}`: from {from} on the weights add up to {sum}; at least one is above zero, and their sum is a number"
            ));
        }
        spans.push(WeightSpan { from, weights: weights.clone() });
        Ok(())
    })?;
    Ok(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_hold_until_the_next_of_the_same_key() {
        let read = KeyWeights::read("w.csv", "# tenants\nkey,weight,from\nb,1,10 min\nacme,3,\nb,1,0\nc,2.5,600\nacme,0,20 min\n").unwrap();
        assert_eq!(read.keys, ["b", "acme", "c"]);
        let span = |from: f64, weights: [f64; 3]| WeightSpan { from, weights: weights.to_vec() };
        assert_eq!(read.spans, [span(0.0, [1.0, 3.0, 0.0]), span(600.0, [1.0, 3.0, 2.5]), span(1200.0, [1.0, 0.0, 2.5])]);
    }

    #[test]
    fn a_header_may_name_more_columns_in_any_order_and_may_be_missing() {
        let named = KeyWeights::read("w.csv", "\u{feff}region,Weight,Key\r\neu,2,\"a\"\r\nus,1,b\r\n").unwrap();
        let plain = KeyWeights::read("w.csv", "a,2\nb,1\n").unwrap();
        assert_eq!(named, plain);
    }

    #[test]
    fn a_bad_file_says_where_and_what() {
        for (text, expected) in [
            ("", "no row"),
            ("key,weight\n", "no row"),
            ("a\n", "line 1 of `w.csv`: 2 cells are expected, not 1"),
            ("a,1,2,3\n", "line 1 of `w.csv`: 3 cells are expected, not 4"),
            ("a,1\nb,1,5\n", "line 2 of `w.csv`: 2 cells are expected, not 3"),
            ("key,weight,from\na,1\n", "line 2 of `w.csv`: 3 cells are expected, not 2"),
            ("key,share\na,1\n", "line 1 of `w.csv`: `share` is not a weight"),
            ("a,1\n\nb,-1\n", "line 3 of `w.csv`: `-1` is not a weight"),
            ("a,NaN\n", "`NaN` is not a weight"),
            ("a,inf\n", "`inf` is not a weight"),
            ("a,1e308\nb,1e308\n", "add up to inf"),
            (" ,1\n", "the key is empty"),
            ("a,0\nb,0\n", "add up to 0"),
            ("a,1\nb,2\na,3\n", "line 3 of `w.csv`: `a` already has a weight from 0 s on, in line 1"),
            ("a,1,5\n", "line 1 of `w.csv`: no key has a weight before 5 s"),
            ("a,1,0\na,0,5\n", "line 2 of `w.csv`: from 5 s on the weights add up to 0"),
            ("a,1,soon\n", "`soon` is not a time"),
            ("a,1,-5\n", "`-5` is not a time"),
            ("a,1,1e300\n", "is not a time"),
            ("a,1,nan\n", "is not a time"),
            ("\0,\u{1f980}\n", "is not a weight"),
        ] {
            let error = KeyWeights::read("w.csv", text).expect_err(text);
            assert!(error.contains(expected), "{text:?} says: {error}");
        }
        assert!(KeyWeights::read("w.csv", &",".repeat(1_000_000)).is_err());
        let long = KeyWeights::read("w.csv", &format!("a,{}\n", "é".repeat(100_000))).unwrap_err();
        assert!(long.len() < 200, "a message stays short: {long}");
    }

    #[test]
    fn keys_times_changes_are_bounded() {
        // 2,500 keys from 0 s on, and one of them changes at each of 2,000 later times.
        let first: Vec<String> = (0..2_500).map(|key| format!("k{key},1,0")).collect();
        let later: Vec<String> = (1..=2_000).map(|second| format!("k0,{second},{second}")).collect();
        let error = KeyWeights::read("w.csv", &[first, later].concat().join("\n")).unwrap_err();
        assert!(error.contains("2500 keys") && error.contains("2001 times"), "{error}");
    }
}
