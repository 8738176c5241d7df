//! The sparkline of a box: the run of its node at a glance, over the run's time.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{Catalog, NodeId, Point, families::Family};
use plimsoll_sim::{
    RunResult,
    result::{NodeResult, Series, SeriesKind},
};

use super::{Detail, FoldedGroup, Form, Rect, SceneTheme, Shape, Stroke};
use crate::dashboards::{Role, role};

/// Most points of a sparkline: about one for each unit of its width.
const POINTS_MAX: usize = 80;
/// Width of the line.
const LINE: f64 = 1.2;
/// Width of the ground line.
const GROUND: f64 = 0.8;

/// What a sparkline tells: what says most about nodes of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tells {
    /// What waits.
    Backlog,
    /// What is at work.
    Busy,
    /// What arrives, a second.
    Calls,
}

impl Tells {
    /// What says most about a family of services.
    pub fn of(family: Family) -> Self {
        match family {
            Family::Queue | Family::Stream | Family::Station => Self::Backlog,
            Family::Compute | Family::Pipe | Family::Database | Family::Proxy | Family::Workflow => Self::Busy,
            Family::Producer
            | Family::Gateway
            | Family::Topic
            | Family::Bus
            | Family::Archive
            | Family::Table
            | Family::Bucket
            | Family::External
            | Family::Connection => Self::Calls,
        }
    }

    /// The same of a node, by what waits and what is at work in it at most: where more waits, that says more.
    pub fn given(self, waiting: f32, busy: f32) -> Self {
        match self {
            Self::Busy if waiting > busy => Self::Backlog,
            Self::Backlog | Self::Busy | Self::Calls => self,
        }
    }

    /// What says most about a node of a service.
    pub fn of_service(catalog: &Catalog, service: &str) -> Self {
        catalog.get(&service.into()).map_or(Self::Calls, |service| Self::of(service.family))
    }
}

/// A figure of a node in equal intervals from the beginning of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Spark {
    /// What the values are.
    pub tells: Tells,
    /// One for each interval so far.
    pub values: Vec<f32>,
    /// For each interval, whether the node refused something or let it fail.
    pub hurt: Vec<bool>,
    /// Length of an interval, in seconds.
    pub step_s: f64,
    /// The time that there is to show, in seconds.
    pub end_s: f64,
}

impl Spark {
    /// The sparkline of a node after a run.
    pub fn of(catalog: &Catalog, result: &RunResult, node: &NodeResult) -> Option<Self> {
        let grid = &result.grid;
        let told =
            |wanted: Role, kind: SeriesKind| node.series.iter().find(|series| series.kind == kind && role(&series.name) == Some(wanted));
        let (backlog, busy) = (told(Role::Backlog, SeriesKind::Max), told(Role::Work, SeriesKind::Max));
        let most = |series: Option<&Series>| series.map_or(0.0, |series| series.values.iter().copied().fold(0.0, f64::max));
        let tells = Tells::of_service(catalog, &node.service).given(most(backlog) as f32, most(busy) as f32);
        let series = match tells {
            Tells::Backlog => backlog?,
            Tells::Busy => busy?,
            Tells::Calls => told(Role::Arrivals, SeriesKind::Rate)?,
        };
        let hurts =
            |series: &&Series| series.kind == SeriesKind::Rate && role(&series.name) == Some(Role::Trouble) && !begins(&series.name);
        let hurts: Vec<&[f64]> = node.series.iter().filter(hurts).map(|series| &series.values[..]).collect();
        let each = series.values.len().div_ceil(POINTS_MAX).max(1);
        let value = |part: &[f64]| match series.kind {
            SeriesKind::Rate | SeriesKind::Mean => (part.iter().sum::<f64>() / part.len().max(1) as f64) as f32,
            SeriesKind::Max => part.iter().copied().fold(0.0, f64::max) as f32,
        };
        let hurt = |n: usize| hurts.iter().any(|values| values.iter().skip(n * each).take(each).any(|value| *value > 0.0));
        let values: Vec<f32> = series.values.chunks(each).map(value).collect();
        let hurt = (0..values.len()).map(hurt).collect();
        Some(Self { tells, values, hurt, step_s: grid.interval_s * each as f64, end_s: grid.interval_s * grid.intervals as f64 })
    }

    /// The sparkline of a group, from those of its nodes, each with whether events enter the group there: the sum over those
    /// that tell of a backlog, else of work, else of what enters.
    pub fn of_group(mut parts: Vec<(Self, bool)>) -> Option<Self> {
        let tells = parts.iter().map(|(part, _)| part.tells).min()?;
        parts.retain(|(part, enters)| part.tells == tells && (tells != Tells::Calls || *enters));
        parts.into_iter().map(|(part, _)| part).reduce(|mut sum, part| {
            sum.values.iter_mut().zip(&part.values).for_each(|(sum, value)| *sum += value);
            sum.hurt.iter_mut().zip(&part.hurt).for_each(|(sum, hurt)| *sum |= hurt);
            sum
        })
    }

    /// The greatest value and when it was, in seconds; nothing where nothing happened.
    pub fn most(&self) -> Option<(f32, f64)> {
        let (at, most) = self.values.iter().enumerate().max_by(|(i, a), (j, b)| a.total_cmp(b).then(j.cmp(i)))?;
        (*most > 0.0).then_some((*most, self.step_s * (at as f64 + 0.5)))
    }

