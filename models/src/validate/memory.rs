//! What a run keeps in mind one by one, whether it is used or not: there are only so many.

use crate::{
    Catalog, Diagnostic, Diagram, Edit, NodeId, Place,
    edit::Target,
    families::{self, ComputeConfig, Config, Scaling},
    units::print_number,
};

/// Most instances of all nodes together that stand at a time. Each takes some two hundred bytes.
const INSTANCES_MAX: f64 = 1e6;

/// Most partitions of an ordered queue. Each takes some two hundred bytes.
const PARTITIONS_MAX: f64 = 1e5;

/// A run can keep in mind what may stand at a time.
pub(super) fn instances(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut all: Vec<(&NodeId, Vec<(&'static str, f64)>)> = Vec::new();
    for id in diagram.nodes.keys() {
        if let (Some(Config::Compute(config)), _) = families::node_config(diagram, catalog, id) {
            all.push((id, numbers(&config)));
        }
    }
    let total: f64 = all.iter().map(|(_, numbers)| greatest(numbers).1).sum();
    let Some((id, numbers)) = all.into_iter().max_by(|(_, a), (_, b)| greatest(a).1.total_cmp(&greatest(b).1)) else { return };
    if total <= INSTANCES_MAX {
        return;
    }
    let (key, most) = greatest(&numbers);
    let left = (INSTANCES_MAX - (total - most)).max(0.0);
    let too_many = numbers.into_iter().filter(|(_, number)| *number > left);
    let lowered =
        too_many.map(|(key, _)| Edit::SetField { target: Target::Node(id.clone()), key: key.to_owned(), value: Some(left.into()) });
    let place = Place::Node(id.clone(), Some(key.to_owned()));
    let message = format!(
        "up to {} instances may stand at a time, a run can keep {} of all nodes in mind",
        print_number(total),
        print_number(INSTANCES_MAX)
    );
    let diagnostic = Diagnostic::error("too-many-instances", place, message)
        .hint("draw a part of them, with the same part of the load and of what they call");
    // With nothing left, more than this node is too large.
    found.push(if left >= 1.0 { diagnostic.fix(Edit::All("Lower the instances".to_owned(), lowered.collect())) } else { diagnostic });
}

/// As many partitions as the rate of an ordered queue needs can be kept in mind.
pub(super) fn partitions(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Queue(queue)), _) = families::node_config(diagram, catalog, id) else { continue };
        let Some(fifo) = &queue.fifo else { continue };
        let Some(needed) = fifo.queue_calls.as_ref().map(|calls| calls.value / fifo.partition_calls.value) else { continue };
        if needed > PARTITIONS_MAX {
            let place = Place::Node(id.clone(), Some("partition_calls".to_owned()));
            let (needed, most) = (print_number(needed.ceil()), print_number(PARTITIONS_MAX));
            let message = format!("the rate of the queue needs {needed} partitions, a run can keep {most} in mind");
            found.push(Diagnostic::error("too-many-partitions", place, message).hint(
                "let a partition take more calls, or the queue fewer; the provider's numbers are those of the account and its region",
            ));
        }
    }
}

/// The fields that say how many instances of a node stand at a time.
fn numbers(config: &ComputeConfig) -> Vec<(&'static str, f64)> {
    match &config.scaling {
        Scaling::Fleet(fleet) if fleet.autoscaling.is_some() => {
            vec![("instances", f64::from(fleet.start)), ("min_instances", f64::from(fleet.least)), ("max_instances", fleet.most.value)]
        }
        Scaling::Fleet(fleet) => vec![("instances", f64::from(fleet.start))],
        Scaling::PerRequest(scaling) => {
            let provisioned = &scaling.provisioned;
            let tracked = provisioned.tracking.map(|tracking| ("provisioned_max", f64::from(tracking.max)));
            [("provisioned_concurrency", f64::from(provisioned.instances))].into_iter().chain(tracked).collect()
        }
    }
}

fn greatest(numbers: &[(&'static str, f64)]) -> (&'static str, f64) {
    numbers.iter().copied().max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or(("instances", 0.0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Node, edit};

    fn found(diagram: &Diagram) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        instances(diagram, Catalog::embedded(), &mut found);
        partitions(diagram, Catalog::embedded(), &mut found);
        found
    }

    /// The field that is too large, once its fix has been seen to mend it.
    fn refused(nodes: &[(&str, &[(&str, &str)])]) -> Option<String> {
        let mut diagram = Diagram::default();
        for (at, (service, fields)) in nodes.iter().enumerate() {
            let node = fields.iter().fold(Node::new(*service, ""), |node, (key, value)| node.with(key, *value));
            diagram.nodes.insert(format!("n{at}").as_str().into(), Arc::new(node));
        }
        let [diagnostic]: [Diagnostic; 1] = found(&diagram).try_into().ok()?;
        if let Some(fix) = &diagnostic.fix {
            assert!(found(&edit::apply(&diagram, fix).expect("the fix applies")).is_empty(), "{fix:?}");
        }
        let Place::Node(id, Some(key)) = diagnostic.place else { return None };
        Some(format!("{id}.{key}"))
    }

    #[test]
    fn more_than_a_run_can_keep_in_mind_are_refused() {
        let (server, pods, lambda) = ("generic/server", "kubernetes/deployment", "aws/lambda");
        let refused_as = |nodes: &[(&str, &[(&str, &str)])], place: &str| assert_eq!(refused(nodes).as_deref(), Some(place), "{nodes:?}");
        assert_eq!(refused(&[(server, &[("instances", "1000000")])]), None);
        refused_as(&[(server, &[("instances", "1000001")])], "n0.instances");
        refused_as(&[(server, &[("instances", "1e9")])], "n0.instances");
        refused_as(&[(server, &[("instances", "600000")]), (server, &[("instances", "700000")])], "n1.instances");
        refused_as(&[(server, &[("instances", "1e9")]), (server, &[("instances", "1e8")])], "n0.instances");
        refused_as(&[(pods, &[("max_instances", "2e6")])], "n0.max_instances");
        refused_as(&[(pods, &[("min_instances", "3e6"), ("max_instances", "2e6")])], "n0.min_instances");
        refused_as(&[(lambda, &[("provisioned_concurrency", "1e9")])], "n0.provisioned_concurrency");
        assert_eq!(refused(&[(lambda, &[]), (pods, &[]), (server, &[])]), None);
    }

    #[test]
    fn an_ordered_queue_has_only_so_many_partitions() {
        let of = |calls: &str| refused(&[("aws/sqs-fifo", &[("throughput", "high"), ("partition_calls", calls)])]);
        assert_eq!((of("300/s"), of("0.01/s").as_deref()), (None, Some("n0.partition_calls")));
        assert_eq!(of("0/s").as_deref(), Some("n0.partition_calls"));
    }
}
