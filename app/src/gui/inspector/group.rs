//! A group: its name, what it stands for, what is in it.

use egui::{ComboBox, RichText, TextEdit, Ui};
use plimsoll_models::{Edit, Group, GroupId, diagram::GroupKind};

use super::{
    Memory,
    home::{self, Guest},
    node, section,
};
use crate::{
    arrange,
    gui::{
        action::Action,
        canvas::Selection,
        command::Command,
        format::plural,
        theme::Theme,
        tone::{Tone, gauge, glyph},
        view::View,
        words::{arrange as words, inspector},
    },
    scene::{FoldedGroup, Level, Summary, group_icon},
};

/// Kinds of groups, in the order of the list.
const KINDS: [GroupKind; 5] = [GroupKind::Free, GroupKind::Context, GroupKind::Account, GroupKind::Region, GroupKind::Vpc];

/// Shows a group.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &GroupId, actions: &mut Vec<Action>) {
    let Some(group) = view.diagram.groups.get(id) else { return };
    ui.horizontal(|ui| {
        glyph(ui, view.theme, Tone::Accent, group_icon(group.kind));
        ui.label(RichText::new(words::GROUP).font(Theme::strong()));
        ui.label(RichText::new(inspector::id(id.as_str())).small().color(view.theme.text_weak));
    });
    name_ui(ui, memory, id, group, actions);
    kind_ui(ui, view, id, group, actions);
    home::ui(ui, view, Guest::Group(id), actions);
    let mut collapsed = group.collapsed;
    if ui.checkbox(&mut collapsed, words::COLLAPSED).changed() {
        actions.push(Action::Edit(arrange::collapse(view.diagram, &[id.clone()].into(), collapsed)));
    }
    measured_ui(ui, view, id);
    members_ui(ui, view, id, actions);
    ui.add_space(Theme::SPACE_8);
    ui.horizontal_wrapped(|ui| {
        let delete = (Command::Delete, words::DELETE_WITH_MEMBERS);
        for (command, text) in [(Command::Ungroup, Command::Ungroup.text()), (Command::FitSelection, Command::FitSelection.text()), delete]
        {
            if ui.button(text).on_hover_text(view.keys.tooltip(command)).clicked() {
                actions.push(Action::Command(command));
            }
        }
    });
}

fn name_ui(ui: &mut Ui, memory: &mut Memory, id: &GroupId, group: &Group, actions: &mut Vec<Action>) {
    ui.add_space(Theme::SPACE_4);
    let mut name = group.name.clone();
    let edit = TextEdit::singleline(&mut name).id_salt(("group name", id.as_str())).hint_text(words::GROUP).desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(words::GROUP_NAME);
    if response.changed() {
        let group = Group { name, ..group.clone() };
        actions.push(Action::Type(Edit::SetGroup(id.clone(), Some(group)), format!("group_name {id}")));
    }
    if std::mem::take(&mut memory.focus_name) {
        node::focus_and_select(ui, &response);
    }
}

fn kind_ui(ui: &mut Ui, view: &View<'_>, id: &GroupId, group: &Group, actions: &mut Vec<Action>) {
    ui.add_space(Theme::SPACE_4);
    let mut set = |group: Group| actions.push(Action::Edit(Edit::SetGroup(id.clone(), Some(group))));
    ui.horizontal(|ui| {
        ui.label(RichText::new(inspector::KIND).color(view.theme.text_weak));
        let width = ui.available_width() - 8.0;
        let response = ComboBox::from_id_salt("group kind").selected_text(words::group_kind(group.kind)).width(width).show_ui(ui, |ui| {
            for kind in KINDS {
                let label = ui.selectable_label(kind == group.kind, words::group_kind(kind)).on_hover_text(words::group_kind_help(kind));
                if label.clicked() && kind != group.kind {
                    set(Group { kind, ..group.clone() });
                }
            }
        });
        let _ = response.response.accessible_name(words::GROUP_KIND);
    });
    ui.label(RichText::new(words::group_kind_help(group.kind)).small().color(view.theme.text_weak));
}

/// The load of the node that is nearest to a limit, and what enters the group, in the latest run.
fn measured_ui(ui: &mut Ui, view: &View<'_>, id: &GroupId) {
    let Some(result) = view.result() else { return };
    let nodes = result.nodes.iter().map(|node| (&node.id, node)).collect();
    let summary = Summary::of(&FoldedGroup::new(view.diagram, id), result, &nodes);
    if summary == Summary::default() {
        return;
    }
    section(ui, words::LOAD_LINE, |ui| {
        if view.is_stale() {
            ui.label(RichText::new(words::STALE).small().color(view.theme.amber));
        }
        if let (Some(load), Some(figure)) = (summary.load, &summary.figure) {
            ui.horizontal(|ui| {
                gauge(ui, view.theme, load.peak, load.level == Level::Red, 72.0);
                ui.add(egui::Label::new(&figure.text).truncate());
            });
        }
        if let Some(rate) = summary.rate {
            ui.label(RichText::new(words::entering(rate)).color(view.theme.text_weak));
        }
        for trouble in words::troubles(view.diagram, &summary) {
            ui.add(egui::Label::new(RichText::new(trouble).color(view.theme.text_weak)).wrap());
        }
    });
}

/// What is in the group, each a step to it.
fn members_ui(ui: &mut Ui, view: &View<'_>, id: &GroupId, actions: &mut Vec<Action>) {
    let diagram = view.diagram;
    let Some(group) = diagram.groups.get(id) else { return };
    section(ui, words::MEMBERS, |ui| {
        let inner: Vec<_> = diagram.groups.iter().filter(|(_, inner)| inner.parent.as_ref() == Some(id)).collect();
        if group.nodes.is_empty() && inner.is_empty() {
            ui.add(egui::Label::new(RichText::new(words::NO_MEMBERS).color(view.theme.text_weak)).wrap());
        }
        for (inner_id, inner) in inner {
            ui.horizontal(|ui| {
                glyph(ui, view.theme, Tone::Muted, group_icon(inner.kind));
                if ui.selectable_label(false, words::group_name(inner)).clicked() {
                    actions.push(Action::Select(Selection::group(inner_id.clone())));
                }
                ui.label(RichText::new(plural(arrange::members(diagram, inner_id).len(), "node")).small().color(view.theme.text_weak));
            });
        }
        for (node_id, node) in group.nodes.iter().filter_map(|id| diagram.nodes.get_key_value(id)) {
            ui.horizontal(|ui| {
                glyph(ui, view.theme, Tone::Muted, view.catalog.get(&node.service).map_or("help", |service| &service.icon));
                if ui.selectable_label(false, diagram.title(node_id)).clicked() {
                    actions.push(Action::Select(Selection::node(node_id.clone())));
                }
            });
        }
    });
}
