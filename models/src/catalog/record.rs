//! The records of the catalog.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{EdgeKind, ServiceId, families::Family, units::Quantity};

/// A product, or the rules of a connection between two products.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its id, such as `aws/lambda`.
    pub id: ServiceId,
    /// Full name.
    pub title: String,
    /// Short name for the box on the drawing.
    #[serde(default)]
    pub short: String,
    /// Group in the palette.
    #[serde(default)]
    pub category: String,
    /// The mechanism that simulates it.
    pub family: Family,
    /// Key of its glyph.
    pub icon: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// Its names elsewhere: `cloudformation`, `drawio`, `terraform`.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<String>>,
    /// What the product does that the mechanism leaves out, each in a sentence.
    #[serde(default)]
    pub leaves_out: Vec<String>,
    /// For a connection: between what.
    #[serde(default)]
    pub applies: Vec<Applies>,
    /// Settings.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// Values that a word of a choice brings along.
    #[serde(default, rename = "preset")]
    pub presets: Vec<Preset>,
    /// Limits.
    #[serde(default, rename = "quota")]
    pub quotas: Vec<Quota>,
    /// Measured or assumed latencies.
    #[serde(default, rename = "latency")]
    pub latencies: Vec<Latency>,
    /// Units that are always free.
    #[serde(default, rename = "allowance")]
    pub allowances: Vec<Allowance>,
    /// Prices.
    #[serde(default, rename = "price")]
    pub prices: Vec<Price>,
}

impl Service {
    /// The setting with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The quota with this key as it stands in a region.
    pub fn quota(&self, key: &str, region: &str) -> Option<&Quota> {
        let mut candidates = self.quotas.iter().filter(|quota| quota.key == key);
        candidates
            .clone()
            .find(|quota| quota.regions.iter().any(|r| r == region))
            .or_else(|| candidates.find(|quota| quota.regions.is_empty()))
    }

    /// The latency with this key.
    pub fn latency(&self, key: &str) -> Option<&Latency> {
        self.latencies.iter().find(|latency| latency.key == key)
    }

    /// The price with this key.
    pub fn price(&self, key: &str) -> Option<&Price> {
        self.prices.iter().find(|price| price.key == key)
    }

    /// What is free of the units of a price.
    pub fn allowance(&self, price: &Price) -> Option<&Allowance> {
        self.allowances.iter().find(|allowance| price.free.as_ref() == Some(&allowance.key))
    }

    /// Whether its id or its family is in a list.
    pub fn is_among(&self, names: &[String]) -> bool {
        names.iter().any(|name| name == self.id.as_str() || name == self.family.as_str())
    }

    /// Whether a state machine calls it by this word: `lambda`, `sqs`, `states`.
    pub fn speaks_as(&self, word: &str) -> bool {
        let own = self.id.as_str().split_once('/').map_or("", |(_, name)| name);
        match word {
            "states" => self.family == Family::Workflow,
            "events" => self.family == Family::Bus,
            "http" => self.family == Family::External,
            "apigateway" => self.family == Family::Gateway,
            word => !word.is_empty() && (own == word || own.split('-').next() == Some(word)),
        }
    }

    /// Name for the box on the drawing.
    pub fn short_title(&self) -> &str {
        if self.short.is_empty() { &self.title } else { &self.short }
    }

    /// Every fact with where it comes from.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Provenance)> {
        self.quotas
            .iter()
            .map(|quota| (quota.key.as_str(), &quota.provenance))
            .chain(self.latencies.iter().map(|latency| (latency.key.as_str(), &latency.provenance)))
            .chain(self.allowances.iter().map(|allowance| (allowance.key.as_str(), &allowance.provenance)))
            .chain(self.prices.iter().map(|price| (price.key.as_str(), &price.provenance)))
            .chain(self.prices.iter().flat_map(|price| price.tiers.iter().map(|tier| (price.key.as_str(), &tier.provenance))))
            .chain(self.presets.iter().map(|preset| (preset.word.as_str(), &preset.provenance)))
    }
}

/// Between what a connection may be drawn. Sources and targets are families (`queue`) or services (`aws/sqs`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// Kind of the edge.
    pub kind: EdgeKind,
    /// What it may leave.
    pub from: Vec<String>,
    /// What it may enter.
    pub to: Vec<String>,
}

impl Applies {
    /// Whether an edge of this kind between these two is meant.
    pub fn fits(&self, kind: EdgeKind, from: &Service, to: &Service) -> bool {
        self.kind == kind && from.is_among(&self.from) && to.is_among(&self.to)
    }
}

