//! Which requests of six real logs were cold, against what the mechanism says.
//!
//! The logs are those of one AWS Lambda function of 2020, see `validation/README.md`. Each is replayed with the durations
//! that its clients saw and with the idle time-out that the service had then, ten minutes.

use plimsoll_models::{Arrivals, Catalog, EdgeKind};
use plimsoll_sim::{Gauge, Input, Simulation, Traces, compile, trace_key};

use crate::support::{Draw, plan};

const LOGS: [(&str, &str); 6] = [
    ("2020-04-24", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-04-24.csv")),
    ("2020-05-26", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-05-26.csv")),
    ("2020-05-28", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-05-28.csv")),
    ("2020-06-06", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-06-06.csv")),
    ("2020-06-09", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-06-09.csv")),
    ("2020-06-13", include_str!("../../../validation/aws-lambda-2020/aws-lambda-2020-06-13.csv")),
];

/// Less than the resolution of the logs, which is a microsecond.
const HALF_TICK: f64 = 0.5e-6;

/// Arrival and flag of each request of a log.
fn requests(log: &str) -> Vec<(f64, bool)> {
    log.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].parse().expect("an arrival is a number"), cells[2] == "1")
        })
        .collect()
}

/// Share of the requests of a log whose flag the mechanism gives.
fn agreement(log: &str) -> f64 {
    const ARRIVALS: &str = "trace(file=log.csv, time=arrival_s, duration=duration_s)";
    let diagram = Draw::default()
        .node("client", "generic/trace", &[("arrivals", ARRIVALS)])
        .node(
            "fn",
            "aws/lambda",
            &[
                ("duration", "recorded"),
                ("init", "0 s"),
                ("placement", "0 s"),
                ("overhead", "0 s"),
                ("timeout", "900 s"),
                ("idle_timeout", "10 min"),
                ("max_life", "1000 d"),
            ],
        )
        .edge("call", EdgeKind::Request, "client", "fn", &[("timeout", "none")])
        .0;
    let arrivals: Arrivals = ARRIVALS.parse().expect("a load shape");
    let Arrivals::Trace(source) = &arrivals else { panic!("a trace is a trace") };
    let traces = Traces::from([(trace_key(&arrivals), source.read(log).expect("a recording"))]);
    let requests = requests(log);
    let end = requests.last().expect("a log has requests").0 + 1.0;
    let plan = plan(&[("duration", &format!("{end} s"))]);
    let input = Input { diagram: &diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    let mut simulation = Simulation::new(&compile(&input).expect("a diagram that runs"), 0);
    let mut agreeing = 0;
    for (index, (_, was_cold)) in requests.iter().enumerate() {
        let before = simulation.gauge("fn", Gauge::ColdStarts);
        // Just before the next arrival, the count tells whether this one was cold.
        simulation.run_until(requests.get(index + 1).map_or(end, |(next, _)| next - HALF_TICK));
        agreeing += u32::from((simulation.gauge("fn", Gauge::ColdStarts) > before) == *was_cold);
    }
    f64::from(agreeing) / requests.len() as f64
}

#[test]
#[expect(clippy::print_stdout, reason = "the shares are worth reading")]
fn the_mechanism_tells_cold_requests_of_real_logs() {
    for (day, log) in LOGS {
        let share = agreement(log);
        println!("{day}: {:.1} % of the requests", share * 100.0);
        assert!(share >= 0.96, "{day}: only {share} of the flags are right");
    }
}
