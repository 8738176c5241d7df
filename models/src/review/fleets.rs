//! Instances that stand and scale.

use super::{
    Rule,
    facts::{at_node, set_node},
};
use crate::{
    EdgeKind, Severity,
    families::{self, Config, Family, Scaling},
    units,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "single-instance-behind-a-door",
        severity: Severity::Warning,
        title: "A front door leads to a single instance",
        rationale: "While the only instance is replaced, deployed or overloaded, every request fails; a balancer has nothing to balance.",
        advice: "run at least two instances in different zones",
        source: "wellarchitected/latest/reliability-pillar: use fault isolation to protect your workload",
        look: |review, found| {
            for (id, facts) in review.of(Family::Compute) {
                let Some(Config::Compute(compute)) = families::node_config(review.diagram, review.catalog, id).0 else { continue };
                let Scaling::Fleet(fleet) = &compute.scaling else { continue };
                let fronted = review
                    .into(id, EdgeKind::Request)
                    .any(|(_, edge, _)| review.node(&edge.from).is_some_and(|from| from.family() == Family::Gateway));
                if !fronted || fleet.most.value > 1.0 {
                    continue;
                }
                let key = fleet.most.key.as_str();
                let message = format!("`{}` never has more than one instance", review.title(id));
                if facts.has(key) {
                    found.fixable(at_node(id, key), message, set_node(id, key, 2));
                } else {
                    found.at(at_node(id, ""), message);
                }
            }
        },
    },
    Rule {
        id: "no-headroom-to-scale",
        severity: Severity::Warning,
        title: "The target of automatic scaling leaves no room for the time it takes",
        rationale: "Between the rise of the load and the first new instance the old ones carry it: near full use that means waiting lines.",
        advice: "aim at 50 % to 80 % of use",
        source: "autoscaling/application/userguide/target-tracking-scaling-policy-overview",
        look: |review, found| {
            for (id, facts) in review.of(Family::Compute) {
                let tracked = matches!(facts.text("scaling").as_deref(), Some("target-tracking" | "hpa"));
                let by_use = tracked && facts.text("metric").as_deref() == Some("utilization");
                let Some(target) = facts.number("target_utilization").filter(|target| by_use && *target > FULL) else { continue };
                found.fixable(
                    at_node(id, "target_utilization"),
                    format!("`{}` grows only when it is more than {} busy", review.title(id), units::print_fraction(target)),
                    set_node(id, "target_utilization", units::print_fraction(ROOM)),
                );
            }
        },
    },
    Rule {
        id: "scales-again-before-it-helps",
        severity: Severity::Warning,
        title: "Instances start more slowly than scaling waits for them",
        rationale: "Scaling that acts again before its last step serves anything sees the old overload and adds instances that nobody needs.",
        advice: "make the warm-up at least as long as a start, or start faster",
        source: "autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup",
        look: |review, found| {
            for (id, facts) in review.of(Family::Compute) {
                let Some(warm_up) = facts.number("warm_up").filter(|_| facts.text("scaling").as_deref() == Some("target-tracking")) else {
                    continue;
                };
                let patience = warm_up.max(facts.number("scale_out_cooldown").unwrap_or(0.0));
                let start = facts.mean("start_up").unwrap_or(0.0);
                if start > patience {
                    found.fixable(
                        at_node(id, "warm_up"),
                        format!(
                            "a new instance of `{}` serves after {} on average, scaling waits {} for it",
                            review.title(id),
                            units::print_duration(start),
                            units::print_duration(patience)
                        ),
                        set_node(id, "warm_up", units::print_duration(start.ceil())),
                    );
                }
            }
        },
    },
];

/// Use above which waiting lines grow steeply.
const FULL: f64 = 0.8;

/// Use that leaves room while new instances start.
const ROOM: f64 = 0.7;
