//! Timelines of stores worked by hand: tables, buckets, databases with and without a proxy.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{
    Progress, RunResult, Simulation,
    result::{LimitResult, TraceEvent},
};

use crate::support::{Draw, close, fate, faulty, metric, program, run, times};

/// A client that sends requests along `to` to a node that the caller adds.
fn client(arrivals: &str, to: &str, call: &[(&str, &str)]) -> Draw {
    let fields: Vec<(&str, &str)> = [("attempts", "1"), ("timeout", "none")].iter().chain(call).copied().collect();
    Draw::default().node("client", "generic/client", &[("arrivals", arrivals)]).edge("call", EdgeKind::Request, "client", to, &fields)
}

/// A table without time of its own behind a client.
fn table(arrivals: &str, call: &[(&str, &str)], fields: &[(&str, &str)]) -> Draw {
    let plain = [("write_latency", "0 s"), ("read_latency", "0 s"), ("query_latency", "0 s"), ("transaction_latency", "0 s")];
    let fields: Vec<(&str, &str)> = plain.iter().chain(fields).copied().collect();
    client(arrivals, "table", call).node("table", "aws/dynamodb", &fields)
}

fn limit<'a>(result: &'a RunResult, node: &str, key: &str) -> &'a LimitResult {
    let ends = |limit: &&LimitResult| limit.key.ends_with(key) && limit.node.as_ref().is_some_and(|id| id.as_str() == node);
    result.limits.iter().find(ends).unwrap_or_else(|| panic!("no limit {key} of {node}"))
}

fn usd(result: &RunResult, node: &str, meter: &str) -> f64 {
    let of = result.cost.items.iter().find(|item| item.node.as_str() == node && item.meter == meter);
    of.unwrap_or_else(|| panic!("{node} has no {meter}: {:?}", result.cost.items)).usd
}

/// 10 units a second are bought, the bank of 300 s is full with 3,000, and 20 writes arrive each second. The bank loses
/// 10 a second: it is empty after 300 s, and from then on every other write is throttled.
#[test]
fn a_full_bank_carries_twice_the_load_for_five_minutes() {
    let diagram = table("constant(20/s)", &[], &[("capacity_mode", "provisioned"), ("write_units", "10/s")]).0;
    let result = run(&diagram, &[("duration", "400 s")]);
    let first = limit(&result, "table", "write_units").first_bound_s.expect("it throttles");
    assert!((first - 300.0).abs() < 0.2, "{first}");
    let accepted = metric(&result, "table", "accepted");
    assert!((accepted - 7_000.0).abs() <= 1.0, "3,000 from the bank and 10 in each of 400 s: {accepted}");
    // 10 write units over 400 s at 0.00065 USD an hour, and 5 read units, the default, at 0.00013.
    assert!(close(usd(&result, "table", "write_unit_hours"), 10.0 * 400.0 / 3_600.0 * 0.000_65));
    assert!(close(usd(&result, "table", "read_unit_hours"), 5.0 * 400.0 / 3_600.0 * 0.000_13));
}

/// Bought are 100 units, the target is 50 %, and 80 writes arrive each second. The data points at 60 s and 120 s are above
/// 50 units; the alarm takes 60 s and the change 180 s more, so at 360 s there are 80 / 0.5 = 160 units. The load falls to
/// 10 a second at 600 s: the points at 660 s to 1,500 s are 15 below the target, and at 1,740 s there are 20 units.
#[test]
fn automatic_scaling_follows_minutes_after_the_load() {
    let diagram = table(
        "phases(80/s for 600 s, 10/s for 1400 s, even=true)",
        &[],
        &[
            ("capacity_mode", "provisioned"),
            ("write_units", "100/s"),
            ("scaling", "automatic"),
            ("target_utilization", "50 %"),
            ("write_units_min", "5/s"),
            ("write_units_max", "1000/s"),
            ("alarm_delay", "60 s"),
            ("update_time", "180 s"),
        ],
    )
    .0;
    let hours = |end: &str| usd(&run(&diagram, &[("duration", end)]), "table", "write_unit_hours") / 0.000_65;
    assert!(close(hours("360 s"), 100.0 * 360.0 / 3_600.0));
    let grown = 100.0 * 360.0 + 160.0 * (1_740.0 - 360.0);
    assert!(close(hours("1740 s"), grown / 3_600.0), "{}", hours("1740 s") * 3_600.0);
    assert!(close(hours("2000 s"), (grown + 20.0 * 260.0) / 3_600.0), "{}", hours("2000 s") * 3_600.0);
    let result = run(&diagram, &[("duration", "2000 s")]);
    assert_eq!((metric(&result, "table", "write_capacity"), metric(&result, "table", "refused")), (20.0, 0.0));
    // Reads are scaled on their own: five units, the default, and never used.
    assert_eq!(metric(&result, "table", "read_capacity"), 5.0);
}

