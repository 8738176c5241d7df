//! What would help a dependency that is too slow or refuses calls: real remedies, each applied to the diagram and
//! simulated again, so that they can be told apart by numbers instead of by opinion.
//!
//! A limit of somebody else's cannot be lifted like one's own. What can be done is to come slower (fewer pollers, a
//! rate limiter), to let work wait where it is cheap (a queue), or to stop asking in vain (a retry budget, a breaker).
//! None is free: what does not get through waits or is given up, and the figures say which.

use std::sync::Arc;

use plimsoll_models::{
    Diagram, Edge, EdgeId, EdgeKind, Node, NodeId, Service, Severity, families, families::Family, units, units::Quantity,
};

use crate::{
    Input, Progress, RunError,
    attribution::{lifted, repeat},
    fixes::two_digits,
    result::{Finding, Holds, LimitResult, NodeResult, Remedies, Remedy, RemedyFigures, RunResult},
};

/// Most dependencies that are looked at, those that refused or delayed most first.
const DEPENDENCIES_MAX: usize = 2;
/// Part of the limit that a remedy aims at, since retries and chance come on top.
const AIM: f64 = 0.95;
/// Longest that a proposed rate limiter lets callers wait that somebody waits for, in seconds.
const PATIENCE_S: f64 = 1.0;
/// Pollers that wait at a proposed rate limiter for each one that works behind it.
const SPARE_POLLERS: f64 = 1.5;
/// Fewest pollers that a mapping can be capped at; the catalog's field says so too.
const POLLERS_MIN: f64 = 2.0;
/// Most pollers that are proposed; the catalog's field says so too.
const POLLERS_MAX: f64 = 1_000.0;
/// Share of retries that a proposed budget allows, as service meshes do by default.
const BUDGET: &str = "20 %";
/// Share of failures at which a proposed breaker opens.
const BREAKER: &str = "50 %";

/// Simulates the remedies for the dependencies that held the run back, and notes what each does.
pub(crate) fn contrast(input: &Input<'_>, result: &mut RunResult, progress: &Progress) -> Result<(), RunError> {
    if result.verdict.overall == Holds::Holds {
        return Ok(());
    }
    let mut troubled: Vec<usize> = (0..result.limits.len()).filter(|index| is_dependency(input, &result.limits[*index])).collect();
    troubled.sort_by_key(|index| std::cmp::Reverse(result.limits[*index].refused + result.limits[*index].delayed));
    let mut seen: Vec<NodeId> = Vec::new();
    for index in troubled {
        let Some(node) = result.limits[index].node.clone() else { continue };
        if seen.contains(&node) || seen.len() >= DEPENDENCIES_MAX {
            continue;
        }
        seen.push(node.clone());
        let Some(case) = Case::new(input, result, index, node, progress)? else { continue };
        let mut options = Vec::new();
        for (mut remedy, diagram) in case.variants() {
            let varied = Input { diagram: &diagram, ..input.clone() };
            if let Some((_, after)) = repeat(&varied, progress)? {
                remedy.figures = figures(&diagram, &after, &case.node);
                options.push(remedy);
            }
        }
        if !options.is_empty() {
            let before = figures(input.diagram, result, &case.node);
            let title = input.diagram.title(&case.node).to_owned();
            let remedies = Remedies { node: case.node, limit: index, before, options };
            result.findings.push(finding(&remedies, &title));
            result.remedies.push(remedies);
        }
    }
    Ok(())
}

/// Whether a limit is that of somebody else's service or of a store, and refused or delayed something.
fn is_dependency(input: &Input<'_>, limit: &LimitResult) -> bool {
    let family = limit.node.as_ref().and_then(|node| input.diagram.nodes.get(node)).and_then(|node| input.catalog.get(&node.service));
    let depended_on = [Family::External, Family::Table, Family::Bucket, Family::Database, Family::Proxy];
    limit.bound() && limit.grows_with_load() && family.is_some_and(|service| depended_on.contains(&service.family))
}

/// A dependency that held the run back.
struct Case<'a> {
    input: &'a Input<'a>,
    /// The run with the limit lifted: it tells how long work takes that is neither refused nor repeated.
    healthy: RunResult,
    node: NodeId,
    /// Calls per second that it takes.
    rate: f64,
    /// Requests that reach it, in order of their ids.
    calls: Vec<(EdgeId, Arc<Edge>)>,
}

