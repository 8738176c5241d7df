//! Consumers of streams: what blocks a shard, what is lost, what is too slow.

use super::{
    Rule,
    facts::{Facts, at_edge, set_edge},
};
use crate::{EdgeKind, Severity, families::Family, units};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "poison-blocks-a-shard",
        severity: Severity::Warning,
        title: "A record that always fails blocks its shard",
        rationale: "A shard is read in order: without a limit of retries or age, a bad record is tried until the stream forgets it, and everything behind it waits or is forgotten too.",
        advice: "limit the retries or the age of records, and let halving find the bad one",
        source: "lambda/latest/dg/kinesis-on-failure-destination",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let endless = |key: &str| facts.has(key) && facts.number(key).is_none();
                if endless("maximum_retries") && endless("maximum_record_age") {
                    found.fixable(
                        at_edge(id, "maximum_retries"),
                        format!("`{}` tries a failed batch of `{}` for ever", review.title(&edge.to), review.title(&edge.from)),
                        set_edge(id, "maximum_retries", RETRIES),
                    );
                }
            }
        },
    },
    Rule {
        id: "stream-failures-are-lost",
        severity: Severity::Warning,
        title: "What a stream's consumer gives up is lost",
        rationale: "After the last retry the consumer goes on behind the batch; without a destination nobody learns which records were skipped.",
        advice: "draw a dead-letter edge from the stream to a queue or a topic",
        source: "lambda/latest/dg/kinesis-on-failure-destination",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let ends = |key: &str| facts.has(key) && facts.number(key).is_some();
                if (ends("maximum_retries") || ends("maximum_record_age")) && !review.has_dead_letter(&edge.from) {
                    found.at(
                        at_edge(id, "maximum_retries"),
                        format!("`{}` skips records of `{}` and tells nobody", review.title(&edge.to), review.title(&edge.from)),
                    );
                }
            }
        },
    },
    Rule {
        id: "shard-outruns-its-consumer",
        severity: Severity::Info,
        title: "A full shard writes faster than its consumer reads",
        rationale: "A shard is processed by as many batches at a time as the parallelization factor says: more instances do not help a slow batch.",
        advice: "raise the parallelization factor or the batch size, or make the function faster",
        source: "lambda/latest/dg/services-kinesis-create",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let Some(function) = review.node(&edge.to).filter(|to| to.is_function()) else { continue };
                let Some(records) = review.node(&edge.from).and_then(|from| from.number("shard_write_records")) else { continue };
                let (Some((most, _)), Some(batch)) = (facts.most("parallelization_factor"), facts.number("batch_size")) else { continue };
                let lanes = facts.number("parallelization_factor").unwrap_or(1.0);
                let took = function.mean("duration").unwrap_or(0.0) + batch * function.mean("duration_per_event").unwrap_or(0.0);
                let wanted = (records * took / batch.max(1.0)).ceil().min(most);
                if lanes < wanted {
                    found.fixable(
                        at_edge(id, "parallelization_factor"),
                        format!(
                            "a shard of `{}` takes {}, `{}` processes {} of it",
                            review.title(&edge.from),
                            units::print_rate(records),
                            review.title(&edge.to),
                            units::print_rate(lanes * batch / took)
                        ),
                        set_edge(id, "parallelization_factor", wanted as u64),
                    );
                }
            }
        },
    },
    Rule {
        id: "batched-writes-lose-the-order",
        severity: Severity::Info,
        title: "Several records in one request may change places",
        rationale: "A request with several records has no order of its own: a record that its shard throttles is sent again after those behind it, so that consumers see the events of a key out of order.",
        advice: "write records one by one where the order within a key matters, or keep shards far from their limits",
        source: "kinesis/latest/APIReference/API_PutRecords",
        look: |review, found| {
            let written = review.edges(EdgeKind::Send).chain(review.edges(EdgeKind::Request));
            for (id, edge, _) in written.filter(|(_, _, facts)| facts.number("batch").is_some_and(|records| records > 1.0)) {
                let to_stream = review.node(&edge.to).is_some_and(|to| to.family() == Family::Stream);
                if to_stream && review.arriving(&edge.to).iter().any(|name| review.shares_keys(name)) {
                    found.fixable(
                        at_edge(id, "batch"),
                        format!(
                            "`{}` writes to `{}` in requests of several, and keys come more than once",
                            review.title(&edge.from),
                            review.title(&edge.to)
                        ),
                        set_edge(id, "batch", 1),
                    );
                }
            }
        },
    },
    Rule {
        id: "consumers-share-a-shard",
        severity: Severity::Warning,
        title: "Many consumers share the read throughput of a stream",
        rationale: "Consumers without enhanced fan-out share five reads and 2 MiB per second of each shard, twice what may be written: the third one already waits when the shard is full.",
        advice: "give latency-critical consumers enhanced fan-out, or fan out behind one consumer",
        source: "streams/latest/dev/enhanced-consumers",
        look: |review, found| {
            for (stream, facts) in review.of(Family::Stream) {
                let Some((written, read)) = facts.number("shard_write_bytes").zip(facts.number("shard_read_bytes")) else { continue };
                let sharing = |facts: &Facts<'_>| !facts.flag("enhanced_fan_out");
                let polls: Vec<_> = review.out(stream, EdgeKind::Poll).filter(|(_, _, facts)| sharing(facts)).collect();
                if polls.len() as f64 * written <= read {
                    continue;
                }
                let message = format!("{} consumers of `{}` share what two can read of a full shard", polls.len(), review.title(stream));
                for (id, ..) in polls.iter().filter(|(_, _, facts)| facts.has("enhanced_fan_out")).take(polls.len() - 2) {
                    found.fixable(at_edge(id, "enhanced_fan_out"), message.clone(), set_edge(id, "enhanced_fan_out", true));
                }
            }
        },
    },
];

/// Retries that outlast a short outage of what the consumer calls.
const RETRIES: u64 = 10;