/// A spike of 90 s never fills two data points in a row, so it meets the old capacity.
#[test]
fn automatic_scaling_does_not_see_a_short_spike() {
    let diagram = table(
        "phases(1/s for 30 s, 60/s for 80 s, 1/s for 490 s, even=true)",
        &[],
        &[
            ("capacity_mode", "provisioned"),
            ("write_units", "50/s"),
            ("burst_start", "empty"),
            ("burst_seconds", "1 s"),
            ("scaling", "automatic"),
            ("alarm_delay", "0 s"),
            ("update_time", "0 s"),
        ],
    )
    .0;
    let result = run(&diagram, &[("duration", "10 min")]);
    // Point 1: 30 quiet seconds and 30 s of what fits, about 25 a second, below the 35 of the target; point 2: 50 a second.
    assert_eq!(metric(&result, "table", "write_capacity"), 50.0);
    assert!(metric(&result, "table", "refused") > 0.0);
}

/// A table that stands 10 units a second has a peak of 10 in its first second. Half an hour later that peak counts: twice
/// it fits. The spike of 30 a second at 2,000 s meets 20, so a third of it is throttled. The owner's cap would bind first.
#[test]
fn capacity_on_demand_is_twice_the_peak_of_half_an_hour_ago() {
    let fields = [("on_demand_writes", "10/s")];
    let arrivals = "phases(10/s for 1700 s, 15/s for 50 s, 10/s for 250 s, 30/s for 100 s, even=true)";
    let result = run(&table(arrivals, &[], &fields).0, &[("duration", "2100 s")]);
    assert_eq!(metric(&result, "table", "write_capacity"), 20.0);
    let refused = metric(&result, "table", "refused");
    // 5 of 15 a second for 50 s, before the growth, less the second that the bucket held, and 10 of 30 for 100 s after it,
    // less a second again.
    assert!((refused - (5.0 * 50.0 - 10.0 + 10.0 * 100.0 - 20.0)).abs() <= 3.0, "{refused}");
    let capped = run(&table(arrivals, &[], &[("on_demand_writes", "10/s"), ("writes_max", "5/s")]).0, &[("duration", "100 s")]);
    assert!((metric(&capped, "table", "accepted") - 505.0).abs() <= 1.0);
    assert!(limit(&capped, "table", "writes_max").refused > 0);
    // 505 writes of one unit at 0.625 USD for a million.
    assert!(close(usd(&capped, "table", "write_requests"), metric(&capped, "table", "accepted") * 0.625e-6));
}

/// A table takes 15 units a second at most: the peak of 10 half an hour ago would make it 20.
#[test]
fn capacity_on_demand_ends_at_the_quota_of_the_table() {
    let capacity = |fields: &[(&str, &str)]| {
        let fields = [&[("on_demand_writes", "10/s")], fields].concat();
        metric(&run(&table("constant(10/s)", &[], &fields).0, &[("duration", "1900 s")]), "table", "write_capacity")
    };
    assert_eq!((capacity(&[]), capacity(&[("table_units", "15/s")])), (20.0, 15.0));
}

