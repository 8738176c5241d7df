//! Turns the meters of a finished run into its result.

use std::collections::BTreeMap;

use crate::{
    core::Core,
    cost,
    faults::FaultProgram,
    findings,
    ledger::Fate,
    limits::LimitMeter,
    meters::{EdgeMeter, JourneyMeter, KeyClass, NodeMeter},
    nodes::{Account, Names},
    program::EventTypeProgram,
    record::{Counter, Counts, Windows, trace::Followed},
    result::{
        Answer, EdgeResult, FaultResult, Grid, JourneyResult, JourneyTrace, KeyClassResult, LatencySummary, Ledger, LedgerRow, LimitResult,
        NodeResult, RunInfo, RunResult, SCHEMA, Series, SeriesKind, TraceStep,
    },
    slab::NONE,
    time::seconds,
    verdict,
};

/// Everything that a simulation tells at its present time.
///
/// `accounts` holds what each node tells itself.
pub(crate) fn summarize(core: &Core, accounts: &[Account], seed: u64) -> RunResult {
    let limits = limits(core);
    let windows = core.nodes.windows();
    let mut result = RunResult {
        schema: SCHEMA,
        run: info(core, seed),
        verdict: verdict::none(),
        answer: answer(&limits),
        faults: faults(core),
        journeys: journeys(core, windows),
        nodes: nodes(core, accounts, windows, &limits),
        edges: edges(core, windows),
        limits,
        ledger: ledger(core),
        cost: cost::bill(core, accounts, windows),
        findings: Vec::new(),
        remedies: Vec::new(),
        assumptions: core.program.assumptions.clone(),
        grid: Grid { interval_s: seconds(windows.length), intervals: windows.passed },
        traces: traces(core),
        intervals: Vec::new(),
        sensitivity: Vec::new(),
        diagnostics: core.program.diagnostics.clone(),
    };
    debug_assert!(result.ledger.balanced, "the books of {} do not balance: {:#?}", result.run.diagram, result.ledger);
    result.verdict = verdict::judge(core, &core.program.plan.objectives, &result);
    result.findings = findings::find(core, &result);
    result
}

fn info(core: &Core, seed: u64) -> RunInfo {
    let plan = &core.program.plan;
    RunInfo {
        diagram: core.program.diagram.clone(),
        scenario: core.program.scenario.to_string(),
        seed,
        replications: 1,
        duration_s: plan.duration,
        warm_up_s: plan.warm_up,
        ended_s: seconds(core.now()),
        drained: core.journeys.len() == 0,
        version: env!("CARGO_PKG_VERSION"),
        catalog: plimsoll_models::catalog::VERSION,
        events: core.events,
        requests: core.requests,
    }
}

fn faults(core: &Core) -> Vec<FaultResult> {
    let struck = core.program.faults.iter().zip(&core.faults.struck);
    struck
        .map(|(FaultProgram { fault, .. }, struck)| FaultResult {
            kind: fault.effect.kind().as_str(),
            on: fault.on.clone(),
            from_s: fault.from,
            to_s: fault.to,
            text: fault.effect.to_string(),
            struck: *struck,
        })
        .collect()
}

fn journeys(core: &Core, windows: Windows) -> Vec<JourneyResult> {
    let types = core.program.event_types.len();
    let mut unfinished = vec![[0_u64; 2]; core.journey_meters.iter().len()];
    for journey in core.journeys.occupied().filter(|journey| !journey.lossy) {
        unfinished[journey.meter as usize][journey.class as usize] += 1;
    }
    let rate = |name: &str, counts: &Counts| Series { name: name.to_owned(), kind: SeriesKind::Rate, values: counts.rates(windows) };
    let rows = core.journey_meters.iter().enumerate().filter(|(_, meter)| meter.started.total() > 0);
    rows.map(|(index, meter)| JourneyResult {
        producer: core.program.nodes[index / types].id.clone(),
        event_type: core.program.event_types[index % types].id.clone(),
        started: meter.started.total(),
        succeeded: meter.succeeded,
        rejected: meter.rejected,
        failed: meter.failed,
        complete: meter.complete.total(),
        lossy: meter.lossy.total(),
        unfinished: unfinished[index].iter().sum(),
        response: meter.response.summary(),
        response_failed: meter.response_failed.summary(),
        completion: meter.completion.summary(),
        response_series: meter.response_series.series(windows),
        completion_series: meter.completion_series.series(windows),
        response_counts: meter.response_series.counts(windows),
        completion_counts: meter.completion_series.counts(windows),
        response_percentiles: meter.response.percentiles(),
        completion_percentiles: meter.completion.percentiles(),
        series: vec![
            rate("Started", &meter.windows.started),
            rate("Complete", &meter.windows.complete),
            rate("Lossy", &meter.windows.lossy),
        ],
        key_classes: key_classes(&core.program.event_types[index % types], meter, unfinished[index]),
    })
    .collect()
}

