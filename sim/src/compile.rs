//! Makes a diagram ready to run.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{
    Arrivals, Diagnostic, Diagram, Distribution, EdgeKind, EventTypeId, NodeId, Place,
    catalog::Field,
    diagnostic::has_errors,
    diagram::Fields,
    families::{
        self, BatchConfig, CallConfig, Config, ConnectionConfig, Filter, Limit, LimitUse, Measure, Operation, Pollers, Priced, Processors,
        Scaling, WorkflowKind,
    },
    fault::{Effect, Fault},
    keys::{KeyLaw, KeyWeights},
    policy::{Backoff, CallPolicy, Resilience, RetryOn},
    scenario::Plan,
    units, validate,
    workload::{Trace, USERS_MAX},
};

use crate::{
    Input, RunError,
    faults::{FaultProgram, Target},
    guard::ResilienceProgram,
    keys::{HottestKey, KeyProgram},
    limits::LimitMeter,
    month::Tariff,
    parts::{Rate, TokenBucket},
    program::{
        BackoffProgram, Cue, EdgeProgram, EdgeRest, EventTypeProgram, FilterProgram, GatherProgram, Happening, NodeProgram, Policy,
        PoolProgram, Program,
    },
    result::Assumption,
    rng::name_hash,
    routes::Routes,
    sample::Sampler,
    slab::NONE,
    time::{Nanos, nanos},
    turns::Turns,
};

/// Most root events of one replication that are simulated; a run that needs more is refused with a smaller offer.
pub const REQUESTS_MAX: f64 = 5e10;

/// Makes a diagram ready to run; every problem is collected.
pub fn compile(input: &Input<'_>) -> Result<Arc<Program>, RunError> {
    let (diagram, mut diagnostics) = overridden(input);
    diagnostics.extend(validate::check(&diagram, input.catalog));
    let of_plan = validate::faults(&diagram, input.catalog, &input.scenario, &input.plan);
    let fresh: Vec<Diagnostic> = of_plan.into_iter().filter(|found| !diagnostics.contains(found)).collect();
    diagnostics.extend(fresh);
    if has_errors(&diagnostics) {
        return Err(RunError::Invalid(diagnostics));
    }
    let mut compiler = Compiler::new(input, &diagram, diagnostics);
    compiler.event_types();
    compiler.nodes();
    compiler.edges();
    compiler.turns();
    compiler.wire();
    compiler.pools();
    compiler.faults();
    compiler.cues();
    compiler.rings();
    compiler.finish()
}

/// The diagram with the scenario's own fields.
pub(crate) fn overridden(input: &Input<'_>) -> (Diagram, Vec<Diagnostic>) {
    let mut diagram = input.diagram.clone();
    let mut diagnostics = Vec::new();
    for (path, value) in &input.plan.set {
        if let Err(message) = set_path(&mut diagram, path, value.clone()) {
            let place = Place::Scenario(input.scenario.clone(), Some("set".to_owned()));
            diagnostics.push(Diagnostic::error("unknown-path", place, message));
        }
    }
    (diagram, diagnostics)
}

/// Sets a field of a node, edge or the account by its path, such as `orders.visibility_timeout`.
pub fn set_path(diagram: &mut Diagram, path: &str, value: serde_json::Value) -> Result<(), String> {
    let (id, key) = path.split_once('.').ok_or_else(|| format!("`{path}` is not of the form `node.field`"))?;
    let fields: &mut Fields = if let Some(node) = diagram.nodes.get_mut(id) {
        &mut Arc::make_mut(node).fields
    } else if let Some(edge) = diagram.edges.get_mut(id) {
        &mut Arc::make_mut(edge).fields
    } else if id == "account" {
        &mut diagram.account.quotas
    } else {
        let known = diagram.nodes.keys().map(NodeId::as_str).chain(diagram.edges.keys().map(plimsoll_models::EdgeId::as_str));
        let hint = plimsoll_models::diagnostic::closest(id, known).map(|known| format!(", did you mean `{known}`?"));
        return Err(format!("there is no node or edge `{id}`{}", hint.unwrap_or_default()));
    };
    fields.insert(key.to_owned(), value);
    Ok(())
}

struct Compiler<'a> {
    input: &'a Input<'a>,
    diagram: &'a Diagram,
    program: Program,
    node_index: BTreeMap<&'a str, u32>,
    shared_limits: BTreeMap<String, u32>,
    shared_buckets: BTreeMap<String, u32>,
    destinations: BTreeMap<u32, Destination>,
}

/// The rate of an API destination, which all edges to a node share.
#[derive(Clone, Copy)]
struct Destination {
    limit: u32,
    /// Whether it stands on one of the edges; else it is the default of all of them.
    is_set: bool,
}

