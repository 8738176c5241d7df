//! Every limit of the catalog is reached, and refuses or delays as its provider documents.
//!
//! The table has a row for each limit that a mechanism registers. A row scales the limit down on a small drawing around
//! the service `it`, loads it, and says what the limit must have done. A new limit without a row fails the test.

use std::{collections::BTreeSet, sync::Arc};

use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Node, Service, diagram::Fields, families, families::Family};
use plimsoll_sim::result::LimitResult;

use crate::support::{Draw, run};

/// What a limit does to what is above it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    /// It is turned away, or cut off.
    Refuses,
    /// It waits.
    Delays,
    /// It is served elsewhere.
    Spills,
}

use Effect::{Delays, Refuses, Spills};

/// A limit, how it is reached, and what it does then.
pub(crate) struct Row {
    service: &'static str,
    limit: &'static str,
    effect: Effect,
    /// Settings of `it` and values of its quotas.
    fields: Vec<(&'static str, &'static str)>,
    load: &'static str,
    /// Law of the keys of the events.
    keys: &'static str,
    /// Settings of the edge over which the load comes.
    way: &'static [(&'static str, &'static str)],
    /// What stands around the service.
    around: fn(&Self) -> Draw,
}

impl Row {
    fn load(self, load: &'static str) -> Self {
        Self { load, ..self }
    }

    fn keys(self, keys: &'static str) -> Self {
        Self { keys, ..self }
    }

    fn way(self, way: &'static [(&'static str, &'static str)]) -> Self {
        Self { way, ..self }
    }

    fn around(self, around: fn(&Self) -> Draw) -> Self {
        Self { around, ..self }
    }

    /// The drawing: quotas that an account shares are set there, all else on the node.
    pub(crate) fn diagram(&self) -> Diagram {
        let mut diagram = (self.around)(self).0;
        let service = service(self.service);
        for (key, value) in &self.fields {
            let shared = service.quota(key, &diagram.account.region).filter(|quota| quota.is_shared());
            match shared {
                Some(quota) => {
                    diagram.account.quotas.insert(quota.account_key(service), (*value).into());
                }
                None if service.family == Family::Connection => {
                    let edge: &mut Edge = Arc::make_mut(diagram.edges.get_mut("it").expect("the edge is drawn"));
                    edge.fields.insert((*key).to_owned(), (*value).into());
                }
                None => {
                    let node: &mut Node = Arc::make_mut(diagram.nodes.get_mut("it").expect("the service is drawn"));
                    node.fields.insert((*key).to_owned(), (*value).into());
                }
            }
        }
        diagram
    }
}

fn service(id: &str) -> &'static Service {
    Catalog::embedded().get(&id.into()).unwrap_or_else(|| panic!("no service {id}"))
}

fn row(service: &'static str, limit: &'static str, effect: Effect, fields: &[(&'static str, &'static str)]) -> Row {
    Row { service, limit, effect, fields: fields.to_vec(), load: "batch(20, at=0 s)", keys: "unique", way: &[], around: asked }
}

// --- drawings ---

/// A client whose events have 2 KiB, and its way to a node: a request, or a send to what takes no requests.
fn client(row: &Row, to: &str, kind: EdgeKind) -> Draw {
    let patient: &[(&str, &str)] = if kind == EdgeKind::Request { &[("attempts", "1"), ("timeout", "none")] } else { &[("attempts", "1")] };
    Draw::default()
        .event_type("order", &[("size", "2 KiB"), ("key", row.keys)])
        .node("client", "generic/client", &[("arrivals", row.load), ("events", "order")])
        .edge("way", kind, "client", to, &[patient, row.way].concat())
}

