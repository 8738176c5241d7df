//! The gallery: examples with a picture each, recent files, open, new.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use egui::{Align, Button, Frame, Layout, Margin, RichText, ScrollArea, Sense, TextEdit, TextureHandle, Ui};
use plimsoll_models::{Catalog, Diagram, formats::native};

use super::{action::Action, command::Command, theme::Theme, view::View, words::first_steps as words};
use crate::{
    examples::{EXAMPLES, Example, Topic},
    icons,
};

/// What the gallery remembers between frames.
#[derive(Default)]
pub struct Memory {
    /// Pictures of the examples by name and theme.
    pictures: BTreeMap<(&'static str, bool), Option<TextureHandle>>,
    /// What is searched for.
    query: String,
    /// Of which topic examples are shown; of all when absent.
    topic: Option<Topic>,
    /// Services of the examples by name, to be searched too.
    services: BTreeMap<&'static str, String>,
}

impl Memory {
    /// Whether an example is of the topic and has every word, in what it says or in its services.
    fn finds(&mut self, catalog: &Catalog, example: &'static Example) -> bool {
        if self.topic.is_some_and(|topic| topic != example.topic) {
            return false;
        }
        let services = self.services.entry(example.name).or_insert_with(|| services(catalog, example));
        let text = format!("{} {} {} {services}", example.title, example.summary, example.topic.title()).to_lowercase();
        self.query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The names of an example's services.
fn services(catalog: &Catalog, example: &Example) -> String {
    let nodes = native::read(example.document).map(|opened| opened.diagram.nodes).unwrap_or_default();
    let titles = nodes.values().filter_map(|node| catalog.get(&node.service)).map(|service| service.title.as_str());
    titles.collect::<Vec<_>>().join(" ")
}

/// What the gallery shows besides examples.
#[derive(Clone, Copy, Debug)]
pub struct Welcome<'a> {
    /// The latest files.
    pub recent: &'a [std::path::PathBuf],
    /// Whether the tour is still to be offered.
    pub offers_tour: bool,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("query", &self.query).field("topic", &self.topic).finish_non_exhaustive()
    }
}

const CARD_WIDTH: f32 = 300.0;
const PICTURE_HEIGHT: f32 = 150.0;
const CARD_HEIGHT: f32 = 252.0;
/// Pixels of a picture for each point: sharp on screens of up to twice the density.
const PICTURE_PIXELS: f32 = 2.0;
/// Pixels for each unit of the drawing in a picture that only tells its size.
const SMALL: f32 = 0.1;

/// Shows the gallery.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, welcome: Welcome<'_>, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("gallery").auto_shrink([false, false]).show(ui, |ui| {
        let width = (ui.available_width() - 64.0).clamp(320.0, 1_260.0);
        let margin = ((ui.available_width() - width) / 2.0).max(0.0);
        Frame::new().inner_margin(Margin { left: margin as i8, right: 0, top: 0, bottom: 24 }).show(ui, |ui| {
            ui.add_space(36.0);
            ui.horizontal_top(|ui| {
                ui.add_space(margin - f32::from(margin as i8));
                ui.vertical(|ui| {
                    ui.set_width(width);
                    content_ui(ui, view, memory, welcome, actions);
                });
            });
        });
    });
}

fn content_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, welcome: Welcome<'_>, actions: &mut Vec<Action>) {
    ui.label(RichText::new("Plimsoll").font(Theme::semibold(30.0)));
    ui.label(RichText::new(words::PURPOSE).size(15.0).color(view.theme.text_weak));
    ui.add_space(Theme::SPACE_16);
    ui.horizontal(|ui| {
        let new = RichText::new(words::NEW).font(Theme::strong()).color(view.theme.text_on_accent);
        if ui.add(Button::new(new).fill(view.theme.accent).stroke(egui::Stroke::NONE).min_size(egui::vec2(120.0, 32.0))).clicked() {
            actions.push(Action::Command(Command::New));
        }
        let open = Button::new(words::OPEN).min_size(egui::vec2(96.0, 32.0));
        if ui.add(open).on_hover_text(view.keys.tooltip(Command::Open)).clicked() {
            actions.push(Action::Command(Command::Open));
        }
    });
    if welcome.offers_tour {
        offer_ui(ui, view, actions);
    }
    if !welcome.recent.is_empty() {
        ui.add_space(Theme::SPACE_24);
        ui.label(RichText::new(words::RECENT).font(Theme::heading()));
        for path in welcome.recent.iter().take(5) {
            recent_ui(ui, view.theme, path, actions);
        }
    }
    ui.add_space(Theme::SPACE_24);
    examples_ui(ui, view, memory, actions);
}

