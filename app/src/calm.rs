//! Whether the system asks programs to move little on screen, by the desktop's own tool.

use std::process::{Command, Stdio};

/// Whether the user wants less motion, as far as the desktop tells; false when nobody knows.
///
/// It starts a program and waits for it: not for the window's thread.
pub(crate) fn system_is_calm() -> bool {
    let (program, arguments, calm): (&str, &[&str], fn(&str) -> bool) = if cfg!(target_os = "macos") {
        ("defaults", &["read", "com.apple.universalaccess", "reduceMotion"], |said| said == "1")
    } else if cfg!(windows) {
        ("reg", &["query", r"HKCU\Control Panel\Desktop\WindowMetrics", "/v", "MinAnimate"], |said| said.ends_with('0'))
    } else {
        ("gsettings", &["get", "org.gnome.desktop.interface", "enable-animations"], |said| said == "false")
    };
    let asked = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output();
    asked.is_ok_and(|answer| answer.status.success() && calm(String::from_utf8_lossy(&answer.stdout).trim()))
}
