//! What the tool has to say about the run: place, evidence, advice, and a fix where there is one.

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, Ui};
use plimsoll_models::Place;
use plimsoll_sim::{RunResult, result::Finding};

use super::{Action, Focus, View, answer::why_limit};
use crate::gui::{
    theme::Theme,
    tone::{Tone, glyph, severity_icon},
    why::why,
    words::results as words,
};

/// Opacity of findings that are not about what is selected.
const BESIDE: f32 = 0.55;

/// Shows every finding, the gravest first.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, focus: &Focus, actions: &mut Vec<Action>) {
    if result.findings.is_empty() {
        ui.add_space(Theme::SPACE_16);
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Good, "check");
            ui.label(RichText::new(words::NO_FINDING).color(view.theme.text_weak));
        });
        return;
    }
    ScrollArea::vertical().id_salt("findings").auto_shrink([false, false]).show(ui, |ui| {
        for (index, finding) in result.findings.iter().enumerate() {
            ui.push_id(index, |ui| {
                // The others step back rather than go: who looks at one finding after the other selects with each click.
                if !focus.finding(finding) {
                    ui.set_opacity(BESIDE);
                }
                finding_ui(ui, view, result, finding, actions);
            });
        }
    });
}

fn finding_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, finding: &Finding, actions: &mut Vec<Action>) {
    let theme = view.theme;
    Frame::new().fill(theme.surface_sunken).corner_radius(6.0).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.horizontal(|ui| {
            glyph(ui, theme, finding.severity.into(), severity_icon(finding.severity));
            let title = RichText::new(&finding.title).font(Theme::strong()).color(theme.text);
            let place = place(finding);
            if ui.link(title).on_hover_text(words::SHOW).clicked()
                && let Some(place) = place
            {
                actions.push(Action::Reveal(place));
            }
            if let Some(limit) = finding.limit.and_then(|index| result.limits.get(index)) {
                why(ui, theme, &why_limit(limit));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some((path, value)) = &finding.fix
                    && ui.button(words::APPLY_FIX).on_hover_text(words::sets(path, value)).clicked()
                {
                    actions.push(Action::Fix(path.clone(), value.clone()));
                }
                ui.label(RichText::new(finding.code).small().color(theme.text_weak));
            });
        });
        for text in [&finding.evidence, &finding.advice].into_iter().filter(|text| !text.is_empty()) {
            ui.horizontal_wrapped(|ui| {
                ui.add_space(24.0);
                ui.label(RichText::new(text).color(theme.text_weak));
            });
        }
    });
}

fn place(finding: &Finding) -> Option<Place> {
    let node = finding.node.as_ref().map(|id| Place::Node(id.clone(), None));
    node.or_else(|| finding.edge.as_ref().map(|id| Place::Edge(id.clone(), None)))
}
