//! Commands about arrows.

use plimsoll_models::{LineStyle, NodeId, Point};

use super::edit::{STEP_X, STEP_Y};
use crate::gui::{
    App,
    canvas::Selection,
    command::Command,
    connect::{
        heal, line,
        walk::{self, Direction},
    },
    quick_add::{Purpose, QuickAdd},
    words::connect as words,
};

impl App {
    pub(super) fn connect_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::LineOrthogonal => self.set_style(ctx, LineStyle::Orthogonal),
            Command::LineCurved => self.set_style(ctx, LineStyle::Bezier),
            Command::LineStraight => self.set_style(ctx, LineStyle::Straight),
            Command::ResetLine => {
                if let Some(edit) = line::reset(self.front.document.diagram(), &self.front.selection.edges) {
                    self.edit(ctx, &edit, None);
                }
            }
            Command::DeleteAndHeal => self.delete_and_heal(ctx),
            Command::ConnectTo => self.ask(None, Purpose::ConnectTo),
            Command::InsertNode => self.insert_node(),
            Command::AddRight => self.ask(Some(Direction::Right), Purpose::Beside),
            Command::AddLeft => self.ask(Some(Direction::Left), Purpose::Before),
            Command::AddBelow => self.ask(Some(Direction::Down), Purpose::Beside),
            Command::AddAbove => self.ask(Some(Direction::Up), Purpose::Beside),
            Command::WalkRight => self.walk(ctx, Direction::Right),
            Command::WalkLeft => self.walk(ctx, Direction::Left),
            Command::WalkDown => self.walk(ctx, Direction::Down),
            Command::WalkUp => self.walk(ctx, Direction::Up),
            _ => {}
        }
    }

    fn set_style(&mut self, ctx: &egui::Context, style: LineStyle) {
        if let Some(edit) = line::set_style(self.front.document.diagram(), &self.front.selection.edges, style) {
            self.edit(ctx, &edit, None);
        }
    }

    fn delete_and_heal(&mut self, ctx: &egui::Context) {
        let selection = std::mem::take(&mut self.front.selection);
        let healed = heal::delete_and_heal(self.front.document.diagram(), self.catalog, &selection);
        self.edit(ctx, &healed.edit, None);
        self.notice(ctx, words::healed(healed.joined, healed.apart));
    }

    /// Opens the popup about the one selected node; what is added stands in a direction from it.
    fn ask(&mut self, direction: Option<Direction>, purpose: impl Fn(NodeId) -> Purpose) {
        let Some(id) = self.front.selection.nodes.first() else { return };
        let at = self.front.document.diagram().position(id);
        let place = direction.map(|direction| {
            let step = direction.vector();
            self.free_beside(Point::new(at.x + step.x * STEP_X, at.y + step.y * STEP_Y), direction)
        });
        let screen = self.front.canvas.screen(place.unwrap_or(at));
        self.state.quick_add = Some(QuickAdd::new(purpose(id.clone()), place, screen));
        self.context_menu = None;
    }

    /// The nearest place where no node stands, in the column or row at the end of a step.
    fn free_beside(&self, wanted: Point, direction: Direction) -> Point {
        let across = match direction {
            Direction::Left | Direction::Right => Point::new(0.0, STEP_Y),
            Direction::Up | Direction::Down => Point::new(STEP_X, 0.0),
        };
        let places = (0..40).map(|n| f64::from((n + 1) / 2) * if n % 2 == 0 { -1.0 } else { 1.0 });
        let mut places = places.map(|n| Point::new(wanted.x + across.x * n, wanted.y + across.y * n));
        places.find(|at| !self.is_taken(*at)).unwrap_or(wanted)
    }

    /// Opens the popup about the one selected edge.
    fn insert_node(&mut self) {
        let Some(id) = self.front.selection.edges.first() else { return };
        let diagram = self.front.document.diagram();
        let Some(edge) = diagram.edges.get(id) else { return };
        let (from, to) = (diagram.position(&edge.from), diagram.position(&edge.to));
        let middle = self.free_place(Point::new(f64::midpoint(from.x, to.x), f64::midpoint(from.y, to.y)));
        self.state.quick_add = Some(QuickAdd::new(Purpose::Between(id.clone()), Some(middle), self.front.canvas.screen(middle)));
        self.context_menu = None;
    }

    fn walk(&mut self, ctx: &egui::Context, direction: Direction) {
        match walk::step(self.front.document.diagram(), &self.front.selection, direction) {
            Some(id) => {
                self.front.canvas.walk_to(self.front.document.diagram(), &id);
                self.front.selection = Selection::node(id);
            }
            None => self.notice(ctx, words::NOTHING_THERE),
        }
    }
}