impl<'a> Compiler<'a> {
    fn new(input: &'a Input<'a>, diagram: &'a Diagram, diagnostics: Vec<Diagnostic>) -> Self {
        let node_index = diagram.nodes.keys().enumerate().map(|(index, id)| (id.as_str(), index as u32)).collect();
        Self {
            input,
            diagram,
            program: Program {
                diagram: diagram.name.clone(),
                scenario: input.scenario.clone(),
                plan: input.plan.clone(),
                nodes: Vec::new(),
                edges: Vec::new(),
                routes: Routes::default(),
                timeouts: Vec::new(),
                event_types: Vec::new(),
                limits: Vec::new(),
                buckets: Vec::new(),
                pools: Vec::new(),
                mappings: Vec::new(),
                faults: Vec::new(),
                cues: Vec::new(),
                open_to_changes: false,
                traces: Vec::new(),
                assumptions: Vec::new(),
                diagnostics,
            },
            node_index,
            shared_limits: BTreeMap::new(),
            shared_buckets: BTreeMap::new(),
            destinations: BTreeMap::new(),
        }
    }

    fn event_types(&mut self) {
        let plain = EventTypeProgram { id: None, bytes: None, key: KeyProgram::Unique, hottest: None };
        self.program.event_types.push(plain);
        for (id, event_type) in &self.diagram.event_types {
            let text = |key: &str| event_type.fields.get(key).map(families::field_value);
            let bytes = text("size").and_then(|text| units::parse_bytes(&text).ok()).map(|bytes| bytes as u32);
            if bytes.is_none() {
                self.program.assumptions.push(Assumption {
                    path: format!("{id}.size"),
                    title: "Event type: Size".to_owned(),
                    value: "that of the event or the producer it comes from".to_owned(),
                    source: "nobody said how large it is; set its size under event types".to_owned(),
                    range: None,
                });
            }
            let law = text("key").and_then(|text| text.parse::<KeyLaw>().ok()).unwrap_or_default();
            let weights = self.weights(id, &law);
            let (key, hottest) = (KeyProgram::new(&law, weights), HottestKey::of(&law, weights, self.input.plan.duration));
            self.program.event_types.push(EventTypeProgram { id: Some(id.clone()), bytes, key, hottest });
        }
    }

