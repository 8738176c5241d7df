//! What stands on the page, from the answer to the way to get it again.

use std::fmt::Write as _;

use plimsoll_models::{Severity, objective::LatencyKind};
use plimsoll_sim::result::{Finding, Holds, JourneyResult, LatencyCounts, NodeResult, ObjectiveResult, Series, SeriesKind};

use super::{
    Report,
    page::{Escaped, Section, coded, linked, linked_table, table_html},
    sankey, terms,
};
use crate::{
    dashboards::{self, Role},
    export::{self, ExportTheme, Format, Look},
    report::{
        bounds::latency_bounds,
        chart::{Chart, Line, Scale, significant},
        faults::{faults_table, remedies_table, remedies_title},
        heat::Heat,
        over_time::{self, Course},
        sankey::Sankey,
        style::Style,
        table::{Align, Table},
        text::{explained, headline, money, worth_a_row},
    },
};
use plimsoll_models::units::{print_compact, print_duration};

/// Column of the value in the table of limits.
const LIMIT_VALUE: usize = 2;
/// Column of the cost in the table of costs.
const COST_USD: usize = 4;
/// Nodes whose levels are drawn: those that limits held back most.
const NODES_MAX: usize = 6;

impl Report<'_> {
    /// Title, verdict and what was run.
    pub(super) fn head(&self, title: &str) -> String {
        let run = &self.result.run;
        let class = match self.result.verdict.overall {
            Holds::Holds => "good",
            Holds::Broken => "bad",
            Holds::Inconclusive => "warn",
            Holds::NoObjectives => "",
        };
        format!(
            "<h1>{}</h1>\n<p class=\"faint\">Scenario {}: {}</p>\n<p class=\"verdict {class}\">{}</p>",
            Escaped(title),
            Escaped(&run.scenario),
            Escaped(&self.summary().length()),
            Escaped(&headline(self.result, Style::PLAIN))
        )
    }

    /// Every section that has something to tell.
    pub(super) fn sections(&self) -> Vec<Section> {
        let section = |anchor, title: &str, html: String| Section { anchor, title: title.to_owned(), html };
        let summary = self.summary();
        let all = [
            section("answer", "Answer", self.answer()),
            section("diagram", "Diagram", self.drawing()),
            section("objectives", "Objectives", self.objectives()),
            section("faults", "Faults", some(&faults_table(self.result, self.diagram))),
            section("journeys", "Journeys", self.journeys()),
            section("limits", "Limits", self.limits()),
            section("load", "Load over time", self.loads()),
            section("findings", "Findings", self.findings()),
            section("remedies", "Remedies", self.remedies()),
            section("sensitivity", "Sensitivity", self.sensitivity()),
            section("ledger", "Ledger", self.ledger()),
            section("cost", "Cost", self.cost()),
            section("assumptions", "Assumptions", self.assumptions()),
            section("terms", "Terms", terms::html()),
            section("again", "Again", self.again(summary.reproduce)),
        ];
        all.into_iter().filter(|section| !section.html.is_empty()).collect()
    }

    fn answer(&self) -> String {
        self.summary().reasons().iter().fold(String::new(), |mut out, line| {
            let _ = writeln!(out, "<p>{}</p>", coded(line));
            out
        })
    }

    /// The drawing in both themes; the reader's device picks one.
    fn drawing(&self) -> String {
        let picture = |theme| {
            let look = Look { theme, legend: true };
            let bytes = export::render(self.diagram, self.catalog, Some(self.result), look, Format::Svg).ok()?;
            String::from_utf8(bytes).ok().map(|svg| format!("data:image/svg+xml,{}", percent_encoded(&svg)))
        };
        let (Some(light), Some(dark)) = (picture(ExportTheme::Light), picture(ExportTheme::Dark)) else { return String::new() };
        let words =
            format!("{} components and {} connections, with the load of this run", self.diagram.nodes.len(), self.diagram.edges.len());
        format!(
            "<picture class=\"drawing\"><source media=\"(prefers-color-scheme: dark)\" srcset=\"{dark}\"><img src=\"{light}\" alt=\"{}\"></picture>\n",
            Escaped(&words)
        )
    }

    fn objectives(&self) -> String {
        let objectives = &self.result.verdict.objectives;
        if objectives.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&[("", Align::Left), ("Objective", Align::Left), ("Measured", Align::Left)]);
        for objective in objectives {
            table.row([word(objective).to_owned(), objective.objective.clone(), objective.text.clone()]);
        }
        let html = linked_table(&table, |row, column, words| {
            let class = match objectives[row].holds {
                Holds::Holds => "good",
                Holds::Broken => "bad",
                Holds::Inconclusive | Holds::NoObjectives => "warn",
            };
            (column == 0).then(|| format!("<b class=\"{class}\">{}</b>", Escaped(words)))
        });
        let run = &self.result.run;
        let sure = if run.replications > 1 {
            format!("{} independent replications; see {}.", run.replications, terms::link("interval", "interval"))
        } else {
            "One replication, so no interval: more of them tell how sure this is.".to_owned()
        };
        format!("{html}<p class=\"faint\">{sure} {}</p>", terms::link("objective", "How an objective is judged"))
    }

    fn journeys(&self) -> String {
        let table = self.summary().journeys_table();
        if table.is_empty() {
            return String::new();
        }
        let mut html = table_html(&table);
        if let Some(remark) = self.summary().unfinished() {
            let _ = writeln!(html, "<p class=\"warn\">{}</p>", Escaped(&remark));
        }
        let (response, completion) = (terms::link("response", "response"), terms::link("completion", "completion"));
        let _ = writeln!(html, "<p class=\"faint\">What {response} and {completion} mean</p>");
        for journey in &self.result.journeys {
            html.push_str(&self.latency(journey));
        }
        html
    }

    fn latency(&self, journey: &JourneyResult) -> String {
        let producer = self.diagram.title(&journey.producer);
        let mut html = String::new();
        for (kind, series) in [(LatencyKind::Response, &journey.response_series), (LatencyKind::Completion, &journey.completion_series)] {
            let line = |name: &str, values: &[Option<f64>]| Line { name: name.to_owned(), values: values.to_vec() };
            let word = match kind {
                LatencyKind::Response => "Response",
                LatencyKind::Completion => "Completion",
            };
            let title = format!("{word} of {producer}");
            let chart = Chart {
                title: &title,
                axis: "latency, logarithmic",
                lines: vec![line("p50", &series.p50), line("p90", &series.p90), line("p99", &series.p99), line("Max", &series.max)],
                interval_s: self.result.grid.interval_s,
                from_s: 0.0,
                scale: Scale::Logarithmic,
                print: |value| print_duration(significant(value)),
                levels: latency_bounds(self.result, kind, &journey.producer),
            };
            html.push_str(&chart.html());
            let counts = match kind {
                LatencyKind::Response => &journey.response_counts,
                LatencyKind::Completion => &journey.completion_counts,
            };
            html.push_str(&self.heat(&title, counts, vec![line("p50", &series.p50), line("p99", &series.p99)]));
        }
        html
    }

    /// Where the latencies lie, the darker the more.
    fn heat(&self, title: &str, counts: &LatencyCounts, lines: Vec<Line>) -> String {
        let grid = &self.result.grid;
        let heat = Heat { counts, windows: 0..grid.intervals };
        let chart = Chart {
            title: &format!("{title}, heat map"),
            axis: "journeys by latency, the stronger the more",
            lines,
            interval_s: grid.interval_s,
            from_s: 0.0,
            scale: Scale::Logarithmic,
            print: |value| print_duration(significant(value)),
            levels: Vec::new(),
        };
        chart.heat_html(&heat.coarse(), &heat.table())
    }

    fn limits(&self) -> String {
        let limits: Vec<_> = worth_a_row(&self.result.limits).collect();
        if limits.is_empty() {
            return String::new();
        }
        let table = self.summary().limits_table(&limits);
        let html = linked_table(&table, |row, column, words| (column == LIMIT_VALUE).then(|| linked(words, &limits[row].source)));
        let hidden = self.result.limits.len() - limits.len();
        let more = if hidden > 0 { format!(" {hidden} more had little or no use.") } else { String::new() };
        format!("{html}<p class=\"faint\">The least headroom first; each value leads to its source, * is an assumed one.{more}</p>\n")
    }

    /// Rates and levels of the nodes that were held back, the worst first.
    fn loads(&self) -> String {
        let mut nodes: Vec<&NodeResult> = self.result.nodes.iter().filter(|node| node.refused || node.delayed).collect();
        nodes.sort_by(|a, b| b.use_peak.unwrap_or(0.0).total_cmp(&a.use_peak.unwrap_or(0.0)));
        let mut html = String::new();
        for node in nodes.into_iter().take(NODES_MAX) {
            for (kind, axis) in [(SeriesKind::Rate, "per second"), (SeriesKind::Max, "largest in each interval")] {
                // Ages and costs have other units, and charts of their own.
                let is_drawn = |series: &&Series| {
                    series.kind == kind
                        && !matches!(dashboards::role(&series.name), Some(Role::Age | Role::Cost))
                        && series.values.iter().any(|v| *v > 0.0)
                };
                let series = node.series.iter().filter(is_drawn);
                let lines: Vec<Line> = series
                    .map(|series| Line { name: series.name.clone(), values: series.values.iter().map(|v| Some(*v)).collect() })
                    .collect();
                let title = self.diagram.title(&node.id).to_owned();
                let interval_s = self.result.grid.interval_s;
                let print = |value| print_compact(significant(value));
                let chart = Chart { title: &title, axis, lines, interval_s, from_s: 0.0, scale: Scale::Linear, print, levels: Vec::new() };
                html.push_str(&chart.html());
            }
        }
        let ages = over_time::ages(self.result, self.diagram);
        html + &self.course(
            "Age of the oldest that waits",
            (Scale::Clock, "largest in each interval", |age| print_duration(significant(age))),
            ages,
        )
    }

    /// Figures over time as one chart.
    fn course(&self, title: &str, (scale, axis, print): (Scale, &str, fn(f64) -> String), courses: Vec<Course>) -> String {
        let lines = courses.into_iter().map(|Course { name, values }| Line { name, values: values.into_iter().map(Some).collect() });
        let interval_s = self.result.grid.interval_s;
        let chart = Chart { title, axis, lines: lines.collect(), interval_s, from_s: 0.0, scale, print, levels: Vec::new() };
        chart.html()
    }

    fn findings(&self) -> String {
        let html: String = self.summary().told_findings().map(finding_html).collect();
        if html.is_empty() {
            return html;
        }
        format!(
            "{html}<p class=\"faint\">What explains most lost and late journeys stands first. {}</p>\n",
            terms::link("explains", "How that is told")
        )
    }

    fn remedies(&self) -> String {
        self.result.remedies.iter().fold(String::new(), |mut out, remedies| {
            let title = remedies_title(remedies, self.diagram);
            let _ = write!(out, "<h3>{}</h3>\n{}<dl>", Escaped(&title), table_html(&remedies_table(remedies)));
            for option in &remedies.options {
                let _ = write!(out, "<dt>{}</dt><dd>{}</dd>", Escaped(option.code), coded(&option.title));
            }
            out.push_str("</dl>\n");
            out
        })
    }

    fn sensitivity(&self) -> String {
        let html = some(&self.summary().sensitivity_table(usize::MAX));
        if html.is_empty() {
            return html;
        }
        format!(
            "<p>Each number was changed alone by a tenth and the run repeated with the same luck; the strongest effect stands first.</p>\n{html}"
        )
    }

    fn ledger(&self) -> String {
        let ledger = &self.result.ledger;
        if ledger.rows.is_empty() {
            return String::new();
        }
        let state = if ledger.balanced {
            "<b class=\"good\">The books balance.</b>"
        } else {
            "<b class=\"bad\">The books do not balance: a fault of Plimsoll, please report it.</b>"
        };
        let picture = sankey::html(&Sankey::of(&ledger.rows, self.diagram));
        let table = table_html(&self.summary().ledger_table(usize::MAX));
        format!("<p>{state} {}</p>\n{picture}{table}", terms::link("ledger", "What that means"))
    }

    fn cost(&self) -> String {
        let cost = &self.result.cost;
        if cost.items.is_empty() {
            return String::new();
        }
        let mut items: Vec<_> = cost.items.iter().filter(|item| item.usd > 0.0).collect();
        items.sort_by(|a, b| b.usd.total_cmp(&a.usd));
        let table = self.summary().cost_table(usize::MAX);
        let html = linked_table(&table, |row, column, words| (column == COST_USD).then(|| linked(words, &items[row].source)));
        format!(
            "<p>{}; {} {}</p>\n{}{html}",
            Escaped(&self.summary().cost_line()),
            Escaped(&self.summary().month_line()),
            terms::link("cost", "How the bill is made"),
            self.course(
                "Cost over time",
                (Scale::Linear, "an hour", money),
                over_time::costs(self.result, self.diagram, Some("All nodes"), |_| true)
            )
        )
    }

    fn assumptions(&self) -> String {
        let columns = ["Input", "Value", "May be", "Where it comes from", "Set with"];
        let mut table = Table::new(&columns.map(|title| (title, Align::Left)));
        for assumption in &self.result.assumptions {
            let path = if assumption.path.is_empty() { String::new() } else { format!("--set {}=…", assumption.path) };
            table.row([
                assumption.title.clone(),
                assumption.value.clone(),
                assumption.range.clone().unwrap_or_default(),
                assumption.source.clone(),
                path,
            ]);
        }
        let html = some(&table);
        if html.is_empty() {
            html
        } else {
            format!(
                "<p>Not documented values, but taken from elsewhere, with what the service takes; change them where you know better.</p>\n{html}"
            )
        }
    }

    fn again(&self, reproduce: &str) -> String {
        let run = &self.result.run;
        format!(
            "<pre><code>{}</code></pre>\n<p class=\"faint\">Plimsoll {}, catalog {}, seed {}, file {}. {} events simulated.</p>\n",
            Escaped(reproduce),
            Escaped(run.version),
            Escaped(run.catalog),
            run.seed,
            Escaped(self.fingerprint),
            print_compact(run.events as f64)
        )
    }
}

fn some(table: &Table) -> String {
    if table.is_empty() { String::new() } else { table_html(table) }
}

pub(super) fn word(objective: &ObjectiveResult) -> &'static str {
    match objective.holds {
        Holds::Holds => "Holds",
        Holds::Broken => "Broken",
        Holds::Inconclusive => "Open",
        Holds::NoObjectives => "–",
    }
}

fn finding_html(finding: &Finding) -> String {
    let class = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let mut out = format!("<div class=\"finding {class}\"><p><b>{}</b></p>", coded(&finding.title));
    let explained = explained(finding).unwrap_or_default();
    for (class, words) in [("faint", &finding.evidence), ("faint", &explained), ("", &finding.advice)] {
        if !words.is_empty() {
            let _ = write!(out, "<p class=\"{class}\">{}</p>", coded(words));
        }
    }
    if let Some((path, value)) = &finding.fix {
        let _ = write!(out, "<p><code>--set {}=\"{}\"</code></p>", Escaped(path), Escaped(value));
    }
    out.push_str("</div>\n");
    out
}

/// A text as part of an address, also of one in `srcset`, where blanks and commas end it.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~!*()/:;=@?$+".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
