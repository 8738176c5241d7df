//! A connection that follows the pointer: where it may end, and what comes of it.

use std::{collections::BTreeMap, sync::Arc};

use egui::{CursorIcon, Pos2, Ui};
use plimsoll_models::{Catalog, Diagram, EdgeId, EdgeKind, Edit, Node, NodeId};

use super::{Canvas, CanvasEvent, CanvasInput, Selection, gesture::Gesture};
use crate::{
    gui::{
        connect::{
            join::{self, End},
            rules,
        },
        words::connect as words,
    },
    scene::node_rect,
};

/// How near the pointer must be to a box that may be connected, in points, for the connection to snap to it.
const MAGNET_REACH: f32 = 28.0;
/// A connection dropped nearer than this to where it began was a slip, in points.
const SLIP: f32 = 36.0;

/// A connection that follows the pointer.
#[derive(Clone, Debug)]
pub(super) struct Connecting {
    /// The end that stays.
    pub fixed: NodeId,
    /// Which end follows the pointer.
    pub loose: End,
    /// The connection, when it is an old one that gets another end.
    pub edge: Option<EdgeId>,
    /// What each box has to say about it: the kind of the connection, or why there can be none.
    pub verdicts: BTreeMap<NodeId, Result<EdgeKind, String>>,
    /// The box where it would end now.
    pub target: Option<NodeId>,
    /// Whether it was begun by a click and ends with the next one, rather than with the release of the button.
    pub sticky: bool,
    /// Where the pointer was pressed.
    pub pressed: Pos2,
}

impl Connecting {
    /// A new connection out of a box.
    pub(super) fn from(diagram: &Diagram, catalog: &Catalog, fixed: &NodeId, pressed: Pos2, sticky: bool) -> Self {
        let judge = |id: &NodeId| rules::verdict(diagram, catalog, fixed, id, None);
        let verdicts = diagram.nodes.keys().map(|id| (id.clone(), judge(id))).collect();
        Self { fixed: fixed.clone(), loose: End::Target, edge: None, verdicts, target: None, sticky, pressed }
    }

    /// An end of an old connection looks for another box.
    pub(super) fn reconnect(diagram: &Diagram, catalog: &Catalog, id: &EdgeId, loose: End, pressed: Pos2) -> Option<Self> {
        let edge = diagram.edges.get(id)?;
        let fixed = match loose {
            End::Source => &edge.to,
            End::Target => &edge.from,
        };
        let judge = |(id, node): (&NodeId, &Arc<Node>)| {
            let verdict =
                if id == fixed { Err(words::ITSELF.to_owned()) } else { join::kind_at(diagram, catalog, edge, loose, &node.service) };
            (id.clone(), verdict)
        };
        let verdicts = diagram.nodes.iter().map(judge).collect();
        Some(Self { fixed: fixed.clone(), loose, edge: Some(id.clone()), verdicts, target: None, sticky: false, pressed })
    }

    /// What a box has to say.
    pub(super) fn verdict(&self, node: &NodeId) -> Option<&Result<EdgeKind, String>> {
        self.verdicts.get(node)
    }

    /// The change that a drop on a box makes, and the edge it makes; `None` when it may not be dropped there.
    pub(super) fn edit(&self, diagram: &Diagram, catalog: &Catalog, node: &NodeId) -> Option<(Edit, EdgeId)> {
        let kind = *self.verdict(node)?.as_ref().ok()?;
        let Some(id) = &self.edge else {
            return Some(match self.loose {
                End::Source => join::connect(diagram, node, &self.fixed, kind),
                End::Target => join::connect(diagram, &self.fixed, node, kind),
            });
        };
        let old = diagram.edges.get(id)?;
        let unchanged = match self.loose {
            End::Source => old.from == *node,
            End::Target => old.to == *node,
        };
        let edit = if unchanged { None } else { join::retarget(diagram, catalog, id, self.loose, node).ok() };
        Some((edit?, id.clone()))
    }

    /// The change that a drop at this moment makes.
    pub(super) fn pending(&self, diagram: &Diagram, catalog: &Catalog) -> Option<(Edit, EdgeId)> {
        self.edit(diagram, catalog, self.target.as_ref()?)
    }
}

impl Canvas {
    /// Follows the pointer, and ends when the button is released.
    pub(super) fn follow_connection(&mut self, ui: &Ui, input: &CanvasInput<'_>, at: Pos2, down: bool, events: &mut Vec<CanvasEvent>) {
        let Gesture::Connect(connecting) = &self.gesture else { return };
        ui.set_cursor_icon(CursorIcon::Crosshair);
        let (target, sticky) = (self.target_at(input, connecting, at), connecting.sticky);
        if let Gesture::Connect(connecting) = &mut self.gesture {
            connecting.target.clone_from(&target);
        }
        if !down && !sticky {
            self.drop_connection(input, target.as_ref(), at, events);
        }
    }

    /// The box under the pointer, else the nearest one in reach that may be connected.
    fn target_at(&self, input: &CanvasInput<'_>, connecting: &Connecting, at: Pos2) -> Option<NodeId> {
        let away = |id: &NodeId| self.camera.screen_rect(node_rect(input.diagram.position(id))).distance_to_pos(at);
        let mut nearest: Option<(f32, &NodeId)> = None;
        for (id, verdict) in connecting.verdicts.iter().rev() {
            let distance = away(id);
            if distance <= 0.0 {
                return Some(id.clone());
            }
            if distance <= MAGNET_REACH && verdict.is_ok() && nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, id));
            }
        }
        nearest.filter(|_| self.camera.view.contains(at)).map(|(_, id)| id.clone())
    }

    /// Ends a connection: on a box, or on the ground, where a box may be added.
    pub(super) fn drop_connection(&mut self, input: &CanvasInput<'_>, target: Option<&NodeId>, at: Pos2, events: &mut Vec<CanvasEvent>) {
        let Gesture::Connect(connecting) = std::mem::take(&mut self.gesture) else { return };
        match target {
            Some(node) => {
                if let Some((edit, edge)) = connecting.edit(input.diagram, input.catalog, node) {
                    events.push(CanvasEvent::Edit(edit));
                    events.push(CanvasEvent::Select(Selection::edge(edge)));
                    self.settle();
                } else if let Some(Err(reason)) = connecting.verdict(node)
                    && *node != connecting.fixed
                {
                    events.push(CanvasEvent::Refused(reason.clone()));
                }
            }
            None if at.distance(connecting.pressed) > SLIP && self.camera.view.contains(at) => {
                let place = self.on_grid(input, at);
                let dangling = match connecting.edge {
                    Some(edge) => super::Dangling::Old(edge, connecting.loose),
                    None => super::Dangling::New(connecting.fixed),
                };
                events.push(CanvasEvent::QuickAdd { from: Some(dangling), at: place, screen: at });
            }
            None => {}
        }
    }
}
