//! Pipes: what the provider refuses to connect, and batches that a stage does not take.

use crate::{
    Catalog, Diagnostic, Diagram, Edge, EdgeId, EdgeKind, Edit, NodeId, Place,
    edit::Target,
    families::{self, Config, ConnectionConfig, Family, Scaling, StageConfig},
};

/// Largest batch for targets that take several messages in a request.
const MESSAGES: u32 = 10;

/// Largest batch for a stream.
const RECORDS: u32 = 500;

/// Most messages of a batch of a FIFO queue.
const ORDERED: u32 = 10;

/// A pipe has one source, one target and at most one enrichment, and its batches fit both.
pub(super) fn pipes(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, node) in &diagram.nodes {
        if catalog.get(&node.service).is_none_or(|service| service.family != Family::Pipe) {
            continue;
        }
        let stages: Vec<_> = diagram.outgoing(id).filter_map(|(edge, row)| Some((edge, row, stage(diagram, catalog, edge)?))).collect();
        let sources: Vec<_> = diagram.incoming(id).filter(|(_, edge)| edge.kind == EdgeKind::Poll).collect();
        shape(diagram, id, sources.len(), &stages, found);
        for (source, edge) in sources {
            batches(diagram, catalog, source, edge, &stages, found);
        }
    }
}

fn stage(diagram: &Diagram, catalog: &Catalog, edge: &EdgeId) -> Option<StageConfig> {
    match families::edge_config(diagram, catalog, edge).0? {
        ConnectionConfig::Call(call) => call.stage,
        ConnectionConfig::Deliver(_)
        | ConnectionConfig::Poll(_)
        | ConnectionConfig::StreamPoll(_)
        | ConnectionConfig::Capture(_)
        | ConnectionConfig::Replay(_)
        | ConnectionConfig::DeadLetter
        | ConnectionConfig::Redrive(_) => None,
    }
}

fn shape(diagram: &Diagram, id: &NodeId, sources: usize, stages: &[(&EdgeId, &Edge, StageConfig)], found: &mut Vec<Diagnostic>) {
    let name = diagram.title(id);
    let mut wrong = |code, message: String, hint: &str| {
        found.push(Diagnostic::error(code, Place::Node(id.clone(), None), message).hint(hint));
    };
    if sources > 1 {
        wrong("pipe-with-several-sources", format!("`{name}` polls {sources} sources, a pipe has one"), "draw a pipe for each source");
    }
    let enrichments = stages.iter().filter(|(_, _, stage)| stage.enrichment).count();
    let targets = stages.len() - enrichments;
    if targets == 0 {
        wrong("pipe-without-target", format!("`{name}` has no target"), "draw an edge to what takes the events");
    }
    if enrichments > 1 {
        let message = format!("`{name}` has {enrichments} enrichments, a pipe has one at most");
        wrong("pipe-with-several-enrichments", message, "let one of them ask the others, or make it a workflow");
    }
    for (edge, row, stage) in stages {
        if stage.enrichment && row.kind == EdgeKind::Send {
            let place = Place::Edge((*edge).clone(), Some("stage".to_owned()));
            let message = format!("`{}` is only sent to, an enrichment must answer", diagram.title(&row.to));
            found.push(
                Diagnostic::error("enrichment-without-answer", place, message)
                    .hint("make it a `request` edge, or the target")
                    .fix(set(edge, "stage", None)),
            );
        }
    }
    if targets > 1 {
        // The second of two requests is most likely meant to enrich.
        let place = Place::Node(id.clone(), None);
        let asked = stages.iter().find(|(_, edge, stage)| !stage.enrichment && edge.kind == EdgeKind::Request);
        let message = format!("`{name}` has {targets} targets, a pipe has one");
        let diagnostic = Diagnostic::error("pipe-with-several-targets", place, message)
            .hint("make one the enrichment, or send to a topic or a bus that fans out");
        found.push(match asked.filter(|_| enrichments == 0 && targets == 2) {
            Some((edge, ..)) => diagnostic.fix(set(edge, "stage", Some("enrichment".into()))),
            None => diagnostic,
        });
    }
}

fn set(edge: &EdgeId, key: &str, value: Option<serde_json::Value>) -> Edit {
    Edit::SetField { target: Target::Edge(edge.clone()), key: key.to_owned(), value }
}

/// No batch is larger than what source and stages take.
fn batches(
    diagram: &Diagram,
    catalog: &Catalog,
    source: &EdgeId,
    edge: &Edge,
    stages: &[(&EdgeId, &Edge, StageConfig)],
    found: &mut Vec<Diagnostic>,
) {
    let size = match families::edge_config(diagram, catalog, source).0 {
        Some(ConnectionConfig::Poll(poll)) => poll.batch_size,
        Some(ConnectionConfig::StreamPoll(poll)) => poll.batch_size,
        _ => return,
    };
    let ordered = matches!(families::node_config(diagram, catalog, &edge.from).0, Some(Config::Queue(queue)) if queue.fifo.is_some());
    let of_source = ordered.then_some((ORDERED, &edge.from));
    let of_stages = stages.iter().filter_map(|(_, stage, _)| Some((most(diagram, catalog, &stage.to)?, &stage.to)));
    let Some((most, of)) = of_source.into_iter().chain(of_stages).min_by_key(|(most, _)| *most) else { return };
    if size > most {
        let message =
            format!("a batch of {size} is more than the {most} that `{}` takes, the provider refuses such a pipe", diagram.title(of));
        let place = Place::Edge(source.clone(), Some("batch_size".to_owned()));
        found.push(
            Diagnostic::error("batch-above-target", place, message).hint("take smaller batches, or a function as the target").fix(set(
                source,
                "batch_size",
                Some(most.to_string().into()),
            )),
        );
    }
}

