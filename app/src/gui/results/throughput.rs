//! What an engineer watches of a node or a connection: in and out, trouble, work against its limits, backlog and age.

use egui::{RichText, ScrollArea, Ui};
use plimsoll_models::{EdgeId, NodeId, units::Quantity};
use plimsoll_sim::{
    RunResult,
    result::{LimitResult, Series, SeriesKind},
};

use super::{Action, Focus, Sight, View};
use crate::{
    dashboards::{self, Role},
    gui::{
        plots::{Chart, Curve, Scale, chart_ui},
        theme::Theme,
        words::results as words,
    },
};

/// Least height of a plot.
const HEIGHT_MIN: f32 = 104.0;
/// Width from which on three plots stand beside each other.
const WIDE: f32 = 1_050.0;
/// A limit so many times above what was seen would flatten the curve; its line is left out.
const LEVEL_FAR: f64 = 3.0;
/// Share of what the curves show that a limit must have seen to be about the same.
const ABOUT: f64 = 0.5;
/// Costs are told for an hour.
const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Most curves of a plot: more cannot be told apart.
const CURVES_MAX: usize = 5;

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    picked: Option<NodeId>,
}

/// A series with where it belongs.
struct Watched<'a> {
    name: String,
    /// What the provider's dashboard calls it.
    metric: Option<String>,
    series: &'a Series,
}

/// A plot of series that are read together.
struct Panel<'a> {
    role: Role,
    series: Vec<Watched<'a>>,
}

/// Shows the plots of one node or connection.
pub(super) fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    result: &RunResult,
    (memory, sight, focus): (&mut Memory, &mut Sight, &Focus),
    actions: &mut Vec<Action>,
) {
    if let Some(selected) = focus.single_node() {
        memory.picked = Some(selected.clone());
    }
    let with_series: Vec<_> = result.nodes.iter().filter(|node| !node.series.is_empty()).collect();
    let Some(first) = with_series.first() else {
        ui.label(RichText::new(words::NO_SERIES).color(view.theme.text_weak));
        return;
    };
    let node = with_series.iter().find(|node| Some(&node.id) == memory.picked.as_ref()).unwrap_or(first);
    let edge = focus.single_edge().filter(|id| result.edge(id.as_str()).is_some_and(|edge| !edge.series.is_empty()));
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(170.0);
            ScrollArea::vertical().id_salt("throughput nodes").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for other in &with_series {
                    if ui.selectable_label(edge.is_none() && other.id == node.id, view.diagram.title(&other.id)).clicked() {
                        memory.picked = Some(other.id.clone());
                        actions.push(Action::Reveal(plimsoll_models::Place::Node(other.id.clone(), None)));
                    }
                }
            });
        });
        ui.vertical(|ui| {
            let (title, watched) = match edge {
                Some(edge) => (focus.title(view), of_edge(view, result, edge, |_| true)),
                None => (view.diagram.title(&node.id).to_owned(), of_node(view, result, &node.id)),
            };
            let limits: Vec<&LimitResult> = match edge {
                Some(edge) => result.limits.iter().filter(|limit| limit.edge.as_ref() == Some(edge)).collect(),
                // The limit of a mapping is none of the messages in a queue.
                None => result.limits_of(&node.id).filter(|limit| limit.edge.is_none()).collect(),
            };
            panels_ui(ui, view, result, (&title, panels(watched), &limits), sight, actions);
        });
    });
}

/// The series of a node, how far its readers are behind, and how much its pollers may run.
fn of_node<'a>(view: &View<'_>, result: &'a RunResult, id: &NodeId) -> Vec<Watched<'a>> {
    let node = result.nodes.iter().find(|node| node.id == *id);
    let own = node.into_iter().flat_map(|node| {
        let service = view.diagram.nodes.get(&node.id).map_or("", |node| node.service.as_str());
        node.series.iter().map(move |series| Watched {
            name: series.name.clone(),
            metric: dashboards::metric(service, &series.name).map(|metric| metric.title()),
            series,
        })
    });
    let beside = view.diagram.edges.iter().flat_map(|(edge, ends)| {
        let reads = |role| ends.from == *id && matches!(role, Role::Age | Role::Backlog);
        let runs = |role| ends.to == *id && role == Role::Work;
        let mut watched = of_edge(view, result, edge, |role| reads(role) || runs(role));
        let other = if ends.from == *id { &ends.to } else { &ends.from };
        for watched in &mut watched {
            watched.name = format!("{} · {}", watched.name, view.diagram.title(other));
        }
        watched
    });
    own.chain(beside).collect()
}

fn of_edge<'a>(view: &View<'_>, result: &'a RunResult, id: &EdgeId, wanted: impl Fn(Role) -> bool) -> Vec<Watched<'a>> {
    let service = view.diagram.edges.get(id).and_then(|edge| view.diagram.nodes.get(&edge.to)).map_or("", |node| node.service.as_str());
    let Some(edge) = result.edge(id.as_str()) else { return Vec::new() };
    let series = edge.series.iter().filter(|series| dashboards::role(&series.name).is_some_and(&wanted));
    series
        .map(|series| Watched {
            name: series.name.clone(),
            metric: dashboards::metric(service, &series.name).map(|metric| metric.title()),
            series,
        })
        .collect()
}