/// A table that was warmed stands at once what a fresh one would throttle.
#[test]
fn warm_throughput_stands_a_spike() {
    let spike =
        |fields: &[(&str, &str)]| metric(&run(&table("batch(6000, at=1 s)", &[], fields).0, &[("duration", "2 s")]), "table", "refused");
    // Distinct keys fall onto 4 and 7 partitions of 1,000 each; the table's bucket is what counts with generous partitions.
    let generous = ("partition_writes", "100000/s");
    assert_eq!(spike(&[generous]), 2_000.0);
    assert_eq!(spike(&[generous, ("warm_writes", "7000/s")]), 0.0);
}

/// One key, 50 writes a second, a table of 400 and partitions of 20 a second: the key's partition throttles 30 of 50,
/// far below the table's limit, and no split helps, since there is only one key.
#[test]
fn a_hot_key_is_throttled_below_the_limit_of_the_table() {
    let mut draw = table("constant(50/s)", &[], &[("on_demand_writes", "400/s"), ("partition_writes", "20/s"), ("heat_split", "1 min")]);
    let event = plimsoll_models::EventType { fields: [("key".to_owned(), "uniform(1)".into())].into() };
    draw.0.event_types.insert("Hot".into(), std::sync::Arc::new(event));
    let hot = plimsoll_models::Node::new("generic/client", "").with("arrivals", "constant(50/s)").with("events", "Hot");
    draw.0.nodes.insert("client".into(), std::sync::Arc::new(hot));
    let result = run(&draw.0, &[("duration", "200 s")]);
    let refused = metric(&result, "table", "refused");
    assert!((refused - (30.0 * 200.0 - 20.0)).abs() <= 1.0, "{refused}");
    let (table, partition) = (limit(&result, "table", "on_demand_writes"), limit(&result, "table", "partition_writes"));
    assert!(partition.refused > 0 && table.refused == 0 && table.use_peak < 0.2, "{table:?}");
}

/// Ten writes of 1.5 KiB in a transaction cost 2 x 2 x 10 units; a query over ten such items reads 15 KiB, which is 4
/// units of 4 KiB, half of it when eventual; a batch of ten reads rounds each up: 10 units. Failed conditions cost too.
#[test]
fn operations_cost_what_their_items_cost() {
    let units = |call: &[(&str, &str)]| {
        let result = run(&table("times(0 s)", call, &[("item_bytes", "1.5 KiB")]).0, &[("duration", "1 s")]);
        (metric(&result, "table", "write_units"), metric(&result, "table", "read_units"), result)
    };
    let of = |operation: &str| {
        let (writes, reads, _) = units(&[("operation", operation), ("items", "10")]);
        (writes, reads)
    };
    assert_eq!(of("transactional-write"), (40.0, 0.0));
    assert_eq!(of("write"), (20.0, 0.0));
    assert_eq!((of("query"), of("eventual-query")), ((0.0, 4.0), (0.0, 2.0)));
    assert_eq!((of("read"), of("eventual-read"), of("transactional-read")), ((0.0, 10.0), (0.0, 5.0), (0.0, 20.0)));
    let (writes, _, result) = units(&[("failed_conditions", "100 %"), ("attempts", "3")]);
    assert_eq!((writes, fate(&result, "call", "rejected"), fate(&result, "call", "done")), (2.0, 1, 0), "a condition is not tried again");
}

/// A query of 100 items of 40 KiB reads 4,000 KiB: four pages of 1 MiB, one after the other, and 1,000 units.
#[test]
fn a_query_takes_its_pages_one_after_the_other() {
    let fields = [("item_bytes", "40 KiB"), ("query_latency", "10 ms"), ("on_demand_reads", "3000/s")];
    let draw = client("times(0 s)", "table", &[("operation", "query"), ("items", "100")]).node("table", "aws/dynamodb", &fields);
    let result = run(&draw.0, &[("duration", "1 s")]);
    assert_eq!((result.journeys[0].response.max, metric(&result, "table", "read_units")), (0.04, 1_000.0));
}