/// Offers the tour to whoever has neither taken nor refused it.
fn offer_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    ui.add_space(Theme::SPACE_16);
    Frame::new().fill(view.theme.surface).corner_radius(egui::CornerRadius::same(8)).inner_margin(Margin::symmetric(14, 10)).show(
        ui,
        |ui| {
            ui.horizontal(|ui| {
                ui.label(words::OFFER);
                if ui.button(words::OFFER_TAKE).clicked() {
                    actions.push(Action::Command(Command::Tour));
                }
                if ui.add(Button::new(RichText::new(words::OFFER_REFUSE).color(view.theme.text_weak)).frame(false)).clicked() {
                    actions.push(Action::RefuseTour);
                }
            });
        },
    );
}

/// The examples: searched, by topic, with a picture each.
fn examples_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    ui.label(RichText::new(words::EXAMPLES).font(Theme::heading()));
    ui.label(RichText::new(words::EXAMPLES_HELP).color(view.theme.text_weak));
    ui.add_space(Theme::SPACE_8);
    ui.horizontal(|ui| {
        let edit = TextEdit::singleline(&mut memory.query).hint_text(words::SEARCH_HINT).desired_width(CARD_WIDTH - 16.0);
        ui.add(edit).accessible_name(words::SEARCH_FIELD);
        let topics = [(None, words::ALL_TOPICS)].into_iter().chain(Topic::ALL.map(|topic| (Some(topic), topic.title())));
        for (topic, title) in topics {
            if ui.selectable_label(memory.topic == topic, title).clicked() {
                memory.topic = topic;
            }
        }
    });
    ui.add_space(Theme::SPACE_8);
    let found: Vec<usize> = (0..EXAMPLES.len()).filter(|index| memory.finds(view.catalog, &EXAMPLES[*index])).collect();
    if found.is_empty() {
        ui.label(RichText::new(words::NO_EXAMPLE).color(view.theme.text_weak));
    }
    let columns = ((ui.available_width() + Theme::SPACE_16) / (CARD_WIDTH + Theme::SPACE_16)).floor().max(1.0) as usize;
    for row in found.chunks(columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = Theme::SPACE_16;
            for index in row {
                if card_ui(ui, view, memory, &EXAMPLES[*index]) {
                    actions.push(Action::OpenExample(*index));
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
        if icons::icon_button(ui, "close", &words::forget(path)).clicked() {
            actions.push(Action::Forget(path.to_path_buf()));
        }
    });
}

/// A picture with title and summary; true when it was clicked.
fn card_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, example: &'static Example) -> bool {
    let theme = view.theme;
    let (rect, response) = ui.allocate_exact_size(egui::vec2(CARD_WIDTH, CARD_HEIGHT), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, words::open_example(example.title)));
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
    let texture = memory.pictures.entry((example.name, view.theme.dark)).or_insert_with(|| picture(ui.ctx(), view, example, rect.size()));
    let Some(texture) = texture else { return };
    let place = egui::Rect::from_center_size(rect.center(), texture.size_vec2() / PICTURE_PIXELS);
    let all = egui::Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), place, all, egui::Color32::WHITE);
}

/// The drawing of an example as a texture that fits a room, made by the same code as an exported picture.
fn picture(ctx: &egui::Context, view: &View<'_>, example: &Example, room: egui::Vec2) -> Option<TextureHandle> {
    let diagram = Arc::new(native::read(example.document).ok()?.diagram);
    // A small one tells the size; one of the right size has no lines that fall between the pixels.
    let small = raster(&diagram, view.catalog, view.theme.dark, SMALL)?;
    let size = egui::vec2(small.size[0] as f32, small.size[1] as f32) / SMALL;
    let scale = (room.x / size.x).min(room.y / size.y).min(0.5);
    let image = raster(&diagram, view.catalog, view.theme.dark, scale * PICTURE_PIXELS)?;
    Some(ctx.load_texture(format!("example {}", example.name), image, egui::TextureOptions::LINEAR))
}

fn raster(diagram: &Diagram, catalog: &Catalog, dark: bool, scale: f32) -> Option<egui::ColorImage> {
    use crate::export::{ExportTheme, Format, render};
    let theme = if dark { ExportTheme::Dark } else { ExportTheme::Light };
    let png = render(diagram, catalog, None, theme, Format::Png { scale }).ok()?;
    let pixmap = tiny_skia::Pixmap::decode_png(&png).ok()?;
    let size = [pixmap.width() as usize, pixmap.height() as usize];
    Some(egui::ColorImage::from_rgba_premultiplied(size, pixmap.data()))
}
