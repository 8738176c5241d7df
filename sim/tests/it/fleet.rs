//! Instances that stand and scale: timelines and bills worked by hand.

use plimsoll_models::{Diagram, EdgeKind};
use plimsoll_sim::{Gauge, RunResult, Simulation};

use crate::support::{Draw, plan, program, run};

/// A client that asks a service and waits for ever.
fn asked(arrivals: &str, service: &str, fields: &[(&str, &str)]) -> Diagram {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", arrivals)])
        .node("worker", service, fields)
        .edge("call", EdgeKind::Request, "client", "worker", &[("attempts", "1"), ("timeout", "none"), ("latency", "0 s")])
        .0
}

/// A gauge of the worker at given times.
fn levels(diagram: &Diagram, gauge: Gauge, times: &[f64]) -> Vec<f64> {
    let mut simulation = Simulation::new(&program(diagram, plan(&[("duration", "1 h")])), 0);
    let read = |at: &f64| {
        simulation.run_until(*at);
        simulation.gauge("worker", gauge).expect("the worker has the gauge")
    };
    times.iter().map(read).collect()
}

fn metric(result: &RunResult, key: &str) -> f64 {
    result.node("worker").expect("the diagram has a worker").metrics[key]
}

fn usd(result: &RunResult, meter: &str) -> f64 {
    result.cost.items.iter().find(|item| item.meter == meter).expect("the meter has a price").usd
}

