//! A result as a person reads it: the answer first, then what it rests on.

use plimsoll_models::{
    Diagram, Severity,
    units::{print_compact, print_duration, print_fraction, print_number, print_significant},
};
use plimsoll_sim::{
    RunResult,
    result::{Basis, Consequence, CostMonth, Difference, Finding, Holds, LatencySummary, LimitResult, ObjectiveResult},
};

use super::{
    faults, push_line, sankey,
    style::Style,
    table::{Align, Table, WIDTH_MAX, wrap},
};

/// Limits that are listed; the rest is in the data.
const LIMITS_MAX: usize = 12;

/// Findings that are listed.
const FINDINGS_MAX: usize = 8;

/// Rows of the ledger and of the cost that are listed.
const ROWS_MAX: usize = 20;

/// Numbers whose effect is listed.
const EFFECTS_MAX: usize = 10;

/// Characters of a key that are shown.
const KEY_CHARACTERS_MAX: usize = 16;

/// Peak use above which a limit is worth a row even when it never bound.
const USE_WORTH_A_ROW: f64 = 0.005;

/// Use of a limit from which a multiple reads better than percents.
const MULTIPLE_FROM: f64 = 10.0;

/// A result with what its summary needs beside it.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// What happened.
    pub result: &'a RunResult,
    /// What was run, for names.
    pub diagram: &'a Diagram,
    /// The command that gives the same result.
    pub reproduce: &'a str,
}

