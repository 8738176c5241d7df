//! Customers, and the lines in which they wait: one for each priority. Anyone may leave a line at any place.
//!
//! The customers of all stations lie together, so that what they take of the caches follows how many there are.

use crate::{
    ahead::LINE,
    routes::Route,
    slab::{NONE, Slab},
    time::Nanos,
};

/// Somebody in a station, in one line of memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Customer {
    pub(super) item: u32,
    /// Where it goes from here. It is drawn when the customer comes, so that what it will reach can be foreseen.
    pub(super) route: Route,
    /// The call that ends after the one that it is here for, if both are those of stations.
    pub(super) ends_later: u32,
    /// Its line: 0 is the most urgent.
    pub(super) class: u16,
    /// Whether a server has ever taken it.
    pub(super) begun: bool,
    /// All the service that it needs.
    pub(super) demand: Nanos,
    /// Set-up of a cold server that it has had to wait for.
    pub(super) setup: Nanos,
    /// Service that is still missing, at the time of its latest start.
    pub(super) left: Nanos,
    /// When it was last taken by a server, or away from one.
    pub(super) taken: Nanos,
    /// Its patience while it waits, its departure while it can be interrupted.
    pub(super) timer: u32,
    previous: u32,
    next: u32,
}

const _: () = assert!(size_of::<Customer>() == LINE);

impl Customer {
    /// Somebody who comes, without standing in a line yet.
    pub(super) fn new(item: u32, route: Route, class: u16, demand: Nanos) -> Self {
        let (timer, previous, next) = (NONE, NONE, NONE);
        Self { item, route, ends_later: NONE, class, begun: false, demand, setup: 0, left: demand, taken: 0, timer, previous, next }
    }
}

#[derive(Clone, Copy, Debug)]
struct Ends {
    head: u32,
    tail: u32,
}

/// Who waits in a station.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Lines {
    waiting: u64,
    ends: Box<[Ends]>,
}

impl Lines {
    /// So many empty lines.
    pub(super) fn new(classes: usize) -> Self {
        Self { waiting: 0, ends: vec![Ends { head: NONE, tail: NONE }; classes].into() }
    }

    /// How many wait, in all lines.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// To the end of its line.
    pub(super) fn push_back(&mut self, customers: &mut Slab<Customer>, slot: u32) {
        let class = customers[slot].class as usize;
        let tail = std::mem::replace(&mut self.ends[class].tail, slot);
        (customers[slot].previous, customers[slot].next) = (tail, NONE);
        if tail == NONE {
            self.ends[class].head = slot;
        } else {
            customers[tail].next = slot;
        }
        self.waiting += 1;
    }

    /// To the head of its line.
    pub(super) fn push_front(&mut self, customers: &mut Slab<Customer>, slot: u32) {
        let class = customers[slot].class as usize;
        let head = std::mem::replace(&mut self.ends[class].head, slot);
        (customers[slot].previous, customers[slot].next) = (NONE, head);
        if head == NONE {
            self.ends[class].tail = slot;
        } else {
            customers[head].previous = slot;
        }
        self.waiting += 1;
    }

    /// Out of its line.
    pub(super) fn unlink(&mut self, customers: &mut Slab<Customer>, slot: u32) {
        let Customer { class, previous, next, .. } = customers[slot];
        let class = class as usize;
        if previous == NONE {
            self.ends[class].head = next;
        } else {
            customers[previous].next = next;
        }
        if next == NONE {
            self.ends[class].tail = previous;
        } else {
            customers[next].previous = previous;
        }
        self.waiting -= 1;
    }

    /// Takes the first of the most urgent line that is not empty.
    pub(super) fn pop(&mut self, customers: &mut Slab<Customer>) -> Option<u32> {
        if self.waiting == 0 {
            return None;
        }
        let slot = self.ends.iter().map(|ends| ends.head).find(|head| *head != NONE)?;
        self.unlink(customers, slot);
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_goes_first_and_anyone_may_leave() {
        let (mut lines, mut all) = (Lines::new(2), Slab::default());
        let customers = [1, 0, 1, 0, 1].into_iter().enumerate().map(|(item, class)| Customer::new(item as u32, Route::OUT, class, 1));
        let slots: Vec<u32> = customers.map(|customer| all.insert(customer)).collect();
        for slot in &slots {
            lines.push_back(&mut all, *slot);
        }
        lines.unlink(&mut all, slots[2]);
        lines.unlink(&mut all, slots[1]);
        lines.push_front(&mut all, slots[1]);
        let order: Vec<u32> = std::iter::from_fn(|| lines.pop(&mut all)).collect();
        assert_eq!(order, [slots[1], slots[3], slots[0], slots[4]]);
        assert_eq!(lines.waiting(), 0);
    }
}