fn close(value: f64, expected: f64) -> bool {
    (value - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

/// Quotas that hold nothing up.
fn roomy(mut diagram: Diagram) -> Diagram {
    for quota in ["aws/ecs-fargate.vcpus", "aws/ec2-auto-scaling.vcpus"] {
        diagram.account.quotas.insert(quota.to_owned(), "10000".into());
    }
    diagram
}

/// Eighteen requests are always inside two tasks with ten workers each: 90 % of use against a target of 60 %. The data
/// points of 60, 120 and 180 s are above it, so at 180 s ceil(2 x 0.9 / 0.6) = 3 tasks are wanted, and the third serves
/// 30 s later. Then 18 of 30 workers are busy, which is the target: nothing more happens. The data point of 240 s, in
/// which the third task served for half of the time, asks for no fourth.
#[test]
fn target_tracking_acts_after_three_minutes_and_the_start_up() {
    let diagram = roomy(asked(
        "closed(users=18, think=0 s)",
        "aws/ecs-fargate",
        &[
            ("duration", "1 s"),
            ("instances", "2"),
            ("concurrency_per_instance", "10"),
            ("target_utilization", "60 %"),
            ("start_up", "30 s"),
        ],
    ));
    let times = [179.0, 181.0, 209.0, 211.0, 241.0, 1_700.0];
    assert_eq!(levels(&diagram, Gauge::Desired, &times), [2.0, 3.0, 3.0, 3.0, 3.0, 3.0]);
    assert_eq!(levels(&diagram, Gauge::Instances, &times), [2.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
}

/// Ten requests are always inside four tasks with ten workers each: 25 % against a target of 50 %, which is below the
/// 45 % at which tasks are taken away. The fifteenth data point is that of 900 s: ceil(4 x 0.25 / 0.5) = 2. What runs on
/// the two that go may finish.
#[test]
fn target_tracking_takes_away_after_fifteen_minutes() {
    let diagram = roomy(asked(
        "closed(users=10, think=0 s)",
        "aws/ecs-fargate",
        &[("duration", "1 s"), ("instances", "4"), ("concurrency_per_instance", "10"), ("target_utilization", "50 %")],
    ));
    assert_eq!(levels(&diagram, Gauge::Desired, &[899.0, 901.0, 3_599.0]), [4.0, 2.0, 2.0]);
    let result = run(&diagram, &[("duration", "20 min")]);
    assert_eq!(metric(&result, "requests_cut_off"), 0.0);
    assert_eq!(result.journeys[0].failed, 0);
}

/// A group of virtual machines with basic monitoring has one data point in five minutes. Under full use of two workers
/// and a target of 50 % it wants four instances at 300 s; with detailed monitoring at 180 s. New instances count as
/// capacity while they warm up, so nothing more is wanted before they are warm, and then the load of 2 on 4 workers is
/// the target.
#[test]
fn a_group_of_machines_sees_with_its_monitoring() {
    let group = |detailed: &str| {
        roomy(asked(
            "closed(users=2, think=0 s)",
            "aws/ec2-auto-scaling",
            &[
                ("duration", "1 s"),
                ("instances", "2"),
                ("concurrency_per_instance", "1"),
                ("target_utilization", "50 %"),
                ("detailed_monitoring", detailed),
                ("start_up", "60 s"),
            ],
        ))
    };
    let times = [179.0, 181.0, 299.0, 301.0, 3_500.0];
    assert_eq!(levels(&group("true"), Gauge::Desired, &times), [2.0, 4.0, 4.0, 4.0, 4.0]);
    assert_eq!(levels(&group("false"), Gauge::Desired, &times), [2.0, 2.0, 2.0, 4.0, 4.0]);
}

/// Steps: at 80 % of use, `above 70 %` adds one and `above 75 %` adds half of ten, rounded down to 5. Meanwhile the
/// cooldown of 300 s lets nothing more happen. 8 of 15 workers busy is between the bounds.
#[test]
fn steps_change_by_what_the_highest_of_them_says() {
    let diagram = roomy(asked(
        "closed(users=8, think=0 s)",
        "aws/ecs-fargate",
        &[
            ("duration", "1 s"),
            ("scaling", "step"),
            ("steps", "above 70 %: +1, above 75 %: +50 %, below 30 %: -1"),
            ("instances", "10"),
            ("max_instances", "30"),
            ("concurrency_per_instance", "1"),
            ("start_up", "10 s"),
        ],
    ));
    assert_eq!(levels(&diagram, Gauge::Instances, &[189.0, 191.0, 1_000.0]), [10.0, 15.0, 15.0]);
}

/// The horizontal autoscaler under 1,000 requests a second with a target of 100 for each pod: from 2 it may grow to
/// max(2 x 2, 2 + 4) = 6 at the first sync and to min(10, max(12, 10)) = 10 at the second; each batch is ready 5 s later.
#[test]
fn the_horizontal_autoscaler_grows_from_2_over_6_to_10() {
    let diagram = asked(
        "constant(1000/s)",
        "kubernetes/deployment",
        &[
            ("duration", "1 ms"),
            ("metric", "requests"),
            ("target_requests", "100/s"),
            ("metric_lag", "0 s"),
            ("instances", "2"),
            ("max_instances", "50"),
            ("start_up", "5 s"),
        ],
    );
    let times = [14.9, 15.1, 20.1, 30.1, 35.1, 90.0];
    assert_eq!(levels(&diagram, Gauge::Desired, &times), [2.0, 6.0, 6.0, 10.0, 10.0, 10.0]);
    assert_eq!(levels(&diagram, Gauge::Instances, &times), [2.0, 2.0, 6.0, 6.0, 10.0, 10.0]);
}

/// Ten pods for 300 requests a second at 100 for each: three are wanted from the first sync on, but the highest wish of
/// the last 300 s counts, and the ten of the start are one until 300 s.
#[test]
fn the_horizontal_autoscaler_shrinks_after_its_stabilization_window() {
    let diagram = asked(
        "constant(300/s)",
        "kubernetes/deployment",
        &[("duration", "1 ms"), ("metric", "requests"), ("target_requests", "100/s"), ("metric_lag", "0 s"), ("instances", "10")],
    );
    assert_eq!(levels(&diagram, Gauge::Desired, &[299.0, 301.0, 600.0]), [10.0, 3.0, 3.0]);
}

/// A Knative service with one request at the start, which is over after 1 s. The looks from 4 s to 62 s see nothing, so
/// the stable window of 60 s is empty at 62 s, and the last pod goes after the grace of 30 s. A request at 100 s finds no
/// pod, wakes one, waits for its start of 3 s and is over after another second.
#[test]
fn knative_scales_to_zero_and_back() {
    let diagram = asked("times(0 s, 100 s)", "knative/service", &[("duration", "1 s"), ("start_up", "3 s")]);
    assert_eq!(levels(&diagram, Gauge::Instances, &[91.0, 93.0, 102.0, 104.0]), [1.0, 0.0, 0.0, 1.0]);
    let result = run(&diagram, &[("duration", "2 min")]);
    assert_eq!(result.journeys[0].response.max, 4.0);
}

/// 200 requests inside at once at a target of 10 for each pod: the first look sees twenty times what one pod should
/// bear, and panics.
#[test]
fn knative_panics_when_its_pods_are_overrun() {
    let diagram = asked(
        "closed(users=200, think=0 s)",
        "knative/service",
        &[
            ("duration", "1 s"),
            ("concurrency_per_instance", "10"),
            ("target_utilization", "100 %"),
            ("max_instances", "100"),
            ("start_up", "0 s"),
        ],
    );
    assert_eq!(levels(&diagram, Gauge::Desired, &[1.9, 2.1, 130.0]), [1.0, 20.0, 20.0]);
}

/// Two tasks with one worker each are busy with requests of a minute when the schedule takes one away at 10 s. It may go
/// on for 30 s; at 40 s its request fails. The other is over after its minute.
#[test]
fn a_task_that_is_stopped_fails_what_it_cannot_finish() {
    let with = |duration: &str| {
        let diagram = asked(
            "batch(2, at=0 s)",
            "aws/ecs-fargate",
            &[
                ("duration", duration),
                ("timeout", "none"),
                ("scaling", "schedule"),
                ("schedule", "10 s: 1"),
                ("instances", "2"),
                ("concurrency_per_instance", "1"),
            ],
        );
        run(&diagram, &[("duration", "2 min")])
    };
    let cut = with("60 s");
    assert_eq!((cut.journeys[0].succeeded, cut.journeys[0].failed), (1, 1));
    assert_eq!((cut.journeys[0].response.max, cut.journeys[0].response_failed.max), (60.0, 40.0));
    assert_eq!(metric(&cut, "requests_cut_off"), 1.0);
    let drained = with("20 s");
    assert_eq!((drained.journeys[0].succeeded, drained.journeys[0].response.max), (2, 20.0));
}

/// A server with two workers fails 10 s after its start and is back 5 s later. Three requests of 8 s come at once: two
/// are over at 8 s, the third has run for 2 s when the server fails. One that comes at 12 s waits until 15 s.
#[test]
fn a_server_that_fails_takes_its_requests_along() {
    let diagram = asked(
        "times(0 s, 0 s, 0 s, 12 s)",
        "generic/server",
        &[("duration", "8 s"), ("concurrency_per_instance", "2"), ("crash_interval", "10 s"), ("start_up", "5 s")],
    );
    let result = run(&diagram, &[("duration", "24 s")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].failed), (3, 1));
    assert_eq!((result.journeys[0].response.max, result.journeys[0].response_failed.max), (11.0, 10.0));
    assert_eq!((metric(&result, "instance_failures"), metric(&result, "requests_cut_off")), (1.0, 1.0));
}

/// Tasks need 30 s to start and are taken for broken after 20 s: the second task is launched at 10 s and again at 30, 50,
/// 70 and 90 s, and never serves.
#[test]
fn a_grace_that_is_shorter_than_the_start_up_replaces_for_ever() {
    let diagram = asked(
        "times(0 s)",
        "aws/ecs-fargate",
        &[("scaling", "schedule"), ("schedule", "10 s: 2"), ("instances", "1"), ("start_up", "30 s"), ("health_check_grace", "20 s")],
    );
    assert_eq!(levels(&diagram, Gauge::Instances, &[100.0]), [1.0]);
    let result = run(&diagram, &[("duration", "100 s")]);
    assert_eq!((metric(&result, "instance_failures"), metric(&result, "instances_launched")), (4.0, 5.0));
}

/// 600 tasks are wanted at 10 s. The account launches 100 at once and 20 a second after that: 300 serve at 20 s, all of
/// them at 35 s. With a larger burst, the 500 a minute of the service hold the last 100 up: 8.33 a second, until 22 s.
#[test]
fn launches_of_tasks_are_held_up_by_their_rates() {
    let burst = |burst: &str| {
        let mut diagram = roomy(asked(
            "times(0 s)",
            "aws/ecs-fargate",
            &[
                ("scaling", "schedule"),
                ("schedule", "10 s: 600"),
                ("instances", "0"),
                ("min_instances", "0"),
                ("max_instances", "1000"),
                ("start_up", "0 s"),
            ],
        ));
        diagram.account.quotas.insert("aws/ecs-fargate.launch_burst".to_owned(), burst.into());
        diagram
    };
    let delayed = |diagram: &Diagram, key: &str| {
        let result = run(diagram, &[("duration", "1 min")]);
        result.limits.iter().find(|limit| limit.key == format!("aws/ecs-fargate.{key}")).unwrap().delayed
    };
    let (small, large) = (burst("100"), burst("10000"));
    let levels = |diagram: &Diagram| levels(diagram, Gauge::Instances, &[10.01, 20.01, 34.92, 35.1]);
    assert_eq!(levels(&small), [100.0, 300.0, 598.0, 600.0]);
    assert_eq!(levels(&large), [500.0, 583.0, 600.0, 600.0]);
    assert_eq!((delayed(&small, "launch_rate"), delayed(&small, "service_launch_rate")), (500, 0));
    assert_eq!((delayed(&large, "launch_rate"), delayed(&large, "service_launch_rate")), (0, 100));
}

/// A new account has 6 vCPUs for Fargate: three tasks of two each, whatever the schedule says. At 131 s one goes, and one
/// of the other service, which was wanted at 10 s and is tried every minute, takes its place at 190 s.
#[test]
fn services_share_the_processors_of_the_account() {
    let task = |schedule: &'static str, instances: &'static str| {
        [
            ("cpu", "2"),
            ("memory", "4 GiB"),
            ("scaling", "schedule"),
            ("schedule", schedule),
            ("instances", instances),
            ("min_instances", "0"),
            ("start_up", "0 s"),
        ]
    };
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("a", "aws/ecs-fargate", &task("131 s: 2", "3"))
        .node("worker", "aws/ecs-fargate", &task("10 s: 1", "0"))
        .edge("call", EdgeKind::Request, "client", "worker", &[("timeout", "none")])
        .edge("other", EdgeKind::Request, "client", "a", &[("timeout", "none")])
        .0;
    assert_eq!(levels(&diagram, Gauge::Instances, &[129.0, 132.0, 189.0, 191.0]), [0.0, 0.0, 0.0, 1.0]);
    let result = run(&diagram, &[("duration", "5 min")]);
    let vcpus = result.limits.iter().find(|limit| limit.key == "aws/ecs-fargate.vcpus").unwrap();
    assert_eq!((vcpus.delayed, vcpus.first_bound_s, vcpus.delay_s), (1, Some(10.0), 180.0));
}

/// Two tasks of half a vCPU and 1 GiB for 10 minutes are 1/3 task hour: 1/6 vCPU hour at 0.04048 USD and 1/3 GB hour at
/// 0.004445 USD. A third task that lives from 10 s to 20 s is billed for a minute: 1/120 vCPU hour, 1/60 GB hour.
#[test]
fn fargate_bills_processors_and_memory_by_the_second() {
    let steady = asked("times(0 s)", "aws/ecs-fargate", &[("scaling", "fixed"), ("instances", "2")]);
    let result = run(&steady, &[("duration", "10 min")]);
    assert!(close(usd(&result, "vcpu_hours"), 0.04048 / 6.0), "{:#?}", result.cost);
    assert!(close(usd(&result, "gb_hours"), 0.004_445 / 3.0), "{:#?}", result.cost);
    let brief = asked(
        "times(0 s)",
        "aws/ecs-fargate",
        &[("scaling", "schedule"), ("schedule", "10 s: 3, 20 s: 2"), ("instances", "2"), ("start_up", "5 s")],
    );
    let result = run(&brief, &[("duration", "10 min")]);
    assert!(close(usd(&result, "vcpu_hours"), 0.04048 * (1.0 / 6.0 + 1.0 / 120.0)), "{:#?}", result.cost);
    assert!(close(usd(&result, "gb_hours"), 0.004_445 * (1.0 / 3.0 + 1.0 / 60.0)), "{:#?}", result.cost);
}

/// Two machines for half an hour are an instance hour at the price of their type; a server costs what one says, or what
/// a small machine costs.
#[test]
fn machines_are_billed_by_their_type() {
    let half_hour = |service: &str, fields: &[(&str, &str)]| {
        let fields: Vec<_> = [("scaling", "fixed"), ("instances", "2")].iter().chain(fields).copied().collect();
        run(&asked("times(0 s)", service, &fields), &[("duration", "30 min")]).cost.total_usd
    };
    assert!(close(half_hour("aws/ec2-auto-scaling", &[("instance_type", "m7g.large")]), 0.0816));
    assert!(close(half_hour("aws/ec2-auto-scaling", &[("instance_type", "t4g.micro")]), 0.0084));
    assert!(close(half_hour("generic/server", &[]), 0.0416));
    assert!(close(half_hour("generic/server", &[("hourly_price", "0.50 USD")]), 0.50));
    assert!(close(half_hour("kubernetes/deployment", &[]), 0.0208));
    assert!(close(half_hour("knative/service", &[("hourly_price", "0.10 USD")]), 0.10));
}

/// The same work under the same load on four kinds of instances. Two requests a second of 200 ms each need 0.4 workers;
/// from 60 s on, 40 a second need 8.
///
/// - A function makes the workers that it needs at once: nothing waits.
/// - Ten servers are enough at any time, and cost the same at any time.
/// - Two machines and two servers are the same thing: both fall behind, by 30 a second.
/// - Tasks fall behind in the same way until the alarm of 240 s and a start-up of 30 s: 6,300 wait. Each minute doubles
///   the average of the last one: 4 are wanted at 240 s, 2 x 3 at 300 s, 2 x 5 at 360 s. So 20 a second more than the
///   20 that four can do come for a minute, and 10 a second for the next: 8,100 wait at most.
#[test]
fn one_worker_on_four_kinds_of_instances() {
    let on = |service: &str, fields: &[(&str, &str)]| {
        let work = [("duration", "200 ms"), ("overhead", "0 s"), ("transient_failures", "0 %")];
        let fields: Vec<_> = work.iter().chain(fields).copied().collect();
        let diagram = roomy(asked("spike(base=2/s, peak=40/s, at=60 s, for=14 min)", service, &fields));
        run(&diagram, &[("duration", "15 min")])
    };
    let one = ("concurrency_per_instance", "1");
    let function = on("aws/lambda", &[]);
    let servers = on("generic/server", &[("instances", "10"), one]);
    let two_servers = on("generic/server", &[("instances", "2"), one]);
    let machines = on("aws/ec2-auto-scaling", &[("scaling", "fixed"), ("instances", "2"), ("instance_type", "t3.medium"), one]);
    let tasks =
        on("aws/ecs-fargate", &[("instances", "2"), ("max_instances", "40"), ("target_utilization", "50 %"), ("start_up", "30 s"), one]);
    let p50 = |result: &RunResult| result.journeys[0].response.p50;
    assert!((p50(&function) - 0.2).abs() < 0.01 && (p50(&servers) - 0.2).abs() < 0.01);
    assert_eq!(function.journeys[0].started, servers.journeys[0].started);
    assert_eq!(two_servers.node("worker").unwrap().sojourn, machines.node("worker").unwrap().sojourn);
    assert!(close(two_servers.cost.total_usd, machines.cost.total_usd));
    // Ten a second for 14 minutes, and the 120 or so of the first.
    assert!((8_480.0..=8_560.0).contains(&metric(&machines, "completed")), "{}", metric(&machines, "completed"));
    let backlog = metric(&tasks, "waiting.max");
    assert!((backlog - 8_100.0).abs() < 300.0, "{backlog}");
    assert!(metric(&tasks, "completed") > 0.95 * metric(&servers, "completed"));
    assert!(tasks.node("worker").unwrap().wait.max > 60.0 && function.node("worker").unwrap().wait.max == 0.0);
    let cost = |result: &RunResult| result.cost.total_usd;
    assert!(close(cost(&servers), 5.0 * cost(&two_servers)));
    assert!(cost(&machines) < cost(&tasks));
}

/// Sixty thousand messages for two tasks. At 180 s the third data point is above 2,000 messages for each task, and as many
/// tasks are wanted as the backlog of that moment asks for. Once the queue has been empty for 15 minutes, two are left.
#[test]
fn backlog_per_task_follows_the_queue() {
    let worker = [
        ("duration", "1 s"),
        ("metric", "backlog"),
        ("target_backlog", "2000"),
        ("concurrency_per_instance", "10"),
        ("instances", "2"),
        ("min_instances", "2"),
        ("max_instances", "40"),
        ("start_up", "30 s"),
    ];
    let diagram = roomy(
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "batch(60000, at=0 s)")])
            .node("queue", "aws/sqs", &[("visibility_timeout", "2 min")])
            .node("worker", "aws/ecs-fargate", &worker)
            .edge("send", EdgeKind::Send, "client", "queue", &[])
            .edge("take", EdgeKind::Poll, "queue", "worker", &[])
            .0,
    );
    let mut simulation = Simulation::new(&program(&diagram, plan(&[("duration", "1 h")])), 0);
    let mut at = |time: f64, node: &str, gauge: Gauge| {
        simulation.run_until(time);
        simulation.gauge(node, gauge).unwrap()
    };
    assert_eq!(at(179.999_999_9, "worker", Gauge::Desired), 2.0);
    let backlog = at(179.999_999_9, "queue", Gauge::Waiting);
    let wanted = (backlog / 2_000.0).ceil();
    assert!((3.0..=40.0).contains(&wanted), "{backlog}");
    assert_eq!(at(180.1, "worker", Gauge::Desired), wanted);
    assert_eq!((at(209.9, "worker", Gauge::Instances), at(210.1, "worker", Gauge::Instances)), (2.0, wanted));
    assert_eq!(at(3_590.0, "queue", Gauge::Waiting), 0.0);
    assert_eq!(at(3_590.0, "worker", Gauge::Desired), 2.0);
}
