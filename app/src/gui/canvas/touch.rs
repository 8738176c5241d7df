//! Boxes, ports, arrows and the ground under the pointer and under the keyboard's focus.

use egui::{CursorIcon, Key, Modifiers, PointerButton, Pos2, Response, Sense, Ui, WidgetInfo, accesskit::Role, vec2};
use plimsoll_models::{EdgeId, GroupId, NodeId, Point, ServiceId};

use super::{
    Canvas, CanvasEvent, CanvasInput, ContextTarget, Selection, Tool,
    connection::Connecting,
    gesture::{Gesture, Onto},
    moving::keep_arrow_keys,
    paint::FINE_FROM,
    sentence,
};
use crate::{
    arrange::to_grid,
    gui::words::connect as words,
    scene::{Link, Part, Rect, node_rect, port::Side},
};

/// Most boxes on screen that are widgets of their own; in a larger crowd only clicks are understood.
const WIDGETS_MAX: usize = 1500;
/// Most boxes on screen whose ports can be reached by keyboard.
const PORTS_MAX: usize = 200;
/// Zoom from which boxes show ports.
const PORTS_FROM: f32 = 0.3;
/// Side of the area around a port that can be grabbed, in points.
const PORT_REACH: f32 = 18.0;
/// Distance of the middle of that area from the border of the box, in points: it lies outside.
const PORT_OUT: f32 = 7.0;
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
    /// A service of the palette that is dragged over the canvas, and the arrow below it.
    pub service: Option<(ServiceId, Point, Option<Onto>)>,
    /// The handles of the chosen arrow are registered.
    pub handles: bool,
}

/// Whether the pointer adds to what is chosen.
pub(super) fn adds(ui: &Ui) -> bool {
    ui.input(|input| input.modifiers.shift || input.modifiers.command)
}

/// Where the button went down that is still down: what could be grabbed there stays, however fast the pointer leaves.
fn pressed(ui: &Ui) -> Option<Pos2> {
    ui.input(|input| input.pointer.press_origin().filter(|_| input.pointer.any_down()))
}

