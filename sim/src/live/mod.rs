//! Running and looking at the same time: what a simulation looks like at one moment, and going back and forth in time.
//!
//! [`Timeline`] gives the exact state at any time, from copies that it keeps within a budget of bytes and from running
//! again. [`crate::Simulation::look`] tells what a state looks like, [`crate::Simulation::glimpse`] what went by since.
//! Nothing here changes what a run tells: a run that is watched has the same result as one that is not.

mod look;
mod timeline;
mod weight;

pub use look::{EdgeLook, Glimpse, HopLook, LimitLook, Look, MarkLook, NodeLook, Roster};
pub use timeline::{BUDGET_BYTES, Timeline};
