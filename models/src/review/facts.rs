//! What review rules may ask about a diagram.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Account, Arrivals, Catalog, Diagram, Distribution, Edge, EdgeId, EdgeKind, Edit, NodeId, Place, Service,
    diagram::Fields,
    edit::Target,
    families::{Family, Filter, field_default, field_value},
    keys::KeyLaw,
    work::{self, CallStep, Step},
    workload,
};

/// Seconds over which a load is averaged.
const LOOK_AHEAD: f64 = 300.0;

/// A diagram under review.
pub(super) struct Review<'a> {
    pub(super) diagram: &'a Diagram,
    pub(super) catalog: &'a Catalog,
    /// Event types that reach each node; the plain type is the empty name.
    arriving: BTreeMap<&'a str, BTreeSet<String>>,
}

/// The settings of a node or an edge, defaults filled in.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    service: &'a Service,
    fields: &'a Fields,
    account: &'a Account,
}

impl<'a> Facts<'a> {
    /// The mechanism behind it.
    pub(super) fn family(self) -> Family {
        self.service.family
    }

    /// Whether somebody typed a value.
    pub(super) fn is_set(self, key: &str) -> bool {
        self.fields.get(key).is_some_and(|value| !value.is_null())
    }

    /// Whether the product has such a setting.
    pub(super) fn has(self, key: &str) -> bool {
        self.service.field(key).is_some()
    }

    /// A setting as it would be typed; the quota of that name where there is no such setting.
    pub(super) fn text(self, key: &str) -> Option<String> {
        if let Some(value) = self.fields.get(key).filter(|value| !value.is_null()) {
            return Some(field_value(value));
        }
        if let Some(field) = self.service.field(key) {
            return field_default(self.service, field, self.account);
        }
        let applied = self.account.quotas.get(&format!("{}.{key}", self.service.id)).map(field_value);
        applied.or_else(|| self.service.quota(key, &self.account.region).map(|quota| quota.value.clone()))
    }

    /// A quantity in its base unit; `None` for unset ones and for words such as `unlimited`.
    pub(super) fn number(self, key: &str) -> Option<f64> {
        let quantity = match self.service.field(key) {
            Some(field) => field.kind.quantity()?,
            None => self.service.quota(key, &self.account.region)?.quantity,
        };
        quantity.parse(&self.text(key)?).ok()
    }

    /// The largest value that a setting may have, and how it is typed.
    pub(super) fn most(self, key: &str) -> Option<(f64, &'a str)> {
        let field = self.service.field(key)?;
        let text = field.max.as_deref()?;
        Some((field.kind.quantity()?.parse(text).ok()?, text))
    }

    /// A switch.
    pub(super) fn flag(self, key: &str) -> bool {
        self.text(key).is_some_and(|text| text.trim() == "true")
    }

    /// The mean of a law, in seconds.
    pub(super) fn mean(self, key: &str) -> Option<f64> {
        self.text(key)?.parse::<Distribution>().ok().map(|law| law.mean())
    }

    /// Whether it is a function that scales by request.
    pub(super) fn is_function(self) -> bool {
        self.family() == Family::Compute && self.service.quotas.iter().any(|quota| quota.key == "concurrent_executions")
    }
}

impl<'a> Review<'a> {
    pub(super) fn new(diagram: &'a Diagram, catalog: &'a Catalog) -> Self {
        let mut review = Self { diagram, catalog, arriving: BTreeMap::new() };
        review.spread();
        review
    }

    /// Follows event types from the producers along the edges until nothing new arrives anywhere.
    fn spread(&mut self) {
        let mut open: Vec<&'a NodeId> = Vec::new();
        let producers: Vec<_> = self.of(Family::Producer).collect();
        for (id, facts) in producers {
            let mix = facts.text("events").map_or_else(Vec::new, |text| workload::parse_mix(&text).unwrap_or_default());
            let mut types: BTreeSet<String> = mix.into_iter().map(|(name, _)| name).collect();
            if types.is_empty() {
                types.insert(String::new());
            }
            self.arriving.insert(id.as_str(), types);
            open.push(id);
        }
        while let Some(id) = open.pop() {
            for (edge_id, edge) in self.diagram.outgoing(id) {
                let leaving = self.leaving(edge_id, edge);
                let there = self.arriving.entry(edge.to.as_str()).or_default();
                let before = there.len();
                there.extend(leaving);
                if there.len() > before {
                    open.push(&edge.to);
                }
            }
        }
    }