    /// The line in a rectangle, in pieces: each with whether the node hurt somebody there.
    pub fn lines(&self, rect: Rect) -> Vec<(Vec<Point>, bool)> {
        let Some((most, _)) = self.most().filter(|_| self.end_s > 0.0) else { return Vec::new() };
        let at = |n: usize, value: f32| {
            let x = rect.min.x + rect.width() * (self.step_s * (n as f64 + 0.5) / self.end_s).min(1.0);
            Point::new(x, rect.max.y - rect.height() * f64::from(value / most))
        };
        let mut pieces: Vec<(Vec<Point>, bool)> = Vec::new();
        for (n, value) in self.values.iter().enumerate() {
            let (point, hurt) = (at(n, *value), self.hurt.get(n).copied().unwrap_or_default());
            match pieces.last_mut() {
                Some((points, same)) if *same == hurt => points.push(point),
                Some((points, _)) => {
                    let joint = points.last().copied();
                    pieces.push((joint.into_iter().chain([point]).collect(), hurt));
                }
                None => pieces.push((vec![point], hurt)),
            }
        }
        pieces.retain(|(points, _)| points.len() > 1);
        pieces
    }

    /// Where a time stands in a rectangle; nothing when it is not on the axis.
    pub fn x(&self, rect: Rect, at_s: f64) -> Option<f64> {
        let share = at_s / self.end_s;
        (0.0..=1.0).contains(&share).then(|| rect.min.x + rect.width() * share)
    }
}

/// Whether a series counts what begins: that costs time, but hurts nobody.
fn begins(series: &str) -> bool {
    matches!(series, "ColdStarts" | "Launches" | "NewConnections" | "ClientConnectionsReceived")
}

/// Tells runs apart without a look at all their figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunKey(usize, u64, u64, u64);

impl RunKey {
    /// The key of a run.
    pub fn of(result: &RunResult) -> Self {
        Self(std::ptr::from_ref(result).addr(), result.run.events, result.run.requests, result.run.ended_s.to_bits())
    }
}

/// The sparklines of a run, made once.
#[derive(Clone, Debug, Default)]
pub(super) struct Sparks {
    run: Option<RunKey>,
    nodes: BTreeMap<NodeId, Arc<Spark>>,
}

impl Sparks {
    /// Those of this run from now on.
    pub(super) fn follow(&mut self, catalog: &Catalog, result: Option<&RunResult>) {
        let run = result.map(RunKey::of);
        if self.run != run {
            self.run = run;
            let nodes = result.into_iter().flat_map(|result| result.nodes.iter().map(move |node| (result, node)));
            self.nodes = nodes.filter_map(|(result, node)| Some((node.id.clone(), Arc::new(Spark::of(catalog, result, node)?)))).collect();
        }
    }

    /// That of a node.
    pub(super) fn node(&self, id: &NodeId) -> Option<&Arc<Spark>> {
        self.nodes.get(id)
    }

    /// That of a group.
    pub(super) fn group(&self, group: &FoldedGroup) -> Option<Arc<Spark>> {
        let parts = group.members.iter().filter_map(|id| Some(((**self.nodes.get(id)?).clone(), group.entries.contains(id))));
        Spark::of_group(parts.collect()).map(Arc::new)
    }
}

/// Paints a sparkline into a rectangle.
pub(super) fn shapes(rect: Rect, spark: &Spark, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let mut line = |points: Vec<Point>, width: f64, color| {
        let form = Form::Line { points, radius: 0.0, stroke: Stroke::solid(width, color) };
        shapes.push(Shape::new(form).detail(Detail::Finest).of_run());
    };
    line(vec![Point::new(rect.min.x, rect.max.y), rect.max], GROUND, theme.track);
    for (points, hurt) in spark.lines(rect) {
        line(points, LINE, if hurt { theme.load.red } else { theme.load.calm });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spark(tells: Tells, values: &[f32], hurt: &[bool]) -> Spark {
        Spark { tells, values: values.to_vec(), hurt: hurt.to_vec(), step_s: 10.0, end_s: 40.0 }
    }

    #[test]
    fn a_line_has_the_scale_of_its_greatest_value_and_parts_where_it_hurts() {
        let rect = Rect::new(0.0, 0.0, 80.0, 10.0);
        let part = spark(Tells::Backlog, &[0.0, 5.0, 10.0], &[false, true, true]);
        assert_eq!(part.most(), Some((10.0, 25.0)));
        let lines = part.lines(rect);
        let all: Vec<(f64, f64)> = lines.iter().flat_map(|(points, _)| points.iter().map(|p| (p.x, p.y))).collect();
        assert_eq!(all, [(10.0, 10.0), (30.0, 5.0), (50.0, 0.0)]);
        assert_eq!(lines.iter().map(|(_, hurt)| *hurt).collect::<Vec<_>>(), [true], "a piece of one point is no line");
        assert_eq!((part.x(rect, 20.0), part.x(rect, 41.0)), (Some(40.0), None));
        assert!(spark(Tells::Busy, &[0.0, 0.0], &[false, false]).lines(rect).is_empty());
    }

    #[test]
    fn a_group_tells_of_its_backlog_before_its_work_and_counts_calls_where_they_enter() {
        let (api, function) = (spark(Tells::Calls, &[7.0, 7.0], &[false, false]), spark(Tells::Calls, &[7.0, 7.0], &[false, true]));
        let (queue, other) = (spark(Tells::Backlog, &[1.0, 2.0], &[false, false]), spark(Tells::Backlog, &[3.0, 4.0], &[true, false]));
        let both = Spark::of_group(vec![(api.clone(), true), (queue, false), (function.clone(), false), (other, false)]).unwrap();
        assert_eq!((both.tells, both.values, both.hurt), (Tells::Backlog, vec![4.0, 6.0], vec![true, false]));
        assert_eq!(Spark::of_group(vec![(api.clone(), true), (function, false)]), Some(api));
    }
}
