//! What the tool has to say about the run: place, evidence, advice, and a fix where there is one.

use egui::{Align, Frame, Layout, Margin, RichText, ScrollArea, Ui};
use plimsoll_models::Place;
use plimsoll_sim::{RunResult, result::Finding};

use super::{Action, Focus, View, answer::why_limit, proof, sensitivity};
use crate::{
    gui::{
        state::Tab,
        theme::Theme,
        tone::{Tone, glyph, severity_icon},
        why::why,
        words::{results as words, spoken},
    },
    report::text::explained,
    run::Question,
};

/// Where the words below a title begin, in points: below its first letter.
const BELOW_TITLE: i8 = 24;
/// How much of the run's time is shown on each side of what happened.
const AROUND: f64 = 0.05;

/// When the limit behind a finding was asked for most, if it ever bound: when it first did may be a moment that harmed nobody.
fn worst_s(result: &RunResult, finding: &Finding) -> Option<f64> {
    let limit = result.limits.get(finding.limit?)?;
    limit.first_bound_s.map(|_| limit.peak_at_s)
}

/// Opacity of findings that are not about what is selected.
const BESIDE: f32 = 0.7;

/// Shows every finding, what explains most of what went wrong first.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, focus: &Focus, actions: &mut Vec<Action>) {
    if result.findings.is_empty() {
        ui.add_space(Theme::SPACE_16);
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Good, "check");
            ui.label(RichText::new(words::NO_FINDING).color(view.theme.text_weak));
        });
    }
    ScrollArea::vertical().id_salt("findings").auto_shrink([false, false]).show(ui, |ui| {
        sensitivity::ui(ui, view, result, actions);
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
    let question = finding.fix.clone().map(|fix| Question::Proof(vec![fix]));
    Frame::new().fill(theme.surface_sunken).corner_radius(6.0).inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.horizontal(|ui| {
            glyph(ui, theme, finding.severity.into(), severity_icon(finding.severity));
            let title = RichText::new(spoken(&finding.title)).font(Theme::strong()).color(theme.text);
            let shown = place(finding);
            if ui.link(title).on_hover_text(words::SHOW).clicked()
                && let Some(place) = shown.clone()
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
                if let Some(question) = &question {
                    proof::ask_ui(ui, view, question, words::PROVE, words::PROVE_HELP, actions);
                }
                if let (Some(place), Some(at_s)) = (shown, worst_s(result, finding))
                    && ui.button(words::SHOW_WHEN).on_hover_text(words::SHOW_WHEN_HELP).clicked()
                {
                    let around = result.run.duration_s * AROUND;
                    actions.push(Action::Reveal(place));
                    actions.push(Action::LookAt(Some(((at_s - around).max(0.0), at_s + around))));
                    actions.push(Action::Show(Tab::Throughput));
                }
                ui.label(RichText::new(finding.code).small().color(theme.text_weak));
            });
        });
        Frame::new().inner_margin(Margin { left: BELOW_TITLE, ..Margin::ZERO }).show(ui, |ui| {
            let explained = explained(finding).unwrap_or_default();
            for text in [&finding.evidence, &explained, &finding.advice].into_iter().filter(|text| !text.is_empty()) {
                ui.add(egui::Label::new(RichText::new(spoken(text)).color(theme.text_weak)).wrap());
            }
            if let Some(question) = &question {
                proof::failed_ui(ui, view, question);
            }
            if let Some(proof) = finding.fix.clone().and_then(|fix| view.runs.studies.proof(&[fix])) {
                ui.add_space(Theme::SPACE_8);
                proof::ui(ui, view, proof);
            }
        });
    });
}

fn place(finding: &Finding) -> Option<Place> {
    let node = finding.node.as_ref().map(|id| Place::Node(id.clone(), None));
    node.or_else(|| finding.edge.as_ref().map(|id| Place::Edge(id.clone(), None)))
}
