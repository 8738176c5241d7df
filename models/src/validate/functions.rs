//! What the provider refuses to deploy as a function, and what would do nothing.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeKind, Edit, NodeId, Place,
    edit::Target,
    families::{self, ComputeConfig, Config, ConnectionConfig, PerRequest, Scaling},
    units::{print_bytes, print_number},
    work::Step,
};

/// Functions with their configurations.
fn functions<'a>(diagram: &'a Diagram, catalog: &Catalog) -> impl Iterator<Item = (&'a NodeId, Box<ComputeConfig>)> {
    diagram.nodes.keys().filter_map(|id| match families::node_config(diagram, catalog, id).0 {
        Some(Config::Compute(config)) => Some((id, config)),
        _ => None,
    })
}

fn at(id: &NodeId, key: &str) -> Place {
    Place::Node(id.clone(), Some(key.to_owned()))
}

/// Sets a field of a function.
fn set(id: &NodeId, key: &str, value: &str) -> Edit {
    Edit::SetField { target: Target::Node(id.clone()), key: key.to_owned(), value: Some(value.into()) }
}

/// The account keeps some concurrency for functions without a reservation.
pub(super) fn concurrency(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut all: Vec<(NodeId, PerRequest)> = Vec::new();
    for (id, config) in functions(diagram, catalog) {
        if let Scaling::PerRequest(scaling) = config.scaling {
            all.push((id.clone(), scaling));
        }
    }
    let total: f64 = all.iter().map(|(_, scaling)| scaling.set_apart()).sum();
    let Some((id, largest)) = all.iter().max_by(|(_, a), (_, b)| a.set_apart().total_cmp(&b.set_apart())) else { return };
    let (account, kept) = (largest.account_concurrency.value, largest.unreserved_minimum);
    if total > 0.0 && total > account - kept {
        let key = if largest.reserved.is_some() { "reserved_concurrency" } else { "provisioned_concurrency" };
        let fits = largest.set_apart() - (total - (account - kept));
        let (total, account, kept) = (print_number(total), print_number(account), print_number(kept));
        let message = format!(
            "reserved and provisioned concurrency add up to {total} of the account's {account}; the provider keeps {kept} unreserved"
        );
        let hint = "set less apart, or ask for more concurrency and enter it as the account's quota";
        let overbooked = Diagnostic::error("concurrency-overbooked", at(id, key), message).hint(hint);
        // The function that takes most can make room for the others, unless they alone are too many.
        found.push(if fits >= 1.0 { overbooked.fix(set(id, key, &print_number(fits))) } else { overbooked });
    }
    for (id, scaling) in &all {
        provisioned(id, scaling, found);
    }
}

fn provisioned(id: &NodeId, scaling: &PerRequest, found: &mut Vec<Diagnostic>) {
    let instances = scaling.provisioned.instances;
    let most = scaling.provisioned.tracking.map_or(instances, |tracking| tracking.max);
    if let Some(reserved) = &scaling.reserved
        && f64::from(most.max(instances)) > reserved.value
    {
        let (most, own) = (print_number(f64::from(most.max(instances))), print_number(reserved.value));
        let message = format!("{most} provisioned instances do not fit into a reserved concurrency of {own}");
        let place = at(id, "provisioned_concurrency");
        found.push(
            Diagnostic::error("provisioned-above-reserved", place, message)
                .hint("raise the reserved concurrency to the provisioned one at least")
                .fix(set(id, "reserved_concurrency", &most)),
        );
    }
    if scaling.provisioned.tracking.is_some() && (instances == 0 || most < instances) {
        let message = "provisioned concurrency that follows its use needs a least number of 1 or more, and a greatest that is not below it";
        found.push(
            Diagnostic::error("provisioned-range", at(id, "provisioned_max"), message)
                .hint("set the provisioned concurrency to the least number of instances"),
        );
    }
}

/// Beginnings of the names of runtimes that can be restored from a snapshot.
const SNAPSHOT_RUNTIMES: [&str; 9] =
    ["sdk-framework", "java11", "java17", "java21", "java25", "python312", "python313", "python314", "dotnet"];

