//! What lies over the drawing: choice, hover, ports, guides, badges, the gesture in progress.

use std::sync::Arc;

use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Stroke, StrokeKind, Ui, epaint::PathShape, pos2, vec2};
use plimsoll_models::{EdgeId, GroupId, Point};

use super::{
    Canvas, CanvasInput, Selection,
    arrows::Handle,
    connection::Connecting,
    gesture::{Gesture, Onto},
    paint::{Brush, FINE_FROM, NORMAL_FROM, outline},
    sentence,
    touch::Touched,
};
use crate::{
    gui::{connect::join::End, theme::Theme, words::connect as words},
    scene::{CORNER_RADIUS, Link, Part, Rect, node_rect, port::Side},
};

/// How long something flashes, in seconds.
const FLASH_S: f64 = 0.9;
/// Corners of a box, in units of the drawing.
const NODE_RADIUS: f32 = 9.0;
/// Corners of a frame, in units of the drawing.
const FRAME_RADIUS: f32 = 12.0;

impl Canvas {
    /// Paints the drawing and what lies over it.
    pub(super) fn paint(&self, ui: &Ui, input: &CanvasInput<'_>, touched: &Touched) {
        let theme = input.theme;
        let painter = ui.painter_at(self.camera.view);
        painter.rect_filled(self.camera.view, 0.0, theme.canvas);
        let brush = Brush { painter: &painter, camera: &self.camera, stale: input.stale };
        if input.preferences.aids.grid {
            brush.grid(theme);
        }
        for at in &self.ghosts {
            let line = outline(self.camera.screen_rect(node_rect(*at)), NODE_RADIUS * self.camera.zoom);
            painter.extend(egui::Shape::dashed_line(&line, (1.0, theme.stroke_strong), 4.0, 4.0));
        }
        let Some(drawn) = &self.drawn else { return };
        let chosen = self.chosen(ui, input);
        let seen = self.camera.seen();
        let parts: Vec<&Part> = drawn.scene.parts.iter().filter(|part| part.bounds.expand(4.0).intersects(seen)).collect();
        let far = self.camera.zoom < NORMAL_FROM;
        if far {
            self.paint_far(&painter);
        }
        for part in &parts {
            if !far {
                self.under(&brush, input, &chosen, touched, part);
                brush.part(part);
            }
            self.ring(&painter, input, &chosen, touched, part);
        }
        if let Some(frame) = input.live {
            self.paint_live(&brush, input, frame, &parts);
        }
        self.paint_cursor(&painter, input, &parts);
        self.badges(&painter, input, &parts);
        self.flashes(ui, &brush, input);
        match &self.gesture {
            Gesture::Idle | Gesture::Pan => self.ports(&painter, input, touched),
            Gesture::Bend(_) | Gesture::Label(_) => {}
            Gesture::Cut(knife) => self.knife(&brush, theme, knife),
            Gesture::Move(moving) => {
                self.paint_move(&painter, input, moving);
                if let Some(onto) = &moving.onto {
                    self.onto_hint(ui, &brush, input, onto);
                }
            }
            Gesture::Marquee { from, .. } => {
                if let Some(at) = ui.input(|input| input.pointer.latest_pos()) {
                    let rect = egui::Rect::from_two_pos(self.camera.screen(*from), at);
                    painter.rect(rect, 2.0, theme.accent.gamma_multiply(0.12), Stroke::new(1.0, theme.accent), StrokeKind::Middle);
                }
            }
            Gesture::Connect(connecting) => self.connection(ui, &painter, input, connecting),
        }
        self.ghost(ui, &brush, input, touched);
    }

    /// What is chosen, or would be if the frame in progress ended now.
    fn chosen(&self, ui: &Ui, input: &CanvasInput<'_>) -> Selection {
        match &self.gesture {
            Gesture::Marquee { from, add } => {
                let at = ui.input(|input| input.pointer.latest_pos()).unwrap_or_else(|| self.camera.screen(*from));
                self.framed(ui, input, (*from, at), *add)
            }
            Gesture::Idle
            | Gesture::Pan
            | Gesture::Move(_)
            | Gesture::Connect(_)
            | Gesture::Bend(_)
            | Gesture::Label(_)
            | Gesture::Cut(_) => input.selection.clone(),
        }
    }

