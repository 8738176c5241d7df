//! The popup that adds or connects: searched by typing, filtered by what may be connected, with the mechanism named.

use egui::{Area, Frame, Id, Key, Order, Pos2, RichText, ScrollArea, TextEdit, Ui};
use plimsoll_models::{EdgeId, EdgeKind, NodeId, Point, Service, ServiceId};

use super::{
    action::Action,
    canvas::Selection,
    connect::join::{self, End, Join},
    palette,
    theme::Theme,
    view::View,
    words::connect as words,
};

/// What the popup is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A box that stands alone.
    #[default]
    Add,
    /// A box after a box, or before it.
    Beside(NodeId),
    /// A box before a box only.
    Before(NodeId),
    /// A box on an arrow.
    Between(EdgeId),
    /// A box at which an arrow shall begin or end.
    Instead(EdgeId, End),
    /// An arrow from a box to another one that is there.
    ConnectTo(NodeId),
}

/// The open popup.
#[derive(Clone, Debug)]
pub struct QuickAdd {
    purpose: Purpose,
    /// Where the new node's center should stand.
    at: Option<Point>,
    /// Where the popup stands; in the middle of the window when absent.
    screen: Option<Pos2>,
    query: String,
    chosen: usize,
    fresh: bool,
}

/// Something that can be picked.
struct Row<'a> {
    service: &'a Service,
    /// Name of the box, when it is one that is there.
    title: Option<&'a str>,
    /// How it would hang together with the others.
    mechanism: String,
    pick: Pick,
}

enum Pick {
    Add(ServiceId, Join),
    Connect(NodeId, NodeId, EdgeKind),
}

impl QuickAdd {
    /// Opens the popup.
    pub fn new(purpose: Purpose, at: Option<Point>, screen: Option<Pos2>) -> Self {
        Self { purpose, at, screen, query: String::new(), chosen: 0, fresh: true }
    }

