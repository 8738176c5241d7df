//! A run as Markdown: short enough for a pull request, the rest folded away.

use plimsoll_sim::result::{Finding, Holds};

use super::{
    Report,
    faults::{faults_table, remedies_table, remedies_title},
    push_line,
    style::Style,
    table::{Align, Table},
    text::{explained, headline, worth_a_row},
};

/// Findings that are told in full.
const FINDINGS_MAX: usize = 8;
/// Rows of the ledger and of the cost.
const ROWS_MAX: usize = 40;

impl Report<'_> {
    /// The text.
    pub fn markdown(&self) -> String {
        let (result, summary) = (self.result, self.summary());
        let title = if result.run.diagram.is_empty() { "Untitled" } else { &result.run.diagram };
        let mut out = format!("## {}: {}\n\n", plain(title), plain(&result.run.scenario));
        push_line(&mut out, format_args!("**{}**\n", plain(&headline(result, Style::PLAIN))));
        push_line(&mut out, format_args!("{}\n", plain(&summary.length())));
        for reason in summary.reasons() {
            push_line(&mut out, format_args!("- {}", plain(&reason)));
        }
        self.objectives_markdown(&mut out);
        section(&mut out, "Journeys", &summary.journeys_table());
        if let Some(remark) = summary.unfinished() {
            push_line(&mut out, format_args!("\n> {}", plain(&remark)));
        }
        let limits: Vec<_> = worth_a_row(&result.limits).collect();
        section(&mut out, "Limits, least headroom first", &summary.limits_table(&limits));
        section(&mut out, "Faults", &faults_table(result, self.diagram));
        let findings: Vec<&Finding> = summary.told_findings().collect();
        if !findings.is_empty() {
            out.push_str("\n### Findings\n\n");
            for finding in findings.iter().take(FINDINGS_MAX) {
                push_line(&mut out, format_args!("- **{}**", plain(&finding.title)));
                let explained = explained(finding).unwrap_or_default();
                for words in [&finding.evidence, &explained, &finding.advice].into_iter().filter(|words| !words.is_empty()) {
                    push_line(&mut out, format_args!("  - {}", plain(words)));
                }
            }
            if findings.len() > FINDINGS_MAX {
                push_line(&mut out, format_args!("- and {} more", findings.len() - FINDINGS_MAX));
            }
        }
        for remedies in &result.remedies {
            section(&mut out, &remedies_title(remedies, self.diagram), &remedies_table(remedies));
        }
        folded(&mut out, "What moves the outcome most, each number changed alone by a tenth", &summary.sensitivity_table(ROWS_MAX));
        folded(&mut out, if result.ledger.balanced { "Ledger, balanced" } else { "Ledger, NOT BALANCED" }, &summary.ledger_table(ROWS_MAX));
        if !result.cost.items.is_empty() {
            folded(&mut out, &format!("Cost: {}; {}", summary.cost_line(), summary.month_line()), &summary.cost_table(ROWS_MAX));
        }
        push_line(&mut out, format_args!("\n```sh\n{}\n```\n", self.reproduce));
        push_line(&mut out, format_args!("Plimsoll {}, catalog {}, file {}", result.run.version, result.run.catalog, self.fingerprint));
        out
    }

    fn objectives_markdown(&self, out: &mut String) {
        let mut table = Table::new(&[("", Align::Left), ("Objective", Align::Left), ("Measured", Align::Left)]);
        for objective in &self.result.verdict.objectives {
            let mark = match objective.holds {
                Holds::Holds => "✅",
                Holds::Broken => "❌",
                Holds::Inconclusive | Holds::NoObjectives => "❔",
            };
            table.row([mark.to_owned(), objective.objective.clone(), objective.text.clone()]);
        }
        section(out, "Objectives", &table);
    }
}

fn section(out: &mut String, title: &str, table: &Table) {
    if !table.is_empty() {
        push_line(out, format_args!("\n### {}\n\n{}", plain(title), rows(table)));
    }
}

fn folded(out: &mut String, title: &str, table: &Table) {
    if !table.is_empty() {
        push_line(out, format_args!("\n<details><summary>{}</summary>\n\n{}\n</details>", plain(title), rows(table)));
    }
}

fn rows(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(table.columns().iter().map(|(title, _)| plain(title)).collect());
    let rule = |align: Align| match align {
        Align::Left => "---".to_owned(),
        Align::Right => "---:".to_owned(),
    };
    out.push_str(&line(table.columns().iter().map(|(_, align)| rule(*align)).collect()));
    for row in table.rows() {
        out.push_str(&line(row.iter().map(|cell| plain(cell)).collect()));
    }
    out
}

/// Words in which nothing is markup.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', c]),
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        let mut table = Table::new(&[("Name", Align::Left), ("Count", Align::Right)]);
        table.row(["a|b *c* <img>".to_owned(), "5".to_owned()]);
        assert_eq!(rows(&table), "| Name | Count |\n| --- | ---: |\n| a\\|b \\*c\\* &lt;img&gt; | 5 |\n");
    }
}