    /// A light below the chosen arrow and the arrow under the pointer.
    fn under(&self, brush: &Brush<'_>, input: &CanvasInput<'_>, chosen: &Selection, touched: &Touched, part: &Part) {
        let Link::Edge(id) = &part.link else { return };
        let focused = touched.focus.as_ref() == Some(&part.link);
        let opacity = match (chosen.edges.contains(id) || focused, touched.edge.as_ref() == Some(id)) {
            (true, _) => 0.55,
            (false, true) => 0.28,
            (false, false) => return,
        };
        if let Some(route) = self.route(id) {
            brush.halo(route, CORNER_RADIUS, (6.0 * self.camera.zoom).clamp(3.0, 9.0), input.theme.accent.gamma_multiply(opacity));
        }
    }

    fn route(&self, id: &EdgeId) -> Option<&Vec<Point>> {
        self.drawn.as_ref()?.scene.routes.get(id)
    }

    /// The ring around a chosen, touched or possible box.
    fn ring(&self, painter: &Painter, input: &CanvasInput<'_>, chosen: &Selection, touched: &Touched, part: &Part) {
        let id = match &part.link {
            Link::Node(id) => id,
            Link::Group(id) => return self.frame_ring(painter, input, chosen, touched, (id, part)),
            Link::Edge(_) | Link::Label(_) | Link::Note(_) | Link::Leader(_) | Link::Legend => return,
        };
        let theme = input.theme;
        let rect = self.camera.screen_rect(part.bounds);
        let radius = NODE_RADIUS * self.camera.zoom;
        let ring = |grow: f32, width: f32, color: Color32| {
            let corner = CornerRadius::same((radius + grow).round().clamp(0.0, 255.0) as u8);
            painter.rect_stroke(rect.expand(grow), corner, Stroke::new(width, color), StrokeKind::Middle);
        };
        if let Gesture::Connect(connecting) = &self.gesture {
            let over = connecting.target.as_ref() == Some(id);
            match connecting.verdict(id) {
                Some(Ok(_)) => {
                    ring(4.0, 6.0, theme.accent.gamma_multiply(if over { 0.45 } else { 0.18 }));
                    ring(1.5, if over { 2.5 } else { 1.5 }, theme.accent);
                }
                Some(Err(_)) if *id != connecting.fixed => {
                    painter.rect_filled(rect.expand(2.0), CornerRadius::same(radius as u8), theme.canvas.gamma_multiply(0.65));
                }
                Some(Err(_)) | None => {}
            }
            return;
        }
        if chosen.nodes.contains(id) {
            ring(2.0, 2.0, theme.accent);
        } else if touched.node.as_ref() == Some(id) && !self.busy() {
            ring(0.5, 1.0, theme.accent.gamma_multiply(0.6));
        }
        if touched.focus.as_ref() == Some(&part.link) {
            let line = outline(rect.expand(5.0), radius + 5.0);
            painter.extend(egui::Shape::dashed_line(&line, (1.5, theme.accent), 4.0, 3.0));
        }
    }

    /// The outline of a chosen or touched frame.
    fn frame_ring(&self, painter: &Painter, input: &CanvasInput<'_>, chosen: &Selection, touched: &Touched, (id, part): (&GroupId, &Part)) {
        let accent = input.theme.accent;
        let rect = self.camera.screen_rect(part.bounds);
        let radius = FRAME_RADIUS * self.camera.zoom;
        let corner = CornerRadius::same(radius.round().clamp(0.0, 255.0) as u8);
        if chosen.groups.contains(id) {
            painter.rect_stroke(rect, corner, Stroke::new(2.0, accent), StrokeKind::Middle);
        } else if touched.group.as_ref() == Some(id) && !self.busy() {
            painter.rect_stroke(rect, corner, Stroke::new(1.0, accent.gamma_multiply(0.6)), StrokeKind::Middle);
        }
        if touched.focus.as_ref() == Some(&part.link) {
            let line = outline(rect.expand(4.0), radius + 4.0);
            painter.extend(egui::Shape::dashed_line(&line, (1.5, accent), 4.0, 3.0));
        }
    }

