//! The drawing that people edit.
//!
//! [`Canvas::show`] paints a diagram and turns gestures into [`CanvasEvent`]s; the shell performs them. A gesture is one
//! event when it is complete: what happens while the pointer moves stays inside of the canvas.

use std::{collections::BTreeSet, sync::Arc};

use plimsoll_models::{Catalog, Diagnostic, Diagram, EdgeId, Edit, NodeId, Point, ServiceId};
use plimsoll_sim::RunResult;

use super::theme::Theme;

/// What a drag on a node does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves it; connections begin at ports.
    #[default]
    Select,
    /// Begins a connection.
    Connect,
}

/// The chosen nodes and edges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Boxes.
    pub nodes: BTreeSet<NodeId>,
    /// Arrows.
    pub edges: BTreeSet<EdgeId>,
}

impl Selection {
    /// One box.
    pub fn node(id: NodeId) -> Self {
        Self { nodes: [id].into(), edges: BTreeSet::new() }
    }

    /// One arrow.
    pub fn edge(id: EdgeId) -> Self {
        Self { nodes: BTreeSet::new(), edges: [id].into() }
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.edges.is_empty()
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
    /// Whether the diagram has changed since that run: its figures fade.
    pub stale: bool,
    /// Badges on nodes and edges.
    pub problems: &'a [Diagnostic],
    /// What a drag on a node does.
    pub tool: Tool,
}

/// What the user did on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub enum CanvasEvent {
    /// Chose these and nothing else.
    Select(Selection),
    /// Made a change: a complete gesture, one entry of the history.
    Edit(Edit),
    /// Is about to make a change; nobody needs to keep it.
    Preview(Edit),
    /// Dropped a connection on an empty place.
    QuickAdd {
        /// Where the connection begins.
        from: NodeId,
        /// Where the new node's center should stand.
        at: Point,
        /// The same place on the screen, for a popup.
        screen: egui::Pos2,
    },
    /// Wants to rename a node: double-clicked its name.
    RenameRequested(NodeId),
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
    /// Dropped a service of the palette.
    DropService {
        /// Which.
        service: ServiceId,
        /// Where the new node's center should stand.
        at: Point,
    },
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
}

/// The view of one document: camera, gesture in progress, cached routes.
#[derive(Debug, Default)]
pub struct Canvas {
    zoom: f32,
}

impl Canvas {
    /// Paints the diagram into all available space and reports what the user did.
    pub fn show(&mut self, ui: &mut egui::Ui, _input: &CanvasInput<'_>) -> Vec<CanvasEvent> {
        ui.take_available_space();
        Vec::new()
    }

    /// Shows all of the diagram in the next frame.
    pub fn fit(&mut self, _diagram: &Diagram) {}

    /// Shows the chosen nodes and edges in the next frame.
    pub fn fit_selection(&mut self, _diagram: &Diagram, _selection: &Selection) {}

    /// Sets the zoom; 1 is 100 %. The center stays.
    pub fn zoom_to(&mut self, zoom: f32) {
        self.zoom = zoom;
    }

    /// One step closer.
    pub fn zoom_in(&mut self) {}

    /// One step away.
    pub fn zoom_out(&mut self) {}

    /// The zoom; 1 is 100 %.
    pub fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Moves the camera so that a node is seen, and lets it flash.
    pub fn reveal(&mut self, _id: &NodeId) {}

    /// Moves the camera so that an edge is seen, and lets it flash.
    pub fn reveal_edge(&mut self, _id: &EdgeId) {}

    /// The middle of the view on the drawing: where something new belongs.
    pub fn center(&self) -> Point {
        Point::default()
    }

    /// The pointer's place on the drawing, for the status bar.
    pub fn pointer(&self) -> Option<Point> {
        None
    }

    /// Whether a gesture is in progress, so that Escape belongs to the canvas.
    pub fn busy(&self) -> bool {
        false
    }
}