impl Summary<'_> {
    /// The text, at most 100 characters wide.
    pub fn print(&self, style: Style) -> String {
        let sections = [
            self.answer(style),
            self.objectives(style),
            faults::faults(self.result, self.diagram, style),
            self.journeys(style),
            self.limits(style),
            self.ledger(style),
            self.findings(style),
            faults::remedies(self.result, self.diagram, style),
            self.sensitivity(style),
            self.cost(style),
            self.closing(style),
        ];
        let mut text = String::new();
        for section in sections.into_iter().filter(|section| !section.is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&section);
        }
        text
    }

    fn answer(&self, style: Style) -> String {
        let Self { result, .. } = self;
        let run = &result.run;
        let title = if run.diagram.is_empty() { "Untitled" } else { &run.diagram };
        let mut text = format!("{}, scenario {}: {}\n", style.strong(title), run.scenario, self.length());
        push_line(&mut text, format_args!("{}", headline(result, style)));
        for line in self.reasons() {
            push_wrapped(&mut text, &line, 2);
        }
        text
    }

    pub(super) fn length(&self) -> String {
        let run = &self.result.run;
        let mut parts = vec![format!("{} of load", print_duration(run.duration_s))];
        if run.warm_up_s > 0.0 {
            parts.push(format!("{} warm-up left out", print_duration(run.warm_up_s)));
        }
        parts.push(format!("{} root events", print_number(run.requests as f64)));
        if run.replications > 1 {
            parts.push(format!("{} replications", run.replications));
        }
        if run.ended_s > run.duration_s {
            parts.push(format!("{} after {}", if run.drained { "drained" } else { "stopped" }, print_duration(run.ended_s)));
        }
        parts.join(", ")
    }

    /// Which limit gave first, which one costs most, and what to do.
    pub(super) fn reasons(&self) -> Vec<String> {
        let Self { result, .. } = self;
        let limit = |index: Option<usize>| index.and_then(|index| result.limits.get(index));
        let mut lines = Vec::new();
        match limit(result.answer.first) {
            Some(first) => {
                lines.push(format!("Gives first: {}", self.told(first)));
                if let Some(costliest) = limit(result.answer.costliest)
                    && result.answer.costliest != result.answer.first
                {
                    lines.push(format!("Costs most: {}", self.told(costliest)));
                }
            }
            None => match result.limits.iter().find_map(|limit| Some((limit, limit.headroom?))) {
                Some((tightest, headroom)) => lines.push(format!(
                    "No limit refused or delayed anything. The tightest is {}{}: {} of {} at its peak, so the load could grow about {} times.",
                    tightest.title,
                    self.owner(tightest),
                    print_fraction(tightest.use_peak),
                    tightest.text,
                    print_significant(headroom),
                )),
                None => lines.push("No limit refused or delayed anything.".to_owned()),
            },
        }
        lines.extend(self.advice());
        lines
    }

    /// What to do: lift the limit that was found to restore most, else what is said about the one that costs most.
    fn advice(&self) -> Vec<String> {
        let result = self.result;
        if let Some(restores) = &result.answer.restores {
            let limit = &result.limits[restores.limit];
            let holding = restores.objectives.iter().filter(|objective| objective.holds == Holds::Holds).count();
            let all = restores.objectives.len();
            let effect = match (holding, all) {
                (1, 1) => "the broken objective holds then".to_owned(),
                (2, 2) => "both broken objectives hold then".to_owned(),
                (holding, all) if holding == all => format!("all {all} broken objectives hold then"),
                (0, _) => "what is broken comes nearer then".to_owned(),
                (holding, all) => format!("{holding} of {all} broken objectives hold then"),
            };
            let measured: Vec<String> =
                restores.objectives.iter().map(|objective| format!("{}: {}", objective.objective, objective.text)).collect();
            let next = restores.next.as_ref().map_or_else(|| "nothing else gives".to_owned(), |next| format!("{next} gives next"));
            let told = format!("What to do: lift {}{}; {effect} ({}), and {next}.", limit.title, self.owner(limit), measured.join("; "));
            return vec![told, format!("Simulated with --set {}=\"{}\"", restores.path, restores.value)];
        }
        let told = result.answer.costliest.or(result.answer.first);
        // What is said about the limit itself is more to the point than what is said about an objective that it breaks.
        let about = || result.findings.iter().filter(|finding| told.is_some() && finding.limit == told && !finding.advice.is_empty());
        let finding = about().find(|finding| finding.fix.is_some()).or_else(|| about().next());
        finding.map(|finding| format!("What to do: {}", finding.advice)).into_iter().collect()
    }

    fn told(&self, limit: &LimitResult) -> String {
        let mut did = Vec::new();
        if limit.refused > 0 {
            did.push(format!("refused {}", print_number(limit.refused as f64)));
        }
        if limit.delayed > 0 {
            let mean = limit.delay_s / limit.delayed as f64;
            let by = if mean > 0.0 { format!(" by {} on average", print_duration(mean)) } else { String::new() };
            did.push(format!("delayed {}{by}", print_number(limit.delayed as f64)));
        }
        let when = limit.first_bound_s.map_or_else(String::new, |at| format!(", first at {}", print_duration(at)));
        let did = if did.is_empty() { "held back load".to_owned() } else { did.join(" and ") };
        format!("{} ({}){} {did}{when}.", limit.title, limit.text, self.owner(limit))
    }

    pub(super) fn owner(&self, limit: &LimitResult) -> String {
        match (&limit.node, &limit.edge) {
            (Some(node), _) => format!(" of {}", self.diagram.title(node)),
            (None, Some(edge)) => format!(" of edge {edge}"),
            (None, None) => String::new(),
        }
    }

    fn objectives(&self, style: Style) -> String {
        let objectives = &self.result.verdict.objectives;
        if objectives.is_empty() {
            return String::new();
        }
        let mut text = heading("Objectives", style);
        let word = |objective: &ObjectiveResult| match objective.holds {
            Holds::Holds => "holds",
            Holds::Broken => "BROKEN",
            Holds::Inconclusive => "open",
            Holds::NoObjectives => "-",
        };
        for objective in objectives {
            let word = format!("{:<8}", word(objective));
            let word = match objective.holds {
                Holds::Holds => style.good(&word),
                Holds::Broken => style.bad(&word),
                Holds::Inconclusive | Holds::NoObjectives => style.warn(&word),
            };
            push_line(&mut text, format_args!("  {word}{:<44}  {}", objective.objective, objective.text));
        }
        if self.result.run.replications == 1 {
            push_line(
                &mut text,
                format_args!("  {}", style.faint("one replication, no interval: --replications 10 tells how sure this is")),
            );
        }
        text
    }

    fn journeys(&self, style: Style) -> String {
        let table = self.journeys_table();
        if table.is_empty() {
            return String::new();
        }
        let mut text = heading("Journeys", style) + &table.print();
        if let Some(remark) = self.unfinished() {
            text.push_str(&style.warn(&format!("  {remark}\n")));
        }
        text
    }

    /// What to keep in mind where journeys had not ended.
    pub(super) fn unfinished(&self) -> Option<String> {
        let unfinished: u64 = self.result.journeys.iter().map(|journey| journey.unfinished).sum();
        (unfinished > 0).then(|| {
            let count = print_number(unfinished as f64);
            format!("{count} had not ended when the clock stopped: losses and completion percentiles are lower bounds")
        })
    }

    /// Response and completion of each producer's journeys.
    pub(super) fn journeys_table(&self) -> Table {
        let mut table = Table::new(&[
            ("Producer", Align::Left),
            ("Latency", Align::Left),
            ("Count", Align::Right),
            ("p50", Align::Right),
            ("p90", Align::Right),
            ("p99", Align::Right),
            ("Max", Align::Right),
            ("Success", Align::Right),
        ]);
        for journey in &self.result.journeys {
            let mut name = self.diagram.title(&journey.producer).to_owned();
            if let Some(event_type) = &journey.event_type {
                name = format!("{name}, {event_type}");
            }
            let share =
                |good: u64, bad: u64| if good + bad == 0 { "-".to_owned() } else { print_fraction(good as f64 / (good + bad) as f64) };
            table.row(latency_row(name, "response", &journey.response, share(journey.succeeded, journey.rejected + journey.failed)));
            table.row(latency_row(String::new(), "completion", &journey.completion, share(journey.complete, journey.lossy)));
            for class in &journey.key_classes {
                let name = match &class.key {
                    Some(key) => format!("  hottest: {}, {}", shortened(key), print_fraction(class.share)),
                    None => "  other keys".to_owned(),
                };
                table.row(latency_row(name, "completion", &class.completion, share(class.complete, class.lossy)));
            }
        }
        table
    }

    fn limits(&self, style: Style) -> String {
        let limits = &self.result.limits;
        let shown: Vec<&LimitResult> = worth_a_row(limits).take(LIMITS_MAX).collect();
        if shown.is_empty() {
            return String::new();
        }
        let mut text = heading("Limits, least headroom first", style) + &self.limits_table(&shown).print();
        let hidden = limits.len() - shown.len();
        let mut remarks = Vec::new();
        if shown.iter().any(|limit| limit.assumed) {
            remarks.push("* is an assumed value".to_owned());
        }
        if hidden > 0 {
            remarks.push(format!("{hidden} more with little or no use are in --json and --csv"));
        }
        if !remarks.is_empty() {
            push_line(&mut text, format_args!("  {}", style.faint(&remarks.join("; "))));
        }
        text
    }

    /// Limits with their use.
    pub(super) fn limits_table(&self, limits: &[&LimitResult]) -> Table {
        let mut table = Table::new(&[
            ("Limit", Align::Left),
            ("Of", Align::Left),
            ("Value", Align::Right),
            ("Peak use", Align::Right),
            ("Refused", Align::Right),
            ("Delayed", Align::Right),
            ("Bound at", Align::Right),
            ("Headroom", Align::Right),
        ]);
        for limit in limits {
            let of = self.owner(limit);
            table.row([
                if limit.assumed { format!("{} *", limit.title) } else { limit.title.clone() },
                of.strip_prefix(" of ").unwrap_or(&of).to_owned(),
                limit.text.clone(),
                share_of_limit(limit.use_peak),
                count(limit.refused),
                count(limit.delayed),
                limit.first_bound_s.map_or_else(|| "-".to_owned(), print_duration),
                limit.headroom.map_or_else(|| "-".to_owned(), |headroom| format!("{}x", print_significant(headroom))),
            ]);
        }
        table
    }

    fn ledger(&self, style: Style) -> String {
        let ledger = &self.result.ledger;
        if ledger.rows.is_empty() {
            return String::new();
        }
        let state = if ledger.balanced { style.good("balanced") } else { style.bad("NOT BALANCED, please report this") };
        let mut text = format!("{}, {state}\n{}", style.strong("Ledger"), self.ledger_table(ROWS_MAX).print());
        text.push_str(&more(ledger.rows.len(), ROWS_MAX, style));
        text
    }

    /// The fates of the copies on each edge, at most so many rows.
    pub(super) fn ledger_table(&self, rows_max: usize) -> Table {
        let ledger = &self.result.ledger;
        // Only fates that occur get a column.
        let all: Vec<&String> =
            ledger.rows.iter().flat_map(|row| row.fates.iter()).filter(|(_, n)| **n > 0).map(|(fate, _)| fate).collect();
        let fates: std::collections::BTreeSet<&String> = all.into_iter().collect();
        let mut columns = vec![("Copies on", Align::Left), ("Created", Align::Right), ("Attempts", Align::Right)];
        columns.extend(fates.iter().map(|fate| (fate.as_str(), Align::Right)));
        columns.push(("Held", Align::Right));
        let mut table = Table::new(&columns);
        for row in ledger.rows.iter().take(rows_max) {
            let mut cells = vec![sankey::title(row, self.diagram).replace('→', "->"), count(row.created), count(row.attempts)];
            cells.extend(fates.iter().map(|fate| count(row.fates.get(*fate).copied().unwrap_or(0))));
            cells.push(count(row.held));
            table.row(cells);
        }
        table
    }

    fn findings(&self, style: Style) -> String {
        let findings: Vec<&Finding> = self.told_findings().collect();
        if findings.is_empty() {
            return String::new();
        }
        let mut text = heading("Findings", style);
        for finding in findings.iter().copied().take(FINDINGS_MAX) {
            push_finding(&mut text, finding, style);
        }
        text.push_str(&more(findings.len(), FINDINGS_MAX, style));
        text
    }

    fn sensitivity(&self, style: Style) -> String {
        let table = self.sensitivity_table(EFFECTS_MAX);
        if table.is_empty() {
            return String::new();
        }
        let mut text = heading("What moves the outcome most, each number changed alone", style) + &table.print();
        text.push_str(&more(self.result.sensitivity.len(), EFFECTS_MAX, style));
        text
    }

    /// Numbers with what a tenth more or less of each does, at most so many rows.
    pub(crate) fn sensitivity_table(&self, rows_max: usize) -> Table {
        let mut table = Table::new(&[
            ("Number", Align::Left),
            ("From", Align::Right),
            ("To", Align::Right),
            ("Loss", Align::Right),
            ("Response p99", Align::Right),
            ("Completion p99", Align::Right),
        ]);
        for effect in self.result.sensitivity.iter().take(rows_max) {
            let points = |difference: &Difference| signed(difference, |value| format!("{} points", print_significant(value * 100.0)));
            table.row([
                effect.title.clone(),
                effect.from.clone(),
                effect.to.clone(),
                points(&effect.loss),
                signed(&effect.response_p99, print_duration),
                signed(&effect.completion_p99, print_duration),
            ]);
        }
        table
    }

    /// What there is to say, without the remedies, which have a table of their own.
    pub(super) fn told_findings(&self) -> impl Iterator<Item = &Finding> {
        self.result.findings.iter().filter(|finding| finding.code != "remedies")
    }

    fn cost(&self, style: Style) -> String {
        if self.result.cost.items.is_empty() {
            return String::new();
        }
        let mut text = format!("{}: {}\n  {}\n", style.strong("Cost"), self.cost_line(), self.month_line());
        let table = self.cost_table(ROWS_MAX);
        if !table.is_empty() {
            text.push_str(&table.print());
        }
        text
    }

    /// The bill in one line.
    pub(super) fn cost_line(&self) -> String {
        let cost = &self.result.cost;
        format!(
            "{} for the run, {} an hour at this rate, {} per 1,000 root events",
            money(cost.total_usd),
            money(cost.per_hour_usd),
            money(cost.per_thousand_usd)
        )
    }

    /// The bill of a month in one line.
    pub(super) fn month_line(&self) -> String {
        let cost = &self.result.cost;
        let Some(month) = &cost.month else {
            return "no month is told: `per_month` of the scenario says how long its load lasts, such as `700 h`".to_owned();
        };
        let (hours, usd, free_tier) = (print_compact(month.hours), money(month.usd), money(month.free_tier_usd));
        let kept = if cost.items.iter().any(|item| item.usd > 0.0 && item.month.is_none()) { ", what is stored left out" } else { "" };
        format!("{usd} for {hours} h of this load a month, {free_tier} with the free tier{kept}")
    }

    /// What costs something, the dearest first, at most so many rows.
    pub(super) fn cost_table(&self, rows_max: usize) -> Table {
        let plain = [("Node", Align::Left), ("Meter", Align::Left), ("Units", Align::Right), ("", Align::Left), ("Cost", Align::Right)];
        let monthly = [("A month", Align::Right), ("With free tier", Align::Right)];
        let is_declared = self.result.cost.month.is_some();
        let columns: Vec<_> = plain.into_iter().chain(monthly.into_iter().filter(|_| is_declared)).collect();
        let mut table = Table::new(&columns);
        let mut items: Vec<_> = self.result.cost.items.iter().filter(|item| item.usd > 0.0).collect();
        items.sort_by(|a, b| b.usd.total_cmp(&a.usd));
        for item in items.iter().take(rows_max) {
            let title = self.diagram.title(&item.node).to_owned();
            let month = |usd: fn(&CostMonth) -> f64| item.month.as_ref().map_or_else(|| "-".to_owned(), |month| money(usd(month)));
            let plain = [title, item.title.clone(), print_compact(item.units), item.unit.clone(), money(item.usd)];
            let monthly = [month(|month| month.usd), month(|month| month.free_tier_usd)];
            table.row(plain.into_iter().chain(monthly.into_iter().filter(|_| is_declared)));
        }
        table
    }

    fn closing(&self, style: Style) -> String {
        let run = &self.result.run;
        let mut text = String::new();
        match self.result.assumptions.len() {
            0 => {}
            1 => text.push_str("1 input is an assumption, not a documented value; --json lists it.\n"),
            n => push_line(&mut text, format_args!("{n} inputs are assumptions, not documented values; --json lists them.")),
        }
        push_line(&mut text, format_args!("{}", style.faint(&format!("Again: {}", self.reproduce))));
        push_line(&mut text, format_args!("{}", style.faint(&format!("Plimsoll {}, catalog {}", run.version, run.catalog))));
        text
    }
}

