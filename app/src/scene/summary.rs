//! What a run says about a group that is drawn as one box.

use std::collections::BTreeMap;

use plimsoll_models::NodeId;
use plimsoll_sim::{RunResult, result::NodeResult};

use super::{Figure, Load, fold::FoldedGroup, short};

/// The figures of several nodes as one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The load of the node that is nearest to its limit.
    pub load: Option<Load>,
    /// How near that is, and to which limit.
    pub figure: Option<Figure>,
    /// Events that enter, a second.
    pub rate: Option<f64>,
    /// The node with the greatest backlog, and how great that was.
    pub backlog: Option<(NodeId, f64)>,
    /// What its nodes refused.
    pub refused: f64,
}

impl Summary {
    /// Sums up a group. What enters it is what its entries get: a sum over all would count an event at each step.
    pub fn of(group: &FoldedGroup, result: &RunResult, nodes: &BTreeMap<&NodeId, &NodeResult>) -> Self {
        let known = |id: &NodeId| nodes.get(id).copied();
        let worst = group.members.iter().filter_map(known).filter_map(|node| Some((Load::of(node)?, node)));
        let worst = worst.max_by(|(a, _), (b, _)| a.level.cmp(&b.level).then(a.peak.total_cmp(&b.peak)));
        let figure = worst.and_then(|(load, node)| {
            let limit = result.limits.get(node.tightest?)?;
            Some(Figure { text: format!("{:.0} % of {}", load.peak * 100.0, limit.title), level: load.level })
        });
        let rates = group.entries.iter().filter_map(known).filter_map(|node| node.metrics.get("arrivals_per_s"));
        let rate = rates.copied().reduce(|a, b| a + b);
        let waited = |node: &NodeResult| node.metrics.get("backlog.max").or_else(|| node.metrics.get("waiting.max")).copied();
        let backlogs = group.members.iter().filter_map(|id| Some((id.clone(), known(id).and_then(waited)?)));
        let backlog = backlogs.filter(|(_, count)| *count >= 1.0).max_by(|(_, a), (_, b)| a.total_cmp(b));
        let refused = group.members.iter().filter_map(known).filter_map(|node| node.metrics.get("refused")).sum();
        Self { load: worst.map(|(load, _)| load), figure, rate, backlog, refused }
    }

    /// The second line of the box: how much is in the group, and what enters it.
    pub(super) fn line(&self, members: usize) -> String {
        let count = format!("{members} node{}", if members == 1 { "" } else { "s" });
        self.rate.map_or_else(|| count.clone(), |rate| format!("{count} · {}/s", short(rate)))
    }
}
