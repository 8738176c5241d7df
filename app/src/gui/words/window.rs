//! The window itself.

/// What stands in its title bar before there is a document.
pub const TITLE: &str = "Plimsoll";

/// Why there is no window, and what to do without one.
pub fn cannot_open(error: &str) -> String {
    format!(
        "the window cannot be opened: {error}\nwithout a screen, use the command line: `plimsoll run FILE`; on Linux the window needs X11 or Wayland and libGL"
    )
}