/// A snapshot excludes some other features.
pub(super) fn snapshots(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, config) in functions(diagram, catalog) {
        let Scaling::PerRequest(scaling) = &config.scaling else { continue };
        if scaling.start.snapshot.is_none() {
            continue;
        }
        let runtime = &scaling.start.runtime;
        let ahead_of_time = runtime.ends_with("-aot");
        let supported = !ahead_of_time && SNAPSHOT_RUNTIMES.iter().any(|name| runtime.starts_with(name));
        let clashes = [
            (scaling.provisioned.instances > 0, "provisioned_concurrency", "with provisioned concurrency".to_owned()),
            (scaling.start.image, "package", "for a container image".to_owned()),
            (!supported, "runtime", format!("for the runtime `{runtime}`")),
            (
                scaling.billed_storage > 0.0,
                "ephemeral_storage",
                format!("with more temporary storage than is included, here {} more", print_bytes(scaling.billed_storage)),
            ),
        ];
        for (_, key, what) in clashes.into_iter().filter(|(clash, ..)| *clash) {
            found.push(
                Diagnostic::error("snapstart-clash", at(id, key), format!("there is no SnapStart {what}"))
                    .hint("switch SnapStart off, or change this field")
                    .fix(set(id, "snap_start", "false")),
            );
        }
    }
}

