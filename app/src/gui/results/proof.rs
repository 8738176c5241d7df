//! What a change does, as measured: before, after, and how sure the difference is.

use egui::{ProgressBar, RichText, Ui};
use plimsoll_sim::{Contrast, result::Difference};

use super::{Action, View};
use crate::{
    gui::{format, tone::Tone, words::results as words},
    run::Question,
};

/// The button that asks for a proof, or how far the answer is.
pub(super) fn ask_ui(ui: &mut Ui, view: &View<'_>, question: &Question, label: &str, help: &str, actions: &mut Vec<Action>) {
    match &view.runs.studies.running {
        Some(study) if study.question == *question => {
            if ui.button(words::CANCEL).clicked() {
                actions.push(Action::EndStudy);
            }
            let share = study.progress.fraction() as f32;
            let bar = ui.add(ProgressBar::new(share).desired_width(110.0).text(format::percent(f64::from(share))));
            bar.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::ProgressIndicator, true, label));
        }
        Some(_) | None => {
            if ui.button(label).on_hover_text(help).clicked() {
                actions.push(Action::Study(question.clone()));
            }
        }
    }
}

/// Why there is no answer, where that is so.
pub(super) fn failed_ui(ui: &mut Ui, view: &View<'_>, question: &Question) {
    if let Some((failed, why)) = &view.runs.studies.failed
        && failed == question
    {
        ui.add(egui::Label::new(RichText::new(words::no_proof(why)).color(view.theme.red)).wrap());
    }
}

/// The proof, a line for each figure.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, proof: &Contrast) {
    ui.label(RichText::new(words::proved(proof.replications)).small().color(view.theme.text_weak));
    let seconds: fn(f64) -> String = format::seconds;
    let lines = [
        (words::LOSS, &proof.loss, format::percent as fn(f64) -> String),
        (words::RESPONSE_P99, &proof.response_p99, seconds),
        (words::COMPLETION_P99, &proof.completion_p99, seconds),
        (words::COST_AN_HOUR, &proof.cost_per_hour, format::money),
    ];
    egui::Grid::new("proof").num_columns(4).spacing([18.0, 3.0]).show(ui, |ui| {
        for (name, difference, print) in lines {
            ui.label(RichText::new(name).color(view.theme.text_weak));
            ui.label(RichText::new(format!("{} → {}", print(difference.before), print(difference.after))).monospace());
            let (tone, word) = judged(difference);
            ui.label(RichText::new(change(difference, print)).monospace().color(tone.color(view.theme)));
            ui.label(RichText::new(word).small().color(view.theme.text_weak));
            ui.end_row();
        }
    });
}

/// The difference with its interval.
fn change(difference: &Difference, print: fn(f64) -> String) -> String {
    let by = difference.after - difference.before;
    let sign = if by < 0.0 { "−" } else { "+" };
    let half = difference.half_width.map_or_else(String::new, |half| format!(" ± {}", print(half)));
    if by == 0.0 && difference.half_width.is_none_or(|half| half == 0.0) {
        words::SAME.to_owned()
    } else {
        format!("{sign}{}{half}", print(by.abs()))
    }
}

/// Less is better of all of these.
fn judged(difference: &Difference) -> (Tone, &'static str) {
    let by = difference.after - difference.before;
    match difference.half_width {
        Some(half) if by.abs() <= half => (Tone::Muted, words::NO_EVIDENCE),
        Some(_) | None if by < 0.0 => (Tone::Good, words::BETTER),
        Some(_) | None if by > 0.0 => (Tone::Bad, words::WORSE),
        Some(_) | None => (Tone::Muted, words::NO_EVIDENCE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_within_its_interval_is_no_evidence() {
        let difference = |before, after, half_width| Difference { before, after, half_width };
        assert_eq!(judged(&difference(0.2, 0.1, Some(0.2))).1, words::NO_EVIDENCE);
        assert_eq!(judged(&difference(0.2, 0.1, Some(0.02))).1, words::BETTER);
        assert_eq!(judged(&difference(0.1, 0.2, Some(0.02))).1, words::WORSE);
        assert_eq!(change(&difference(0.2, 0.1, Some(0.02)), format::percent), "−10 % ± 2 %");
        assert_eq!(change(&difference(0.2, 0.2, Some(0.0)), format::percent), words::SAME);
    }
}
