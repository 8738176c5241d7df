//! What a provider refuses to set up between queues, topics and their readers.

use crate::{
    Catalog, Diagnostic, Diagram, Edge, EdgeId, EdgeKind, Edit, NodeId, Place,
    edit::Target,
    families::{self, Config, ConnectionConfig, PollConfig, Pollers, QueueConfig},
    units::print_duration,
};

/// Mappings that the provider does not take.
pub(super) fn mappings(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, edge) in diagram.edges.iter().filter(|(_, edge)| edge.kind == EdgeKind::Poll) {
        let (Some(ConnectionConfig::Poll(poll)), Some(Config::Queue(queue))) =
            (families::edge_config(diagram, catalog, id).0, families::node_config(diagram, catalog, &edge.from).0)
        else {
            continue;
        };
        pollers(id, edge, &poll, found);
        batches(id, edge, &poll, &queue, found);
        if let (Pollers::Elastic { .. } | Pollers::Provisioned { .. }, Some(Config::Compute(function))) =
            (&poll.pollers, families::node_config(diagram, catalog, &edge.to).0)
        {
            visibility(edge, &queue, function.timeout.value, found);
        }
    }
}

fn at(id: &EdgeId, key: &str) -> Place {
    Place::Edge(id.clone(), Some(key.to_owned()))
}

fn set(target: Target, key: &str, value: Option<String>) -> Edit {
    Edit::SetField { target, key: key.to_owned(), value: value.map(Into::into) }
}

fn pollers(id: &EdgeId, edge: &Edge, poll: &PollConfig, found: &mut Vec<Diagnostic>) {
    let Pollers::Provisioned { minimum, maximum, .. } = &poll.pollers else { return };
    if edge.fields.contains_key("maximum_concurrency") {
        let message = "a mapping has either a maximum concurrency or provisioned pollers, the provider refuses both";
        found.push(
            Diagnostic::error("concurrency-and-pollers", at(id, "maximum_concurrency"), message)
                .hint("bound the concurrency by the maximum of pollers, ten batches each")
                .fix(set(Target::Edge(id.clone()), "maximum_concurrency", None)),
        );
    }
    if *minimum > maximum.value {
        let message = format!("the minimum of {minimum} pollers is above the maximum of {}", maximum.value);
        let fix = set(Target::Edge(id.clone()), "maximum_pollers", Some(minimum.to_string()));
        found.push(Diagnostic::error("pollers-out-of-order", at(id, "minimum_pollers"), message).hint("raise the maximum").fix(fix));
    }
}

fn batches(id: &EdgeId, edge: &Edge, poll: &PollConfig, queue: &QueueConfig, found: &mut Vec<Diagnostic>) {
    if queue.fifo.is_some() {
        if edge.fields.contains_key("batch_window") {
            let message = "a mapping of a FIFO queue has no batch window, the provider refuses one";
            found.push(
                Diagnostic::error("fifo-window", at(id, "batch_window"), message)
                    .hint("leave it out: a batch goes with what its groups have waiting")
                    .fix(set(Target::Edge(id.clone()), "batch_window", None)),
            );
        }
        return;
    }
    let (windowless, window) = (poll.windowless.0, print_duration(poll.windowless.1));
    if poll.batch_size > windowless && poll.batch_window < poll.windowless.1 {
        let message =
            format!("a batch of {} messages needs a window of at least {window}, the provider refuses it without", poll.batch_size);
        found.push(
            Diagnostic::warning("large-batch-without-window", at(id, "batch_window"), message)
                .hint(format!("give it a window, or take {windowless} messages at most; the run shows what the batch would do without"))
                .fix(set(Target::Edge(id.clone()), "batch_window", Some(window))),
        );
    }
}

fn visibility(edge: &Edge, queue: &QueueConfig, timeout: f64, found: &mut Vec<Diagnostic>) {
    if timeout <= queue.visibility {
        return;
    }
    let message = format!(
        "the function may run for {} while a message is hidden for {} only; the provider refuses to create such a mapping",
        print_duration(timeout),
        print_duration(queue.visibility),
    );
    let place = Place::Node(edge.from.clone(), Some("visibility_timeout".to_owned()));
    let text = print_duration((6.0 * timeout).min(43_200.0));
    // The queue can be changed once the mapping exists, so that the run has something to show.
    found.push(
        Diagnostic::warning("timeout-above-visibility", place, message)
            .hint("hide a message for six times as long as the function may run")
            .fix(set(Target::Node(edge.from.clone()), "visibility_timeout", Some(text))),
    );
}

