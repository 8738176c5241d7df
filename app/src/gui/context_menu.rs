//! The menu of the secondary button on the drawing.

use egui::{Area, Button, Frame, Id, Order, Pos2, Ui};
use plimsoll_models::Point;

use super::{
    action::Action,
    canvas::{ContextTarget, Selection},
    command::Command,
    view::View,
    words::arrange as words,
};

/// The open menu.
#[derive(Clone, Debug)]
pub struct ContextMenu {
    target: ContextTarget,
    at: Point,
    screen: Pos2,
    fresh: bool,
}

impl ContextMenu {
    /// Opens the menu.
    pub fn new(target: ContextTarget, at: Point, screen: Pos2) -> Self {
        Self { target, at, screen, fresh: true }
    }

    /// Where on the drawing it was opened.
    pub fn at(&self) -> Point {
        self.at
    }

    /// Shows the menu; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let mut open = true;
        let response =
            Area::new(Id::unique("context menu")).order(Order::Foreground).fixed_pos(self.screen).constrain(true).show(ctx, |ui| {
                Frame::menu(ui.style()).show(ui, |ui| {
                    ui.set_width(220.0);
                    egui::containers::menu::menu_style(ui.style_mut());
                    open = !self.entries_ui(ui, view, actions);
                });
            });
        let outside = ctx.input(|input| input.pointer.any_pressed())
            && ctx.pointer_interact_pos().is_some_and(|at| !response.response.rect.contains(at));
        let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
        let fresh = std::mem::take(&mut self.fresh);
        open && !escaped && (fresh || !outside)
    }

    /// True when something was picked.
    fn entries_ui(&self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        use Command as C;
        let commands: &[Command] = match &self.target {
            ContextTarget::Canvas => &[C::QuickAdd, C::Paste, C::SelectAll, C::Tidy, C::Fit],
            ContextTarget::Node(_) if view.selection.nodes.len() + view.selection.groups.len() > 1 => &[
                C::Duplicate,
                C::Copy,
                C::Cut,
                C::GroupSelection,
                C::AlignLeft,
                C::AlignCenter,
                C::AlignTop,
                C::AlignMiddle,
                C::DistributeHorizontally,
                C::DistributeVertically,
                C::StackRow,
                C::StackColumn,
                C::Tidy,
                C::TogglePin,
                C::FitSelection,
                C::Delete,
                C::DeleteAndHeal,
            ],
            ContextTarget::Node(_) => &[
                C::ConnectTo,
                C::Rename,
                C::Duplicate,
                C::Copy,
                C::Cut,
                C::GroupSelection,
                C::Ungroup,
                C::TogglePin,
                C::FitSelection,
                C::Delete,
                C::DeleteAndHeal,
            ],
            ContextTarget::Group(id) if view.diagram.groups.get(id).is_some_and(|group| group.collapsed) => {
                &[C::Rename, C::Expand, C::Ungroup, C::Copy, C::FitSelection, C::Delete]
            }
            ContextTarget::Group(_) => {
                &[C::Rename, C::Collapse, C::GroupSelection, C::Tidy, C::Ungroup, C::Copy, C::FitSelection, C::Delete]
            }
            ContextTarget::Edge(_) => {
                &[C::InsertNode, C::Rename, C::LineOrthogonal, C::LineCurved, C::LineStraight, C::ResetLine, C::FitSelection, C::Delete]
            }
        };
        let mut picked = false;
        for command in commands.iter().filter(|command| **command != C::Ungroup || view.now.grouped) {
            let text = match (&self.target, command) {
                (ContextTarget::Group(_), C::Delete) => words::DELETE_WITH_MEMBERS,
                _ => command.text(),
            };
            if ui.add(Button::new(text).shortcut_text(view.keys.text(*command))).clicked() {
                self.select(view, actions);
                actions.push(Action::Command(*command));
                picked = true;
            }
        }
        picked
    }

    /// A menu on something that is not selected is about that alone.
    fn select(&self, view: &View<'_>, actions: &mut Vec<Action>) {
        match &self.target {
            ContextTarget::Node(id) if !view.selection.nodes.contains(id) => actions.push(Action::Select(Selection::node(id.clone()))),
            ContextTarget::Edge(id) if !view.selection.edges.contains(id) => actions.push(Action::Select(Selection::edge(id.clone()))),
            ContextTarget::Group(id) if !view.selection.groups.contains(id) => actions.push(Action::Select(Selection::group(id.clone()))),
            ContextTarget::Canvas | ContextTarget::Node(_) | ContextTarget::Edge(_) | ContextTarget::Group(_) => {}
        }
    }
}
