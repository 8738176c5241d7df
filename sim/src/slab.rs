//! Storage for what is in flight: stable indices, slots reused last in first out, no allocation once warm.

use crate::ahead;

/// An index that points to nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// A growable arena of values with reusable slots.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Stores a value and says where.
    #[inline]
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = value;
            return index;
        }
        self.slots.push(value);
        (self.slots.len() - 1) as u32
    }

    /// Takes a slot without changing what lies in it, so that its buffers are reused; `make` fills a new one.
    pub(crate) fn reuse(&mut self, make: impl FnOnce() -> T) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(make());
            (self.slots.len() - 1) as u32
        })
    }

    /// Gives the slot back. The value stays in it until the slot is reused.
    #[inline]
    pub(crate) fn remove(&mut self, index: u32) {
        debug_assert!(self.free.len() > 64 || !self.free.contains(&index), "slot {index} is freed twice");
        self.free.push(index);
    }

    /// The slot that the next value comes into, unless there is none.
    #[inline]
    pub(crate) fn next_free(&self) -> Option<&T> {
        self.free.last().map(|index| &self.slots[*index as usize])
    }

    /// A slot is needed soon.
    #[inline]
    pub(crate) fn foresee(&self, index: u32) {
        ahead::at(&self.slots, index as usize);
    }

    /// Memory of the slots in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.slots) + size_of_val(&*self.free)
    }

    /// Number of slots: the most values that have been stored at a time.
    #[inline]
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Number of values stored.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Every slot with its index, free ones too: for rows that know themselves whether they are in use.
    pub(crate) fn enumerate(&self) -> impl Iterator<Item = (u32, &T)> {
        self.slots.iter().enumerate().map(|(index, value)| (index as u32, value))
    }

    /// Marks which slots are free, for the rare walk over all values.
    pub(crate) fn occupied(&self) -> impl Iterator<Item = &T> {
        let mut free = vec![false; self.slots.len()];
        for index in &self.free {
            free[*index as usize] = true;
        }
        self.slots.iter().zip(free).filter(|(_, free)| !free).map(|(value, _)| value)
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: u32) -> &T {
        &self.slots[index as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline]
    fn index_mut(&mut self, index: u32) -> &mut T {
        &mut self.slots[index as usize]
    }
}
