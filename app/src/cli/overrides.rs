//! `--set`: a changed field by its path, with the file's spelling.

use std::sync::Arc;

use plimsoll_models::{
    Catalog, Diagram, EdgeId, NodeId, Scenario, ScenarioId, Service, catalog::FieldKind, diagnostic::closest, scenario::FIELDS,
};
use serde_json::Value;

use super::Refusal;

/// A diagram with the scenario to run, to which changes are made.
#[derive(Debug)]
pub(super) struct Overrides<'a> {
    /// The diagram.
    pub(super) diagram: Diagram,
    /// The scenario.
    pub(super) scenario: Scenario,
    /// Its name.
    pub(super) scenario_id: ScenarioId,
    /// The facts.
    pub(super) catalog: &'a Catalog,
}

impl Overrides<'_> {
    /// Makes one change, typed as `path=value`.
    pub(super) fn apply(&mut self, change: &str) -> Result<(), Refusal> {
        let (path, value) = change.split_once('=').ok_or_else(|| {
            Refusal::new(format!("`--set {change}` has no `=`"))
                .hint("write --set node.field=value, for example --set worker.memory=\"512 MiB\"")
        })?;
        let (path, value) = (path.trim(), value.trim());
        let (owner, key) = path.split_once('.').ok_or_else(|| {
            Refusal::new(format!("`{path}` names no field")).hint("write node.field, edge.field, scenario.field or account.service.quota")
        })?;
        match owner {
            "scenario" => self.set_scenario(key, value),
            "account" => self.set_account(key, value),
            _ => self.set_part(owner, key, value),
        }
    }

    fn set_scenario(&mut self, key: &str, value: &str) -> Result<(), Refusal> {
        if let Some((map @ ("load" | "set"), member)) = key.split_once('.') {
            if map == "load" && !self.diagram.nodes.contains_key(member) {
                return Err(unknown("node", member, self.diagram.nodes.keys().map(NodeId::as_str)));
            }
            let object = self.scenario.fields.entry(map.to_owned()).or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Some(object) = object.as_object_mut() {
                object.insert(member.to_owned(), Value::from(value));
            }
            return Ok(());
        }
        if !FIELDS.iter().any(|field| field.key == key) {
            return Err(unknown("field of the scenario", key, FIELDS.iter().map(|field| field.key)));
        }
        let structured = matches!(key, "load" | "set" | "objectives" | "faults");
        self.scenario.fields.insert(key.to_owned(), if structured { json(key, value)? } else { Value::from(value) });
        Ok(())
    }

    fn set_account(&mut self, key: &str, value: &str) -> Result<(), Refusal> {
        if key == "region" {
            value.clone_into(&mut self.diagram.account.region);
            return Ok(());
        }
        let (outside, quota) = match key.strip_prefix("outside.") {
            Some(rest) => (true, rest),
            None => (false, key),
        };
        let known: Vec<String> =
            self.catalog.all().flat_map(|service| service.quotas.iter().map(move |quota| quota.account_key(service))).collect();
        if !known.iter().any(|known| known == quota) {
            return Err(unknown("quota", quota, known.iter().map(String::as_str)));
        }
        let fields = if outside { &mut self.diagram.account.outside } else { &mut self.diagram.account.quotas };
        fields.insert(quota.to_owned(), Value::from(value));
        Ok(())
    }

    fn set_part(&mut self, owner: &str, key: &str, value: &str) -> Result<(), Refusal> {
        let service = if let Some(node) = self.diagram.nodes.get(owner) {
            self.catalog.get(&node.service)
        } else if let Some(edge) = self.diagram.edges.get(owner) {
            let (from, to) = (self.diagram.nodes.get(&edge.from), self.diagram.nodes.get(&edge.to));
            from.zip(to).and_then(|(from, to)| self.catalog.connection(edge.kind, &from.service, &to.service))
        } else {
            let known = self.diagram.nodes.keys().map(NodeId::as_str).chain(self.diagram.edges.keys().map(EdgeId::as_str));
            return Err(unknown("node or edge", owner, known.chain(["scenario", "account"])));
        };
        let value = match service {
            Some(service) => typed(service, key, value)?,
            None => Value::from(value),
        };
        if let Some(node) = self.diagram.nodes.get_mut(owner) {
            Arc::make_mut(node).fields.insert(key.to_owned(), value);
        } else if let Some(edge) = self.diagram.edges.get_mut(owner) {
            Arc::make_mut(edge).fields.insert(key.to_owned(), value);
        }
        // What is typed now beats what the scenario changes.
        if let Some(changes) = self.scenario.fields.get_mut("set").and_then(Value::as_object_mut) {
            changes.remove(&format!("{owner}.{key}"));
        }
        Ok(())
    }
}

/// The value as it would stand in the file, checked against the field's record.
fn typed(service: &Service, key: &str, value: &str) -> Result<Value, Refusal> {
    let Some(field) = service.field(key) else {
        if let Some(quota) = service.quotas.iter().find(|quota| quota.key == key) {
            quota
                .quantity
                .parse(value)
                .map_err(|why| Refusal::new(why).hint(format!("write for example `{}`", quota.quantity.example())))?;
            return Ok(Value::from(value));
        }
        let known = service.fields.iter().map(|field| field.key.as_str()).chain(service.quotas.iter().map(|quota| quota.key.as_str()));
        return Err(unknown(&format!("field of {}", service.title), key, known));
    };
    if field.kind == FieldKind::Work { json(key, value) } else { Ok(Value::from(value)) }
}

fn json(key: &str, value: &str) -> Result<Value, Refusal> {
    serde_json::from_str(value).map_err(|error| {
        Refusal::new(format!("`{key}` is not JSON: {error}")).hint("quote it for your shell, for example '[\"loss <= 1 %\"]'")
    })
}

/// The refusal of a name that does not exist, with the nearest one that does, else with a few that do.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Refusal {
    let hint = if let Some(near) = closest(name, known.clone()) {
        format!("did you mean `{near}`?")
    } else {
        let some: Vec<&str> = known.clone().take(12).collect();
        let more = if known.count() > some.len() { ", …" } else { "" };
        format!("known: {}{more}", some.join(", "))
    };
    Refusal::new(format!("there is no {what} `{name}`")).hint(hint)
}
