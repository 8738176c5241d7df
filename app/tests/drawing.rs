//! The drawing: exported pictures, and what people do on the canvas.
//!
//! Pictures are left in `target/tmp` to look at.

#[path = "drawing/pictures.rs"]
mod pictures;
#[path = "drawing/sample.rs"]
mod sample;
#[path = "drawing/canvas.rs"]
mod canvas;
mod soft_renderer;