fn key_classes(event_type: &EventTypeProgram, meter: &JourneyMeter, unfinished: [u64; 2]) -> Vec<KeyClassResult> {
    let (Some(hottest), Some(classes)) = (&event_type.hottest, &meter.classes) else { return Vec::new() };
    let row = |class: KeyClass, key: Option<String>, share: f64| {
        let meter = &classes[class as usize];
        KeyClassResult {
            key,
            share,
            started: meter.started,
            complete: meter.complete,
            lossy: meter.lossy,
            unfinished: unfinished[class as usize],
            response: meter.response.summary(),
            completion: meter.completion.summary(),
        }
    };
    vec![row(KeyClass::Hottest, Some(hottest.name.clone()), hottest.share), row(KeyClass::Rest, None, 1.0 - hottest.share)]
}

fn nodes(core: &Core, accounts: &[Account], windows: Windows, limits: &[LimitResult]) -> Vec<NodeResult> {
    let ready = core.program.nodes.iter().enumerate();
    ready
        .map(|(index, node)| {
            let meter = &core.nodes[index];
            // Of a shared limit, a node feels what it does to the node itself.
            let refused = |limit: &LimitResult| limit.refused > 0 && (limit.shared_by.is_empty() || meter.refused.total() > 0);
            let delayed = |limit: &LimitResult| limit.delayed > 0 && (limit.shared_by.is_empty() || meter.waiting.max() > 0);
            let bound = |limit: &LimitResult| refused(limit) || delayed(limit);
            let own = || limits.iter().enumerate().filter(|(_, limit)| limit.concerns(&node.id) && !limit.spares());
            let tightest = own().filter(|(_, limit)| bound(limit) || limit.grows_with_load()).max_by(|(i, a), (j, b)| {
                (bound(a), a.use_peak).partial_cmp(&(bound(b), b.use_peak)).unwrap_or(std::cmp::Ordering::Equal).then(j.cmp(i))
            });
            let names = &accounts[index].names;
            NodeResult {
                id: node.id.clone(),
                service: node.service.clone(),
                use_peak: tightest.map(|(_, limit)| limit.use_peak),
                tightest: tightest.map(|(at, _)| at),
                refused: own().any(|(_, limit)| refused(limit)),
                delayed: own().any(|(_, limit)| delayed(limit)),
                metrics: node_metrics(core, index, &accounts[index]),
                wait: meter.wait.summary(),
                sojourn: meter.sojourn.summary(),
                series: node_series(core, index, names, windows),
            }
        })
        .collect()
}

