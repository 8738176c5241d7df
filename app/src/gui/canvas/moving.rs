//! Boxes and frames that follow the pointer or the arrow keys.

use std::collections::{BTreeMap, BTreeSet};

use egui::{CursorIcon, EventFilter, Id, Key, Modifiers, Stroke, StrokeKind, Ui};
use plimsoll_models::{Diagram, EdgeId, Edit, GroupId, NodeId, Point};

use super::{
    Canvas, CanvasEvent, CanvasInput, Selection,
    gesture::{Gesture, ONTO_REACH, Onto},
    guide::{self, Body, Guide},
    touch::Touched,
};
use crate::{
    arrange::{self, GRID, Joins},
    gui::{
        connect::join,
        part::{insertion, part},
        theme::Theme,
        words::{connect, panels},
    },
    scene::{Rect, frames, node_rect, way},
};

/// Distance of the figure of a gap from its line, in points: arrows run along there.
const FIGURE_OUT: f32 = 18.0;

/// Boxes that follow the pointer.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    /// Where the pointer was pressed, on the drawing.
    from: Point,
    /// The boxes and where they stood.
    nodes: Vec<(NodeId, Point)>,
    /// What is copied by this move; the originals stay where they are.
    copied: Option<Box<Diagram>>,
    /// Frames that move as a whole.
    pub groups: BTreeSet<GroupId>,
    /// What moves, where it stood.
    body: Body,
    /// Where all frames stood: they do not follow a box out.
    pub frames: BTreeMap<GroupId, Rect>,
    /// How far everything has moved.
    pub by: Point,
    /// With what it is aligned.
    pub guides: Vec<Guide>,
    /// Ways of arrows as they were when a single box began to move, which may be dropped on them.
    ways: Vec<(EdgeId, Vec<Point>)>,
    /// Whether that box is connected: then it is only inserted when somebody asks for it.
    connected: bool,
    /// The arrow that the box would be dropped on.
    pub onto: Option<Onto>,
}

impl Moving {
    /// A move of what is chosen that begins under the pointer.
    pub(super) fn new(diagram: &Diagram, selection: &Selection, from: Point) -> Option<Self> {
        let members = selection.members(diagram);
        let nodes: Vec<(NodeId, Point)> = members.iter().map(|id| (id.clone(), diagram.position(id))).collect();
        let all = frames(diagram);
        // A frame all of whose boxes move is a frame that moves.
        let whole = |id: &&GroupId| arrange::members(diagram, id).is_subset(&members);
        let groups: BTreeSet<GroupId> = all.keys().filter(whole).cloned().collect();
        let rects = nodes.iter().map(|(_, at)| node_rect(*at)).chain(groups.iter().filter_map(|id| all.get(id).copied()));
        let around = rects.reduce(Rect::union)?;
        let under = nodes.iter().find(|(_, at)| node_rect(*at).contains(from)).or(nodes.first());
        let body = Body { around, anchor: under.map_or(around.center(), |(_, at)| *at) };
        Some(Self {
            from,
            nodes,
            copied: None,
            groups,
            body,
            frames: all,
            by: Point::default(),
            guides: Vec::new(),
            ways: Vec::new(),
            connected: false,
            onto: None,
        })
    }

    /// The same as a move of a copy.
    fn copying(self, diagram: &Diagram, selection: &Selection) -> Self {
        Self { copied: Some(Box::new(part(diagram, selection, None))), groups: BTreeSet::new(), ..self }
    }

    /// Whether a box moves, and where it stood.
    pub(super) fn start_of(&self, id: &NodeId) -> Option<Point> {
        if self.copied.is_some() {
            return None;
        }
        self.nodes.binary_search_by(|(moved, _)| moved.cmp(id)).ok().map(|i| self.nodes[i].1)
    }

    /// The move so far; `None` when everything stands where it stood.
    pub(super) fn edit(&self, diagram: &Diagram) -> Option<Edit> {
        if self.by == Point::default() {
            return None;
        }
        if let Some(part) = &self.copied {
            return Some(Edit::All(panels::DUPLICATE.to_owned(), insertion(diagram, part, self.by).0));
        }
        let moved = |at: &Point| Point::new(at.x + self.by.x, at.y + self.by.y).rounded();
        let moves = Edit::Move(self.nodes.iter().map(|(id, at)| (id.clone(), moved(at))).collect());
        Some(match &self.onto {
            Some(Onto { outcome: Ok(inserted), offered: false, .. }) => {
                Edit::All(connect::INSERT.to_owned(), [moves].into_iter().chain(inserted.iter().cloned()).collect())
            }
            Some(Onto { .. }) | None => moves,
        })
    }