/// Dead-letter queues of another type than what they serve, and subscriptions that name none of their topic's.
pub(super) fn dead_letters(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let is_fifo = |id: &NodeId| match families::node_config(diagram, catalog, id).0 {
        Some(Config::Queue(queue)) => queue.fifo.is_some(),
        Some(Config::Topic(topic)) => topic.fifo.is_some(),
        _ => false,
    };
    for (id, edge) in &diagram.edges {
        let moves = match edge.kind {
            EdgeKind::DeadLetter => true,
            EdgeKind::Send => matches!(families::edge_config(diagram, catalog, id).0, Some(ConnectionConfig::Redrive(_))),
            EdgeKind::Request | EdgeKind::Deliver | EdgeKind::Poll => false,
        };
        if moves && is_fifo(&edge.from) != is_fifo(&edge.to) {
            let of = if is_fifo(&edge.from) { "FIFO" } else { "standard" };
            let message = format!("the dead letters of a {of} source must go to a {of} queue, the provider refuses another type");
            let service = if is_fifo(&edge.from) { "aws/sqs-fifo" } else { "aws/sqs" };
            found.push(
                Diagnostic::error("dead-letter-type", Place::Edge(id.clone(), None), message)
                    .hint("make both queues of the same type")
                    .fix(Edit::SetService(edge.to.clone(), service.into())),
            );
        }
        let Some(ConnectionConfig::Deliver(deliver)) = families::edge_config(diagram, catalog, id).0 else { continue };
        if let Some(name) = deliver.dead_letter.as_deref().filter(|name| *name != "none") {
            let mut of_topic = diagram.outgoing(&edge.from).filter(|(_, other)| other.kind == EdgeKind::DeadLetter);
            if !of_topic.any(|(_, other)| other.to.as_str() == name) {
                let message = format!("no dead-letter edge of `{}` leads to `{name}`", diagram.title(&edge.from));
                found.push(Diagnostic::error("unknown-dead-letter", at(id, "dead_letter"), message).hint("draw one from the topic to it"));
            }
        }
        if let Some(longest) = deliver.retry_time_max.filter(|longest| deliver.retry_time() > *longest) {
            let (all, longest) = (print_duration(deliver.retry_time()), print_duration(longest));
            let message = format!("the retries wait for {all} altogether, the provider takes {longest} at most");
            found.push(Diagnostic::error("retries-too-long", at(id, "retries"), message).hint("fewer retries, or shorter waits"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Node, diagnostic::Severity, edit};

    fn diagram(queue: Node, other: Node, edge: Edge) -> Diagram {
        let mut diagram = Diagram::default();
        diagram.nodes.insert("queue".into(), Arc::new(queue));
        diagram.nodes.insert("other".into(), Arc::new(other));
        diagram.edges.insert("edge".into(), Arc::new(edge));
        diagram
    }

    fn found(diagram: &Diagram) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        mappings(diagram, Catalog::embedded(), &mut found);
        dead_letters(diagram, Catalog::embedded(), &mut found);
        found
    }

    #[test]
    fn each_refused_combination_is_named_and_its_fix_mends_it() {
        let poll = || Edge::new("queue", "other", EdgeKind::Poll);
        let (standard, fifo, function) = (|| Node::new("aws/sqs", ""), || Node::new("aws/sqs-fifo", ""), || Node::new("aws/lambda", ""));
        let dead = || Edge::new("queue", "other", EdgeKind::DeadLetter);
        let cases = [
            ("concurrency-and-pollers", standard(), function(), poll().with("scaling", "provisioned").with("maximum_concurrency", 5)),
            (
                "pollers-out-of-order",
                standard(),
                function(),
                poll().with("scaling", "provisioned").with("minimum_pollers", 200).with("maximum_pollers", 100),
            ),
            ("fifo-window", fifo(), function(), poll().with("batch_window", "5 s")),
            ("large-batch-without-window", standard(), function(), poll().with("batch_size", 100)),
            ("timeout-above-visibility", standard(), function().with("timeout", "31 s"), poll()),
            ("dead-letter-type", fifo(), standard(), dead()),
            ("dead-letter-type", standard(), fifo(), dead()),
        ];
        for (code, from, to, edge) in cases {
            let drawn = diagram(from, to, edge);
            let found_here = found(&drawn);
            assert_eq!(found_here.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
            let fix = found_here[0].fix.clone().expect("each of these has a fix");
            let mended = edit::apply(&drawn, &fix).expect("the fix applies");
            assert!(found(&mended).is_empty(), "{code}: {:?}", found(&mended));
        }
        assert!(found(&diagram(standard(), function(), poll())).is_empty());
    }

    #[test]
    fn a_fifo_mapping_takes_ten_messages_at_most_and_two_batches_at_least() {
        for (service, key, value) in [("aws/sqs-fifo", "batch_size", "11"), ("aws/sqs", "maximum_concurrency", "1")] {
            let edge = Edge::new("queue", "other", EdgeKind::Poll).with(key, value);
            let drawn = diagram(Node::new(service, ""), Node::new("aws/lambda", ""), edge);
            let problems = families::edge_config(&drawn, Catalog::embedded(), &"edge".into()).1;
            assert!(problems.iter().any(|one| one.severity == Severity::Error && one.place == at(&"edge".into(), key)), "{problems:?}");
        }
    }
}