    /// Shows the popup; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let center = ctx.content_rect().center_top() + egui::vec2(-170.0, 120.0);
        let mut open = true;
        let area = Area::new(Id::unique("quick add")).order(Order::Foreground).default_pos(center).constrain(true);
        let area = if let Some(screen) = self.screen { area.fixed_pos(screen) } else { area.fixed_pos(center) };
        let response = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(340.0);
                open = self.content_ui(ui, view, actions);
            });
        });
        let outside = ctx.input(|input| input.pointer.any_pressed())
            && ctx.pointer_interact_pos().is_some_and(|at| !response.response.rect.contains(at));
        let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape));
        let fresh = std::mem::take(&mut self.fresh);
        open && !escaped && (fresh || !outside)
    }

    fn title(&self, view: &View<'_>) -> String {
        let title = |id: &NodeId| view.diagram.title(id).to_owned();
        let edge = |id: &EdgeId| view.diagram.edges.get(id).map(|edge| (title(&edge.from), title(&edge.to))).unwrap_or_default();
        match &self.purpose {
            Purpose::Add => words::ADD_NODE.to_owned(),
            Purpose::Beside(id) | Purpose::ConnectTo(id) => words::connect_to(&title(id)),
            Purpose::Before(id) => words::connect_before(&title(id)),
            Purpose::Between(id) => words::insert_between(&edge(id).0, &edge(id).1),
            Purpose::Instead(id, End::Source) => words::connect_before(&edge(id).1),
            Purpose::Instead(id, End::Target) => words::connect_to(&edge(id).0),
        }
    }

    fn content_ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        ui.label(RichText::new(self.title(view)).font(Theme::strong()));
        let (down, up, enter) = ui.input_mut(|input| {
            let none = egui::Modifiers::NONE;
            (input.consume_key(none, Key::ArrowDown), input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
        });
        let (hint, name) = match &self.purpose {
            Purpose::ConnectTo(_) => (words::SEARCH_NODES, words::SEARCH_NODES_NAME),
            Purpose::Add | Purpose::Beside(_) | Purpose::Before(_) | Purpose::Between(_) | Purpose::Instead(..) => {
                (words::SEARCH_SERVICES, words::SEARCH_SERVICES_NAME)
            }
        };
        let edit = TextEdit::singleline(&mut self.query).id_salt("quick add").hint_text(hint).desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name(name);
        if self.fresh {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        let rows = self.rows(view);
        self.chosen = if up { self.chosen.saturating_sub(1) } else { self.chosen + usize::from(down) }.min(rows.len().saturating_sub(1));
        let mut picked = if enter { Some(self.chosen) } else { None };
        ScrollArea::vertical().max_height(300.0).min_scrolled_height(300.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, row) in rows.iter().enumerate() {
                let title = row.title.unwrap_or_else(|| row.service.short_title());
                let name = if row.title.is_some() { title } else { &row.service.title };
                let response = palette::picker_row(ui, view.theme, (&row.service.icon, title, &row.mechanism), name, index == self.chosen);
                if index == self.chosen && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(index);
                }
            }
            if rows.is_empty() {
                ui.label(RichText::new(words::NOTHING_FITS).color(view.theme.text_weak));
            }
        });
        let Some(row) = picked.and_then(|index| rows.into_iter().nth(index)) else { return true };
        match row.pick {
            Pick::Add(service, join) => actions.push(Action::Add { service, at: self.at, join }),
            Pick::Connect(from, to, kind) => {
                let (edit, edge) = join::connect(view.diagram, &from, &to, kind);
                actions.extend([Action::Edit(edit), Action::Select(Selection::edge(edge))]);
            }
        }
        false
    }

    fn rows<'a>(&self, view: &View<'a>) -> Vec<Row<'a>> {
        if let Purpose::ConnectTo(from) = &self.purpose {
            return self.targets(view, from);
        }
        let services = palette::found(view.catalog, &self.query);
        let row = |service: &'a Service, join: Join, mechanism: String| Row {
            service,
            title: None,
            mechanism,
            pick: Pick::Add(service.id.clone(), join),
        };
        let service_of = |id: &NodeId| view.diagram.nodes.get(id).map(|node| &node.service);
        let before = |to: &NodeId| -> Vec<Row<'a>> {
            let kinds = |service: &'a Service| service_of(to).map(|to| view.catalog.kinds_between(&service.id, to)).unwrap_or_default();
            let one = |service: &'a Service, kind| row(service, Join::Before(to.clone(), kind), words::comes_before(kind));
            services.iter().copied().flat_map(|service| kinds(service).into_iter().map(move |kind| one(service, kind))).collect()
        };
        match &self.purpose {
            Purpose::ConnectTo(_) => Vec::new(),
            Purpose::Add => services.into_iter().map(|service| row(service, Join::Alone, String::new())).collect(),
            Purpose::Before(to) => before(to),
            Purpose::Beside(from) => {
                let kinds =
                    |service: &'a Service| service_of(from).map(|from| view.catalog.kinds_between(from, &service.id)).unwrap_or_default();
                let one = |service: &'a Service, kind: EdgeKind| row(service, Join::After(from.clone(), kind), kind.as_str().to_owned());
                let after = services.iter().copied().flat_map(|service| kinds(service).into_iter().map(move |kind| one(service, kind)));
                after.chain(before(from)).collect()
            }
            Purpose::Between(edge) => {
                let halves = |service: &'a Service| join::halves(view.diagram, view.catalog, edge, &service.id).ok();
                let one = |service: &'a Service| Some(row(service, Join::On(edge.clone()), words::two_kinds(halves(service)?)));
                services.into_iter().filter_map(one).collect()
            }
            Purpose::Instead(id, end) => {
                let Some(edge) = view.diagram.edges.get(id) else { return Vec::new() };
                let kind = |service: &Service| join::kind_at(view.diagram, view.catalog, edge, *end, &service.id).ok();
                let one = |service: &'a Service| Some(row(service, Join::Instead(id.clone(), *end), kind(service)?.as_str().to_owned()));
                services.into_iter().filter_map(one).collect()
            }
        }
    }

    /// Boxes that an arrow from a box may go to, and by which kinds.
    fn targets<'a>(&self, view: &View<'a>, from: &NodeId) -> Vec<Row<'a>> {
        let Some(source) = view.diagram.nodes.get(from) else { return Vec::new() };
        let query = self.query.to_lowercase();
        let mut rows = Vec::new();
        for (id, node) in view.diagram.nodes.iter().filter(|(id, _)| *id != from) {
            let Some(service) = view.catalog.get(&node.service) else { continue };
            let title = view.diagram.title(id);
            let text = format!("{title} {id} {}", service.title).to_lowercase();
            if !query.split_whitespace().all(|word| text.contains(word)) {
                continue;
            }
            for kind in view.catalog.kinds_between(&source.service, &node.service) {
                let there = view.diagram.outgoing(from).any(|(_, edge)| edge.to == *id && edge.kind == kind);
                let mechanism = if there { words::again(kind) } else { kind.as_str().to_owned() };
                rows.push((there, Row { service, title: Some(title), mechanism, pick: Pick::Connect(from.clone(), id.clone(), kind) }));
            }
        }
        rows.sort_by_key(|(there, _)| *there);
        rows.into_iter().map(|(_, row)| row).collect()
    }
}
