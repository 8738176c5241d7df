//! The drawing that people edit.
//!
//! [`Canvas::show`] paints a diagram and turns gestures into [`CanvasEvent`]s; the shell performs them. A gesture is one
//! event when it is complete: what happens while the pointer moves stays inside of the canvas.

mod arrows;
mod badges;
mod bend;
mod camera;
mod compare;
mod connection;
mod drift;
mod far;
mod frame;
mod gesture;
mod glide;
mod guide;
mod legend;
mod live;
mod minimap;
mod moving;
mod navigate;
mod notes;
mod overlay;
mod paint;
mod reading;
mod sentence;
mod touch;
mod unfold;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use egui::{Sense, WidgetInfo, accesskit::Role};
use plimsoll_models::{
    Catalog, Diagnostic, Diagram, EdgeId, EdgeKind, Edit, GroupId, NodeId, NoteId, Point, ServiceId, edit, fault::Fault,
};
use plimsoll_sim::RunResult;

use self::{
    camera::Camera,
    drift::Drift,
    gesture::Gesture,
    glide::{Glide, Look},
    minimap::Minimap,
    reading::Reading,
};
pub use self::{
    compare::{Marks, color as mark_color, sign as mark_sign},
    live::{Fate, Form},
};
use super::{connect::join::End, theme::Theme, words::shell as words};
use crate::{
    arrange::{self, Joins},
    live::Frame,
    scene::{Folded, Link, Part, Rect, RunKey, Scene, SceneCache, fold, frames, kinds_in_use, node_rect, note_width},
    settings::Preferences,
};

/// What a drag on a node does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves it; connections begin at ports.
    #[default]
    Select,
    /// Begins a connection.
    Connect,
}

/// The chosen nodes, edges and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Boxes.
    pub nodes: BTreeSet<NodeId>,
    /// Arrows.
    pub edges: BTreeSet<EdgeId>,
    /// Frames, each with everything in it.
    pub groups: BTreeSet<GroupId>,
}

impl Selection {
    /// One box.
    pub fn node(id: NodeId) -> Self {
        Self { nodes: [id].into(), ..Self::default() }
    }

    /// One arrow.
    pub fn edge(id: EdgeId) -> Self {
        Self { edges: [id].into(), ..Self::default() }
    }

    /// One frame.
    pub fn group(id: GroupId) -> Self {
        Self { groups: [id].into(), ..Self::default() }
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many things are chosen.
    pub fn len(&self) -> usize {
        self.nodes.len() + self.edges.len() + self.groups.len()
    }

    /// The chosen boxes and those in chosen frames.
    pub fn members(&self, diagram: &Diagram) -> BTreeSet<NodeId> {
        let inside = self.groups.iter().flat_map(|id| arrange::members(diagram, id));
        self.nodes.iter().filter(|id| diagram.nodes.contains_key(*id)).cloned().chain(inside).collect()
    }

    /// The chosen frames, and the frames that chosen boxes stand in.
    pub fn frames(&self, diagram: &Diagram) -> BTreeSet<GroupId> {
        self.groups.iter().chain(self.nodes.iter().filter_map(|id| diagram.group_of(id))).cloned().collect()
    }

    /// Whether a frame is chosen, or a box in one.
    pub fn is_grouped(&self, diagram: &Diagram) -> bool {
        !self.groups.is_empty() || (!diagram.groups.is_empty() && self.nodes.iter().any(|id| diagram.group_of(id).is_some()))
    }

    /// The same with a frame added, or taken away when it was there.
    fn toggle_group(&self, id: &GroupId) -> Self {
        let mut next = self.clone();
        if !next.groups.remove(id) {
            next.groups.insert(id.clone());
        }
        next
    }

    /// Whether exactly one box is chosen, and nothing else.
    pub fn is_one_node(&self) -> bool {
        self.nodes.len() == 1 && self.len() == 1
    }

    /// The same with a box added, or taken away when it was there.
    fn toggle_node(&self, id: &NodeId) -> Self {
        let mut next = self.clone();
        if !next.nodes.remove(id) {
            next.nodes.insert(id.clone());
        }
        next
    }

    /// The same with an arrow added, or taken away when it was there.
    fn toggle_edge(&self, id: &EdgeId) -> Self {
        let mut next = self.clone();
        if !next.edges.remove(id) {
            next.edges.insert(id.clone());
        }
        next
    }
}

/// What the canvas shows.
#[derive(Clone, Copy, Debug)]
pub struct CanvasInput<'a> {
    /// The document.
    pub diagram: &'a Arc<Diagram>,
    /// What may be connected, icons and short names.
    pub catalog: &'a Catalog,
    /// Colors and sizes.
    pub theme: &'a Theme,
    /// What is chosen.
    pub selection: &'a Selection,
    /// The latest run, whose figures the boxes wear.
    pub result: Option<&'a RunResult>,
    /// The moment of the live run, if there is one: it takes the place of the latest run.
    pub live: Option<&'a Frame>,
    /// What the scenario of the live run lets go wrong at that moment.
    pub struck: &'a [Fault],
    /// The time that everything looks at, in seconds.
    pub cursor_s: Option<f64>,
    /// Whether the diagram has changed since that run: its figures fade.
    pub stale: bool,
    /// Badges on nodes and edges.
    pub problems: &'a [Diagnostic],
    /// What a drag on a node does.
    pub tool: Tool,
    /// Motion, wheel, grid, overview.
    pub preferences: &'a Preferences,
}

