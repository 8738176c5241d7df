//! Curves over the time of a run, all on the result's grid.

use egui::{Color32, RichText, Ui, Vec2b};
use egui_plot::{Corner, GridMark, Line, LineStyle, Plot, PlotPoints, VLine};
use plimsoll_models::units::Quantity;
use plimsoll_sim::result::Grid;

use super::{format, theme::Theme, words::shell as words};

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
    title_ui(ui, theme, chart);
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
        .grid_color(theme.stroke)
        .cursor_color(theme.text_weak)
        .x_grid_spacer(|input| time_marks(input.bounds))
        .x_axis_formatter(|mark, _| if mark.value < 0.0 { String::new() } else { clock(mark.value) })
        .y_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { print(mark.value) })
        .y_axis_min_width(56.0)
        .coordinates_formatter(
            Corner::RightTop,
            egui_plot::CoordinatesFormatter::new(move |point, _| format!("{}   {}", clock(point.x), print(point.y))),
        );
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

/// Title and legend in one line: a legend inside would hide the curves.
fn title_ui(ui: &mut Ui, theme: &Theme, chart: &Chart<'_>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(&chart.title).font(Theme::strong()));
        ui.add_space(Theme::SPACE_8);
        ui.spacing_mut().item_spacing.x = 5.0;
        for curve in &chart.curves {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
            ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(2.5, curve.color));
            ui.label(RichText::new(&curve.name).small().color(theme.text_weak));
            ui.add_space(4.0);
        }
        if chart.warm_up_s > 0.0 {
            ui.label(RichText::new(words::WARM_UP).small().color(theme.text_weak));
        }
    });
}

/// Steps of the time axis that people count in, in seconds.
const TIME_STEPS: &[f64] = &[
    0.001,
    0.01,
    0.1,
    0.5,
    1.0,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    1_800.0,
    3_600.0,
    7_200.0,
    21_600.0,
    43_200.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
];

/// Marks of the time axis: about six, at whole seconds, minutes or hours.
fn time_marks((low, high): (f64, f64)) -> Vec<GridMark> {
    let wanted = (high - low) / 9.0;
    let Some(step) = TIME_STEPS.iter().copied().find(|step| *step >= wanted).or_else(|| TIME_STEPS.last().copied()) else {
        return Vec::new();
    };
    let first = (low / step).ceil().max(0.0);
    let count = (((high / step).floor() - first).max(0.0) as usize).min(100);
    (0..=count).map(|n| GridMark { value: (first + n as f64) * step, step_size: step }).collect()
}

/// A time on the axis: `45 s`, `3:20`, `2:05 h`.
fn clock(seconds: f64) -> String {
    if seconds < 120.0 {
        return format::seconds(seconds.max(0.0));
    }
    let whole = seconds.round() as u64;
    if whole < 7_200 {
        return format!("{}:{:02} min", whole / 60, whole % 60);
    }
    let (hours, minutes) = (whole / 3_600, whole % 3_600 / 60);
    if hours < 48 { format!("{hours}:{minutes:02} h") } else { format!("{:.1} d", seconds / 86_400.0) }
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