    /// The weights that a law of keys names.
    fn weights(&mut self, id: &EventTypeId, law: &KeyLaw) -> Option<&'a KeyWeights> {
        let KeyLaw::Weights { file } = law else { return None };
        let weights = self.input.traces.weights.get(file);
        if weights.is_none() {
            let message = format!("the list of weights `{file}` was not read");
            let diagnostic = Diagnostic::error("missing-weights", Place::EventType(id.clone()), message);
            self.program.diagnostics.push(diagnostic.hint("it is looked for beside the diagram file"));
        }
        weights
    }

    fn nodes(&mut self) {
        for (index, (id, node)) in self.diagram.nodes.iter().enumerate() {
            let (config, _) = families::node_config(self.diagram, self.input.catalog, id);
            let Some(service) = self.input.catalog.get(&node.service) else { continue };
            let Some(mut config) = config else { continue };
            if let Config::Producer(producer) = &mut config
                && let Some(load) = self.input.plan.load.get(id)
            {
                producer.arrivals = load.clone();
            }
            let mut ready = NodeProgram {
                id: id.clone(),
                title: self.diagram.title(id).to_owned(),
                service: service.id.to_string(),
                key: name_hash(id.as_str()),
                calls: Vec::new(),
                destinations: Vec::new(),
                on_ring: false,
                dead_letter: None,
                pollers: Vec::new(),
                prices: prices(&config, service),
                limits: BTreeMap::new(),
                buckets: BTreeMap::new(),
                trace: self.trace(id, &config),
                pool: None,
                config,
            };
            self.limits(index as u32, &mut ready);
            self.definition(id, &ready.config);
            self.assumptions(id.as_str(), &node.fields, service, None);
            if let Config::Producer(producer) = &ready.config
                && self.tells_sizes(&producer.mix)
            {
                let path = format!("{id}.default_event_size");
                self.program.assumptions.retain(|assumption| assumption.path != path);
            }
            self.program.nodes.push(ready);
        }
    }

    /// Whether every event of a mix has a size of its own.
    fn tells_sizes(&self, mix: &[(EventTypeId, f64)]) -> bool {
        let sized = |id| self.program.event_types.iter().any(|event_type| event_type.id.as_ref() == Some(id) && event_type.bytes.is_some());
        !mix.is_empty() && mix.iter().all(|(id, _)| sized(id))
    }

    fn trace(&mut self, id: &NodeId, config: &Config) -> Option<u32> {
        let Config::Producer(producer) = config else { return None };
        let file = producer.arrivals.trace_file()?;
        let Some(trace) = self.input.traces.loads.get(&trace_key(&producer.arrivals)) else {
            self.program.diagnostics.push(
                Diagnostic::error(
                    "missing-trace",
                    Place::Node(id.clone(), Some("arrivals".to_owned())),
                    format!("the recording `{file}` was not read"),
                )
                .hint("it is looked for beside the diagram file"),
            );
            return None;
        };
        self.program.traces.push(trace.clone());
        Some(self.program.traces.len() as u32 - 1)
    }

    /// What a workflow's definition leaves to the data is assumed; a definition that was not read is an error.
    fn definition(&mut self, id: &NodeId, config: &Config) {
        let Config::Workflow(config) = config else { return };
        if let Some(file) = &config.missing_file {
            let place = Place::Node(id.clone(), Some("definition_file".to_owned()));
            let diagnostic = Diagnostic::error("missing-definition", place, format!("the definition `{file}` was not read"));
            self.program.diagnostics.push(diagnostic.hint("it is looked for beside the diagram file"));
        }
        for assumed in &config.machine.assumptions {
            self.program.assumptions.push(Assumption {
                path: format!("{id}.definition"),
                title: format!("{}: {}", assumed.state, assumed.title),
                value: assumed.value.clone(),
                source: "the definition leaves it to the data; say it in the comment of the state or the rule".to_owned(),
                range: None,
            });
        }
    }

    /// Registers the limits of a node, with the token buckets behind them; shared ones exist once.
    fn limits(&mut self, node: u32, ready: &mut NodeProgram) {
        for LimitUse { limit, measure, outside, bucket } in ready.config.limits() {
            let shared = limit.shared.then(|| format!("{}.{}", limit.service, limit.key));
            let known = shared.as_ref().and_then(|key| self.shared_limits.get(key)).copied();
            let index = known.unwrap_or_else(|| {
                let mut meter = LimitMeter::new(limit.clone(), measure, Some(node), None);
                meter.outside = outside;
                self.program.limits.push(meter);
                self.program.limits.len() as u32 - 1
            });
            if let Some(key) = shared {
                self.shared_limits.insert(key, index);
            }
            ready.limits.insert(limit.key.clone(), index);
            if let Some(capacity) = bucket {
                let index = *self.shared_buckets.entry(format!("{}.{}", limit.service, limit.key)).or_insert_with(|| {
                    self.program.buckets.push(TokenBucket::new(capacity, (limit.value - outside).max(0.0)));
                    self.program.buckets.len() as u32 - 1
                });
                ready.buckets.insert(limit.key.clone(), index);
            }
        }
    }

    /// Lists the inputs that nobody documents.
    fn assumptions(&mut self, owner: &str, set: &Fields, service: &plimsoll_models::Service, target: Option<&plimsoll_models::Service>) {
        let account = &self.diagram.account;
        let open = |field: &&Field| !set.contains_key(&field.key) && families::field_applies(service, set, account, target, field);
        for field in service.fields.iter().filter(open) {
            let preset = families::field_preset(service, set, target, &field.key);
            let latency = field.latency.as_ref().and_then(|key| service.latency(key)).map(|latency| &latency.provenance);
            let quota = field.quota.as_ref().and_then(|key| service.quota(key, &account.region)).map(|quota| &quota.provenance);
            let provenance = preset.map(|(_, provenance)| provenance).or(latency).or(quota).unwrap_or(&field.source);
            if provenance.is_assumed() {
                let default = || families::field_default(service, field, account).unwrap_or_default();
                let value = preset.map_or_else(default, |(text, _)| text.to_owned());
                let source = if provenance.note.is_empty() { provenance.source.clone() } else { provenance.note.clone() };
                self.program.assumptions.push(Assumption {
                    path: format!("{owner}.{}", field.key),
                    title: format!("{}: {}", service.title, field.title),
                    value,
                    source,
                    range: range(field),
                });
            }
        }
    }

    fn edges(&mut self) {
        for (id, edge) in &self.diagram.edges {
            let (config, _) = families::edge_config(self.diagram, self.input.catalog, id);
            let (Some(config), Some(from), Some(to)) =
                (config, self.node_index.get(edge.from.as_str()).copied(), self.node_index.get(edge.to.as_str()).copied())
            else {
                continue;
            };
            let (mut resilience, mut stage, mut batch) = (None, None, BatchConfig { records: 1, linger: 0.0 });
            let (mut items, mut failed_conditions, mut connections) = (1, 0.0, 0);
            let limits: Vec<_> = config.limits().into_iter().map(|used| (used.limit.clone(), used.measure)).collect();
            let throttle = config.throttle().map(|limit| (limit.key.clone(), Rate::per_second(limit.value)));
            let write = Operation::Write { transactional: false };
            let mut method = None;
            let (mut delivery, mut redrive, mut stream, mut replay) = (None, None, None, None);
            let (policy, latency, filter, share, operation, poll) = match config {
                ConnectionConfig::Call(call) => {
                    (items, failed_conditions, stage, batch) = (call.items, call.failed_conditions, call.stage, call.batch);
                    // A proxy counts its connections itself.
                    let proxied = matches!(self.program.nodes.get(from as usize).map(|node| &node.config), Some(Config::Proxy(_)));
                    connections = if proxied { u32::MAX } else { call.connections };
                    let CallConfig { policy, latency, filter, share, operation, resilience: rules, method: throttled, .. } = *call;
                    resilience = rules;
                    method = throttled;
                    (policy, latency, filter, share, operation, None)
                }
                ConnectionConfig::Deliver(deliver) => {
                    // A source that keeps the order draws the time on the way itself, so that nothing overtakes.
                    let latency = if deliver.ordered.is_some() { Distribution::Constant(0.0) } else { deliver.latency.clone() };
                    let (policy, filter) = (deliver.policy.clone(), deliver.filter.clone());
                    delivery = Some(deliver);
                    (policy, latency, filter, None, write, None)
                }
                ConnectionConfig::Poll(poll) => (no_policy(), poll.pickup.clone(), poll.filter.clone(), None, write, Some(poll)),
                ConnectionConfig::DeadLetter => (no_policy(), Distribution::Constant(0.0), Filter::All, None, write, None),
                ConnectionConfig::Redrive(task) => {
                    redrive = Some(task);
                    // What the target throttles is moved a little later.
                    let policy = CallPolicy { retry_on: RetryOn::Throttles, ..repeated(task.again) };
                    (policy, Distribution::Constant(0.0), Filter::All, None, write, None)
                }
                ConnectionConfig::StreamPoll(config) => {
                    let policy = CallPolicy { backoff: config.backoff.clone(), ..no_policy() };
                    let filter = config.filter.clone();
                    stream = Some(config);
                    (policy, Distribution::Constant(0.0), filter, None, write, None)
                }
                ConnectionConfig::Capture(capture) => {
                    // What a table tells its stream is never lost: where a fault strikes, it is told again.
                    let policy = repeated(capture.again);
                    (policy, capture.latency, capture.filter, None, write, None)
                }
                ConnectionConfig::Replay(events) => {
                    // A replay sends every event, however often the bus must be asked.
                    let policy = repeated(events.again);
                    replay = Some(events);
                    (policy, Distribution::Constant(0.0), Filter::All, None, write, None)
                }
            };
            let event_types = &self.program.event_types;
            let type_index =
                |name: &str| event_types.iter().position(|t| t.id.as_ref().is_some_and(|id| id.as_str() == name)).map(|i| i as u16);
            let index = self.program.edges.len() as u32;
            let rest = EdgeRest {
                id: id.clone(),
                latency: Sampler::new(&latency),
                kind: edge.kind,
                policy: ready_policy(&policy),
                resilience: None,
                filter: FilterProgram::new(&filter, type_index),
                share,
                operation,
                items,
                failed_conditions,
                answered_for: matches!(edge.kind, EdgeKind::Request | EdgeKind::Send)
                    && self.program.nodes.get(from as usize).is_some_and(|node| answers_for_its_calls(&node.config)),
                connections,
                poll,
                destination: delivery.as_ref().and_then(|delivery| delivery.destination),
                delivery,
                method: None,
                turns: None,
                stage,
                partial: stage.is_some_and(|stage| stage.report_item_failures) || self.request_bytes(to).is_some(),
                gathers: self.request_bytes(to).filter(|_| batch.records > 1).map(|bytes| GatherProgram {
                    calls: batch.records as usize,
                    bytes,
                    linger: nanos(batch.linger),
                }),
                redrive,
                replay,
                stream,
                dead_letter: None,
                poller_price: None,
                limits: BTreeMap::new(),
            };
            let mut ready = EdgeProgram {
                key: name_hash(id.as_str()),
                from,
                to,
                timeout: policy.timeout.map_or(NONE, |timeout| self.timeout(nanos(timeout))),
                instant: rest.latency.is_zero(),
                rest: Box::new(rest),
            };
            for (limit, measure) in limits {
                let (key, is_set) = (limit.key.clone(), edge.fields.contains_key(&limit.key));
                let at = self.limit_of_edge(LimitMeter::new(limit, measure, Some(from), Some(index)), to, is_set);
                ready.limits.insert(key, at);
            }
            ready.method = method.map(|method| (method.rate.value, method.burst, ready.limits[&method.rate.key]));
            ready.turns = throttle.map(|(key, rate)| Turns { rate, limit: ready.limits[&key] });
            ready.resilience = resilience.map(|rules| Box::new(self.resilience(rules, from, index)));
            if let (Some(a), Some(b)) = (self.diagram.nodes.get(&edge.from), self.diagram.nodes.get(&edge.to))
                && let Some(service) = self.input.catalog.connection(edge.kind, &a.service, &b.service)
            {
                self.assumptions(id.as_str(), &edge.fields, service, self.input.catalog.get(&b.service));
                let provisioned = ready.poll.as_ref().is_some_and(|poll| matches!(poll.pollers, Pollers::Provisioned { .. }));
                ready.poller_price = Tariff::of(service, "poller_hours").filter(|_| provisioned);
            }
            self.program.edges.push(ready);
        }
    }

    /// The place of a time-out among those of all edges; nothing is none.
    fn timeout(&mut self, timeout: Nanos) -> u32 {
        if timeout == 0 {
            return NONE;
        }
        let timeouts = &mut self.program.timeouts;
        let at = timeouts.iter().position(|other| *other == timeout).unwrap_or_else(|| {
            timeouts.push(timeout);
            timeouts.len() - 1
        });
        at as u32
    }

    /// Registers a limit of an edge to a node. Of edges to the same API destination the first that sets a rate says it.
    fn limit_of_edge(&mut self, meter: LimitMeter, to: u32, is_set: bool) -> u32 {
        let next = self.program.limits.len() as u32;
        if meter.limit.scope == Limit::DESTINATION {
            let known = self.destinations.entry(to).or_insert(Destination { limit: next, is_set });
            if known.limit != next {
                if is_set && !known.is_set {
                    known.is_set = true;
                    self.program.limits[known.limit as usize] = meter;
                }
                return known.limit;
            }
        }
        self.program.limits.push(meter);
        next
    }

    /// Edges that share a limit are taken at its rate.
    fn turns(&mut self) {
        let Program { edges, limits, .. } = &mut self.program;
        for Turns { rate, limit } in edges.iter_mut().filter_map(|edge| edge.turns.as_mut()) {
            *rate = Rate::per_second(limits[*limit as usize].limit.value);
        }
    }

    /// Bytes of a request to a node that takes several records in one.
    fn request_bytes(&self, node: u32) -> Option<u64> {
        let Config::Stream(stream) = &self.program.nodes.get(node as usize)?.config else { return None };
        stream.request_size.as_ref().map(|limit| limit.value as u64)
    }

    /// The limits of an edge's quota, budget and breaker.
    fn resilience(&mut self, rules: Resilience, from: u32, edge: u32) -> ResilienceProgram {
        let mut register = |limit: Option<&Limit>| {
            let meter = LimitMeter::new(limit?.clone(), Measure::Level, Some(from), Some(edge));
            self.program.limits.push(meter);
            Some(self.program.limits.len() as u32 - 1)
        };
        ResilienceProgram {
            quota_limit: register(rules.quota.as_ref().map(|quota| &quota.capacity)),
            budget_limit: register(rules.budget.as_ref().map(|budget| &budget.share)),
            breaker_limit: register(rules.breaker.as_ref().map(|breaker| &breaker.failures)),
            throttle_backoff: rules.throttle_backoff.as_ref().map(ready_backoff),
            rules,
        }
    }

    /// Tells every node what leaves it.
    fn wire(&mut self) {
        let n_nodes = self.diagram.nodes.len() as u32;
        for index in 0..self.program.edges.len() {
            let edge = &self.program.edges[index];
            let (from, kind, destination) = (edge.from, edge.kind, edge.destination);
            let node = &mut self.program.nodes[from as usize];
            match kind {
                EdgeKind::Deliver if destination.is_some() => node.destinations.push(index as u32),
                EdgeKind::Request | EdgeKind::Send | EdgeKind::Deliver => node.calls.push(index as u32),
                EdgeKind::DeadLetter => node.dead_letter = node.dead_letter.or(Some(index as u32)),
                EdgeKind::Poll => {
                    node.pollers.push(n_nodes + self.program.mappings.len() as u32);
                    self.program.mappings.push(index as u32);
                }
            }
        }
        for index in 0..self.program.edges.len() {
            self.program.edges[index].dead_letter = self.dead_letter(index);
        }
        self.program.routes = Routes::new(&self.program);
    }

    /// The edge along which a subscription gives up: the one that it names, or the first of its source.
    fn dead_letter(&self, index: usize) -> Option<u32> {
        let edge = &self.program.edges[index];
        let (from, kind, delivery) = (&edge.from, edge.kind, &edge.delivery);
        if let Config::Producer(producer) = &self.program.nodes[*from as usize].config
            && producer.scheduler.is_some()
            && kind == EdgeKind::Send
        {
            return self.program.nodes[*from as usize].dead_letter;
        }
        let delivery = delivery.as_ref().filter(|delivery| delivery.destination.is_none())?;
        let Some(named) = &delivery.dead_letter else { return self.program.nodes[*from as usize].dead_letter };
        let edges = self.program.edges.iter();
        let named = edges.enumerate().find(|(_, edge)| {
            edge.kind == EdgeKind::DeadLetter && edge.from == *from && self.program.nodes[edge.to as usize].id.as_str() == named
        });
        named.map(|(at, _)| at as u32)
    }

    /// Shares the account's concurrency among the functions without a reservation, and its open executions among workflows.
    fn pools(&mut self) {
        let mut pools: BTreeMap<String, u32> = BTreeMap::new();
        for index in 0..self.program.nodes.len() {
            let node = &self.program.nodes[index];
            if let Some((limit, outside)) = shared_level(&node.config) {
                let pool = *pools.entry(format!("{}.{}", limit.service, limit.key)).or_insert_with(|| {
                    self.program.pools.push(PoolProgram { shared: limit.value - outside, set_apart: 0.0 });
                    self.program.pools.len() as u32 - 1
                });
                self.program.nodes[index].pool = Some(pool);
                continue;
            }
            let Config::Compute(config) = &node.config else { continue };
            let scaling = match &config.scaling {
                Scaling::PerRequest(scaling) => scaling,
                Scaling::Fleet(_) => continue,
            };
            let account = &scaling.account_concurrency;
            let pool = *pools.entry(account.service.clone()).or_insert_with(|| {
                self.program.pools.push(PoolProgram { shared: account.value - scaling.outside_concurrency, set_apart: 0.0 });
                self.program.pools.len() as u32 - 1
            });
            self.program.pools[pool as usize].shared -= scaling.set_apart();
            self.program.pools[pool as usize].set_apart += scaling.set_apart();
            self.program.nodes[index].pool = Some(pool);
        }
        for pool in &mut self.program.pools {
            pool.shared = pool.shared.max(0.0);
        }
        self.carve_out();
        self.pool_rates();
    }

    /// Leaves of the account's limit on concurrency what functions without a reservation share.
    fn carve_out(&mut self) {
        let Program { nodes, limits, pools, .. } = &mut self.program;
        for node in nodes {
            let Config::Compute(config) = &node.config else { continue };
            let (Scaling::PerRequest(scaling), Some(pool)) = (&config.scaling, node.pool) else { continue };
            let account = &scaling.account_concurrency;
            let Some(index) = node.limits.get(&account.key).filter(|_| scaling.reserved.is_none()) else { continue };
            let (meter, set_apart) = (&mut limits[*index as usize], pools[pool as usize].set_apart);
            if set_apart > 0.0 {
                meter.set_apart = set_apart.min(account.value);
                meter.limit.value = account.value - meter.set_apart;
                meter.limit.source = format!(
                    "{}; {} of {} are set apart by functions that reserve concurrency or keep it provisioned",
                    account.source,
                    units::print_number(meter.set_apart),
                    units::print_number(account.value),
                );
            }
        }
    }

    /// Gives each pool of concurrency, and each reservation, the bucket of synchronous requests that comes with it.
    fn pool_rates(&mut self) {
        let mut of_pool: BTreeMap<u32, u32> = BTreeMap::new();
        let Program { nodes, buckets, limits, pools, .. } = &mut self.program;
        for node in nodes {
            let Config::Compute(config) = &node.config else { continue };
            let (Scaling::PerRequest(scaling), Some(pool)) = (&config.scaling, node.pool) else { continue };
            let concurrency = scaling.reserved.as_ref().map_or(pools[pool as usize].shared, |limit| limit.value);
            let rate = scaling.rate_per_concurrency.value * concurrency;
            let mut make = || {
                buckets.push(TokenBucket::new(rate.max(1.0), rate));
                buckets.len() as u32 - 1
            };
            let bucket = if scaling.reserved.is_some() { make() } else { *of_pool.entry(pool).or_insert_with(make) };
            let key = &scaling.rate_per_concurrency.key;
            limits[node.limits[key] as usize].limit.value = rate;
            node.buckets.insert(key.clone(), bucket);
        }
    }

    /// Marks the functions to which events can come back through queues, topics and functions alone: only along such
    /// rings does the provider see that an event causes itself.
    fn rings(&mut self) {
        let Program { nodes, edges, .. } = &mut self.program;
        let is_function = |node: &NodeProgram| match &node.config {
            Config::Compute(config) => matches!(config.scaling, Scaling::PerRequest(_)),
            _ => false,
        };
        let seen = |node: &NodeProgram| is_function(node) || matches!(node.config, Config::Queue(_) | Config::Topic(_));
        let transparent: Vec<bool> = nodes.iter().map(seen).collect();
        let functions: Vec<usize> = (0..nodes.len()).filter(|at| is_function(&nodes[*at])).collect();
        for start in functions {
            let mut reached = vec![false; nodes.len()];
            let mut open = vec![start as u32];
            while let Some(at) = open.pop() {
                for edge in edges.iter().filter(|edge| edge.from == at && transparent[edge.to as usize]) {
                    if !std::mem::replace(&mut reached[edge.to as usize], true) {
                        open.push(edge.to);
                    }
                }
            }
            nodes[start].on_ring = reached[start];
        }
    }

    /// Finds what the faults of the scenario strike.
    fn faults(&mut self) {
        for fault in &self.input.plan.faults {
            let edge = || self.program.edges.iter().position(|edge| edge.id.as_str() == fault.on).map(|at| Target::Edge(at as u32));
            let Some(target) = self.node_index.get(fault.on.as_str()).map(|at| Target::Node(*at)).or_else(edge) else { continue };
            let mut fault = fault.clone();
            let mut limits = (None, None);
            if let (Effect::Tighten { limit, .. }, Target::Node(node)) = (&mut fault.effect, target) {
                let node = &self.program.nodes[node as usize];
                let Ok(key) = validate::tightened(&node.config, limit.as_deref()) else { continue };
                limits = (node.limits.get(&key).copied(), node.buckets.get(&key).copied());
                *limit = Some(key);
            }
            self.program.faults.push(FaultProgram {
                target,
                from: nanos(fault.from),
                to: nanos(fault.to),
                delay: match &fault.effect {
                    Effect::Delay(law) => Sampler::new(law),
                    _ => Sampler::Constant(0),
                },
                hang: match fault.effect {
                    Effect::Outage { hang } => nanos(hang),
                    _ => 0,
                },
                limit: limits.0,
                bucket: limits.1,
                fault,
            });
        }
    }

    /// Puts what happens from outside in order.
    fn cues(&mut self) {
        let cues = &mut self.program.cues;
        let warm_up = nanos(self.input.plan.warm_up);
        if warm_up > 0 {
            cues.push(Cue { at: warm_up, what: Happening::WarmUp });
        }
        cues.push(Cue { at: nanos(self.input.plan.duration), what: Happening::LoadEnds });
        for (fault, FaultProgram { from, to, .. }) in self.program.faults.iter().enumerate() {
            let fault = fault as u32;
            cues.push(Cue { at: *from, what: Happening::Fault { on: true, fault } });
            if to > from {
                cues.push(Cue { at: *to, what: Happening::Fault { on: false, fault } });
            }
        }
        cues.sort_by_key(|cue| (cue.at, cue.what));
    }

    fn finish(self) -> Result<Arc<Program>, RunError> {
        let program = self.program;
        if has_errors(&program.diagnostics) {
            return Err(RunError::Invalid(program.diagnostics));
        }
        let clients = population(&program);
        if clients > f64::from(USERS_MAX) {
            return Err(RunError::TooLarge(format!(
                "the run would keep {} users and devices in mind, more than the {USERS_MAX} that are allowed; lower their number or the load multiplier",
                units::print_compact(clients),
            )));
        }
        let requests = expected_requests(&program);
        if requests > REQUESTS_MAX {
            let shorter = program.plan.duration * REQUESTS_MAX / requests;
            return Err(RunError::TooLarge(format!(
                "the run would simulate about {} root events, more than the {} that are allowed; a duration of {} would fit, or a smaller load multiplier",
                units::print_compact(requests),
                units::print_compact(REQUESTS_MAX),
                units::print_duration(shorter),
            )));
        }
        Ok(Arc::new(program))
    }
}

