//! What is wrong with the diagram: a click goes to the place, a button mends it.

use egui::{RichText, ScrollArea, Sense, Ui};
use plimsoll_models::{Diagnostic, Place, Severity};

use super::{
    action::Action,
    theme::Theme,
    tone::{Tone, glyph, severity_icon},
    view::View,
    words::shell as words,
};

/// Shows every problem.
pub fn ui(ui: &mut Ui, view: &View<'_>, problems: &[Diagnostic], actions: &mut Vec<Action>) {
    if problems.is_empty() {
        let (tone, icon, text) =
            if view.checking { (Tone::Muted, "clock", words::CHECKING) } else { (Tone::Good, "check", words::NO_PROBLEMS_LIST) };
        ui.add_space(Theme::SPACE_16);
        ui.horizontal(|ui| {
            glyph(ui, view.theme, tone, icon);
            ui.label(RichText::new(text).color(view.theme.text_weak));
        });
        return;
    }
    ScrollArea::vertical().id_salt("problems").auto_shrink([false, false]).show(ui, |ui| {
        for (index, problem) in problems.iter().enumerate() {
            ui.push_id(index, |ui| problem_ui(ui, view, problem, actions));
        }
    });
}

fn problem_ui(ui: &mut Ui, view: &View<'_>, problem: &Diagnostic, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        glyph(ui, view.theme, problem.severity.into(), severity_icon(problem.severity));
        let message = egui::Label::new(&problem.message).sense(Sense::click()).truncate();
        let fix_width = if problem.fix.is_some() { 60.0 } else { 0.0 };
        let width = (ui.available_width() - 240.0 - fix_width).max(120.0);
        let response = ui
            .scope(|ui| {
                ui.set_max_width(width);
                ui.add(message)
            })
            .inner;
        let response = if problem.hint.is_empty() { response } else { response.on_hover_text(&problem.hint) };
        let link = ui.link(place(view, &problem.place)).on_hover_text(words::show_problem(problem.code));
        if response.clicked() || link.clicked() {
            actions.push(Action::Reveal(problem.place.clone()));
        }
        if let Some(fix) = &problem.fix
            && ui.small_button("Fix").on_hover_text(fix.label()).clicked()
        {
            actions.push(Action::Edit((**fix).clone()));
        }
    });
    if !problem.hint.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(24.0);
            ui.label(RichText::new(&problem.hint).small().color(view.theme.text_weak));
        });
    }
}

fn place(view: &View<'_>, place: &Place) -> String {
    let field = |title: &str, key: &Option<String>| match key {
        Some(key) => format!("{title} · {}", key.replace('_', " ")),
        None => title.to_owned(),
    };
    match place {
        Place::Node(id, key) => field(view.diagram.title(id), key),
        Place::Edge(id, key) => field(&view.diagram.edge_title(id), key),
        Place::Scenario(id, key) => field(&format!("Scenario {id}"), key),
        Place::Account(key) => field("Account", key),
        Place::EventType(id) => words::event_type(id.as_str()),
        Place::Document => "Document".to_owned(),
        Place::Text { line, column } => words::text_place(*line, *column),
    }
}

/// Number of errors and of warnings.
pub fn counts(problems: &[Diagnostic]) -> (usize, usize) {
    let of = |severity: Severity| problems.iter().filter(|problem| problem.severity == severity).count();
    (of(Severity::Error), of(Severity::Warning))
}
