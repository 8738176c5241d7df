//! Customers, and the lines in which they wait: one for each priority. Anyone may leave a line at any place.

use crate::{
    slab::{NONE, Slab},
    time::Nanos,
};

/// Somebody in the station.
#[derive(Clone, Copy, Debug)]
pub(super) struct Customer {
    pub(super) item: u32,
    /// Its line: 0 is the most urgent.
    pub(super) class: u16,
    /// All the service that it needs.
    pub(super) demand: Nanos,
    /// Service that is still missing, at the time of its latest start.
    pub(super) left: Nanos,
    /// Set-up of a cold server that it has had to wait for.
    pub(super) setup: Nanos,
    /// When it was last taken by a server, or away from one.
    pub(super) taken: Nanos,
    /// Whether a server has ever taken it.
    pub(super) begun: bool,
    /// Its patience while it waits, its departure while it can be interrupted.
    pub(super) timer: u32,
    previous: u32,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Ends {
    head: u32,
    tail: u32,
}

/// Everybody in the station, and who waits.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    customers: Slab<Customer>,
    ends: Vec<Ends>,
    waiting: u64,
}

impl Lines {
    /// So many empty lines.
    pub(super) fn new(classes: usize) -> Self {
        Self { customers: Slab::default(), ends: vec![Ends { head: NONE, tail: NONE }; classes], waiting: 0 }
    }

    /// Somebody comes, without standing in a line yet.
    pub(super) fn enter(&mut self, item: u32, class: u16, demand: Nanos) -> u32 {
        self.customers.insert(Customer {
            item,
            class,
            demand,
            left: demand,
            setup: 0,
            taken: 0,
            begun: false,
            timer: NONE,
            previous: NONE,
            next: NONE,
        })
    }

    /// Somebody goes for good.
    pub(super) fn leave(&mut self, slot: u32) {
        self.customers.remove(slot);
    }

    /// Who has this slot.
    pub(super) fn get(&mut self, slot: u32) -> &mut Customer {
        &mut self.customers[slot]
    }

    /// How many wait, in all lines.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// To the end of its line.
    pub(super) fn push_back(&mut self, slot: u32) {
        let class = self.customers[slot].class as usize;
        let tail = std::mem::replace(&mut self.ends[class].tail, slot);
        (self.customers[slot].previous, self.customers[slot].next) = (tail, NONE);
        if tail == NONE {
            self.ends[class].head = slot;
        } else {
            self.customers[tail].next = slot;
        }
        self.waiting += 1;
    }

    /// To the head of its line.
    pub(super) fn push_front(&mut self, slot: u32) {
        let class = self.customers[slot].class as usize;
        let head = std::mem::replace(&mut self.ends[class].head, slot);
        (self.customers[slot].previous, self.customers[slot].next) = (NONE, head);
        if head == NONE {
            self.ends[class].tail = slot;
        } else {
            self.customers[head].previous = slot;
        }
        self.waiting += 1;
    }

    /// Out of its line.
    pub(super) fn unlink(&mut self, slot: u32) {
        let Customer { class, previous, next, .. } = self.customers[slot];
        let class = class as usize;
        if previous == NONE {
            self.ends[class].head = next;
        } else {
            self.customers[previous].next = next;
        }
        if next == NONE {
            self.ends[class].tail = previous;
        } else {
            self.customers[next].previous = previous;
        }
        self.waiting -= 1;
    }

    /// Takes the first of the most urgent line that is not empty.
    pub(super) fn pop(&mut self) -> Option<u32> {
        if self.waiting == 0 {
            return None;
        }
        let slot = self.ends.iter().map(|ends| ends.head).find(|head| *head != NONE)?;
        self.unlink(slot);
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_goes_first_and_anyone_may_leave() {
        let mut lines = Lines::new(2);
        let slots: Vec<u32> = [1, 0, 1, 0, 1].iter().enumerate().map(|(item, class)| lines.enter(item as u32, *class, 1)).collect();
        for slot in &slots {
            lines.push_back(*slot);
        }
        lines.unlink(slots[2]);
        lines.unlink(slots[1]);
        lines.push_front(slots[1]);
        let order: Vec<u32> = std::iter::from_fn(|| lines.pop()).collect();
        assert_eq!(order, [slots[1], slots[3], slots[0], slots[4]]);
        assert_eq!(lines.waiting(), 0);
    }
}
