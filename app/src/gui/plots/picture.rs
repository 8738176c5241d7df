//! A plot as a picture or as data, from its context menu.

use std::fmt::Write as _;

use egui::{Response, Ui};

use super::{Chart, Scale, printer};
use crate::{
    export::{self, ExportTheme},
    gui::{action::Action, offer::Offer, results::Sight, theme::Theme, words::results as words},
    report::chart,
};

/// Pixels for each unit of a picture.
const PNG_SCALE: f32 = 2.0;

/// What the pointer's other button offers.
pub(super) fn menu(response: &Response, theme: &Theme, shown: &Chart<'_>, sight: &Sight, actions: &mut Vec<Action>) {
    response.context_menu(|ui| {
        let look = look(theme);
        let name = plimsoll_models::ids::fresh(&shown.title, |_| false);
        picture_menu(ui, &|| picture(shown, sight, look), &name, actions);
        csv_menu(ui, &|| data(shown, sight), &|text| Offer::text(format!("{name}.csv"), text), actions);
        if sight.range().is_some() {
            ui.separator();
            if ui.button(words::WHOLE_RUN).clicked() {
                actions.push(Action::LookAt(None));
                ui.close();
            }
        }
    });
}

/// Saves a picture under a name.
pub(in crate::gui) fn picture_menu(ui: &mut Ui, picture: &dyn Fn() -> Option<String>, name: &str, actions: &mut Vec<Action>) {
    if ui.button(words::SAVE_SVG).clicked() {
        if let Some(picture) = picture() {
            actions.push(Action::Offer(Offer::text(format!("{name}.svg"), picture)));
        }
        ui.close();
    }
    if ui.button(words::SAVE_PNG).clicked() {
        if let Some(picture) = picture() {
            let make = move || export::png(&picture, PNG_SCALE).map_err(|error| error.to_string());
            actions.push(Action::Offer(Offer::new(format!("{name}.png"), make)));
        }
        ui.close();
    }
}

/// The look of pictures that are saved: that of the window.
pub(in crate::gui) fn look(theme: &Theme) -> ExportTheme {
    if theme.dark { ExportTheme::Dark } else { ExportTheme::Light }
}

/// Saves or copies data.
pub(in crate::gui) fn csv_menu(ui: &mut Ui, data: &dyn Fn() -> String, offer: &dyn Fn(String) -> Offer, actions: &mut Vec<Action>) {
    if ui.button(words::SAVE_CSV).clicked() {
        actions.push(Action::Offer(offer(data())));
        ui.close();
    }
    if ui.button(words::COPY_CSV).clicked() {
        ui.ctx().copy_text(data());
        actions.push(Action::Notice(words::COPIED.to_owned()));
        ui.close();
    }
}

/// The part that is looked at, drawn as in the report.
fn picture(shown: &Chart<'_>, sight: &Sight, theme: ExportTheme) -> Option<String> {
    let windows = sight.windows(shown.grid);
    let lines = shown.curves.iter().map(|curve| {
        let values = curve.values.get(windows.clone()).unwrap_or_default();
        chart::Line { name: curve.name.clone(), values: values.iter().map(|value| value.is_finite().then_some(*value)).collect() }
    });
    let chart = chart::Chart {
        title: &shown.title,
        axis: "",
        lines: lines.collect(),
        interval_s: shown.grid.interval_s,
        from_s: windows.start as f64 * shown.grid.interval_s,
        scale: match shown.scale {
            Scale::Linear => chart::Scale::Linear,
            Scale::Logarithmic => chart::Scale::Logarithmic,
        },
        print: printer(shown.quantity),
        levels: shown.levels.clone(),
    };
    chart.picture(theme)
}

/// A row for each interval that is looked at, a column for each curve.
fn data(shown: &Chart<'_>, sight: &Sight) -> String {
    let mut out = String::from("time_s");
    for curve in &shown.curves {
        let _ = write!(out, ",{}", crate::report::csv::cell(&curve.name));
    }
    out.push('\n');
    for window in sight.windows(shown.grid) {
        let _ = write!(out, "{}", window as f64 * shown.grid.interval_s);
        for curve in &shown.curves {
            out.push(',');
            if let Some(value) = curve.values.get(window).filter(|value| value.is_finite()) {
                let _ = write!(out, "{value}");
            }
        }
        out.push('\n');
    }
    out
}
