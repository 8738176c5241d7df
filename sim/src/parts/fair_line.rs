//! Messages of many tenants: those of a tenant that has much in flight wait until the others have been served.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{slab::Slab, time::Nanos};

/// What makes a tenant noisy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Noise {
    /// Share of all messages in flight.
    pub(crate) share: f64,
    /// Least messages in flight.
    pub(crate) least: f64,
    /// Time without any in flight after which a tenant is quiet again.
    pub(crate) quiet_after: Nanos,
}

/// The messages of a queue that can be received, with those of noisy tenants behind the others.
///
/// An entry may outlive its message, as in a plain line; so a tenant exists while it has messages or entries.
#[derive(Clone, Debug)]
pub(crate) struct FairLine<T> {
    noise: Noise,
    /// Entries in the order of coming; those of noisy tenants leave it when they are met.
    line: VecDeque<(u32, T)>,
    by_key: BTreeMap<u64, u32>,
    tenants: Slab<Tenant<T>>,
    /// Noisy tenants with entries set aside: those with the fewest in flight first, the longest idle before others.
    noisy: BTreeSet<(u64, Nanos, u32)>,
    in_flight: u64,
    aside: usize,
}

#[derive(Clone, Debug)]
struct Tenant<T> {
    key: u64,
    messages: u64,
    entries: u64,
    in_flight: u64,
    idle_since: Nanos,
    aside: VecDeque<T>,
}

impl<T> Tenant<T> {
    fn rank(&self, id: u32) -> (u64, Nanos, u32) {
        (self.in_flight, self.idle_since, id)
    }
}

impl<T> FairLine<T> {
    /// An empty line.
    pub(crate) fn new(noise: Noise) -> Self {
        Self {
            noise,
            line: VecDeque::new(),
            by_key: BTreeMap::new(),
            tenants: Slab::default(),
            noisy: BTreeSet::new(),
            in_flight: 0,
            aside: 0,
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.line.is_empty() && self.aside == 0
    }

    /// A message comes in. Answers its tenant.
    pub(crate) fn join(&mut self, key: u64) -> u32 {
        let tenants = &mut self.tenants;
        let id = *self.by_key.entry(key).or_insert_with(|| {
            tenants.insert(Tenant { key, messages: 0, entries: 0, in_flight: 0, idle_since: 0, aside: VecDeque::new() })
        });
        self.tenants[id].messages += 1;
        id
    }

    /// A message can be received.
    pub(crate) fn push(&mut self, id: u32, entry: T) {
        self.tenants[id].entries += 1;
        self.line.push_back((id, entry));
    }

    /// The next entry: of a quiet tenant if there is one, else of the noisy one with the fewest messages in flight.
    pub(crate) fn pop(&mut self, now: Nanos) -> Option<T> {
        self.forgive(now);
        while let Some((id, entry)) = self.line.pop_front() {
            let tenant = &mut self.tenants[id];
            let share = tenant.in_flight as f64 / self.in_flight.max(1) as f64;
            let noisy = tenant.in_flight as f64 >= self.noise.least && share > self.noise.share;
            // A tenant stays noisy for as long as it has messages set aside.
            if !noisy && tenant.aside.is_empty() {
                self.entry_gone(id);
                return Some(entry);
            }
            tenant.aside.push_back(entry);
            self.aside += 1;
            self.noisy.insert(tenant.rank(id));
        }
        let (_, _, id) = self.noisy.first().copied()?;
        let tenant = &mut self.tenants[id];
        let entry = tenant.aside.pop_front();
        self.aside -= 1;
        if tenant.aside.is_empty() {
            self.noisy.remove(&tenant.rank(id));
        }
        self.entry_gone(id);
        entry
    }

    /// Noisy tenants that have had nothing in flight for long line up with the others again.
    fn forgive(&mut self, now: Nanos) {
        while let Some((0, since, id)) = self.noisy.first().copied()
            && now - since >= self.noise.quiet_after
        {
            self.noisy.pop_first();
            let aside = &mut self.tenants[id].aside;
            self.aside -= aside.len();
            self.line.extend(aside.drain(..).map(|entry| (id, entry)));
        }
    }

    /// A message of a tenant has been received.
    pub(crate) fn take(&mut self, now: Nanos, id: u32) {
        self.in_flight += 1;
        let more = self.tenants[id].in_flight + 1;
        self.fly(now, id, more);
    }

    /// A message of a tenant is in flight no more.
    pub(crate) fn land(&mut self, now: Nanos, id: u32) {
        self.in_flight -= 1;
        let fewer = self.tenants[id].in_flight - 1;
        self.fly(now, id, fewer);
    }

    fn fly(&mut self, now: Nanos, id: u32, in_flight: u64) {
        let tenant = &mut self.tenants[id];
        let noisy = self.noisy.remove(&tenant.rank(id));
        tenant.in_flight = in_flight;
        tenant.idle_since = now;
        if noisy {
            self.noisy.insert(tenant.rank(id));
        }
    }

    /// A message goes for good; it is not in flight.
    pub(crate) fn leave(&mut self, id: u32) {
        self.tenants[id].messages -= 1;
        self.forget_empty(id);
    }

    fn entry_gone(&mut self, id: u32) {
        self.tenants[id].entries -= 1;
        self.forget_empty(id);
    }

    fn forget_empty(&mut self, id: u32) {
        let Tenant { key, messages, entries, .. } = self.tenants[id];
        if messages == 0 && entries == 0 {
            self.by_key.remove(&key);
            self.tenants.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> FairLine<u32> {
        FairLine::new(Noise { share: 0.1, least: 3.0, quiet_after: 300 })
    }

    fn send(line: &mut FairLine<u32>, key: u64, message: u32) -> u32 {
        let tenant = line.join(key);
        line.push(tenant, message);
        tenant
    }

    #[test]
    fn a_tenant_with_much_in_flight_waits_for_the_others() {
        let mut line = line();
        let loud = (0..3).map(|message| send(&mut line, 1, message)).last().unwrap();
        for _ in 0..3 {
            line.pop(0).unwrap();
            line.take(0, loud);
        }
        send(&mut line, 1, 3);
        let calm = send(&mut line, 2, 4);
        assert_eq!(line.pop(0), Some(4), "the quiet tenant goes first although it came later");
        line.take(0, calm);
        assert_eq!((line.pop(0), line.is_empty()), (Some(3), true), "with nobody else the noisy one goes on");
    }

    #[test]
    fn a_noisy_tenant_lines_up_again_after_a_while_without_messages_in_flight() {
        let mut line = line();
        let loud = (0..3).map(|message| send(&mut line, 1, message)).last().unwrap();
        for _ in 0..3 {
            line.pop(0);
            line.take(0, loud);
        }
        send(&mut line, 1, 3);
        send(&mut line, 2, 4);
        assert_eq!(line.pop(0), Some(4));
        for _ in 0..3 {
            line.land(10, loud);
        }
        send(&mut line, 2, 5);
        assert_eq!(line.pop(309), Some(5));
        send(&mut line, 2, 6);
        assert_eq!(line.pop(310), Some(6), "it lines up behind those who are there");
        assert_eq!(line.pop(310), Some(3));
    }

    #[test]
    fn tenants_exist_while_they_have_messages_or_entries() {
        let mut line = line();
        let tenant = send(&mut line, 1, 0);
        line.leave(tenant);
        assert_eq!(line.by_key.len(), 1, "its entry is still in the line");
        line.pop(0);
        assert_eq!((line.by_key.len(), line.tenants.len()), (0, 0));
    }
}
