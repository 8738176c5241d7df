//! Diagram, catalog and run to drawing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plimsoll_models::{Catalog, Diagram, EdgeId, EdgeKind, GroupId, LineStyle, Node, NodeId, Note, NoteId, Point, Service};
use plimsoll_sim::RunResult;

use super::{
    Figure, FoldedGroup, Link, Load, Part, Rect, Scene, SceneTheme, Shape, Summary,
    before::Before,
    edge, fold, frames, group, group_icon, label,
    node::{self, NodeLook},
    node_rect, note, note_width,
    route::Route,
    routes::RouteCache,
    spark::{Spark, Sparks},
};

/// Draws a diagram, with the figures of a run when there is one.
pub fn build(diagram: &Diagram, catalog: &Catalog, theme: &SceneTheme, result: Option<&RunResult>) -> Scene {
    let folded = fold(&Arc::new(diagram.clone()));
    SceneCache::default().build(&folded.diagram, catalog, theme, result)
}

/// What stays the same from one drawing of a document to the next.
#[derive(Clone, Debug, Default)]
pub struct SceneCache {
    routes: RouteCache,
    nodes: BTreeMap<NodeId, KnownNode>,
    edges: BTreeMap<EdgeId, KnownEdge>,
    notes: BTreeMap<NoteId, KnownNote>,
    sparks: Sparks,
    theme: Option<SceneTheme>,
    /// Where frames stand while something is moved: they do not follow a box out.
    pub held: Option<BTreeMap<GroupId, Rect>>,
    /// Whether boxes leave a line free for figures of a live run.
    pub live: bool,
}

#[derive(Clone, Debug)]
struct KnownNode {
    node: Arc<Node>,
    is_dead_letter: bool,
    pinned: bool,
    line: String,
    load: Option<Load>,
    figure: Option<Figure>,
    spark: Option<Arc<Spark>>,
    shapes: Arc<[Shape]>,
}

#[derive(Clone, Debug)]
struct KnownEdge {
    kind: EdgeKind,
    style: LineStyle,
    route: Route,
    shapes: Arc<[Shape]>,
}

#[derive(Clone, Debug)]
struct KnownNote {
    note: Arc<Note>,
    height: f64,
    shapes: Arc<[Shape]>,
}

impl SceneCache {
    /// Draws a diagram; parts that look as before are shared with the last drawing.
    pub fn build(&mut self, diagram: &Diagram, catalog: &Catalog, theme: &SceneTheme, result: Option<&RunResult>) -> Scene {
        if self.theme.as_ref() != Some(theme) {
            self.nodes.clear();
            self.edges.clear();
            self.notes.clear();
            self.theme = Some(theme.clone());
        }
        let routes = self.routes.routes(diagram);
        let frames = self.held.clone().unwrap_or_else(|| frames(diagram));
        let mut parts = groups(diagram, frames, theme);
        let notes = self.draw_notes(diagram, theme);
        for part in &notes {
            parts.extend(leader(diagram, part, &routes, theme));
        }
        self.draw_edges(diagram, theme, &routes, &mut parts);
        self.draw_nodes(diagram, catalog, theme, result, &mut parts);
        parts.extend(notes);
        label::labels(diagram, theme, &routes, &mut parts);
        let bounds = parts.iter().map(|part| part.bounds).reduce(Rect::union);
        Scene { parts, bounds, background: theme.canvas, title: diagram.name.clone(), routes }
    }

    fn draw_edges(&mut self, diagram: &Diagram, theme: &SceneTheme, routes: &BTreeMap<EdgeId, Route>, parts: &mut Vec<Part>) {
        let mut before = Before::new(std::mem::take(&mut self.edges));
        let mut known = Vec::with_capacity(routes.len());
        for (id, route) in routes {
            let (kind, style) = (diagram.edges[id].kind, diagram.lines.get(id).map_or(LineStyle::default(), |line| line.style));
            let entry = match before.take(id) {
                Some(entry) if entry.kind == kind && entry.style == style && entry.route == *route => entry,
                Some(_) | None => KnownEdge { kind, style, route: route.clone(), shapes: edge::shapes(kind, style, route, theme).into() },
            };
            let Some(bounds) = Rect::around(route.iter().copied()) else { continue };
            let (link, origin) = (Link::Edge(id.clone()), Point::default());
            parts.push(Part { link, origin, bounds: bounds.expand(8.0), shapes: Arc::clone(&entry.shapes) });
            known.push((id.clone(), entry));
        }
        self.edges = known.into_iter().collect();
    }

    fn draw_notes(&mut self, diagram: &Diagram, theme: &SceneTheme) -> Vec<Part> {
        let mut known = std::mem::take(&mut self.notes);
        let mut parts = Vec::new();
        for (id, note) in &diagram.notes {
            let entry = match known.remove(id) {
                Some(entry) if entry.note.text == note.text && entry.note.width == note.width && entry.note.step == note.step => entry,
                Some(_) | None => {
                    let (shapes, height) = note::shapes(note, theme);
                    KnownNote { note: Arc::clone(note), height, shapes: shapes.into() }
                }
            };
            let bounds = Rect::new(note.at.x, note.at.y, note_width(note), entry.height);
            parts.push(Part { link: Link::Note(id.clone()), origin: note.at, bounds, shapes: Arc::clone(&entry.shapes) });
            self.notes.insert(id.clone(), entry);
        }
        parts
    }

