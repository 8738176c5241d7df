//! An edge: between what, which kind, and its settings.

use egui::{ComboBox, RichText, TextEdit, Ui};
use plimsoll_models::{EdgeId, EdgeKind, Edit, edit::Target};

use super::{
    Memory, quotas,
    record::{self, Owner},
    section,
};
use crate::gui::{
    action::Action,
    format,
    theme::Theme,
    tone::{Tone, glyph},
    view::View,
    words::inspector as words,
};

/// Shows an edge.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &EdgeId, actions: &mut Vec<Action>) {
    let diagram = view.diagram;
    let Some(edge) = diagram.edges.get(id) else { return };
    ui.label(RichText::new(words::CONNECTION).font(Theme::strong()));
    ui.horizontal_wrapped(|ui| {
        ui.label(diagram.title(&edge.from));
        glyph(ui, view.theme, Tone::Muted, "arrow-right");
        ui.label(diagram.title(&edge.to));
    });
    ui.label(RichText::new(words::id(id.as_str())).small().color(view.theme.text_weak));
    let mut name = edge.name.clone();
    let edit =
        TextEdit::singleline(&mut name).id_salt(("edge name", id.as_str())).hint_text(words::LABEL_HINT).desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(words::NAME);
    if response.changed() {
        actions.push(Action::Type(Edit::RenameEdge(id.clone(), name), format!("edge_name {id}")));
    }
    if std::mem::take(&mut memory.focus_name) {
        super::node::focus_and_select(ui, &response);
    }
    let services = diagram.nodes.get(&edge.from).zip(diagram.nodes.get(&edge.to)).map(|(from, to)| (&from.service, &to.service));
    let kinds = services.map(|(from, to)| view.catalog.kinds_between(from, to)).unwrap_or_default();
    kind_ui(ui, view, id, edge.kind, &kinds, actions);
    super::line::ui(ui, view, [id], actions);
    measured_ui(ui, view, id);
    let record = services.and_then(|(from, to)| view.catalog.connection(edge.kind, from, to));
    if let Some(service) = record {
        let owner = Owner { target: Target::Edge(id.clone()), service, fields: &edge.fields };
        record::fields_ui(ui, view, memory, &owner, actions);
        quotas::node_ui(ui, view, memory, &owner, actions);
    } else {
        let text = words::kind_without_meaning(edge.kind.as_str());
        ui.label(RichText::new(text).color(view.theme.amber));
    }
}

fn kind_ui(ui: &mut Ui, view: &View<'_>, id: &EdgeId, present: EdgeKind, kinds: &[EdgeKind], actions: &mut Vec<Action>) {
    ui.add_space(Theme::SPACE_4);
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::KIND).color(view.theme.text_weak));
        let response = ComboBox::from_id_salt("kind").selected_text(present.as_str()).width(ui.available_width() - 8.0).show_ui(ui, |ui| {
            for kind in kinds {
                if ui.selectable_label(*kind == present, kind.as_str()).on_hover_text(kind.help()).clicked() && *kind != present {
                    actions.push(Action::Edit(Edit::SetEdgeKind(id.clone(), *kind)));
                }
            }
        });
        let _ = response.response.accessible_name(words::KIND);
    });
    ui.label(RichText::new(present.help()).small().color(view.theme.text_weak));
}

fn measured_ui(ui: &mut Ui, view: &View<'_>, id: &EdgeId) {
    let Some(edge) = view.result().and_then(|result| result.edge(id.as_str())) else { return };
    section(ui, words::LATEST_RUN, |ui| {
        egui::Grid::new(("edge measured", id.as_str())).num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
            for (name, value) in &edge.metrics {
                ui.label(RichText::new(name).color(view.theme.text_weak));
                ui.label(RichText::new(format::number(*value)).monospace());
                ui.end_row();
            }
            if edge.latency.count > 0 {
                ui.label(RichText::new(words::LATENCY_P50_P99).color(view.theme.text_weak));
                ui.label(
                    RichText::new(format!("{} · {}", format::seconds(edge.latency.p50), format::seconds(edge.latency.p99))).monospace(),
                );
                ui.end_row();
            }
        });
    });
}
