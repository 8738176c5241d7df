//! Random diagrams that reach every family and every fate.

use plimsoll_models::{Catalog, Diagram, EdgeKind, Scenario, diagnostic::has_errors, families, fault, validate};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;

use crate::{beside::beside, support::Draw};

/// A layer that a random diagram may have behind the one before.
#[derive(Clone, Copy)]
enum Layer {
    Gateway,
    Function,
    Server,
    Queue,
    Topic,
    Bus,
    Door(&'static str),
    Workflow(&'static str),
    Stream,
    Pipe,
}

/// Faults of a diagram for a run of twenty seconds, as its scenario holds them: none for every fourth seed, else up to
/// four of any kind on any node or edge that can have them.
pub(crate) fn faults(seed: u64, diagram: &Diagram) -> serde_json::Value {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0xfa17);
    let targets: Vec<String> = diagram.nodes.keys().map(ToString::to_string).chain(diagram.edges.keys().map(ToString::to_string)).collect();
    let configs = diagram.nodes.keys().filter_map(|id| families::node_config(diagram, Catalog::embedded(), id).0);
    let limits: Vec<String> = configs.flat_map(|config| config.tightens().into_iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    let limits: Vec<&str> = limits.iter().map(String::as_str).chain(["rate"]).collect();
    let mut faults = Vec::new();
    let wanted = if seed.is_multiple_of(4) { 0 } else { rng.random_range(1..=4) };
    let mut tries = 0;
    while faults.len() < wanted && tries < TRIES {
        tries += 1;
        let mut pick = |choices: &[&str]| choices[rng.random_range(0..choices.len())].to_owned();
        let word = pick(&fault::KINDS.map(|record| record.word));
        let (share, factor) = (pick(&["5 %", "50 %", "100 %"]), pick(&["0", "0.1", "0.9", "3"]));
        let mut fault = match (word.as_str(), pick(&["plain", "other"]).as_str()) {
            ("outage", "plain") => json!({}),
            ("outage", _) => json!({"hang": pick(&["20 ms", "2 s", "30 s"])}),
            ("latency", "plain") => json!({"add": pick(&["0 s", "100 ms", "exponential(1 s)"])}),
            ("latency" | "slow", _) => json!({"factor": pick(&["0.5", "3", "20"])}),
            ("throttle", "plain") => json!({"factor": factor, "limit": pick(&limits)}),
            ("capacity", _) => json!({"lost": share}),
            ("surge", _) => json!({"factor": pick(&["0", "0.5", "1", "4"])}),
            ("batch", _) => json!({"size": pick(&["1", "7", "10000"])}),
            ("deploy", _) => json!({"at": pick(&["1 s", "6 s", "12 s"])}),
            _ => json!({"share": share}),
        };
        fault["on"] = targets[rng.random_range(0..targets.len())].as_str().into();
        if word != "deploy" {
            let from = rng.random_range(0..16_000);
            fault["from"] = format!("{from} ms").into();
            fault["to"] = format!("{} ms", from + rng.random_range(1..8_000)).into();
        }
        fault["kind"] = word.into();
        let trial: Vec<_> = faults.iter().cloned().chain([fault.clone()]).collect();
        let (plan, problems) = Scenario::default().with("duration", "20 s").with("faults", trial).plan(&"default".into());
        assert!(problems.is_empty(), "{fault}: {problems:?}");
        if !has_errors(&validate::faults(diagram, Catalog::embedded(), &"default".into(), &plan)) {
            faults.push(fault);
        }
    }
    faults.into()
}

/// Faults that are thought up for one that its target can have.
const TRIES: usize = 200;

/// A diagram that depends on nothing but its seed.
pub(crate) fn diagram(seed: u64) -> Diagram {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut pick = |choices: &[&str]| choices[rng.random_range(0..choices.len())].to_owned();
    let load = pick(&[
        "poisson(5/s)",
        "poisson(80/s)",
        "constant(20/s)",
        "spike(base=2/s, peak=200/s, at=5 s, for=5 s)",
        "closed(users=10, think=exponential(1 s))",
        "batch(300, at=1 s)",
        "bursts(on=100/s, off=1/s, mean_on=2 s, mean_off=4 s)",
        "modulated(100/s: - 0.5 0, 5/s: 0.2 - 0.2, 0/s: 0.5 0.5 -)",
        "groups(poisson(2/s), size=geometric(mean=5))",
        "fleet(devices=200, period=5 s, jitter=1 s, outage=8 s, reconnect=12 s)",
        "rate(2 s, count=20, over=1 s)",
    ]);
    let keys = pick(&["unique", "uniform(3)", "zipf(20, 1.2)"]);
    let producer = pick(&["client", "web-client", "iot-fleet", "schedule", "batch-upload", "webhook"]);
    let mut draw = Draw::default().event_type("order", &[("key", &keys)]).node(
        "client",
        format!("generic/{producer}").as_str(),
        &[("arrivals", &load), ("events", "order")],
    );
    let attempts = pick(&["1", "3", "unlimited"]);
    let timeout = pick(&["50 ms", "1 s", "none"]);
    let age_max = pick(&["2 s", "20 s"]);
    let share = pick(&["all", "60 %"]);
    let (breaker, quota, scope) = (pick(&["", "50 %"]), pick(&["none", "20"]), pick(&["instance", "shared"]));
    let batch = pick(&["1", "5"]);
    let mut policy: Vec<(&str, &str)> = vec![
        ("batch", &batch),
        ("attempts", &attempts),
        ("timeout", &timeout),
        ("age_max", &age_max),
        ("backoff", "exponential(base=100 ms, jitter=full)"),
        ("filter", &share),
        ("retry_quota", &quota),
        ("resilience_scope", &scope),
        ("breaker_minimum", "10"),
    ];
    if !breaker.is_empty() {
        policy.extend([("breaker", breaker.as_str()), ("retry_budget", "20 %")]);
    }
    let mut last = "client".to_owned();
    let mut family = Layer::Gateway;
    // Whether what came last keeps an order, and so must what follows.
    let mut ordered = false;
    // Whether the bus that came last has subscribers instead of rules.
    let mut custom = false;
    let layers = ["a", "b", "c"];
    for (depth, id) in layers.iter().enumerate() {
        let next = match (
            depth,
            pick(&[
                "gateway", "rest", "url", "alb", "standard", "express", "function", "server", "queue", "topic", "bus", "stream", "pipe",
            ])
            .as_str(),
        ) {
            (0, "gateway") => Layer::Gateway,
            (0, "rest") => Layer::Door("aws/api-gateway-rest"),
            (0, "url") => Layer::Door("aws/function-url"),
            (0, "alb") => Layer::Door("aws/alb"),
            (_, "standard") => Layer::Workflow("aws/step-functions-standard"),
            (_, "express") => Layer::Workflow("aws/step-functions-express"),
            (_, "server") => Layer::Server,
            (_, "queue") => Layer::Queue,
            (_, "topic") => Layer::Topic,
            (_, "bus") => Layer::Bus,
            (_, "stream") => Layer::Stream,
            (1.., "pipe") => Layer::Pipe,
            _ => Layer::Function,
        };
        // Only what the catalog can connect follows; a queue is polled, topic and bus deliver.
        let next = match (depth, family, next) {
            (1.., Layer::Queue | Layer::Stream, Layer::Pipe) => Layer::Pipe,
            (1.., Layer::Pipe, Layer::Server | Layer::Gateway | Layer::Door(_) | Layer::Pipe) => Layer::Function,
            (1.., Layer::Queue, Layer::Server) => Layer::Server,
            (1.., Layer::Queue, _) => Layer::Function,
            (1.., Layer::Topic, _) if ordered => Layer::Queue,
            (1.., Layer::Topic | Layer::Bus, Layer::Pipe) => Layer::Queue,
            (1.., Layer::Gateway | Layer::Door(_) | Layer::Workflow(_) | Layer::Function | Layer::Server, Layer::Pipe) => Layer::Function,
            (1.., Layer::Stream, Layer::Server) => Layer::Server,
            (1.., Layer::Stream, _) | (1.., Layer::Workflow(_), Layer::Stream) => Layer::Function,
            (1.., Layer::Topic, Layer::Workflow(_)) => Layer::Queue,
            (
                1..,
                Layer::Topic | Layer::Bus,
                Layer::Server | Layer::Gateway | Layer::Door(_) | Layer::Topic | Layer::Bus | Layer::Stream,
            ) => Layer::Queue,
            (1.., Layer::Gateway | Layer::Door(_), Layer::Topic | Layer::Bus | Layer::Queue | Layer::Stream) => Layer::Function,
            (1.., Layer::Door("aws/function-url"), _) => Layer::Function,
            (1.., Layer::Door("aws/alb"), Layer::Workflow(_)) => Layer::Server,
            (_, _, next) => next,
        };
        let from_custom =
            std::mem::replace(&mut custom, pick(&["rules", "subscribers"]) == "subscribers" && !matches!(family, Layer::Pipe));
        let failing = pick(&["0 %", "10 %", "100 %"]);
        let poison = pick(&["0 %", "5 %"]);
        let provisioned = pick(&["0", "1"]);
        let ready = pick(&["ready", "allocating"]);
        let deaths = pick(&["0 %", "5 %"]);
        let reserved = pick(&["1", "5", "100"]);
        let timeout_fn = pick(&["1 s", "3 s"]);
        let visibility = pick(&["1 s", "10 s"]);
        let receives = pick(&["1", "3"]);
        let retention = pick(&["60 s", "4 d"]);
        let stage = pick(&["20/s", "1000/s"]);
        let standing = pick(&["generic/server", "aws/ecs-fargate", "aws/ec2-auto-scaling", "kubernetes/deployment", "knative/service"]);
        let crashes = pick(&["exponential(4 s)", "1000 s"]);
        let most = pick(&["2", "8"]);
        let duration_sfn = pick(&["3 s", "300 s"]);
        let fifo = pick(&["standard", "fifo"]) == "fifo";
        let keeps_order = match (family, next) {
            (Layer::Topic, _) => ordered,
            (Layer::Pipe, Layer::Topic) => false,
            _ => fifo,
        };
        let next_ordered = matches!(next, Layer::Queue | Layer::Topic) && keeps_order;
        let throughput = pick(&["standard", "high"]);
        let grouping = pick(&["none", "fair"]);
        let duplicates = pick(&["0 %", "10 %"]);
        let mode = pick(&["provisioned", "provisioned", "on-demand"]);
        let shards = pick(&["1", "2", "3"]);
        let later = pick(&["none", "2 s: 2, 70 s: 3"]);
        let shard_rate = pick(&["10/s", "1000/s"]);
        draw = match next {
            Layer::Gateway => draw.node(id, "aws/api-gateway-http", &[("stage_rate", &stage), ("integration_timeout", "1 s")]),
            Layer::Function => draw.node(
                id,
                "aws/lambda",
                &[
                    ("duration", "exponential(300 ms)"),
                    ("transient_failures", &failing),
                    ("poison_events", &poison),
                    ("reserved_concurrency", &reserved),
                    ("provisioned_concurrency", &provisioned),
                    ("provisioned_start", &ready),
                    ("provisioned_preparation", "2 s"),
                    ("crashes", &deaths),
                    ("timeout", &timeout_fn),
                    ("async_max_age", "60 s"),
                ],
            ),
            Layer::Server => draw.node(id, &standing, &fleet(&standing, &crashes, &most)),
            Layer::Door(service) => draw.node(id, service, door_fields(service)),
            Layer::Workflow(service) => workflow(draw, id, service, &duration_sfn),
            Layer::Queue => {
                let mut fields = vec![("visibility_timeout", &*visibility), ("max_receive_count", &receives), ("retention", &retention)];
                if next_ordered {
                    fields.extend([("throughput", &*throughput), ("partition_calls", "50/s")]);
                } else {
                    fields.extend([("grouping", &*grouping), ("noisy_in_flight", "3"), ("duplicates", &duplicates)]);
                }
                draw.node(id, if next_ordered { "aws/sqs-fifo" } else { "aws/sqs" }, &fields)
            }
            Layer::Topic if next_ordered => draw.node(id, "aws/sns-fifo", &[("publish_rate", "50/s"), ("group_rate", "10/s")]),
            Layer::Topic => draw.node(id, "aws/sns", &[("publish_rate", "50/s")]),
            Layer::Bus if custom => draw.node(id, "aws/eventbridge-bus", &[("event_rate", "50/s"), ("group_rate", "20")]),
            Layer::Bus => {
                let archive = format!("archive-{id}");
                draw.node(id, "aws/eventbridge-classic", &[("invocation_rate", "30/s")])
                    .node(&archive, "aws/eventbridge-archive", &[("replay_rate", "20/s")])
                    .edge(&format!("store-{id}"), EdgeKind::Deliver, id, &archive, &[("filter", "50 %"), ("capture_latency", "1 s")])
                    .edge(&format!("replay-{id}"), EdgeKind::Send, &archive, id, &[("start", "8 s"), ("until", "5 s")])
            }
            Layer::Pipe => draw.node(id, "aws/eventbridge-pipes", &[("concurrent_executions", "3"), ("duration", "2 s")]),
            Layer::Stream => draw.node(
                id,
                "aws/kinesis",
                &[
                    ("capacity_mode", &mode),
                    ("shards", &shards),
                    ("resharding", &later),
                    ("shard_write_records", &shard_rate),
                    ("retention", "24 h"),
                ],
            ),
        };
        let kind = match (depth, family) {
            (0, _) => match next {
                Layer::Queue | Layer::Topic | Layer::Bus | Layer::Stream => EdgeKind::Send,
                Layer::Function if pick(&["sync", "async"]) == "async" => EdgeKind::Send,
                Layer::Workflow("aws/step-functions-standard") => EdgeKind::Send,
                Layer::Function | Layer::Server | Layer::Gateway | Layer::Door(_) | Layer::Workflow(_) | Layer::Pipe => EdgeKind::Request,
            },
            (_, Layer::Pipe) => match next {
                Layer::Function if pick(&["waits", "sends"]) == "waits" => EdgeKind::Request,
                Layer::Workflow("aws/step-functions-express") => EdgeKind::Request,
                _ => EdgeKind::Send,
            },
            (_, Layer::Queue | Layer::Stream) => EdgeKind::Poll,
            (_, Layer::Topic | Layer::Bus) => EdgeKind::Deliver,
            (_, Layer::Gateway | Layer::Door(_) | Layer::Workflow(_) | Layer::Function | Layer::Server) => match next {
                Layer::Queue | Layer::Topic | Layer::Bus | Layer::Stream | Layer::Workflow("aws/step-functions-standard") => EdgeKind::Send,
                Layer::Gateway | Layer::Door(_) | Layer::Workflow(_) | Layer::Function | Layer::Server | Layer::Pipe => EdgeKind::Request,
            },
        };
        let edge = format!("to-{id}");
        let (keeps, answers) = (pick(&["unordered", "fifo"]), pick(&["request-response", "event"]));
        let batch = pick(&["1", "5"]);
        let partial = pick(&["true", "false"]);
        let scaling = pick(&["elastic", "provisioned"]);
        let (retries, lanes) = (pick(&["0", "2", "unlimited"]), pick(&["1", "4"]));
        let (bisect, stop) = (pick(&["true", "false"]), pick(&["stops-lane", "stops-shard"]));
        let (pushed, paused) = (pick(&["true", "false"]), pick(&["none", "1 s to 4 s, 90 s to 95 s"]));
        let read = vec![
            ("batch_size", batch.as_str()),
            ("report_item_failures", partial.as_str()),
            ("maximum_retries", retries.as_str()),
            ("maximum_record_age", "60 s"),
            ("enhanced_fan_out", pushed.as_str()),
            ("paused", paused.as_str()),
            ("filter", share.as_str()),
        ];
        draw = match kind {
            EdgeKind::Poll if matches!(next, Layer::Pipe) => {
                let mut fields = vec![("batch_size", batch.as_str()), ("filter", share.as_str())];
                if matches!(family, Layer::Stream) {
                    fields.extend([
                        ("maximum_retries", retries.as_str()),
                        ("maximum_record_age", "60 s"),
                        ("parallelization_factor", &lanes),
                        ("bisect", &bisect),
                        ("failed_batch", &stop),
                        ("enhanced_fan_out", &pushed),
                        ("paused", &paused),
                    ]);
                }
                enriched(draw.edge(&edge, kind, &last, id, &fields), id, &keeps)
            }
            EdgeKind::Request if matches!((family, next), (Layer::Pipe, Layer::Function)) => {
                draw.edge(&edge, kind, &last, id, &[("report_item_failures", &partial), ("timeout", "1 s")])
            }
            EdgeKind::Request | EdgeKind::Send if matches!(family, Layer::Pipe) => draw.edge(&edge, kind, &last, id, &[]),
            EdgeKind::Poll if matches!((family, next), (Layer::Stream, Layer::Function)) => {
                let mut fields = read.clone();
                fields.extend([
                    ("parallelization_factor", lanes.as_str()),
                    ("bisect", &bisect),
                    ("failed_batch", &stop),
                    ("batch_window", "1 s"),
                ]);
                // A second consumer has its own position, and never fails.
                draw.edge(&edge, kind, &last, id, &fields).node(&format!("copy-{id}"), "aws/lambda", &[]).edge(
                    &format!("to-copy-{id}"),
                    kind,
                    &last,
                    &format!("copy-{id}"),
                    &[("starting_position", "latest"), ("starts_at", "3 s")],
                )
            }
            EdgeKind::Poll if matches!(family, Layer::Stream) => draw.edge(&edge, kind, &last, id, &read),
            EdgeKind::Poll if matches!(next, Layer::Server) => {
                draw.edge(&edge, kind, &last, id, &[("batch_size", &batch), ("consumers", "3"), ("visibility_timeout", "5 s")])
            }
            EdgeKind::Poll => draw.edge(
                &edge,
                kind,
                &last,
                id,
                &[("batch_size", &batch), ("report_item_failures", &partial), ("scaling", &scaling), ("filter", &share)],
            ),
            EdgeKind::Deliver => {
                let mut fields =
                    vec![("filter", share.as_str()), ("attempts", "3"), ("age_max", "60 s"), ("backoff", "schedule(100 ms, 1 s)")];
                if matches!(family, Layer::Bus) && from_custom {
                    fields.extend([("subscriber_type", keeps.as_str()), ("paused", &paused)]);
                    if keeps == "fifo" {
                        fields.extend([("starts_at", "5 s"), ("starting_position", "horizon"), ("startup_delay", "1 s")]);
                    }
                    if matches!(next, Layer::Function) {
                        fields.extend([
                            ("invocation", answers.as_str()),
                            ("batch_size", &batch),
                            ("batch_window", "500 ms"),
                            ("timeout", "1 s"),
                        ]);
                    }
                }
                draw.edge(&edge, kind, &last, id, &fields)
            }
            // A workflow leaves retries to its states.
            EdgeKind::Request | EdgeKind::Send if matches!(family, Layer::Workflow(_)) && depth > 0 => {
                draw.edge(&edge, kind, &last, id, &[])
            }
            EdgeKind::Request | EdgeKind::Send | EdgeKind::DeadLetter => draw.edge(&edge, kind, &last, id, &policy),
        };
        if matches!(next, Layer::Queue | Layer::Function | Layer::Stream) && pick(&["yes", "no"]) == "yes" {
            let dead = format!("dlq-{id}");
            let service = if next_ordered { "aws/sqs-fifo" } else { "aws/sqs" };
            draw = draw.node(&dead, service, &[]).edge(&format!("give-up-{id}"), EdgeKind::DeadLetter, id, &dead, &[]);
            if matches!(next, Layer::Queue) && pick(&["yes", "no"]) == "yes" {
                draw = draw.edge(&format!("redrive-{id}"), EdgeKind::Send, &dead, id, &[("start", "12 s"), ("redrive_rate", "20/s")]);
            }
        }
        if matches!(next, Layer::Function) && pick(&["yes", "no"]) == "yes" {
            let results = format!("results-{id}");
            let of = pick(&["success", "failure"]);
            let fields = [("destination_of", of.as_str())];
            draw = draw.node(&results, "aws/sqs", &[]).edge(&format!("hand-on-{id}"), EdgeKind::Deliver, id, &results, &fields);
        }
        let calls = matches!(next, Layer::Queue | Layer::Topic | Layer::Bus | Layer::Stream | Layer::Function);
        if depth == 0 && calls && pick(&["yes", "no"]) == "yes" {
            let due =
                [("arrivals", "poisson(8/s)"), ("lateness", "uniform(0 s, 2 s)"), ("invocation_rate", "5/s"), ("flexible_window", "1 s")];
            draw = draw
                .node("scheduler", "aws/eventbridge-scheduler", &[&due[..], &[("events", "order")]].concat())
                .edge("schedule", EdgeKind::Send, "scheduler", id, &[("attempts", "3"), ("age_max", "60 s")])
                .node("missed", "aws/sqs", &[])
                .edge("give-up-schedule", EdgeKind::DeadLetter, "scheduler", "missed", &[]);
        }
        (*id).clone_into(&mut last);
        family = next;
        ordered = next_ordered;
    }
    if matches!(family, Layer::Pipe) {
        draw = draw.node("end", "aws/sqs", &[]).edge("to-end", EdgeKind::Send, &last, "end", &[]);
    }
    if matches!(family, Layer::Workflow(_)) {
        // What its states call must be there.
        draw = draw.node("end", "generic/station", &[("service", "exponential(50 ms)"), ("failure", "20 %")]).edge(
            "to-end",
            EdgeKind::Request,
            &last,
            "end",
            &[],
        );
    }
    if matches!(family, Layer::Function | Layer::Server) {
        let units = pick(&["2/s", "1000/s"]);
        let items = pick(&["1", "3"]);
        let connections = pick(&["6", "40"]);
        let share_pinned = pick(&["0 %", "50 %"]);
        let poison = pick(&["0 %", "20 %"]);
        draw = draw
            .node("table", "aws/dynamodb", &[("capacity_mode", "provisioned"), ("write_units", &units), ("burst_start", "empty")])
            .edge("write", EdgeKind::Request, &last, "table", &[("attempts", "2"), ("items", &items), ("failed_conditions", &poison)])
            .node("bucket", "aws/s3", &[("prefix_writes", "5/s"), ("scaling_time", "5 s"), ("duplicates", "20 %")])
            .edge("put", EdgeKind::Request, &last, "bucket", &[("timeout", "100 ms")])
            .node("inbox", "aws/sqs", &[])
            .edge("notify", EdgeKind::Deliver, "bucket", "inbox", &[("filter", &share)])
            .node("db", "aws/rds", &[("max_connections", &connections), ("query_time", "exponential(40 ms)")])
            .edge("query", EdgeKind::Request, &last, "db", &[("attempts", "2"), ("timeout", &timeout), ("connections", "2")])
            .node("proxy", "aws/rds-proxy", &[("borrow_timeout", "1 s"), ("pinned_clients", &share_pinned), ("client_connections", "5")])
            .edge("query-proxy", EdgeKind::Request, &last, "proxy", &[("timeout", &timeout), ("latency", "uniform(0 s, 100 ms)")])
            .edge("query-db", EdgeKind::Request, "proxy", "db", &[("timeout", "300 ms")])
            .node("changes", "aws/dynamodb-streams", &[])
            .edge("capture", EdgeKind::Deliver, "table", "changes", &[])
            .node("view", "generic/server", &[("duration", "20 ms")])
            .edge("follow", EdgeKind::Poll, "changes", "view", &[])
            .node(
                "api",
                "generic/http-api",
                &[("latency", "exponential(100 ms)"), ("rate_limit", "10/s"), ("error_rate", "5 %"), ("concurrency_limit", "3")],
            )
            .edge("ask", EdgeKind::Request, &last, "api", &[("timeout", "200 ms")]);
    }
    if pick(&["yes", "no"]) == "yes" {
        let manner = match pick(&["plain", "shared", "impatient", "cold", "stacked"]).as_str() {
            "shared" => ("discipline", "processor-sharing"),
            "impatient" => ("patience", "20 ms"),
            "cold" => ("idle_timeout", "100 ms"),
            "stacked" => ("discipline", "last-come-preemptive"),
            _ => ("discipline", "preemptive"),
        };
        draw = draw.node("desk", "generic/station", &[("service", "exponential(50 ms)"), ("capacity", "3"), manner]).edge(
            "visit",
            EdgeKind::Request,
            "client",
            "desk",
            &[("filter", "30 %")],
        );
    }
    beside(draw, seed).0
}

/// A pipe with an enrichment, where the word asks for one, that fails and hands on a part.
pub(crate) fn enriched(draw: Draw, pipe: &str, word: &str) -> Draw {
    if word != "fifo" {
        return draw;
    }
    let ask = format!("ask-{pipe}");
    let fields = [("stage", "enrichment"), ("keeps", "80 %")];
    draw.node(&ask, "aws/lambda", &[("duration", "100 ms"), ("transient_failures", "20 %")]).edge(
        &format!("enrich-{pipe}"),
        EdgeKind::Request,
        pipe,
        &ask,
        &fields,
    )
}

/// Instances that come, go and fail within seconds.
fn fleet<'a>(service: &str, crashes: &'a str, most: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("duration", "exponential(100 ms)"),
        ("concurrency_per_instance", "4"),
        ("queue_capacity", "10"),
        ("start_up", "exponential(500 ms)"),
        ("crash_interval", crashes),
    ];
    if service != "generic/server" {
        fields.extend([("max_instances", most), ("stop_timeout", "50 ms")]);
    }
    if service.starts_with("aws/") {
        fields.extend([("metric_period", "1 s"), ("metric_period_basic", "1 s"), ("scale_out_after", "2 s"), ("scale_in_after", "3 s")]);
    }
    if service == "kubernetes/deployment" {
        fields.extend([("scaling", "keda"), ("sync_period", "1 s"), ("polling_interval", "1 s"), ("cooldown_period", "2 s")]);
    }
    if service == "knative/service" {
        fields.extend([("stable_window", "2 s"), ("scale_to_zero_grace", "1 s")]);
    }
    fields
}

