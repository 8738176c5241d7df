//! The bucket of tokens of a client library: retries take from it, successes give back, time does not refill it.

/// Tokens for retries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RetryQuota {
    capacity: u32,
    tokens: u32,
}

impl RetryQuota {
    /// A full bucket.
    pub(crate) fn new(capacity: u32) -> Self {
        Self { capacity, tokens: capacity }
    }

    /// Pays for a retry if there are enough tokens.
    pub(crate) fn take(&mut self, cost: u32) -> bool {
        let enough = self.tokens >= cost;
        if enough {
            self.tokens -= cost;
        }
        enough
    }

    /// A success gives tokens back.
    pub(crate) fn refund(&mut self, tokens: u32) {
        self.tokens = self.tokens.saturating_add(tokens).min(self.capacity);
    }

    /// Tokens that are missing from the full bucket.
    pub(crate) fn used(&self) -> u32 {
        self.capacity - self.tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_stop_without_tokens_and_go_on_with_successes() {
        let mut quota = RetryQuota::new(20);
        assert_eq!([quota.take(14), quota.take(14), quota.take(5)], [true, false, true]);
        assert_eq!(quota.used(), 19);
        quota.refund(14);
        assert!(quota.take(14));
        quota.refund(1_000);
        assert_eq!(quota.used(), 0);
    }
}
