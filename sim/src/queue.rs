//! The future event list.
//!
//! Order is by (time, class, sequence): completions and releases before arrivals, then the order of scheduling.
//! Three places hold events, each where it is cheapest: a 4-ary heap of packed 16-byte keys; two rings for what happens
//! now; and lanes for timers that are mostly canceled (time-outs, visibility), of which only the head is in the heap.

use std::collections::VecDeque;

use crate::{
    event::{Class, Event},
    slab::{NONE, Slab},
    time::Nanos,
};

/// Bits of the slot in a packed key.
const SLOT_BITS: u32 = 24;
/// Bits of the sequence in a packed key.
const SEQUENCE_BITS: u32 = 39;

/// Children of an entry of the heap.
const ARITY: usize = 4;

/// Most events that can wait in the heap.
pub(crate) const PENDING_MAX: usize = 1 << SLOT_BITS;

/// The order of an event: time, class, sequence; the low bits are free for the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    fn new(at: Nanos, class: Class, sequence: u64) -> Self {
        let class = u128::from(class == Class::Arrival);
        Self((u128::from(at) << 64) | (class << (SEQUENCE_BITS + SLOT_BITS)) | (u128::from(sequence) << SLOT_BITS))
    }

    fn at(self) -> Nanos {
        (self.0 >> 64) as Nanos
    }

    fn slot(self) -> u32 {
        (self.0 & ((1 << SLOT_BITS) - 1)) as u32
    }
}

/// A timer in a lane: an entry of a doubly linked list.
#[derive(Clone, Copy, Debug)]
struct LaneTimer {
    key: Key,
    event: Event,
    lane: u32,
    previous: u32,
    next: u32,
}

#[derive(Clone, Copy, Debug)]
struct Lane {
    head: u32,
    tail: u32,
    /// Key of the one event in the heap that counts for this lane; earlier armings that were overtaken do not.
    armed: Option<Key>,
}

/// Names a timer in a lane until it fires or is canceled; [`NONE`] names none.
pub(crate) type TimerId = u32;

/// The list.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventQueue {
    now: Nanos,
    sequence: u64,
    heap: Vec<u128>,
    events: Slab<Event>,
    completions: VecDeque<(Key, Event)>,
    arrivals: VecDeque<(Key, Event)>,
    lanes: Vec<Lane>,
    timers: Slab<LaneTimer>,
}

impl EventQueue {
    /// The time of the latest event.
    #[inline]
    pub(crate) fn now(&self) -> Nanos {
        self.now
    }

    /// Events that wait in the heap.
    pub(crate) fn pending(&self) -> usize {
        self.heap.len()
    }