impl Draw {
    /// A function of a second that is always warm in no time.
    fn worker(self, id: &str) -> Self {
        self.node(
            id,
            "aws/lambda",
            &[("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "1 min")],
        )
    }
}

/// A client asks.
fn asked(row: &Row) -> Draw {
    client(row, "it", EdgeKind::Request).node("it", row.service, &[])
}

/// A client tells and does not wait.
fn told(row: &Row) -> Draw {
    client(row, "it", EdgeKind::Send).node("it", row.service, &[])
}

/// A door with a function behind it.
fn door(row: &Row) -> Draw {
    asked(row).worker("fn").edge("invoke", EdgeKind::Request, "it", "fn", &[])
}

/// A method of a door with a function behind it.
fn method(row: &Row) -> Draw {
    client(row, "door", EdgeKind::Request).node("door", "aws/api-gateway-http", &[]).worker("fn").edge(
        "it",
        EdgeKind::Request,
        "door",
        "fn",
        &[],
    )
}

/// A door with a function behind it that takes five seconds.
fn slow_door(row: &Row) -> Draw {
    let mut draw = door(row);
    Arc::make_mut(draw.0.nodes.get_mut("fn").expect("the function is drawn")).fields.insert("duration".to_owned(), "5 s".into());
    draw
}

/// Somewhere to put messages with a function that polls it.
fn polled(row: &Row) -> Draw {
    told(row).worker("fn").edge("poll", EdgeKind::Poll, "it", "fn", &[("batch_size", "1")])
}

/// Something that publishes to a queue.
fn publishing(row: &Row) -> Draw {
    told(row).node("sink", if row.service == "aws/sns-fifo" { "aws/sqs-fifo" } else { "aws/sqs" }, &[]).edge(
        "deliver",
        EdgeKind::Deliver,
        "it",
        "sink",
        &[],
    )
}

/// Something that sends to a queue when it is due.
fn scheduled(row: &Row) -> Draw {
    Draw::default().node("it", row.service, &[("arrivals", row.load), ("lateness", "0 s")]).node("sink", "aws/sqs", &[]).edge(
        "call",
        EdgeKind::Send,
        "it",
        "sink",
        &[],
    )
}

/// A function that asks itself through a queue.
fn looping(row: &Row) -> Draw {
    client(row, "queue", EdgeKind::Send)
        .node("it", row.service, &[("duration", "10 ms"), ("init", "0 s"), ("placement", "0 s")])
        .node("queue", "aws/sqs", &[])
        .edge("poll", EdgeKind::Poll, "queue", "it", &[])
        .edge("again", EdgeKind::Send, "it", "queue", &[])
}

/// A workflow that waits for two seconds and asks somebody else three times on the way.
fn flow(row: &Row) -> Draw {
    let call = |next: &str| {
        let mut state =
            serde_json::json!({"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": "api"}});
        if next.is_empty() {
            state["End"] = true.into();
        } else {
            state["Next"] = next.into();
        }
        state
    };
    let states = serde_json::json!({"A": call("Nap"), "Nap": {"Type": "Wait", "Seconds": 2, "Next": "B"}, "B": call("C"), "C": call("")});
    let mut draw = told(row).node("api", "generic/http-api", &[]).edge("call", EdgeKind::Request, "it", "api", &[]);
    let node = Arc::make_mut(draw.0.nodes.get_mut("it").expect("the workflow is drawn"));
    node.fields.insert("definition".to_owned(), serde_json::json!({"StartAt": "A", "States": states}));
    draw
}

/// A stream with two consumers at once.
fn read_twice(row: &Row) -> Draw {
    polled(row).worker("other").edge("again", EdgeKind::Poll, "it", "other", &[])
}

/// A stream whose consumer has records pushed.
fn pushed(row: &Row) -> Draw {
    told(row).worker("fn").edge("poll", EdgeKind::Poll, "it", "fn", &[("enhanced_fan_out", "true")])
}

/// What a table tells its stream.
fn captured(row: &Row) -> Draw {
    table_stream(row, "it").edge("read", EdgeKind::Poll, "it", "fn", &[])
}

/// A table with a stream, and a function.
fn table_stream(row: &Row, stream: &str) -> Draw {
    client(row, "table", EdgeKind::Request)
        .node("table", "aws/dynamodb", &[])
        .node(stream, "aws/dynamodb-streams", &[])
        .edge("capture", EdgeKind::Deliver, "table", stream, &[])
        .worker("fn")
}

/// A proxy before a database of which it may use a part.
fn before_database(row: &Row) -> Draw {
    asked(row).node("db", "aws/rds", &[("max_connections", "10"), ("query_time", "1 s")]).edge(
        "share",
        EdgeKind::Request,
        "it",
        "db",
        &[("timeout", "none")],
    )
}

/// The edge `it` from a queue to a function.
fn mapping(row: &Row) -> Draw {
    let queue = if row.service.contains("fifo") { "aws/sqs-fifo" } else { "aws/sqs" };
    client(row, "queue", EdgeKind::Send).node("queue", queue, &[]).worker("fn").edge(
        "it",
        EdgeKind::Poll,
        "queue",
        "fn",
        &[("batch_size", "1")],
    )
}

/// The edge `it` from a queue to instances that poll it.
fn workers(row: &Row) -> Draw {
    client(row, "queue", EdgeKind::Send).node("queue", "aws/sqs", &[]).node("server", "generic/server", &[("duration", "1 s")]).edge(
        "it",
        EdgeKind::Poll,
        "queue",
        "server",
        &[],
    )
}

/// The edge `it` from a stream to a function or to instances.
fn consumer(row: &Row) -> Draw {
    let draw = if row.service.contains("dynamodb") {
        table_stream(row, "source")
    } else {
        client(row, "source", EdgeKind::Send).node("source", "aws/kinesis", &[]).worker("fn")
    };
    if row.service.ends_with("worker") {
        return draw.node("server", "generic/server", &[("duration", "1 s")]).edge(
            "it",
            EdgeKind::Poll,
            "source",
            "server",
            &[("batch_size", "1")],
        );
    }
    draw.edge("it", EdgeKind::Poll, "source", "fn", &[("batch_size", "1")])
}

/// The edge `it` from a topic or bus to somebody's API.
fn delivery(row: &Row) -> Draw {
    let from = if row.service.contains("eventbridge") { "aws/eventbridge-classic" } else { "aws/sns" };
    client(row, "from", EdgeKind::Send).node("from", from, &[]).node("api", "generic/http-api", &[]).edge(
        "it",
        EdgeKind::Deliver,
        "from",
        "api",
        &[],
    )
}

/// A queue whose messages go through the pipe to a function.
fn piped(row: &Row) -> Draw {
    client(row, "queue", EdgeKind::Send)
        .node("queue", "aws/sqs", &[])
        .node("it", row.service, &[])
        .worker("fn")
        .edge("read", EdgeKind::Poll, "queue", "it", &[("batch_size", "1")])
        .edge("hand", EdgeKind::Request, "it", "fn", &[])
}

/// A bus whose archive sends its events again, twice at a time.
fn archived(row: &Row) -> Draw {
    let replay = [("start", "5 s"), ("until", "4 s")];
    client(row, "bus", EdgeKind::Send)
        .node("bus", "aws/eventbridge-classic", &[])
        .node("it", row.service, &[])
        .edge("store", EdgeKind::Deliver, "bus", "it", &[("capture_latency", "0 s")])
        .edge("replay", EdgeKind::Send, "it", "bus", &replay)
        .edge("again", EdgeKind::Send, "it", "bus", &replay)
}

/// The edge `it` from a queue or a stream to a pipe.
fn pipe_source(row: &Row) -> Draw {
    let source = match row.service {
        "connection/pipe-queue" => client(row, "source", EdgeKind::Send).node("source", "aws/sqs", &[]).worker("fn"),
        "connection/pipe-kinesis" => client(row, "source", EdgeKind::Send).node("source", "aws/kinesis", &[]).worker("fn"),
        _ => table_stream(row, "source"),
    };
    source.node("pipe", "aws/eventbridge-pipes", &[]).edge("it", EdgeKind::Poll, "source", "pipe", &[("batch_size", "1")]).edge(
        "hand",
        EdgeKind::Request,
        "pipe",
        "fn",
        &[],
    )
}

// --- the table ---

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        row("aws/api-gateway-http", "account_rate", Refuses, &[("account_rate", "1/s"), ("account_burst", "1")]).around(door),
        row("aws/api-gateway-http", "stage_rate", Refuses, &[("stage_rate", "1/s")]).around(door),
        row("aws/api-gateway-http", "integration_timeout", Refuses, &[("integration_timeout", "100 ms")]).around(door),
        row("aws/api-gateway-http", "payload_size", Refuses, &[("payload_size", "1 KiB")]).around(door),
        row("aws/api-gateway-rest", "account_rate", Refuses, &[("account_rate", "1/s"), ("account_burst", "1")]).around(door),
        row("aws/api-gateway-rest", "stage_rate", Refuses, &[("stage_rate", "1/s")]).around(door),
        row("aws/api-gateway-rest", "integration_timeout", Refuses, &[("integration_timeout", "100 ms")]).around(door),
        row("aws/api-gateway-rest", "payload_size", Refuses, &[("payload_size", "1 KiB")]).around(door),
        row("aws/api-gateway-rest", "plan_1_rate", Refuses, &[("usage_plans", "plan(rate=1/s, burst=1)")]).around(door),
        row("aws/api-gateway-rest", "plan_1_quota", Refuses, &[("usage_plans", "plan(quota=5, per=day)")]).around(door),
        row("connection/gateway-integration", "method_rate", Refuses, &[("method_rate", "1/s")]).around(method),
        row("aws/function-url", "payload_size", Refuses, &[("payload_size", "1 KiB")]).around(door),
        row("aws/alb", "idle_timeout", Refuses, &[("idle_timeout", "1 s")]).around(slow_door),
        row("aws/alb", "function_payload", Refuses, &[("function_payload", "1 KiB")]).around(door),
        row("aws/lambda", "concurrent_executions", Refuses, &[("concurrent_executions", "2"), ("duration", "1 s")]),
        row("aws/lambda", "reserved_concurrency", Refuses, &[("reserved_concurrency", "2"), ("duration", "1 s")]),
        row("aws/lambda", "scaling_burst", Refuses, &[("scaling_burst", "3"), ("duration", "1 s")]),
        row(
            "aws/lambda",
            "rate_per_concurrency",
            Refuses,
            &[("rate_per_concurrency", "1/s"), ("reserved_concurrency", "2"), ("duration", "1 ms")],
        )
        .load("constant(20/s)"),
        row(
            "aws/lambda",
            "provisioned_rate",
            Spills,
            &[("provisioned_concurrency", "2"), ("provisioned_rate", "1/s"), ("duration", "1 ms")],
        )
        .load("constant(20/s)"),
        row("aws/lambda", "payload_sync", Refuses, &[("payload_sync", "1 KiB")]),
        row("aws/lambda", "payload_async", Refuses, &[("payload_async", "1 KiB")]).around(told),
        row("aws/lambda", "init_timeout", Delays, &[("init_timeout", "100 ms"), ("init", "1 s")]),
        row("aws/lambda", "recursion_limit", Refuses, &[("recursion_limit", "3")]).around(looping).load("times(0 s)"),
        row("aws/lambda", "timeout", Refuses, &[("timeout", "1 s"), ("duration", "5 s")]),
        row("aws/sqs", "in_flight", Delays, &[("in_flight", "2")]).around(polled),
        row("aws/sqs", "message_size", Refuses, &[("message_size", "1 KiB")]).around(polled),
        row("aws/sqs-fifo", "in_flight", Delays, &[("in_flight", "2")]).around(polled),
        row("aws/sqs-fifo", "message_size", Refuses, &[("message_size", "1 KiB")]).around(polled),
        row("aws/sqs-fifo", "partition_calls", Refuses, &[("partition_calls", "2/s")]).around(polled),
        row("aws/sqs-fifo", "high_throughput_calls", Refuses, &[("throughput", "high"), ("high_throughput_calls", "2/s")]).around(polled),
        row("aws/sns", "publish_rate", Refuses, &[("publish_rate", "2/s")]).around(publishing),
        row("aws/sns", "message_size", Refuses, &[("message_size", "1 KiB")]).around(publishing),
        row("aws/sns-fifo", "publish_rate", Refuses, &[("publish_rate", "2/s")]).around(publishing),
        row("aws/sns-fifo", "message_size", Refuses, &[("message_size", "1 KiB")]).around(publishing),
        row("aws/sns-fifo", "group_rate", Refuses, &[("group_rate", "2/s")]).around(publishing).keys("uniform(1)"),
        row("aws/sns-fifo", "topic_rate", Refuses, &[("topic_rate", "2/s"), ("throughput_scope", "topic")]).around(publishing),
        row("aws/sns-fifo", "topic_bytes", Refuses, &[("topic_bytes", "4096/s"), ("throughput_scope", "topic")]).around(publishing),
        row("aws/eventbridge-classic", "publish_rate", Refuses, &[("publish_rate", "2/s")]).around(publishing),
        row("aws/eventbridge-classic", "invocation_rate", Delays, &[("invocation_rate", "2/s")]).around(publishing),
        row("aws/eventbridge-classic", "event_size", Refuses, &[("event_size", "1 KiB")]).around(publishing),
        row("aws/eventbridge-bus", "event_rate", Refuses, &[("event_rate", "2/s")]).around(publishing),
        row("aws/eventbridge-bus", "group_rate", Refuses, &[("group_rate", "4")]).around(publishing).keys("uniform(1)"),
        row("aws/eventbridge-bus", "event_size", Refuses, &[("event_size", "1 KiB")]).around(publishing),
        row("aws/eventbridge-scheduler", "invocation_rate", Delays, &[("invocation_rate", "2/s")]).around(scheduled),
        row("aws/eventbridge-archive", "replay_rate", Delays, &[("replay_rate", "2/s")]).around(archived),
        row("aws/eventbridge-archive", "replays", Refuses, &[("replays", "1"), ("replay_rate", "2/s")]).around(archived),
        row("aws/eventbridge-pipes", "concurrent_executions", Refuses, &[("concurrent_executions", "2")]).around(piped),
        row("aws/eventbridge-pipes", "duration", Refuses, &[("duration", "100 ms")]).around(piped),
        row("aws/eventbridge-pipes", "payload", Refuses, &[("payload", "1 KiB")]).around(piped),
        row("aws/step-functions-standard", "start_rate", Refuses, &[("start_rate", "1/s"), ("start_burst", "1")]).around(flow),
        row("aws/step-functions-standard", "transition_rate", Delays, &[("transition_rate", "1/s"), ("transition_burst", "1")])
            .around(flow),
        row("aws/step-functions-standard", "open_executions", Refuses, &[("open_executions", "2")]).around(flow),
        row("aws/step-functions-standard", "http_task_rate", Delays, &[("http_task_rate", "1/s"), ("http_task_burst", "1")]).around(flow),
        row("aws/step-functions-standard", "payload", Refuses, &[("payload", "1 KiB")]).around(flow),
        row("aws/step-functions-standard", "duration", Refuses, &[("duration", "1 s")]).around(flow),
        row("aws/step-functions-standard", "history", Refuses, &[("history", "6")]).around(flow),
        row("aws/step-functions-express", "start_rate", Refuses, &[("start_rate", "1/s"), ("start_burst", "1")]).around(flow),
        row("aws/step-functions-express", "http_task_rate", Delays, &[("http_task_rate", "1/s"), ("http_task_burst", "1")]).around(flow),
        row("aws/step-functions-express", "payload", Refuses, &[("payload", "1 KiB")]).around(flow),
        row("aws/step-functions-express", "duration", Refuses, &[("duration", "1 s")]).around(flow),
        row("aws/kinesis", "shard_write_records", Refuses, &[("shard_write_records", "2/s")]).around(polled),
        row("aws/kinesis", "shard_write_bytes", Refuses, &[("shard_write_bytes", "4 KiB")]).around(polled),
        row("aws/kinesis", "shard_reads", Delays, &[("shard_reads", "1/s")]).around(read_twice),
        row("aws/kinesis", "shard_read_bytes", Delays, &[("shard_read_bytes", "4 KiB")]).around(read_twice).load("constant(20/s)"),
        row("aws/kinesis", "fan_out_bytes", Delays, &[("fan_out_bytes", "4 KiB")]).around(pushed).load("constant(20/s)"),
        row("aws/kinesis", "request_size", Refuses, &[("request_size", "1 KiB")]).around(polled).way(&[("batch", "10")]),
        row("aws/kinesis", "record_size", Refuses, &[("record_size", "1 KiB")]).around(polled),
        row(
            "aws/kinesis",
            "on_demand_write",
            Refuses,
            &[("capacity_mode", "on-demand"), ("shard_write_bytes", "4 KiB"), ("on_demand_write", "8 KiB")],
        )
        .around(polled),
        row(
            "aws/kinesis",
            "on_demand_max_write",
            Refuses,
            &[
                ("capacity_mode", "on-demand"),
                ("shard_write_bytes", "4 KiB"),
                ("on_demand_write", "8 KiB"),
                ("on_demand_max_write", "8 KiB"),
            ],
        )
        .around(polled),
        row("aws/dynamodb-streams", "record_size", Refuses, &[("record_size", "1 KiB")]).around(captured),
        row("aws/dynamodb", "item_size", Refuses, &[("item_size", "1 KiB")]),
        row("aws/dynamodb", "on_demand_writes", Refuses, &[("on_demand_writes", "2/s")]),
        row("aws/dynamodb", "on_demand_reads", Refuses, &[("on_demand_reads", "2/s")]).way(&[("operation", "read")]),
        row("aws/dynamodb", "writes_max", Refuses, &[("writes_max", "2/s")]),
        row("aws/dynamodb", "reads_max", Refuses, &[("reads_max", "2/s")]).way(&[("operation", "read")]),
        row("aws/dynamodb", "partition_writes", Refuses, &[("partition_writes", "2/s")]).keys("uniform(1)"),
        row("aws/dynamodb", "partition_reads", Refuses, &[("partition_reads", "2/s")]).keys("uniform(1)").way(&[("operation", "read")]),
        row(
            "aws/dynamodb",
            "write_units",
            Refuses,
            &[("capacity_mode", "provisioned"), ("write_units", "2/s"), ("burst_start", "empty"), ("burst_seconds", "1 s")],
        ),
        row(
            "aws/dynamodb",
            "read_units",
            Refuses,
            &[("capacity_mode", "provisioned"), ("read_units", "2/s"), ("burst_start", "empty"), ("burst_seconds", "1 s")],
        )
        .way(&[("operation", "read")]),
        row(
            "aws/dynamodb",
            "index_write_units",
            Refuses,
            &[
                ("capacity_mode", "provisioned"),
                ("write_units", "1000/s"),
                ("indexes", "1"),
                ("index_write_units", "2/s"),
                ("burst_seconds", "1 s"),
            ],
        ),
        row("aws/s3", "prefix_writes", Refuses, &[("prefix_writes", "2/s")]),
        row("aws/s3", "prefix_reads", Refuses, &[("prefix_reads", "2/s")]).way(&[("operation", "read")]),
        row("aws/s3", "write_size", Refuses, &[("write_size", "1 KiB")]),
        row("aws/rds-proxy", "client_connections", Refuses, &[("client_connections", "2")]).around(before_database),
        row("aws/rds-proxy", "max_connections_percent", Delays, &[("max_connections_percent", "20 %")]).around(before_database),
        row("aws/rds", "max_connections", Refuses, &[("max_connections", "5"), ("query_time", "1 s")]),
        row("generic/http-api", "rate_limit", Refuses, &[("rate_limit", "2/s")]),
        row("generic/http-api", "concurrency_limit", Refuses, &[("concurrency_limit", "2"), ("latency", "1 s")]),
        row("generic/station", "servers", Delays, &[]),
        row("generic/station", "capacity", Refuses, &[("capacity", "3")]),
        row(
            "aws/ecs-fargate",
            "service_launch_rate",
            Delays,
            &[("service_launch_rate", "1/min"), ("instances", "1"), SCHEDULED, BY_SCHEDULE],
        ),
        row(
            "aws/ecs-fargate",
            "launch_rate",
            Delays,
            &[("launch_rate", "1/min"), ("launch_burst", "1"), ("instances", "1"), SCHEDULED, BY_SCHEDULE],
        ),
        row("aws/ecs-fargate", "vcpus", Delays, &[("vcpus", "1"), ("instances", "2"), SCHEDULED, BY_SCHEDULE]),
        row("aws/ec2-auto-scaling", "vcpus", Delays, &[("vcpus", "4"), ("instances", "2"), SCHEDULED, BY_SCHEDULE]),
        row("connection/sqs-mapping", "ceiling", Delays, &[("ceiling", "2")]).around(mapping),
        row("connection/sqs-mapping", "maximum_concurrency", Delays, &[("maximum_concurrency", "2")]).around(mapping),
        row("connection/sqs-mapping", "maximum_pollers", Delays, &PROVISIONED).around(mapping).load("batch(100, at=0 s)"),
        row("connection/sqs-fifo-mapping", "ceiling", Delays, &[("ceiling", "2")]).around(mapping),
        row("connection/sqs-fifo-mapping", "maximum_concurrency", Delays, &[("maximum_concurrency", "2")]).around(mapping),
        row("connection/sqs-fifo-mapping", "maximum_pollers", Delays, &PROVISIONED).around(mapping).load("batch(100, at=0 s)"),
        row("connection/worker-poll", "consumers", Delays, &[]).around(workers),
        row("connection/kinesis-mapping", "parallelization_factor", Delays, &[]).around(consumer).load("constant(20/s)"),
        row("connection/dynamodb-stream-mapping", "parallelization_factor", Delays, &[]).around(consumer).load("constant(20/s)"),
        row("connection/kinesis-worker", "batches_per_shard", Delays, &[]).around(consumer).load("constant(20/s)"),
        row("connection/dynamodb-stream-worker", "batches_per_shard", Delays, &[]).around(consumer).load("constant(20/s)"),
        row("connection/pipe-queue", "ceiling", Delays, &[("ceiling", "2")]).around(pipe_source),
        row("connection/pipe-kinesis", "parallelization_factor", Delays, &[]).around(pipe_source).load("constant(20/s)"),
        row("connection/pipe-dynamodb-stream", "parallelization_factor", Delays, &[]).around(pipe_source).load("constant(20/s)"),
        row("connection/sns-http-delivery", "throttle", Delays, &[("throttle", "2/s")]).around(delivery),
        row("connection/eventbridge-api-destination", "throttle", Delays, &[("throttle", "2/s")]).around(delivery),
    ];
    for (service, limit) in [
        ("generic/server", "instances"),
        ("aws/ecs-fargate", "instances"),
        ("aws/ec2-auto-scaling", "instances"),
        ("kubernetes/deployment", "instances"),
        ("knative/service", "instances"),
    ] {
        rows.push(row(
            service,
            limit,
            Delays,
            &[("scaling", "fixed"), ("instances", "1"), ("concurrency_per_instance", "2"), ("duration", "1 s")],
        ));
        rows.push(row(service, "timeout", Refuses, &[("scaling", "fixed"), ("timeout", "100 ms"), ("duration", "1 s")]));
        rows.push(row(service, "timeout_max", Refuses, &[("timeout", "none"), ("timeout_max", "100 ms"), ("duration", "1 s")]));
        rows.push(row(
            service,
            "queue_capacity",
            Refuses,
            &[("queue_capacity", "3"), ("concurrency_per_instance", "1"), ("duration", "1 s")],
        ));
    }
    for service in ["aws/ecs-fargate", "aws/ec2-auto-scaling", "kubernetes/deployment", "knative/service"] {
        rows.push(row(
            service,
            "max_instances",
            Delays,
            &[("instances", "1"), ("max_instances", "1"), ("concurrency_per_instance", "1"), ("duration", "1 s")],
        ));
    }
    for (class, processors) in [
        ("db.t4g.micro", "processors_t4g_micro"),
        ("db.t4g.small", "processors_t4g_small"),
        ("db.t4g.medium", "processors_t4g_medium"),
        ("db.t4g.large", "processors_t4g_large"),
        ("db.m7g.large", "processors_m7g_large"),
        ("db.m7g.xlarge", "processors_m7g_xlarge"),
        ("db.r7g.large", "processors_r7g_large"),
        ("db.r7g.xlarge", "processors_r7g_xlarge"),
    ] {
        rows.push(row("aws/rds", processors, Delays, &[("instance_class", class), (processors, "1"), ("query_time", "1 s")]));
    }
    rows
}

