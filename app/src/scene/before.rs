//! What was known before, asked for in the order of keys: one way through an ordered map instead of a search for each.

use std::{collections::btree_map, iter::Peekable};

/// The entries of an ordered map that have not been asked for yet.
pub(super) struct Before<K, V>(Peekable<btree_map::IntoIter<K, V>>);

impl<K: Ord, V> Before<K, V> {
    /// Begins with all entries.
    pub(super) fn new(known: std::collections::BTreeMap<K, V>) -> Self {
        Self(known.into_iter().peekable())
    }

    /// The value of a key that is larger than those asked for before.
    pub(super) fn take(&mut self, key: &K) -> Option<V> {
        while self.0.next_if(|(known, _)| known < key).is_some() {}
        self.0.next_if(|(known, _)| known == key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_a_map_finds() {
        let known: std::collections::BTreeMap<u32, u32> = (0..50).map(|n| (n * 3, n)).collect();
        let mut before = Before::new(known.clone());
        for key in [0, 1, 3, 60, 61, 147, 200] {
            assert_eq!(before.take(&key), known.get(&key).copied(), "{key}");
        }
    }
}
