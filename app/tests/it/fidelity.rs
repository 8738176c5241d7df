//! `docs/fidelity.md` is made from the catalog and from the tests of the engine: what is simulated, what is not, on whose
//! word, and which test shows it. `UPDATE_DOCS=1` writes it anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use plimsoll_models::{
    Catalog, Service,
    catalog::{Allowance, Price, Provenance, Quota, Tier},
    families::Family,
};

const HEAD: &str = "# Fidelity\n\n\
    What is simulated of each service, what is not, and on whose word.\n\
    Made from the catalog and from the engine's tests; `UPDATE_DOCS=1 cargo test -p plimsoll --test it fidelity` writes it anew.\n\n\
    Confidence: *doc* is the provider's documentation, *measured* a published measurement, *blog* an announcement or a secondary note, \
    *assumed* everything else; what is assumed is listed in every run that uses it.\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names of the engine's scenario tests as sentences, by the services that their diagrams use.
fn proofs() -> BTreeMap<String, Vec<String>> {
    let mut proofs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("sim/tests/it")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let items = items(&text);
        for (name, body) in items.iter().filter(|(_, body)| body.contains("#[test]")) {
            let drawn = drawn(body, &items);
            for service in Catalog::embedded().all().filter(|service| drawn.contains(&format!("\"{}\"", service.id))) {
                proofs.entry(service.id.to_string()).or_default().push(name.replace('_', " "));
            }
        }
    }
    proofs
}

/// Functions and constants of a file, by name.
fn items(text: &str) -> Vec<(&str, &str)> {
    let ends = |text: &str| text.find("\n\n").map_or(text.len(), |at| at + 1);
    let mut rest = text;
    let mut items = Vec::new();
    while !rest.is_empty() {
        // Items are apart by an empty line; the lines of a function that are indented belong to it.
        let mut end = ends(rest);
        while rest[end..].starts_with("\n    ") {
            end += ends(&rest[end..]).max(1);
        }
        let (item, next) = rest.split_at(end.min(rest.len()));
        let named = ["fn ", "const "].iter().find_map(|word| item.split_once(word)).map(|(_, after)| after);
        if let Some(name) = named.and_then(|after| after.split(|c: char| !c.is_alphanumeric() && c != '_').next()) {
            items.push((name, item));
        }
        rest = next.trim_start_matches('\n');
    }
    items
}

/// The text of a test with that of the functions and constants of its file that it uses, and that they use.
fn drawn(body: &str, items: &[(&str, &str)]) -> String {
    let mut text = body.to_owned();
    for _ in 0..3 {
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let used = items.iter().filter(|(name, item)| words.contains(name) && !item.contains("#[test]")).map(|(_, item)| *item);
        text = std::iter::once(body).chain(used).collect();
    }
    text
}

fn word(provenance: &Provenance) -> String {
    let note = if provenance.note.is_empty() { String::new() } else { format!("; {}", provenance.note) };
    format!("{}, {}, {}{note}", provenance.confidence, provenance.as_of, provenance.source).replace('|', "/").replace('\n', " ")
}

fn quota_row(quota: &Quota) -> String {
    let regions = if quota.regions.is_empty() { String::new() } else { format!(" in {}", quota.regions.join(", ")) };
    let unit = if quota.unit.is_empty() { String::new() } else { format!(" {}", quota.unit) };
    format!("| {} | {}{unit}{regions} | {} | {} |\n", quota.title, quota.value, quota.scope, word(&quota.provenance))
}

fn section(service: &Service, proofs: &[String]) -> String {
    let mut text = format!("\n## {}\n\n`{}`, family `{}`. {}.\n", service.title, service.id, service.family.as_str(), service.summary);
    let simulated: Vec<&Quota> = service.quotas.iter().filter(|quota| quota.informational.is_none()).collect();
    if !simulated.is_empty() {
        text += "\n**Limits that a run can hit**\n\n| limit | value | scope | source |\n|---|---|---|---|\n";
        text.extend(simulated.iter().map(|quota| quota_row(quota)));
    }
    let used = |key: &str| service.fields.iter().any(|field| field.latency.as_deref() == Some(key));
    let latencies: Vec<_> = service.latencies.iter().filter(|latency| used(&latency.key)).collect();
    if !latencies.is_empty() {
        text += "\n**Latencies by default**\n\n| time | law | source |\n|---|---|---|\n";
        for latency in latencies {
            let _ = writeln!(text, "| {} | {} | {} |", latency.title, latency.law.replace('|', "/"), word(&latency.provenance));
        }
    }
    let presets = service.latencies.iter().filter(|latency| !used(&latency.key)).count();
    if presets > 0 {
        let _ = writeln!(text, "\n{presets} more laws can be chosen; `plimsoll catalog {}` lists them.", service.id);
    }
    let metered: Vec<_> = service.prices.iter().filter(|price| price.informational.is_none()).collect();
    if !metered.is_empty() {
        text += "\n**Metered**\n\n| meter | USD | source |\n|---|---|---|\n";
        for price in metered {
            let Price { title, usd, per, unit, tiers, provenance, .. } = price;
            let same = Provenance { note: String::new(), ..provenance.clone() };
            let other = |known: &Provenance| if *known == same { String::new() } else { format!(" ({})", word(known)) };
            let mut dollars = format!("{usd} per {per} {unit}");
            for Tier { above, usd, provenance } in tiers {
                let _ = write!(dollars, "; {usd} above {above} a month{}", other(provenance));
            }
            if let Some(Allowance { per_month, provenance, .. }) = service.allowance(price) {
                let _ = write!(dollars, "; {per_month} a month free{}", other(provenance));
            }
            let _ = writeln!(text, "| {title} | {dollars} | {} |", word(provenance));
        }
    }
    let informational = service.quotas.iter().filter_map(|quota| Some((&quota.title, quota.informational.as_ref()?)));
    let unmetered = service.prices.iter().filter_map(|price| Some((&price.title, price.informational.as_ref()?)));
    let gaps: Vec<String> = service
        .leaves_out
        .iter()
        .map(|gap| format!("- {gap}\n"))
        .chain(informational.chain(unmetered).map(|(title, why)| format!("- {title}: {why}\n")))
        .collect();
    if !gaps.is_empty() {
        text += "\n**Not simulated**\n\n";
        text.extend(gaps);
    }
    if !proofs.is_empty() {
        text += "\n**Shown by**\n\n";
        text.extend(proofs.iter().map(|proof| format!("- {proof}\n")));
    }
    text
}

fn page() -> String {
    let proofs = proofs();
    let none = Vec::new();
    let of = |service: &Service| proofs.get(service.id.as_str()).unwrap_or(&none).clone();
    let mut text = HEAD.to_owned();
    text.extend(Catalog::embedded().nodes().map(|service| section(service, &of(service))));
    text += "\n# Connections\n";
    let connections = Catalog::embedded().all().filter(|service| service.family == Family::Connection);
    text.extend(connections.map(|service| section(service, &[])));
    text
}

#[test]
fn the_fidelity_page_is_up_to_date() {
    let path = root().join("docs/fidelity.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/fidelity.md is out of date: run with UPDATE_DOCS=1");
}

#[test]
fn every_service_is_shown_by_a_test() {
    let proofs = proofs();
    let unproved: Vec<&str> =
        Catalog::embedded().nodes().map(|service| service.id.as_str()).filter(|id| !proofs.contains_key(*id)).collect();
    assert!(unproved.is_empty(), "no scenario test of the engine uses {unproved:?}");
}