const SCHEDULED: (&str, &str) = ("scaling", "schedule");

const BY_SCHEDULE: (&str, &str) = ("schedule", "1 s: 4");

const PROVISIONED: [(&str, &str); 2] = [("scaling", "provisioned"), ("maximum_pollers", "2")];

/// Limits that no run reaches, and why.
const UNREACHED: [(&str, &str); 2] = [
    ("fan_out_consumers", "more consumers than that are an error of the drawing"),
    ("readers", "more readers than that are an error of the drawing"),
];

/// Keys of the limits that the mechanisms of a service register, over the settings that decide which.
fn registered(service: &Service) -> BTreeSet<String> {
    let words = service.fields.iter().flat_map(|field| field.choices.iter().chain(&field.words).map(move |word| Some((field, word))));
    let mut keys = BTreeSet::new();
    for word in std::iter::once(None).chain(words) {
        for set in [false, true] {
            // Limits of one's own are there only where they are set.
            let own = service.fields.iter().filter(|field| set && field.default.is_none());
            let own = own.filter_map(|field| Some((field.key.clone(), field.kind.quantity()?.print(1.0))));
            let fields =
                own.chain(word.map(|(field, word)| (field.key.clone(), word.clone()))).map(|(key, text)| (key, text.into())).collect();
            keys.extend(keys_of(service, &fields));
        }
    }
    keys
}

