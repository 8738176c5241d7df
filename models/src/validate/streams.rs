//! Streams and their consumers: what the provider refuses.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeKind, NodeId, Place,
    families::{self, CONSUMERS_MAX, Config, ConnectionConfig, StreamCapacity, StreamConfig},
    units,
};

/// A day, in seconds.
const DAY_S: f64 = 86_400.0;

/// Every stream against the rules of its provider.
pub(super) fn streams(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        match families::node_config(diagram, catalog, id).0 {
            Some(Config::Stream(config)) => {
                resharding(id, &config, found);
                consumers(diagram, catalog, id, &config, found);
                if config.capacity == StreamCapacity::Table {
                    source(diagram, id, found);
                }
            }
            Some(Config::Table(_)) => one_stream(diagram, catalog, id, found),
            _ => {}
        }
    }
}

/// Each change at most doubles or halves the shards, and there are only so many changes a day.
fn resharding(id: &NodeId, config: &StreamConfig, found: &mut Vec<Diagnostic>) {
    let StreamCapacity::Provisioned { shards, plan, factor, changes, .. } = &config.capacity else { return };
    let place = || Place::Node(id.clone(), Some("resharding".to_owned()));
    let mut before = *shards;
    for (at, shards) in &plan.0 {
        let (least, most) = ((f64::from(before) / factor).ceil(), (f64::from(before) * factor).floor());
        if !(least..=most).contains(&f64::from(*shards)) {
            let at = units::print_duration(*at);
            let message = format!("{before} shards cannot become {shards} at {at}: a change goes from {least} to {most}");
            found.push(Diagnostic::error("refused-resharding", place(), message).hint("take several steps, one after the other"));
        }
        before = *shards;
    }
    let crowded = plan.0.iter().enumerate().find(|(index, (at, _))| {
        let within = plan.0[..*index].iter().filter(|(other, _)| at - other < DAY_S).count();
        within as f64 >= *changes
    });
    if let Some((_, (at, _))) = crowded {
        let message = format!("the change at {} is one more than the {changes} of 24 hours", units::print_duration(*at));
        found.push(Diagnostic::error("refused-resharding", place(), message).hint("take larger steps, or leave more time between them"));
    }
}

/// Only so many may read.
fn consumers(diagram: &Diagram, catalog: &Catalog, id: &NodeId, config: &StreamConfig, found: &mut Vec<Diagnostic>) {
    let mappings = diagram.edges.iter().filter(|(_, edge)| edge.from == *id && edge.kind == EdgeKind::Poll);
    let configs: Vec<_> = mappings
        .filter_map(|(edge, _)| match families::edge_config(diagram, catalog, edge).0 {
            Some(ConnectionConfig::StreamPoll(config)) => Some(config),
            _ => None,
        })
        .collect();
    let place = || Place::Node(id.clone(), None);
    let pushed = configs.iter().filter(|config| config.enhanced_fan_out).count();
    if let Some(shard) = &config.shard
        && pushed as f64 > shard.push_consumers.value
    {
        let message = format!("{pushed} consumers want enhanced fan-out, a stream has at most {}", shard.push_consumers.value);
        found.push(Diagnostic::error("too-many-consumers", place(), message).hint("let some of them poll, or fan out behind one of them"));
    }
    if let Some(readers) = &config.readers
        && configs.len() as f64 > readers.value
    {
        let message = format!("{} consumers read each shard, more than {} are throttled", configs.len(), readers.value);
        found.push(Diagnostic::warning("too-many-readers", place(), message).hint("fan out behind one of them"));
    }
    if configs.len() > CONSUMERS_MAX {
        let message = format!("{} consumers read the stream, a run can have {CONSUMERS_MAX}", configs.len());
        found.push(Diagnostic::error("too-many-consumers", place(), message).hint("fan out behind some of them"));
    }
}

/// A stream of a table belongs to that table alone.
fn source(diagram: &Diagram, id: &NodeId, found: &mut Vec<Diagnostic>) {
    let tables = diagram.edges.values().filter(|edge| edge.to == *id && edge.kind == EdgeKind::Deliver).count();
    if tables > 1 {
        let message = format!("{tables} tables feed `{}`, a table stream belongs to one", diagram.title(id));
        let place = Place::Node(id.clone(), None);
        found.push(Diagnostic::error("stream-of-several-tables", place, message).hint("draw a stream for each table"));
    }
}

