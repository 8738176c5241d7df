//! Latency against the share of journeys that it is enough for, the rarest ones spread out at the right.

use egui::Ui;
use egui_plot::{GridMark, Line, LineStyle, PlotBounds, PlotPoints};
use plimsoll_models::units::Quantity;
use plimsoll_sim::result::Percentile;

use super::{Action, View};
use crate::{
    export::ExportTheme,
    gui::{
        format,
        offer::Offer,
        plots::{self, Scale, csv_menu, picture_look, picture_menu},
        theme::Theme,
        words::results as words,
    },
    report::chart,
};

/// Shares that are marked.
const MARKS: [f64; 9] = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999_999, 0.999_999_9];

/// Share of the width up to which there is room below for a word.
const LAST_MARK: f64 = 0.98;

/// What is shown.
#[derive(Clone, Debug)]
pub(super) struct Distribution<'a> {
    pub(super) title: &'a str,
    pub(super) percentiles: &'a [Percentile],
    /// Those of the pinned result.
    pub(super) baseline: Option<&'a [Percentile]>,
    /// Objectives: latency and name.
    pub(super) levels: Vec<(f64, String)>,
    pub(super) scale: Scale,
}

/// Shows the plot, as high as told.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, shown: &Distribution<'_>, height: f32, actions: &mut Vec<Action>) {
    legend_ui(ui, view.theme, shown);
    let finite = |percentiles: &[Percentile]| -> Vec<[f64; 2]> {
        let places = percentiles.iter().filter(|percentile| drawn(percentile));
        places.map(|percentile| [rarity(percentile.share), shown.scale.drawn(percentile.seconds)]).collect()
    };
    let points = finite(shown.percentiles);
    let baseline = shown.baseline.map(finite);
    let right = points.iter().chain(baseline.iter().flatten()).map(|point| point[0]).fold(1.0, f64::max);
    let seconds = || {
        let both = shown.percentiles.iter().chain(shown.baseline.unwrap_or_default());
        both.filter(|percentile| drawn(percentile)).map(|percentile| percentile.seconds).chain(shown.levels.iter().map(|(value, _)| *value))
    };
    let [low, high] = shown.scale.bounds(seconds);
    let mut plot = plots::plot("percentiles", view.theme, height)
        // The word below a mark at the very end would be cut off.
        .x_grid_spacer(move |_| {
            let marks = MARKS.iter().map(|share| GridMark { value: rarity(*share), step_size: 1.0 });
            marks.filter(|mark| mark.value < right * LAST_MARK).collect()
        })
        .x_axis_formatter(|mark, _| percent(1.0 - libm::pow(10.0, -mark.value)))
        .y_axis_formatter(shown.scale.formatter(Quantity::Duration));
    if shown.scale == Scale::Logarithmic {
        plot = plot.y_grid_spacer(|input| plots::decades(input.bounds));
    }
    let response = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [right * 1.02, high]));
        if let Some(baseline) = baseline {
            let style = LineStyle::dashed_dense();
            plot.line(Line::new(words::BASELINE, PlotPoints::from(baseline)).color(view.theme.text_weak).style(style).width(1.6));
        }
        plot.line(Line::new(shown.title.to_owned(), PlotPoints::from(points)).color(view.theme.plot[0]).width(2.0));
        for level in &shown.levels {
            plots::level_ui(plot, view.theme, shown.scale, right, level);
        }
    });
    let sentence = words::distribution_of(shown.title, &told(shown.percentiles));
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Figure, true, &sentence));
    let name = plimsoll_models::ids::fresh(&words::distribution_of(shown.title, ""), |_| false);
    response.response.context_menu(|ui| {
        picture_menu(ui, &|| picture(shown, right, picture_look(view.theme)), &name, actions);
        csv_menu(ui, &|| csv(shown.percentiles), &|text| Offer::text(format!("{name}.csv"), text), actions);
    });
    if let Some(at) = response.response.hover_pos() {
        let share = 1.0 - libm::pow(10.0, -response.transform.value_from_position(at).x.max(0.0));
        if let Some(seconds) = at_share(shown.percentiles, share) {
            response.response.on_hover_text_at_pointer(words::at_most(&percent(share), &format::seconds(seconds)));
        }
    }
}

