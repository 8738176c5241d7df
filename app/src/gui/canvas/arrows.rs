//! Arrows under the pointer and under the keyboard's focus: to choose, to bend, to lead elsewhere, and their labels.

use std::collections::BTreeMap;

use egui::{CursorIcon, Id, PointerButton, Pos2, Rect as Area, Sense, Ui, Vec2, WidgetInfo, accesskit::Role};
use plimsoll_models::{EdgeId, Edit, Line, NodeId, Point};

use super::{
    Canvas, CanvasEvent, CanvasInput, ContextTarget, Selection,
    bend::{Bending, Labeling, without_waypoint},
    connection::Connecting,
    gesture::Gesture,
    moving::{arrow_presses, keep_arrow_keys},
    paint::FINE_FROM,
    sentence,
    touch::{Touched, adds},
};
use crate::{
    gui::{
        connect::{join::End, line::line_of},
        words::connect as words,
    },
    scene::{Link, Part, way},
};

/// How near the pointer must be to an arrow, in points.
const EDGE_REACH: f32 = 6.0;
/// Side of the area of a handle that can be grabbed, in points.
const HANDLE_REACH: f32 = 16.0;
/// Distance of the handle of an end from the border of its box, in points: beyond the port.
const HANDLE_OUT: f32 = 26.0;
/// Largest share of an arrow's length before the handle of an end.
const HANDLE_SHARE: f32 = 0.3;
/// Shortest arrow on the screen whose handles leave room for ports and for the handle in the middle, in points.
const ROOMY: f32 = 80.0;

/// What can be grabbed on an arrow.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Handle {
    /// One of its ends.
    End(End),
    /// A waypoint, by its index.
    Waypoint(usize),
    /// The place where dragging adds a waypoint.
    Middle,
}

impl Canvas {
    /// The arrows on screen that can be touched, and the middles of their ways, by the box that they leave.
    pub(super) fn edges_by_source(&self, input: &CanvasInput<'_>) -> BTreeMap<NodeId, Vec<(EdgeId, Pos2)>> {
        let mut leaving: BTreeMap<NodeId, Vec<(EdgeId, Pos2)>> = BTreeMap::new();
        if self.camera.zoom < FINE_FROM || self.busy() {
            return leaving;
        }
        for (id, middle) in self.visible_edges() {
            if let Some(edge) = input.diagram.edges.get(&id) {
                leaving.entry(edge.from.clone()).or_default().push((id, middle));
            }
        }
        leaving
    }

    /// A handle in the middle of each arrow or its label: a name for screen readers, and a place to click.
    pub(super) fn touch_edges(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        edges: impl IntoIterator<Item = Vec<(EdgeId, Pos2)>>,
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        for (id, middle) in edges.into_iter().flatten() {
            self.touch_edge(ui, input, &id, middle, events, touched);
            self.touch_handles_in_turn(ui, input, &id, events, touched);
        }
    }

