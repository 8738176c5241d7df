//! The drawing in words, for screen readers and tooltips.

use plimsoll_models::{Diagnostic, Edge, EdgeId, EdgeKind, GroupId, NodeId, Place};
use plimsoll_sim::RunResult;

use super::{CanvasInput, live};
use crate::{
    arrange,
    gui::words::{arrange as said, connect, live as playing, sentence as say},
    scene::{FoldedGroup, Load, Spark, Summary, load_sentence},
};

/// A box: its name, what it is, how much waits, how loaded, what is wrong, how connected.
pub(super) fn node(input: &CanvasInput<'_>, id: &NodeId) -> String {
    let mut words = vec![input.diagram.title(id).to_owned()];
    let group = input.diagram.nodes.get(id).and_then(|node| FoldedGroup::of(node));
    if let Some(group) = &group {
        words = said::collapsed_group(input.diagram.title(id), group.members.len());
        words.extend(summary(input, group).load.map(Load::sentence));
    } else if let Some(node) = input.diagram.nodes.get(id) {
        words.push(input.catalog.get(&node.service).map_or_else(|| node.service.to_string(), |service| service.short_title().to_owned()));
    }
    words.extend(input.live.and_then(|frame| live::sentence(input, frame, id)));
    if let Some(result) = input.result {
        let waiting = result.node(id.as_str()).and_then(|node| node.metrics.get("backlog.max")).filter(|count| **count >= 1.0);
        words.extend(waiting.map(|count| say::waiting(*count)));
        words.extend(load_sentence(result, id));
        words.extend(spark(input, result, id).as_ref().map(playing::spark));
        if input.stale {
            words.push(say::STALE.to_owned());
        }
    }
    if input.diagram.pinned.contains(id) {
        words.push(said::PINNED.to_owned());
    }
    words.extend(say::problems(problems_of_node(input.problems, id).count()));
    words.push(say::connections(input.diagram.incoming(id).count(), input.diagram.outgoing(id).count()));
    words.join(", ")
}

/// A frame: its name, what it stands for, what is in it, where it stands.
pub(super) fn group(input: &CanvasInput<'_>, id: &GroupId) -> String {
    let Some(group) = input.diagram.groups.get(id) else { return String::new() };
    let parent = group.parent.as_ref().and_then(|parent| input.diagram.groups.get(parent));
    said::group_sentence(group, parent.map(|parent| &**parent), arrange::members(input.diagram, id).len())
}

/// An arrow: what it means, between what, its label, what is wrong.
pub(super) fn edge(input: &CanvasInput<'_>, id: &EdgeId, edge: &Edge) -> String {
    let (from, to) = (input.diagram.title(&edge.from), input.diagram.title(&edge.to));
    let mut words = vec![say::between(kind(edge.kind), from, to)];
    if !edge.name.is_empty() {
        words.push(edge.name.clone());
    }
    words.extend(live::struck_arrow(input, id));
    words.extend(say::problems(problems_of_edge(input.problems, id).count()));
    words.join(", ")
}

/// What the run says about a group that is drawn as one box.
fn summary(input: &CanvasInput<'_>, group: &FoldedGroup) -> Summary {
    let Some(result) = input.result else { return Summary::default() };
    let nodes = result.nodes.iter().filter(|node| group.members.contains(&node.id)).map(|node| (&node.id, node)).collect();
    Summary::of(group, result, &nodes)
}

/// The run of a box at a glance.
fn spark(input: &CanvasInput<'_>, result: &RunResult, id: &NodeId) -> Option<Spark> {
    let of = |id: &NodeId| Spark::of(input.catalog, result, result.node(id.as_str())?);
    match input.diagram.nodes.get(id).and_then(|node| FoldedGroup::of(node)) {
        Some(group) => Spark::of_group(group.members.iter().filter_map(|id| Some((of(id)?, group.entries.contains(id)))).collect()),
        None => of(id),
    }
}

/// An arrow in a few lines, for its tooltip.
pub(super) fn edge_tooltip(input: &CanvasInput<'_>, id: &EdgeId, labeled: bool) -> Vec<String> {
    let Some(of) = input.diagram.edges.get(id) else { return Vec::new() };
    let mut lines = vec![edge(input, id, of), of.kind.help().to_owned()];
    lines.extend(input.live.iter().flat_map(|frame| live::edge_lines(frame, id)));
    lines.extend(problems_of_edge(input.problems, id).map(|problem| problem.message.clone()));
    let placed = input.diagram.lines.get(id).is_some_and(|line| line.label.is_some());
    lines.extend(labeled.then(|| connect::label_help(placed).to_owned()));
    lines
}

/// A box in a few lines, for its tooltip.
pub(super) fn node_tooltip(input: &CanvasInput<'_>, id: &NodeId) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(group) = input.diagram.nodes.get(id).and_then(|node| FoldedGroup::of(node)) {
        let summary = summary(input, &group);
        lines.extend(input.live.iter().flat_map(|frame| live::node_lines(input, frame, id)));
        lines.extend(summary.rate.map(said::entering));
        lines.extend(said::troubles(input.diagram, &summary));
        lines.extend(summary.figure.map(|figure| figure.text));
        lines.extend(input.result.and_then(|result| spark(input, result, id)).as_ref().map(playing::spark));
        lines.push(said::EXPAND_BY_DOUBLE_CLICK.to_owned());
        return lines;
    }
    if let Some(service) = input.diagram.nodes.get(id).and_then(|node| input.catalog.get(&node.service)) {
        lines.extend(Some(service.title.clone()).filter(|title| title != input.diagram.title(id)));
    }
    lines.extend(input.live.iter().flat_map(|frame| live::node_lines(input, frame, id)));
    lines.extend(input.result.and_then(|result| load_sentence(result, id)));
    lines.extend(input.result.and_then(|result| spark(input, result, id)).as_ref().map(playing::spark));
    lines.extend(problems_of_node(input.problems, id).map(|problem| problem.message.clone()));
    lines
}

/// What is wrong with a box.
pub(super) fn problems_of_node<'a>(problems: &'a [Diagnostic], id: &'a NodeId) -> impl Iterator<Item = &'a Diagnostic> {
    problems.iter().filter(move |problem| matches!(&problem.place, Place::Node(node, _) if node == id))
}

/// What is wrong with an arrow.
pub(super) fn problems_of_edge<'a>(problems: &'a [Diagnostic], id: &'a EdgeId) -> impl Iterator<Item = &'a Diagnostic> {
    problems.iter().filter(move |problem| matches!(&problem.place, Place::Edge(edge, _) if edge == id))
}

/// What an arrow means, as the beginning of a sentence.
pub(super) fn kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Request => "Request",
        EdgeKind::Send => "Send",
        EdgeKind::Deliver => "Delivery",
        EdgeKind::Poll => "Poll",
        EdgeKind::DeadLetter => say::DEAD_LETTERS,
    }
}