impl<'a> Case<'a> {
    fn new(input: &'a Input<'a>, result: &RunResult, limit: usize, node: NodeId, progress: &Progress) -> Result<Option<Self>, RunError> {
        let limit = &result.limits[limit];
        let calls = input.diagram.edges.iter().filter(|(_, edge)| edge.to == node && edge.kind == EdgeKind::Request);
        let calls: Vec<_> = calls.map(|(id, edge)| (id.clone(), Arc::clone(edge))).collect();
        let Some((path, value)) = lifted(limit).filter(|_| !calls.is_empty()) else { return Ok(None) };
        let mut changed = input.clone();
        changed.plan.set.insert(path, value.into());
        let Some((_, healthy)) = repeat(&changed, progress)? else { return Ok(None) };
        let rate = healthy.node(node.as_str()).and_then(|told| calls_per_second(limit, told)).unwrap_or(0.0) * AIM;
        Ok((rate > 0.0).then_some(Self { input, healthy, node, rate, calls }))
    }

    /// Every remedy that the diagram has room for.
    fn variants(&self) -> Vec<(Remedy, Diagram)> {
        [self.capped(), self.paced(), self.queued(), self.set_on_calls("retry_budget", BUDGET), self.set_on_calls("breaker", BREAKER)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn connection(&self, edge: &Edge) -> Option<&'a Service> {
        let service = |id: &NodeId| self.input.diagram.nodes.get(id).map(|node| &node.service);
        self.input.catalog.connection(edge.kind, service(&edge.from)?, service(&edge.to)?)
    }

    /// Poll edges that feed the callers.
    fn polls(&self) -> impl Iterator<Item = (&'a EdgeId, &'a Arc<Edge>)> {
        let edges = self.input.diagram.edges.iter();
        edges.filter(|(_, edge)| edge.kind == EdgeKind::Poll && self.calls.iter().any(|(_, call)| call.from == edge.to))
    }

    /// Calls of callers that are not fed by a queue: somebody waits for them.
    fn waited_for(&self) -> impl Iterator<Item = &(EdgeId, Arc<Edge>)> {
        self.calls.iter().filter(|(_, call)| !self.polls().any(|(_, poll)| poll.to == call.from))
    }

    /// Fewer pollers: by Little's law, as many batches at a time as keep the calls at the rate.
    fn capped(&self) -> Option<(Remedy, Diagram)> {
        let mut diagram = self.input.diagram.clone();
        let (set, words) = self.cap(&mut diagram, 1.0)?;
        Some((remedy("cap-pollers", format!("Cap the pollers at {words}"), set), diagram))
    }

    /// Caps every mapping before the callers at a multiple of what keeps the calls at the rate. Answers the changes and
    /// tells them; `None` where no mapping can be capped.
    fn cap(&self, diagram: &mut Diagram, factor: f64) -> Option<(Vec<(String, String)>, String)> {
        let mappings: Vec<_> = self.polls().filter(|(_, edge)| self.connection(edge).is_some_and(|s| s.field(CAP).is_some())).collect();
        let (mut set, mut words) = (Vec::new(), Vec::new());
        let calls = self.healthy.node(self.node.as_str())?.metrics.get("arrivals").copied()?;
        let batches = |id: &EdgeId| self.healthy.edge(id.as_str()).and_then(|edge| edge.metrics.get("batches")).copied();
        let all: f64 = mappings.iter().filter_map(|(id, _)| batches(id)).sum();
        for (id, edge) in mappings {
            let takes = self.healthy.node(edge.to.as_str())?.sojourn.mean;
            let per_second = self.rate * batches(id)? / calls.max(1.0);
            let pollers = if all > 0.0 { (per_second * takes * factor).round() } else { POLLERS_MIN };
            let pollers = units::print_number(pollers.clamp(POLLERS_MIN, POLLERS_MAX));
            put(diagram, id, CAP, pollers.clone());
            words.push(format!("{pollers} of `{id}`"));
            set.push((format!("{id}.{CAP}"), pollers));
        }
        (!set.is_empty()).then(|| (set, words.join(" and ")))
    }

    /// A rate limiter that every call passes, at which callers wait for their turn: a few pollers, or, where somebody
    /// waits for the caller, as many as get their turn within a moment.
    fn paced(&self) -> Option<(Remedy, Diagram)> {
        let mut diagram = self.input.diagram.clone();
        let limiter = fresh(&diagram, "rate-limiter");
        let gap = format!("{} s", 1.0 / self.rate);
        let mut station = Node::new("generic/station", "Rate limiter").with("service", gap).with("servers", "1");
        let capped = self.cap(&mut diagram, SPARE_POLLERS).map(|(_, words)| format!(", and cap the pollers at {words}"));
        if self.waited_for().next().is_some() {
            station = station.with("capacity", units::print_number((self.rate * PATIENCE_S).ceil()));
        }
        diagram.nodes.insert(limiter.clone(), Arc::new(station));
        let mut first = None;
        for (id, call) in &self.calls {
            let mut to_limiter = Edge::new(call.from.clone(), limiter.clone(), EdgeKind::Request);
            let filter = ["filter", "share"].into_iter().filter_map(|key| call.fields.get_key_value(key));
            to_limiter.fields.extend(filter.map(|(key, value)| (key.clone(), value.clone())));
            diagram.edges.insert(id.clone(), Arc::new(to_limiter));
            first.get_or_insert(call);
        }
        // Behind the limiter, the first caller's way of calling is everybody's.
        let first = first?;
        let mut onward = Edge::new(limiter, self.node.clone(), EdgeKind::Request);
        let old = self.connection(first)?;
        for key in CALL_KEYS {
            let typed = first.fields.get(key).cloned();
            let default = || old.field(key).and_then(|field| families::field_default(old, field, &self.input.diagram.account));
            if let Some(value) = typed.or_else(|| default().map(Into::into)) {
                onward.fields.insert(key.to_owned(), value);
            }
        }
        diagram.edges.insert(fresh_edge(&diagram, "paced"), Arc::new(onward));
        let pace = units::print_rate(two_digits(self.rate, f64::round));
        let title = format!("Pace the calls at {pace} with a rate limiter before it{}", capped.unwrap_or_default());
        Some((remedy("rate-limiter", title, Vec::new()), diagram))
    }

    /// A queue before it, for callers that wait for it now: they only hand over, and as many workers as the dependency
    /// bears do the calls.
    fn queued(&self) -> Option<(Remedy, Diagram)> {
        let mut diagram = self.input.diagram.clone();
        let (queue, worker) = (fresh(&diagram, "waiting-calls"), fresh(&diagram, "waiting-calls-worker"));
        let (_, first) = self.waited_for().next()?;
        let takes = self.healthy.node(self.node.as_str())?.sojourn.mean;
        let workers = units::print_number((self.rate * takes).round().clamp(POLLERS_MIN, POLLERS_MAX));
        diagram.nodes.insert(queue.clone(), Arc::new(Node::new("aws/sqs", "Waiting calls").with("visibility_timeout", "60 s")));
        diagram.nodes.insert(worker.clone(), Arc::new(Node::new("aws/lambda", "Caller").with("duration", "0 s").with("timeout", "10 s")));
        for (id, call) in self.waited_for() {
            let mut send = Edge::new(call.from.clone(), queue.clone(), EdgeKind::Send);
            let filter = ["filter", "share"].into_iter().filter_map(|key| call.fields.get_key_value(key));
            send.fields.extend(filter.map(|(key, value)| (key.clone(), value.clone())));
            diagram.edges.insert(id.clone(), Arc::new(send));
        }
        let poll = Edge::new(queue, worker.clone(), EdgeKind::Poll).with("batch_size", "1").with(CAP, workers.clone());
        diagram.edges.insert(fresh_edge(&diagram, "take"), Arc::new(poll));
        let mut onward = Edge::new(worker, self.node.clone(), EdgeKind::Request);
        onward.fields.extend(first.fields.get_key_value("operation").map(|(key, value)| (key.clone(), value.clone())));
        diagram.edges.insert(fresh_edge(&diagram, "call"), Arc::new(onward));
        let title = format!("Put a queue before it, emptied by {workers} workers; callers no longer wait for the outcome");
        Some((remedy("queue-before", title, Vec::new()), diagram))
    }

    /// A field of every call that has it and does not set it yet.
    fn set_on_calls(&self, key: &'static str, value: &str) -> Option<(Remedy, Diagram)> {
        let mut diagram = self.input.diagram.clone();
        let mut set = Vec::new();
        for (id, call) in &self.calls {
            if self.connection(call)?.field(key).is_some() && !call.fields.contains_key(key) {
                put(&mut diagram, id, key, value.to_owned());
                set.push((format!("{id}.{key}"), value.to_owned()));
            }
        }
        let (code, title) = match key {
            "retry_budget" => ("retry-budget", format!("Give its callers a retry budget of {value}")),
            _ => ("breaker", format!("Give its callers a circuit breaker that opens at {value} failures")),
        };
        (!set.is_empty()).then(|| (remedy(code, title, set), diagram))
    }
}

/// Field that caps the pollers of a mapping.
const CAP: &str = "maximum_concurrency";

/// Fields of a call that say how it is made.
const CALL_KEYS: [&str; 7] = ["attempts", "timeout", "backoff", "age_max", "retry_on", "latency", "operation"];

/// How many calls a second fit into a limit.
fn calls_per_second(limit: &LimitResult, node: &NodeResult) -> Option<f64> {
    let metric = |key: &str| node.metrics.get(key).copied().unwrap_or(0.0);
    match limit.quantity {
        Quantity::Rate => Some(limit.value),
        // Units of a table: as many calls as their average size leaves room for.
        Quantity::Count | Quantity::Number if metric("write_units") + metric("read_units") > 0.0 => {
            Some(limit.value * metric("accepted") / (metric("write_units") + metric("read_units")))
        }
        // Calls at a time: by Little's law.
        Quantity::Count | Quantity::Number => (node.sojourn.mean > 0.0).then(|| limit.value / node.sojourn.mean),
        Quantity::Duration | Quantity::Bytes | Quantity::Fraction | Quantity::Money => None,
    }
}

fn remedy(code: &'static str, title: String, set: Vec<(String, String)>) -> Remedy {
    Remedy { code, title, set, figures: RemedyFigures::default() }
}

fn put(diagram: &mut Diagram, edge: &EdgeId, key: &str, value: String) {
    if let Some(edge) = diagram.edges.get_mut(edge) {
        Arc::make_mut(edge).fields.insert(key.to_owned(), value.into());
    }
}

fn fresh(diagram: &Diagram, title: &str) -> NodeId {
    NodeId::new(plimsoll_models::ids::fresh(title, |id| diagram.nodes.contains_key(id) || diagram.edges.contains_key(id)))
}

fn fresh_edge(diagram: &Diagram, title: &str) -> EdgeId {
    EdgeId::new(fresh(diagram, title).as_str())
}

/// What a run says about what people feel: backlog and age in the queues, loss, latency, and calls refused in vain.
fn figures(diagram: &Diagram, result: &RunResult, dependency: &NodeId) -> RemedyFigures {
    let polled = |id: &NodeId| diagram.edges.values().any(|edge| edge.kind == EdgeKind::Poll && edge.from == *id);
    let waiting = result.nodes.iter().filter(|node| !node.metrics.contains_key("age.max") || polled(&node.id));
    let (mut backlog, mut age) = (0.0, 0.0_f64);
    for node in waiting {
        backlog += node.metrics.get("waiting.max").copied().unwrap_or(0.0);
        age = age.max(node.metrics.get("age.max").copied().unwrap_or(0.0));
    }
    let sum = |of: fn(&crate::result::JourneyResult) -> u64| result.journeys.iter().map(of).sum::<u64>();
    let worst = |of: fn(&crate::result::JourneyResult) -> f64| result.journeys.iter().map(of).fold(0.0, f64::max);
    RemedyFigures {
        backlog,
        age_s: age,
        loss: sum(|journey| journey.lossy) as f64 / sum(|journey| journey.started).max(1) as f64,
        unfinished: sum(|journey| journey.unfinished),
        response_p99_s: worst(|journey| journey.response.p99),
        completion_p99_s: worst(|journey| journey.completion.p99),
        refused: result.limits.iter().filter(|limit| limit.node.as_ref() == Some(dependency)).map(|limit| limit.refused).sum(),
    }
}

/// The contrast in words.
fn finding(remedies: &Remedies, dependency: &str) -> Finding {
    let told = |figures: &RemedyFigures| {
        format!(
            "{} lost, up to {} waiting, oldest {}, response p99 {}, completion p99 {}",
            units::print_fraction(figures.loss),
            units::print_number(figures.backlog),
            units::print_duration(figures.age_s),
            units::print_duration(figures.response_p99_s),
            units::print_duration(figures.completion_p99_s),
        )
    };
    let options: Vec<String> = remedies.options.iter().map(|option| format!("{}: {}", option.title, told(&option.figures))).collect();
    let best = remedies.options.iter().min_by(|a, b| {
        let rank = |figures: &RemedyFigures| (figures.loss, figures.completion_p99_s);
        rank(&a.figures).partial_cmp(&rank(&b.figures)).unwrap_or(std::cmp::Ordering::Equal)
    });
    Finding {
        code: "remedies",
        severity: Severity::Info,
        node: Some(remedies.node.clone()),
        edge: None,
        title: format!("What would help before {dependency}, each simulated"),
        evidence: format!("As it is: {}. {}", told(&remedies.before), options.join(". ")),
        advice: best.filter(|best| best.figures.loss < remedies.before.loss).map_or_else(
            || "none of these loses less: it needs a higher limit or a lower load".to_owned(),
            |best| format!("least is lost with this: {}", best.title),
        ),
        limit: Some(remedies.limit),
        fix: best.filter(|best| best.figures.loss < remedies.before.loss).and_then(|best| match best.set.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }),
        consequence: None,
    }
}