    /// Event types that leave along an edge: what its steps emit, else what arrives, as far as it passes the filter.
    pub(super) fn leaving(&self, id: &EdgeId, edge: &Edge) -> BTreeSet<String> {
        let calls: Vec<CallStep> = self.calls(&edge.from).into_iter().filter(|call| call.edge == *id).collect();
        let mut types: BTreeSet<String> = calls.iter().filter_map(|call| call.emit.clone()).collect();
        if calls.is_empty() || calls.iter().any(|call| call.emit.is_none()) {
            types.extend(self.arriving(&edge.from));
        }
        if let Some(Filter::Types(names)) = self.filter(id) {
            types.retain(|name| names.contains(name));
        }
        types
    }

    /// Event types that reach a node.
    pub(super) fn arriving(&self, node: &NodeId) -> BTreeSet<String> {
        self.arriving.get(node.as_str()).cloned().unwrap_or_default()
    }

    /// What an edge lets pass.
    pub(super) fn filter(&self, edge: &EdgeId) -> Option<Filter> {
        self.edge(edge)?.text("filter")?.parse().ok()
    }

    /// The settings of a node whose service the catalog knows.
    pub(super) fn node(&self, id: &NodeId) -> Option<Facts<'a>> {
        let node = self.diagram.nodes.get(id)?;
        Some(Facts { service: self.catalog.get(&node.service)?, fields: &node.fields, account: &self.diagram.account })
    }

    /// The settings of an edge that the catalog knows.
    pub(super) fn edge(&self, id: &EdgeId) -> Option<Facts<'a>> {
        let edge = self.diagram.edges.get(id)?;
        let (from, to) = (self.diagram.nodes.get(&edge.from)?, self.diagram.nodes.get(&edge.to)?);
        let service = self.catalog.connection(edge.kind, &from.service, &to.service)?;
        Some(Facts { service, fields: &edge.fields, account: &self.diagram.account })
    }

    /// Every node that the catalog knows.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&'a NodeId, Facts<'a>)> {
        self.diagram.nodes.keys().filter_map(|id| Some((id, self.node(id)?)))
    }

    /// Every node of a family.
    pub(super) fn of(&self, family: Family) -> impl Iterator<Item = (&'a NodeId, Facts<'a>)> {
        self.nodes().filter(move |(_, facts)| facts.family() == family)
    }

    /// Every function that scales by request.
    pub(super) fn functions(&self) -> impl Iterator<Item = (&'a NodeId, Facts<'a>)> {
        self.nodes().filter(|(_, facts)| facts.is_function())
    }

    /// Every edge of a kind with its settings.
    pub(super) fn edges(&self, kind: EdgeKind) -> impl Iterator<Item = (&'a EdgeId, &'a Edge, Facts<'a>)> {
        self.of_kind(self.diagram.edges.iter().map(|(id, edge)| (id, &**edge)), kind)
    }

    /// Those of a kind with their settings, which take a while to find.
    fn of_kind(
        &self,
        edges: impl Iterator<Item = (&'a EdgeId, &'a Edge)>,
        kind: EdgeKind,
    ) -> impl Iterator<Item = (&'a EdgeId, &'a Edge, Facts<'a>)> {
        edges.filter(move |(_, edge)| edge.kind == kind).filter_map(|(id, edge)| Some((id, edge, self.edge(id)?)))
    }

    /// Edges of a kind that leave a node.
    pub(super) fn out(&self, node: &'a NodeId, kind: EdgeKind) -> impl Iterator<Item = (&'a EdgeId, &'a Edge, Facts<'a>)> {
        self.of_kind(self.diagram.outgoing(node), kind)
    }

    /// Edges of a kind that enter a node.
    pub(super) fn into(&self, node: &'a NodeId, kind: EdgeKind) -> impl Iterator<Item = (&'a EdgeId, &'a Edge, Facts<'a>)> {
        self.of_kind(self.diagram.incoming(node), kind)
    }

    /// Whether what a node gives up goes somewhere.
    pub(super) fn has_dead_letter(&self, node: &NodeId) -> bool {
        self.diagram.outgoing(node).any(|(_, edge)| edge.kind == EdgeKind::DeadLetter)
    }

    /// Whether a node is where others put what they give up.
    pub(super) fn is_dead_letter(&self, node: &NodeId) -> bool {
        self.diagram.incoming(node).any(|(_, edge)| edge.kind == EdgeKind::DeadLetter)
    }

    /// Name of a node for people.
    pub(super) fn title(&self, node: &'a NodeId) -> &'a str {
        self.diagram.title(node)
    }

    /// The steps of a node's work; none where it has the default work.
    pub(super) fn steps(&self, node: &NodeId) -> Vec<Step> {
        let work = self.diagram.nodes.get(node).and_then(|node| node.fields.get("work"));
        work.and_then(|value| work::parse(value).ok()).unwrap_or_default()
    }

    /// The calls of a node's work, parallel ones included.
    pub(super) fn calls(&self, node: &NodeId) -> Vec<CallStep> {
        let of_step = |step: Step| match step {
            Step::Compute { .. } => Vec::new(),
            Step::Call(call) => vec![call],
            Step::Parallel(calls) => calls,
        };
        self.steps(node).into_iter().flat_map(of_step).collect()
    }

    /// Events per second that a producer emits on average; `None` for other nodes.
    pub(super) fn emitted(&self, node: &NodeId) -> Option<f64> {
        let from = self.node(node).filter(|from| from.family() == Family::Producer)?;
        let arrivals = from.text("arrivals")?.parse::<Arrivals>().ok()?;
        Some(arrivals.expected(LOOK_AHEAD) / LOOK_AHEAD)
    }

    /// Events per second that producers send straight to a node.
    pub(super) fn load(&self, node: &NodeId) -> f64 {
        self.diagram.incoming(node).filter_map(|(_, edge)| self.emitted(&edge.from)).sum()
    }

    /// Whether all events of a type have the same key.
    pub(super) fn has_one_key(&self, name: &str) -> bool {
        let key = self.diagram.event_types.get(name).and_then(|event_type| event_type.fields.get("key")).map(field_value);
        matches!(key.and_then(|text| text.parse().ok()), Some(KeyLaw::Constant { .. } | KeyLaw::Uniform { keys: 1 }))
    }

    /// Whether several events of a type have the same key, so that their order may matter.
    pub(super) fn shares_keys(&self, name: &str) -> bool {
        let key = self.diagram.event_types.get(name).and_then(|event_type| event_type.fields.get("key")).map(field_value);
        key.and_then(|text| text.parse::<KeyLaw>().ok()).is_some_and(|law| law != KeyLaw::Unique)
    }

    /// Size of an event type in bytes.
    pub(super) fn event_bytes(&self, name: &str) -> Option<f64> {
        let event_type = self.diagram.event_types.get(name)?;
        crate::units::parse_bytes(&field_value(event_type.fields.get("size")?)).ok()
    }
}

/// A field of a node, as a place.
pub(super) fn at_node(id: &NodeId, key: &str) -> Place {
    Place::Node(id.clone(), (!key.is_empty()).then(|| key.to_owned()))
}

/// A field of an edge, as a place.
pub(super) fn at_edge(id: &EdgeId, key: &str) -> Place {
    Place::Edge(id.clone(), (!key.is_empty()).then(|| key.to_owned()))
}

/// Sets a field of a node.
pub(super) fn set_node(id: &NodeId, key: &str, value: impl Into<serde_json::Value>) -> Edit {
    Edit::SetField { target: Target::Node(id.clone()), key: key.to_owned(), value: Some(value.into()) }
}

/// Sets a field of an edge.
pub(super) fn set_edge(id: &EdgeId, key: &str, value: impl Into<serde_json::Value>) -> Edit {
    Edit::SetField { target: Target::Edge(id.clone()), key: key.to_owned(), value: Some(value.into()) }
}
