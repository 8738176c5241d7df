//! What providers refuse about tables, buckets, databases and their proxies.

use std::collections::BTreeMap;

use crate::{
    Catalog, Diagnostic, Diagram, EdgeKind, Edit, NodeId, Place,
    edit::Target,
    families::{self, CapacityMode, Config, ConnectionConfig, Operation, ReadKind, TableConfig},
    units,
};

fn table(diagram: &Diagram, catalog: &Catalog, id: &NodeId) -> Option<Box<TableConfig>> {
    match families::node_config(diagram, catalog, id).0 {
        Some(Config::Table(config)) => Some(config),
        _ => None,
    }
}

fn at(id: &NodeId, key: &str) -> Place {
    Place::Node(id.clone(), Some(key.to_owned()))
}

fn set(id: &NodeId, key: &str, value: String) -> Edit {
    Edit::SetField { target: Target::Node(id.clone()), key: key.to_owned(), value: Some(value.into()) }
}

/// Bought capacity stays within the quotas of table and account, and automatic scaling has a range.
pub(super) fn tables(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    // Units of all tables of a service, and what its account may have.
    let mut bought: BTreeMap<String, ([f64; 2], f64)> = BTreeMap::new();
    for (id, node) in &diagram.nodes {
        let Some(config) = table(diagram, catalog, id) else { continue };
        let CapacityMode::Provisioned { write_units, read_units, scaling, account_units, .. } = &config.mode else { continue };
        let sides = [("write_units", "write", write_units), ("read_units", "read", read_units)];
        for (key, word, units) in sides {
            let most = config.table_units.value;
            if units.value > most {
                found.push(
                    Diagnostic::error(
                        "table-quota",
                        at(id, key),
                        format!(
                            "`{}` buys {} {word} units, a table may have {}",
                            diagram.title(id),
                            units::print_rate(units.value),
                            units::print_rate(most)
                        ),
                    )
                    .hint("lower it, or enter a raised quota in the account profile")
                    .fix(set(id, key, units::print_rate(most))),
                );
            }
        }
        if let Some(scaling) = scaling {
            for (key, word, [least, most]) in [("write_units_min", "write", scaling.writes), ("read_units_min", "read", scaling.reads)] {
                if least > most {
                    found.push(
                        Diagnostic::error(
                            "scaling-range",
                            at(id, key),
                            format!(
                                "automatic scaling of {word}s of `{}` has a least capacity of {} above the most, {}",
                                diagram.title(id),
                                units::print_rate(least),
                                units::print_rate(most)
                            ),
                        )
                        .hint("the least capacity must not be above the most")
                        .fix(set(id, key, units::print_rate(most))),
                    );
                }
            }
        }
        let indexes = config.index_writes.as_ref().map_or(0.0, |units| units.value * f64::from(config.indexes));
        let entry = bought.entry(node.service.to_string()).or_insert(([0.0; 2], *account_units));
        entry.0[0] += write_units.value + indexes;
        entry.0[1] += read_units.value;
    }
    for (service, (units, most)) in bought {
        for (units, word) in units.into_iter().zip(["write", "read"]) {
            if units > most {
                found.push(
                    Diagnostic::error(
                        "account-quota",
                        Place::Account(Some(format!("{service}.account_units"))),
                        format!(
                            "the tables buy {} {word} units together, an account may have {}",
                            units::print_rate(units),
                            units::print_rate(most)
                        ),
                    )
                    .hint("pay some tables by request, or enter a raised quota in the account profile"),
                );
            }
        }
    }
}

/// Batches and transactions have no more items than one request may carry.
pub(super) fn operations(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, edge) in &diagram.edges {
        let Some(table) = table(diagram, catalog, &edge.to) else { continue };
        let Some(ConnectionConfig::Call(call)) = families::edge_config(diagram, catalog, id).0 else { continue };
        let (what, most) = match call.operation {
            Operation::Write { transactional: true } | Operation::Read(ReadKind::Transactional) => {
                ("a transaction", table.transaction_items)
            }
            Operation::Write { transactional: false } => ("a batch of writes", table.batch_writes),
            Operation::Read(ReadKind::Eventual | ReadKind::Strong) => ("a batch of reads", table.batch_reads),
            Operation::Query(_) => continue,
        };
        if f64::from(call.items) > most {
            let fix = Edit::SetField { target: Target::Edge(id.clone()), key: "items".to_owned(), value: Some(most.to_string().into()) };
            found.push(
                Diagnostic::error(
                    "too-many-items",
                    Place::Edge(id.clone(), Some("items".to_owned())),
                    format!("{what} has {} items, at most {most} fit", call.items),
                )
                .hint("make several calls: `times` in the work of the function repeats one")
                .fix(fix),
            );
        }
    }
}

