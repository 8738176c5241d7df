//! Curves over the time of a run, all on the result's grid, with one cursor and one range for all of them.

mod axis;
mod picture;

pub(super) use axis::decades;
use axis::rounds;
pub(super) use picture::{csv_menu, look as picture_look, picture_menu};

use egui::{Color32, RichText, Sense, Ui, Vec2b};
use egui_plot::{FilledArea, HLine, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints, PlotTransform, PlotUi, Span, Text, VLine};
use plimsoll_models::units::Quantity;
use plimsoll_sim::result::{FaultResult, Grid};

pub use axis::Scale;
use axis::printer;
pub(super) use axis::{TIME_STEPS, clock, time_marks};

use super::{action::Action, results::Sight, theme::Theme, words::shell as words};

/// Width of the vertical axis, the same for all plots, so that their times stand below each other.
pub(super) const Y_AXIS_WIDTH: f32 = 56.0;

/// Height of the row above a plot.
const TITLE_HEIGHT: f32 = 20.0;
/// Width of a digit in that row.
const FIGURE_WIDTH: f32 = 7.0;

/// Share of the width at the right end in which no time is written.
const LAST_MARK: f64 = 0.02;

/// A curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// What it is called elsewhere, such as on the provider's dashboard.
    pub note: Option<String>,
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
    /// How the vertical axis grows.
    pub scale: Scale,
    /// The grid of the result.
    pub grid: &'a Grid,
    /// End of the warm-up in seconds; zero without.
    pub warm_up_s: f64,
    /// What went wrong on purpose.
    pub faults: &'a [FaultResult],
    /// Curves.
    pub curves: Vec<Curve>,
    /// Fill the room between each curve and the one before it: percentiles, from low to high.
    pub bands: bool,
    /// Levels worth a line across: value and name.
    pub levels: Vec<(f64, String)>,
}

/// Shows a plot as wide as there is room, of the given height.
pub fn chart_ui(ui: &mut Ui, theme: &Theme, chart: &Chart<'_>, sight: &mut Sight, height: f32, actions: &mut Vec<Action>) {
    title_ui(ui, theme, &chart.title, &chart.curves, (chart.quantity, chart.grid, sight));
    let end_s = chart.grid.interval_s * chart.grid.intervals as f64;
    let bounds = sight.bounds(end_s);
    let [low, high] = chart.range(sight);
    let plot = plot(&chart.id, theme, height).y_axis_formatter(chart.scale.formatter(chart.quantity));
    let plot = match chart.scale {
        Scale::Linear => plot.y_grid_spacer(|input| rounds(input.bounds)),
        Scale::Logarithmic => plot.y_grid_spacer(|input| decades(input.bounds)),
    };
    let response = ui.name_inputs(&chart.title, |ui| {
        plot.show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([bounds.0, low], [bounds.1, high]));
            times_ui(plot, theme, sight, chart.warm_up_s, chart.faults);
            chart.curves_ui(plot);
            for level in &chart.levels {
                level_ui(plot, theme, chart.scale, bounds.1, level);
            }
        })
    });
    let sentence = || egui::WidgetInfo::labeled(egui::accesskit::Role::Figure, true, chart.sentence(sight));
    response.response.widget_info(sentence);
    look(&response.response, &response.transform, sight, end_s);
    picture::menu(&response.response, theme, chart, sight, actions);
}

/// A plot that looks like all others; its bounds are set by whoever fills it.
pub(super) fn plot<'a>(id: &str, theme: &Theme, height: f32) -> Plot<'a> {
    Plot::new(id)
        .height(height)
        .sense(Sense::click_and_drag())
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .auto_bounds(Vec2b::FALSE)
        .show_crosshair(false)
        .show_x(false)
        .show_y(false)
        .label_formatter(|_| None)
        .grid_color(theme.stroke)
        .x_grid_spacer(|input| {
            let (low, high) = input.bounds;
            let room = (high - low) * LAST_MARK;
            // The word below a mark at the very end would be cut off.
            time_marks(input.bounds).into_iter().filter(|mark| mark.value < high - room).collect()
        })
        // The beginning is the corner, where the least value stands.
        .x_axis_formatter(|mark, _| if mark.value <= 0.0 { String::new() } else { clock(mark.value) })
        .y_axis_min_width(Y_AXIS_WIDTH)
}

/// Pointer on a plot: it moves the cursor of all plots and draws a range; a click picks a time, a double click takes the range away.
pub(super) fn look(response: &egui::Response, transform: &PlotTransform, sight: &mut Sight, end_s: f64) {
    let at = |position: egui::Pos2| transform.value_from_position(position).x;
    if let Some(position) = response.hover_pos().or_else(|| response.interact_pointer_pos().filter(|_| response.dragged())) {
        sight.hover(at(position).clamp(0.0, end_s));
    }
    if response.dragged_by(egui::PointerButton::Primary)
        && let Some(position) = response.interact_pointer_pos()
    {
        let origin = response.ctx.input(|input| input.pointer.press_origin()).unwrap_or(position);
        if response.drag_started() {
            sight.draw(at(origin), true);
        }
        sight.draw(at(position), false);
    }
    if response.drag_stopped() {
        sight.release(end_s);
    }
    if response.clicked()
        && let Some(position) = response.interact_pointer_pos()
    {
        sight.pick(at(position).clamp(0.0, end_s));
    }
    if response.double_clicked() {
        sight.look_at(None);
    }
}

