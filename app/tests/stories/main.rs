//! What people do in the window, told as stories and driven through its accessibility tree: no screen, no pixels.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what went wrong")]

mod arrange;
mod basics;
mod canvas;
mod connect;
mod documents;
mod edits;
mod find;
mod first_minutes;
mod keyboard;
mod kill;
mod live;
mod live_figures;
mod panels;
mod playing;
mod results;
mod sample;
#[path = "../soft_renderer/mod.rs"]
mod soft_renderer;
mod window;
mod words;