    fn ports(&self, painter: &Painter, input: &CanvasInput<'_>, touched: &Touched) {
        let theme = input.theme;
        if let Some(id) = self.handled(input, touched).filter(|_| self.camera.zoom >= FINE_FROM) {
            for (handle, at) in self.handles(input, &id) {
                let line = Stroke::new(2.0, theme.accent);
                match handle {
                    Handle::End(_) => painter.circle(at, 5.0, theme.canvas, line),
                    Handle::Waypoint(_) => {
                        painter.rect(egui::Rect::from_center_size(at, egui::Vec2::splat(9.0)), 2.0, theme.canvas, line, StrokeKind::Inside)
                    }
                    Handle::Middle => painter.circle_filled(at, 4.0, theme.accent),
                };
            }
        }
        let near = touched.node.iter().chain(touched.port.as_ref().map(|(id, _)| id)).next();
        let Some(id) = near.filter(|_| self.has_ports()) else { return };
        let rect = node_rect(input.diagram.position(id));
        for side in Side::ALL {
            let at = self.camera.screen(side.middle(rect));
            let grabbed = touched.port.as_ref().is_some_and(|(port_of, of_side)| port_of == id && *of_side == side);
            let (radius, fill) = if grabbed { (6.0, theme.accent) } else { (4.0, theme.canvas) };
            painter.circle(at, radius, fill, Stroke::new(1.5, theme.accent));
        }
    }

    /// The line from the fixed end to the pointer, or the connection as it would be, and what it would mean.
    fn connection(&self, ui: &Ui, painter: &Painter, input: &CanvasInput<'_>, connecting: &Connecting) {
        let theme = input.theme;
        let Some(at) = ui.input(|input| input.pointer.latest_pos()) else { return };
        let verdict = connecting.target.as_ref().filter(|id| **id != connecting.fixed).and_then(|id| connecting.verdict(id));
        let (color, says) = match verdict {
            Some(Ok(kind)) => (theme.accent, Some(sentence::kind(*kind).to_owned())),
            Some(Err(reason)) => (theme.red, Some(reason.clone())),
            None if at.distance(connecting.pressed) > 80.0 => (theme.accent, Some(words::DROP_TO_ADD.to_owned())),
            None => (theme.accent, None),
        };
        if let Some((_, edge)) = connecting.pending(input.diagram, input.catalog) {
            // The drawing shows the connection itself.
            if let Some(route) = self.route(&edge) {
                let brush = Brush { painter, camera: &self.camera, stale: false };
                brush.halo(route, CORNER_RADIUS, 6.0, theme.accent.gamma_multiply(0.45));
            }
        } else {
            let rect = node_rect(input.diagram.position(&connecting.fixed));
            let side = nearest_side(rect, self.camera.diagram(at));
            dangling(painter, self.camera.screen(side.middle(rect)), at, side, color, connecting.loose);
        }
        if let Some(says) = says {
            bubble(painter, at + vec2(16.0, 18.0), &says, color, theme, self.camera.view);
        }
    }

    /// What happens to the arrow below a box that is being dropped.
    fn onto_hint(&self, ui: &Ui, brush: &Brush<'_>, input: &CanvasInput<'_>, onto: &Onto) {
        let Some(edge) = input.diagram.edges.get(&onto.edge) else { return };
        let theme = input.theme;
        let (color, says) = match &onto.outcome {
            // What is only offered need not say why it cannot be.
            Err(_) if onto.offered => return,
            Ok(_) if onto.offered => {
                (theme.text_weak, words::insert_offered(input.diagram.title(&edge.from), input.diagram.title(&edge.to)))
            }
            Ok(_) => (theme.accent, words::insert_here(input.diagram.title(&edge.from), input.diagram.title(&edge.to))),
            Err(reason) => (theme.red, reason.clone()),
        };
        if let Some(route) = self.route(&onto.edge) {
            brush.halo(route, CORNER_RADIUS, 6.0, color.gamma_multiply(0.45));
        }
        if let Some(at) = ui.input(|input| input.pointer.latest_pos()) {
            let below = 20.0 + 36.0 * self.camera.zoom;
            bubble(brush.painter, at + vec2(16.0, below), &says, color, theme, self.camera.view);
        }
    }

    /// The way of the knife and the arrows that it has crossed.
    fn knife(&self, brush: &Brush<'_>, theme: &Theme, knife: &[Point]) {
        for id in self.cut_edges() {
            if let Some(route) = self.route(&id) {
                brush.halo(route, CORNER_RADIUS, 6.0, theme.red.gamma_multiply(0.5));
            }
        }
        brush.halo(knife, 0.0, 1.5, theme.red);
    }

