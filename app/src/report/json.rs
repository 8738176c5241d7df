//! A result as JSON. `docs/result-schema.md` describes it.

use std::collections::BTreeSet;

use plimsoll_sim::RunResult;
use serde::Serialize;

use crate::dashboards::{self, Metric};

/// The result, and what its series are called on the providers' dashboards.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    result: &'a RunResult,
    dashboards: Vec<Metric>,
}

/// Pretty JSON with a final line break; the same result always gives the same bytes.
pub fn text(result: &RunResult) -> String {
    let services: BTreeSet<&str> = result.nodes.iter().map(|node| node.service.as_str()).collect();
    let dashboards = services.into_iter().flat_map(dashboards::metrics).collect();
    // Results are structs of numbers, texts and maps with text keys; JSON can hold all of them.
    let mut text = serde_json::to_string_pretty(&Told { result, dashboards }).expect("a result is always representable as JSON");
    text.push('\n');
    text
}