/// The table has bought 100 write units, each of its two indexes 5. The index binds: of 20 writes in a second 5 pass, and
/// the indexes are on the bill.
#[test]
fn an_index_with_little_capacity_throttles_the_table() {
    let fields = [
        ("capacity_mode", "provisioned"),
        ("write_units", "100/s"),
        ("burst_seconds", "1 s"),
        ("indexes", "2"),
        ("index_write_units", "5/s"),
    ];
    let result = run(&table("batch(20, at=0 s)", &[], &fields).0, &[("duration", "1 h")]);
    assert_eq!((metric(&result, "table", "accepted"), metric(&result, "table", "refused")), (5.0, 15.0));
    assert_eq!(limit(&result, "table", "index_write_units").refused, 15);
    assert!(close(usd(&result, "table", "write_unit_hours"), (100.0 + 2.0 * 5.0) * 0.000_65));
    let on_demand = run(&table("batch(20, at=0 s)", &[], &[("indexes", "2")]).0, &[("duration", "1 s")]);
    assert!(close(usd(&on_demand, "table", "write_requests"), 20.0 * 3.0 * 0.625e-6));
}

/// A prefix takes 10 writes a second and gets 25, so it refuses 15, until it has refused for 60 s: then it takes 20, and
/// after another minute 40. With two prefixes half of the keys go to each.
#[test]
fn a_prefix_refuses_until_it_is_split() {
    let bucket = |fields: &[(&str, &str)], duration: &str| {
        let plain = [("write_latency", "0 s"), ("throughput", "1 GiB"), ("prefix_writes", "10/s"), ("scaling_time", "60 s")];
        let fields: Vec<(&str, &str)> = plain.iter().chain(fields).copied().collect();
        run(&client("constant(25/s)", "bucket", &[]).node("bucket", "aws/s3", &fields).0, &[("duration", duration)])
    };
    let result = bucket(&[], "200 s");
    let refused = metric(&result, "bucket", "refused");
    assert!((refused - (15.0 * 60.0 + 5.0 * 60.0)).abs() <= 45.0, "{refused}");
    assert_eq!(metric(&result, "bucket", "splits"), 2.0);
    let (one, two) =
        (metric(&bucket(&[], "50 s"), "bucket", "refused"), metric(&bucket(&[("prefixes", "2")], "50 s"), "bucket", "refused"));
    assert!(two < 0.5 * one, "{two} of {one}");
    // Each write is 1 KiB, the size of an event; it is billed as a request and lies there for the rest of the run.
    assert!(close(usd(&result, "bucket", "write_requests"), metric(&result, "bucket", "accepted") * 5e-6));
}

/// 85 MiB at 85 MiB/s take a second, and the first byte 100 ms. A GiB written at 0 s and kept for an hour is 1 / 730 of a
/// GB month; a read costs 0.0004 USD for a thousand.
#[test]
fn an_object_takes_its_size_and_is_stored() {
    let read = client("times(0 s)", "bucket", &[("operation", "read")])
        .node("bucket", "aws/s3", &[("object_bytes", "85 MiB"), ("read_latency", "100 ms")])
        .0;
    let result = run(&read, &[("duration", "10 s")]);
    assert_eq!(result.journeys[0].response.max, 1.1);
    assert!(close(usd(&result, "bucket", "read_requests"), 4e-7));
    let write = |bytes: &str| {
        let fields = [("object_bytes", bytes), ("write_latency", "0 s"), ("throughput", "5 TiB")];
        run(&client("times(0 s)", "bucket", &[]).node("bucket", "aws/s3", &fields).0, &[("duration", "1 h")])
    };
    let stored = usd(&write("1 GiB"), "bucket", "storage");
    assert!((stored - 0.023 / 730.0).abs() < 1e-8, "{stored}");
    let large = write("6 GiB");
    assert_eq!((fate(&large, "call", "rejected"), limit(&large, "bucket", "write_size").refused), (1, 1));
}