/// What the user did on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub enum CanvasEvent {
    /// Chose these and nothing else.
    Select(Selection),
    /// Made a change: a complete gesture, one entry of the history.
    Edit(Edit),
    /// Moved what is chosen by a key; changes in a row are one entry of the history.
    Nudge(Edit),
    /// Dropped a connection on an empty place, or double-clicked it.
    QuickAdd {
        /// The connection that needs a box, if there is one.
        from: Option<Dangling>,
        /// Where the new node's center should stand.
        at: Point,
        /// The same place on the screen, for a popup.
        screen: egui::Pos2,
    },
    /// Dragged a copy of what is chosen so far.
    Duplicate(Point),
    /// Tried what cannot be, and this is why.
    Refused(String),
    /// Is about to make a change; nobody needs to keep it.
    Preview(Edit),
    /// Gave a change up that was shown.
    EndPreview,
    /// Wants to write a note: double-clicked it.
    EditNote(NoteId),
    /// Wants to rename a node: double-clicked its name.
    RenameRequested(NodeId),
    /// Wants to rename a group: double-clicked its title.
    RenameGroup(GroupId),
    /// Wants to rename an edge: double-clicked its label.
    RenameEdge(EdgeId),
    /// Wants to see a node's settings: double-clicked its icon or pressed Enter.
    OpenNode(NodeId),
    /// Clicked with the secondary button.
    ContextMenu {
        /// On what.
        target: ContextTarget,
        /// Where on the drawing.
        at: Point,
        /// Where on the screen.
        screen: egui::Pos2,
    },
    /// Does not want to see the overview any more.
    CloseMinimap,
    /// Wants to see a journey of the live run: the ordinal of its root event, and a time at which it is on its way.
    Follow(u64, f64),
    /// Dropped a service of the palette.
    DropService {
        /// Which.
        service: ServiceId,
        /// Where the new node's center should stand.
        at: Point,
        /// The edge that it divides.
        onto: Option<EdgeId>,
    },
}

/// A connection that was dropped on an empty place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dangling {
    /// A new one of a box.
    New(NodeId),
    /// An end of an old one.
    Old(EdgeId, End),
}

/// What a context menu is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextTarget {
    /// An empty place.
    Canvas,
    /// A box.
    Node(NodeId),
    /// An arrow.
    Edge(EdgeId),
    /// A frame.
    Group(GroupId),
}

/// The view of one document: camera, gesture in progress, cached drawing.
#[derive(Debug, Default)]
pub struct Canvas {
    camera: Camera,
    goal: Option<Goal>,
    /// The movement to the goal.
    glide: Option<Glide>,
    /// Center and zoom that show the whole drawing: as long as nobody looks elsewhere, it stays whole in any room.
    whole: Option<Look>,
    /// How far down the key of the tokens reached in the frame before, in points.
    key_height: f32,
    /// Whether it has been shown: the first time it fits the drawing.
    shown: bool,
    gesture: Gesture,
    cache: SceneCache,
    drawn: Option<Drawn>,
    /// How many drawings there have been.
    drawings: u64,
    /// The latest drawing from afar.
    far: Option<far::Far>,
    pointer: Option<Point>,
    /// Whether the wheel that turned last has notches.
    notched: bool,
    flash: Option<Flash>,
    minimap: Option<Minimap>,
    reading: Option<Reading>,
    notes: notes::Notes,
    /// The box that shall have the keyboard's focus.
    wanted_focus: Option<NodeId>,
    /// The groups that what was moved has come to stand in.
    joins: Joins,
    /// Middles of places that boxes are about to leave.
    ghosts: Vec<Point>,
    /// Boxes that drift to new places.
    drift: Option<Drift>,
    /// The worst problems of what is drawn.
    worst: Option<badges::Worst>,
    /// The latest document and what is drawn of it.
    folded: Option<(Arc<Diagram>, Folded)>,
    /// The drawn arrow that each bundled edge is part of.
    bundled: BTreeMap<EdgeId, EdgeId>,
    /// Whether a gesture has just ended: the drawing still shows it, the diagram does not know it yet.
    landed: bool,
}

