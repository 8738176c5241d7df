//! Stores that the drawing alone shows to be asked for more than they can hold.

use super::{
    Rule,
    facts::{at_node, set_node},
};
use crate::{
    Arrivals, EdgeKind, Severity,
    families::{self, Config, Family},
    units,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
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
    },
    Rule {
        id: "proxy-shares-nothing",
        severity: Severity::Warning,
        title: "Most clients of a proxy are pinned to their connections",
        rationale: "A pinned client keeps its database connection until it leaves, so a proxy full of them needs as many connections as there are clients.",
        advice: "avoid session settings, locks and temporary tables that pin, or exclude them from pinning",
        source: "AmazonRDS/latest/UserGuide/rds-proxy-pinning",
        look: |review, found| {
            for (id, facts) in review.of(Family::Proxy) {
                if let Some(pinned) = facts.number("pinned_clients").filter(|pinned| *pinned >= MOSTLY) {
                    found.at(
                        at_node(id, "pinned_clients"),
                        format!("{} of the clients of `{}` share nothing", units::print_fraction(pinned), review.title(id)),
                    );
                }
            }
        },
    },
    Rule {
        id: "fixed-capacity-under-changing-load",
        severity: Severity::Warning,
        title: "A table has fixed capacity and a load that changes",
        rationale: "Capacity that is bought once is too small in the peak or paid for in vain all the rest of the time; the burst bank lasts for minutes.",
        advice: "scale it automatically, or pay per request",
        source: "amazondynamodb/latest/developerguide/capacity-mode",
        look: |review, found| {
            let changing = review.of(Family::Producer).find(|(_, facts)| {
                let arrivals = facts.text("arrivals").and_then(|text| text.parse::<Arrivals>().ok());
                matches!(arrivals, Some(Arrivals::Curve { .. } | Arrivals::Modulated(_)))
            });
            let Some((producer, _)) = changing else { return };
            for (id, facts) in review.of(Family::Table) {
                let is = |key: &str, word: &str| facts.text(key).as_deref() == Some(word);
                if is("capacity_mode", "provisioned") && is("scaling", "none") {
                    found.fixable(
                        at_node(id, "scaling"),
                        format!("the load of `{}` changes, the capacity of `{}` does not", review.title(producer), review.title(id)),
                        set_node(id, "scaling", "automatic"),
                    );
                }
            }
        },
    },
];

/// Share of pinned clients from which a proxy is of little use.
const MOSTLY: f64 = 0.5;