/// Most choices that are listed.
const CHOICES_MAX: usize = 4;

/// What a field takes, as a person reads it.
fn range(field: &Field) -> Option<String> {
    let mut parts: Vec<String> = match (&field.min, &field.max) {
        (Some(min), Some(max)) => vec![format!("{min} to {max}")],
        (Some(min), None) => vec![format!("from {min}")],
        (None, Some(max)) => vec![format!("up to {max}")],
        (None, None) => Vec::new(),
    };
    match field.choices.len() {
        0..=CHOICES_MAX => parts.extend(field.choices.iter().cloned()),
        choices => parts.push(format!("one of {choices}")),
    }
    parts.extend(field.words.iter().cloned());
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Prices in the order of the meters; what the user has set counts instead of the catalog's.
fn prices(config: &Config, service: &plimsoll_models::Service) -> Vec<Option<Tariff>> {
    let tariff = |meter: &&'static str| {
        let Priced { key, usd } = config.priced(meter);
        let tariff = Tariff::of(service, key)?;
        Some(usd.map_or(tariff.clone(), |usd| tariff.set(usd)))
    };
    config.meters().iter().map(tariff).collect()
}

/// The key under which a recording is handed to a run: its file and how it is read.
pub fn trace_key(arrivals: &Arrivals) -> String {
    let Arrivals::Trace(source) = arrivals else { return String::new() };
    let to = source.to.map(|to| to.to_string()).unwrap_or_default();
    format!("{}#{}-{to}", source.file, source.from)
}

