//! "Why this number": a small button beside a figure, and behind it the rule, its inputs and the source.

use egui::{Popup, PopupCloseBehavior, Response, RichText, Ui};
use plimsoll_models::catalog::Provenance;

use super::{theme::Theme, tone::Tone, words::shell as words};
use crate::icons;

/// Where a figure comes from.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// What the figure is.
    pub title: String,
    /// The figure as shown.
    pub value: String,
    /// How it comes about, in a sentence.
    pub rule: String,
    /// What went into it, with names.
    pub inputs: Vec<(String, String)>,
    /// Page, measurement, price list or mechanism.
    pub source: String,
    /// When the source was read.
    pub as_of: String,
    /// `doc`, `measured`, `blog` or `assumed`.
    pub confidence: String,
    /// What else to know.
    pub note: String,
}

impl Why {
    /// Begins with what the figure is and how it comes about.
    pub fn new(title: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { title: title.into(), rule: rule.into(), ..Self::default() }
    }

    /// Adds the figure itself.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Adds something that went into it.
    pub fn input(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.push((name.into(), value.into()));
        self
    }

    /// Adds the source as a text.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Adds the source as the catalog has it.
    pub fn provenance(mut self, provenance: &Provenance) -> Self {
        self.source.clone_from(&provenance.source);
        self.as_of.clone_from(&provenance.as_of);
        self.confidence.clone_from(&provenance.confidence);
        self.note.clone_from(&provenance.note);
        self
    }
}

/// Shows the small button; the explanation opens on click.
pub fn why(ui: &mut Ui, theme: &Theme, why: &Why) -> Response {
    let response = icons::icon_button(ui, "info", &format!("Why: {}", why.title));
    Popup::from_toggle_button_response(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .gap(4.0)
        .width(320.0)
        .show(|ui| explanation(ui, theme, why));
    response
}

fn explanation(ui: &mut Ui, theme: &Theme, why: &Why) {
    ui.set_max_width(320.0);
    ui.spacing_mut().item_spacing.y = 5.0;
    ui.label(RichText::new(&why.title).strong());
    if !why.value.is_empty() {
        ui.label(RichText::new(&why.value).size(18.0).color(Tone::Accent.color(theme)));
    }
    if !why.rule.is_empty() {
        ui.label(&why.rule);
    }
    if !why.inputs.is_empty() {
        ui.add_space(2.0);
        egui::Grid::new(ui.next_auto_id()).num_columns(2).spacing([14.0, 3.0]).show(ui, |ui| {
            for (name, value) in &why.inputs {
                ui.label(RichText::new(name).color(Tone::Muted.color(theme)));
                ui.label(value);
                ui.end_row();
            }
        });
    }
    source_ui(ui, theme, why);
    if !why.note.is_empty() {
        ui.label(RichText::new(&why.note).color(Tone::Muted.color(theme)).small());
    }
}

fn source_ui(ui: &mut Ui, theme: &Theme, why: &Why) {
    if why.source.is_empty() {
        return;
    }
    ui.separator();
    let mut facts = Vec::new();
    if !why.as_of.is_empty() {
        facts.push(words::as_of(&why.as_of));
    }
    if !why.confidence.is_empty() {
        facts.push(match why.confidence.as_str() {
            "doc" => "documented".to_owned(),
            other => other.to_owned(),
        });
    }
    ui.label(RichText::new("Source").small().color(Tone::Muted.color(theme)));
    if why.source.starts_with("http") && !why.source.contains(' ') {
        ui.hyperlink_to(shorten(&why.source), &why.source);
    } else {
        ui.label(&why.source);
    }
    if !facts.is_empty() {
        ui.horizontal(|ui| {
            let tone = if why.confidence == "assumed" { Tone::Warn } else { Tone::Muted };
            ui.label(RichText::new(facts.join(" · ")).small().color(tone.color(theme)));
        });
    }
}

fn shorten(url: &str) -> String {
    let plain = url.trim_start_matches("https://").trim_start_matches("http://");
    if plain.chars().count() > 48 { plain.chars().take(47).chain(['…']).collect() } else { plain.to_owned() }
}
