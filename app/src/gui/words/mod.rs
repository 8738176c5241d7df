//! What the window says, by area: the one place to translate.
//!
//! Panels refer to these constants and functions; names and texts of services, limits and rules come from the catalog
//! and are no part of this.

pub mod arrange;
pub mod connect;
pub mod documents;
pub mod find;
pub mod first_steps;
pub mod panels;
