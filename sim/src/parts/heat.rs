//! How long something has been refusing: what scales only under lasting load asks it.

use crate::time::Nanos;

/// When something counts as hot: what has refused for so `long`, and what has not for a `pause` has cooled down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Lasting {
    pub(crate) long: Nanos,
    pub(crate) pause: Nanos,
}

/// Refusals without a longer pause.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Heat {
    since: Nanos,
    at: Option<Nanos>,
}

impl Heat {
    /// Something was refused. Answers whether it has been hot for so long; if so, it begins anew.
    pub(crate) fn refused(&mut self, now: Nanos, Lasting { long, pause }: Lasting) -> bool {
        if self.at.is_none_or(|at| now - at > pause) {
            self.since = now;
        }
        let lasting = now - self.since >= long;
        self.at = (!lasting).then_some(now);
        lasting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn only_lasting_heat_counts() {
        let mut heat = Heat::default();
        let mut at = |seconds: Nanos| heat.refused(seconds * SECOND, Lasting { long: 90 * SECOND, pause: 60 * SECOND });
        // A pause of more than a minute begins anew, and so does every time that it was long enough.
        assert_eq!([0, 50, 120, 170, 209].map(&mut at), [false; 5]);
        assert_eq!([210, 211, 260, 300, 301].map(&mut at), [true, false, false, false, true]);
    }
}