/// Users of closed loops and devices of fleets.
fn population(program: &Program) -> f64 {
    let of = |(index, node): (usize, &NodeProgram)| match &node.config {
        Config::Producer(producer) => {
            f64::from(producer.arrivals.population()) * surges(program, index).map(|(_, factor)| factor).fold(1.0, f64::max)
        }
        _ => 0.0,
    };
    program.nodes.iter().enumerate().map(of).sum::<f64>() * program.plan.multiplier
}

fn expected_requests(program: &Program) -> f64 {
    let Plan { duration, multiplier, .. } = program.plan;
    let of = |(index, node): (usize, &NodeProgram)| {
        let Config::Producer(producer) = &node.config else { return 0.0 };
        if let Some(trace) = node.trace {
            return match &program.traces[trace as usize] {
                Trace::Counts { interval, counts } => counts.iter().take((duration / interval).ceil() as usize).sum::<f64>() * multiplier,
                Trace::Arrivals { times, .. } => times.len() as f64,
            };
        }
        let until = |seconds: f64| producer.arrivals.expected(seconds.min(duration)) * multiplier;
        let more: f64 = surges(program, index).map(|(fault, factor)| (factor - 1.0) * (until(fault.to) - until(fault.from))).sum();
        until(duration) + more
    };
    program.nodes.iter().enumerate().map(of).sum()
}