/// Where the camera shall go, once the view's size is known.
#[derive(Debug)]
enum Goal {
    Whole(Rect),
    Fit(Rect),
    Look(Look),
    Reveal(Link),
    /// Only as far as nothing of it is seen.
    PointOut(Vec<Link>),
}

/// What lights up for a moment, and since when.
#[derive(Debug)]
struct Flash {
    links: Vec<Link>,
    /// In seconds of the window's clock.
    since: f64,
}

/// The latest drawing and what it depends on.
#[derive(Debug)]
struct Drawn {
    diagram: Arc<Diagram>,
    result: Option<RunKey>,
    dark: bool,
    /// The change of a gesture in progress that it shows.
    pending: Option<Edit>,
    scene: Scene,
    /// The kinds of lines that are in use.
    kinds: Vec<EdgeKind>,
    /// Where labels are.
    labels: BTreeMap<EdgeId, Rect>,
    /// Whether boxes leave room for figures of a live run.
    live: bool,
    /// Where a live run finds things.
    places: Option<live::Places>,
}

impl Canvas {
    /// Paints the diagram into all available space and reports what the user did.
    pub fn show(&mut self, ui: &mut egui::Ui, input: &CanvasInput<'_>) -> Vec<CanvasEvent> {
        let document = self.drifting(ui, input.diagram);
        let folded = match self.folded.take() {
            Some((known, folded)) if Arc::ptr_eq(&known, &document) => folded,
            Some(_) | None => {
                let folded = fold(&document);
                let parts =
                    |(drawn, edges): (&EdgeId, &Vec<EdgeId>)| edges.iter().map(|edge| (edge.clone(), drawn.clone())).collect::<Vec<_>>();
                self.bundled = folded.bundles.iter().flat_map(parts).collect();
                folded
            }
        };
        let selection = unfold::drawn_selection(&folded, input.selection);
        let drawn = CanvasInput { diagram: &folded.diagram, selection: &selection, ..*input };
        let goals = match &mut self.goal {
            Some(Goal::Reveal(link)) => std::slice::from_mut(link),
            Some(Goal::PointOut(links)) => links,
            Some(Goal::Whole(_) | Goal::Fit(_) | Goal::Look(_)) | None => &mut [],
        };
        for goal in goals {
            if let Link::Node(id) = goal {
                *id = folded.home(id).clone();
            }
        }
        let events = self.show_drawn(ui, &drawn);
        let mut events: Vec<CanvasEvent> = events.into_iter().map(|event| unfold::event(&folded, &document, event)).collect();
        let joins = unfold::joins(&folded, std::mem::take(&mut self.joins));
        if let Some(CanvasEvent::Edit(edit)) = events.iter_mut().rev().find(|event| matches!(event, CanvasEvent::Edit(_))) {
            *edit = arrange::rejoin(&document, edit.clone(), &joins);
        }
        self.folded = Some((document, folded));
        events
    }

    /// Lets boxes drift from their places in a diagram to those in the one that is shown next.
    pub fn drift_from(&mut self, ctx: &egui::Context, from: &Arc<Diagram>) {
        self.drift = Some(Drift::new(from, ctx.input(|input| input.time)));
    }

    /// Shows where boxes stood, as long as that is asked.
    pub fn set_ghosts(&mut self, places: Vec<Point>) {
        self.ghosts = places;
    }

    /// The document with boxes that drift on their way.
    fn drifting(&mut self, ui: &egui::Ui, document: &Arc<Diagram>) -> Arc<Diagram> {
        let now = ui.input(|input| input.time);
        let Some(on_the_way) = self.drift.as_ref().and_then(|drift| drift.at(now, document)) else {
            self.drift = None;
            return Arc::clone(document);
        };
        ui.ctx().request_repaint();
        Arc::new(on_the_way)
    }

