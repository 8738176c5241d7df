//! The answer: does it hold, which limit gave first, what to do.

use egui::{Frame, Id, Margin, RichText, ScrollArea, Ui};
use plimsoll_sim::{
    RunResult,
    result::{Holds, LimitResult, Restores},
};

use super::{Action, Tab, View, node_link, verdict_chip};
use crate::gui::{
    format,
    theme::Theme,
    tone::{Tone, gauge, glyph},
    why::{Why, why},
    words::{panels, results as words, spoken},
};

/// Least height of the three cards.
const CARD_HEIGHT: f32 = 136.0;

/// Shows the answer.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("answer").auto_shrink([false, false]).show(ui, |ui| {
        headline_ui(ui, view, result);
        ui.add_space(Theme::SPACE_8);
        // As high as the highest was in the frame before, so that they end on one line.
        let id = Id::unique("height of the cards");
        let height = ui.data(|data| data.get_temp(id)).unwrap_or(CARD_HEIGHT);
        let highest = ui.columns(3, |columns| {
            let mut card = |n: usize, title, add: &mut dyn FnMut(&mut Ui)| card(&mut columns[n], view.theme, height, title, add);
            let heights = [
                card(0, words::GIVES_FIRST, &mut |ui| first_ui(ui, view, result, actions)),
                card(1, words::OBJECTIVES, &mut |ui| objectives_ui(ui, view, result)),
                card(2, words::WHAT_TO_DO, &mut |ui| todo_ui(ui, view, result, actions)),
            ];
            heights.into_iter().fold(CARD_HEIGHT, f32::max)
        });
        if (highest - height).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, highest));
            ui.ctx().request_repaint();
        }
        ui.add_space(Theme::SPACE_8);
        figures_ui(ui, view, result);
    });
}

/// A card of a height at least; how high it needs to be.
fn card(ui: &mut Ui, theme: &Theme, height: f32, title: &str, add: &mut dyn FnMut(&mut Ui)) -> f32 {
    Frame::new()
        .fill(theme.surface_sunken)
        .stroke(egui::Stroke::new(1.0, theme.stroke))
        .corner_radius(8.0)
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 4.0;
                ui.label(RichText::new(title).font(Theme::semibold(Theme::SIZE_SMALL)).color(theme.text_weak));
                add(ui);
                let needed = ui.min_rect().height();
                // A minimum that is set now would count from here.
                ui.add_space((height - needed).max(0.0));
                needed
            })
            .inner
        })
        .inner
}

fn headline_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    let overall = result.verdict.overall;
    let broken = result.verdict.objectives.iter().filter(|objective| objective.holds == Holds::Broken).count();
    let total = result.verdict.objectives.len();
    let icon = match overall {
        Holds::Holds => "check",
        Holds::Broken => "error",
        Holds::Inconclusive => "warning",
        Holds::NoObjectives => "info",
    };
    let text = words::headline(overall, broken, total);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(22.0, 22.0), egui::Sense::hover());
        crate::icons::paint(ui.painter(), icon, rect, Tone::from(overall).color(view.theme));
        ui.label(RichText::new(text).font(Theme::title()));
    });
}

fn first_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    let limit = |index: Option<usize>| index.and_then(|index| result.limits.get(index));
    let Some(first) = limit(result.answer.first) else {
        ui.label(RichText::new(words::NO_LIMIT_REACHED).strong());
        if let Some((tightest, headroom)) = result.limits.iter().find_map(|limit| Some((limit, limit.headroom?))) {
            let text = words::tightest(&spoken(&tightest.title), &format::percent(tightest.use_peak), &format::factor(headroom));
            ui.label(text);
            ui.horizontal(|ui| {
                gauge(ui, view.theme, tightest.use_peak, false, 140.0);
                why(ui, view.theme, &why_limit(tightest));
            });
        }
        return;
    };
    limit_ui(ui, view, first, actions);
    if let Some(costliest) = limit(result.answer.costliest).filter(|costliest| !std::ptr::eq(*costliest, first)) {
        ui.add_space(4.0);
        ui.label(RichText::new(words::COSTS_MOST).font(Theme::semibold(Theme::SIZE_SMALL)).color(view.theme.text_weak));
        limit_ui(ui, view, costliest, actions);
    }
}

fn limit_ui(ui: &mut Ui, view: &View<'_>, limit: &LimitResult, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(words::limit_with_value(&spoken(&limit.title), &limit.text)).strong());
        why(ui, view.theme, &why_limit(limit));
        if let Some(node) = &limit.node {
            ui.label(RichText::new(words::AT).color(view.theme.text_weak));
            node_link(ui, view, node, actions);
        }
    });
    let mut parts = Vec::new();
    if let Some(at) = limit.first_bound_s {
        parts.push(words::first_after(&format::seconds(at)));
    }
    if limit.refused > 0 {
        parts.push(words::refused(&format::count(limit.refused)));
    }
    if limit.delayed > 0 {
        let mean = limit.delay_s / limit.delayed as f64;
        parts.push(words::delayed(&format::count(limit.delayed), &format::seconds(mean)));
    }
    ui.label(parts.join(", "));
}