/// Ten objects are written; the queue hears of each of them, a second later, and all notifications arrive twice. A
/// function behind the same bucket hears of every other one. Reads and refused writes tell nobody anything.
#[test]
fn a_bucket_tells_what_was_written() {
    let draw = client("batch(10, at=0 s)", "bucket", &[])
        .node("bucket", "aws/s3", &[("write_latency", "0 s"), ("duplicates", "100 %"), ("prefix_writes", "10/s"), ("throughput", "5 TiB")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .node("fn", "aws/lambda", &[("duration", "0 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("async_hop", "0 s")])
        .edge("to-queue", EdgeKind::Deliver, "bucket", "queue", &[("latency", "1 s")])
        .edge("to-fn", EdgeKind::Deliver, "bucket", "fn", &[("filter", "1 of 2"), ("latency", "2 s")]);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "to-queue", "done"), fate(&result, "queue", "done")), (20, 0));
    assert_eq!(metric(&result, "queue", "sent"), 20.0);
    assert_eq!((fate(&result, "to-fn", "done"), fate(&result, "to-fn", "filtered")), (10, 5));
    assert!((times(&result, TraceEvent::Start, "fn")[0] - 2.0).abs() < 1e-6);
}

/// A function whose invocations query a database for a second each, before a database of five connections and two
/// processors. `through` names what the function's edge leads to.
fn function_and_database(arrivals: &str, with_proxy: bool, proxy: &[(&str, &str)]) -> Draw {
    let database =
        [("max_connections", "5"), ("postgres_reserved", "0"), ("query_time", "1 s"), ("connect_latency", "0 s"), ("connect_work", "0 s")];
    let draw = client(arrivals, "fn", &[])
        .node(
            "fn",
            "aws/lambda",
            &[
                ("duration", "0 s"),
                ("init", "0 s"),
                ("placement", "0 s"),
                ("overhead", "0 s"),
                ("timeout", "300 s"),
                ("idle_timeout", "60 s"),
            ],
        )
        .node("db", "aws/rds", &database);
    if !with_proxy {
        return draw.edge("query", EdgeKind::Request, "fn", "db", &[("timeout", "none")]);
    }
    let fields: Vec<(&str, &str)> = [("overhead", "0 s"), ("connect_latency", "0 s")].iter().chain(proxy).copied().collect();
    draw.node("proxy", "aws/rds-proxy", &fields).edge("query", EdgeKind::Request, "fn", "proxy", &[("timeout", "none")]).edge(
        "to-db",
        EdgeKind::Request,
        "proxy",
        "db",
        &[("timeout", "none")],
    )
}

/// Eight invocations at once open eight environments. Five get a connection, three are refused: they fail at once. The
/// five share two processors, one second each: two are done after 1 s, two after 2 s, the last after 3 s.
#[test]
fn without_a_proxy_connections_beyond_the_maximum_are_refused() {
    let result = run(&function_and_database("batch(8, at=0 s)", false, &[]).0, &[("duration", "1 h")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].failed), (5, 3));
    assert_eq!((result.journeys[0].response.max, result.journeys[0].response_failed.max), (3.0, 0.0));
    assert_eq!((metric(&result, "db", "connections.max"), metric(&result, "db", "connections_refused")), (5.0, 3.0));
    let connections = limit(&result, "db", "max_connections");
    assert!(connections.refused == 3 && connections.use_peak > 1.0);
    assert!(limit(&result, "db", "processors_t4g_medium").delayed > 0);
    // An hour of a db.t4g.medium.
    assert!(close(usd(&result, "db", "hours_t4g_medium"), 0.065));
}

/// The same load through a proxy: eight clients, five connections, two processors. Nobody fails; after 1, 2, 3 and 4 s
/// two are done each. Of the processors' four seconds the last six waited in the database or in the proxy.
#[test]
fn with_a_proxy_the_same_load_waits_instead() {
    let result = run(&function_and_database("batch(8, at=0 s)", true, &[]).0, &[("duration", "1 h")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].failed, result.journeys[0].response.max), (8, 0, 4.0));
    assert_eq!((metric(&result, "proxy", "clients.max"), metric(&result, "proxy", "borrowed.max")), (8.0, 5.0));
    assert_eq!((metric(&result, "db", "connections.max"), metric(&result, "db", "connections_refused")), (5.0, 0.0));
    let share = limit(&result, "proxy", "max_connections_percent");
    assert_eq!((share.delayed, share.refused), (3, 0));
    assert!((share.use_peak - 8.0 / 5.0).abs() < 1e-9, "eight clients want five connections: {}", share.use_peak);
    // Two processors of the database for an hour.
    assert!(close(usd(&result, "proxy", "processor_hours"), 2.0 * 0.015));
}

