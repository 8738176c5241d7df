//! Stores that the drawing alone shows to be asked for more than they can hold.

use super::{Rule, facts::at_node};
use crate::{
    EdgeKind, Severity,
    families::{self, Config, Family},
    units,
};

pub(super) const RULES: &[Rule] = &[Rule {
    id: "more-instances-than-connections",
    severity: Severity::Warning,
    title: "A database takes fewer connections than its functions may open",
    rationale: "Every instance of a function keeps a connection while it lives, idle or not: once all are taken, the database refuses new instances.",
    advice: "put a proxy between them, or reserve less concurrency for the functions than the database has connections",
    source: "AmazonRDS/latest/UserGuide/rds-proxy",
    look: |review, found| {
        for (id, _) in review.of(Family::Database) {
            let Some(Config::Database(database)) = families::node_config(review.diagram, review.catalog, id).0 else { continue };
            let wanted: f64 = review
                .into(id, EdgeKind::Request)
                .filter_map(|(_, edge, facts)| {
                    let function = review.node(&edge.from).filter(|from| from.is_function())?;
                    let instances = function.number("reserved_concurrency").or(function.number("concurrent_executions"))?;
                    Some(instances * facts.number("connections").unwrap_or(1.0))
                })
                .sum();
            if wanted > database.usable() as f64 {
                found.at(
                    at_node(id, "max_connections"),
                    format!(
                        "functions may open {} connections to `{}`, which takes {}",
                        units::print_compact(wanted),
                        review.title(id),
                        database.usable()
                    ),
                );
            }
        }
    },
}];
