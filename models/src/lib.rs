//! What one can say about an event-driven architecture without running or drawing it.
//!
//! A [`Diagram`] is a value: nodes, edges, event types, scenarios. The [`Catalog`] says which services exist, which
//! fields they have and which quotas, latencies and prices apply, each with its source. [`formats::native`] reads and
//! writes the document, [`edit::apply`] makes a new diagram from an old one, [`validate::check`] tells what is wrong, [`review::review`] what is unwise.
//!
//! ```
//! use plimsoll_models::{units, Distribution};
//!
//! assert_eq!(units::parse_duration("250 ms"), Ok(0.25));
//! assert_eq!("exponential(2 s)".parse::<Distribution>().unwrap().mean(), 2.0);
//! ```
//!
//! This crate does no input or output, reads no clock and never draws a random number.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod catalog;
pub mod diagnostic;
pub mod diagram;
pub mod diff;
pub mod distribution;
pub mod edit;
pub mod families;
pub mod fault;
pub mod formats;
pub mod ids;
pub mod keys;
pub mod machine;
pub mod objective;
pub mod point;
pub mod policy;
pub mod review;
pub mod scenario;
mod spelling;
pub mod units;
pub mod validate;
pub mod work;
pub mod workload;

pub use catalog::{Catalog, Service};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use diagram::{About, Account, Bookmark, Diagram, Edge, EdgeKind, EventType, Group, LabelPlace, Line, LineStyle, Node, Note};
pub use distribution::Distribution;
pub use edit::Edit;
pub use ids::{BookmarkId, EdgeId, EventTypeId, GroupId, NodeId, NoteId, ScenarioId, ServiceId};
pub use point::Point;
pub use scenario::Scenario;
pub use workload::Arrivals;

pub(crate) use catalog::{nearest as nearest_value, value as catalog_value};