/// The largest batch that a stage takes; `None` where only bytes count.
fn most(diagram: &Diagram, catalog: &Catalog, id: &NodeId) -> Option<u32> {
    match families::node_config(diagram, catalog, id).0? {
        Config::Queue(_) | Config::Topic(_) | Config::Bus(_) => Some(MESSAGES),
        Config::Stream(_) => Some(RECORDS),
        Config::External(_) | Config::Gateway(_) => Some(1),
        Config::Compute(config) => matches!(config.scaling, Scaling::Fleet(_)).then_some(1),
        Config::Workflow(_)
        | Config::Producer(_)
        | Config::Pipe(_)
        | Config::Archive(_)
        | Config::Table(_)
        | Config::Bucket(_)
        | Config::Database(_)
        | Config::Proxy(_)
        | Config::Station(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Node, edit};

    /// A pipe from a source to a target, and what is drawn beside.
    fn drawn(source: &str, batch: u32, target: (&str, EdgeKind), more: Option<(&str, EdgeKind, &str)>) -> Diagram {
        let mut diagram = Diagram::default();
        let mut node = |id: &str, service: &str| diagram.nodes.insert(id.into(), Arc::new(Node::new(service, "")));
        node("source", source);
        node("pipe", "aws/eventbridge-pipes");
        node("target", target.0);
        if let Some((service, ..)) = more {
            node("more", service);
        }
        let mut edge = |id: &str, edge: Edge| diagram.edges.insert(id.into(), Arc::new(edge));
        edge("read", Edge::new("source", "pipe", EdgeKind::Poll).with("batch_size", batch.to_string()));
        edge("hand", Edge::new("pipe", "target", target.1));
        if let Some((_, kind, stage)) = more {
            edge("ask", Edge::new("pipe", "more", kind).with("stage", stage));
        }
        diagram
    }

    fn found(diagram: &Diagram) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        pipes(diagram, Catalog::embedded(), &mut found);
        found
    }

    #[test]
    fn what_the_provider_takes_is_silent() {
        let function = ("aws/lambda", EdgeKind::Request);
        let queue = ("aws/sqs", EdgeKind::Send);
        for diagram in [
            drawn("aws/sqs", 10, queue, Some(("aws/lambda", EdgeKind::Request, "enrichment"))),
            drawn("aws/kinesis", 500, ("aws/kinesis", EdgeKind::Send), None),
            drawn("aws/kinesis", 5_000, function, None),
            drawn("aws/sqs-fifo", 10, function, None),
            drawn("aws/dynamodb-streams", 1, ("generic/http-api", EdgeKind::Request), None),
        ] {
            assert!(found(&diagram).is_empty(), "{:?}", found(&diagram));
        }
    }

    #[test]
    fn each_refusal_is_named_and_its_fix_mends_it() {
        let queue = ("aws/sqs", EdgeKind::Send);
        let cases = [
            ("batch-above-target", drawn("aws/kinesis", 11, queue, None)),
            ("batch-above-target", drawn("aws/kinesis", 501, ("aws/kinesis", EdgeKind::Send), None)),
            ("batch-above-target", drawn("aws/sqs", 2, ("generic/http-api", EdgeKind::Request), None)),
            ("batch-above-target", drawn("aws/sqs", 10, queue, Some(("generic/http-api", EdgeKind::Request, "enrichment")))),
            ("batch-above-target", drawn("aws/sqs-fifo", 11, ("aws/lambda", EdgeKind::Request), None)),
            ("pipe-with-several-targets", drawn("aws/sqs", 10, queue, Some(("aws/lambda", EdgeKind::Request, "target")))),
        ];
        for (code, diagram) in cases {
            let here = found(&diagram);
            assert_eq!(here.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
            let mended = edit::apply(&diagram, &here[0].fix.clone().expect("each of these has a fix")).expect("the fix applies");
            assert!(found(&mended).is_empty(), "{code}: {:?}", found(&mended));
        }
    }

    #[test]
    fn a_pipe_is_whole() {
        let codes = |diagram: &Diagram| found(diagram).iter().map(|one| one.code).collect::<Vec<_>>();
        let mut diagram = drawn("aws/sqs", 10, ("aws/sqs", EdgeKind::Send), Some(("aws/lambda", EdgeKind::Send, "enrichment")));
        assert_eq!(codes(&diagram), ["enrichment-without-answer"]);
        diagram.edges.remove("ask");
        diagram.edges.insert("again".into(), Arc::new(Edge::new("target", "pipe", EdgeKind::Poll)));
        assert_eq!(codes(&diagram), ["pipe-with-several-sources"]);
        diagram.edges.remove("again");
        diagram.edges.remove("hand");
        assert_eq!(codes(&diagram), ["pipe-without-target"]);
        let ask = || Arc::new(Edge::new("pipe", "more", EdgeKind::Request).with("stage", "enrichment"));
        diagram.edges.insert("ask".into(), ask());
        diagram.edges.insert("too".into(), ask());
        assert_eq!(codes(&diagram), ["pipe-without-target", "pipe-with-several-enrichments"]);
    }
}
