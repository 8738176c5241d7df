//! Plimsoll: draw an event-driven architecture, load it, see which limit gives first.
//!
//! The library behind the one binary: command line, drawing, files, and (feature `gui`) the window.

pub mod arrange;
pub mod cli;
pub mod examples;
pub mod export;
pub mod files;
pub mod foreign;
pub mod icons;
pub mod report;
pub mod scene;

#[cfg(feature = "gui")]
pub mod document;
#[cfg(feature = "gui")]
pub mod fuzzy;
#[cfg(feature = "gui")]
pub mod gui;
#[cfg(feature = "gui")]
pub mod history;
#[cfg(feature = "gui")]
pub mod jobs;
#[cfg(feature = "gui")]
pub mod journal;
#[cfg(feature = "gui")]
pub mod live;
#[cfg(feature = "gui")]
pub mod run;
#[cfg(feature = "gui")]
pub mod search;
#[cfg(feature = "gui")]
pub mod settings;
pub mod spans;
#[cfg(feature = "gui")]
pub mod versions;
#[cfg(feature = "gui")]
pub mod watch;