/// The surges of a producer, with their factors.
fn surges(program: &Program, node: usize) -> impl Iterator<Item = (&Fault, f64)> {
    program.faults.iter().filter_map(move |ready| match ready.fault.effect {
        Effect::Surge { factor } if ready.target == Target::Node(node as u32) => Some((&ready.fault, factor)),
        _ => None,
    })
}

/// A limit of the account on how much there is at a time over all nodes, with what others have of it.
fn shared_level(config: &Config) -> Option<(&Limit, f64)> {
    match config {
        Config::Workflow(config) => match &config.kind {
            WorkflowKind::Standard(standard) => Some((&standard.open_executions, 0.0)),
            WorkflowKind::Express(_) => None,
        },
        Config::Pipe(config) => Some((&config.executions, config.outside_executions)),
        Config::Archive(config) => Some((&config.replays, 0.0)),
        Config::Compute(config) => match &config.scaling {
            Scaling::Fleet(fleet) => fleet.processors.as_ref().map(|Processors { limit, outside, .. }| (limit, *outside)),
            Scaling::PerRequest(_) => None,
        },
        Config::Producer(_)
        | Config::Gateway(_)
        | Config::Queue(_)
        | Config::Topic(_)
        | Config::Bus(_)
        | Config::Stream(_)
        | Config::Table(_)
        | Config::Bucket(_)
        | Config::Database(_)
        | Config::Proxy(_)
        | Config::External(_)
        | Config::Station(_) => None,
    }
}