/// What all plots over time share: faults, warm-up, the cursor and the range that is drawn.
pub(super) fn times_ui(plot: &mut PlotUi<'_>, theme: &Theme, sight: &Sight, warm_up_s: f64, faults: &[FaultResult]) {
    faults_ui(plot, theme, faults);
    if warm_up_s > 0.0 {
        plot.vline(VLine::new(words::WARM_UP, warm_up_s).color(theme.text_weak).style(LineStyle::dotted_dense()));
    }
    if let Some((from, to)) = sight.brush() {
        plot.add(Span::new("", from..=to).fill(theme.accent.gamma_multiply(0.18)).border_width(0.0));
    }
    if let Some(cursor) = sight.cursor() {
        plot.vline(VLine::new("", cursor).color(theme.text_weak).width(1.0).id("cursor"));
    }
}

/// Shades the times at which something goes wrong on purpose, once however much it is, and says what it is where there is room.
fn faults_ui(plot: &mut PlotUi<'_>, theme: &Theme, faults: &[FaultResult]) {
    // A deployment has no length, but a place.
    for (number, fault) in faults.iter().enumerate().filter(|(_, fault)| fault.to_s <= fault.from_s) {
        plot.vline(VLine::new("", fault.from_s).color(theme.amber.gamma_multiply(0.5)).id(("fault", number)));
    }
    let bounds = plot.plot_bounds();
    for (from_s, to_s, words) in struck(faults) {
        plot.add(Span::new("", from_s..=to_s).fill(theme.amber.gamma_multiply(0.10)).border_width(0.0));
        let (from_s, to_s) = (from_s.max(bounds.min()[0]), to_s.min(bounds.max()[0]));
        if (to_s - from_s) / bounds.width() > FAULT_ROOM * words.chars().count() as f64 {
            let text = RichText::new(words).small().color(theme.amber_text);
            plot.text(Text::new("", PlotPoint::new(from_s, bounds.max()[1]), text).anchor(egui::Align2::LEFT_TOP));
        }
    }
}

/// Share of the width that a letter of the name of a fault needs, about: plots are three beside each other.
const FAULT_ROOM: f64 = 0.016;

/// When anything is struck: from, to, and by what.
fn struck(faults: &[FaultResult]) -> Vec<(f64, f64, String)> {
    let mut lasting: Vec<&FaultResult> = faults.iter().filter(|fault| fault.to_s > fault.from_s).collect();
    lasting.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let mut struck: Vec<(f64, f64, Vec<&str>)> = Vec::new();
    for fault in lasting {
        let word = fault.text.split(',').next().unwrap_or_default();
        match struck.last_mut().filter(|(_, to_s, _)| fault.from_s <= *to_s) {
            Some((_, to_s, words)) => {
                *to_s = to_s.max(fault.to_s);
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            None => struck.push((fault.from_s, fault.to_s, vec![word])),
        }
    }
    struck.into_iter().map(|(from_s, to_s, words)| (from_s, to_s, super::words::spoken(&words.join(", ")))).collect()
}

/// Share of the height that the name of a level needs above its line; else it stands below.
const LEVEL_ROOM: f64 = 0.12;

/// A line across at a value, with its name at the right end.
pub(super) fn level_ui(plot: &mut PlotUi<'_>, theme: &Theme, scale: Scale, right: f64, (value, name): &(f64, String)) {
    let drawn = scale.drawn(*value);
    if drawn.is_finite() {
        plot.hline(HLine::new(name.clone(), drawn).color(theme.red).style(LineStyle::dashed_dense()));
        let text = RichText::new(name).small().color(theme.red);
        let bounds = plot.plot_bounds();
        let is_at_the_top = bounds.max()[1] - drawn < bounds.height() * LEVEL_ROOM;
        let anchor = if is_at_the_top { egui::Align2::RIGHT_TOP } else { egui::Align2::RIGHT_BOTTOM };
        plot.text(Text::new("", PlotPoint::new(right, drawn), text).anchor(anchor));
    }
}

impl Chart<'_> {
    /// The plot in words: each curve with its least and its greatest value of what is looked at.
    fn sentence(&self, sight: &Sight) -> String {
        let (windows, print) = (sight.windows(self.grid), printer(self.quantity));
        let mut words = words::plot_of(&self.title);
        for curve in &self.curves {
            let values = || curve.values.get(windows.clone()).unwrap_or_default().iter().copied().filter(|value| value.is_finite());
            if let (Some(least), Some(most)) = (values().reduce(f64::min), values().reduce(f64::max)) {
                words += &words::curve(&curve.name, &print(least), &print(most));
            }
        }
        words
    }

    /// Bounds of the vertical axis, as it is drawn, for what is looked at.
    fn range(&self, sight: &Sight) -> [f64; 2] {
        let windows = sight.windows(self.grid);
        let values = || {
            let curves = self.curves.iter().flat_map(|curve| curve.values.get(windows.clone()).unwrap_or_default()).copied();
            curves.chain(self.levels.iter().map(|(value, _)| *value)).filter(|value| value.is_finite())
        };
        self.scale.bounds(values)
    }

    fn curves_ui(&self, plot: &mut PlotUi<'_>) {
        let interval = self.grid.interval_s;
        let drawn = |curve: &Curve| -> Vec<f64> { curve.values.iter().map(|value| self.scale.drawn(*value)).collect() };
        for (index, curve) in self.curves.iter().enumerate() {
            let values = drawn(curve);
            if self.bands && !curve.dashed && index > 0 {
                band(plot, index, &drawn(&self.curves[index - 1]), &values, interval, curve.color);
            }
            for (run, points) in unbroken(&values, interval).into_iter().enumerate() {
                let style = if curve.dashed { LineStyle::dashed_dense() } else { LineStyle::Solid };
                let line = Line::new(curve.name.clone(), PlotPoints::from(points)).color(curve.color).width(1.6).style(style);
                plot.line(line.id((index, run, curve.dashed)));
            }
        }
    }
}

