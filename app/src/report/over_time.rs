//! What is drawn over the time of a run in more than one place: cost, and the age of what waits.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, NodeId};
use plimsoll_sim::{RunResult, result::Series};

use crate::dashboards::{self, Role};

/// Costs are told for an hour.
const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Most nodes that have a line of their own.
const NODES_MAX: usize = 4;
/// Most ages that are drawn together.
const AGES_MAX: usize = 6;

/// A figure over the time of a run, one value for each interval of the grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Course {
    /// Whose it is.
    pub(crate) name: String,
    /// In the base unit: seconds, or US dollars per hour.
    pub(crate) values: Vec<f64>,
}

impl Course {
    fn most(&self) -> f64 {
        self.values.iter().copied().fold(0.0, f64::max)
    }
}

/// The hourly cost of some nodes, the dearest first; `all` is the name of what all nodes cost together, if that is wanted.
pub(crate) fn costs(result: &RunResult, diagram: &Diagram, all: Option<&str>, wanted: impl Fn(&NodeId) -> bool) -> Vec<Course> {
    let mut usd: BTreeMap<&NodeId, f64> = BTreeMap::new();
    for item in result.cost.items.iter().filter(|item| wanted(&item.node)) {
        *usd.entry(&item.node).or_default() += item.usd;
    }
    let mut nodes: Vec<(&NodeId, f64)> = usd.into_iter().filter(|(_, usd)| *usd > 0.0).collect();
    nodes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let course =
        |name: &str, rates: &[f64]| Course { name: name.to_owned(), values: rates.iter().map(|usd| usd * SECONDS_PER_HOUR).collect() };
    let of_node = |(node, _): &(&NodeId, f64)| {
        let series = result.node(node.as_str())?.series.iter().find(|series| dashboards::role(&series.name) == Some(Role::Cost))?;
        Some(course(diagram.title(node), &series.values))
    };
    let together = all.filter(|_| nodes.len() > 1).map(|name| course(name, &result.cost.usd_per_second));
    together.into_iter().chain(nodes.iter().filter_map(of_node).take(NODES_MAX)).collect()
}

/// What a stream tells about its readers; each of them tells its own age.
const OF_READERS: &str = "GetRecords.IteratorAgeMilliseconds";

/// How old the oldest message or event of each queue was, and how far behind each consumer of a stream: the oldest first.
pub(crate) fn ages(result: &RunResult, diagram: &Diagram) -> Vec<Course> {
    let is_age = |series: &&Series| dashboards::role(&series.name) == Some(Role::Age);
    let course = |name: String, series: &Series| {
        let unit = dashboards::age_unit_s(&series.name);
        Course { name, values: series.values.iter().map(|age| age * unit).collect() }
    };
    let queues = result.nodes.iter().flat_map(|node| {
        let own = node.series.iter().filter(is_age).filter(|series| series.name != OF_READERS);
        own.map(|series| course(diagram.title(&node.id).to_owned(), series))
    });
    let readers = result.edges.iter().flat_map(|edge| {
        let name = format!("{} → {}", diagram.title(&edge.from), diagram.title(&edge.to));
        edge.series.iter().filter(is_age).map(move |series| course(name.clone(), series))
    });
    let mut all: Vec<Course> = queues.chain(readers).filter(|course| course.most() > 0.0).collect();
    all.sort_by(|a, b| b.most().total_cmp(&a.most()));
    all.truncate(AGES_MAX);
    all
}