/// A table has one stream; several consumers read that one.
fn one_stream(diagram: &Diagram, catalog: &Catalog, id: &NodeId, found: &mut Vec<Diagnostic>) {
    let captures = diagram.edges.iter().filter(|(edge, row)| {
        row.from == *id && matches!(families::edge_config(diagram, catalog, edge).0, Some(ConnectionConfig::Capture(_)))
    });
    let streams = captures.count();
    if streams > 1 {
        let message = format!("`{}` has {streams} streams, a table has one", diagram.title(id));
        let place = Place::Node(id.clone(), None);
        found.push(Diagnostic::error("several-table-streams", place, message).hint("let all consumers read the same stream"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, Node, Severity};

    /// A client, a stream with these fields, and consumers with these.
    fn drawn(stream: &[(&str, &str)], mappings: &[&[(&str, &str)]]) -> Diagram {
        let mut diagram = Diagram::default();
        let node = |service: &str, fields: &[(&str, &str)]| {
            Arc::new(fields.iter().fold(Node::new(service, ""), |node, (key, value)| node.with(key, *value)))
        };
        diagram.nodes.insert("client".into(), node("generic/client", &[]));
        diagram.nodes.insert("stream".into(), node("aws/kinesis", stream));
        diagram.edges.insert("put".into(), Arc::new(Edge::new("client", "stream", EdgeKind::Send)));
        for (index, fields) in mappings.iter().enumerate() {
            let id = format!("fn{index}");
            diagram.nodes.insert(id.as_str().into(), node("aws/lambda", &[]));
            let edge = Edge::new("stream", id.as_str(), EdgeKind::Poll);
            let edge = fields.iter().fold(edge, |edge, (key, value)| edge.with(key, *value));
            diagram.edges.insert(format!("read{index}").as_str().into(), Arc::new(edge));
        }
        diagram
    }

    fn errors(diagram: &Diagram) -> Vec<&'static str> {
        let found = crate::validate::check(diagram, Catalog::embedded());
        found.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code).collect()
    }

    #[test]
    fn what_the_provider_refuses_is_an_error() {
        let nothing: [&'static str; 0] = [];
        assert_eq!(errors(&drawn(&[], &[&[]])), nothing);
        for (key, refused, allowed) in [
            ("parallelization_factor", "11", "10"),
            ("batch_window", "301 s", "300 s"),
            ("batch_size", "10001", "10000"),
            ("maximum_retries", "10001", "unlimited"),
            ("maximum_record_age", "59 s", "60 s"),
            ("maximum_record_age", "8 d", "7 d"),
            ("paused", "2 min to 1 min", "1 min to 2 min"),
        ] {
            assert_eq!(errors(&drawn(&[], &[&[(key, refused)]])), ["bad-value"], "{key} {refused}");
            assert_eq!(errors(&drawn(&[], &[&[(key, allowed)]])), nothing, "{key} {allowed}");
        }
        for (key, refused, allowed) in [("retention", "23 h", "24 h"), ("retention", "366 d", "365 d"), ("shards", "0", "1")] {
            assert_eq!(errors(&drawn(&[(key, refused)], &[])), ["bad-value"], "{key} {refused}");
            assert_eq!(errors(&drawn(&[(key, allowed)], &[])), nothing, "{key} {allowed}");
        }
    }

    #[test]
    fn shards_double_or_halve_ten_times_a_day() {
        let planned = |plan: &str| errors(&drawn(&[("shards", "2"), ("resharding", plan)], &[]));
        assert!(planned("1 h: 4, 2 h: 8, 3 h: 4").is_empty());
        assert_eq!(planned("1 h: 5"), ["refused-resharding"]);
        assert_eq!(planned("1 h: 4, 2 h: 1"), ["refused-resharding"]);
        let hourly = |changes: usize| (1..=changes).map(|hour| format!("{hour} h: {}", 2 + hour % 2)).collect::<Vec<_>>().join(", ");
        assert!(planned(&hourly(10)).is_empty());
        assert_eq!(planned(&hourly(11)), ["refused-resharding"]);
    }

    #[test]
    fn twenty_consumers_have_enhanced_fan_out() {
        let push: &[(&str, &str)] = &[("enhanced_fan_out", "true")];
        assert!(errors(&drawn(&[], &[push; 20])).is_empty());
        assert_eq!(errors(&drawn(&[], &[push; 21])), ["too-many-consumers"]);
        assert_eq!(errors(&drawn(&[], &[&push[..0]; 65])), ["too-many-consumers"]);
    }

    #[test]
    fn a_table_and_its_stream_belong_together() {
        let mut diagram = drawn(&[], &[]);
        let mut add = |id: &str, service: &str| {
            diagram.nodes.insert(id.into(), Arc::new(Node::new(service, "")));
        };
        for (id, service) in [("a", "aws/dynamodb"), ("b", "aws/dynamodb"), ("s", "aws/dynamodb-streams"), ("t", "aws/dynamodb-streams")] {
            add(id, service);
        }
        let mut connect = |id: &str, from: &str, to: &str| {
            diagram.edges.insert(id.into(), Arc::new(Edge::new(from, to, EdgeKind::Deliver)));
            errors(&diagram)
        };
        assert!(connect("a-s", "a", "s").is_empty());
        assert_eq!(connect("b-s", "b", "s"), ["stream-of-several-tables"]);
        assert_eq!(connect("b-t", "b", "t"), ["several-table-streams", "stream-of-several-tables"]);
    }
}
