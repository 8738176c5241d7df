//! What is wrong with a diagram, found without a run.

mod archives;
mod buses;
mod configuration;
mod doors;
mod faults;
mod fleet;
mod functions;
mod memory;
mod messaging;
mod pipes;
mod stores;
mod streams;
mod structure;
mod workflows;

use crate::{Catalog, Diagnostic, Diagram, diagnostic};
pub use faults::{fault_problems, faults, possible_faults, tightenable, tightened};

/// A rule looks at a whole diagram and adds what it finds.
type Rule = fn(&Diagram, &Catalog, &mut Vec<Diagnostic>);

/// Every rule, in the order of reading.
const RULES: &[Rule] = &[
    structure::connections,
    structure::event_types,
    structure::cycles,
    structure::unreachable,
    configuration::fields,
    streams::streams,
    fleet::fleets,
    memory::instances,
    memory::partitions,
    configuration::scenarios,
    stores::tables,
    stores::operations,
    stores::connections,
    doors::doors,
    workflows::workflows,
    messaging::mappings,
    messaging::dead_letters,
    functions::concurrency,
    functions::snapshots,
    functions::destinations,
    buses::schedules,
    buses::subscribers,
    buses::replays,
    buses::destinations,
    archives::archives,
    pipes::pipes,
];

/// Everything that is wrong, the worst first, then by place.
pub fn check(diagram: &Diagram, catalog: &Catalog) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for rule in RULES {
        rule(diagram, catalog, &mut diagnostics);
    }
    diagnostic::sort(&mut diagnostics);
    // Every node that shares a quota of the account says the same about it.
    diagnostics.dedup();
    diagnostics
}
