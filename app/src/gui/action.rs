//! What panels ask the window to do. Panels only read; everything that changes goes through here.

use std::path::PathBuf;

use plimsoll_models::{BookmarkId, Edit, NoteId, Place, Point, ScenarioId, ServiceId};

use super::{
    canvas::{CanvasEvent, Selection},
    command::Command,
    connect::join::Join,
    dialogs::Decision,
    offer::Offer,
    results::Cell,
    state::Tab,
};
use crate::live::Order;
use crate::run::Question;

/// A wish of a panel.
#[derive(Clone, Debug)]
pub enum Action {
    /// Do what the menu entry does.
    Command(Command),
    /// The same, and remember that it was searched for.
    Searched(Command),
    /// Show a place in the middle of the view.
    CenterOn(Point),
    /// Show what a bookmark shows.
    GoToBookmark(BookmarkId),
    /// Change the diagram; one step of the history.
    Edit(Edit),
    /// Change the diagram; changes with the same key in a row are one step.
    Type(Edit, String),
    /// Select this and nothing else.
    Select(Selection),
    /// Select and show what a message is about.
    Reveal(Place),
    /// Put a service on the drawing; in the middle of the view without a place.
    Add {
        /// Which one.
        service: ServiceId,
        /// Where.
        at: Option<Point>,
        /// How it hangs together with what is there.
        join: Join,
    },
    /// Open a file.
    OpenPath(PathBuf),
    /// Open an example, by its index in the list.
    OpenExample(usize),
    /// Bring a document to the front, by its index in the tab strip.
    BringTab(usize),
    /// Close a document, by its index in the tab strip.
    CloseTab(usize),
    /// Move a document in the tab strip from one index to another.
    MoveTab(usize, usize),
    /// Take what lies on the disk.
    Reload,
    /// Stay with what is open although the file on the disk is another one.
    KeepMine,
    /// Write the file anew that is gone.
    SaveAgain,
    /// Show what differs from the file on the disk.
    CompareWithDisk,
    /// Back to the drawing.
    EndComparison,
    /// Work with another scenario.
    UseScenario(ScenarioId),
    /// Apply the fix of a finding: path as for `--set`, and value.
    Fix(String, String),
    /// Show a tab of the results.
    Show(Tab),
    /// Look at a part of the run's time, in seconds, or at all of it.
    LookAt(Option<(f64, f64)>),
    /// Show the journeys that were followed in a cell of the heat map.
    Follow(Cell),
    /// Ask something about the latest result.
    Study(Question),
    /// Stop the answer.
    EndStudy,
    /// Ask where a file shall be, and write it.
    Offer(Offer),
    /// Say something in the status bar.
    Notice(String),
    /// What the canvas tells.
    Canvas(CanvasEvent),
    /// Show a change that goes on.
    Preview(Edit),
    /// Puts a copy of what is selected so far from it.
    DuplicateBy(Point),
    /// Back to what is, without the change that was shown.
    EndPreview,
    /// Show a tidy layout without making it.
    PreviewTidy(Edit),
    /// Keep the tidy layout that is shown, or forget it and look where one looked before: center and zoom.
    Tidied(Option<Edit>, (Point, f32)),
    /// What was decided in a dialog.
    Decide(Box<Decision>),
    /// Paste this text.
    Paste {
        /// What the clipboard holds.
        text: String,
        /// Whether what leads into the originals leads into the copies too.
        incoming: bool,
    },
    /// Choose a note and bring it into view.
    ShowNote(NoteId),
    /// Choose a note and write in it.
    WriteNote(NoteId),
    /// Never offer the tour again.
    RefuseTour,
    /// Take a file off the list of recent ones.
    Forget(PathBuf),
    /// Tell the live run what to do.
    Live(Order),
    /// Take the result of the live run that is over.
    TakeLiveResult,
    /// Keep what was done while it ran as another scenario.
    SaveLiveScenario,
}