    fn touch_edge(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        id: &EdgeId,
        middle: Pos2,
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        let Some(edge) = input.diagram.edges.get(id) else { return };
        let label = self.drawn.as_ref().and_then(|drawn| drawn.labels.get(id)).copied();
        let area =
            label.map_or_else(|| Area::from_center_size(middle, Vec2::splat(2.0 * EDGE_REACH)), |rect| self.camera.screen_rect(rect));
        let response = ui.interact(area, ui.scope_id().with(("canvas-edge", id.as_str())), Sense::click_and_drag());
        let chosen = input.selection.edges.contains(id);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, sentence::edge(input, id, edge)));
        if response.has_focus() {
            touched.focus = Some(Link::Edge(id.clone()));
        }
        if response.hovered() {
            touched.edge = Some(id.clone());
        }
        let screen = response.interact_pointer_pos().unwrap_or(middle);
        let viewed = self.begin_view_gesture(ui, &response);
        if !viewed && response.drag_started_by(PointerButton::Primary) && !self.busy() {
            let from = self.camera.diagram(ui.input(|input| input.pointer.press_origin()).unwrap_or(screen));
            match label {
                Some(rect) => self.begin_label(input, id, from, rect.center()),
                None => self.begin_bend(input, id, from, events),
            }
        } else if response.double_clicked() && label.is_some() {
            let line = line_of(input.diagram, id);
            events.push(match line.label {
                Some(_) => CanvasEvent::Edit(Edit::SetLine(id.clone(), Some(Line { label: None, ..line }))),
                None => CanvasEvent::RenameEdge(id.clone()),
            });
        } else if response.clicked() {
            Self::choose_edge(ui, input, id, events);
        }
        if response.secondary_clicked() {
            self.ask_about_edge(input, id, screen, events);
        }
        if response.hovered() && !self.busy() {
            response.on_hover_ui(|ui| {
                for line in sentence::edge_tooltip(input, id, label.is_some()) {
                    ui.label(line);
                }
            });
        }
    }

    pub(super) fn choose_edge(ui: &Ui, input: &CanvasInput<'_>, id: &EdgeId, events: &mut Vec<CanvasEvent>) {
        let next = if adds(ui) { input.selection.toggle_edge(id) } else { Selection::edge(id.clone()) };
        events.push(CanvasEvent::Select(next));
    }

    pub(super) fn ask_about_edge(&self, input: &CanvasInput<'_>, id: &EdgeId, screen: Pos2, events: &mut Vec<CanvasEvent>) {
        if !input.selection.edges.contains(id) {
            events.push(CanvasEvent::Select(Selection::edge(id.clone())));
        }
        let at = self.camera.diagram(screen);
        events.push(CanvasEvent::ContextMenu { target: ContextTarget::Edge(id.clone()), at, screen });
    }

    /// Begins to move a piece of an arrow.
    pub(super) fn begin_bend(&mut self, input: &CanvasInput<'_>, id: &EdgeId, from: Point, events: &mut Vec<CanvasEvent>) {
        let route = self.drawn.as_ref().and_then(|drawn| drawn.scene.routes.get(id));
        if let Some(bending) = route.and_then(|route| Bending::piece(id, &line_of(input.diagram, id), route, from)) {
            self.gesture = Gesture::Bend(bending);
            if !input.selection.edges.contains(id) {
                events.push(CanvasEvent::Select(Selection::edge(id.clone())));
            }
        }
    }

    fn begin_label(&mut self, input: &CanvasInput<'_>, id: &EdgeId, from: Point, center: Point) {
        let Some(route) = self.drawn.as_ref().and_then(|drawn| drawn.scene.routes.get(id)).cloned() else { return };
        let line = line_of(input.diagram, id);
        self.gesture = Gesture::Label(Labeling { edge: id.clone(), from, line, route, center, by: Point::default() });
    }

    /// Arrows on screen, and the middle of their ways.
    fn visible_edges(&self) -> Vec<(EdgeId, Pos2)> {
        let seen = self.camera.seen();
        let Some(drawn) = &self.drawn else { return Vec::new() };
        let parts = drawn.scene.parts.iter().filter(|part| part.bounds.intersects(seen));
        let middles = parts.filter_map(edge_of).filter_map(|id| Some((id, way::point_at(drawn.scene.routes.get(id)?, 0.5)?)));
        middles.filter(|(_, middle)| seen.contains(*middle)).map(|(id, p)| (id.clone(), self.camera.screen(p))).collect()
    }

    /// The arrow at a place of the screen.
    pub(super) fn edge_at(&self, at: Pos2) -> Option<EdgeId> {
        self.edge_near(self.camera.diagram(at), f64::from(EDGE_REACH / self.camera.zoom))
    }

    /// The arrow nearest to a place of the drawing, in reach.
    pub(super) fn edge_near(&self, p: Point, reach: f64) -> Option<EdgeId> {
        let drawn = self.drawn.as_ref()?;
        let around = drawn.scene.parts.iter().filter(|part| part.bounds.expand(reach).contains(p)).filter_map(edge_of);
        let near = around.filter_map(|id| Some((id, way::nearest(drawn.scene.routes.get(id)?, p)?.distance)));
        let near = near.filter(|(_, distance)| *distance <= reach);
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(id, _)| id.clone())
    }

    /// The arrow whose handles are shown: the one that is chosen alone, else the one under the pointer, unless its handles
    /// would cover ports.
    pub(super) fn handled(&self, input: &CanvasInput<'_>, touched: &Touched) -> Option<EdgeId> {
        chosen_alone(input).or_else(|| touched.edge.as_ref().filter(|id| self.is_roomy(id))).cloned()
    }

    fn is_roomy(&self, id: &EdgeId) -> bool {
        let route = self.drawn.as_ref().and_then(|drawn| drawn.scene.routes.get(id));
        route.is_some_and(|route| way::length(route) as f32 * self.camera.zoom >= ROOMY)
    }

    /// Where the handles of an arrow are on the screen. Only a chosen arrow can be bent by handles.
    pub(super) fn handles(&self, input: &CanvasInput<'_>, id: &EdgeId) -> Vec<(Handle, Pos2)> {
        let Some(drawn) = &self.drawn else { return Vec::new() };
        let Some(route) = drawn.scene.routes.get(id) else { return Vec::new() };
        let whole = way::length(route);
        let out = f64::from(HANDLE_OUT / self.camera.zoom).min(whole * f64::from(HANDLE_SHARE));
        let ends = [(End::Source, out), (End::Target, whole - out)];
        let ends = ends.into_iter().filter_map(|(end, after)| Some((Handle::End(end), way::point_after(route, after)?)));
        let mut handles: Vec<(Handle, Point)> = ends.collect();
        if input.selection.edges.contains(id) {
            let waypoints = input.diagram.lines.get(id).map_or(&[][..], |line| &line.waypoints);
            handles.extend(waypoints.iter().enumerate().map(|(index, p)| (Handle::Waypoint(index), *p)));
            let covered = |p: &Point| drawn.labels.get(id).is_some_and(|label| label.contains(*p));
            let mut middles = [0.5, 0.4, 0.6].into_iter().filter_map(|along| way::point_at(route, along));
            if waypoints.is_empty()
                && self.is_roomy(id)
                && let Some(middle) = middles.find(|p| !covered(p))
            {
                handles.push((Handle::Middle, middle));
            }
        }
        handles.into_iter().map(|(handle, p)| (handle, self.camera.screen(p))).collect()
    }

    /// Handles of the arrow whose turn it is in the order of the keyboard's focus, when it is the chosen one. Those that
    /// the pointer may be about to grab wait until they lie above everything else.
    fn touch_handles_in_turn(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        id: &EdgeId,
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        if chosen_alone(input) != Some(id) {
            return;
        }
        let pointer = ui.input(|input| input.pointer.latest_pos());
        let near = |(_, at): &(Handle, Pos2)| pointer.is_some_and(|pointer| pointer.distance(*at) < HANDLE_REACH);
        if !self.handles(input, id).iter().any(near) {
            self.touch_handles(ui, input, events, touched);
        }
    }

    /// Handles of the chosen arrow, or of the one under the pointer; once in a frame.
    pub(super) fn touch_handles(&mut self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        let Some(id) = self.handled(input, touched).filter(|_| !self.busy() && !touched.handles) else { return };
        touched.handles = true;
        for (handle, at) in self.handles(input, &id) {
            self.touch_handle(ui, input, (&id, &handle, at), events, touched);
        }
    }

    fn touch_handle(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        (id, handle, at): (&EdgeId, &Handle, Pos2),
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        let (words, help) = match handle {
            Handle::End(End::Source) => (words::MOVE_SOURCE.to_owned(), words::MOVE_END_HELP),
            Handle::End(End::Target) => (words::MOVE_TARGET.to_owned(), words::MOVE_END_HELP),
            Handle::Waypoint(index) => (words::waypoint(index + 1), words::WAYPOINT_HELP),
            Handle::Middle => (words::BEND.to_owned(), words::BEND_HELP),
        };
        let area = Area::from_center_size(at, Vec2::splat(HANDLE_REACH));
        let response = ui.interact(area, handle_id(ui, handle), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words.as_str()));
        if response.hovered() {
            touched.edge = Some(id.clone());
        }
        let line = line_of(input.diagram, id);
        let route = self.drawn.as_ref().and_then(|drawn| drawn.scene.routes.get(id));
        if response.has_focus()
            && let Some(route) = route
        {
            keep_arrow_keys(ui, response.id);
            bend_by_keys(ui, (id, handle, self.camera.diagram(at)), &line, route, events);
        }
        if response.drag_started_by(PointerButton::Primary) && !self.busy() {
            let from = self.camera.diagram(ui.input(|input| input.pointer.press_origin()).unwrap_or(at));
            let gesture = match (handle, route) {
                (Handle::End(end), _) => Connecting::reconnect(input.diagram, input.catalog, id, *end, at).map(Gesture::Connect),
                (Handle::Waypoint(index), Some(route)) => Some(Gesture::Bend(Bending::waypoint(id, &line, route, *index, from))),
                (Handle::Middle, Some(route)) => Bending::piece(id, &line, route, from).map(Gesture::Bend),
                (Handle::Waypoint(_) | Handle::Middle, None) => None,
            };
            self.gesture = gesture.unwrap_or_default();
        } else if let Handle::Waypoint(index) = handle
            && (response.double_clicked() || (response.clicked() && !ui.input(|input| input.pointer.any_click())))
        {
            events.push(CanvasEvent::Edit(without_waypoint(id, &line_of(input.diagram, id), *index)));
        } else if response.clicked() && !input.selection.edges.contains(id) {
            Self::choose_edge(ui, input, id, events);
        }
        if response.secondary_clicked() {
            self.ask_about_edge(input, id, at, events);
        }
        if !self.busy() {
            response.on_hover_cursor(CursorIcon::Grab).on_hover_text(help);
        }
    }
}