fn node_metrics(core: &Core, index: usize, account: &Account) -> BTreeMap<String, f64> {
    let names = &account.names;
    let meter = &core.nodes[index];
    let now = core.now();
    let span = seconds(now.saturating_sub(core.warm_up.min(now)));
    let per_second = |count: u64| if span > 0.0 { count as f64 / span } else { 0.0 };
    let mut metrics = BTreeMap::new();
    let mut put = |name: &str, value: f64| {
        metrics.insert(name.to_owned(), value);
    };
    let counted = |counter: &Counter| counter.since_warm_up() as f64;
    put("arrivals", counted(&meter.arrivals));
    put("accepted", counted(&meter.accepted));
    put("refused", counted(&meter.refused));
    put("completed", counted(&meter.completed));
    put("failed", counted(&meter.failed));
    put("throughput_per_s", per_second(meter.completed.since_warm_up()));
    put("refused_per_s", per_second(meter.refused.since_warm_up()));
    put("arrivals_per_s", per_second(meter.arrivals.since_warm_up()));
    put("busy.mean", meter.busy.mean(now));
    put("busy.max", meter.busy.max() as f64);
    put("busy.variance", meter.busy.variance());
    put("busy.p99", meter.busy.quantile(0.99));
    put("waiting.mean", meter.waiting.mean(now));
    put("waiting.max", meter.waiting.max() as f64);
    put("in_system.mean", meter.busy.mean(now) + meter.waiting.mean(now));
    if meter.wait.count() > 0 {
        put("p_wait", counted(&meter.waited) / meter.wait.count() as f64);
    }
    for (name, counter, _) in named(names, meter) {
        put(name, counter.total() as f64);
    }
    put(&format!("{}.Maximum", names.busy), meter.busy.max() as f64);
    metrics.extend(account.figures.iter().map(|(name, value)| (name.clone(), *value)));
    metrics
}

/// The counters of a node with their names and series.
fn named<'a>(names: &Names, meter: &'a NodeMeter) -> impl Iterator<Item = (&'static str, &'a Counter, &'a Counts)> {
    let series = &meter.windows;
    let all = [
        (names.arrivals, &meter.arrivals, &series.arrivals),
        (names.completed, &meter.completed, &series.completed),
        (names.refused, &meter.refused, &series.refused),
        (names.failed, &meter.failed, &series.failed),
        (names.special, &meter.special, &series.special),
    ];
    all.into_iter().filter(|(name, ..)| !name.is_empty())
}

fn node_series(core: &Core, index: usize, names: &Names, windows: Windows) -> Vec<Series> {
    let meter = &core.nodes[index];
    let mut series = Vec::new();
    for (name, _, counts) in named(names, meter) {
        series.push(Series { name: name.to_owned(), kind: SeriesKind::Rate, values: counts.rates(windows) });
    }
    let mut level = |name: &str, levels: &[(f32, f32)]| {
        for (kind, values) in [
            (SeriesKind::Mean, padded(levels, windows, |(mean, _)| f64::from(*mean))),
            (SeriesKind::Max, padded(levels, windows, |(_, max)| f64::from(*max))),
        ] {
            series.push(Series { name: name.to_owned(), kind, values });
        }
    };
    level(names.busy, &meter.windows.busy);
    level(names.waiting, &meter.windows.waiting);
    if !names.instances.is_empty() {
        level(names.instances, &meter.windows.instances);
    }
    if !names.age.is_empty() {
        let values = meter.age.series(windows, |age| seconds(age) * names.age_per_s);
        series.push(Series { name: names.age.to_owned(), kind: SeriesKind::Max, values });
    }
    series.extend(read_ages(core, index, windows));
    let cost = core.spending.rates(index, windows);
    series.extend(cost.map(|values| Series { name: "Cost".to_owned(), kind: SeriesKind::Rate, values }));
    series
}

/// How far the reads of a stream were behind, over all consumers that poll.
fn read_ages(core: &Core, index: usize, windows: Windows) -> Option<Series> {
    let mut polled = core.streams[index].consumers.iter().filter(|consumer| !consumer.pushed).peekable();
    polled.peek()?;
    let mut values = vec![0.0_f64; windows.passed];
    for consumer in polled {
        let ages = core.edges[consumer.edge as usize].stream.read_age.series(windows, |age| seconds(age) * MILLISECONDS);
        values.iter_mut().zip(ages).for_each(|(most, age)| *most = most.max(age));
    }
    Some(Series { name: "GetRecords.IteratorAgeMilliseconds".to_owned(), kind: SeriesKind::Max, values })
}