/// Where a fact comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Page, measurement or price list.
    #[serde(default)]
    pub source: String,
    /// When it was true, a date or a year.
    #[serde(default)]
    pub as_of: String,
    /// `doc`, `measured`, `blog` or `assumed`.
    #[serde(default)]
    pub confidence: String,
    /// What else to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Provenance {
    /// Whether the users should know that this is not documented.
    pub fn is_assumed(&self) -> bool {
        self.confidence == "assumed"
    }
}

/// What a field holds and how it is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A length of time.
    Duration,
    /// So many per second.
    Rate,
    /// A size.
    Bytes,
    /// A share.
    Fraction,
    /// A whole number of things.
    Count,
    /// A plain number.
    Number,
    /// US dollars.
    Money,
    /// On or off.
    Flag,
    /// One of several words.
    Choice,
    /// Free text.
    Text,
    /// A [`crate::Distribution`].
    Distribution,
    /// [`crate::Arrivals`].
    Arrivals,
    /// A [`crate::policy::Backoff`].
    Backoff,
    /// Names and weights of event types.
    Mix,
    /// Which events pass, see [`crate::families::Filter`].
    Filter,
    /// Steps of [`crate::work`].
    Work,
}

impl FieldKind {
    /// The plain quantity behind this kind, if it is one.
    pub fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Duration => Some(Quantity::Duration),
            Self::Rate => Some(Quantity::Rate),
            Self::Bytes => Some(Quantity::Bytes),
            Self::Fraction => Some(Quantity::Fraction),
            Self::Count => Some(Quantity::Count),
            Self::Number => Some(Quantity::Number),
            Self::Money => Some(Quantity::Money),
            Self::Flag
            | Self::Choice
            | Self::Text
            | Self::Distribution
            | Self::Arrivals
            | Self::Backoff
            | Self::Mix
            | Self::Filter
            | Self::Work => None,
        }
    }
}

/// A setting of a node or an edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key in the file.
    pub key: String,
    /// Name on screen.
    pub title: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Value when absent, as it would be typed; absent itself for a setting that is off unless set.
    #[serde(default)]
    pub default: Option<String>,
    /// The quota that gives the default.
    #[serde(default)]
    pub quota: Option<String>,
    /// The latency that gives the default.
    #[serde(default)]
    pub latency: Option<String>,
    /// Smallest value, as typed.
    #[serde(default)]
    pub min: Option<String>,
    /// Largest value, as typed.
    #[serde(default)]
    pub max: Option<String>,
    /// The words of a choice.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Words that are allowed instead of a number, such as `unlimited`.
    #[serde(default)]
    pub words: Vec<String>,
    /// Heading in the inspector.
    #[serde(default)]
    pub group: String,
    /// What it does.
    pub help: String,
    /// Shown only while another field has a value: `mode=provisioned`.
    #[serde(default)]
    pub when: Option<String>,
    /// For a connection: the families or services that it must enter for the field to have an effect; any when empty.
    #[serde(default)]
    pub to: Vec<String>,
    /// Where the default comes from, when it is neither a quota nor a latency.
    #[serde(default)]
    pub source: Provenance,
}

/// Defaults of other fields that count while a choice has a certain word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// The choice.
    pub field: String,
    /// Its word.
    pub word: String,
    /// For a connection: the families or services that it must enter; any when empty. The first preset that fits counts.
    #[serde(default)]
    pub to: Vec<String>,
    /// Values by field, as typed.
    pub set: BTreeMap<String, String>,
    /// Where they come from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Preset {
    /// Whether it speaks of connections into this service.
    pub fn fits(&self, to: Option<&Service>) -> bool {
        self.to.is_empty() || to.is_some_and(|to| to.is_among(&self.to))
    }
}

/// Whether and how a limit can be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaKind {
    /// Fixed by the provider.
    Hard,
    /// Raised on request.
    Soft,
    /// A setting.
    Configurable,
}

