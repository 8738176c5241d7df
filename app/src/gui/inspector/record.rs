//! Rows made from the catalog's field records: no service has an inspector of its own.

use egui::Ui;
use plimsoll_models::{
    Edit, Place, Service, Severity,
    catalog::{Field, FieldKind},
    diagram::Fields,
    edit::Target,
    families::{self, Settings},
    workload,
};
use serde_json::Value;

use super::{
    Memory,
    field::{self, Change, Editor, Row},
    section, work,
};
use crate::gui::{action::Action, view::View, why::Why, words::inspector as words};

/// Whose settings are shown.
#[derive(Debug)]
pub(super) struct Owner<'a> {
    /// Node or edge.
    pub target: Target,
    /// Its service or connection.
    pub service: &'a Service,
    /// What the user set.
    pub fields: &'a Fields,
}

/// Shows every setting of a service by its groups.
pub(super) fn fields_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, owner: &Owner<'_>, actions: &mut Vec<Action>) {
    let mut groups: Vec<&str> = Vec::new();
    for field in &owner.service.fields {
        if !groups.contains(&field.group.as_str()) {
            groups.push(&field.group);
        }
    }
    for group in groups {
        let members: Vec<&Field> =
            owner.service.fields.iter().filter(|field| field.group == group && is_shown(view, owner, field)).collect();
        if members.is_empty() {
            continue;
        }
        let title = if group.is_empty() { words::SETTINGS } else { group };
        section(ui, title, |ui| {
            for field in members {
                field_ui(ui, view, memory, owner, field, actions);
            }
        });
    }
}

/// Whether a setting has a part in what happens, or was set all the same.
pub(super) fn is_shown(view: &View<'_>, owner: &Owner<'_>, field: &Field) -> bool {
    owner.fields.contains_key(&field.key)
        || families::field_applies(owner.service, owner.fields, &view.diagram.account, entered(view, owner), field)
}

/// What an edge leads to; nothing for a node.
fn entered<'v>(view: &View<'v>, owner: &Owner<'_>) -> Option<&'v Service> {
    let Target::Edge(id) = &owner.target else { return None };
    let edge = view.diagram.edges.get(id)?;
    view.catalog.get(&view.diagram.nodes.get(&edge.to)?.service)
}

fn field_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, owner: &Owner<'_>, field: &Field, actions: &mut Vec<Action>) {
    if field.kind == FieldKind::Work {
        work::ui(ui, view, memory, owner, field, actions);
        return;
    }
    let preset = families::field_preset(owner.service, owner.fields, entered(view, owner), &field.key);
    let default = match preset {
        Some((text, _)) => Some(text.to_owned()),
        None => families::field_default(owner.service, field, &view.diagram.account),
    };
    let why = match preset {
        Some((text, provenance)) => Some(Why::new(&field.title, words::FROM_PRESET).value(text).provenance(provenance)),
        None => why_default(view, owner.service, field, default.as_deref()),
    };
    let row = Row {
        address: address(&owner.target, &field.key),
        title: &field.title,
        help: &field.help,
        editor: editor(view, field),
        value: owner.fields.get(&field.key).filter(|value| !value.is_null()),
        default,
        why,
        read: &|text| read(view, owner.service, &field.key, text),
    };
    if let Some(change) = field::row(ui, view.theme, &mut memory.typing, &row) {
        actions.push(set(&owner.target, &field.key, change));
    }
}

/// The edit behind a change; typing in one field is one step.
pub(super) fn set(target: &Target, key: &str, change: Change) -> Action {
    let value = match change {
        Change::Set(value) => Some(value),
        Change::Reset => None,
    };
    Action::Type(Edit::SetField { target: target.clone(), key: key.to_owned(), value }, address(target, key))
}

/// A name for a field that no other field of the document has.
pub(super) fn address(target: &Target, key: &str) -> String {
    match target {
        Target::Node(id) => format!("node {id}.{key}"),
        Target::Edge(id) => format!("edge {id}.{key}"),
        Target::Scenario(id) => format!("scenario {id}.{key}"),
        Target::EventType(id) => format!("event_type {id}.{key}"),
        Target::AccountQuotas => format!("quota {key}"),
        Target::AccountOutside => format!("outside {key}"),
    }
}

/// Reads a typed text the way a run would, and says what a run would say.
pub(super) fn read(view: &View<'_>, service: &Service, key: &str, text: &str) -> Result<Value, String> {
    let value = field::json_of(text);
    let fields = Fields::from([(key.to_owned(), value.clone())]);
    let mut settings = Settings::new(service, &fields, &view.diagram.account, Place::Document);
    let _ = settings.text(key);
    let problem = settings.finish().into_iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    problem.map_or(Ok(value), |diagnostic| Err(diagnostic.message))
}

pub(super) fn editor(view: &View<'_>, field: &Field) -> Editor {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut examples = match field.kind {
        FieldKind::Flag => return Editor::Flag,
        FieldKind::Choice => return Editor::Choice(field.choices.clone()),
        FieldKind::Arrivals => workload::SHAPES.iter().map(|(_, example)| (*example).to_owned()).collect(),
        FieldKind::Distribution => owned(&words::DISTRIBUTIONS),
        FieldKind::Backoff => owned(&words::BACKOFFS),
        FieldKind::Filter => owned(&words::FILTERS).into_iter().chain(event_types(view)).collect(),
        FieldKind::Mix => event_types(view).collect(),
        FieldKind::Duration
        | FieldKind::Rate
        | FieldKind::Bytes
        | FieldKind::Fraction
        | FieldKind::Count
        | FieldKind::Number
        | FieldKind::Money
        | FieldKind::Text
        | FieldKind::Work => Vec::new(),
    };
    examples.extend(field.words.iter().cloned());
    Editor::Text(examples)
}

fn event_types<'a>(view: &View<'a>) -> impl Iterator<Item = String> + use<'a> {
    view.diagram.event_types.keys().map(ToString::to_string)
}

/// Where the default of a setting comes from.
fn why_default(view: &View<'_>, service: &Service, field: &Field, default: Option<&str>) -> Option<Why> {
    let region = &view.diagram.account.region;
    let base = Why::new(field.title.clone(), field.help.clone()).value(default.unwrap_or(words::NOT_SET));
    if let Some(quota) = field.quota.as_ref().and_then(|key| service.quota(key, region)) {
        return Some(
            base.input(words::QUOTA, quota.title.clone())
                .input(words::VALUE, format!("{} {}", quota.value, quota.unit).trim().to_owned())
                .input(words::SCOPE, words::scope(&quota.scope))
                .provenance(&quota.provenance),
        );
    }
    if let Some(latency) = field.latency.as_ref().and_then(|key| service.latency(key)) {
        return Some(
            base.input(words::LATENCY, latency.title.clone()).input(words::LAW, latency.law.clone()).provenance(&latency.provenance),
        );
    }
    if !field.source.source.is_empty() {
        return Some(base.provenance(&field.source));
    }
    default.is_some().then(|| base.source(words::OWN_DEFAULT))
}