/// Limits that bound or were used noticeably, in the order of the result.
pub(super) fn worth_a_row(limits: &[LimitResult]) -> impl Iterator<Item = &LimitResult> {
    limits.iter().filter(|limit| limit.bound() || limit.use_peak >= USE_WORTH_A_ROW)
}

/// The verdict in one line.
pub fn headline(result: &RunResult, style: Style) -> String {
    let objectives = &result.verdict.objectives;
    let broken = objectives.iter().filter(|objective| objective.holds == Holds::Broken).count();
    match result.verdict.overall {
        Holds::Holds => style.good(&format!("HOLDS: {}.", plural(objectives.len(), "the objective is met", "objectives are met"))),
        Holds::Broken => style.bad(&format!("DOES NOT HOLD: {broken} of {} broken.", plural(objectives.len(), "objective", "objectives"))),
        Holds::Inconclusive => style.warn("INCONCLUSIVE: the measurements do not decide; run longer or with more --replications."),
        Holds::NoObjectives if result.answer.first.is_some() => style.warn("No objectives are set, but a limit was reached."),
        Holds::NoObjectives => "No objectives are set, and no limit was reached.".to_owned(),
    }
}

fn plural(n: usize, one: &str, many: &str) -> String {
    if n == 1 && one.starts_with("the ") {
        one.to_owned()
    } else if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

/// A difference with its sign, and its interval where there is one.
fn signed(difference: &Difference, print: impl Fn(f64) -> String) -> String {
    let change = difference.after - difference.before;
    let sign = if change < 0.0 { "\u{2212}" } else { "+" };
    let told = if change == 0.0 { "-".to_owned() } else { format!("{sign}{}", print(change.abs())) };
    match difference.half_width {
        Some(half) if half > 0.0 => format!("{told} ± {}", print(half)),
        Some(_) | None => told,
    }
}

pub(super) fn heading(text: &str, style: Style) -> String {
    format!("{}\n", style.strong(text))
}

fn more(all: usize, shown: usize, style: Style) -> String {
    match all.checked_sub(shown) {
        None | Some(0) => String::new(),
        Some(hidden) => format!("  {}\n", style.faint(&format!("{hidden} more in --json and --csv"))),
    }
}

pub(super) fn count(n: u64) -> String {
    if n == 0 { "-".to_owned() } else { print_number(n as f64) }
}

/// A use in percent; many times the limit as a multiple.
pub(super) fn share_of_limit(share: f64) -> String {
    if share >= MULTIPLE_FROM { format!("{}x", print_number(share.round())) } else { print_fraction(share) }
}

pub(super) fn money(usd: f64) -> String {
    let digits = if usd == 0.0 || usd.abs() >= 100.0 { format!("{usd:.2}") } else { print_significant(usd) };
    format!("{digits} USD")
}

fn latency_row(name: String, kind: &str, summary: &LatencySummary, share: String) -> [String; 8] {
    let figure = |value: f64| if summary.count == 0 { "-".to_owned() } else { print_duration(value) };
    [name, kind.to_owned(), count(summary.count), figure(summary.p50), figure(summary.p90), figure(summary.p99), figure(summary.max), share]
}

/// The beginning of a name that a file gives, so that a long one does not push the figures off the screen.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(KEY_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// What a finding explains of what went wrong, in a sentence.
pub(crate) fn explained(finding: &Finding) -> Option<String> {
    let Consequence { lost, late, usd, basis } = finding.consequence.as_ref()?;
    let counts = [(*lost, "lost"), (*late, "late")].into_iter().filter(|(count, _)| *count > 0);
    let mut parts: Vec<String> = counts.map(|(count, word)| format!("{} {word}", print_number(count as f64))).collect();
    if let Some(last) = parts.last_mut() {
        last.push_str(" journeys");
    }
    if *usd > 0.0 {
        parts.push(money(*usd));
    }
    let parts = parts.join(" and ");
    (!parts.is_empty()).then(|| match basis {
        Basis::Simulated => format!("Mending this would save {parts}, as simulated"),
        Basis::Counted => format!("Explains {parts}"),
        Basis::AtMost => format!("Explains at most {parts}"),
    })
}

fn push_finding(text: &mut String, finding: &Finding, style: Style) {
    let (word, painted): (&str, fn(Style, &str) -> String) = match finding.severity {
        Severity::Error => ("error", Style::bad),
        Severity::Warning => ("warning", Style::warn),
        Severity::Info => ("info", Style::faint),
    };
    let lines = wrap(&format!("{word}: {}", finding.title), WIDTH_MAX - 2);
    for (index, line) in lines.iter().enumerate() {
        let shown = if index == 0 { line.replacen(word, &painted(style, word), 1) } else { format!("  {line}") };
        push_line(text, format_args!("  {shown}"));
    }
    if !finding.evidence.is_empty() {
        push_wrapped(text, &finding.evidence, 4);
    }
    if !finding.advice.is_empty() {
        push_wrapped(text, &format!("-> {}", finding.advice), 4);
    }
    if let Some(explained) = explained(finding) {
        push_wrapped(text, &explained, 4);
    }
    if let Some((path, value)) = &finding.fix {
        push_wrapped(text, &format!("   --set {path}=\"{value}\""), 4);
    }
}

pub(super) fn push_wrapped(text: &mut String, line: &str, indent: usize) {
    for part in wrap(line, WIDTH_MAX - indent) {
        push_line(text, format_args!("{}{part}", " ".repeat(indent)));
    }
}