    /// Lights up what was revealed, and asks for frames while it does.
    fn flashes(&self, ui: &Ui, brush: &Brush<'_>, input: &CanvasInput<'_>) {
        let Some(flash) = &self.flash else { return };
        let age = ui.input(|input| input.time) - flash.since;
        if !(0.0..FLASH_S).contains(&age) {
            return;
        }
        // Without motion it is a mark that stands for a while.
        let moves = input.preferences.moves();
        let grown = if moves { (age / FLASH_S) as f32 } else { 0.0 };
        let light = input.theme.accent.gamma_multiply(1.0 - grown);
        for link in &flash.links {
            if let Link::Edge(id) = link
                && let Some(route) = self.route(id)
            {
                brush.halo(route, CORNER_RADIUS, 8.0, light);
            }
        }
        let parts = self.drawn.iter().flat_map(|drawn| &drawn.scene.parts);
        for part in parts.filter(|part| matches!(part.link, Link::Node(_)) && flash.links.contains(&part.link)) {
            let rect = self.camera.screen_rect(part.bounds).expand(4.0 + 8.0 * grown);
            brush.painter.rect_stroke(rect, 12.0, Stroke::new(3.0, light), StrokeKind::Middle);
        }
        if moves {
            ui.ctx().request_repaint();
        } else {
            ui.ctx().request_repaint_after_secs((FLASH_S - age) as f32);
        }
    }

    /// The box that a service of the palette would become.
    fn ghost(&self, ui: &Ui, brush: &Brush<'_>, input: &CanvasInput<'_>, touched: &Touched) {
        let Some((service, at, onto)) = &touched.service else { return };
        let rect = self.camera.screen_rect(node_rect(*at));
        let (theme, painter) = (input.theme, brush.painter);
        painter.rect_filled(rect, NODE_RADIUS * self.camera.zoom, theme.accent.gamma_multiply(0.12));
        painter.extend(egui::Shape::dashed_line(&outline(rect, NODE_RADIUS * self.camera.zoom), (1.5, theme.accent), 5.0, 4.0));
        if self.camera.zoom >= FINE_FROM
            && let Some(service) = input.catalog.get(service)
        {
            painter.text(rect.center(), Align2::CENTER_CENTER, service.short_title(), Theme::strong(), theme.text);
        }
        if let Some(onto) = onto {
            self.onto_hint(ui, brush, input, onto);
        }
    }
}

fn nearest_side(rect: Rect, p: Point) -> Side {
    let (right, left) = (p.x - rect.max.x, rect.min.x - p.x);
    let (down, up) = (p.y - rect.max.y, rect.min.y - p.y);
    let sides = [(right, Side::Right), (left, Side::Left), (down, Side::Bottom), (up, Side::Top)];
    sides.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or(Side::Right, |(_, side)| side)
}

/// A curve that leaves a box straight, with an arrowhead where events go.
fn dangling(painter: &Painter, from: Pos2, to: Pos2, side: Side, color: Color32, loose: End) {
    let out = side.outward();
    let out = vec2(out.x as f32, out.y as f32);
    let reach = ((to - from).length() * 0.4).clamp(12.0, 120.0);
    let control = from + out * reach;
    let points: Vec<Pos2> = (0..=24_u8)
        .map(|i| {
            let t = f32::from(i) / 24.0;
            let s = 1.0 - t;
            (from.to_vec2() * (s * s) + control.to_vec2() * (2.0 * s * t) + to.to_vec2() * (t * t)).to_pos2()
        })
        .collect();
    let (tip, back) = match loose {
        End::Target => (to, points[22]),
        End::Source => (from, points[2]),
    };
    painter.add(PathShape::line(points, egui::epaint::PathStroke::new(2.0, color)));
    let along = (tip - back).normalized();
    let base = tip - along * 9.0;
    let across = along.rot90() * 4.5;
    painter.add(egui::Shape::convex_polygon(vec![base + across, tip, base - across], color, Stroke::NONE));
}

/// A word beside the pointer, kept inside of the view.
fn bubble(painter: &Painter, at: Pos2, words: &str, color: Color32, theme: &Theme, view: egui::Rect) {
    let galley = painter.layout(words.to_owned(), egui::FontId::proportional(Theme::SIZE_BODY), theme.text, 260.0);
    let size = galley.size() + vec2(16.0, 10.0);
    let at = pos2(at.x.min(view.max.x - size.x - 4.0), at.y.min(view.max.y - size.y - 4.0));
    let rect = egui::Rect::from_min_size(at, size);
    painter.rect(rect, CornerRadius::same(Theme::RADIUS), theme.surface_raised, Stroke::new(1.0, color), StrokeKind::Inside);
    painter.galley(at + vec2(8.0, 5.0), Arc::clone(&galley), theme.text);
}
