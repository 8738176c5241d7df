//! The live run: a simulation that is played, paused, looked at and changed like a recording.
//!
//! A [`Player`] owns the simulation on a thread of its own and publishes [`Frame`]s; the window sends it [`Order`]s. The
//! `deck` does the work, the `sight` keeps what travels, the `course` remembers the whole run at a glance. Nothing
//! here knows egui.

mod course;
mod deck;
mod difference;
mod frame;
mod pace;
mod player;
mod session;
mod sight;
mod tracks;
mod what_if;

pub use course::{COURSE_POINTS, Course, CoursePoint, Moment};
pub use difference::{Difference, difference};
pub use frame::{Frame, State, Trouble};
pub use pace::Pace;
pub use player::{Order, Player, Posted};
pub use session::{Followed, Session};
pub use sight::{MARK_S, SHOWN_MIN_S, TOKENS_MAX, mixed, shown_s};
pub use what_if::{Knob, from};