    fn draw_nodes(&mut self, diagram: &Diagram, catalog: &Catalog, theme: &SceneTheme, result: Option<&RunResult>, parts: &mut Vec<Part>) {
        let results: BTreeMap<&NodeId, _> = result.iter().flat_map(|result| &result.nodes).map(|node| (&node.id, node)).collect();
        self.sparks.follow(catalog, result);
        let dead_letters = dead_letters(diagram);
        let mut before = Before::new(std::mem::take(&mut self.nodes));
        let mut known = Vec::with_capacity(diagram.nodes.len());
        for (id, node) in &diagram.nodes {
            let (is_dead_letter, pinned) = (dead_letters.contains(id), diagram.pinned.contains(id));
            let of_run = results.get(id).copied();
            let service = catalog.get(&node.service);
            let group = FoldedGroup::of(node);
            let summary = group.as_ref().map(|group| result.map(|result| Summary::of(group, result, &results)).unwrap_or_default());
            let line = match (&group, &summary) {
                (Some(group), Some(summary)) => summary.line(group.members.len()),
                (_, _) => service.map_or(node.service.as_str(), Service::short_title).to_owned(),
            };
            let (load, figure) = match summary {
                Some(summary) => (summary.load, summary.figure),
                None => (of_run.and_then(Load::of), of_run.and_then(if is_dead_letter { Figure::of_dead_letters } else { Figure::of })),
            };
            let figure = figure.or_else(|| self.live.then(Figure::empty));
            let spark = match &group {
                Some(group) => self.sparks.group(group),
                None => self.sparks.node(id).cloned(),
            };
            let entry = match before.take(id) {
                Some(entry)
                    if Arc::ptr_eq(&entry.node, node)
                        && (entry.is_dead_letter, entry.pinned) == (is_dead_letter, pinned)
                        && entry.line == line
                        && entry.load == load
                        && entry.figure == figure
                        && entry.spark == spark =>
                {
                    entry
                }
                Some(_) | None => {
                    let (icon, tint) = match (&group, service) {
                        (Some(group), _) => (group_icon(group.kind), theme.group_tint(group.kind).over(theme.text_weak, 0.6)),
                        (None, Some(_)) if is_dead_letter => ("dead-letter", theme.text_weak),
                        (None, Some(service)) => (service.icon.as_str(), theme.text_weak),
                        (None, None) => ("help", theme.text_weak),
                    };
                    let tint = service.map_or(tint, |service| theme.tint(service.family));
                    let (title, is_group) = (diagram.title(id), group.is_some());
                    let told = (figure.as_ref(), spark.as_deref());
                    let look = NodeLook { title, line: &line, icon, tint, is_group, pinned, load, figure: told.0, spark: told.1 };
                    let shapes = node::shapes(&look, theme).into();
                    KnownNode { node: Arc::clone(node), is_dead_letter, pinned, line, load, figure, spark, shapes }
                }
            };
            let bounds = node_rect(diagram.position(id));
            parts.push(Part { link: Link::Node(id.clone()), origin: bounds.min, bounds, shapes: Arc::clone(&entry.shapes) });
            known.push((id.clone(), entry));
        }
        self.nodes = known.into_iter().collect();
    }
}

/// The line from a note to what it is about.
fn leader(diagram: &Diagram, sheet: &Part, routes: &BTreeMap<EdgeId, Route>, theme: &SceneTheme) -> Option<Part> {
    let Link::Note(id) = &sheet.link else { return None };
    let about = diagram.notes.get(id)?;
    let (bounds, shapes) = note::leader(diagram, about, sheet.bounds, |edge| routes.get(edge).cloned(), theme)?;
    Some(Part { link: Link::Leader(id.clone()), origin: Point::default(), bounds, shapes: shapes.into() })
}

/// Nodes that only dead letters reach.
fn dead_letters(diagram: &Diagram) -> BTreeSet<&NodeId> {
    let (dead, alive): (Vec<_>, Vec<_>) = diagram.edges.values().partition(|edge| edge.kind == EdgeKind::DeadLetter);
    let alive: BTreeSet<_> = alive.into_iter().map(|edge| &edge.to).collect();
    dead.into_iter().map(|edge| &edge.to).filter(|id| !alive.contains(id)).collect()
}

/// Frames, the outer ones first, so that frames within frames stay visible.
fn groups(diagram: &Diagram, frames: BTreeMap<GroupId, Rect>, theme: &SceneTheme) -> Vec<Part> {
    let known = frames.into_iter().filter(|(id, _)| diagram.groups.contains_key(id));
    let mut frames: Vec<_> = known.map(|(id, rect)| (diagram.around(&id).count(), id, rect)).collect();
    frames.sort_by_key(|(depth, ..)| *depth);
    let part = |(_, id, rect): (usize, GroupId, Rect)| {
        let shapes = group::shapes(&diagram.groups[&id], rect.width(), rect.height(), theme).into();
        Part { link: Link::Group(id), origin: rect.min, bounds: rect, shapes }
    };
    frames.into_iter().map(part).collect()
}
