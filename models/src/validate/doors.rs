//! Front doors: what the provider refuses.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeKind, Edit, NodeId, Place,
    diagnostic::closest,
    edit::Target,
    families::{self, ApiConfig, ApiKind, Config, Door, Limit},
    units,
};

/// Every front door is one that the provider would make.
pub(super) fn doors(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Gateway(config)), _) = families::node_config(diagram, catalog, id) else { continue };
        match &config.door {
            Door::Api(api) => {
                if let Some(timeout) = &config.timeout {
                    patience(diagram, catalog, id, api, timeout, found);
                }
                plans(diagram, id, api, found);
            }
            Door::FunctionUrl => {
                if diagram.outgoing(id).filter(|(_, edge)| edge.kind == EdgeKind::Request).count() > 1 {
                    let message = format!("`{}` leads to several functions; a function URL belongs to one", diagram.title(id));
                    let diagnostic = Diagnostic::error("one-function", Place::Node(id.clone(), None), message);
                    found.push(diagnostic.hint("give each function a URL of its own, or use an API or a load balancer"));
                }
            }
            Door::Balancer(_) => {}
        }
    }
}

/// The integration timeout lies within what the provider allows.
fn patience(diagram: &Diagram, catalog: &Catalog, id: &NodeId, api: &ApiConfig, timeout: &Limit, found: &mut Vec<Diagnostic>) {
    let Some(service) = diagram.nodes.get(id).and_then(|node| catalog.get(&node.service)) else { return };
    let Some(quota) = service.quota(&timeout.key, &diagram.account.region) else { return };
    let applied = diagram.account.quotas.get(&quota.account_key(service)).map(families::field_value);
    let raised = applied.and_then(|text| quota.quantity.parse(&text).ok());
    let place = || Place::Node(id.clone(), Some(timeout.key.clone()));
    let allowed = match &api.kind {
        ApiKind::Rest { edge_optimized: false, timeout_min, .. } => {
            if timeout.value < *timeout_min {
                let message = format!("{} takes no integration timeout below {}", service.title, units::print_duration(*timeout_min));
                found.push(Diagnostic::error("timeout-too-short", place(), message).hint("raise it"));
            }
            raised.unwrap_or_else(|| quota.number())
        }
        // The one of an HTTP API is fixed, and the one of an edge-optimized REST API cannot be raised.
        ApiKind::Rest { .. } | ApiKind::Http { .. } => quota.number(),
    };
    if timeout.value > allowed {
        let longest = units::print_duration(allowed);
        let message =
            format!("{} waits for an integration for {longest} at most, not for {}", service.title, units::print_duration(timeout.value));
        let hint = match &api.kind {
            ApiKind::Rest { edge_optimized: false, .. } => format!(
                "ask the provider for more and note it under the account as `{}`; it may cost part of the throttle rate",
                quota.account_key(service)
            ),
            ApiKind::Rest { .. } => "make the endpoint regional, where the quota can be raised".to_owned(),
            ApiKind::Http { .. } => "answer at once and go on asynchronously, or use a REST API with a raised quota".to_owned(),
        };
        let fix = Edit::SetField { target: Target::Node(id.clone()), key: timeout.key.clone(), value: Some(longest.into()) };
        found.push(Diagnostic::error("timeout-too-long", place(), message).hint(hint).fix(fix));
    }
}

/// Usage plans speak of event types that exist.
fn plans(diagram: &Diagram, id: &NodeId, api: &ApiConfig, found: &mut Vec<Diagnostic>) {
    let ApiKind::Rest { plans, .. } = &api.kind else { return };
    for name in plans.iter().flat_map(|plan| &plan.events).filter(|name| !diagram.event_types.contains_key(name.as_str())) {
        let known = diagram.event_types.keys().map(crate::EventTypeId::as_str);
        let hint = closest(name, known).map_or_else(|| "define it under event types".to_owned(), |near| format!("did you mean `{near}`?"));
        let place = Place::Node(id.clone(), Some("usage_plans".to_owned()));
        found.push(Diagnostic::error("unknown-event-type", place, format!("there is no event type `{name}`")).hint(hint));
    }
}