    /// The same with collapsed groups as boxes.
    fn show_drawn(&mut self, ui: &mut egui::Ui, input: &CanvasInput<'_>) -> Vec<CanvasEvent> {
        let (view, ground) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        ground.widget_info(|| {
            let (nodes, edges) = (input.diagram.nodes.len(), input.diagram.edges.len());
            WidgetInfo::labeled(Role::Canvas, true, words::canvas(nodes, edges))
        });
        let before = (self.camera.view.size(), self.camera.covered);
        (self.camera.view, self.camera.covered) = (view, self.key_height);
        let room_changed = before != (self.camera.view.size(), self.camera.covered);
        let follows = room_changed && self.whole == Some(self.look());
        if follows {
            self.fit(input.diagram);
        }
        if std::mem::take(&mut self.landed) {
            self.drawn = None;
        }
        self.reach_goal(ui, input, follows);
        self.carry_on(ui);
        let inside = ui.rect_contains_pointer(view);
        let at = ui.input(|input| input.pointer.hover_pos()).filter(|_| inside);
        self.pointer = at.map(|at| self.camera.diagram(at));
        let mut events = Vec::new();
        if inside {
            self.navigate(ui, input);
        }
        self.redraw(input);
        let touched = self.touch(ui, input, &ground, &mut events);
        self.touch_tokens(ui, input, &mut events);
        self.touch_notes(ui, input, &mut events);
        self.follow(ui, input, &mut events);
        self.redraw(input);
        self.place_live(input);
        self.keep_worst(input);
        self.keep_far(input.stale);
        self.paint(ui, input, &touched);
        self.paint_notes(ui, input);
        self.legend(ui, input);
        self.key_height = self.token_key(ui, input);
        self.minimap(ui, input, &mut events);
        events
    }

    /// Shows all of the diagram in the next frame.
    pub fn fit(&mut self, diagram: &Arc<Diagram>) {
        let diagram = &fold(diagram).diagram;
        let nodes = diagram.nodes.keys().map(|id| node_rect(diagram.position(id)));
        let notes = diagram.notes.iter().filter(|_| !self.notes.hidden).map(|(id, note)| {
            // Before it is drawn its height is not known.
            self.note_sheet(id).unwrap_or_else(|| Rect::new(note.at.x, note.at.y, note_width(note), 60.0))
        });
        let whole = nodes.chain(frames(diagram).into_values()).chain(notes).reduce(Rect::union).map(Goal::Whole);
        self.goal = whole;
    }

    /// Shows the chosen nodes and edges in the next frame.
    pub fn fit_selection(&mut self, diagram: &Arc<Diagram>, selection: &Selection) {
        let folded = fold(diagram);
        let (diagram, selection) = (&folded.diagram, &unfold::drawn_selection(&folded, selection));
        let of_edges = selection.edges.iter().filter_map(|id| diagram.edges.get(id)).flat_map(|edge| [&edge.from, &edge.to]);
        let nodes = selection.nodes.iter().chain(of_edges).filter(|id| diagram.nodes.contains_key(*id));
        let groups = frames(diagram).into_iter().filter(|(id, _)| selection.groups.contains(id)).map(|(_, rect)| rect);
        match nodes.map(|id| node_rect(diagram.position(id))).chain(groups).reduce(Rect::union) {
            Some(rect) => self.goal = Some(Goal::Fit(rect)),
            None => self.fit(diagram),
        }
    }

    /// Shows a place in the middle of the view.
    pub fn look_at(&mut self, center: Point, zoom: f32) {
        self.goal = Some(Goal::Look((center, zoom.clamp(camera::ZOOM_MIN, camera::ZOOM_MAX))));
    }

    /// Shows a place in the middle of the view, as large as it is now.
    pub fn center_on(&mut self, center: Point) {
        self.look_at(center, self.look().1);
    }

    /// Where the view goes, or is.
    fn look(&self) -> Look {
        match (&self.goal, &self.glide) {
            (Some(Goal::Look(look)), _) => *look,
            (_, Some(glide)) => glide.goal(),
            (Some(Goal::Whole(_) | Goal::Fit(_) | Goal::Reveal(_) | Goal::PointOut(_)) | None, None) => {
                (self.camera.center, self.camera.zoom)
            }
        }
    }

    /// Sets the zoom; 1 is 100 %. The center stays.
    pub fn zoom_to(&mut self, zoom: f32) {
        self.look_at(self.look().0, zoom);
    }