impl Canvas {
    /// Registers everything that can be touched, and begins gestures.
    pub(super) fn touch(&mut self, ui: &Ui, input: &CanvasInput<'_>, ground: &Response, events: &mut Vec<CanvasEvent>) -> Touched {
        let mut touched = Touched::default();
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|_| ui.rect_contains_pointer(self.camera.view));
        let seen = self.camera.seen();
        let parts = self.drawn.iter().flat_map(|drawn| &drawn.scene.parts).filter(|part| part.bounds.intersects(seen));
        let node = |part: &Part| if let Link::Node(id) = &part.link { Some(id.clone()) } else { None };
        // While a copy is dragged, the drawing has boxes that the diagram lacks.
        let visible: Vec<NodeId> = parts.filter_map(node).filter(|id| input.diagram.nodes.contains_key(id)).collect();
        if let Some(at) = pressed(ui).or(pointer) {
            touched.node = self.node_near(at, 0.0).or_else(|| self.node_near(at, NODE_REACH));
        }
        self.touch_ground(ui, input, ground, &visible, events, &mut touched);
        self.touch_frames(ui, input, events, &mut touched);
        // The keyboard's focus goes from each box to its port and the arrows that leave it, as a reader would.
        let mut leaving = self.edges_by_source(input);
        if visible.len() <= WIDGETS_MAX {
            let reachable = self.camera.zoom >= FINE_FROM && visible.len() <= PORTS_MAX;
            for id in &self.in_reading_order(input, &visible) {
                self.touch_node(ui, input, id, events, &mut touched);
                if reachable && touched.node.as_ref() != Some(id) {
                    self.touch_port(ui, input, (id, Side::Right), events, &mut touched);
                }
                self.touch_edges(ui, input, leaving.remove(id), events, &mut touched);
            }
        }
        self.touch_edges(ui, input, leaving.into_values(), events, &mut touched);
        // What the pointer may be about to grab lies above everything else.
        if let Some(id) = touched.node.clone().filter(|id| self.has_ports() && visible.len() <= WIDGETS_MAX && visible.contains(id)) {
            for side in Side::ALL {
                self.touch_port(ui, input, (&id, side), events, &mut touched);
            }
        }
        self.touch_handles(ui, input, events, &mut touched);
        self.touch_payload(ui, input, pointer, events, &mut touched);
        self.nudge(ui, input, &touched, events);
        if self.busy() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.gesture = Gesture::Idle;
        }
        touched
    }

    /// A place of the screen on the drawing, on the grid when that is wanted.
    pub(super) fn on_grid(&self, input: &CanvasInput<'_>, at: Pos2) -> Point {
        let p = self.camera.diagram(at);
        if input.preferences.aids.grid { Point::new(to_grid(p.x), to_grid(p.y)) } else { p.rounded() }
    }

    /// Whether boxes are large enough for ports to stand beside each other; from farther away connections begin by key.
    pub(super) fn has_ports(&self) -> bool {
        self.camera.zoom >= PORTS_FROM
    }

    fn node_screen(&self, input: &CanvasInput<'_>, id: &NodeId) -> egui::Rect {
        self.camera.screen_rect(node_rect(self.position(input, id)))
    }

    /// The uppermost box within so many points of a place of the screen.
    fn node_near(&self, at: Pos2, reach: f32) -> Option<NodeId> {
        let (p, reach) = (self.camera.diagram(at), f64::from(reach / self.camera.zoom));
        let hit =
            |part: &Part| if let Link::Node(id) = &part.link { part.bounds.expand(reach).contains(p).then(|| id.clone()) } else { None };
        self.drawn.as_ref()?.scene.parts.iter().rev().find_map(hit)
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
        if !self.busy() {
            let pointer = pressed(ui).or(at).or_else(|| ui.input(|input| input.pointer.hover_pos()).filter(|at| ground.rect.contains(*at)));
            let free = pointer.filter(|at| self.node_near(*at, 0.0).is_none());
            touched.edge = free.and_then(|at| self.edge_at(at));
        }
        if !self.begin_view_gesture(ui, ground) && ground.drag_started_by(PointerButton::Primary) {
            let from = ui.input(|input| input.pointer.press_origin()).or(at).unwrap_or_default();
            match self.edge_at(from).filter(|_| !adds(ui)) {
                Some(id) => self.begin_bend(input, &id, self.camera.diagram(from), events),
                None => self.gesture = Gesture::Marquee { from: self.camera.diagram(from), add: adds(ui) },
            }
        }
        let Some(at) = at else { return };
        let crowd = || if visible.len() > WIDGETS_MAX { self.node_near(at, 0.0) } else { None };
        if ground.double_clicked() && crowd().is_none() && self.edge_at(at).is_none() && !self.busy() {
            let place = self.on_grid(input, at);
            events.push(CanvasEvent::QuickAdd { from: None, at: place, screen: at });
        } else if ground.clicked() {
            if matches!(&self.gesture, Gesture::Connect(connecting) if connecting.sticky) {
                self.drop_connection(input, None, at, events);
            } else if let Some(id) = crowd() {
                let next = if adds(ui) { input.selection.toggle_node(&id) } else { Selection::node(id) };
                events.push(CanvasEvent::Select(next));
            } else if let Some(id) = self.edge_at(at) {
                Self::choose_edge(ui, input, &id, events);
            } else if !adds(ui) && !input.selection.is_empty() {
                events.push(CanvasEvent::Select(Selection::default()));
            }
        }
        if ground.secondary_clicked() {
            match self.edge_at(at) {
                Some(id) => self.ask_about_edge(input, &id, at, events),
                None => events.push(CanvasEvent::ContextMenu { target: ContextTarget::Canvas, at: self.camera.diagram(at), screen: at }),
            }
        }
    }

    fn touch_node(&mut self, ui: &Ui, input: &CanvasInput<'_>, id: &NodeId, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        let rect = self.node_screen(input, id).intersect(self.camera.view);
        let response = ui.interact(rect, ui.scope_id().with(("canvas-node", id.as_str())), Sense::click_and_drag());
        let chosen = input.selection.nodes.contains(id);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, sentence::node(input, id)));
        if response.has_focus() {
            touched.focus = Some(Link::Node(id.clone()));
            keep_arrow_keys(ui, response.id);
        }
        if self.wanted_focus.as_ref() == Some(id) {
            self.wanted_focus = None;
            response.request_focus();
        }
        if !self.begin_view_gesture(ui, &response) && response.drag_started_by(PointerButton::Primary) && !self.busy() {
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
        if response.hovered() && !self.busy() {
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
        let selection = if input.selection.nodes.contains(id) {
            input.selection.clone()
        } else {
            let next = if adds(ui) { input.selection.toggle_node(id) } else { Selection::node(id.clone()) };
            events.push(CanvasEvent::Select(next.clone()));
            next
        };
        self.begin_move(ui, input, &selection);
    }

    /// A port of a box: all of them below the pointer, and one of each other box for the keyboard.
    fn touch_port(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        (id, side): (&NodeId, Side),
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        let middle = self.camera.screen(side.middle(node_rect(self.position(input, id))));
        let out = side.outward();
        let area = egui::Rect::from_center_size(middle + vec2(out.x as f32, out.y as f32) * PORT_OUT, egui::Vec2::splat(PORT_REACH));
        let response = ui.interact(area, ui.scope_id().with(("canvas-port", id.as_str(), side as u8)), Sense::click_and_drag());
        let title = input.diagram.title(id);
        response.widget_info(|| {
            let side = match side {
                Side::Right => "",
                Side::Left => "left",
                Side::Top => "upper",
                Side::Bottom => "lower",
            };
            WidgetInfo::labeled(Role::Button, true, words::port(title, side))
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
        if response.hovered() && !self.busy() {
            response.on_hover_cursor(CursorIcon::Crosshair).on_hover_text(words::PORT_HELP);
        }
    }

    fn touch_payload(&self, ui: &Ui, input: &CanvasInput<'_>, pointer: Option<Pos2>, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        let Some(at) = pointer else { return };
        if !egui::DragAndDrop::has_payload_of_type::<ServiceId>(ui.ctx()) {
            return;
        }
        let (alt, released) = ui.input(|input| (input.modifiers.alt, input.pointer.any_released()));
        let Some(service) = egui::DragAndDrop::payload::<ServiceId>(ui.ctx()) else { return };
        let place = self.camera.diagram(at);
        let onto = if alt { None } else { self.onto(input, &service, place) };
        let at = self.on_grid(input, at);
        if released {
            egui::DragAndDrop::clear_payload(ui.ctx());
            let onto = onto.filter(|onto| onto.outcome.is_ok()).map(|onto| onto.edge);
            events.push(CanvasEvent::DropService { service: (*service).clone(), at, onto });
        } else {
            touched.service = Some(((*service).clone(), at, onto));
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
            Gesture::Move(_) => {
                let at = self.camera.diagram(at);
                self.follow_move(ui, input, at, down, events);
            }
            Gesture::Marquee { from, add } => {
                let (from, add) = (*from, *add);
                if !down {
                    events.push(CanvasEvent::Select(self.framed(ui, input, (from, at), add)));
                    self.gesture = Gesture::Idle;
                }
            }
            Gesture::Connect(_) => self.follow_connection(ui, input, at, down, events),
            Gesture::Bend(bending) => {
                bending.follow(self.camera.diagram(at), self.camera.zoom, !alt);
                self.finish_unless(ui, input, down, events);
            }
            Gesture::Label(labeling) => {
                labeling.follow(self.camera.diagram(at));
                self.finish_unless(ui, input, down, events);
            }
            Gesture::Cut(_) => {
                ui.set_cursor_icon(CursorIcon::Crosshair);
                self.follow_knife(self.camera.diagram(at), down, events);
            }
        }
    }

    /// Makes the change of the gesture in progress, unless the button is still down.
    pub(super) fn finish_unless(&mut self, ui: &Ui, input: &CanvasInput<'_>, down: bool, events: &mut Vec<CanvasEvent>) {
        if down {
            ui.set_cursor_icon(CursorIcon::Grabbing);
        } else {
            events.extend(self.gesture.pending(input).map(CanvasEvent::Edit));
            self.settle();
        }
    }

    /// What a frame from a place of the drawing to one of the screen chooses: boxes that it touches, or with Alt only those
    /// that are wholly in it, and arrows that are wholly in it; besides what is chosen when it adds.
    pub(super) fn framed(&self, ui: &Ui, input: &CanvasInput<'_>, (from, to): (Point, Pos2), add: bool) -> Selection {
        let frame = Rect::from_corners(from, self.camera.diagram(to));
        let wholly = ui.input(|input| input.modifiers.alt);
        let is_in = |rect: Rect| if wholly { frame.contains_rect(rect) } else { rect.intersects(frame) };
        let mut selection = if add { input.selection.clone() } else { Selection::default() };
        selection.nodes.extend(input.diagram.nodes.keys().filter(|id| is_in(node_rect(input.diagram.position(id)))).cloned());
        let routes = self.drawn.iter().flat_map(|drawn| &drawn.scene.routes);
        let edges = routes.filter(|(_, route)| route.iter().all(|p| frame.contains(*p)));
        selection.edges.extend(edges.map(|(id, _)| id.clone()));
        selection
    }
}