fn keys_of(service: &Service, fields: &Fields) -> Vec<String> {
    let catalog = Catalog::embedded();
    let key = |limit: families::LimitUse<'_>| limit.limit.key.clone();
    let mut diagram = Diagram::default();
    if service.family != Family::Connection {
        diagram.nodes.insert("it".into(), Arc::new(Node { fields: fields.clone(), ..Node::new(service.id.as_str(), "") }));
        let (config, _) = families::node_config(&diagram, catalog, &"it".into());
        return config.expect("the service is known").limits().into_iter().map(key).collect();
    }
    let governs =
        |kind, from: &Service, to: &Service| catalog.connection(kind, &from.id, &to.id).is_some_and(|other| other.id == service.id);
    let mut pairs = service
        .applies
        .iter()
        .flat_map(|applies| catalog.nodes().flat_map(move |from| catalog.nodes().map(move |to| (applies.kind, from, to))));
    let Some((kind, from, to)) = pairs.find(|(kind, from, to)| governs(*kind, from, to)) else {
        panic!("nothing is connected by {}", service.id)
    };
    diagram.nodes.insert("from".into(), Arc::new(Node::new(from.id.as_str(), "")));
    diagram.nodes.insert("to".into(), Arc::new(Node::new(to.id.as_str(), "")));
    diagram.edges.insert("it".into(), Arc::new(Edge { fields: fields.clone(), ..Edge::new("from", "to", kind) }));
    let (config, _) = families::edge_config(&diagram, catalog, &"it".into());
    config.map_or_else(Vec::new, |config| config.limits().into_iter().map(key).collect())
}