/// Destinations take results of asynchronous events, and nothing else.
pub(super) fn destinations(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, edge) in &diagram.edges {
        let Some(ConnectionConfig::Deliver(config)) = families::edge_config(diagram, catalog, id).0 else { continue };
        if config.destination.is_none() {
            continue;
        }
        let takes_events =
            diagram.edges.values().any(|other| other.to == edge.from && matches!(other.kind, EdgeKind::Send | EdgeKind::Deliver));
        if !takes_events {
            let message = format!("`{}` takes no asynchronous events, so nothing reaches this destination", diagram.title(&edge.from));
            found
                .push(Diagnostic::warning("destination-unused", Place::Edge(id.clone(), None), message).hint(
                    "a destination has an effect for events that are sent or delivered to the function, not for requests or batches",
                ));
        }
    }
    for (id, config) in functions(diagram, catalog) {
        let steps = config.work.iter().flatten();
        let calls = steps.flat_map(|step| match step {
            Step::Compute { .. } => &[],
            Step::Call(call) => std::slice::from_ref(call),
            Step::Parallel(calls) => calls.as_slice(),
        });
        for call in calls {
            let delivers = diagram.edges.get(&call.edge).is_some_and(|edge| edge.from == *id && edge.kind == EdgeKind::Deliver);
            if delivers {
                let message = format!("the steps call `{}`, which is a destination and is served without them", call.edge);
                found.push(
                    Diagnostic::error("destination-called", at(id, "work"), message).hint("take the call out, or make the edge a `send`"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, Node};

    /// Codes and fields of what is wrong with functions that have these fields, each called by a client.
    fn found(functions: &[&[(&str, &str)]]) -> Vec<(&'static str, String)> {
        let mut diagram = Diagram::default();
        diagram.nodes.insert("client".into(), Arc::new(Node::new("generic/client", "")));
        for (at, fields) in functions.iter().enumerate() {
            let node = fields.iter().fold(Node::new("aws/lambda", ""), |node, (key, value)| node.with(key, *value));
            let (id, edge) = (format!("fn{at}"), format!("call{at}"));
            diagram.nodes.insert(id.as_str().into(), Arc::new(node));
            diagram.edges.insert(edge.as_str().into(), Arc::new(Edge::new("client", id.as_str(), EdgeKind::Request)));
        }
        let diagnostics = super::super::check(&diagram, Catalog::embedded());
        let field = |place: &Place| {
            let Place::Node(_, Some(key)) = place else { panic!("{place:?} is no field") };
            key.clone()
        };
        diagnostics.iter().filter(|d| d.severity == crate::Severity::Error).map(|d| (d.code, field(&d.place))).collect()
    }

    /// The account has 1,000, of which 100 stay unreserved.
    #[test]
    fn what_is_set_apart_leaves_a_hundred() {
        assert_eq!(found(&[&[("reserved_concurrency", "400")], &[("reserved_concurrency", "500")]]), []);
        let too_much = [("concurrency-overbooked", "reserved_concurrency".to_owned())];
        assert_eq!(found(&[&[("reserved_concurrency", "401")], &[("reserved_concurrency", "500")]]), too_much);
        let provisioned = [("concurrency-overbooked", "provisioned_concurrency".to_owned())];
        assert_eq!(found(&[&[("reserved_concurrency", "300")], &[("provisioned_concurrency", "601")]]), provisioned);
        // Provisioned instances inside of a reservation take nothing more.
        assert_eq!(found(&[&[("reserved_concurrency", "900"), ("provisioned_concurrency", "900")]]), []);
    }

    /// The largest reservation of 901 gives one back; where the others alone take all of the 900 there is nothing to give.
    #[test]
    fn the_largest_reservation_makes_room() {
        let fix = |functions: &[&str]| {
            let mut diagram = Diagram::default();
            for (at, reserved) in functions.iter().enumerate() {
                let node = Node::new("aws/lambda", "").with("reserved_concurrency", *reserved);
                diagram.nodes.insert(format!("fn{at}").as_str().into(), Arc::new(node));
            }
            let mut found = Vec::new();
            concurrency(&diagram, Catalog::embedded(), &mut found);
            let fix = found.pop().and_then(|found| found.fix);
            fix.map(|fix| {
                let mended = crate::edit::apply(&diagram, &fix).unwrap();
                concurrency(&mended, Catalog::embedded(), &mut found);
                found.len()
            })
        };
        assert_eq!(fix(&["401", "500"]), Some(0));
        assert_eq!(fix(&["450", "450", "460"]), None);
    }

    #[test]
    fn provisioned_instances_fit_into_the_reservation() {
        let above = [("provisioned-above-reserved", "provisioned_concurrency".to_owned())];
        assert_eq!(found(&[&[("reserved_concurrency", "10"), ("provisioned_concurrency", "11")]]), above);
        let follows = [("reserved_concurrency", "10"), ("provisioned_concurrency", "5"), ("provisioned_max", "11")];
        assert_eq!(found(&[&follows]), above);
        assert_eq!(found(&[&[("provisioned_max", "11")]]), [("provisioned-range", "provisioned_max".to_owned())]);
    }

    #[test]
    fn a_snapshot_excludes_what_the_provider_excludes() {
        let clash = |key: &str, value: &str| found(&[&[("snap_start", "true"), ("runtime", "java21"), (key, value)]]);
        assert_eq!(clash("idle_pick", "most-recently-used"), []);
        for (key, value) in
            [("provisioned_concurrency", "1"), ("package", "image"), ("runtime", "nodejs22"), ("ephemeral_storage", "1024 MiB")]
        {
            assert_eq!(clash(key, value), [("snapstart-clash", key.to_owned())], "{key}");
        }
        assert_eq!(clash("runtime", "dotnet8-aot").len(), 1);
    }

    /// A function with a destination, reached in this way and with these steps.
    fn with_destination(kind: EdgeKind, steps: serde_json::Value) -> Vec<&'static str> {
        let mut diagram = Diagram::default();
        for (id, node) in [
            ("client", Node::new("generic/client", "")),
            ("fn", Node::new("aws/lambda", "").with("work", steps)),
            ("results", Node::new("aws/sqs", "")),
        ] {
            diagram.nodes.insert(id.into(), Arc::new(node));
        }
        diagram.edges.insert("start".into(), Arc::new(Edge::new("client", "fn", kind)));
        diagram.edges.insert("hand-on".into(), Arc::new(Edge::new("fn", "results", EdgeKind::Deliver)));
        let codes = super::super::check(&diagram, Catalog::embedded()).into_iter().map(|diagnostic| diagnostic.code);
        codes.filter(|code| code.starts_with("destination")).collect()
    }

    #[test]
    fn destinations_take_results_of_events_only() {
        let compute = serde_json::json!([{"compute": "1 ms"}]);
        assert_eq!(with_destination(EdgeKind::Send, compute.clone()), [""; 0]);
        assert_eq!(with_destination(EdgeKind::Request, compute), ["destination-unused"]);
        assert_eq!(with_destination(EdgeKind::Send, serde_json::json!([{"call": "hand-on"}])), ["destination-called"]);
    }

    #[test]
    fn memory_and_timeout_have_their_ranges() {
        for (key, value) in
            [("memory", "64 MiB"), ("memory", "11 GiB"), ("timeout", "901 s"), ("async_max_age", "30 s"), ("async_retries", "3")]
        {
            assert_eq!(found(&[&[(key, value)]]), [("bad-value", key.to_owned())], "{key}");
        }
    }

    /// What lies beyond a bound is mended by the bound, and a misspelt word by the one that it resembles.
    #[test]
    fn the_nearest_value_mends_one_that_is_not_taken() {
        for (key, value, mended) in [
            ("memory", "64 MiB", Some("128 MiB")),
            ("memory", "11 GiB", Some("10240 MiB")),
            ("timeout", "901 s", Some("900 s")),
            ("architecture", "arm", Some("arm64")),
            ("snap_start", "ture", Some("true")),
            ("timeout", "soon", None),
            ("duration", "poison(1)", None),
        ] {
            let mut diagram = Diagram::default();
            diagram.nodes.insert("fn".into(), Arc::new(Node::new("aws/lambda", "").with(key, value)));
            let (_, problems) = families::node_config(&diagram, Catalog::embedded(), &"fn".into());
            let mut fixes: Vec<Option<Edit>> =
                problems.into_iter().filter(|found| found.code == "bad-value").map(|found| found.fix.map(|fix| *fix)).collect();
            // Who reads a field twice says so twice.
            fixes.dedup();
            assert_eq!(fixes, [mended.map(|mended| set(&"fn".into(), key, mended))], "{key} = {value}");
        }
    }
}