    /// One step closer.
    pub fn zoom_in(&mut self) {
        self.step(1);
    }

    /// One step away.
    pub fn zoom_out(&mut self) {
        self.step(-1);
    }

    fn step(&mut self, steps: i32) {
        let mut camera = Camera { zoom: self.look().1, ..self.camera };
        camera.step(steps);
        self.zoom_to(camera.zoom);
    }

    /// The zoom; 1 is 100 %.
    pub fn zoom(&self) -> f32 {
        self.camera.zoom
    }

    /// Moves the camera so that a node is seen, and lets it flash.
    pub fn reveal(&mut self, id: &NodeId) {
        self.goal = Some(Goal::Reveal(Link::Node(id.clone())));
    }

    /// Moves the camera so that a node is seen, unless it is.
    pub fn ensure_seen(&mut self, diagram: &Diagram, id: &NodeId) {
        if !self.camera.seen().contains_rect(node_rect(diagram.position(id))) {
            self.reveal(id);
        }
    }

    /// Moves the camera so that an edge is seen, and lets it flash.
    pub fn reveal_edge(&mut self, id: &EdgeId) {
        self.goal = Some(Goal::Reveal(Link::Edge(id.clone())));
    }

    /// Lets things flash, and moves the camera when none of them is seen.
    pub fn point_out(&mut self, links: Vec<Link>) {
        if !links.is_empty() {
            self.goal = Some(Goal::PointOut(links));
        }
    }

    /// Moves the camera so that a node is seen, and gives it the keyboard's focus.
    pub fn walk_to(&mut self, diagram: &Diagram, id: &NodeId) {
        self.wanted_focus = Some(id.clone());
        self.ensure_seen(diagram, id);
    }

    /// Where a place of the drawing is on the screen; `None` when it is out of sight.
    pub fn screen(&self, at: Point) -> Option<egui::Pos2> {
        let screen = self.camera.screen(at);
        self.camera.view.contains(screen).then_some(screen)
    }

    /// The middle of the view on the drawing: where something new belongs.
    pub fn center(&self) -> Point {
        self.camera.center
    }

    /// Where the middle of a box stands on the screen.
    pub fn screen_of(&self, diagram: &Diagram, id: &NodeId) -> Option<egui::Pos2> {
        diagram.nodes.contains_key(id).then(|| self.camera.screen(diagram.position(id)))
    }

    /// The pointer's place on the drawing, for the status bar.
    pub fn pointer(&self) -> Option<Point> {
        self.pointer
    }

    /// Whether a gesture is in progress, so that Escape belongs to the canvas.
    pub fn busy(&self) -> bool {
        !matches!(self.gesture, Gesture::Idle) || self.notes.busy()
    }

    /// Carries a movement of the view on, and asks for frames while it lasts.
    fn carry_on(&mut self, ui: &egui::Ui) {
        let Some(glide) = self.glide.filter(|_| !matches!(self.gesture, Gesture::Pan)) else {
            self.glide = None;
            return;
        };
        if glide.step(&mut self.camera, ui.input(|input| input.time)) {
            ui.ctx().request_repaint();
        } else {
            self.glide = None;
        }
    }

    /// Sets out for the goal; at once the first time and with `follows`, when the room changes under a drawing.
    fn reach_goal(&mut self, ui: &egui::Ui, input: &CanvasInput<'_>, follows: bool) {
        let jump = follows || !self.shown || !input.preferences.moves();
        let before = (self.camera.center, self.camera.zoom);
        if self.goal.is_some() {
            (self.camera.center, self.camera.zoom) = self.glide.take().map_or(before, |glide| glide.goal());
        }
        self.aim(ui, input);
        let after = (self.camera.center, self.camera.zoom);
        if after != before && !jump && self.glide.is_none() {
            (self.camera.center, self.camera.zoom) = before;
            self.glide = Some(Glide::new(before, after, ui.input(|input| input.time)));
        }
    }