fn edges(core: &Core, windows: Windows) -> Vec<EdgeResult> {
    let now = core.now();
    let ready = core.program.edges.iter().enumerate();
    ready
        .map(|(index, edge)| {
            let meter = &core.edges[index];
            let mut metrics = BTreeMap::new();
            let mut put = |name: &str, value: f64| {
                metrics.insert(name.to_owned(), value);
            };
            if edge.stream.is_some() {
                stream_metrics(core, index, &mut put);
            } else if edge.poll.is_some() {
                let batches = meter.poll.batches.since_warm_up() as f64;
                put("batches", batches);
                put("messages", meter.poll.messages.since_warm_up() as f64);
                put("batch_size.mean", if batches > 0.0 { meter.poll.messages.since_warm_up() as f64 / batches } else { 0.0 });
                put("closed_by_size", meter.poll.closed_by_size.since_warm_up() as f64);
                put("batching_delay.mean", meter.poll.batching_delay.mean() / 1e9);
                put("concurrency.max", meter.poll.running.max() as f64);
                put("concurrency.mean", meter.poll.running.mean(now));
                put("allowed.max", meter.poll.allowed.max() as f64);
                put("redeliveries", meter.attempts.since_warm_up() as f64);
                put("throttled", meter.throttled.since_warm_up() as f64);
                put("empty_receives", meter.poll.long_polls.empty(now) as f64);
                put("poller_hours", meter.poll.pollers.total(now) as f64 / 3.6e12);
            } else {
                put("calls", meter.calls.since_warm_up() as f64);
                put("attempts", meter.attempts.since_warm_up() as f64);
                put("retries", meter.attempts.since_warm_up().saturating_sub(meter.calls.since_warm_up()) as f64);
                put("throttled", meter.throttled.since_warm_up() as f64);
                put("first_throttled", meter.first_throttled.since_warm_up() as f64);
                put("failed", meter.failed.since_warm_up() as f64);
                put("timeouts", meter.timeouts.since_warm_up() as f64);
                put("waiting_retry.mean", meter.orbit.mean(now));
                put("delay.mean", meter.delay() / 1e9);
                if let Some(ready) = &edge.resilience {
                    if ready.quota_limit.is_some() || ready.budget_limit.is_some() {
                        put("retries_denied", meter.denied.since_warm_up() as f64);
                    }
                    if ready.breaker_limit.is_some() {
                        put("breaker_refused", meter.broken.since_warm_up() as f64);
                        put("breaker_opened", meter.opened.since_warm_up() as f64);
                    }
                }
            }
            let mut series = vec![
                Series { name: "Attempts".to_owned(), kind: SeriesKind::Rate, values: meter.windows.attempts.rates(windows) },
                Series { name: "Throttled".to_owned(), kind: SeriesKind::Rate, values: meter.windows.throttled.rates(windows) },
            ];
            if edge.resilience.as_ref().is_some_and(|ready| ready.breaker_limit.is_some()) {
                series.push(Series {
                    name: "BreakerRefused".to_owned(),
                    kind: SeriesKind::Rate,
                    values: meter.windows.broken.rates(windows),
                });
            }
            if edge.poll.is_some() {
                let allowed = padded(&meter.poll.allowed_windows, windows, |(_, max)| f64::from(*max));
                series = vec![Series { name: "AllowedConcurrency".to_owned(), kind: SeriesKind::Max, values: allowed }];
            }
            if edge.stream.is_some() {
                series = stream_series(meter, windows);
            }
            let end = |node: u32| core.program.nodes[node as usize].id.clone();
            EdgeResult { id: edge.id.clone(), from: end(edge.from), to: end(edge.to), metrics, latency: meter.latency.summary(), series }
        })
        .collect()
}