/// The plot as a picture of its own, up to so rare a share.
fn picture(shown: &Distribution<'_>, right: f64, look: ExportTheme) -> Option<String> {
    let share = |percentile: &Percentile| rarity(percentile.share) / right;
    let trail = |name: &str, percentiles: &[Percentile], dashed| {
        let points = percentiles.iter().filter(|percentile| drawn(percentile)).map(|percentile| (share(percentile), percentile.seconds));
        chart::Trail { name: name.to_owned(), points: points.collect(), dashed }
    };
    let mut trails = vec![trail(shown.title, shown.percentiles, false)];
    trails.extend(shown.baseline.map(|baseline| trail(words::BASELINE, baseline, true)));
    let marks = MARKS.iter().map(|share| (rarity(*share) / right, percent(*share))).filter(|(share, _)| *share <= 1.0);
    let title = words::distribution_of(shown.title, "");
    let chart = chart::Chart {
        title: &title,
        axis: "",
        lines: Vec::new(),
        interval_s: 1.0,
        from_s: 0.0,
        scale: match shown.scale {
            Scale::Linear => chart::Scale::Clock,
            Scale::Logarithmic => chart::Scale::Logarithmic,
        },
        print: format::seconds,
        levels: shown.levels.clone(),
    };
    chart.trails(look, &trails, &marks.collect::<Vec<_>>())
}

fn legend_ui(ui: &mut Ui, theme: &Theme, shown: &Distribution<'_>) {
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(shown.title).font(Theme::strong()));
        ui.add_space(Theme::SPACE_8);
        ui.label(egui::RichText::new(told(shown.percentiles)).small().color(theme.text_weak));
        if shown.baseline.is_some() {
            ui.label(egui::RichText::new(words::DASHED_BASELINE).small().color(theme.text_weak));
        }
    });
}

/// Whether a percentile has a place: the least value tells little and takes much room, the greatest is infinitely rare.
fn drawn(percentile: &Percentile) -> bool {
    percentile.share > 0.0 && percentile.share < 1.0
}

/// How rare what lies above a share is: powers of ten, 1 for one in ten.
fn rarity(share: f64) -> f64 {
    -libm::log10((1.0 - share).max(1e-12))
}

/// A share without rounding it up to the whole.
fn percent(share: f64) -> String {
    // Two nines need no digit behind the point, each further one needs one; a hair more is dust of the logarithm.
    let digits = (rarity(share) - 2.0 - 1e-6).ceil().max(0.0) as usize;
    format!("{:.digits$} %", ((share * 100.0) * 10_f64.powi(digits as i32) + 1e-6).floor() / 10_f64.powi(digits as i32))
}

/// The latency that a share does not exceed.
fn at_share(percentiles: &[Percentile], share: f64) -> Option<f64> {
    let after = percentiles.iter().position(|percentile| percentile.share >= share)?;
    let high = &percentiles[after];
    let Some(low) = after.checked_sub(1).map(|at| &percentiles[at]) else { return Some(high.seconds) };
    let part = if high.share > low.share { (share - low.share) / (high.share - low.share) } else { 1.0 };
    Some(low.seconds + (high.seconds - low.seconds) * part)
}

/// The usual percentiles in words.
fn told(percentiles: &[Percentile]) -> String {
    let usual = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];
    let words = usual.iter().filter_map(|(name, share)| Some(format!("{name} {}", format::seconds(at_share(percentiles, *share)?))));
    words.collect::<Vec<_>>().join(", ")
}

fn csv(percentiles: &[Percentile]) -> String {
    percentiles
        .iter()
        .fold(String::from("share,seconds\n"), |out, percentile| out + &format!("{},{}\n", percentile.share, percentile.seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_with_as_many_nines_as_they_have() {
        let told: Vec<String> = MARKS.iter().map(|share| percent(*share)).collect();
        assert_eq!(told, ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %", "99.99999 %"]);
    }

    #[test]
    fn a_share_between_two_percentiles_lies_between_their_latencies() {
        let percentiles = [(0.0, 1.0), (0.5, 2.0), (1.0, 4.0)].map(|(share, seconds)| Percentile { share, seconds });
        assert_eq!(at_share(&percentiles, 0.25), Some(1.5));
        assert_eq!(at_share(&percentiles, 1.0), Some(4.0));
        assert_eq!(at_share(&[], 0.5), None);
    }
}
