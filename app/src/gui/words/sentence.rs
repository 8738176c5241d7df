//! The drawing in words, for whoever does not see it.

/// The figures are those of an older diagram.
pub const STALE: &str = "changed since the run";

/// How many waited at the worst moment.
pub fn waiting(count: f64) -> String {
    format!("{} waiting at most", crate::gui::format::count(count as u64))
}

/// How many problems there are; nothing when there are none.
pub fn problems(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 problem".to_owned()),
        n => Some(format!("{n} problems")),
    }
}

/// How many connections enter and leave.
pub fn connections(incoming: usize, outgoing: usize) -> String {
    let many = |count: usize| if count == 1 { "1 connection".to_owned() } else { format!("{count} connections") };
    match (incoming, outgoing) {
        (0, 0) => "not connected".to_owned(),
        (0, out) => format!("{} out", many(out)),
        (into, 0) => format!("{} in", many(into)),
        (into, out) => format!("{} in, {} out", many(into), many(out)),
    }
}

/// A connection for what the source gives up on.
pub const DEAD_LETTERS: &str = "Dead letters";

/// What a connection means, and between what.
pub fn between(kind: &str, from: &str, to: &str) -> String {
    format!("{kind} from {from} to {to}")
}