    /// Finds the arrow below the one box that moves; `asked` when a box with connections shall be inserted too.
    fn find_onto(&mut self, input: &CanvasInput<'_>, asked: bool) {
        let [(id, at)] = &self.nodes[..] else { return };
        let center = Point::new(at.x + self.by.x, at.y + self.by.y);
        let near = self.ways.iter().filter_map(|(edge, way)| Some((edge, way::nearest(way, center)?.distance)));
        let near = near.filter(|(_, distance)| *distance <= ONTO_REACH).min_by(|(_, a), (_, b)| a.total_cmp(b));
        self.onto = near.and_then(|(edge, _)| {
            let service = &input.diagram.nodes.get(id)?.service;
            let outcome = join::insert(input.diagram, input.catalog, edge, id, service);
            Some(Onto { edge: edge.clone(), outcome, offered: self.connected && !asked })
        });
    }

    /// Where frames stand during the move.
    pub(super) fn frames_now(&self) -> BTreeMap<GroupId, Rect> {
        let now = |(id, rect): (&GroupId, &Rect)| {
            let by = if self.groups.contains(id) { self.by } else { Point::default() };
            (id.clone(), rect.translate(by))
        };
        self.frames.iter().map(now).collect()
    }

    /// The groups that what moves would belong to if it were dropped now, where that changes: boxes, then groups.
    pub(super) fn joins(&self, diagram: &Diagram) -> Joins {
        let inner = |at: Point| {
            let around = self.frames.iter().filter(|(id, rect)| !self.groups.contains(*id) && rect.contains(at));
            around.max_by_key(|(id, _)| diagram.around(id).count()).map(|(id, _)| id.clone())
        };
        let there = |at: Point| Point::new(at.x + self.by.x, at.y + self.by.y);
        let alone = |id: &&(NodeId, Point)| diagram.group_of(&id.0).is_none_or(|group| !self.groups.contains(group));
        let nodes = self.nodes.iter().filter(alone).map(|(id, at)| (id.clone(), inner(there(*at))));
        let nodes = nodes.filter(|(id, group)| diagram.group_of(id) != group.as_ref()).collect();
        let groups = arrange::topmost(diagram, &self.groups).into_iter().filter_map(|id| {
            let at = self.frames.get(&id)?.center();
            Some((id, inner(there(at))))
        });
        let groups = groups.filter(|(id, parent)| diagram.groups.get(id).is_some_and(|group| group.parent != *parent)).collect();
        Joins { nodes, groups }
    }
}

impl Canvas {
    /// Begins to move what is chosen.
    pub(super) fn begin_move(&mut self, ui: &Ui, input: &CanvasInput<'_>, selection: &Selection) {
        let Some(pressed) = ui.input(|input| input.pointer.press_origin()) else { return };
        let Some(mut moving) = Moving::new(input.diagram, selection, self.camera.diagram(pressed)) else { return };
        if ui.input(|input| input.modifiers.alt) {
            moving = moving.copying(input.diagram, selection);
        } else if let [(id, _)] = &moving.nodes[..] {
            // A box can be dropped on an arrow, but for its own, which it takes along.
            let own: BTreeSet<&EdgeId> = input.diagram.incoming(id).chain(input.diagram.outgoing(id)).map(|(edge, _)| edge).collect();
            let routes = self.drawn.iter().flat_map(|drawn| &drawn.scene.routes).filter(|(edge, _)| !own.contains(edge));
            moving.connected = !own.is_empty();
            moving.ways = routes.map(|(id, route)| (id.clone(), route.clone())).collect();
        }
        self.gesture = Gesture::Move(moving);
    }

    /// Carries a move on, and ends it when the button is released.
    pub(super) fn follow_move(&mut self, ui: &Ui, input: &CanvasInput<'_>, at: Point, down: bool, events: &mut Vec<CanvasEvent>) {
        let held = ui.input(|input| input.modifiers);
        let zoom = self.camera.zoom;
        let neighbors = self.neighbors(input);
        let Gesture::Move(moving) = &mut self.gesture else { return };
        let wish = Point::new(at.x - moving.from.x, at.y - moving.from.y);
        if held.alt && moving.copied.is_none() {
            (moving.by, moving.guides, moving.onto) = (wish, Vec::new(), None);
        } else {
            (moving.by, moving.guides) = guide::snap(moving.body, wish, &neighbors, input.preferences.aids, zoom);
            moving.find_onto(input, held.shift);
        }
        if moving.copied.is_some() {
            let by = moving.by;
            return self.follow_copy(ui, by, down, events);
        }
        if !down {
            self.joins = moving.joins(input.diagram);
        }
        self.finish_unless(ui, input, down, events);
    }

    /// Ends the move of a copy when the button is released.
    fn follow_copy(&mut self, ui: &Ui, by: Point, down: bool, events: &mut Vec<CanvasEvent>) {
        if down {
            return ui.set_cursor_icon(CursorIcon::Copy);
        }
        if by != Point::default() {
            events.push(CanvasEvent::Duplicate(by));
        }
        self.settle();
    }

