//! `plimsoll catalog`: which services there are, and every fact about one, with its source.

use plimsoll_models::{
    Catalog, Service, ServiceId,
    catalog::{FieldKind, Provenance, QuotaKind},
    diagnostic::closest,
    units,
};

use super::{Outcome, Refusal, Stop, Streams, args::CatalogArgs};
use crate::report::{
    push_line,
    table::{Align, Table},
};

/// Lists the services or describes one.
pub(super) fn perform(args: &CatalogArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let catalog = Catalog::embedded();
    let text = match &args.service {
        None => list(catalog),
        Some(name) => describe(find(catalog, name)?),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Outcome::Fine)
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Service, Refusal> {
    if let Some(service) = catalog.get(&ServiceId::new(name)) {
        return Ok(service);
    }
    let known = catalog.all().map(|service| service.id.as_str());
    // `lambda` for `aws/lambda` is what people type first.
    let by_tail: Vec<&Service> = catalog.all().filter(|service| service.id.as_str().rsplit('/').next() == Some(name)).collect();
    if let [service] = by_tail[..] {
        return Ok(service);
    }
    let hint =
        closest(name, known).map_or_else(|| "`plimsoll catalog` lists the services".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(Refusal::new(format!("the catalog has no service `{name}`")).hint(hint))
}

fn list(catalog: &Catalog) -> String {
    let mut table = Table::new(&[("Service", Align::Left), ("Title", Align::Left), ("Family", Align::Left), ("What it is", Align::Left)]);
    for service in catalog.nodes() {
        table.row([service.id.to_string(), service.title.clone(), service.family.as_str().to_owned(), service.summary.clone()]);
    }
    let mut text = table.print();
    let mut rules = Table::new(&[("Connection", Align::Left), ("What it is", Align::Left)]);
    for service in catalog.all().filter(|service| !service.applies.is_empty()) {
        rules.row([service.id.to_string(), service.summary.clone()]);
    }
    text.push('\n');
    text.push_str(&rules.print());
    let version = plimsoll_models::catalog::VERSION;
    push_line(&mut text, format_args!("\nCatalog {version}. `plimsoll catalog SERVICE` tells its fields, quotas and prices."));
    text
}

fn describe(service: &Service) -> String {
    let mut text = format!("{} ({})\n{}\n", service.title, service.id, service.summary);
    for (title, table) in
        [("Fields", fields(service)), ("Quotas", quotas(service)), ("Latencies", latencies(service)), ("Prices", prices(service))]
    {
        if !table.is_empty() {
            push_line(&mut text, format_args!("\n{title}"));
            text.push_str(&table.print());
        }
    }
    text
}

fn fields(service: &Service) -> Table {
    let mut table = Table::new(&[("Field", Align::Left), ("Kind", Align::Left), ("Default", Align::Left), ("What it does", Align::Left)]);
    for field in &service.fields {
        let fallback = service.quota(field.quota.as_deref().unwrap_or_default(), "us-east-1").map(|quota| quota.value.clone());
        let law = service.latency(field.latency.as_deref().unwrap_or_default()).map(|latency| latency.law.clone());
        let default = field.default.clone().or(fallback).or(law).unwrap_or_else(|| "-".to_owned());
        let kind = if field.kind == FieldKind::Choice { field.choices.join(" | ") } else { kind_name(field.kind).to_owned() };
        table.row([field.key.clone(), kind, default, field.help.clone()]);
    }
    table
}

fn kind_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Duration => "duration",
        FieldKind::Rate => "rate",
        FieldKind::Bytes => "size",
        FieldKind::Fraction => "share",
        FieldKind::Count => "count",
        FieldKind::Number => "number",
        FieldKind::Money => "money",
        FieldKind::Flag => "true | false",
        FieldKind::Choice => "choice",
        FieldKind::Text => "text",
        FieldKind::Distribution => "distribution",
        FieldKind::Arrivals => "arrivals",
        FieldKind::Backoff => "back-off",
        FieldKind::Mix => "mix of event types",
        FieldKind::Filter => "filter",
        FieldKind::Work => "list of steps",
    }
}

fn quotas(service: &Service) -> Table {
    let mut table = Table::new(&[
        ("Quota", Align::Left),
        ("Value", Align::Right),
        ("Kind", Align::Left),
        ("Shared by", Align::Left),
        ("Where", Align::Left),
        ("As of", Align::Left),
        ("Source", Align::Left),
    ]);
    for quota in &service.quotas {
        let kind = match quota.kind {
            QuotaKind::Hard => "hard",
            QuotaKind::Soft => "adjustable",
            QuotaKind::Configurable => "setting",
        };
        let regions = if quota.regions.is_empty() { "elsewhere".to_owned() } else { quota.regions.join(" ") };
        let everywhere = service.quotas.iter().filter(|other| other.key == quota.key).count() == 1;
        table.row([
            quota.key.clone(),
            format!("{} {}", quota.value, quota.unit).trim().to_owned(),
            kind.to_owned(),
            quota.scope.clone(),
            if everywhere { "everywhere".to_owned() } else { regions },
            quota.provenance.as_of.clone(),
            source(&quota.provenance),
        ]);
    }
    table
}

fn latencies(service: &Service) -> Table {
    let mut table = Table::new(&[("Latency", Align::Left), ("Law", Align::Left), ("As of", Align::Left), ("Source", Align::Left)]);
    for latency in &service.latencies {
        table.row([latency.key.clone(), latency.law.clone(), latency.provenance.as_of.clone(), source(&latency.provenance)]);
    }
    table
}

fn prices(service: &Service) -> Table {
    let mut table = Table::new(&[
        ("Price", Align::Left),
        ("USD", Align::Right),
        ("Per", Align::Left),
        ("Free a month", Align::Right),
        ("As of", Align::Left),
        ("Source", Align::Left),
    ]);
    for price in &service.prices {
        let per = format!("{} {}", units::print_number(price.per), price.unit);
        let free = service.allowance(price).map_or_else(|| "-".to_owned(), |allowance| units::print_number(allowance.per_month));
        let Provenance { as_of, .. } = &price.provenance;
        table.row([price.title.clone(), price.usd.to_string(), per.clone(), free, as_of.clone(), source(&price.provenance)]);
        for tier in &price.tiers {
            let above = format!("above {} a month", units::print_number(tier.above));
            let Provenance { as_of, .. } = &tier.provenance;
            table.row([above, tier.usd.to_string(), per.clone(), String::new(), as_of.clone(), source(&tier.provenance)]);
        }
    }
    table
}

/// The source, with a mark where it is no document of the provider.
fn source(provenance: &Provenance) -> String {
    match provenance.confidence.as_str() {
        "" | "doc" => provenance.source.clone(),
        other => format!("{} ({other})", provenance.source),
    }
}
