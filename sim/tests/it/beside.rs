//! What stands beside the layers of a random diagram: web endpoints with a rate, replays to some rules, pipes behind
//! queues that nobody polls.

use plimsoll_models::EdgeKind;
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::{random::enriched, support::Draw};

/// Picks of its own, so that the layers of a seed stay as they are.
struct Picks(Xoshiro256PlusPlus);

impl Picks {
    fn one(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.0.random_range(0..choices.len())]
    }
}

/// The diagram with what stands beside its layers.
pub(crate) fn beside(mut draw: Draw, seed: u64) -> Draw {
    let mut picks = Picks(Xoshiro256PlusPlus::seed_from_u64(seed ^ 0xbe51));
    let nodes: Vec<(String, String)> = draw.0.nodes.iter().map(|(id, node)| (id.to_string(), node.service.to_string())).collect();
    for (id, service) in nodes {
        let polled = draw.0.edges.values().any(|edge| edge.kind == EdgeKind::Poll && edge.from.as_str() == id);
        draw = match (service.as_str(), picks.one(&["yes", "no"])) {
            ("aws/sns" | "aws/eventbridge-classic" | "aws/eventbridge-bus", "yes") => hook(draw, &id, &service, &mut picks),
            ("aws/eventbridge-archive", "yes") => replay(draw, &id, &mut picks),
            ("aws/sqs" | "aws/sqs-fifo", "yes") if !polled => drained(draw, &id, &mut picks),
            _ => draw,
        };
    }
    draw
}

/// Somebody else's API that is slow, fails and limits its callers.
fn api(draw: Draw, id: &str, picks: &mut Picks) -> Draw {
    let latency = picks.one(&["10 ms", "exponential(200 ms)", "exponential(8 s)"]);
    let (errors, rate) = (picks.one(&["0 %", "20 %"]), picks.one(&["5/s", "1000/s"]));
    draw.node(id, "generic/http-api", &[("latency", latency), ("error_rate", errors), ("rate_limit", rate)])
}

/// A web endpoint that a topic or bus delivers to.
fn hook(draw: Draw, id: &str, service: &str, picks: &mut Picks) -> Draw {
    let (target, edge) = (format!("hook-{id}"), format!("call-hook-{id}"));
    let mut fields = vec![("filter", picks.one(&["all", "70 %"])), ("age_max", picks.one(&["60 s", "300 s"]))];
    if service == "aws/eventbridge-bus" {
        fields.extend([("subscriber_type", picks.one(&["unordered", "fifo"])), ("paused", picks.one(&["none", "2 s to 6 s"]))]);
    } else {
        fields.push(("throttle", picks.one(&["0.2/s", "3/s", "300/s"])));
    }
    api(draw, &target, picks).edge(&edge, EdgeKind::Deliver, id, &target, &fields)
}

/// A second replay, of a part of the time and to one rule alone.
fn replay(draw: Draw, archive: &str, picks: &mut Picks) -> Draw {
    let Some(bus) = draw.0.edges.values().find(|edge| edge.to.as_str() == archive).map(|edge| edge.from.to_string()) else { return draw };
    let rule = draw.0.edges.iter().find(|(_, edge)| edge.from.as_str() == bus && edge.to.as_str() != archive);
    let Some(rule) = rule.map(|(id, _)| id.to_string()) else { return draw };
    let (start, from) = (picks.one(&["3 s", "10 s"]), picks.one(&["0 s", "1 s"]));
    let fields = [("start", start), ("from", from), ("until", "2500 ms"), ("rules", &*rule)];
    draw.edge(&format!("again-{archive}"), EdgeKind::Send, archive, &bus, &fields)
}

/// A pipe that empties a queue, with or without an enrichment.
fn drained(draw: Draw, queue: &str, picks: &mut Picks) -> Draw {
    let (pipe, edge) = (format!("drain-{queue}"), format!("to-drain-{queue}"));
    let longest = picks.one(&["1500 ms", "5 min"]);
    let draw = draw.node(&pipe, "aws/eventbridge-pipes", &[("duration", longest)]);
    let draw = enriched(draw, &pipe, picks.one(&["plain", "fifo"]));
    let (target, hand) = (format!("end-{queue}"), format!("hand-{queue}"));
    let to_api = picks.one(&["api", "stream"]) == "api";
    let batch = if to_api { "1" } else { picks.one(&["1", "10"]) };
    let draw = draw.edge(&edge, EdgeKind::Poll, queue, &pipe, &[("batch_size", batch), ("filter", picks.one(&["all", "60 %"]))]);
    if to_api {
        let throttle = picks.one(&["0.5/s", "10/s"]);
        api(draw, &target, picks).edge(&hand, EdgeKind::Request, &pipe, &target, &[("throttle", throttle), ("timeout", "1 s")])
    } else {
        draw.node(&target, "aws/kinesis", &[("shards", "1"), ("shard_write_records", "6/s")]).edge(
            &hand,
            EdgeKind::Send,
            &pipe,
            &target,
            &[],
        )
    }
}
