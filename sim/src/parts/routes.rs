//! Edges of which one takes an event.

/// Edges with the shares of events that take them, cumulated; what remains takes none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes(Box<[(f64, u32)]>);

impl Routes {
    /// Edges with their shares.
    pub(crate) fn new(shares: impl Iterator<Item = (f64, u32)>) -> Self {
        let mut sum = 0.0;
        Self(
            shares
                .map(|(share, edge)| {
                    sum += share;
                    (sum, edge)
                })
                .collect(),
        )
    }

    /// Whether there is no edge.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edge in whose share a number from 0 to 1 falls.
    #[inline]
    pub(crate) fn of(&self, number: f64) -> Option<u32> {
        let lies_beyond = |(sum, _): &(f64, u32)| *sum <= number;
        // Shares are mostly equal: then the search ends where it begins, and touches little memory.
        let guess = ((number * self.0.len() as f64) as usize).min(self.0.len());
        let (before, after) = self.0.split_at(guess);
        let at = if before.last().is_some_and(|last| !lies_beyond(last)) {
            before.partition_point(lies_beyond)
        } else if after.first().is_some_and(lies_beyond) {
            guess + after.partition_point(lies_beyond)
        } else {
            guess
        };
        self.0.get(at).map(|(_, edge)| *edge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_plain_search(shares in proptest::collection::vec(0.0..0.3_f64, 0..12), number in 0.0..1.0_f64) {
            let routes = Routes::new(shares.iter().copied().zip(0..));
            let mut sum = 0.0;
            let expected = shares.iter().position(|share| {
                sum += share;
                number < sum
            });
            prop_assert_eq!(routes.of(number), expected.map(|at| at as u32));
        }
    }

    #[test]
    fn equal_shares_are_equal() {
        let routes = Routes::new((0..4).map(|edge| (0.25, edge)));
        let found: Vec<_> = (0..8).map(|eighth| routes.of(f64::from(eighth) / 8.0)).collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(Routes::new([(0.5, 7)].into_iter()).of(0.5), None, "half of them takes no edge");
    }
}
