//! Loads that were recorded in a file beside the document.

use super::Spacing;
use crate::{
    spelling::{Call, truth},
    units,
};

/// Where a recorded trace lies and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSource {
    /// Path relative to the document.
    pub file: String,
    /// What a row means.
    pub rows: TraceRows,
    /// Start of the replayed slice in seconds of the recording.
    pub from: f64,
    /// End of the replayed slice; the end of the recording when absent.
    pub to: Option<f64>,
    /// Spacing inside an interval of a counted trace.
    pub spacing: Spacing,
}

/// What the rows of a trace file mean.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceRows {
    /// One arrival a row: its time in seconds in the column, and optionally how long it took.
    Arrivals {
        /// Name of the column of times, in seconds; the first column when absent.
        time: Option<String>,
        /// Name of the column of recorded durations in seconds.
        duration: Option<String>,
    },
    /// A count of arrivals a row.
    Counts {
        /// Length of the interval of a row, in seconds.
        interval: f64,
        /// Name of the column of counts; the last column when absent.
        column: Option<String>,
    },
}

/// A recording that has been read from its file.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// Times in seconds, ascending, and recorded durations in seconds (empty, or one for each time).
    Arrivals {
        /// Arrival times.
        times: Vec<f64>,
        /// Recorded durations.
        durations: Vec<f64>,
    },
    /// Counts per interval.
    Counts {
        /// Length of an interval in seconds.
        interval: f64,
        /// Arrivals in each interval.
        counts: Vec<f64>,
    },
}

/// Most rows of a trace file.
pub const TRACE_ROWS_MAX: usize = 50_000_000;

impl TraceSource {
    /// Reads the text of the trace file: comma-separated, `#` starts a comment, a first row that is no number is the
    /// header. The error names the line.
    pub fn read(&self, text: &str) -> Result<Trace, String> {
        let mut rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).peekable();
        let mut header: Option<Vec<&str>> = None;
        if let Some((_, line)) = rows.peek() {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if cells.iter().any(|cell| cell.parse::<f64>().is_err()) && cells[0].parse::<f64>().is_err() {
                header = Some(cells);
                rows.next();
            }
        }
        let column = |name: &Option<String>, default: Option<usize>| -> Result<Option<usize>, String> {
            let Some(name) = name else { return Ok(default) };
            let known = header.as_deref().unwrap_or_default();
            known
                .iter()
                .position(|cell| cell == name)
                .map(Some)
                .ok_or_else(|| format!("`{}` has no column `{name}`; it has: {}", self.file, known.join(", ")))
        };
        let cell = |line_number: usize, line: &str, index: usize| -> Result<f64, String> {
            let text = if index == usize::MAX { line.rsplit(',').next() } else { line.split(',').nth(index) };
            text.and_then(|cell| cell.trim().parse::<f64>().ok())
                .filter(|number| number.is_finite() && *number >= 0.0)
                .ok_or_else(|| format!("line {} of `{}` has no usable number: `{line}`", line_number + 1, self.file))
        };
        let mut trace = match &self.rows {
            TraceRows::Arrivals { time, duration } => {
                let time = column(time, Some(0))?.unwrap_or(0);
                let duration = column(duration, None)?;
                let (mut times, mut durations) = (Vec::new(), Vec::new());
                for (number, line) in rows {
                    times.push(cell(number, line, time)?);
                    if let Some(duration) = duration {
                        durations.push(cell(number, line, duration)?);
                    }
                    if times.len() > TRACE_ROWS_MAX {
                        return Err(format!("`{}` has more than {TRACE_ROWS_MAX} rows", self.file));
                    }
                }
                if times.windows(2).any(|pair| pair[0] > pair[1]) {
                    return Err(format!("the times of `{}` do not ascend", self.file));
                }
                Trace::Arrivals { times, durations }
            }
            TraceRows::Counts { interval, column: name } => {
                let index = column(name, Some(usize::MAX))?.unwrap_or(usize::MAX);
                let mut counts = Vec::new();
                for (number, line) in rows {
                    counts.push(cell(number, line, index)?);
                }
                Trace::Counts { interval: *interval, counts }
            }
        };
        trace.slice(self.from, self.to);
        Ok(trace)
    }
}

impl Trace {
    /// Keeps what lies in `[from, to)` and starts the clock at `from`.
    fn slice(&mut self, from: f64, to: Option<f64>) {
        match self {
            Self::Arrivals { times, durations } => {
                let first = times.partition_point(|time| *time < from);
                let last = to.map_or(times.len(), |to| times.partition_point(|time| *time < to)).max(first);
                if !durations.is_empty() {
                    durations.truncate(last);
                    durations.drain(..first);
                }
                times.truncate(last);
                times.drain(..first);
                for time in times {
                    *time -= from;
                }
            }
            Self::Counts { interval, counts } => {
                let first = ((from / *interval).floor() as usize).min(counts.len());
                let last = to.map_or(counts.len(), |to| (to / *interval).ceil() as usize).clamp(first, counts.len());
                counts.truncate(last);
                counts.drain(..first);
            }
        }
    }

    /// How many arrivals the recording holds.
    pub fn total(&self) -> f64 {
        match self {
            Self::Arrivals { times, .. } => times.len() as f64,
            Self::Counts { counts, .. } => counts.iter().sum(),
        }
    }
}

/// Reads `trace(file=arrivals.csv, interval=1 min)`.
pub(super) fn parse(call: &Call<'_>) -> Result<TraceSource, String> {
    call.only(&["file", "interval", "column", "time", "duration", "from", "to", "even"])?;
    let owned = |name: &str| call.named(name).map(str::to_owned);
    let rows = match call.named("interval") {
        Some(interval) => {
            let interval = units::parse_duration(interval)?;
            if interval <= 0.0 {
                return Err("the interval of a trace must be longer than zero".to_owned());
            }
            TraceRows::Counts { interval, column: owned("column") }
        }
        None => TraceRows::Arrivals { time: owned("time"), duration: owned("duration") },
    };
    let even = call.named("even").map(truth).transpose()?.unwrap_or(false);
    Ok(TraceSource {
        file: call.require(&["file"], 0)?.trim_matches('"').to_owned(),
        rows,
        from: call.named("from").map_or(Ok(0.0), units::parse_duration)?,
        to: call.named("to").map(units::parse_duration).transpose()?,
        spacing: if even { Spacing::Even } else { Spacing::Random },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arrivals;

    #[test]
    fn traces_read_with_and_without_header_and_slice() {
        let source = |text: &str| match text.parse() {
            Ok(Arrivals::Trace(source)) => source,
            other => panic!("{other:?}"),
        };
        let trace = source("trace(file=a.csv, time=arrival_s, duration=duration_s, from=1 s)").read("arrival_s,duration_s\n0.5,2\n1.5,3\n");
        assert_eq!(trace, Ok(Trace::Arrivals { times: vec![0.5], durations: vec![3.0] }));
        let trace = source("trace(file=a.csv, interval=1 min, from=1 min)").read("minute,requests\n0,5\n1,6\n2,7\n");
        assert_eq!(trace, Ok(Trace::Counts { interval: 60.0, counts: vec![6.0, 7.0] }));
        assert!(source("trace(file=a.csv)").read("1\nx\n").is_err());
        assert!(source("trace(file=a.csv)").read("2\n1\n").is_err());
    }
}
