//! The settings.

use crate::settings::{Motion, ThemeChoice, Wheel};

/// Title of the dialog.
pub const TITLE: &str = "Settings";
/// What the field asks.
pub const HINT: &str = "Search settings…";
/// Name of the field.
pub const FIELD: &str = "Search settings";
/// Nothing fits.
pub const NONE: &str = "No setting of this name";
/// Heading of how the window looks.
pub const LOOK: &str = "Look";
/// Heading of the drawing.
pub const DRAWING: &str = "Drawing";
/// Heading of the keys.
pub const KEYS: &str = "Keyboard";
/// Opens the sheet of keys.
pub const ALL_KEYS: &str = "All shortcuts…";
/// Gives everything its first value.
pub const RESET: &str = "Reset to defaults";

/// A setting: its name and what it does.
pub type Words = (&'static str, &'static str);

/// Light or dark.
pub const THEME: Words = ("Theme", "Light on dark, dark on light, or as the system says");
/// Size of everything.
pub const SCALE: Words = ("Size", "Size of everything in the window; the drawing has its own zoom");
/// Motion.
pub const MOTION: Words = ("Motion", "Reduced: the view jumps instead of gliding, and nothing flashes");
/// Wheel.
pub const WHEEL: Words = ("Scrolling", "By device: a mouse wheel zooms, two fingers on a touchpad pan. Pinching and Ctrl always zoom");
/// Grid.
pub const GRID: Words = ("Grid", "Dots behind the drawing that moved nodes snap to");
/// Snapping to other nodes.
pub const OBJECT_SNAP: Words = ("Snap to nodes", "Moved nodes snap to edges, middles and gaps of their neighbors");
/// Overview.
pub const LEGEND: Words = ("Legend", "What the kinds of lines mean, on the drawing and below exported pictures");
/// A setting and what it does.
pub const MINIMAP: Words = ("Overview", "A small map of the drawing in the corner, while not everything is seen");
/// Preset of keys.
pub const PRESET: Words = ("Keys", "From which tool the keys come; yours go on top");

/// Names of themes.
pub fn theme(choice: ThemeChoice) -> &'static str {
    match choice {
        ThemeChoice::System => "System",
        ThemeChoice::Dark => "Dark",
        ThemeChoice::Light => "Light",
    }
}

/// Names of amounts of motion.
pub fn motion(motion: Motion) -> &'static str {
    match motion {
        Motion::System => "As the system",
        Motion::Full => "Full",
        Motion::Reduced => "Reduced",
    }
}

/// Names of what scrolling does.
pub fn wheel(wheel: Wheel) -> &'static str {
    match wheel {
        Wheel::Device => "By device",
        Wheel::Zoom => "Zooms",
        Wheel::Pan => "Pans",
    }
}

/// A size.
pub fn percent(percent: u16) -> String {
    format!("{percent} %")
}