/// How the use of a limit comes about.
pub(super) fn why_limit(limit: &LimitResult) -> Why {
    Why::new(words::use_of(&spoken(&limit.title)), words::USE_RULE)
        .value(format::percent(limit.use_peak))
        .input(words::LIMIT, limit.text.clone())
        .input(words::SCOPE, limit.scope.replace('-', " "))
        .input(words::PEAK_AT, format::seconds(limit.peak_at_s))
        .input(words::REFUSED, format::count(limit.refused))
        .input(words::DELAYED, format::count(limit.delayed))
        .input(words::HEADROOM, words::linear_estimate(&limit.headroom.map_or_else(|| panels::NONE.to_owned(), format::factor)))
        .source(limit.source.clone())
}

fn objectives_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    if result.verdict.objectives.is_empty() {
        ui.label(words::NO_OBJECTIVE);
    }
    for objective in &result.verdict.objectives {
        ui.horizontal_wrapped(|ui| {
            verdict_chip(ui, view.theme, objective.holds, result.verdict.objectives.iter().map(|objective| objective.holds));
            ui.label(&objective.objective);
            let interval =
                objective.half_width.map_or_else(|| words::NO_INTERVAL.to_owned(), |half| words::half_width(&format::number(half)));
            ui.label(RichText::new(&objective.text).color(view.theme.text_weak)).on_hover_text(interval);
        });
    }
}

fn todo_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    if let Some(restores) = &result.answer.restores {
        restores_ui(ui, view, result, restores, actions);
        return;
    }
    let Some(finding) = result.findings.first() else {
        ui.label(words::NOTHING_TO_DO);
        return;
    };
    ui.add(egui::Label::new(RichText::new(spoken(&finding.title)).strong()).wrap());
    ui.add(egui::Label::new(spoken(&finding.advice)).wrap());
    ui.horizontal(|ui| {
        if let Some((path, value)) = &finding.fix
            && ui.button(words::APPLY_FIX).on_hover_text(words::sets(path, value)).clicked()
        {
            actions.push(Action::Fix(path.clone(), value.clone()));
        }
        if result.findings.len() > 1 && ui.link(words::all_findings(result.findings.len())).clicked() {
            actions.push(Action::Show(Tab::Findings));
        }
    });
}

/// The limit whose lifting was simulated and mends most.
fn restores_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, restores: &Restores, actions: &mut Vec<Action>) {
    let title = result.limits.get(restores.limit).map_or(restores.path.as_str(), |limit| limit.title.as_str());
    let node = result.limits.get(restores.limit).and_then(|limit| limit.node.as_ref());
    let of = node.map_or_else(|| title.to_owned(), |node| words::limit_of(title, view.diagram.title(node)));
    ui.add(egui::Label::new(RichText::new(words::lift(&spoken(&of), &restores.value)).strong()).wrap());
    for objective in &restores.objectives {
        let text = words::lifted(&objective.objective, objective.holds == Holds::Holds, &objective.text);
        ui.add(egui::Label::new(text).wrap());
    }
    if let Some(next) = &restores.next {
        ui.add(egui::Label::new(words::next_limit(&spoken(next))).wrap());
    }
    ui.horizontal(|ui| {
        if ui.button(words::TRY_IT).on_hover_text(words::sets(&restores.path, &restores.value)).clicked() {
            actions.push(Action::Fix(restores.path.clone(), restores.value.clone()));
        }
        if ui.link(words::all_findings(result.findings.len())).clicked() {
            actions.push(Action::Show(Tab::Findings));
        }
    });
}

/// Headline figures, beside those of the baseline.
fn figures_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    let baseline = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = Theme::SPACE_24;
        for ((title, rule), value) in figures() {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    ui.label(RichText::new(*title).small().color(view.theme.text_weak));
                    let text = value(result);
                    why(ui, view.theme, &Why::new(*title, *rule).value(text).source(words::simulated(result.run.seed)));
                });
                ui.label(RichText::new(value(result)).font(Theme::heading()));
                if let Some(baseline) = baseline {
                    ui.label(RichText::new(words::was(&value(baseline))).small().color(view.theme.text_weak));
                }
            });
        }
        if let Some(interval) = result.intervals.first() {
            ui.vertical(|ui| {
                ui.label(RichText::new(&interval.metric).small().color(view.theme.text_weak));
                let text =
                    words::interval(&format::number(interval.mean), &format::number(interval.half_width), &format::percent(interval.level));
                ui.label(text).on_hover_text(words::replications(interval.replications));
            });
        }
        if !result.ledger.balanced {
            glyph(ui, view.theme, Tone::Bad, "error");
            ui.label(words::REPORT_UNBALANCED);
        }
    });
}

type Figure = ((&'static str, &'static str), fn(&RunResult) -> String);

fn figures() -> &'static [Figure] {
    &[
        (words::ROOT_EVENTS, |result| format::count(result.run.requests)),
        (words::LOST, |result| {
            let (lossy, started) =
                result.journeys.iter().fold((0, 0), |(lossy, started), journey| (lossy + journey.lossy, started + journey.started));
            if started == 0 { panels::NONE.to_owned() } else { format::percent(lossy as f64 / started as f64) }
        }),
        (words::WORST_RESPONSE, |result| {
            let worst = result
                .journeys
                .iter()
                .filter(|journey| journey.response.count > 0)
                .map(|journey| journey.response.p99)
                .fold(f64::NAN, f64::max);
            format::seconds(worst)
        }),
        (words::WORST_COMPLETION, |result| {
            let worst = result
                .journeys
                .iter()
                .filter(|journey| journey.completion.count > 0)
                .map(|journey| journey.completion.p99)
                .fold(f64::NAN, f64::max);
            format::seconds(worst)
        }),
        (words::HOURLY_COST, |result| format::money(result.cost.per_hour_usd)),
    ]
}