/// A proxy leads to one database, and clients need a way that leads to it.
pub(super) fn connections(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Proxy(_)), _) = families::node_config(diagram, catalog, id) else { continue };
        let place = Place::Node(id.clone(), None);
        match diagram.outgoing(id).filter(|(_, edge)| edge.kind == EdgeKind::Request).count() {
            0 => found.push(
                Diagnostic::error("proxy-without-database", place, format!("the proxy `{}` leads to no database", diagram.title(id)))
                    .hint("draw a request from it to a database"),
            ),
            1 => {}
            _ => found.push(
                Diagnostic::error(
                    "proxy-with-several-databases",
                    place,
                    format!("the proxy `{}` leads to several databases, it has one target", diagram.title(id)),
                )
                .hint("give each database a proxy of its own"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, Node, diagnostic::has_errors, edit, validate};

    fn codes(diagram: &Diagram) -> Vec<&'static str> {
        let refused = |found: &&Diagnostic| has_errors(std::slice::from_ref(*found)) && found.code != "no-producer";
        validate::check(diagram, Catalog::embedded()).iter().filter(refused).map(|found| found.code).collect()
    }

    fn nodes(list: &[(&str, Node)]) -> Diagram {
        Diagram { nodes: list.iter().map(|(id, node)| (NodeId::new(*id), Arc::new(node.clone()))).collect(), ..Diagram::default() }
    }

    fn bought() -> Node {
        Node::new("aws/dynamodb", "").with("capacity_mode", "provisioned")
    }

    /// Every fix leaves a diagram without that error.
    fn mended(mut diagram: Diagram, code: &str) -> bool {
        let found = validate::check(&diagram, Catalog::embedded());
        for fix in found.into_iter().filter(|found| found.code == code).filter_map(|found| found.fix) {
            diagram = edit::apply(&diagram, &fix).expect("a fix applies");
        }
        !codes(&diagram).contains(&code)
    }

    #[test]
    fn capacity_has_its_range_and_its_quotas() {
        let table = |fields: &[(&str, &str)]| fields.iter().fold(bought(), |node, (key, value)| node.with(key, *value));
        assert!(codes(&nodes(&[("a", table(&[]))])).is_empty());
        let upside_down = nodes(&[("a", table(&[("scaling", "automatic"), ("write_units_min", "20/s"), ("write_units_max", "10/s")]))]);
        assert_eq!(codes(&upside_down), ["scaling-range"]);
        assert!(mended(upside_down, "scaling-range"));
        assert_eq!(codes(&nodes(&[("a", table(&[("scaling", "automatic"), ("target_utilization", "95 %")]))])), ["bad-value"]);
        let large = nodes(&[("a", table(&[("write_units", "50000/s")]))]);
        assert_eq!(codes(&large), ["table-quota"]);
        assert!(mended(large, "table-quota"));
        let full = table(&[("read_units", "40000/s")]);
        assert!(codes(&nodes(&[("a", full.clone()), ("b", full.clone())])).is_empty());
        assert_eq!(codes(&nodes(&[("a", full.clone()), ("b", full.clone()), ("c", full)])), ["account-quota"]);
        assert_eq!(codes(&nodes(&[("a", Node::new("aws/dynamodb", "").with("item_bytes", "500 KiB"))])), ["bad-value"]);
    }

    #[test]
    fn requests_carry_so_many_items() {
        let call = |operation: &str, items: &str| {
            let mut diagram = nodes(&[("a", Node::new("generic/client", "")), ("t", Node::new("aws/dynamodb", ""))]);
            let edge = Edge::new("a", "t", EdgeKind::Request).with("operation", operation).with("items", items);
            diagram.edges.insert("e".into(), Arc::new(edge));
            diagram
        };
        assert!(codes(&call("write", "25")).is_empty() && codes(&call("query", "5000")).is_empty());
        for (operation, items) in [("write", "26"), ("eventual-read", "101"), ("transactional-write", "101")] {
            assert_eq!(codes(&call(operation, items)), ["too-many-items"], "{operation}");
            assert!(mended(call(operation, items), "too-many-items"));
        }
    }

    #[test]
    fn a_proxy_leads_to_one_database() {
        let mut diagram =
            nodes(&[("p", Node::new("aws/rds-proxy", "")), ("one", Node::new("aws/rds", "")), ("two", Node::new("aws/rds", ""))]);
        assert_eq!(codes(&diagram), ["proxy-without-database"]);
        diagram.edges.insert("to-one".into(), Arc::new(Edge::new("p", "one", EdgeKind::Request)));
        assert!(codes(&diagram).is_empty());
        diagram.edges.insert("to-two".into(), Arc::new(Edge::new("p", "two", EdgeKind::Request)));
        assert_eq!(codes(&diagram), ["proxy-with-several-databases"]);
        let slow = nodes(&[("one", Node::new("aws/rds", "").with("max_connections", "0"))]);
        assert_eq!(codes(&slow), ["bad-value"]);
        let mut patient = diagram;
        patient.edges.remove("to-two");
        patient.nodes.insert("p".into(), Arc::new(Node::new("aws/rds-proxy", "").with("borrow_timeout", "2 h")));
        assert_eq!(codes(&patient), ["bad-value"]);
    }
}
