//! Backlogs that grow to the end of the run.

use plimsoll_models::{Severity, units};

use crate::{
    program::Program,
    result::{Basis, Consequence, Finding, RunResult},
};

/// Messages from which a growing backlog is worth a word.
const GROWING_FROM: f64 = 20.0;

/// Queues in which more waits at the end than in the middle.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for node in &result.nodes {
        let Some(series) =
            node.series.iter().find(|s| s.name == "ApproximateNumberOfMessagesVisible" && s.kind == crate::result::SeriesKind::Mean)
        else {
            continue;
        };
        let n = series.values.len();
        if n < 8 {
            continue;
        }
        let mean = |range: std::ops::Range<usize>| series.values[range.clone()].iter().sum::<f64>() / range.len() as f64;
        let (middle, end) = (mean(n / 2..n * 5 / 8), mean(n * 7 / 8..n));
        if end > GROWING_FROM && end > 1.2 * middle {
            findings.push(Finding {
                code: "backlog-grows",
                severity: Severity::Warning,
                node: Some(node.id.clone()),
                edge: None,
                title: format!("The backlog of {} grows", program.title(&node.id)),
                evidence: format!(
                    "{} messages wait on average at the end of the run, {} in the middle",
                    units::print_number(end.round()),
                    units::print_number(middle.round())
                ),
                advice: "its consumers are slower than its producers: raise their concurrency or batch size, or shorten their work"
                    .to_owned(),
                limit: None,
                fix: None,
                // Every message that is still there will be late, whatever is asked for.
                consequence: Some(Consequence { lost: 0, late: end.round() as u64, usd: 0.0, basis: Basis::Counted }),
            });
        }
    }
}
