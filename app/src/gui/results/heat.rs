//! Where latencies lie over time: each cell is an interval and a bucket, as strong as there are journeys in it.

use std::fmt::Write as _;

use egui::{Color32, Mesh, Pos2, Rect, Response, Shape, Stroke, Ui};
use egui_plot::{PlotBounds, PlotTransform};
use plimsoll_models::units::Quantity;
use plimsoll_sim::{
    RunResult,
    result::{Grid, JourneyResult, LatencySeries},
};

use super::{Action, Sight, View, latency::Kind, traces::Cell};
use crate::{
    export::ExportTheme,
    gui::{
        format,
        offer::Offer,
        plots::{self, Curve, Scale, clock, csv_menu, picture_look, picture_menu},
        theme::Theme,
        words::results as words,
    },
    report::{chart, heat::Heat},
};

/// Opacity of a cell with one journey; the fullest one is opaque.
const FAINTEST: f32 = 0.16;

/// Shows the map, as high as told.
pub(super) fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    (result, journey, kind): (&RunResult, &JourneyResult, Kind),
    (title, sight): (&str, &mut Sight),
    height: f32,
    actions: &mut Vec<Action>,
) {
    let map = Map { heat: Heat { counts: kind.counts(journey), windows: sight.windows(&result.grid) }, interval_s: result.grid.interval_s };
    let Some((low, high)) = map.heat.bounds_s() else {
        ui.label(egui::RichText::new(words::NOTHING_ENDED).color(view.theme.text_weak));
        return;
    };
    let drawn = |value| Scale::Logarithmic.drawn(value);
    let end_s = result.grid.interval_s * result.grid.intervals as f64;
    let (from, to) = sight.bounds(end_s);
    let series = kind.series(journey);
    let lines = [("p50", &series.p50, view.theme.plot[1]), ("p99", &series.p99, view.theme.plot[3])];
    legend_ui(ui, view.theme, title, &lines.map(|(name, values, color)| (name, values.as_slice(), color)), (&result.grid, sight));
    let plot = plots::plot("heat", view.theme, height)
        .y_grid_spacer(|input| plots::decades(input.bounds))
        .y_axis_formatter(Scale::Logarithmic.formatter(Quantity::Duration));
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([from, drawn(low)], [to, drawn(high)]));
        plots::times_ui(plot, view.theme, sight, result.run.warm_up_s, &result.faults);
    });
    let painter = ui.painter().with_clip_rect(*shown.transform.frame());
    painter.add(Shape::mesh(map.mesh(&shown.transform, view.theme.plot[0])));
    for (_, values, color) in lines {
        line(&painter, &shown.transform, values, result.grid.interval_s, Stroke::new(1.4, color));
    }
    let response = shown.response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Figure, true, words::heat_map_of(title)));
    plots::look(&response, &shown.transform, sight, end_s);
    let cell = response.hover_pos().and_then(|at| map.cell(&shown.transform, at));
    let response = match &cell {
        Some(cell) => response.on_hover_text_at_pointer(cell.told()),
        None => response,
    };
    if response.clicked()
        && let Some(Pointed { ended_s, took_s, count }) = cell
        && count > 0
    {
        actions.push(Action::Follow(Cell { producer: journey.producer.clone(), kind, ended_s, took_s }));
    }
    menu(&response, view.theme, (title, &map, series), actions);
}

/// Title, and the lines over the map with their values at the cursor.
fn legend_ui(ui: &mut Ui, theme: &Theme, title: &str, lines: &[(&str, &[Option<f64>], Color32)], (grid, sight): (&Grid, &Sight)) {
    let curve = |(name, values, color): &(&str, &[Option<f64>], Color32)| Curve {
        name: (*name).to_owned(),
        note: None,
        values: plots::gaps(values),
        color: *color,
        dashed: false,
    };
    let curves: Vec<Curve> = lines.iter().map(curve).collect();
    plots::title_ui(ui, theme, title, &curves, (Quantity::Duration, grid, sight));
}

