//! The gallery: examples with a picture each, recent files, open, new.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use egui::{Align, Button, Frame, Layout, Margin, RichText, ScrollArea, Sense, TextureHandle, Ui};
use plimsoll_models::{Catalog, Diagram, formats::native};

use super::{action::Action, command::Command, theme::Theme, view::View};
use crate::{
    examples::{EXAMPLES, Example},
    icons,
};

/// What the gallery remembers between frames.
#[derive(Default)]
pub struct Memory {
    /// Pictures of the examples by name and theme.
    pictures: BTreeMap<(&'static str, bool), Option<TextureHandle>>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("pictures", &self.pictures.len()).finish()
    }
}

const CARD_WIDTH: f32 = 300.0;
const PICTURE_HEIGHT: f32 = 150.0;
const CARD_HEIGHT: f32 = 252.0;

/// Shows the gallery; `recent` are the latest files.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, recent: &[std::path::PathBuf], actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("gallery").auto_shrink([false, false]).show(ui, |ui| {
        let width = (ui.available_width() - 64.0).clamp(320.0, 1_260.0);
        let margin = ((ui.available_width() - width) / 2.0).max(0.0);
        Frame::new().inner_margin(Margin { left: margin as i8, right: 0, top: 0, bottom: 24 }).show(ui, |ui| {
            ui.add_space(36.0);
            ui.horizontal_top(|ui| {
                ui.add_space(margin - f32::from(margin as i8));
                ui.vertical(|ui| {
                    ui.set_width(width);
                    content_ui(ui, view, memory, recent, actions);
                });
            });
        });
    });
}

fn content_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, recent: &[std::path::PathBuf], actions: &mut Vec<Action>) {
    ui.label(RichText::new("Plimsoll").font(Theme::semibold(30.0)));
    ui.label(
        RichText::new("Draw an event-driven architecture, load it, see which limit gives first.").size(15.0).color(view.theme.text_weak),
    );
    ui.add_space(Theme::SPACE_16);
    ui.horizontal(|ui| {
        let new = RichText::new("New diagram").font(Theme::strong()).color(view.theme.text_on_accent);
        if ui.add(Button::new(new).fill(view.theme.accent).stroke(egui::Stroke::NONE).min_size(egui::vec2(120.0, 32.0))).clicked() {
            actions.push(Action::Command(Command::New));
        }
        if ui.add(Button::new("Open…").min_size(egui::vec2(96.0, 32.0))).on_hover_text(Command::Open.tooltip()).clicked() {
            actions.push(Action::Command(Command::Open));
        }
    });
    if !recent.is_empty() {
        ui.add_space(Theme::SPACE_24);
        ui.label(RichText::new("Recent").font(Theme::heading()));
        for path in recent.iter().take(5) {
            recent_ui(ui, view.theme, path, actions);
        }
    }
    ui.add_space(Theme::SPACE_24);
    ui.label(RichText::new("Examples").font(Theme::heading()));
    ui.label(RichText::new("Each teaches something with numbers: open one and press Run.").color(view.theme.text_weak));
    ui.add_space(Theme::SPACE_8);
    let columns = ((ui.available_width() + Theme::SPACE_16) / (CARD_WIDTH + Theme::SPACE_16)).floor().max(1.0) as usize;
    for (row, examples) in EXAMPLES.chunks(columns).enumerate() {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = Theme::SPACE_16;
            for (column, example) in examples.iter().enumerate() {
                if card_ui(ui, view, memory, example) {
                    actions.push(Action::OpenExample(row * columns + column));
                }
            }
        });
        ui.add_space(Theme::SPACE_8);
    }
}

fn recent_ui(ui: &mut Ui, theme: &Theme, path: &Path, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), Sense::hover());
        icons::paint(ui.painter(), "file", rect, theme.text_weak);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.trim_end_matches(".plimsoll.json").to_owned();
        if ui.link(RichText::new(name).color(theme.text)).clicked() {
            actions.push(Action::OpenPath(path.to_path_buf()));
        }
        let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
        ui.label(RichText::new(folder).small().color(theme.text_weak));
        if icons::icon_button(ui, "close", &format!("Forget {}", path.display())).clicked() {
            actions.push(Action::Forget(path.to_path_buf()));
        }
    });
}

/// A picture with title and summary; true when it was clicked.
fn card_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, example: &'static Example) -> bool {
    let theme = view.theme;
    let (rect, response) = ui.allocate_exact_size(egui::vec2(CARD_WIDTH, CARD_HEIGHT), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, format!("Open example {}", example.title)));
    let lit = response.hovered() || response.has_focus();
    let stroke = egui::Stroke::new(1.0, if lit { theme.accent } else { theme.stroke });
    ui.painter().rect(rect, 8.0, theme.surface, stroke, egui::StrokeKind::Inside);
    let picture = egui::Rect::from_min_size(rect.min, egui::vec2(CARD_WIDTH, PICTURE_HEIGHT)).shrink(1.0);
    ui.painter().rect_filled(picture, egui::CornerRadius { nw: 8, ne: 8, sw: 0, se: 0 }, theme.canvas);
    picture_ui(ui, view, memory, example, picture.shrink(12.0));
    let text = egui::Rect::from_min_max(egui::pos2(rect.left(), picture.bottom()), rect.max).shrink2(egui::vec2(14.0, 10.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(text).layout(Layout::top_down(Align::Min)));
    child.spacing_mut().item_spacing.y = 3.0;
    child.label(RichText::new(example.title).font(Theme::strong()));
    child.add(egui::Label::new(RichText::new(example.summary).size(12.0).color(theme.text_weak)).wrap());
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

fn picture_ui(ui: &Ui, view: &View<'_>, memory: &mut Memory, example: &'static Example, rect: egui::Rect) {
    let texture = memory.pictures.entry((example.name, view.theme.dark)).or_insert_with(|| picture(ui.ctx(), view, example));
    let Some(texture) = texture else { return };
    let size = texture.size_vec2();
    let scale = (rect.width() / size.x).min(rect.height() / size.y).min(0.5);
    let place = egui::Rect::from_center_size(rect.center(), size * scale);
    let all = egui::Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), place, all, egui::Color32::WHITE);
}

/// The drawing of an example as a texture, made by the same code as an exported picture.
fn picture(ctx: &egui::Context, view: &View<'_>, example: &Example) -> Option<TextureHandle> {
    let diagram = Arc::new(native::read(example.document).ok()?.diagram);
    let image = raster(&diagram, view.catalog, view.theme.dark)?;
    Some(ctx.load_texture(format!("example {}", example.name), image, egui::TextureOptions::LINEAR))
}

fn raster(diagram: &Diagram, catalog: &Catalog, dark: bool) -> Option<egui::ColorImage> {
    use crate::export::{ExportTheme, Format, render};
    let theme = if dark { ExportTheme::Dark } else { ExportTheme::Light };
    let png = render(diagram, catalog, None, theme, Format::Png { scale: 1.0 }).ok()?;
    let pixmap = tiny_skia::Pixmap::decode_png(&png).ok()?;
    let size = [pixmap.width() as usize, pixmap.height() as usize];
    Some(egui::ColorImage::from_rgba_premultiplied(size, pixmap.data()))
}
