//! A result as JSON. `docs/result-schema.md` describes it.

use plimsoll_sim::RunResult;

/// Pretty JSON with a final line break; the same result always gives the same bytes.
pub fn text(result: &RunResult) -> String {
    // Results are structs of numbers, texts and maps with text keys; JSON can hold all of them.
    let mut text = serde_json::to_string_pretty(result).expect("a result is always representable as JSON");
    text.push('\n');
    text
}