fn edge_of(part: &Part) -> Option<&EdgeId> {
    if let Link::Edge(id) = &part.link { Some(id) } else { None }
}

/// The arrow that is chosen and nothing else.
fn chosen_alone<'a>(input: &CanvasInput<'a>) -> Option<&'a EdgeId> {
    let alone = input.selection.edges.len() == 1 && input.selection.nodes.is_empty();
    input.selection.edges.first().filter(|_| alone)
}

/// Arrow keys move a waypoint, or make one of the middle of a piece, which then has the focus.
fn bend_by_keys(ui: &Ui, (id, handle, at): (&EdgeId, &Handle, Point), line: &Line, route: &Vec<Point>, events: &mut Vec<CanvasEvent>) {
    let bending = match handle {
        Handle::End(_) => None,
        Handle::Waypoint(index) => Some(Bending::waypoint(id, line, route, *index, at)),
        Handle::Middle => Bending::piece(id, line, route, at),
    };
    let Some(bending) = bending else { return };
    let by = arrow_presses(ui);
    let first = bending.first();
    if let Some(edit) = bending.moved(by) {
        events.push(CanvasEvent::Nudge(edit));
        ui.memory_mut(|memory| memory.request_focus(handle_id(ui, &Handle::Waypoint(first))));
    }
}

fn handle_id(ui: &Ui, handle: &Handle) -> Id {
    let key = match handle {
        Handle::End(End::Source) => "source".to_owned(),
        Handle::End(End::Target) => "target".to_owned(),
        Handle::Waypoint(index) => format!("waypoint {index}"),
        Handle::Middle => "middle".to_owned(),
    };
    ui.scope_id().with(("canvas-handle", key))
}