    /// Memory of what waits in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.heap) + self.events.bytes() + self.timers.bytes()
    }

    fn next_key(&mut self, at: Nanos, class: Class) -> Key {
        self.sequence += 1;
        debug_assert!(self.sequence < 1 << SEQUENCE_BITS, "the sequence is exhausted");
        Key::new(at, class, self.sequence)
    }

    /// Schedules an event; what lies in the past happens now.
    #[inline]
    pub(crate) fn schedule(&mut self, at: Nanos, class: Class, event: Event) {
        if at <= self.now {
            self.schedule_now(class, event);
            return;
        }
        let key = self.next_key(at, class);
        self.push(key, event);
    }

    /// Schedules what happens at once, after what is scheduled for now already. Apart, so that the event is built in its
    /// place: read from elsewhere in other pieces than it was written in, it would have to wait for all writes before it.
    #[inline]
    pub(crate) fn schedule_now(&mut self, class: Class, event: Event) {
        let key = self.next_key(self.now, class);
        match class {
            Class::Completion => self.completions.push_back((key, event)),
            Class::Arrival => self.arrivals.push_back((key, event)),
        }
    }

    fn push(&mut self, key: Key, event: Event) {
        let slot = self.events.insert(event);
        debug_assert!((slot as usize) < PENDING_MAX, "too many pending events");
        self.heap.push(key.0 | u128::from(slot));
        self.sift_up(self.heap.len() - 1);
    }

    /// Makes a lane for timers whose times mostly ascend.
    pub(crate) fn lane(&mut self) -> u32 {
        self.lanes.push(Lane { head: NONE, tail: NONE, armed: None });
        (self.lanes.len() - 1) as u32
    }

    /// Sets a timer that can be canceled in constant time.
    pub(crate) fn set_timer(&mut self, lane: u32, at: Nanos, class: Class, event: Event) -> TimerId {
        let key = self.next_key(at.max(self.now), class);
        let mut after = self.lanes[lane as usize].tail;
        while after != NONE && self.timers[after].key > key {
            after = self.timers[after].previous;
        }
        let before = if after == NONE { self.lanes[lane as usize].head } else { self.timers[after].next };
        let id = self.timers.insert(LaneTimer { key, event, lane, previous: after, next: before });
        if after == NONE {
            self.lanes[lane as usize].head = id;
        } else {
            self.timers[after].next = id;
        }
        if before == NONE {
            self.lanes[lane as usize].tail = id;
        } else {
            self.timers[before].previous = id;
        }
        if self.lanes[lane as usize].armed.is_none_or(|armed| key < armed) {
            self.arm(lane, key);
        }
        id
    }

    fn arm(&mut self, lane: u32, key: Key) {
        self.lanes[lane as usize].armed = Some(key);
        self.push(key, Event::Lane { lane });
    }

    /// What happens first of what is in a lane.
    pub(crate) fn first_of(&self, lane: u32) -> Option<Event> {
        let head = self.lanes[lane as usize].head;
        (head != NONE).then(|| self.timers[head].event)
    }

    /// Takes a timer out of its lane.
    pub(crate) fn cancel(&mut self, id: TimerId) {
        if id == NONE {
            return;
        }
        let LaneTimer { lane, previous, next, .. } = self.timers[id];
        if previous == NONE {
            self.lanes[lane as usize].head = next;
        } else {
            self.timers[previous].next = next;
        }
        if next == NONE {
            self.lanes[lane as usize].tail = previous;
        } else {
            self.timers[next].previous = previous;
        }
        self.timers.remove(id);
    }

    /// The head of a lane if it is due now; else arms the lane for it. Called when an [`Event::Lane`] is popped.
    fn due(&mut self, lane: u32, popped: Key) -> Option<Event> {
        if self.lanes[lane as usize].armed.is_none_or(|armed| armed.0 != popped.0 >> SLOT_BITS << SLOT_BITS) {
            return None;
        }
        self.lanes[lane as usize].armed = None;
        let head = self.lanes[lane as usize].head;
        if head == NONE {
            return None;
        }
        let LaneTimer { key, event, .. } = self.timers[head];
        let due = key.0 >> SLOT_BITS <= popped.0 >> SLOT_BITS;
        if due {
            self.cancel(head);
        }
        let next = self.lanes[lane as usize].head;
        if next != NONE {
            let key = self.timers[next].key;
            self.arm(lane, key);
        }
        due.then_some(event)
    }

    /// Takes the next event that happens at or before `until`, and moves the clock to it.
    #[inline]
    pub(crate) fn pop(&mut self, until: Nanos) -> Option<Event> {
        loop {
            let heap = self.heap.first().map_or(u128::MAX, |key| *key);
            if !self.completions.is_empty() || !self.arrivals.is_empty() {
                let ring = match (self.completions.front(), self.arrivals.front()) {
                    (Some((a, _)), _) => *a,
                    (None, Some((b, _))) => *b,
                    (None, None) => Key(u128::MAX),
                };
                if ring.0 < heap {
                    let popped = self.completions.pop_front().or_else(|| self.arrivals.pop_front());
                    return popped.map(|(_, event)| event);
                }
            }
            let key = Key(heap);
            if heap == u128::MAX || key.at() > until {
                return None;
            }
            self.remove_first();
            let event = self.events[key.slot()];
            self.events.remove(key.slot());
            if let Event::Lane { lane } = event {
                let due = self.due(lane, key);
                if due.is_some() {
                    self.now = key.at();
                    return due;
                }
                continue;
            }
            self.now = key.at();
            return Some(event);
        }
    }

    /// The next two timers, unless something is scheduled before them.
    #[inline]
    pub(crate) fn next_two(&self) -> Option<[Event; 2]> {
        let first = self.heap.first()?;
        let second = self.heap[1..].iter().take(ARITY).min()?;
        Some([first, second].map(|key| self.events[Key(*key).slot()]))
    }

    /// Moves the clock without an event.
    pub(crate) fn advance(&mut self, to: Nanos) {
        self.now = self.now.max(to);
    }

    fn sift_up(&mut self, mut at: usize) {
        let key = self.heap[at];
        while at > 0 {
            let parent = (at - 1) / ARITY;
            if self.heap[parent] <= key {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = key;
    }

    fn remove_first(&mut self) {
        let Some(last) = self.heap.pop() else { return };
        if self.heap.is_empty() {
            return;
        }
        let heap = &mut self.heap[..];
        let mut at = 0;
        loop {
            let first = ARITY * at + 1;
            if first >= heap.len() {
                break;
            }
            let least = if let Some([a, b, c, d]) = heap.get(first..first + ARITY) {
                // Which one is least cannot be predicted: counted, not branched on.
                let (left, right) = (usize::from(b < a), 2 + usize::from(d < c));
                let (of_left, of_right) = (*a.min(b), *c.min(d));
                first + if of_right < of_left { right } else { left }
            } else {
                let mut least = first;
                for child in first + 1..heap.len() {
                    if heap[child] < heap[least] {
                        least = child;
                    }
                }
                least
            };
            if heap[least] >= last {
                break;
            }
            heap[at] = heap[least];
            at = least;
        }
        heap[at] = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(item: u32) -> Event {
        Event::Reach { item }
    }

    fn drain(queue: &mut EventQueue) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop(Nanos::MAX))
            .map(|event| match event {
                Event::Reach { item } => item,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn completions_precede_arrivals_and_equals_keep_their_order() {
        let mut queue = EventQueue::default();
        queue.schedule(5, Class::Arrival, event(1));
        queue.schedule(5, Class::Completion, event(2));
        queue.schedule(5, Class::Arrival, event(3));
        queue.schedule(0, Class::Arrival, event(4));
        queue.schedule(0, Class::Completion, event(5));
        assert_eq!(drain(&mut queue), [5, 4, 2, 1, 3]);
    }

    proptest! {
        #[test]
        fn agrees_with_a_sorted_list(
            operations in proptest::collection::vec((0_u64..50, any::<bool>(), any::<bool>(), any::<bool>()), 1..300)
        ) {
            let mut queue = EventQueue::default();
            let lane = queue.lane();
            let mut model: Vec<(u64, bool, u32)> = Vec::new();
            for (id, (at, arrival, in_lane, cancel)) in operations.into_iter().enumerate() {
                let id = id as u32;
                let class = if arrival { Class::Arrival } else { Class::Completion };
                if in_lane {
                    let timer = queue.set_timer(lane, at, class, event(id));
                    if cancel {
                        queue.cancel(timer);
                        continue;
                    }
                } else {
                    queue.schedule(at, class, event(id));
                }
                model.push((at, arrival, id));
            }
            model.sort_unstable();
            let expected: Vec<u32> = model.into_iter().map(|(_, _, id)| id).collect();
            prop_assert_eq!(drain(&mut queue), expected);
            prop_assert_eq!(queue.timers.len() + queue.events.len(), 0);
        }
    }
}
