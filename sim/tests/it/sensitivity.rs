//! Which number moves the outcome most, by theory and by simulation.

use plimsoll_models::{Catalog, Diagram, EdgeKind};
use plimsoll_sim::{Input, Progress, Traces, result::Effect};

use crate::support::{Draw, plan};

fn effects(diagram: &Diagram, settings: &[(&str, &str)]) -> Vec<Effect> {
    let traces = Traces::new();
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan: plan(settings), traces: &traces };
    let result = plimsoll_sim::run(&input, &Progress::new()).unwrap_or_else(|error| panic!("{error:?}"));
    plimsoll_sim::sensitivity(&input, &result, &Progress::new()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn effect<'a>(effects: &'a [Effect], path: &str, up: bool) -> &'a Effect {
    let found = effects.iter().find(|effect| effect.path == path && (effect.step > 0.0) == up);
    found.unwrap_or_else(|| panic!("no {path} in {effects:#?}"))
}

/// Two desks in a row, one loaded to 0.8 and one to 0.2, M/M/1 each. The response of such a desk is exponential with rate
/// mu - lambda, so a tenth more service time brings the busy desk from 1 / (1.25 - 1) = 4 s to 1 / (1.136 - 1) = 7.3 s on
/// average, and the idle one from 0.25 s to 0.28 s: the busy desk must stand first, the idle one far behind it.
#[test]
fn the_busy_desk_matters_and_the_idle_one_does_not() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "poisson(1/s)")])
        .node("busy", "generic/station", &[("service", "exponential(800 ms)")])
        .node("idle", "generic/station", &[("service", "exponential(200 ms)")])
        .edge("first", EdgeKind::Request, "client", "busy", &[])
        .edge("then", EdgeKind::Request, "busy", "idle", &[])
        .0;
    let effects = effects(&diagram, &[("duration", "20000 s"), ("warm_up", "500 s"), ("replications", "4")]);
    let (busy, idle) = (effect(&effects, "busy.service", true), effect(&effects, "idle.service", true));
    let moved = |effect: &Effect| effect.response_p99.after - effect.response_p99.before;
    assert!(moved(busy) > 4.0 && moved(busy) > 20.0 * moved(idle).abs(), "{busy:#?} {idle:#?}");
    assert!(busy.response_p99.half_width.is_some_and(|half| half < moved(busy)), "the pairs have the same luck: {busy:#?}");
    let less = effect(&effects, "busy.service", false);
    assert!(moved(less) < -2.0 && moved(less).abs() < moved(busy), "queues grow faster than they shrink: {less:#?}");
    assert!(effects[0].path == "busy.service" || effects[0].path == "scenario.multiplier", "{effects:#?}");
}

/// A limit in the way stands among the numbers although nobody set it on the drawing, and what is not in use does not.
#[test]
fn a_limit_in_use_is_a_number_too() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(50/s)")])
        .node("api", "generic/http-api", &[("latency", "10 ms"), ("rate_limit", "40/s")])
        .edge("ask", EdgeKind::Request, "client", "api", &[("attempts", "1")])
        .0;
    let effects = effects(&diagram, &[("duration", "100 s")]);
    let more = effect(&effects, "api.rate_limit", true);
    // 40 of 50 get through, then 44 of 50.
    assert!((more.loss.before - 0.2).abs() < 0.02 && (more.loss.after - 0.12).abs() < 0.02, "{more:#?}");
    assert_eq!((more.from.as_str(), more.to.as_str()), ("40/s", "44/s"));
    assert!(more.loss.half_width.is_none(), "one replication, no interval");
}
