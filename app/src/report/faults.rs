//! What went wrong on purpose, and what would help where a dependency held the run back.

use plimsoll_models::{
    Diagram,
    units::{print_duration, print_fraction, print_number},
};
use plimsoll_sim::{
    RunResult,
    result::{Remedies, RemedyFigures},
};

use super::{
    style::Style,
    table::{Align, Table},
    text::{heading, push_wrapped},
};

/// The faults of the scenario, one in a row.
pub(super) fn faults(result: &RunResult, diagram: &Diagram, style: Style) -> String {
    let table = faults_table(result, diagram);
    if table.is_empty() { String::new() } else { heading("Faults", style) + &table.print() }
}

/// The faults of the scenario with how often each struck.
pub(super) fn faults_table(result: &RunResult, diagram: &Diagram) -> Table {
    let mut table = Table::new(&[
        ("Fault", Align::Left),
        ("Of", Align::Left),
        ("Begins", Align::Right),
        ("Ends", Align::Right),
        ("Struck", Align::Right),
    ]);
    for fault in &result.faults {
        let struck = if fault.struck == 0 { "-".to_owned() } else { print_number(fault.struck as f64) };
        table.row([fault.text.clone(), target(&fault.on, diagram), print_duration(fault.from_s), print_duration(fault.to_s), struck]);
    }
    table
}

/// What a fault struck, as people call it.
fn target(on: &str, diagram: &Diagram) -> String {
    if let Some(edge) = diagram.edges.get(on) {
        return format!("{} -> {}", diagram.title(&edge.from), diagram.title(&edge.to));
    }
    diagram.nodes.get_key_value(on).map_or(on, |(id, _)| diagram.title(id)).to_owned()
}

/// Remedies beside each other, with what each does.
pub(super) fn remedies(result: &RunResult, diagram: &Diagram, style: Style) -> String {
    result.remedies.iter().map(|remedies| contrast(remedies, diagram, style)).collect::<Vec<_>>().join("\n")
}

fn contrast(remedies: &Remedies, diagram: &Diagram, style: Style) -> String {
    let mut text = heading(&remedies_title(remedies, diagram), style) + &remedies_table(remedies).print();
    for option in &remedies.options {
        push_wrapped(&mut text, &format!("{}: {}", option.code, option.title), 2);
    }
    text
}

/// What the remedies are for.
pub(super) fn remedies_title(remedies: &Remedies, diagram: &Diagram) -> String {
    format!("What would help before {}, each simulated", diagram.title(&remedies.node))
}

/// The run as it is, and with each remedy.
pub(super) fn remedies_table(remedies: &Remedies) -> Table {
    let mut table = Table::new(&[
        ("Remedy", Align::Left),
        ("Lost", Align::Right),
        ("Waiting", Align::Right),
        ("Oldest", Align::Right),
        ("Response p99", Align::Right),
        ("Completion p99", Align::Right),
        ("Refused", Align::Right),
    ]);
    table.row(row("as it is", &remedies.before));
    for option in &remedies.options {
        table.row(row(option.code, &option.figures));
    }
    table
}

fn row(name: &str, figures: &RemedyFigures) -> [String; 7] {
    [
        name.to_owned(),
        print_fraction(figures.loss),
        print_number(figures.backlog),
        print_duration(figures.age_s),
        print_duration(figures.response_p99_s),
        print_duration(figures.completion_p99_s),
        print_number(figures.refused as f64),
    ]
}