/// A limit of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quota {
    /// Its key within the service.
    pub key: String,
    /// Name on screen.
    pub title: String,
    /// The value, as typed: `1000`, `10000/s`, `30 s`, `256 KiB`.
    pub value: String,
    /// What the value is.
    pub quantity: Quantity,
    /// Smallest value that may stand in for it, as typed; when absent, a byte of a size, a millionth of a number and
    /// nothing of all else.
    #[serde(default)]
    pub min: Option<String>,
    /// Largest value that may stand in for it, as typed; when absent, a million times a count or a number,
    /// and what the product accepts of all else.
    #[serde(default)]
    pub max: Option<String>,
    /// What is counted: `executions`, `requests`, `units`.
    #[serde(default)]
    pub unit: String,
    /// Whether it can be raised.
    pub kind: QuotaKind,
    /// What shares it: `account-region`, `function`, `queue`.
    pub scope: String,
    /// Regions with this value; every other one when empty.
    #[serde(default)]
    pub regions: Vec<String>,
    /// The service that keeps the account, where several services share one quota.
    #[serde(default)]
    pub owner: Option<String>,
    /// Why no behavior reads it, for a fact that only informs.
    #[serde(default)]
    pub informational: Option<String>,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Quota {
    /// How many times its value a number of things may be raised to where its record has no other bound: more than any provider
    /// grants, and enough to lift it for an experiment.
    const RAISED: f64 = 1e6;

    /// The value in base units.
    pub fn number(&self) -> f64 {
        self.quantity.parse(&self.value).unwrap_or(f64::NAN)
    }

    /// The smallest and the largest value that may stand in for it, in base units.
    pub fn bounds(&self) -> (f64, f64) {
        let bound = |text: &Option<String>| text.as_ref().and_then(|text| self.quantity.parse(text).ok());
        let number = self.number();
        let raised = match self.quantity {
            // What is nothing by default is bounded by its quantity alone, and so is what takes no memory.
            Quantity::Count | Quantity::Number if number > 0.0 => number * Self::RAISED,
            Quantity::Count
            | Quantity::Number
            | Quantity::Bytes
            | Quantity::Duration
            | Quantity::Rate
            | Quantity::Fraction
            | Quantity::Money => f64::INFINITY,
        };
        let lowered = match self.quantity {
            // Sizes and factors are divided by.
            Quantity::Bytes if number > 0.0 => 1.0,
            Quantity::Number => number / Self::RAISED,
            Quantity::Bytes | Quantity::Duration | Quantity::Rate | Quantity::Fraction | Quantity::Count | Quantity::Money => 0.0,
        };
        (bound(&self.min).unwrap_or(lowered), bound(&self.max).unwrap_or(raised.min(self.quantity.max())))
    }

    /// Its name in the account, where quotas are raised and outside use is noted.
    pub fn account_key(&self, service: &Service) -> String {
        format!("{}.{}", self.owner.as_deref().unwrap_or(service.id.as_str()), self.key)
    }

    /// Whether every node of the service in the account shares it.
    pub fn is_shared(&self) -> bool {
        self.scope.starts_with("account")
    }
}

/// A latency of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Its key within the service.
    pub key: String,
    /// Name on screen.
    pub title: String,
    /// The law, as typed.
    pub law: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A price of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Its key within the service: the meter that it prices.
    pub key: String,
    /// Name on screen.
    pub title: String,
    /// US dollars.
    pub usd: f64,
    /// For so many units.
    pub per: f64,
    /// The unit.
    pub unit: String,
    /// The allowance that its units are taken from first.
    #[serde(default)]
    pub free: Option<String>,
    /// Other prices from so many units a month on, in their order.
    #[serde(default, rename = "tier")]
    pub tiers: Vec<Tier>,
    /// Whether its units are what is kept over time, so that they grow faster than the time that a run takes.
    #[serde(default)]
    pub kept: bool,
    /// Why no behavior meters it, for a price that only informs.
    #[serde(default)]
    pub informational: Option<String>,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Price {
    /// US dollars for one unit.
    pub fn each(&self) -> f64 {
        self.usd / self.per
    }

    /// US dollars for so many units of a month, each tier at its own price.
    pub fn for_month(&self, units: f64) -> f64 {
        let (mut usd, mut priced, mut each) = (0.0, 0.0, self.each());
        for tier in &self.tiers {
            let until = tier.above.min(units);
            usd += (until - priced) * each;
            (priced, each) = (until, tier.usd / self.per);
        }
        usd + (units - priced) * each
    }
}

/// Another price for the units of a month above a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Units of the month that are charged at the prices before it.
    pub above: f64,
    /// US dollars for as many units as the price is for.
    pub usd: f64,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// Units that an account has for nothing each month, for as long as it exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// Its key within the service, by which prices name it; several prices may share one.
    pub key: String,
    /// Units a month.
    pub per_month: f64,
    /// The unit.
    pub unit: String,
    /// The service that keeps the account, where several services share one allowance.
    #[serde(default)]
    pub owner: Option<String>,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Allowance {
    /// Its name in the account.
    pub fn account_key(&self, service: &Service) -> String {
        format!("{}.{}", self.owner.as_deref().unwrap_or(service.id.as_str()), self.key)
    }
}