/// Figures of a consumer of a stream.
fn stream_metrics(core: &Core, edge: usize, put: &mut dyn FnMut(&str, f64)) {
    let (now, meter) = (core.now(), &core.edges[edge]);
    let from = core.program.edges[edge].from;
    let reader = core.streams[from as usize].consumers.iter().position(|consumer| consumer.edge as usize == edge);
    let batches = meter.poll.batches.since_warm_up() as f64;
    put("batches", batches);
    put("records", meter.poll.messages.since_warm_up() as f64);
    put("batch_size.mean", if batches > 0.0 { meter.poll.messages.since_warm_up() as f64 / batches } else { 0.0 });
    put("closed_by_size", meter.poll.closed_by_size.since_warm_up() as f64);
    put("batching_delay.mean", meter.poll.batching_delay.mean() / 1e9);
    put("concurrency.max", meter.poll.running.max() as f64);
    put("concurrency.mean", meter.poll.running.mean(now));
    put("redeliveries", meter.attempts.since_warm_up() as f64);
    put("throttled", meter.throttled.since_warm_up() as f64);
    put("failed", meter.failed.since_warm_up() as f64);
    put("reads", meter.stream.reads as f64);
    put("reads_delayed", meter.stream.reads_delayed as f64);
    put("lag", meter.stream.lag.value() as f64);
    put("lag.max", meter.stream.lag.max() as f64);
    put("lag.mean", meter.stream.lag.mean(now));
    put("iterator_age", reader.map_or(0.0, |reader| seconds(core.iterator_age(from, reader as u32, now))));
    put("iterator_age.max", seconds(meter.stream.age.max()));
    put("IteratorAge.Maximum", seconds(meter.stream.age.max()) * MILLISECONDS);
    put("GetRecords.IteratorAgeMilliseconds.Maximum", seconds(meter.stream.read_age.max()) * MILLISECONDS);
}

/// Milliseconds in a second: ages carry the unit of the dashboard where they carry its name.
const MILLISECONDS: f64 = 1_000.0;

fn stream_series(meter: &EdgeMeter, windows: Windows) -> Vec<Series> {
    let ages = meter.stream.age.series(windows, |age| seconds(age) * MILLISECONDS);
    let lag = padded(&meter.stream.lag_windows, windows, |(_, max)| f64::from(*max));
    vec![
        Series { name: "IteratorAge".to_owned(), kind: SeriesKind::Max, values: ages },
        Series { name: "Lag".to_owned(), kind: SeriesKind::Max, values: lag },
    ]
}

/// A series with the windows at its end that hold nothing.
fn padded<T>(series: &[T], windows: Windows, value: impl FnMut(&T) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = series.iter().map(value).collect();
    values.resize(windows.passed, 0.0);
    values
}

fn limits(core: &Core) -> Vec<LimitResult> {
    let mut under = vec![Vec::new(); core.limits.len()];
    for (node, ready) in core.program.nodes.iter().enumerate() {
        for limit in ready.limits.values() {
            under[*limit as usize].push(node);
        }
    }
    let mut limits: Vec<LimitResult> = core.limits.iter().zip(under).map(|(meter, under)| limit(core, meter, &under)).collect();
    limits.sort_by(|a, b| {
        a.room()
            .total_cmp(&b.room())
            .then(b.bound().cmp(&a.bound()))
            .then(b.use_peak.total_cmp(&a.use_peak))
            .then_with(|| (&a.node, &a.edge, &a.key).cmp(&(&b.node, &b.edge, &b.key)))
    });
    limits
}

fn limit(core: &Core, meter: &LimitMeter, under: &[usize]) -> LimitResult {
    let use_peak = meter.use_peak();
    let id = |node: usize| core.program.nodes[node].id.clone();
    // Ties go to the first.
    let most = under.iter().copied().rev().max_by_key(|node| {
        let node = &core.nodes[*node];
        (node.refused.total(), node.arrivals.total())
    });
    let mut result = LimitResult {
        title: meter.limit.title.clone(),
        key: format!("{}.{}", meter.limit.service, meter.limit.key),
        node: most.or(meter.node.map(|node| node as usize)).map(id),
        shared_by: if meter.limit.shared { under.iter().copied().map(id).collect() } else { Vec::new() },
        edge: meter.edge.map(|edge| core.program.edges[edge as usize].id.clone()),
        scope: meter.limit.scope.clone(),
        value: meter.limit.value,
        set_apart: meter.set_apart,
        quantity: meter.limit.quantity,
        text: meter.limit.quantity.print(meter.limit.value),
        kind: meter.limit.kind,
        source: meter.limit.source.clone(),
        assumed: meter.limit.assumed,
        use_peak,
        peak_at_s: meter.peak_at_s(),
        headroom: None,
        first_bound_s: meter.first_bound_s(),
        refused: meter.refused,
        delayed: meter.delayed,
        delay_s: meter.delay_s(),
    };
    result.headroom = (use_peak > 0.0 && result.grows_with_load()).then(|| 1.0 / use_peak);
    result
}

