//! The group that a node or a group stands in, chosen from a list: the way without a pointer.

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{Diagram, Edit, GroupId, NodeId};

use crate::{
    arrange::{self, Joins},
    gui::{action::Action, view::View, words::arrange as words},
};

/// What stands in a group.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guest<'a> {
    Node(&'a NodeId),
    Group(&'a GroupId),
}

impl Guest<'_> {
    fn home(self, diagram: &Diagram) -> Option<&GroupId> {
        match self {
            Guest::Node(id) => diagram.group_of(id),
            Guest::Group(id) => diagram.groups.get(id).and_then(|group| group.parent.as_ref()),
        }
    }

    /// A group stands neither in itself nor in what is in it.
    fn fits(self, diagram: &Diagram, home: &GroupId) -> bool {
        match self {
            Guest::Node(_) => true,
            Guest::Group(id) => diagram.around(home).all(|(around, _)| around != id),
        }
    }

    fn moved(self, diagram: &Diagram, home: Option<GroupId>) -> Edit {
        let joins = match self {
            Guest::Node(id) => Joins { nodes: vec![(id.clone(), home)], ..Joins::default() },
            Guest::Group(id) => Joins { groups: vec![(id.clone(), home)], ..Joins::default() },
        };
        arrange::rejoin(diagram, Edit::All(words::MOVE_TO_GROUP.to_owned(), Vec::new()), &joins)
    }
}

/// Shows the list, when there is a group to choose.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, guest: Guest<'_>, actions: &mut Vec<Action>) {
    let diagram = view.diagram;
    let homes: Vec<_> = diagram.groups.iter().filter(|(id, _)| guest.fits(diagram, id)).collect();
    if homes.is_empty() {
        return;
    }
    let present = guest.home(diagram);
    let name = |id: Option<&GroupId>| id.and_then(|id| diagram.groups.get(id)).map_or(words::NO_GROUP, |group| words::group_name(group));
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::IN_GROUP).color(view.theme.text_weak));
        let width = ui.available_width() - 8.0;
        let list = ComboBox::from_id_salt("in group").selected_text(name(present)).width(width).show_ui(ui, |ui| {
            for home in std::iter::once(None).chain(homes.into_iter().map(|(id, _)| Some(id))) {
                if ui.selectable_label(home == present, name(home)).clicked() && home != present {
                    actions.push(Action::Edit(guest.moved(diagram, home.cloned())));
                }
            }
        });
        let _ = list.response.accessible_name(words::GROUP_AROUND);
    });
}