    /// Turns the camera to the goal.
    fn aim(&mut self, ui: &egui::Ui, input: &CanvasInput<'_>) {
        if !self.shown {
            self.shown = true;
            if self.goal.is_none() {
                self.fit(input.diagram);
            }
        }
        match self.goal.take() {
            None => {}
            Some(Goal::Whole(rect)) => {
                self.camera.fit(rect);
                self.whole = Some((self.camera.center, self.camera.zoom));
            }
            Some(Goal::Fit(rect)) => self.camera.fit(rect),
            Some(Goal::Look((center, zoom))) => (self.camera.center, self.camera.zoom) = (center, zoom),
            Some(Goal::Reveal(link)) => {
                if let Some(rect) = place(input.diagram, &link) {
                    self.camera.reveal(rect);
                    self.flash = Some(Flash { links: vec![link], since: ui.input(|input| input.time) });
                }
            }
            Some(Goal::PointOut(links)) => {
                let seen = self.camera.seen();
                // Arrows are long: where boxes are pointed out too, these tell whether there is something to see.
                let boxes = links.iter().filter(|link| matches!(link, Link::Node(_)));
                let of_boxes: Vec<Rect> = boxes.filter_map(|link| place(input.diagram, link)).collect();
                let arrows = || links.iter().filter_map(|link| place(input.diagram, link)).find(|rect| !rect.intersects(seen));
                let hidden =
                    if of_boxes.iter().any(|rect| seen.contains_rect(*rect)) { None } else { of_boxes.first().copied().or_else(arrows) };
                if let Some(rect) = hidden {
                    self.camera.center = rect.center();
                }
                self.flash = Some(Flash { links, since: ui.input(|input| input.time) });
            }
        }
    }

    /// Draws anew when the diagram, the run, the look or the gesture in progress is another one.
    fn redraw(&mut self, input: &CanvasInput<'_>) {
        let result = input.result.map(RunKey::of);
        let pending = self.gesture.pending(input);
        let known = self.drawn.as_ref().is_some_and(|drawn| {
            Arc::ptr_eq(&drawn.diagram, input.diagram)
                && drawn.result == result
                && drawn.dark == input.theme.dark
                && drawn.pending == pending
                && drawn.live == input.live.is_some()
        });
        if known {
            return;
        }
        let changed = pending.as_ref().and_then(|edit| edit::apply(input.diagram, edit).ok());
        let diagram = changed.as_ref().unwrap_or(input.diagram);
        self.cache.held = if let Gesture::Move(moving) = &self.gesture { Some(moving.frames_now()) } else { None };
        let bare = self.notes.hidden.then(|| Diagram { notes: BTreeMap::new(), ..diagram.clone() });
        let diagram = bare.as_ref().unwrap_or(diagram);
        self.cache.live = input.live.is_some();
        let scene = self.cache.build(diagram, input.catalog, &input.theme.scene, input.result);
        let notes = |part: &&Part| matches!(part.link, Link::Note(_) | Link::Leader(_));
        let labels = scene.parts.iter().rev().skip_while(notes).map_while(|part| match &part.link {
            Link::Label(id) => Some((id.clone(), part.bounds)),
            Link::Group(_) | Link::Edge(_) | Link::Node(_) | Link::Note(_) | Link::Leader(_) | Link::Legend => None,
        });
        let labels = labels.collect();
        let (diagram, dark, kinds) = (Arc::clone(input.diagram), input.theme.dark, kinds_in_use(diagram));
        self.drawings += 1;
        let live = input.live.is_some();
        self.drawn = Some(Drawn { diagram, result, dark, pending, scene, kinds, labels, live, places: None });
    }

    /// Ends a gesture that made a change. The drawing stays as it is until the next frame brings the changed diagram.
    fn settle(&mut self) {
        self.gesture = Gesture::Idle;
        if let Some(drawn) = &mut self.drawn {
            drawn.pending = None;
        }
        self.landed = true;
    }

    /// Where a box stands now, in the middle of a move too.
    fn position(&self, input: &CanvasInput<'_>, id: &NodeId) -> Point {
        let at = input.diagram.position(id);
        if let Gesture::Move(moving) = &self.gesture
            && let Some(start) = moving.start_of(id)
        {
            return Point::new(start.x + moving.by.x, start.y + moving.by.y);
        }
        at
    }
}

/// Where a box or an arrow stands.
fn place(diagram: &Diagram, link: &Link) -> Option<Rect> {
    match link {
        Link::Node(id) => diagram.nodes.contains_key(id).then(|| node_rect(diagram.position(id))),
        Link::Edge(id) => {
            let edge = diagram.edges.get(id)?;
            Some(node_rect(diagram.position(&edge.from)).union(node_rect(diagram.position(&edge.to))))
        }
        Link::Note(id) => diagram.notes.get(id).map(|note| Rect::new(note.at.x, note.at.y, note_width(note), 60.0)),
        Link::Group(_) | Link::Label(_) | Link::Leader(_) | Link::Legend => None,
    }
}
