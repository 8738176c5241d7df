//! Which number matters most.

/// Heading of the numbers by their effect.
pub const MATTERS_MOST: &str = "What matters most";

/// Asks for it.
pub const FIND_OUT: &str = "Find out";

/// What that does.
pub const FIND_OUT_HELP: &str =
    "Changes each number by a tenth and simulates again with the same luck, to tell which one moves the outcome most";

/// Shows fewer rows of a table.
pub const FEWER: &str = "Fewer";

/// Shows the other rows of a table.
pub fn more(count: usize) -> String {
    format!("{count} more")
}

/// Numbers without an effect.
pub fn moves_nothing(count: usize) -> String {
    let changes = if count == 1 { "1 other change moves" } else { &format!("{count} other changes move") };
    format!("{changes} nothing")
}
