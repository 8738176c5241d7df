//! Boxes, ports, arrows and the ground under the pointer and under the keyboard's focus.

use egui::{CursorIcon, EventFilter, Key, Modifiers, PointerButton, Pos2, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use plimsoll_models::{EdgeId, GroupId, NodeId, Point, ServiceId};

use super::{
    Canvas, CanvasEvent, CanvasInput, ContextTarget, Selection, Tool,
    gesture::{Connecting, Gesture, Loose, Moving},
    guide,
    paint::{FINE_FROM, NORMAL_FROM},
    sentence,
};
use crate::scene::{Link, Rect, node_rect, port::Side, way};

/// Most boxes on screen that are widgets of their own; in a larger crowd only clicks are understood.
const WIDGETS_MAX: usize = 1500;
/// Most boxes on screen whose ports can be reached by keyboard.
const PORTS_MAX: usize = 200;
/// Side of the area around a port that can be grabbed, in points.
const PORT_REACH: f32 = 18.0;
/// Distance of the middle of that area from the border of the box, in points: it lies outside.
const PORT_OUT: f32 = 7.0;
/// How near the pointer must be to an arrow, in points.
const EDGE_REACH: f32 = 6.0;
/// How far around a box its ports appear, in points.
const NODE_REACH: f32 = 18.0;
/// Part of a box at the left where a double click opens it; elsewhere it renames.
const TILE_WIDTH: f64 = 52.0;

/// What is under the pointer or has the keyboard's focus.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// The box under the pointer.
    pub node: Option<NodeId>,
    /// The port under the pointer.
    pub port: Option<(NodeId, Side)>,
    /// The arrow under the pointer.
    pub edge: Option<EdgeId>,
    /// The frame whose title is under the pointer.
    pub group: Option<GroupId>,
    /// What has the keyboard's focus.
    pub focus: Option<Link>,
    /// A service of the palette that is dragged over the canvas.
    pub service: Option<(ServiceId, Point)>,
}

/// Whether the pointer adds to what is chosen.
pub(super) fn adds(ui: &Ui) -> bool {
    ui.input(|input| input.modifiers.shift || input.modifiers.command)
}