/// The limit that bound earliest, and the one that turned away or held up most.
fn answer(limits: &[LimitResult]) -> Answer {
    let bound = || limits.iter().enumerate().filter(|(_, limit)| limit.bound() && !limit.spares());
    let first = bound().min_by(|(i, a), (j, b)| {
        let time = |limit: &LimitResult| limit.first_bound_s.unwrap_or(f64::MAX);
        time(a).total_cmp(&time(b)).then(i.cmp(j))
    });
    let costliest = bound().max_by_key(|(index, limit)| (limit.refused + limit.delayed, std::cmp::Reverse(*index)));
    Answer { first: first.map(|(at, _)| at), costliest: costliest.map(|(at, _)| at), restores: None }
}

fn ledger(core: &Core) -> Ledger {
    let n_edges = core.program.edges.len();
    let mut held = vec![0_u64; n_edges + core.program.nodes.len()];
    for copy in core.copies.occupied().filter(|copy| copy.state != crate::core::MessageState::Gone) {
        held[copy.row as usize] += 1;
    }
    for shards in &core.streams {
        for entry in shards.all.iter().flat_map(|shard| shard.log.entries()) {
            for (bit, consumer) in shards.consumers.iter().enumerate() {
                held[consumer.edge as usize] += entry.pending >> bit & 1;
            }
        }
    }
    for batch in core.batches.occupied() {
        if let Some(edge) = batch.edge {
            held[edge as usize] += batch.members.len() as u64;
        }
    }
    let mut balanced = true;
    let mut rows = Vec::new();
    for (index, held) in held.into_iter().enumerate() {
        let row = core.books(index as u32);
        balanced &= row.open() == held;
        if row.created == 0 {
            continue;
        }
        let (edge, node) = match core.program.edges.get(index) {
            Some(edge) => (Some(edge.id.clone()), edge.from as usize),
            None => (None, index - n_edges),
        };
        rows.push(LedgerRow {
            edge,
            node: core.program.nodes[node].id.clone(),
            created: row.created,
            attempts: row.attempts,
            fates: Fate::ALL.iter().map(|fate| (fate.as_str().to_owned(), row.fate(*fate))).collect(),
            held,
            effects: row.effects,
        });
    }
    Ledger { rows, balanced }
}

fn traces(core: &Core) -> Vec<JourneyTrace> {
    let first = core.tracer.first().into_iter().map(|followed| trace(core, followed, false));
    let slowest = core.tracer.slowest().iter().map(|followed| trace(core, followed, true));
    let among_slowest = |sample: &&Followed| core.tracer.slowest().iter().all(|slow| slow.ordinal != sample.ordinal);
    let sampled = core.tracer.sampled().iter().filter(among_slowest).map(|followed| trace(core, followed, false));
    first.chain(slowest).chain(sampled).collect()
}

/// What happened to a followed journey.
pub(crate) fn trace(core: &Core, followed: &Followed, slowest: bool) -> JourneyTrace {
    let program = &core.program;
    JourneyTrace {
        ordinal: followed.ordinal,
        producer: program.nodes[followed.producer as usize].id.clone(),
        started_s: seconds(followed.started),
        response_s: followed.response.map(seconds),
        completion_s: followed.completion.map(seconds),
        slowest,
        steps: followed
            .steps
            .iter()
            .map(|step| TraceStep {
                at_s: seconds(step.at),
                node: program.nodes[step.node as usize].id.clone(),
                edge: (step.edge != NONE).then(|| program.edges[step.edge as usize].id.clone()),
                what: step.what,
            })
            .collect(),
    }
}

/// Whether a summary has measured anything.
pub(crate) fn measured(summary: &LatencySummary) -> bool {
    summary.count > 0
}