/// Fills the room between two curves, where both have values.
fn band(plot: &mut PlotUi<'_>, index: usize, low: &[f64], high: &[f64], interval: f64, color: Color32) {
    let both: Vec<f64> = low.iter().zip(high).map(|(low, high)| if low.is_finite() { *high } else { f64::NAN }).collect();
    for (run, points) in unbroken(&both, interval).into_iter().enumerate() {
        let xs: Vec<f64> = points.iter().map(|point| point[0]).collect();
        let tops: Vec<f64> = points.iter().map(|point| point[1]).collect();
        let bottoms: Vec<f64> = xs.iter().map(|x| low.get((x / interval) as usize).copied().unwrap_or(f64::NAN)).collect();
        plot.add(FilledArea::new("", &xs, &bottoms, &tops).fill_color(color.gamma_multiply(0.14)).id(("band", index, run)));
    }
}

/// Title and legend in one line: a legend inside would hide the curves. At the cursor it tells the values.
pub(super) fn title_ui(ui: &mut Ui, theme: &Theme, title: &str, curves: &[Curve], (quantity, grid, sight): (Quantity, &Grid, &Sight)) {
    let print = printer(quantity);
    let at = sight.cursor().map(|cursor| (cursor / grid.interval_s) as usize);
    // A row of its own width: a legend that is too long must not push the plot below it.
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), TITLE_HEIGHT), Sense::hover());
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut row = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout));
    row.shrink_clip_rect(rect);
    row.spacing_mut().item_spacing.x = 5.0;
    row.add(egui::Label::new(RichText::new(title).font(Theme::strong())).truncate());
    if let Some(cursor) = sight.cursor() {
        row.label(RichText::new(words::at_time(&clock(cursor))).small().color(theme.text_weak));
    }
    for (index, curve) in curves.iter().enumerate() {
        let share = row.available_width() / (curves.len() - index) as f32;
        let value = at.and_then(|at| curve.values.get(at)).filter(|value| value.is_finite()).map(|value| print(*value));
        legend_ui(&mut row, theme, curve, value, share);
    }
}

/// A curve in the legend, with its value at the cursor, in so much room.
fn legend_ui(row: &mut Ui, theme: &Theme, curve: &Curve, value: Option<String>, share: f32) {
    row.add_space(4.0);
    let (rect, _) = row.allocate_exact_size(egui::vec2(12.0, 12.0), Sense::hover());
    row.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(2.5, curve.color));
    let figure = value.as_ref().map_or(0.0, |value| FIGURE_WIDTH * value.chars().count() as f32);
    let name = row.scope(|ui| {
        ui.set_max_width((share - 30.0 - figure).max(20.0));
        ui.add(egui::Label::new(RichText::new(&curve.name).small().color(theme.text_weak)).truncate())
    });
    if let Some(note) = &curve.note {
        name.inner.on_hover_text(note);
    }
    if let Some(value) = value {
        row.label(RichText::new(value).small().monospace());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_at_the_same_time_are_one_shade() {
        let fault = |from_s, to_s, text: &str| FaultResult { kind: "", on: String::new(), from_s, to_s, text: text.to_owned(), struck: 0 };
        let faults = [
            fault(60.0, 90.0, "outage, attempts hang for 1 s"),
            fault(10.0, 20.0, "outage"),
            fault(15.0, 30.0, "55 % errors"),
            fault(12.0, 18.0, "outage"),
            fault(40.0, 40.0, "deployment"),
        ];
        assert_eq!(struck(&faults), [(10.0, 30.0, "Outage, 55 % errors".to_owned()), (60.0, 90.0, "Outage".to_owned())]);
    }
}
