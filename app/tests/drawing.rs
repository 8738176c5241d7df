//! The drawing: exported pictures, and what people do on the canvas.
//!
//! Pictures are left in `target/tmp` to look at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "drawing/canvas.rs"]
mod canvas;
#[path = "drawing/pictures.rs"]
mod pictures;
#[path = "drawing/sample.rs"]
mod sample;
mod soft_renderer;
