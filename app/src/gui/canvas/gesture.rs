//! What the pointer is doing: at most one thing at a time.

use egui::{PointerButton, Response, Ui};
use plimsoll_models::{EdgeId, Edit, Point, ServiceId};

use super::{
    Canvas, CanvasEvent, CanvasInput,
    bend::{Bending, Labeling},
    connection::Connecting,
    moving::Moving,
};
use crate::{
    gui::{connect::join, words::connect as words},
    scene::way,
};

/// How near the middle of a box must be to an arrow to be dropped on it, in units of the drawing.
pub(super) const ONTO_REACH: f64 = 26.0;
/// Distance of the points of the way of a knife, in units of the drawing.
const CUT_STEP: f64 = 2.0;

/// A gesture in progress.
#[derive(Clone, Debug, Default)]
pub(super) enum Gesture {
    /// None.
    #[default]
    Idle,
    /// The drawing follows the pointer.
    Pan,
    /// Boxes follow the pointer.
    Move(Moving),
    /// A frame is drawn around what shall be chosen.
    Marquee {
        /// Where it began, on the drawing.
        from: Point,
        /// Whether what is chosen stays chosen.
        add: bool,
    },
    /// A connection follows the pointer.
    Connect(Connecting),
    /// A waypoint or a piece of an arrow follows the pointer.
    Bend(Bending),
    /// A label follows the pointer.
    Label(Labeling),
    /// A knife cuts arrows: the way that it has gone, on the drawing.
    Cut(Vec<Point>),
}

impl Gesture {
    /// The change that the gesture would make if it ended now, apart from arrows that are cut.
    pub(super) fn pending(&self, input: &CanvasInput<'_>) -> Option<Edit> {
        match self {
            Self::Move(moving) => moving.edit(input.diagram),
            Self::Connect(connecting) => connecting.pending(input.diagram, input.catalog).map(|(edit, _)| edit),
            Self::Bend(bending) => bending.edit(),
            Self::Label(labeling) => labeling.edit(),
            Self::Idle | Self::Pan | Self::Marquee { .. } | Self::Cut(_) => None,
        }
    }
}

/// An arrow on which a box may be dropped.
#[derive(Clone, Debug)]
pub(super) struct Onto {
    /// The arrow.
    pub edge: EdgeId,
    /// What a drop changes, or why it changes nothing.
    pub outcome: Result<Vec<Edit>, String>,
    /// Whether a drop here only moves the box, unless somebody asks for more.
    pub offered: bool,
}

impl Canvas {
    /// Begins to pan or to cut when the button of this drag means that.
    pub(super) fn begin_view_gesture(&mut self, ui: &Ui, response: &Response) -> bool {
        if self.busy() {
            return false;
        }
        let (space, knife) = ui.input(|input| (input.key_down(egui::Key::Space), input.modifiers.command || input.modifiers.ctrl));
        let secondary = response.drag_started_by(PointerButton::Secondary);
        if secondary && knife {
            let from = ui.input(|input| input.pointer.press_origin().or(input.pointer.latest_pos()));
            self.gesture = Gesture::Cut(from.map(|from| self.camera.diagram(from)).into_iter().collect());
        } else if secondary
            || response.drag_started_by(PointerButton::Middle)
            || (space && response.drag_started_by(PointerButton::Primary))
        {
            self.gesture = Gesture::Pan;
        }
        self.busy()
    }

    /// The arrow on which a service of the palette would be dropped.
    pub(super) fn onto(&self, input: &CanvasInput<'_>, service: &ServiceId, at: Point) -> Option<Onto> {
        let edge = self.edge_near(at, ONTO_REACH)?;
        let outcome = join::halves(input.diagram, input.catalog, &edge, service).map(|_| Vec::new());
        Some(Onto { edge, outcome, offered: false })
    }

    /// Draws the way of the knife on, and cuts when the button is released.
    pub(super) fn follow_knife(&mut self, at: Point, down: bool, events: &mut Vec<CanvasEvent>) {
        let Gesture::Cut(way) = &mut self.gesture else { return };
        if way.last().is_none_or(|last| way::distance(*last, at) >= CUT_STEP) {
            way.push(at);
        }
        if down {
            return;
        }
        let edges = self.cut_edges();
        self.gesture = Gesture::Idle;
        if !edges.is_empty() {
            events.push(CanvasEvent::Edit(Edit::All(words::cut(edges.len()), vec![Edit::Remove { nodes: Vec::new(), edges }])));
        }
    }

    /// The arrows that the knife has crossed.
    pub(super) fn cut_edges(&self) -> Vec<EdgeId> {
        let Gesture::Cut(knife) = &self.gesture else { return Vec::new() };
        let routes = self.drawn.iter().flat_map(|drawn| &drawn.scene.routes);
        routes.filter(|(_, route)| way::cross(route, knife)).map(|(id, _)| id.clone()).collect()
    }
}
