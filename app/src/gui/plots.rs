//! Curves over the time of a run, all on the result's grid.

use egui::{Color32, RichText, Ui, Vec2b};
use egui_plot::{Corner, Legend, Line, LineStyle, Plot, PlotPoints, VLine};
use plimsoll_models::units::Quantity;
use plimsoll_sim::result::Grid;

use super::{format, theme::Theme};

/// A curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// One value for each interval of the grid; gaps are `NaN`.
    pub values: Vec<f64>,
    /// Color.
    pub color: Color32,
    /// Drawn with dashes: the baseline of a comparison.
    pub dashed: bool,
}

/// What a plot shows.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// Unique among all plots on screen.
    pub id: String,
    /// Title above it.
    pub title: String,
    /// What the values are.
    pub quantity: Quantity,
    /// The grid of the result.
    pub grid: &'a Grid,
    /// End of the warm-up in seconds; zero without.
    pub warm_up_s: f64,
    /// Curves.
    pub curves: Vec<Curve>,
}

/// Shows a plot as wide as there is room, of the given height.
pub fn chart_ui(ui: &mut Ui, theme: &Theme, chart: &Chart<'_>, height: f32) {
    ui.label(RichText::new(&chart.title).font(Theme::strong()));
    let Chart { id, title: _, quantity, grid, warm_up_s, curves } = chart;
    let (quantity, warm_up_s, interval) = (*quantity, *warm_up_s, grid.interval_s);
    let print = move |value: f64| match quantity {
        Quantity::Duration => format::seconds(value),
        Quantity::Rate => format!("{}/s", format::number(value)),
        Quantity::Fraction => format::percent(value),
        Quantity::Money => format::money(value),
        Quantity::Bytes | Quantity::Count | Quantity::Number => format::number(value),
    };
    let plot = Plot::new(id)
        .height(height)
        .allow_scroll(false)
        .allow_drag(Vec2b::new(true, false))
        .allow_zoom(Vec2b::new(true, false))
        .auto_bounds(Vec2b::TRUE)
        .include_y(0.0)
        .include_x(0.0)
        .show_background(true)
        .x_axis_formatter(|mark, _| if mark.value < 0.0 { String::new() } else { format::seconds(mark.value) })
        .y_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { print(mark.value) })
        .y_axis_min_width(56.0)
        .coordinates_formatter(Corner::RightTop, egui_plot::CoordinatesFormatter::new(move |point, _| format!("{}   {}", format::seconds(point.x), print(point.y))))
        .legend(Legend::default().background_alpha(0.8).position(Corner::LeftTop));
    ui.name_inputs(&chart.title, |ui| {
        plot.show(ui, |plot| {
            if warm_up_s > 0.0 {
                plot.vline(VLine::new("Warm-up", warm_up_s).color(theme.text_weak).style(LineStyle::dotted_dense()));
            }
            for curve in curves {
                for (index, run) in unbroken(&curve.values, interval).into_iter().enumerate() {
                    let style = if curve.dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
                    let line = Line::new(curve.name.clone(), PlotPoints::from(run)).color(curve.color).width(1.6).style(style);
                    plot.line(line.id((&curve.name, index, curve.dashed)));
                }
            }
        });
    });
}

/// Values with their times, broken where there is none.
fn unbroken(values: &[f64], interval: f64) -> Vec<Vec<[f64; 2]>> {
    let mut runs = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        if value.is_finite() {
            if let Some(run) = runs.last_mut() {
                run.push([(index as f64 + 0.5) * interval, *value]);
            }
        } else if runs.last().is_some_and(|run| !run.is_empty()) {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Gaps as numbers that no plot draws.
pub fn gaps(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}