/// 40 % of five connections are two. With a wait of 1.5 s: the first two are done after 1 s, the next two have waited for
/// 1 s and are done after 2 s; the other four give up after 1.5 s.
#[test]
fn a_request_gives_up_borrowing_after_the_timeout() {
    let proxy = [("max_connections_percent", "40 %"), ("borrow_timeout", "1.5 s")];
    let result = run(&function_and_database("batch(8, at=0 s)", true, &proxy).0, &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].response.max), (4, 2.0));
    assert_eq!((result.journeys[0].failed, result.journeys[0].response_failed.max), (4, 1.5));
    assert_eq!(metric(&result, "proxy", "borrowable"), 2.0);
}

/// Pinned clients keep what they borrowed: the first two of eight take both connections of the proxy for as long as their
/// environments live, and the others give up although the database is idle after a second.
#[test]
fn pinned_clients_leave_nothing_to_share() {
    let proxy = [("max_connections_percent", "40 %"), ("borrow_timeout", "10 s"), ("pinned_clients", "100 %")];
    let result = run(&function_and_database("batch(8, at=0 s)", true, &proxy).0, &[("duration", "50 s")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].failed, metric(&result, "proxy", "kept")), (2, 6, 2.0));
    // Idle environments are reclaimed after a minute, and their connections come back.
    let later = run(&function_and_database("times(0 s, 0 s, 100 s, 100 s)", true, &proxy).0, &[("duration", "200 s")]);
    assert_eq!((later.journeys[0].succeeded, metric(&later, "proxy", "kept")), (4, 0.0));
}

/// Five environments query at 0 s and then stand idle, each with its connection. A second function finds no connection
/// at 30 s, although nothing runs; at 100 s the environments, idle since 1 s to 3 s, were reclaimed after 60 s.
#[test]
fn warm_environments_hold_their_connections_until_they_are_reclaimed() {
    let late = |at: &str| {
        let fields = [("duration", "0 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")];
        let draw = function_and_database("batch(5, at=0 s)", false, &[])
            .node("late", "generic/client", &[("arrivals", at)])
            .node("other", "aws/lambda", &fields)
            .edge("call-other", EdgeKind::Request, "late", "other", &[("attempts", "1")])
            .edge("query-other", EdgeKind::Request, "other", "db", &[("timeout", "none")]);
        let result = run(&draw.0, &[("duration", "150 s")]);
        assert_eq!(fate(&result, "call", "done"), 5);
        fate(&result, "call-other", "done")
    };
    assert_eq!(late("times(30 s)"), 0);
    assert_eq!(late("times(100 s)"), 1);
    // A warm environment uses its own connection again.
    let again = run(&function_and_database("constant(0.5/s)", false, &[]).0, &[("duration", "60 s")]);
    assert_eq!(metric(&again, "db", "connections_opened"), 1.0);
}

/// A server of two instances, with a pool of two each, opens four connections for ten queries at once, and lets the other
/// six wait: on two processors the last is done after 5 s. A client without instances connects for each query anew.
#[test]
fn a_server_keeps_a_pool_and_a_plain_client_none() {
    let database = [("max_connections", "20"), ("query_time", "1 s"), ("connect_latency", "0 s"), ("connect_work", "0 s")];
    let server = [("duration", "0 s"), ("overhead", "0 s"), ("instances", "2"), ("concurrency_per_instance", "10")];
    let draw = client("batch(10, at=0 s)", "server", &[]).node("server", "generic/server", &server).node("db", "aws/rds", &database).edge(
        "query",
        EdgeKind::Request,
        "server",
        "db",
        &[("connections", "2"), ("timeout", "none")],
    );
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].response.max), (10, 5.0));
    assert_eq!((metric(&result, "db", "connections.max"), metric(&result, "db", "connections_opened")), (4.0, 4.0));
    let plain = run(&client("constant(1/s)", "db", &[]).node("db", "aws/rds", &database).0, &[("duration", "10.5 s")]);
    assert_eq!((metric(&plain, "db", "connections_opened"), metric(&plain, "db", "connections.max")), (10.0, 1.0));
}