fn menu(response: &Response, theme: &Theme, (title, map, series): (&str, &Map<'_>, &LatencySeries), actions: &mut Vec<Action>) {
    let title = words::heat_map_of(title);
    let name = plimsoll_models::ids::fresh(&title, |_| false);
    response.context_menu(|ui| {
        picture_menu(ui, &|| map.picture(&title, series, picture_look(theme)), &name, actions);
        csv_menu(ui, &|| map.csv(), &|text| Offer::text(format!("{name}.csv"), text), actions);
    });
}

/// A line over the map.
fn line(painter: &egui::Painter, transform: &PlotTransform, values: &[Option<f64>], interval_s: f64, stroke: Stroke) {
    let at = |(window, value): (usize, &Option<f64>)| -> Option<Pos2> {
        let drawn = Scale::Logarithmic.drawn((*value)?);
        let time = (window as f64 + 0.5) * interval_s;
        drawn.is_finite().then(|| transform.position_from_point(&egui_plot::PlotPoint::new(time, drawn)))
    };
    let points: Vec<Option<Pos2>> = values.iter().enumerate().map(at).collect();
    for run in points.split(Option::is_none).filter(|run| run.len() > 1) {
        painter.add(Shape::line(run.iter().flatten().copied().collect(), stroke));
    }
}

/// The cell under the pointer: when its journeys ended, how long they took, in seconds, and how many there are.
#[derive(Clone, Copy, Debug)]
struct Pointed {
    ended_s: (f64, f64),
    took_s: (f64, f64),
    count: u64,
}

impl Pointed {
    fn told(&self) -> String {
        let times = words::range(&clock(self.ended_s.0), &clock(self.ended_s.1));
        let lengths = words::range(&format::seconds(self.took_s.0), &format::seconds(self.took_s.1));
        words::cell(&times, &lengths, &format::count(self.count), self.count > 0)
    }
}

/// The counts that are looked at.
struct Map<'a> {
    heat: Heat<'a>,
    /// Length of an interval in seconds.
    interval_s: f64,
}

impl Map<'_> {
    fn mesh(&self, transform: &PlotTransform, color: Color32) -> Mesh {
        let most = self.heat.cells().map(|(.., count)| count).max().unwrap_or(1);
        let full = libm::log1p(most as f64);
        let y = |seconds: f64| transform.position_from_point_y(Scale::Logarithmic.drawn(seconds.max(1e-9)));
        let x = |window: usize| transform.position_from_point_x(window as f64 * self.interval_s);
        let mut mesh = Mesh::default();
        for (window, bucket, count) in self.heat.cells() {
            let [Some(low), Some(high)] = [bucket, bucket + 1].map(|at| self.heat.counts.bounds_s.get(at)) else { continue };
            let share = (libm::log1p(count as f64) / full) as f32;
            let rect = Rect::from_min_max(egui::pos2(x(window), y(*high)), egui::pos2(x(window + 1), y(*low)));
            mesh.add_colored_rect(rect, color.gamma_multiply(FAINTEST + (1.0 - FAINTEST) * share));
        }
        mesh
    }

    /// What lies at a place: times, latencies, and how many journeys.
    fn cell(&self, transform: &PlotTransform, at: Pos2) -> Option<Pointed> {
        let point = transform.value_from_position(at);
        let (time, took) = (point.x, Scale::Logarithmic.value(point.y));
        let window = (time.max(0.0) / self.interval_s) as usize;
        let bucket = self.heat.counts.bounds_s.partition_point(|bound| *bound <= took).checked_sub(1)?;
        let (low, high) = (*self.heat.counts.bounds_s.get(bucket)?, *self.heat.counts.bounds_s.get(bucket + 1)?);
        let row = self.heat.counts.rows.get(window)?;
        let count = bucket.checked_sub(row.first).and_then(|at| row.counts.get(at)).copied().unwrap_or(0);
        let ended_s = (window as f64 * self.interval_s, (window + 1) as f64 * self.interval_s);
        Some(Pointed { ended_s, took_s: (low, high), count })
    }

    /// The map as a picture of its own, with the same lines over it.
    fn picture(&self, title: &str, series: &LatencySeries, look: ExportTheme) -> Option<String> {
        let line = |(name, values): (&str, &Vec<Option<f64>>)| chart::Line {
            name: name.to_owned(),
            values: values.get(self.heat.windows.clone()).unwrap_or_default().to_vec(),
        };
        let shown = chart::Chart {
            title,
            axis: "",
            lines: [("p50", &series.p50), ("p99", &series.p99)].map(line).to_vec(),
            interval_s: self.interval_s,
            from_s: self.heat.windows.start as f64 * self.interval_s,
            scale: chart::Scale::Logarithmic,
            print: format::seconds,
            levels: Vec::new(),
        };
        shown.heat_map(look, &self.heat.fine())
    }

    fn csv(&self) -> String {
        let mut out = String::from("time_s,from_s,to_s,count\n");
        for (window, bucket, count) in self.heat.cells() {
            let [from, to] = [bucket, bucket + 1].map(|at| self.heat.counts.bounds_s.get(at).copied().unwrap_or(f64::NAN));
            let _ = writeln!(out, "{},{from},{to},{count}", window as f64 * self.interval_s);
        }
        out
    }
}