#[test]
fn every_limit_has_a_row() {
    let rows = rows();
    let mut missing = Vec::new();
    for service in Catalog::embedded().all() {
        for key in registered(service) {
            let shown = rows.iter().any(|row| row.service == service.id.as_str() && row.limit == key);
            let excused = UNREACHED.iter().any(|(excused, _)| key == *excused);
            if !shown && !excused {
                missing.push(format!("{}.{key}", service.id));
            }
        }
    }
    assert!(missing.is_empty(), "no row reaches {missing:#?}");
}

#[test]
fn every_limit_does_what_it_is_there_for() {
    let mut wrong = Vec::new();
    for row in rows() {
        let result = run(&row.diagram(), &[("duration", "10 s")]);
        let of_it = |limit: &&LimitResult| {
            let here = limit.node.as_ref().is_some_and(|node| node.as_str() == "it")
                || limit.edge.as_ref().is_some_and(|edge| edge.as_str() == "it");
            here && limit.key.rsplit_once('.').is_some_and(|(_, key)| key == row.limit)
        };
        let name = format!("{}.{}", row.service, row.limit);
        let Some(limit) = result.limits.iter().find(of_it) else {
            wrong.push(format!("{name} is not there: {:?}", result.limits.iter().map(|limit| &limit.key).collect::<Vec<_>>()));
            continue;
        };
        let effect = match row.effect {
            Refuses => limit.refused,
            Delays => limit.delayed,
            Spills => result.node("it").map_or(0, |node| node.metrics["spilled_over"] as u64),
        };
        if effect == 0 || limit.use_peak < 1.0 {
            wrong.push(format!("{name} {:?}: refused {}, delayed {}, use {}", row.effect, limit.refused, limit.delayed, limit.use_peak));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
