//! The settings that several selected things have in common, set for all at once.

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{
    EdgeKind, Edit, Service,
    catalog::{Field, FieldKind},
    diagram::Fields,
    edit::Target,
    families,
};
use serde_json::Value;

use super::{
    Memory,
    field::{self, Change, Editor, Row},
    record::{self, Owner},
    section,
};
use crate::gui::{action::Action, theme::Theme, view::View, words::panels as words};

/// Most things whose settings are compared in each frame.
const COMPARED_MAX: usize = 500;

/// Shows the settings that all of the selection has.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    if view.selection.nodes.len() + view.selection.edges.len() > COMPARED_MAX {
        return;
    }
    let nodes = node_owners(view);
    let edges = edge_owners(view);
    if !edges.is_empty() {
        kinds_ui(ui, view, actions);
    }
    let (owners, complete) = if nodes.is_empty() {
        (edges, view.selection.nodes.is_empty())
    } else {
        // With nodes, the arrows between them are only along.
        let complete = nodes.len() == view.selection.nodes.len();
        (nodes, complete)
    };
    let fields = if complete { common(&owners) } else { Vec::new() };
    if fields.is_empty() {
        ui.add_space(Theme::SPACE_8);
        ui.label(RichText::new(words::NOTHING_COMMON).small().color(view.theme.text_weak));
        return;
    }
    let mut groups: Vec<&str> = Vec::new();
    for field in &fields {
        if !groups.contains(&field.group.as_str()) {
            groups.push(&field.group);
        }
    }
    for group in groups {
        section(ui, if group.is_empty() { "Settings" } else { group }, |ui| {
            for field in fields.iter().filter(|field| field.group == group) {
                field_ui(ui, view, memory, &owners, field, actions);
            }
        });
    }
}

fn node_owners<'a>(view: &View<'a>) -> Vec<Owner<'a>> {
    let nodes = view.selection.nodes.iter().filter_map(|id| Some((id, view.diagram.nodes.get(id)?)));
    nodes
        .filter_map(|(id, node)| {
            Some(Owner { target: Target::Node(id.clone()), service: view.catalog.get(&node.service)?, fields: &node.fields })
        })
        .collect()
}

fn edge_owners<'a>(view: &View<'a>) -> Vec<Owner<'a>> {
    let edges = view.selection.edges.iter().filter_map(|id| Some((id, view.diagram.edges.get(id)?)));
    edges
        .filter_map(|(id, edge)| {
            let (from, to) = (view.diagram.nodes.get(&edge.from)?, view.diagram.nodes.get(&edge.to)?);
            let service = view.catalog.connection(edge.kind, &from.service, &to.service)?;
            Some(Owner { target: Target::Edge(id.clone()), service, fields: &edge.fields })
        })
        .collect()
}

/// The fields that all have, of the same kind; none when they are of different families.
fn common<'a>(owners: &[Owner<'a>]) -> Vec<&'a Field> {
    let Some((first, others)) = owners.split_first() else { return Vec::new() };
    let same_family = |service: &Service| service.family == first.service.family;
    if others.iter().any(|owner| !same_family(owner.service)) {
        return Vec::new();
    }
    let has = |field: &Field, owner: &Owner<'_>| owner.service.field(&field.key).is_some_and(|other| other.kind == field.kind);
    first.service.fields.iter().filter(|field| field.kind != FieldKind::Work && others.iter().all(|owner| has(field, owner))).collect()
}

/// What all have set, or nothing; and whether they differ.
fn shared<'a>(owners: &[Owner<'a>], key: &str) -> (Option<&'a Value>, bool) {
    let of = |fields: &'a Fields| fields.get(key).filter(|value| !value.is_null());
    let mut values = owners.iter().map(|owner| of(owner.fields));
    let first = values.next().flatten();
    if values.all(|value| value == first) { (first, false) } else { (None, true) }
}

fn field_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, owners: &[Owner<'_>], field: &Field, actions: &mut Vec<Action>) {
    if !owners.iter().any(|owner| record::is_shown(view, owner, field)) {
        return;
    }
    let (value, mixed) = shared(owners, &field.key);
    let mut defaults = owners.iter().map(|owner| families::field_default(owner.service, field, &view.diagram.account));
    let default = defaults.next().flatten();
    let same_default = defaults.all(|other| other == default);
    let default = if mixed || !same_default { Some(words::MIXED.to_owned()) } else { default };
    let editor = match record::editor(view, field) {
        // A switch cannot show that some are on and some are off.
        Editor::Flag if mixed => Editor::Choice(vec!["true".to_owned(), "false".to_owned()]),
        editor => editor,
    };
    let ends = [owners.first(), owners.last()].into_iter().flatten().map(|owner| record::address(&owner.target, &field.key));
    let address = format!("{} from {}", owners.len(), ends.collect::<Vec<_>>().join(" to "));
    let row = Row {
        address: address.clone(),
        title: &field.title,
        help: &field.help,
        editor,
        value,
        default,
        why: None,
        read: &|text| {
            let mut value = field::json_of(text);
            for owner in owners {
                value = record::read(view, owner.service, &field.key, text)?;
            }
            Ok(value)
        },
    };
    let set = match field::row(ui, view.theme, &mut memory.typing, &row) {
        Some(Change::Set(Value::String(text))) if field.kind == FieldKind::Flag => Some(Value::Bool(text == "true")),
        Some(Change::Set(value)) => Some(value),
        Some(Change::Reset) => None,
        None => return,
    };
    let edits = owners.iter().map(|owner| Edit::SetField { target: owner.target.clone(), key: field.key.clone(), value: set.clone() });
    let edits: Vec<Edit> = edits.collect();
    let label = edits.first().map(Edit::label).unwrap_or_default();
    actions.push(Action::Type(Edit::All(label, edits), address));
}

/// The kind of all selected edges, to choose among those that each of them can be.
fn kinds_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let edges: Vec<_> = view.selection.edges.iter().filter_map(|id| Some((id, view.diagram.edges.get(id)?))).collect();
    let possible = |edge: &plimsoll_models::Edge| -> Vec<EdgeKind> {
        let ends = view.diagram.nodes.get(&edge.from).zip(view.diagram.nodes.get(&edge.to));
        ends.map(|(from, to)| view.catalog.kinds_between(&from.service, &to.service)).unwrap_or_default()
    };
    let Some(((_, first), others)) = edges.split_first() else { return };
    let mut kinds = possible(first);
    kinds.retain(|kind| others.iter().all(|(_, edge)| possible(edge).contains(kind)));
    let same = others.iter().all(|(_, edge)| edge.kind == first.kind);
    let shown = if same { first.kind.as_str() } else { words::MIXED };
    ui.add_space(Theme::SPACE_4);
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::CONNECTION_KIND).color(view.theme.text_weak));
        let width = ui.available_width() - 8.0;
        let response = ComboBox::from_id_salt("kinds").selected_text(shown).width(width).show_ui(ui, |ui| {
            for kind in kinds {
                if ui.selectable_label(same && kind == first.kind, kind.as_str()).on_hover_text(kind.help()).clicked() {
                    let edits = edges.iter().map(|(id, _)| Edit::SetEdgeKind((*id).clone(), kind)).collect();
                    actions.push(Action::Edit(Edit::All(words::CHANGE_CONNECTIONS.to_owned(), edits)));
                }
            }
        });
        let _ = response.response.accessible_name(words::CONNECTION_KIND);
    });
}