/// Whether a node that calls has a caller itself, who learns what became of the calls.
fn answers_for_its_calls(config: &Config) -> bool {
    match config {
        Config::Gateway(_) | Config::Compute(_) | Config::Pipe(_) | Config::Workflow(_) | Config::Station(_) | Config::Proxy(_) => true,
        Config::Producer(_)
        | Config::Archive(_)
        | Config::Queue(_)
        | Config::Topic(_)
        | Config::Bus(_)
        | Config::Stream(_)
        | Config::Table(_)
        | Config::Bucket(_)
        | Config::Database(_)
        | Config::External(_) => false,
    }
}

fn no_policy() -> CallPolicy {
    CallPolicy { timeout: None, attempts: Some(1), backoff: Backoff::Schedule(vec![0.0]), age_max: None, retry_on: RetryOn::Any }
}

/// Tried until it succeeds, with so many seconds in between.
fn repeated(wait: f64) -> CallPolicy {
    CallPolicy { attempts: None, backoff: Backoff::Schedule(vec![wait]), ..no_policy() }
}

fn ready_policy(policy: &CallPolicy) -> Policy {
    Policy {
        attempts: policy.attempts.unwrap_or(u32::MAX),
        backoff: ready_backoff(&policy.backoff),
        age_max: policy.age_max.map_or(0, nanos),
        retry_on: policy.retry_on,
    }
}

fn ready_backoff(backoff: &Backoff) -> BackoffProgram {
    match backoff {
        Backoff::Exponential { base, factor, cap, jitter } => {
            BackoffProgram::Exponential { base: *base, factor: *factor, cap: *cap, jitter: jitter.share() }
        }
        Backoff::Decorrelated { base, factor, cap } => BackoffProgram::Decorrelated { base: *base, factor: *factor, cap: *cap },
        Backoff::Schedule(waits) => BackoffProgram::Schedule(waits.iter().map(|wait| nanos(*wait)).collect()),
        Backoff::Random(law) => BackoffProgram::Random(Sampler::new(law)),
    }
}