    /// Guides, and the frames that what moves would come to stand in.
    pub(super) fn paint_move(&self, painter: &egui::Painter, input: &CanvasInput<'_>, moving: &Moving) {
        let theme = input.theme;
        let joins = moving.joins(input.diagram);
        let targets: BTreeSet<&GroupId> =
            joins.nodes.iter().filter_map(|(_, id)| id.as_ref()).chain(joins.groups.iter().filter_map(|(_, id)| id.as_ref())).collect();
        for rect in targets.into_iter().filter_map(|id| moving.frames.get(id)) {
            let rect = self.camera.screen_rect(*rect);
            painter.rect(
                rect,
                12.0 * self.camera.zoom,
                theme.accent.gamma_multiply(0.08),
                Stroke::new(2.0, theme.accent),
                StrokeKind::Middle,
            );
        }
        for guide in &moving.guides {
            if let Guide::Line(from, to) = guide {
                let line = [self.camera.screen(*from), self.camera.screen(*to)];
                painter.extend(egui::Shape::dashed_line(&line, (1.0, theme.accent), 4.0, 3.0));
            }
        }
        // Figures stand over lines.
        for guide in &moving.guides {
            if let Guide::Gap(from, to) = guide {
                self.paint_gap(painter, theme, *from, *to);
            }
        }
    }

    /// A gap with its size, between two marks.
    fn paint_gap(&self, painter: &egui::Painter, theme: &Theme, from: Point, to: Point) {
        let (a, b) = (self.camera.screen(from), self.camera.screen(to));
        let stroke = Stroke::new(1.0, theme.accent);
        let across = (b - a).normalized().rot90() * 4.0;
        painter.line_segment([a, b], stroke);
        for end in [a, b] {
            painter.line_segment([end - across, end + across], stroke);
        }
        let words = format!("{:.0}", (to.x - from.x).abs() + (to.y - from.y).abs());
        let galley = painter.layout_no_wrap(words, egui::FontId::proportional(Theme::SIZE_SMALL), theme.text_on_accent);
        let beside = across.normalized() * FIGURE_OUT;
        let ground = egui::Rect::from_center_size(a.lerp(b, 0.5) + beside, galley.size() + egui::vec2(8.0, 2.0));
        painter.rect_filled(ground, 3.0, theme.accent);
        painter.galley(ground.center() - galley.size() / 2.0, galley, theme.text_on_accent);
    }

    /// Boxes and frames on screen that do not move.
    fn neighbors(&self, input: &CanvasInput<'_>) -> Vec<Rect> {
        let Gesture::Move(moving) = &self.gesture else { return Vec::new() };
        let seen = self.camera.seen();
        let boxes = input.diagram.nodes.keys().filter(|id| moving.start_of(id).is_none()).map(|id| node_rect(input.diagram.position(id)));
        let frames = moving.frames.iter().filter(|(id, _)| !moving.groups.contains(*id)).map(|(_, rect)| *rect);
        boxes.chain(frames).filter(|rect| rect.intersects(seen)).collect()
    }

    /// Arrow keys move what is chosen by a step of the grid, with Shift by ten.
    pub(super) fn nudge(&self, ui: &Ui, input: &CanvasInput<'_>, touched: &Touched, events: &mut Vec<CanvasEvent>) {
        let elsewhere = touched.focus.is_none() && ui.memory(egui::Memory::focused).is_some();
        if self.busy() || elsewhere || (input.selection.nodes.is_empty() && input.selection.groups.is_empty()) {
            return;
        }
        let by = arrow_presses(ui);
        if by == Point::default() {
            return;
        }
        let moved = |id: NodeId| {
            let at = input.diagram.position(&id);
            (id, Point::new(at.x + by.x, at.y + by.y))
        };
        let moves: Vec<_> = input.selection.members(input.diagram).into_iter().map(moved).collect();
        events.push(CanvasEvent::Nudge(Edit::Move(moves)));
    }
}

/// Lets the arrow keys move what has the focus, not the focus.
pub(super) fn keep_arrow_keys(ui: &Ui, id: Id) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// How far the arrow keys of this frame move something, in units of the drawing.
pub(super) fn arrow_presses(ui: &Ui) -> Point {
    let ways = [(Key::ArrowLeft, -1.0, 0.0), (Key::ArrowRight, 1.0, 0.0), (Key::ArrowUp, 0.0, -1.0), (Key::ArrowDown, 0.0, 1.0)];
    let mut by = Point::default();
    for (key, x, y) in ways {
        for (modifiers, steps) in [(Modifiers::NONE, 1.0), (Modifiers::SHIFT, 10.0)] {
            let presses = ui.input_mut(|input| count_and_consume(input, modifiers, key)) as f64;
            by = Point::new(by.x + presses * x * steps * GRID, by.y + presses * y * steps * GRID);
        }
    }
    by
}

/// How often a key was pressed with exactly these modifiers.
fn count_and_consume(input: &mut egui::InputState, modifiers: Modifiers, key: Key) -> usize {
    let mut count = 0;
    input.events.retain(|event| {
        let hit = matches!(event, egui::Event::Key { key: pressed, pressed: true, modifiers: held, .. }
            if *pressed == key && held.shift == modifiers.shift && !held.alt && !held.command && !held.ctrl);
        count += usize::from(hit);
        !hit
    });
    count
}