/// Puts together what is read together; what never happened is left out.
fn panels(watched: Vec<Watched<'_>>) -> Vec<Panel<'_>> {
    let mut panels: Vec<Panel<'_>> = Vec::new();
    for watched in watched {
        // What comes in and out is one plot. A series that nobody has thought about is a rate or a level.
        let role = match (dashboards::role(&watched.series.name), watched.series.kind) {
            (Some(Role::Results) | None, SeriesKind::Rate) => Role::Arrivals,
            (None, SeriesKind::Mean | SeriesKind::Max) => Role::Work,
            (Some(role), _) => role,
        };
        // The greatest level of an interval is what meets a limit.
        let happened = watched.series.values.iter().any(|value| *value > 0.0);
        if watched.series.kind == SeriesKind::Mean || !(happened || role == Role::Arrivals) {
            continue;
        }
        match panels.iter_mut().find(|panel| panel.role == role) {
            Some(panel) => panel.series.push(watched),
            None => panels.push(Panel { role, series: vec![watched] }),
        }
    }
    panels.sort_by_key(|panel| panel.role);
    for panel in &mut panels {
        panel.series.truncate(CURVES_MAX);
    }
    panels
}

impl Panel<'_> {
    fn title(&self) -> &'static str {
        match self.role {
            Role::Arrivals | Role::Results => words::IN_AND_OUT,
            Role::Trouble => words::TROUBLE,
            Role::Work => words::WORK,
            Role::Backlog => words::BACKLOG,
            Role::Age => words::AGE,
            Role::Cost => words::COST_AN_HOUR_PANEL,
        }
    }

    fn quantity(&self) -> Quantity {
        match self.role {
            Role::Arrivals | Role::Results | Role::Trouble => Quantity::Rate,
            Role::Work | Role::Backlog => Quantity::Number,
            Role::Age => Quantity::Duration,
            Role::Cost => Quantity::Money,
        }
    }

    /// Limits of the same quantity that the curves come near to.
    fn levels(&self, limits: &[&LimitResult]) -> Vec<(f64, String)> {
        let quantity = match self.role {
            Role::Arrivals => Quantity::Rate,
            Role::Work => Quantity::Count,
            Role::Results | Role::Trouble | Role::Backlog | Role::Age | Role::Cost => return Vec::new(),
        };
        let most = self.series.iter().flat_map(|watched| &watched.series.values).copied().fold(0.0, f64::max);
        // A limit that saw another demand than the curves show is about something else; what it refused is demand as well.
        let apart = |limit: &LimitResult| libm::log(limit.use_peak * limit.value / most).abs();
        let is_about = |limit: &LimitResult| limit.use_peak * limit.value >= most * ABOUT;
        let is_near = |limit: &LimitResult| limit.quantity == quantity && limit.value > 0.0 && limit.value <= most * LEVEL_FAR;
        let about = limits.iter().filter(|limit| is_near(limit) && is_about(limit));
        let told = about.min_by(|a, b| apart(a).total_cmp(&apart(b)));
        told.map(|limit| (limit.value, format!("{} {}", limit.title, limit.text))).into_iter().collect()
    }

    fn curves(&self, theme: &Theme) -> Vec<Curve> {
        let curve = |(index, watched): (usize, &Watched<'_>)| {
            let unit = match self.role {
                Role::Age => dashboards::age_unit_s(&watched.series.name),
                Role::Cost => SECONDS_PER_HOUR,
                Role::Arrivals | Role::Results | Role::Trouble | Role::Work | Role::Backlog => 1.0,
            };
            let color = match self.role {
                Role::Trouble => [theme.amber, theme.red, theme.plot[2], theme.plot[4], theme.plot[5]][index % CURVES_MAX],
                Role::Arrivals | Role::Results | Role::Work | Role::Backlog | Role::Age | Role::Cost => {
                    theme.plot[index % theme.plot.len()]
                }
            };
            let values = watched.series.values.iter().map(|value| value * unit).collect();
            Curve { name: watched.name.clone(), note: watched.metric.clone(), values, color, dashed: false }
        };
        self.series.iter().enumerate().map(curve).collect()
    }
}

fn panels_ui(
    ui: &mut Ui,
    view: &View<'_>,
    result: &RunResult,
    (title, panels, limits): (&str, Vec<Panel<'_>>, &[&LimitResult]),
    sight: &mut Sight,
    actions: &mut Vec<Action>,
) {
    let columns = panels.len().clamp(1, if ui.available_width() >= WIDE { 3 } else { 2 });
    let rows = panels.len().div_ceil(columns).max(1);
    let height = (ui.available_height() / rows as f32 - 46.0).max(HEIGHT_MIN);
    ScrollArea::vertical().id_salt("throughput").auto_shrink([false, false]).show(ui, |ui| {
        for row in panels.chunks(columns) {
            ui.columns(columns, |columns| {
                for (ui, panel) in columns.iter_mut().zip(row) {
                    let chart = Chart {
                        id: format!("throughput {}", panel.title()),
                        title: words::panel(title, panel.title()),
                        quantity: panel.quantity(),
                        scale: Scale::Linear,
                        grid: &result.grid,
                        warm_up_s: result.run.warm_up_s,
                        faults: &result.faults,
                        curves: panel.curves(view.theme),
                        bands: false,
                        levels: panel.levels(limits),
                    };
                    chart_ui(ui, view.theme, &chart, sight, height, actions);
                }
            });
        }
    });
}
