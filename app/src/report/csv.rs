//! A result as tables for spreadsheets.

use std::fmt::Write as _;

use crate::dashboards;
use plimsoll_sim::{
    RunResult,
    result::{EdgeResult, LatencySummary, Series, SeriesKind},
};

/// The files with their texts.
pub fn files(result: &RunResult) -> [(&'static str, String); 4] {
    [("series.csv", series(result)), ("limits.csv", limits(result)), ("ledger.csv", ledger(result)), ("journeys.csv", journeys(result))]
}

/// A cell: quoted where commas, quotes or line breaks demand it.
pub(crate) fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn row(out: &mut String, cells: &[String]) {
    out.push_str(&cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
    out.push('\n');
}

/// A series with where it belongs; node or edge is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) node: &'a str,
    pub(crate) edge: &'a str,
    service: &'a str,
    pub(crate) series: &'a Series,
}

impl Placed<'_> {
    /// What the values are.
    pub(crate) fn kind(&self) -> &'static str {
        match self.series.kind {
            SeriesKind::Rate => "rate",
            SeriesKind::Mean => "mean",
            SeriesKind::Max => "max",
        }
    }

    /// What the provider's dashboard calls it.
    pub(crate) fn metric(&self) -> Option<String> {
        dashboards::metric(self.service, &self.series.name).map(|metric| metric.title())
    }
}

/// Every series of nodes, then of edges.
pub(crate) fn placed(result: &RunResult) -> impl Iterator<Item = Placed<'_>> {
    let nodes = result
        .nodes
        .iter()
        .flat_map(|node| node.series.iter().map(|series| Placed { node: node.id.as_str(), edge: "", service: &node.service, series }));
    // The dashboard of a mapping is that of whoever reads.
    let service = |edge: &EdgeResult| result.node(edge.to.as_str()).map_or("", |node| node.service.as_str());
    let edges = result.edges.iter().flat_map(move |edge| {
        edge.series.iter().map(move |series| Placed { node: "", edge: edge.id.as_str(), service: service(edge), series })
    });
    nodes.chain(edges)
}

/// One row for each interval and series.
pub(crate) fn series(result: &RunResult) -> String {
    let mut out = String::from("time_s,node,edge,series,kind,value,metric\n");
    for placed in placed(result) {
        let (node, edge, name) = (cell(placed.node), cell(placed.edge), cell(&placed.series.name));
        let (kind, metric) = (placed.kind(), cell(&placed.metric().unwrap_or_default()));
        for (index, value) in placed.series.values.iter().enumerate() {
            let time = index as f64 * result.grid.interval_s;
            writeln!(out, "{time},{node},{edge},{name},{kind},{value},{metric}").expect("writing to a string cannot fail");
        }
    }
    out
}

fn limits(result: &RunResult) -> String {
    let mut out = String::from(
        "key,title,node,edge,scope,kind,value,use_peak,peak_at_s,headroom,first_bound_s,refused,delayed,delay_s,assumed,source\n",
    );
    for limit in &result.limits {
        let kind = serde_json::to_value(limit.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
        row(
            &mut out,
            &[
                limit.key.clone(),
                limit.title.clone(),
                limit.node.as_ref().map(ToString::to_string).unwrap_or_default(),
                limit.edge.as_ref().map(ToString::to_string).unwrap_or_default(),
                limit.scope.clone(),
                kind,
                limit.value.to_string(),
                limit.use_peak.to_string(),
                limit.peak_at_s.to_string(),
                limit.headroom.map(|headroom| headroom.to_string()).unwrap_or_default(),
                limit.first_bound_s.map(|at| at.to_string()).unwrap_or_default(),
                limit.refused.to_string(),
                limit.delayed.to_string(),
                limit.delay_s.to_string(),
                limit.assumed.to_string(),
                limit.source.clone(),
            ],
        );
    }
    out
}

fn ledger(result: &RunResult) -> String {
    let fates: Vec<&str> = result.ledger.rows.first().map(|row| row.fates.keys().map(String::as_str).collect()).unwrap_or_default();
    let mut out = String::from("edge,node,created,attempts");
    for fate in &fates {
        out.push(',');
        out.push_str(&cell(fate));
    }
    out.push_str(",held,effects\n");
    for books in &result.ledger.rows {
        let mut cells = vec![
            books.edge.as_ref().map(ToString::to_string).unwrap_or_default(),
            books.node.to_string(),
            books.created.to_string(),
            books.attempts.to_string(),
        ];
        cells.extend(fates.iter().map(|fate| books.fates.get(*fate).copied().unwrap_or(0).to_string()));
        cells.extend([books.held.to_string(), books.effects.to_string()]);
        row(&mut out, &cells);
    }
    out
}

fn journeys(result: &RunResult) -> String {
    let mut out = String::from("producer,event_type,key_class,key,share,started,succeeded,rejected,failed,complete,lossy,unfinished");
    for name in ["response", "completion"] {
        for figure in ["count", "mean", "sd", "min", "p50", "p90", "p95", "p99", "p999", "max"] {
            write!(out, ",{name}_{figure}").expect("writing to a string cannot fail");
        }
    }
    out.push('\n');
    for journey in &result.journeys {
        let head = vec![journey.producer.to_string(), journey.event_type.as_ref().map(ToString::to_string).unwrap_or_default()];
        let mut cells = head.clone();
        cells.extend(["all".to_owned(), String::new(), "1".to_owned()]);
        let counts =
            [journey.started, journey.succeeded, journey.rejected, journey.failed, journey.complete, journey.lossy, journey.unfinished];
        cells.extend(counts.iter().map(ToString::to_string));
        cells.extend(figures(&journey.response));
        cells.extend(figures(&journey.completion));
        row(&mut out, &cells);
        for class in &journey.key_classes {
            let mut cells = head.clone();
            let name = if class.key.is_some() { "hottest" } else { "other" };
            cells.extend([name.to_owned(), class.key.clone().unwrap_or_default(), class.share.to_string(), class.started.to_string()]);
            // Only the producer knows these, and not by key.
            cells.extend(std::iter::repeat_n(String::new(), 3));
            cells.extend([class.complete, class.lossy, class.unfinished].iter().map(ToString::to_string));
            cells.extend(figures(&class.response));
            cells.extend(figures(&class.completion));
            row(&mut out, &cells);
        }
    }
    out
}

fn figures(summary: &LatencySummary) -> Vec<String> {
    let LatencySummary { count, mean, sd, min, p50, p90, p95, p99, p999, max } = summary;
    let mut cells = vec![count.to_string()];
    cells.extend([mean, sd, min, p50, p90, p95, p99, p999, max].iter().map(ToString::to_string));
    cells
}

#[cfg(test)]
mod tests {
    #[test]
    fn cells_with_commas_are_quoted() {
        assert_eq!(super::cell("a, \"b\""), "\"a, \"\"b\"\"\"");
    }
}
