//! The popup that adds a node: searched by typing, filtered by what the source may connect to.

use egui::{Area, Frame, Id, Key, Order, Pos2, RichText, ScrollArea, TextEdit, Ui};
use plimsoll_models::{NodeId, Point, Service};

use super::{action::Action, palette, theme::Theme, view::View};

/// The open popup.
#[derive(Clone, Debug)]
pub struct QuickAdd {
    /// The node that the new one should be connected with.
    pub from: Option<NodeId>,
    /// Where the new node's center should stand.
    pub at: Option<Point>,
    /// Where the popup stands; in the middle of the window when absent.
    pub screen: Option<Pos2>,
    query: String,
    chosen: usize,
    fresh: bool,
}

impl QuickAdd {
    /// Opens the popup.
    pub fn new(from: Option<NodeId>, at: Option<Point>, screen: Option<Pos2>) -> Self {
        Self { from, at, screen, query: String::new(), chosen: 0, fresh: true }
    }

    /// Shows the popup; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let center = ctx.content_rect().center_top() + egui::vec2(-150.0, 120.0);
        let mut open = true;
        let area = Area::new(Id::unique("quick add")).order(Order::Foreground).default_pos(center).constrain(true);
        let area = if let Some(screen) = self.screen { area.fixed_pos(screen) } else { area.fixed_pos(center) };
        let response = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(300.0);
                open = self.content_ui(ui, view, actions);
            });
        });
        let outside = ctx.input(|input| input.pointer.any_pressed())
            && ctx.pointer_interact_pos().is_some_and(|at| !response.response.rect.contains(at));
        let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape));
        let fresh = std::mem::take(&mut self.fresh);
        open && !escaped && (fresh || !outside)
    }

    fn content_ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let title = self.from.as_ref().map_or_else(|| "Add a node".to_owned(), |from| format!("Connect {} to…", view.diagram.title(from)));
        ui.label(RichText::new(title).font(Theme::strong()));
        let services = self.services(view);
        let (down, up, enter) = ui.input_mut(|input| {
            let none = egui::Modifiers::NONE;
            (input.consume_key(none, Key::ArrowDown), input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
        });
        let edit = TextEdit::singleline(&mut self.query).id_salt("quick add").hint_text("Search services…").desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Search services to add");
        if self.fresh {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        if down {
            self.chosen += 1;
        }
        if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        self.chosen = self.chosen.min(services.len().saturating_sub(1));
        let mut picked = if enter { services.get(self.chosen).copied() } else { None };
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, service) in services.iter().enumerate() {
                let response = palette::service_row(ui, view.theme, service, index == self.chosen);
                if index == self.chosen && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(service);
                }
            }
            if services.is_empty() {
                ui.label(RichText::new("Nothing of this name may be connected here").color(view.theme.text_weak));
            }
        });
        let Some(service) = picked else { return true };
        actions.push(Action::Add { service: service.id.clone(), at: self.at, from: self.from.clone() });
        false
    }

    fn services<'a>(&self, view: &View<'a>) -> Vec<&'a Service> {
        let mut services = palette::found(view.catalog, &self.query);
        if let Some(from) = self.from.as_ref().and_then(|id| view.diagram.nodes.get(id)) {
            services.retain(|service| !view.catalog.kinds_between(&from.service, &service.id).is_empty());
        }
        services
    }
}
