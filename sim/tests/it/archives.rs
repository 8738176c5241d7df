//! Archives and replays of a bus: timelines and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::result::TraceEvent;

use crate::support::{Draw, billed, close, fate, metric, run};

/// A bus with two rules and an archive that replays; nothing takes time, the archive gets its events after a second.
fn archived(load: &str, archive: &[(&str, &str)], replay: &[(&str, &str)]) -> Draw {
    let bus = "aws/eventbridge-classic";
    Draw::default()
        .node("client", "generic/client", &[("arrivals", load)])
        .node("bus", bus, &[("publish_latency", "0 s")])
        .node("one", "aws/sqs", &[("send_latency", "0 s")])
        .node("two", "aws/sqs", &[("send_latency", "0 s")])
        .node("archive", "aws/eventbridge-archive", archive)
        .edge("publish", EdgeKind::Send, "client", "bus", &[("attempts", "1")])
        .edge("to-one", EdgeKind::Deliver, "bus", "one", &[("latency", "0 s")])
        .edge("to-two", EdgeKind::Deliver, "bus", "two", &[("latency", "0 s")])
        .edge("store", EdgeKind::Deliver, "bus", "archive", &[("capture_latency", "1 s")])
        .edge("replay", EdgeKind::Send, "archive", "bus", &[&[("start", "5 min")], replay].concat())
}

/// Three events are archived once, and a replay sends them to both rules again. They are paid as replayed and not as
/// published, and the archive does not take them a second time.
#[test]
fn a_replay_goes_through_the_rules_again() {
    let result = run(&archived("times(1 s, 2 s, 3 s)", &[], &[]).0, &[("duration", "10 min")]);
    assert_eq!((fate(&result, "to-one", "done"), fate(&result, "to-two", "done")), (6, 6));
    assert_eq!((fate(&result, "store", "done"), fate(&result, "store", "filtered")), (3, 3));
    assert_eq!(billed(&result, "bus", "events").0, 3.0);
    let (units, usd) = billed(&result, "archive", "replayed");
    assert!(units == 3.0 && close(usd, 3e-6), "{units} for {usd}");
    let (gigabytes, usd) = billed(&result, "archive", "processed");
    assert!(close(gigabytes, 3.0 * 1_024e-9) && close(usd, gigabytes * 0.1), "{gigabytes} for {usd}");
    let replayed = result.journeys.iter().find(|journey| journey.producer.as_str() == "archive").unwrap();
    assert_eq!((replayed.started, replayed.succeeded), (3, 3));
}

/// A replay may name its rules: the others hear nothing.
#[test]
fn a_replay_may_go_to_some_rules_only() {
    let result = run(&archived("times(1 s, 2 s, 3 s)", &[], &[("rules", "to-two")]).0, &[("duration", "10 min")]);
    assert_eq!((fate(&result, "to-one", "done"), fate(&result, "to-two", "done")), (3, 6));
}

/// Of events at 1, 2 and 3 s the time frame holds the second; one that is published half a second before the replay begins
/// is not in the archive yet.
#[test]
fn a_replay_sends_what_is_in_its_frame_and_in_the_archive() {
    let frame = [("from", "2 s"), ("until", "3 s")];
    let result = run(&archived("times(1 s, 2 s, 3 s)", &[], &frame).0, &[("duration", "10 min")]);
    assert_eq!(fate(&result, "replay", "done"), 1);
    let result = run(&archived("times(1 s, 299.5 s)", &[], &[]).0, &[("duration", "10 min")]);
    assert_eq!(fate(&result, "replay", "done"), 1);
}

/// Two replayed events may go at once and two more each second, apart from what is published: the last of seven goes after
/// 2.5 s, while the client publishes as before.
#[test]
fn a_replay_has_a_rate_of_its_own() {
    let mut draw = archived("batch(7, at=1 s)", &[], &[]);
    draw.0.account.quotas.insert("aws/eventbridge-archive.replay_rate".to_owned(), "2/s".into());
    let result = run(&draw.0, &[("duration", "10 min")]);
    let limit = result.limits.iter().find(|limit| limit.key.ends_with(".replay_rate")).unwrap();
    assert!(fate(&result, "replay", "done") == 7 && limit.delayed == 5, "{limit:?}");
    let last = result
        .traces
        .iter()
        .flat_map(|trace| &trace.steps)
        .filter(|step| step.what == TraceEvent::Attempt && step.node.as_str() == "archive");
    let last = last.map(|step| step.at_s).fold(0.0, f64::max);
    assert!(close(last, 300.0 + 2.5), "{last}");
}

/// Events of the first minute go before those of the second, whatever their order within one: at one event a second the
/// first rule hears its four from 300 s on, and the second one its four after them.
#[test]
fn a_replay_goes_minute_by_minute() {
    let mut draw = archived("times(10 s, 20 s, 30 s, 40 s)", &[], &[]);
    draw.0.account.quotas.insert("aws/eventbridge-archive.replay_rate".to_owned(), "1/s".into());
    draw = draw
        .event_type("early", &[])
        .event_type("late", &[])
        .node("client", "generic/client", &[("arrivals", "times(10 s, 20 s, 30 s, 40 s)"), ("events", "early")])
        .node("second", "generic/client", &[("arrivals", "times(70 s, 80 s, 90 s, 100 s)"), ("events", "late")])
        .edge("more", EdgeKind::Send, "second", "bus", &[])
        .edge("to-one", EdgeKind::Deliver, "bus", "one", &[("latency", "0 s"), ("filter", "early")])
        .edge("to-two", EdgeKind::Deliver, "bus", "two", &[("latency", "0 s"), ("filter", "late")]);
    let result = run(&draw.0, &[("duration", "10 min")]);
    let heard = |queue: &str| -> Vec<f64> {
        let steps = result.traces.iter().flat_map(|trace| &trace.steps);
        let mut times: Vec<f64> = steps
            .filter(|step| step.what == TraceEvent::Enqueued && step.node.as_str() == queue && step.at_s >= 300.0)
            .map(|step| step.at_s)
            .collect();
        times.sort_by(f64::total_cmp);
        times
    };
    assert_eq!((heard("one"), heard("two")), (vec![300.0, 301.0, 302.0, 303.0], vec![304.0, 305.0, 306.0, 307.0]));
}

/// The account runs one replay at a time: the second is refused, and its events are not sent.
#[test]
fn replays_above_the_quota_are_refused() {
    let mut draw = archived("times(1 s, 2 s, 3 s)", &[], &[]);
    draw = draw.edge("again", EdgeKind::Send, "archive", "bus", &[("start", "5 min"), ("rules", "to-two")]);
    draw.0.account.quotas.insert("aws/eventbridge-archive.replays".to_owned(), 1.into());
    draw.0.account.quotas.insert("aws/eventbridge-archive.replay_rate".to_owned(), "1/s".into());
    let result = run(&draw.0, &[("duration", "10 min")]);
    assert_eq!((metric(&result, "archive", "refused"), fate(&result, "replay", "done") + fate(&result, "again", "done")), (1.0, 3));
}

/// An archive that keeps events for a day has forgotten the one of the first hour when a replay begins at 26 h.
#[test]
fn an_archive_forgets_after_its_retention() {
    let result = run(&archived("times(1 h, 10 h)", &[("retention", "1 d")], &[("start", "26 h")]).0, &[("duration", "27 h")]);
    assert_eq!(fate(&result, "replay", "done"), 1);
}