/// Tight limits for a front door.
fn door_fields(service: &str) -> &'static [(&'static str, &'static str)] {
    match service {
        "aws/api-gateway-rest" => &[
            ("integration_timeout", "1 s"),
            ("cache", "0.5 GB"),
            ("cache_hit_ratio", "10 %"),
            ("usage_plans", "plan(keys=3, rate=10/s, burst=5, quota=400)"),
        ],
        "aws/alb" => &[("idle_timeout", "1 s"), ("selection", "least-outstanding-requests")],
        _ => &[],
    }
}

/// A workflow whose states call the next layer in branches and iterations, with retries, time-outs and a catcher.
fn workflow(draw: Draw, id: &str, service: &str, longest: &str) -> Draw {
    let mut draw = draw.node(id, service, &[("map_items", "uniform(0, 3)"), ("duration", longest)]);
    let call =
        |times: u32, ignore: &str| serde_json::json!({"call": next_edge(id), "times": times, "on_error": ignore, "probability": 0.7});
    let work = serde_json::json!([
        {"compute": "exponential(200 ms)"},
        call(1, "fail"),
        {"parallel": [call(2, "ignore"), call(1, "fail")]},
    ]);
    let node = std::sync::Arc::make_mut(draw.0.nodes.get_mut(id).expect("it was just drawn"));
    if id == "b" {
        let task = |more: serde_json::Value| {
            let mut task = serde_json::json!({"Type": "Task", "Resource": "next", "Comment": format!("plimsoll: edge={}", next_edge(id))});
            if let (serde_json::Value::Object(task), serde_json::Value::Object(more)) = (&mut task, more) {
                task.extend(more);
            }
            task
        };
        let retry = serde_json::json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "JitterStrategy": "FULL"}]);
        let body = serde_json::json!({"StartAt": "Each", "States": {"Each": task(serde_json::json!({"TimeoutSeconds": 1, "End": true}))}});
        let definition = serde_json::json!({"StartAt": "Map", "States": {
            "Map": {"Type": "Map", "ItemProcessor": body, "Retry": retry, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Undo"}], "End": true},
            "Undo": task(serde_json::json!({"Retry": retry, "Next": "Sorry"})),
            "Sorry": {"Type": "Fail"},
        }});
        node.fields.insert("definition".to_owned(), definition);
    } else {
        node.fields.insert("work".to_owned(), work);
    }
    draw
}

/// The edge that leaves a layer.
fn next_edge(id: &str) -> &'static str {
    match id {
        "a" => "to-b",
        "b" => "to-c",
        _ => "to-end",
    }
}