/// Connecting takes 100 ms of waiting and 50 ms of a processor, the query 200 ms: 350 ms for the first, 200 ms for the next.
#[test]
fn a_new_connection_costs_time_and_work() {
    let database = [("query_time", "200 ms"), ("connect_latency", "100 ms"), ("connect_work", "50 ms")];
    let draw = client("times(0 s, 1 s)", "fn", &[])
        .node("fn", "aws/lambda", &[("duration", "0 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")])
        .node("db", "aws/rds", &database)
        .edge("query", EdgeKind::Request, "fn", "db", &[]);
    let result = run(&draw.0, &[("duration", "10 s")]);
    assert_eq!((result.journeys[0].response.max, result.journeys[0].response.min), (0.35, 0.2));
}

/// The memory of 4 GiB divided by 9,531,392 bytes is 450 connections of PostgreSQL, three of them for the administrator;
/// MySQL divides by 12,582,880: 341. A burst of 500 clients at once shows it.
#[test]
fn the_memory_of_the_class_bounds_the_connections() {
    let refused = |engine: &str, class: &str| {
        let fields = [("engine", engine), ("instance_class", class), ("query_time", "1 s"), ("connect_latency", "0 s")];
        let result = run(&client("batch(500, at=0 s)", "db", &[]).node("db", "aws/rds", &fields).0, &[("duration", "1 s")]);
        metric(&result, "db", "connections_refused")
    };
    assert_eq!((refused("postgresql", "db.t4g.medium"), refused("mysql", "db.t4g.medium")), (53.0, 159.0));
    assert_eq!(refused("postgresql", "db.t4g.micro"), 500.0 - (112.0 - 3.0));
}

/// What a proxy's filter keeps back needs no connection: of eight requests four are queries, two at a time.
#[test]
fn a_proxy_does_not_query_what_its_filter_keeps_back() {
    let mut draw = function_and_database("batch(8, at=0 s)", true, &[]);
    let edge = plimsoll_models::Edge::new("proxy", "db", EdgeKind::Request).with("timeout", "none").with("filter", "1 of 2");
    draw.0.edges.insert("to-db".into(), std::sync::Arc::new(edge));
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "to-db", "done"), fate(&result, "to-db", "filtered")), (4, 4));
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].response.max), (8, 2.0));
}

/// Half of two processors lost: four queries of a second each are done one after the other. A fresh
/// table has four partitions; a tenth of their 10 writes a second is one for each.
#[test]
fn faults_strike_stores() {
    let struck = |diagram: &plimsoll_models::Diagram, fault: serde_json::Value| {
        let plan = faulty(&[("duration", "10 s")], serde_json::json!([fault]));
        let mut simulation = Simulation::new(&program(diagram, plan), 0);
        simulation.run(&Progress::new()).unwrap();
        simulation.result()
    };
    let database = [("query_time", "1 s"), ("connect_latency", "0 s"), ("connect_work", "0 s")];
    let queries = client("batch(4, at=1 s)", "db", &[]).node("db", "aws/rds", &database);
    let capacity = serde_json::json!({"kind": "capacity", "on": "db", "from": "0 s", "to": "9 s", "lost": "50 %"});
    assert_eq!(
        (run(&queries.0, &[("duration", "10 s")]).journeys[0].response.max, struck(&queries.0, capacity).journeys[0].response.max),
        (2.0, 4.0)
    );
    let writes = table("batch(20, at=1 s)", &[], &[("on_demand_writes", "10/s"), ("partition_writes", "10/s")]);
    let tighten =
        serde_json::json!({"kind": "throttle", "on": "table", "from": "0 s", "to": "9 s", "factor": "0.1", "limit": "partition_writes"});
    assert_eq!(metric(&run(&writes.0, &[("duration", "10 s")]), "table", "accepted"), 10.0);
    assert_eq!(metric(&struck(&writes.0, tighten), "table", "accepted"), 4.0);
}
