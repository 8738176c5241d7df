//! Edges of which one takes an event.

use plimsoll_models::families::Config;

use crate::{ahead, program::Program, slab::NONE};

/// One of the edges, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) edge: u32,
    pub(crate) to: u32,
}

impl Route {
    /// Along none of the edges.
    pub(crate) const OUT: Self = Self { edge: NONE, to: NONE };
}

/// The edges of all nodes with the shares of events that take them; what remains takes none. They lie in one list, so that
/// little is touched of thousands of nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    /// Where the routes of each node end.
    ends: Vec<u32>,
    /// Shares of the events up to and including its own, for each route.
    routes: Vec<(f64, Route)>,
}

impl Routes {
    /// The routes of all nodes of a program. A customer of a station takes an edge without a share for certain; an event of
    /// any other node goes along all of those.
    pub(crate) fn new(program: &Program) -> Self {
        let mut routes = Self::default();
        for node in &program.nodes {
            let without = matches!(node.config, Config::Station(_)).then_some(1.0);
            routes.push(node.calls.iter().filter_map(|at| {
                let edge = &program.edges[*at as usize];
                Some((edge.share.or(without)?, *at, edge.to))
            }));
        }
        routes
    }

    /// The routes of the next node: share, edge and target.
    fn push(&mut self, routes: impl Iterator<Item = (f64, u32, u32)>) {
        let mut until = 0.0;
        self.routes.extend(routes.map(|(share, edge, to)| {
            until += share;
            (until, Route { edge, to })
        }));
        self.ends.push(self.routes.len() as u32);
    }

    #[inline]
    fn of(&self, node: u32) -> &[(f64, Route)] {
        let node = node as usize;
        let from = if node == 0 { 0 } else { self.ends[node - 1] };
        &self.routes[from as usize..self.ends[node] as usize]
    }

    /// Whether a node has any.
    #[inline]
    pub(crate) fn has(&self, node: u32) -> bool {
        !self.of(node).is_empty()
    }

    /// The route in whose share a number from 0 to 1 falls.
    #[inline]
    pub(crate) fn take(&self, node: u32, number: f64) -> Option<Route> {
        let routes = self.of(node);
        let lies_beyond = |(until, _): &(f64, Route)| *until <= number;
        // Shares are mostly equal: then the search ends where it begins, and touches little memory.
        let guess = ((number * routes.len() as f64) as usize).min(routes.len());
        let (before, after) = routes.split_at(guess);
        let at = if before.last().is_some_and(|last| !lies_beyond(last)) {
            before.partition_point(lies_beyond)
        } else if after.first().is_some_and(lies_beyond) {
            guess + after.partition_point(lies_beyond)
        } else {
            guess
        };
        routes.get(at).map(|(_, route)| *route)
    }

    /// The routes of a node are needed soon.
    #[inline]
    pub(crate) fn foresee(&self, node: u32) {
        ahead::all(self.of(node));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn routes(of: impl IntoIterator<Item = Vec<f64>>) -> Routes {
        let mut routes = Routes::default();
        for shares in of {
            routes.push(shares.into_iter().zip(0..).map(|(share, edge)| (share, edge, edge + 100)));
        }
        routes
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_search(
            first in proptest::collection::vec(0.0..0.3_f64, 0..5),
            shares in proptest::collection::vec(0.0..0.3_f64, 0..12),
            number in 0.0..1.0_f64,
        ) {
            let routes = routes([first, shares.clone()]);
            let mut sum = 0.0;
            let expected = shares.iter().position(|share| {
                sum += share;
                number < sum
            });
            let taken = routes.take(1, number);
            prop_assert_eq!(taken.map(|route| (route.edge, route.to)), expected.map(|at| (at as u32, at as u32 + 100)));
            prop_assert_eq!(routes.has(1), !shares.is_empty());
        }
    }

    #[test]
    fn equal_shares_are_equal() {
        let equal = routes([vec![0.25; 4], vec![0.5]]);
        let found: Vec<_> = (0..8).map(|eighth| equal.take(0, f64::from(eighth) / 8.0).map(|route| route.edge)).collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(equal.take(1, 0.5), None, "half of them takes no edge");
    }
}
