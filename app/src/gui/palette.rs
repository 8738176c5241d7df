//! The services at the left: searched, by category, dragged or clicked onto the drawing.

use egui::{CollapsingHeader, Frame, Key, Margin, Response, RichText, ScrollArea, Sense, TextEdit, Ui};
use plimsoll_models::{Catalog, Service};

use super::{action::Action, connect::join::Join, theme::Theme, view::View, words::shell as words};
use crate::icons;

/// What the palette remembers between frames.
#[derive(Debug, Default)]
pub struct Memory {
    query: String,
}

/// Height of a row.
const ROW_HEIGHT: f32 = 30.0;

/// Shows the palette.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    Frame::new().inner_margin(Margin { left: 10, right: 10, top: 10, bottom: 0 }).show(ui, |ui| {
        ui.label(RichText::new("Services").font(Theme::strong()));
        let edit = TextEdit::singleline(&mut memory.query).id_salt("palette").hint_text("Search…").desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name(words::SEARCH_SERVICES);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && let Some(service) = found(view.catalog, &memory.query).first() {
            actions.push(Action::Add { service: service.id.clone(), at: None, join: Join::Alone });
            memory.query.clear();
        }
        ui.add_space(2.0);
        list_ui(ui, view, &memory.query, actions);
    });
}

fn list_ui(ui: &mut Ui, view: &View<'_>, query: &str, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("services").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let services = found(view.catalog, query);
        if services.is_empty() {
            ui.label(RichText::new(words::NO_SERVICE).color(view.theme.text_weak));
        }
        if !query.trim().is_empty() {
            for service in services {
                service_ui(ui, view.theme, service, actions);
            }
            return;
        }
        let mut categories: Vec<&str> = Vec::new();
        for service in &services {
            if !categories.contains(&category(service)) {
                categories.push(category(service));
            }
        }
        for name in categories {
            ui.add_space(Theme::SPACE_4);
            let title = RichText::new(name).font(Theme::semibold(Theme::SIZE_SMALL)).color(view.theme.text_weak);
            CollapsingHeader::new(title).id_salt(name).default_open(true).show_unindented(ui, |ui| {
                for service in services.iter().filter(|service| category(service) == name) {
                    service_ui(ui, view.theme, service, actions);
                }
            });
        }
        ui.add_space(Theme::SPACE_16);
    });
}

fn category(service: &Service) -> &str {
    if service.category.is_empty() { "Other" } else { &service.category }
}

/// A service as a row that can be clicked and dragged.
fn service_ui(ui: &mut Ui, theme: &Theme, service: &Service, actions: &mut Vec<Action>) {
    let response = service_row(ui, theme, service).on_hover_ui(|ui| {
        ui.set_max_width(280.0);
        ui.label(RichText::new(&service.title).strong());
        ui.label(&service.summary);
        ui.label(RichText::new(words::SERVICE_HELP).small().color(theme.text_weak));
    });
    response.dnd_set_drag_payload(service.id.clone());
    if response.dragged()
        && let Some(at) = ui.input(|input| input.pointer.interact_pos())
    {
        ghost(ui, theme, service, at);
    }
    if response.clicked() {
        actions.push(Action::Add { service: service.id.clone(), at: None, join: Join::Alone });
    }
}

/// Icon and name of a service in a row.
fn service_row(ui: &mut Ui, theme: &Theme, service: &Service) -> Response {
    picker_row(ui, theme, (&service.icon, service.short_title(), ""), &service.title, false)
}

/// Icon, title and remark of something that can be picked; `name` is for screen readers.
pub fn picker_row(ui: &mut Ui, theme: &Theme, (icon, title, remark): (&str, &str, &str), name: &str, chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW_HEIGHT), Sense::click_and_drag());
    response.widget_info(|| {
        let words = if remark.is_empty() { name.to_owned() } else { format!("{name}, {remark}") };
        egui::WidgetInfo::labeled(egui::accesskit::Role::Button, ui.is_enabled(), words)
    });
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if chosen || response.has_focus() {
        painter.rect_filled(rect, f32::from(Theme::RADIUS), theme.selection);
    } else if response.hovered() {
        painter.rect_filled(rect, f32::from(Theme::RADIUS), theme.surface_hovered);
    }
    let place = egui::Rect::from_center_size(egui::pos2(rect.left() + 16.0, rect.center().y), egui::vec2(18.0, 18.0));
    icons::paint(&painter, icon, place, theme.accent);
    let font = egui::FontId::proportional(Theme::SIZE_BODY);
    let end = egui::pos2(rect.right() - 10.0, rect.center().y);
    let remark = painter.text(end, egui::Align2::RIGHT_CENTER, remark, font.clone(), theme.text_weak);
    let text = egui::pos2(rect.left() + 34.0, rect.center().y);
    let room = egui::Rect::from_min_max(rect.min, egui::pos2(remark.left() - 6.0, rect.max.y));
    painter.with_clip_rect(room.intersect(painter.clip_rect())).text(text, egui::Align2::LEFT_CENTER, title, font, theme.text);
    response
}

/// What is dragged, beside the pointer.
fn ghost(ui: &Ui, theme: &Theme, service: &Service, at: egui::Pos2) {
    let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("palette ghost"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = egui::Rect::from_center_size(at + egui::vec2(0.0, 2.0), egui::vec2(150.0, 44.0));
    painter.rect(rect, 8.0, theme.surface_raised.gamma_multiply(0.95), egui::Stroke::new(1.0, theme.accent), egui::StrokeKind::Inside);
    let icon = egui::Rect::from_center_size(egui::pos2(rect.left() + 22.0, rect.center().y), egui::vec2(22.0, 22.0));
    icons::paint(&painter, &service.icon, icon, theme.accent);
    let text = egui::pos2(rect.left() + 42.0, rect.center().y);
    painter.text(text, egui::Align2::LEFT_CENTER, service.short_title(), egui::FontId::proportional(Theme::SIZE_BODY), theme.text);
}

/// The services whose name, category or id contains every word of the query; better matches first.
pub fn found<'a>(catalog: &'a Catalog, query: &str) -> Vec<&'a Service> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut matches: Vec<(usize, &Service)> = catalog
        .nodes()
        .filter_map(|service| {
            let names = service.names.values().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
            let short = service.short_title().to_lowercase();
            let near = format!("{} {short}", service.title).to_lowercase();
            let far = format!("{near} {} {} {} {names} {}", service.category, service.id, service.family.as_str(), service.summary)
                .to_lowercase();
            let all_in = |text: &str| words.iter().all(|word| text.contains(word));
            let rank = if short == query { 0 } else { 3 - usize::from(all_in(&short)) - usize::from(all_in(&near)) };
            words.iter().all(|word| far.contains(word)).then_some((rank, service))
        })
        .collect();
    matches.sort_by_key(|(rank, _)| *rank);
    matches.into_iter().map(|(_, service)| service).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_find_services_by_what_they_call_them() {
        let catalog = Catalog::embedded();
        assert_eq!(found(catalog, "lambda").first().map(|service| service.id.as_str()), Some("aws/lambda"));
        assert!(found(catalog, "sqs").first().is_some_and(|service| service.id.as_str().starts_with("aws/sqs")));
        assert!(found(catalog, "xyzzy").is_empty());
        assert_eq!(found(catalog, "").len(), catalog.nodes().count());
    }
}
