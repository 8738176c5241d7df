//! The quotas of a service: what applies, where it comes from, and a value of one's own.

use egui::Ui;
use plimsoll_models::{catalog::Quota, diagram::Fields, edit::Target};

use super::{
    Memory,
    field::{self, Editor, Row},
    folded_section,
    record::{self, Owner},
};
use crate::gui::{action::Action, view::View, why::Why, words::inspector as words};

/// Shows the quotas of a node with fields that override them.
pub(super) fn node_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, owner: &Owner<'_>, actions: &mut Vec<Action>) {
    let region = &view.diagram.account.region;
    let mut keys: Vec<&str> = Vec::new();
    for quota in owner.service.quotas.iter().filter(|quota| quota.informational.is_none()) {
        // A quota that gives a field its default is edited there; one of a region stands once.
        let by_field = owner.service.field(&quota.key).is_some();
        if !by_field && !keys.contains(&quota.key.as_str()) {
            keys.push(&quota.key);
        }
    }
    if keys.is_empty() {
        return;
    }
    folded_section(ui, words::QUOTAS, |ui| {
        for quota in keys.into_iter().filter_map(|key| owner.service.quota(key, region)) {
            let applied = view.diagram.account.quotas.get(&quota.account_key(owner.service));
            let default = applied.map_or_else(|| quota.value.clone(), plimsoll_models::families::field_value);
            quota_ui(ui, view, memory, &Place { target: &owner.target, key: &quota.key, fields: owner.fields, default }, quota, actions);
        }
    });
}

/// Where a value for a quota is kept.
pub(super) struct Place<'a> {
    /// Whose fields.
    pub target: &'a Target,
    /// Under which key.
    pub key: &'a str,
    /// The fields.
    pub fields: &'a Fields,
    /// What counts when nothing is set.
    pub default: String,
}

/// Shows one quota with a field that overrides it.
pub(super) fn quota_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, place: &Place<'_>, quota: &Quota, actions: &mut Vec<Action>) {
    let raisable = words::quota_kind(quota.kind);
    let value = format!("{} {}", quota.value, quota.unit).trim().to_owned();
    let row = Row {
        address: record::address(place.target, place.key),
        title: &quota.title,
        help: raisable,
        editor: Editor::Text(Vec::new()),
        value: place.fields.get(place.key),
        default: Some(place.default.clone()),
        why: Some(
            Why::new(quota.title.clone(), raisable)
                .value(value)
                .input(words::SCOPE, words::scope(&quota.scope))
                .provenance(&quota.provenance),
        ),
        read: &|text| field::read_quantity(quota.quantity, text),
    };
    if let Some(change) = field::row(ui, view.theme, &mut memory.typing, &row) {
        actions.push(record::set(place.target, place.key, change));
    }
}