impl Canvas {
    /// Registers everything that can be touched, and begins gestures.
    pub(super) fn touch(&mut self, ui: &Ui, input: &CanvasInput<'_>, ground: &Response, events: &mut Vec<CanvasEvent>) -> Touched {
        let mut touched = Touched::default();
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|_| ui.rect_contains_pointer(self.camera.view));
        let seen = self.camera.seen();
        let visible: Vec<NodeId> =
            input.diagram.nodes.keys().filter(|id| node_rect(self.position(input, id)).intersects(seen)).cloned().collect();
        if let Some(at) = pointer {
            let near = |id: &&NodeId| self.node_screen(input, id).expand(NODE_REACH).contains(at);
            touched.node = self.node_at(input, &visible, at).or_else(|| visible.iter().rev().find(near).cloned());
        }
        self.touch_ground(ui, input, ground, &visible, events, &mut touched);
        self.touch_frames(ui, input, events, &mut touched);
        self.touch_edges(ui, input, events, &mut touched);
        if visible.len() <= WIDGETS_MAX {
            for id in &visible {
                self.touch_node(ui, input, id, events, &mut touched);
            }
            self.touch_ports(ui, input, &visible, events, &mut touched);
        }
        self.touch_ends(ui, input);
        self.touch_payload(ui, pointer, events, &mut touched);
        if self.busy() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.gesture = Gesture::Idle;
        }
        touched
    }

    fn node_screen(&self, input: &CanvasInput<'_>, id: &NodeId) -> egui::Rect {
        self.camera.screen_rect(node_rect(self.position(input, id)))
    }

    /// The uppermost box at a place of the screen.
    fn node_at(&self, input: &CanvasInput<'_>, visible: &[NodeId], at: Pos2) -> Option<NodeId> {
        visible.iter().rev().find(|id| self.node_screen(input, id).contains(at)).cloned()
    }

    /// Whether a drag that begins on this shall move the view.
    pub(super) fn begins_pan(ui: &Ui, response: &Response) -> bool {
        let space = ui.input(|input| input.key_down(Key::Space));
        response.drag_started_by(PointerButton::Middle)
            || response.drag_started_by(PointerButton::Secondary)
            || (space && response.drag_started_by(PointerButton::Primary))
    }

    fn touch_ground(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        ground: &Response,
        visible: &[NodeId],
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        let at = ground.hover_pos().or_else(|| ground.interact_pointer_pos());
        if ground.hovered() && !self.busy() {
            touched.edge = at.and_then(|at| self.edge_at(at));
        }
        if !self.busy() && Self::begins_pan(ui, ground) {
            self.gesture = Gesture::Pan;
        } else if ground.drag_started_by(PointerButton::Primary) && !self.busy() {
            let from = ui.input(|input| input.pointer.press_origin()).or(at).unwrap_or_default();
            self.gesture = Gesture::Marquee { from: self.camera.diagram(from), add: adds(ui) };
        }
        let Some(at) = at else { return };
        let crowd = || if visible.len() > WIDGETS_MAX { self.node_at(input, visible, at) } else { None };
        if ground.double_clicked() && crowd().is_none() && self.edge_at(at).is_none() && !self.busy() {
            let (place, _) = guide::snap(Point::default(), self.camera.diagram(at), &[], self.camera.zoom);
            events.push(CanvasEvent::QuickAdd { from: None, at: place, screen: at });
        } else if ground.clicked() {
            if matches!(&self.gesture, Gesture::Connect(connecting) if connecting.sticky) {
                self.drop_connection(input, None, at, events);
            } else if let Some(id) = crowd() {
                let next = if adds(ui) { input.selection.toggle_node(&id) } else { Selection::node(id) };
                events.push(CanvasEvent::Select(next));
            } else if let Some(id) = self.edge_at(at) {
                self.choose_edge(ui, input, &id, events);
            } else if !adds(ui) && !input.selection.is_empty() {
                events.push(CanvasEvent::Select(Selection::default()));
            }
        }
        if ground.secondary_clicked() {
            let target = match self.edge_at(at) {
                Some(id) => {
                    if !input.selection.edges.contains(&id) {
                        events.push(CanvasEvent::Select(Selection::edge(id.clone())));
                    }
                    ContextTarget::Edge(id)
                }
                None => ContextTarget::Canvas,
            };
            events.push(CanvasEvent::ContextMenu { target, at: self.camera.diagram(at), screen: at });
        }
    }

    fn choose_edge(&self, ui: &Ui, input: &CanvasInput<'_>, id: &EdgeId, events: &mut Vec<CanvasEvent>) {
        debug_assert!(!self.busy(), "a gesture in progress owns the pointer");
        let next = if adds(ui) { input.selection.toggle_edge(id) } else { Selection::edge(id.clone()) };
        events.push(CanvasEvent::Select(next));
    }

    fn touch_node(&mut self, ui: &Ui, input: &CanvasInput<'_>, id: &NodeId, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        let rect = self.node_screen(input, id).intersect(self.camera.view);
        let response = ui.interact(rect, ui.scope_id().with(("canvas-node", id.as_str())), Sense::click_and_drag());
        let chosen = input.selection.nodes.contains(id);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, sentence::node(input, id)));
        if response.has_focus() {
            touched.focus = Some(Link::Node(id.clone()));
            // Arrow keys move the box, not the focus.
            let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        if !self.busy() && Self::begins_pan(ui, &response) {
            self.gesture = Gesture::Pan;
        } else if response.drag_started_by(PointerButton::Primary) && !self.busy() {
            self.begin_drag(ui, input, id, events);
        }
        let at = response.interact_pointer_pos();
        if response.double_clicked() {
            let tile = at.is_some_and(|at| self.camera.diagram(at).x < node_rect(input.diagram.position(id)).min.x + TILE_WIDTH);
            events.push(if tile { CanvasEvent::OpenNode(id.clone()) } else { CanvasEvent::RenameRequested(id.clone()) });
        } else if response.clicked() {
            if matches!(&self.gesture, Gesture::Connect(connecting) if connecting.sticky) {
                self.drop_connection(input, Some(id), rect.center(), events);
            } else {
                // A key press on the focused box is a click without the pointer.
                let adds = adds(ui) && ui.input(|input| input.pointer.any_click());
                events.push(CanvasEvent::Select(if adds { input.selection.toggle_node(id) } else { Selection::node(id.clone()) }));
            }
        }
        if response.secondary_clicked() {
            if !chosen {
                events.push(CanvasEvent::Select(Selection::node(id.clone())));
            }
            let screen = at.unwrap_or_else(|| rect.center());
            events.push(CanvasEvent::ContextMenu { target: ContextTarget::Node(id.clone()), at: self.camera.diagram(screen), screen });
        }
        if !self.busy() {
            response.on_hover_cursor(if input.tool == Tool::Connect { CursorIcon::Crosshair } else { CursorIcon::Default }).on_hover_ui(
                |ui| {
                    ui.label(egui::RichText::new(input.diagram.title(id)).font(crate::gui::theme::Theme::strong()));
                    for line in sentence::node_tooltip(input, id) {
                        ui.label(line);
                    }
                },
            );
        }
    }

    fn begin_drag(&mut self, ui: &Ui, input: &CanvasInput<'_>, id: &NodeId, events: &mut Vec<CanvasEvent>) {
        let pressed = ui.input(|input| input.pointer.press_origin()).unwrap_or_else(|| self.node_screen(input, id).center());
        if input.tool == Tool::Connect {
            self.gesture = Gesture::Connect(Connecting::from(input.diagram, input.catalog, id, pressed, false));
            return;
        }
        let nodes = if input.selection.nodes.contains(id) {
            input.selection.members(input.diagram).into_iter().collect()
        } else {
            let next = if adds(ui) { input.selection.toggle_node(id) } else { Selection::node(id.clone()) };
            let nodes: Vec<NodeId> = next.nodes.iter().cloned().collect();
            events.push(CanvasEvent::Select(next));
            nodes
        };
        let nodes = nodes.into_iter().map(|id| (id.clone(), input.diagram.position(&id))).collect();
        let from = self.camera.diagram(pressed);
        self.gesture = Gesture::Move(Moving { from, anchor: id.clone(), nodes, by: Point::default(), guides: Vec::new() });
    }

    /// Ports of the box under the pointer, and one port of each other box for the keyboard.
    fn touch_ports(&mut self, ui: &Ui, input: &CanvasInput<'_>, visible: &[NodeId], events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        if self.camera.zoom < NORMAL_FROM {
            return;
        }
        let reachable = self.camera.zoom >= FINE_FROM && visible.len() <= PORTS_MAX;
        for id in visible {
            let hovered = touched.node.as_ref() == Some(id);
            for side in Side::ALL.into_iter().filter(|side| hovered || (reachable && *side == Side::Right)) {
                self.touch_port(ui, input, id, side, events, touched);
            }
        }
    }

    fn touch_port(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        id: &NodeId,
        side: Side,
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        let middle = self.camera.screen(side.middle(node_rect(self.position(input, id))));
        let out = side.outward();
        let area = egui::Rect::from_center_size(middle + vec2(out.x as f32, out.y as f32) * PORT_OUT, egui::Vec2::splat(PORT_REACH));
        let response = ui.interact(area, ui.scope_id().with(("canvas-port", id.as_str(), side as u8)), Sense::click_and_drag());
        let title = input.diagram.title(id);
        response.widget_info(|| {
            let words = match side {
                Side::Right => format!("Connect from {title}"),
                Side::Left => format!("Connect from {title}, left side"),
                Side::Top => format!("Connect from {title}, upper side"),
                Side::Bottom => format!("Connect from {title}, lower side"),
            };
            WidgetInfo::labeled(Role::Button, true, words)
        });
        if response.hovered() || response.has_focus() {
            touched.port = Some((id.clone(), side));
            touched.edge = None;
        }
        if response.drag_started_by(PointerButton::Primary) && !self.busy() {
            self.gesture = Gesture::Connect(Connecting::from(input.diagram, input.catalog, id, middle, false));
        } else if response.clicked() {
            if self.busy() {
                self.drop_connection(input, Some(id), middle, events);
            } else {
                self.gesture = Gesture::Connect(Connecting::from(input.diagram, input.catalog, id, middle, true));
            }
        }
        if !self.busy() {
            response.on_hover_cursor(CursorIcon::Crosshair).on_hover_text("Drag to connect, or click and then click the other box");
        }
    }

    /// A handle in the middle of each arrow: its name for screen readers, and a place to click.
    fn touch_edges(&self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        if self.camera.zoom < FINE_FROM || self.busy() {
            return;
        }
        for (id, middle, bounds) in self.visible_edges() {
            let Some(edge) = input.diagram.edges.get(&id) else { continue };
            let area = bounds.unwrap_or_else(|| egui::Rect::from_center_size(middle, egui::Vec2::splat(2.0 * EDGE_REACH)));
            let response = ui.interact(area, ui.scope_id().with(("canvas-edge", id.as_str())), Sense::click());
            let chosen = input.selection.edges.contains(&id);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, sentence::edge(input, edge)));
            if response.has_focus() {
                touched.focus = Some(Link::Edge(id.clone()));
            }
            if response.hovered() {
                touched.edge = Some(id.clone());
            }
            if response.clicked() {
                self.choose_edge(ui, input, &id, events);
            }
            if response.secondary_clicked() {
                if !chosen {
                    events.push(CanvasEvent::Select(Selection::edge(id.clone())));
                }
                let screen = response.interact_pointer_pos().unwrap_or(middle);
                let at = self.camera.diagram(screen);
                events.push(CanvasEvent::ContextMenu { target: ContextTarget::Edge(id.clone()), at, screen });
            }
            let problems = sentence::problems_of_edge(input.problems, &id).map(|problem| problem.message.as_str());
            let words = [sentence::edge(input, edge).as_str(), edge.kind.help()].into_iter().chain(problems).collect::<Vec<_>>().join("\n");
            response.on_hover_text(words);
        }
    }

    /// Arrows on screen: the middle of the way, and the ground of the label when there is one.
    fn visible_edges(&self) -> Vec<(EdgeId, Pos2, Option<egui::Rect>)> {
        let Some(drawn) = &self.drawn else { return Vec::new() };
        let seen = self.camera.seen();
        let label = |id: &EdgeId| {
            drawn.scene.parts.iter().rev().take_while(|part| matches!(part.link, Link::Label(_))).find_map(|part| match &part.link {
                Link::Label(of) if of == id => Some(self.camera.screen_rect(part.bounds)),
                _ => None,
            })
        };
        let routes = drawn.scene.routes.iter();
        let middles = routes.filter_map(|(id, route)| Some((id, way::point_at(route, 0.5)?)));
        middles.filter(|(_, middle)| seen.contains(*middle)).map(|(id, p)| (id.clone(), self.camera.screen(p), label(id))).collect()
    }

    /// The arrow at a place of the screen.
    fn edge_at(&self, at: Pos2) -> Option<EdgeId> {
        let (p, reach) = (self.camera.diagram(at), f64::from(EDGE_REACH / self.camera.zoom));
        let routes = self.drawn.iter().flat_map(|drawn| &drawn.scene.routes);
        let near = routes.filter_map(|(id, route)| {
            let distance = way::nearest(route, p)?.distance;
            (distance <= reach).then_some((id, distance))
        });
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(id, _)| id.clone())
    }

    /// Handles at both ends of the one chosen arrow.
    fn touch_ends(&mut self, ui: &Ui, input: &CanvasInput<'_>) {
        let Some((id, ends)) = self.chosen_ends(input) else { return };
        for (loose, at) in [Loose::Source, Loose::Target].into_iter().zip(ends) {
            let area = egui::Rect::from_center_size(at, egui::Vec2::splat(PORT_REACH));
            let response = ui.interact(area, ui.scope_id().with(("canvas-end", loose as u8)), Sense::drag());
            response.widget_info(|| {
                let words = match loose {
                    Loose::Source => "Move the beginning of the connection",
                    Loose::Target => "Move the end of the connection",
                };
                WidgetInfo::labeled(Role::Button, true, words)
            });
            if response.drag_started_by(PointerButton::Primary)
                && !self.busy()
                && let Some(connecting) = Connecting::reconnect(input.diagram, input.catalog, &id, loose, at)
            {
                self.gesture = Gesture::Connect(connecting);
            }
            response.on_hover_cursor(CursorIcon::Grab);
        }
    }

    /// The one chosen arrow and where its handles are on the screen.
    pub(super) fn chosen_ends(&self, input: &CanvasInput<'_>) -> Option<(EdgeId, [Pos2; 2])> {
        let id = input.selection.edges.first().filter(|_| input.selection.edges.len() == 1 && input.selection.nodes.is_empty())?;
        let route = self.drawn.as_ref()?.scene.routes.get(id)?;
        let inward = |a: Point, b: Point| {
            let (a, b) = (self.camera.screen(a), self.camera.screen(b));
            a + (b - a).normalized() * 10.0
        };
        let n = route.len();
        (n >= 2).then(|| (id.clone(), [inward(route[0], route[1]), inward(route[n - 1], route[n - 2])]))
    }

    fn touch_payload(&self, ui: &Ui, pointer: Option<Pos2>, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        let Some(at) = pointer else { return };
        if !egui::DragAndDrop::has_payload_of_type::<ServiceId>(ui.ctx()) {
            return;
        }
        let at = guide::snap(Point::default(), self.camera.diagram(at), &[], self.camera.zoom).0;
        if ui.input(|input| input.pointer.any_released()) {
            if let Some(service) = egui::DragAndDrop::take_payload::<ServiceId>(ui.ctx()) {
                events.push(CanvasEvent::DropService { service: (*service).clone(), at });
            }
        } else if let Some(service) = egui::DragAndDrop::payload::<ServiceId>(ui.ctx()) {
            touched.service = Some(((*service).clone(), at));
        }
    }

    /// Carries the gesture in progress on, and ends it when the button is released.
    pub(super) fn follow(&mut self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>) {
        let (at, delta, down, alt) = ui.input(|input| {
            let pointer = &input.pointer;
            (pointer.latest_pos(), pointer.delta(), pointer.any_down(), input.modifiers.alt)
        });
        let Some(at) = at else { return };
        match &mut self.gesture {
            Gesture::Idle => {}
            Gesture::Pan if down => {
                self.camera.pan(delta);
                ui.set_cursor_icon(CursorIcon::Grabbing);
            }
            Gesture::Pan => self.gesture = Gesture::Idle,
            Gesture::Move(moving) => {
                let p = self.camera.diagram(at);
                let wish = Point::new(p.x - moving.from.x, p.y - moving.from.y);
                let before = moving.by;
                (moving.by, moving.guides) = if alt { (wish, Vec::new()) } else { snapped(moving, wish, input, self.camera.zoom) };
                let edit = moving.edit();
                if down {
                    ui.set_cursor_icon(CursorIcon::Grabbing);
                    if moving.by != before {
                        events.extend(edit.map(CanvasEvent::Preview));
                    }
                } else {
                    events.extend(edit.map(CanvasEvent::Edit));
                    self.finish_move();
                }
            }
            Gesture::Marquee { from, add } => {
                if !down {
                    let frame = Rect::from_corners(*from, self.camera.diagram(at));
                    let base = if *add { input.selection.clone() } else { Selection::default() };
                    events.push(CanvasEvent::Select(self.inside(input, frame, base)));
                    self.gesture = Gesture::Idle;
                }
            }
            Gesture::Connect(connecting) => {
                ui.set_cursor_icon(CursorIcon::Crosshair);
                if !down && !connecting.sticky {
                    let visible: Vec<NodeId> = input.diagram.nodes.keys().cloned().collect();
                    let target = self.node_at(input, &visible, at);
                    self.drop_connection(input, target.as_ref(), at, events);
                }
            }
        }
    }

    /// Ends a move. The drawing stays as it was moved until the next frame brings the changed diagram.
    fn finish_move(&mut self) {
        self.gesture = Gesture::Idle;
        if let Some(drawn) = &mut self.drawn {
            drawn.by = Point::default();
        }
        self.landed = true;
    }

    /// Boxes that touch a frame, and arrows inside of it.
    pub(super) fn inside(&self, input: &CanvasInput<'_>, frame: Rect, base: Selection) -> Selection {
        let mut selection = base;
        let nodes = input.diagram.nodes.keys().filter(|id| node_rect(input.diagram.position(id)).intersects(frame));
        selection.nodes.extend(nodes.cloned());
        let routes = self.drawn.iter().flat_map(|drawn| &drawn.scene.routes);
        let edges = routes.filter(|(_, route)| route.iter().all(|p| frame.contains(*p)));
        selection.edges.extend(edges.map(|(id, _)| id.clone()));
        selection
    }

    /// Ends a connection: on a box, or on the ground, where a box may be added.
    fn drop_connection(&mut self, input: &CanvasInput<'_>, target: Option<&NodeId>, at: Pos2, events: &mut Vec<CanvasEvent>) {
        let Gesture::Connect(connecting) = std::mem::take(&mut self.gesture) else { return };
        match target {
            Some(node) => {
                if let Some((edit, edge)) = connecting.edit(input.diagram, node) {
                    events.push(CanvasEvent::Edit(edit));
                    events.push(CanvasEvent::Select(Selection::edge(edge)));
                }
            }
            None if connecting.edge.is_none() && at.distance(connecting.pressed) > 2.0 * PORT_REACH && self.camera.view.contains(at) => {
                let (place, _) = guide::snap(Point::default(), self.camera.diagram(at), &[], self.camera.zoom);
                events.push(CanvasEvent::QuickAdd { from: Some(connecting.fixed), at: place, screen: at });
            }
            None => {}
        }
    }
}

fn snapped(moving: &Moving, wish: Point, input: &CanvasInput<'_>, zoom: f32) -> (Point, Vec<guide::Guide>) {
    let anchor = input.diagram.position(&moving.anchor);
    let stays = |id: &&NodeId| !moving.nodes.iter().any(|(moved, _)| moved == *id);
    let others: Vec<Point> = input.diagram.nodes.keys().filter(stays).map(|id| input.diagram.position(id)).collect();
    guide::snap(anchor, wish, &others, zoom)
}
