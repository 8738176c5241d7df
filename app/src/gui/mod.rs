//! The window.
//!
//! [`App`] holds the open documents, a [`workspace::Workspace`] each, and draws the panels; a panel reads a [`view::View`] and answers with
//! [`action::Action`]s, which `perform` carries out after the frame. Nothing else changes a document.

pub mod action;
pub mod app;
pub mod canvas;
pub mod command;
pub mod command_palette;
pub mod comparison;
pub mod connect;
pub mod context_menu;
pub mod dialogs;
pub mod disk_bar;
pub mod empty;
pub mod format;
pub mod inspector;
pub mod keymap;
pub mod live;
pub mod offer;
pub mod palette;
mod part;
pub mod perform;
pub mod plots;
pub mod problems;
pub mod quick_add;
pub mod results;
mod row;
pub mod scenarios;
pub mod search_bar;
pub mod shortcuts;
pub mod state;
pub mod status;
pub mod steps;
pub mod tab_strip;
pub mod theme;
pub mod tidy;
pub mod tone;
pub mod toolbar;
pub mod tour;
pub mod view;
pub mod welcome;
pub mod why;
pub mod words;
pub mod workspace;

use std::path::PathBuf;

pub use app::App;

use crate::settings::Folders;

/// Smallest window in which everything fits.
const SIZE_MIN: [f32; 2] = [960.0, 600.0];

/// Opens the window, with a file or with the gallery, and stays until it closes.
pub fn run(file: Option<PathBuf>) -> anyhow::Result<()> {
    let viewport = egui::ViewportBuilder::default()
        .with_title(words::window::TITLE)
        .with_app_id("plimsoll")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size(SIZE_MIN);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let create =
        Box::new(move |context: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, Box<dyn std::error::Error + Send + Sync>> {
            let mut app = App::new(&context.egui_ctx, file, Folders::of_platform());
            app.ask_for_calm(&context.egui_ctx);
            Ok(Box::new(app))
        });
    eframe::run_native("plimsoll", options, create).map_err(|error| anyhow::anyhow!(words::window::cannot_open(&error.to_string())))
}
