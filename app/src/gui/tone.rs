//! What a color says, so that panels speak of meaning and the theme of color.

use egui::{Color32, CornerRadius, Frame, Margin, Response, RichText, Stroke, Ui};
use plimsoll_models::Severity;
use plimsoll_sim::result::Holds;

use super::theme::Theme;

/// What a color says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Fine.
    Good,
    /// Look at this.
    Warn,
    /// This is broken.
    Bad,
    /// Less important.
    Muted,
    /// Important.
    Accent,
    /// Plain text.
    Plain,
}

impl Tone {
    /// The color.
    pub fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Good => theme.calm,
            Self::Warn => theme.amber,
            Self::Bad => theme.red,
            Self::Muted => theme.text_weak,
            Self::Accent => theme.accent,
            Self::Plain => theme.text,
        }
    }

    /// How bad a use of a limit is: the share, and whether it refused something.
    pub fn of_use(share: f64, refused: bool) -> Self {
        if refused {
            Self::Bad
        } else if share > 0.7 {
            Self::Warn
        } else {
            Self::Good
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warning => Self::Warn,
            Severity::Info => Self::Accent,
        }
    }
}

impl From<Holds> for Tone {
    fn from(holds: Holds) -> Self {
        match holds {
            Holds::Holds => Self::Good,
            Holds::Broken => Self::Bad,
            Holds::Inconclusive => Self::Warn,
            Holds::NoObjectives => Self::Muted,
        }
    }
}

/// The glyph of a severity.
pub fn severity_icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A small rounded mark with a text.
pub fn chip(ui: &mut Ui, theme: &Theme, tone: Tone, text: &str) -> Response {
    wide_chip(ui, theme, tone, text, 0.0)
}

/// The same with so much room for the text at least, so that chips below each other are as wide.
pub fn wide_chip(ui: &mut Ui, theme: &Theme, tone: Tone, text: &str, width: f32) -> Response {
    let color = tone.color(theme);
    Frame::new()
        .fill(color.gamma_multiply(if theme.dark { 0.16 } else { 0.12 }))
        .corner_radius(CornerRadius::same(Theme::RADIUS_SMALL))
        .inner_margin(Margin::symmetric(7, 2))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let font = Theme::semibold(Theme::SIZE_SMALL);
            let free = width - ui.painter().layout_no_wrap(text.to_owned(), font.clone(), color).size().x;
            ui.add_space(free.max(0.0) / 2.0);
            ui.label(RichText::new(text).font(font).color(color));
            ui.add_space(free.max(0.0) / 2.0);
        })
        .response
}

/// A glyph in line with text.
pub fn glyph(ui: &mut Ui, theme: &Theme, tone: Tone, key: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(16.0, 16.0), egui::Sense::hover());
    crate::icons::paint(ui.painter(), key, rect, tone.color(theme));
    response
}

/// A bar that fills up to a share of a limit; the mark stands at 100 %.
pub fn gauge(ui: &mut Ui, theme: &Theme, share: f64, refused: bool, width: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, 14.0), egui::Sense::hover());
    let bar = rect.shrink2(egui::vec2(0.0, 4.0));
    let painter = ui.painter();
    painter.rect_filled(bar, 2.0, theme.surface_hovered);
    // The mark leaves room for what went over the limit.
    let at = |share: f64| bar.left() + bar.width() * (share.clamp(0.0, 1.25) / 1.25) as f32;
    let share = if share.is_finite() { share } else { 1.25 };
    let fill = egui::Rect::from_min_max(bar.min, egui::pos2(at(share).max(bar.left() + 1.0), bar.bottom()));
    painter.rect_filled(fill, 2.0, Tone::of_use(share, refused).color(theme));
    painter.vline(at(1.0), rect.y_range().shrink(1.0), Stroke::new(1.5, theme.text));
    response
}
