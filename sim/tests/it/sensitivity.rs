//! Which number moves the outcome most, by theory and by simulation.

use plimsoll_models::{Catalog, Diagram, EdgeKind};
use plimsoll_sim::{Contrast, Input, Progress, RunError, Traces, result::Effect};

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

fn contrast(diagram: &Diagram, settings: &[(&str, &str)], set: (&str, &str)) -> Result<Contrast, RunError> {
    let traces = Traces::new();
    let mut plan = plan(settings);
    plan.objectives = vec!["loss <= 1 %".parse().unwrap()];
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    let progress = Progress::new();
    let contrast = plimsoll_sim::contrast(&input, &[(set.0.to_owned(), set.1.to_owned())], &progress)?;
    assert_eq!(progress.fraction(), 1.0, "every run was counted");
    Ok(contrast)
}

/// 40 of 50 calls get through, then all of them; the luck is the same, so the difference is exact although one replication
/// was asked for.
#[test]
fn a_change_is_proved_with_an_interval() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "poisson(50/s)")])
        .node("api", "generic/http-api", &[("latency", "10 ms"), ("rate_limit", "40/s")])
        .edge("ask", EdgeKind::Request, "client", "api", &[("attempts", "1")])
        .0;
    let proved = contrast(&diagram, &[("duration", "100 s")], ("api.rate_limit", "400/s")).unwrap();
    assert!(proved.replications >= 5);
    assert_eq!(proved.objectives[0].1, proved.loss, "the objective is about the same figure");
    assert!(proved.loss.before > 0.15 && proved.loss.after == 0.0, "{proved:#?}");
    let half = proved.loss.half_width.expect("there are enough pairs");
    assert!(half > 0.0 && half < proved.loss.before - proved.loss.after, "the interval tells that it helps: {proved:#?}");
    assert_eq!(proved, contrast(&diagram, &[("duration", "100 s")], ("api.rate_limit", "400/s")).unwrap());
}

/// A change of what does not matter makes no difference at all, and one that cannot be made is no proof.
#[test]
fn luck_is_no_effect() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "poisson(20/s)")])
        .node("api", "generic/http-api", &[("latency", "exponential(30 ms)"), ("rate_limit", "400/s")])
        .edge("ask", EdgeKind::Request, "client", "api", &[("attempts", "1")])
        .0;
    let proved = contrast(&diagram, &[("duration", "60 s")], ("api.rate_limit", "4000/s")).unwrap();
    assert_eq!(proved.response_p99.before, proved.response_p99.after);
    assert_eq!(proved.response_p99.half_width, Some(0.0));
    assert!(contrast(&diagram, &[("duration", "60 s")], ("nobody.rate_limit", "1/s")).is_err());
}
