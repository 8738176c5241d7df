//! Behaviors, one file for each family.
//!
//! A node handles what reaches it, its own timers, and the outcomes of its calls. Everything else it does through
//! [`Core`], so that nodes never see each other.

mod archive;
mod arrivals;
mod bucket;
mod bus;
mod compute;
mod custom_bus;
mod database;
mod external;
mod gateway;
mod mapping;
mod outgoing;
mod payload;
mod pipe;
mod producer;
mod proxy;
mod queue;
mod scheduler;
mod station;
mod stream;
mod stream_mapping;
mod table;
mod topic;
mod workflow;

use std::collections::BTreeMap;

use plimsoll_models::{
    families::{BusKind, Config},
    fault::Effect,
};

pub(crate) use queue::Store;
pub(crate) use station::Customer;

use crate::{core::Core, event::Timer, live::NodeLook, outcome::Outcome, program::Program, time::Nanos};

/// Names of a node's figures on its provider's dashboard; an empty one is not shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) arrivals: &'static str,
    pub(crate) completed: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) special: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) instances: &'static str,
    /// Of the age of what is oldest in it.
    pub(crate) age: &'static str,
    /// How many of the unit of that age are a second.
    pub(crate) age_per_s: f64,
}

impl Names {
    /// The names where a provider has none.
    pub(crate) const PLAIN: Self = Self {
        arrivals: "Requests",
        completed: "Successes",
        refused: "Throttles",
        failed: "Errors",
        special: "",
        busy: "InService",
        waiting: "Waiting",
        instances: "",
        age: "",
        age_per_s: 1.0,
    };
}

/// What a node tells about a run.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) names: Names,
    /// Units used, in the order of the meters.
    pub(crate) billed: Vec<f64>,
    /// Figures of its family, by name.
    pub(crate) figures: BTreeMap<String, f64>,
}

/// What every behavior must do; the list of nodes is closed, so that forgetting one is a compile error.
pub(crate) trait Behavior {
    /// An attempt reaches the node.
    fn arrive(&mut self, core: &mut Core, item: u32);

    /// One of the node's timers fires.
    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32);

    /// A call of the node has its final outcome. The copy is still there and is given back afterwards.
    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome);

    /// Whether the node still wants the outcome of a call with this token.
    fn awaits(&self, _token: u64) -> bool {
        true
    }

    /// An attempt that the node itself made (a batch, an asynchronous event) has its outcome.
    fn answered(&mut self, _core: &mut Core, _item: u32, _outcome: Outcome) {}

    /// Whether an attempt is only taken over here, for attempts of the node's own that faults of the node strike
    /// instead (see [`Core::strike_inside`]).
    fn takes_over(&self, _core: &Core, _item: u32) -> bool {
        false
    }

    /// A fault of the node begins or ends. What strikes before something arrives has been dealt with, and the limit that
    /// a fault tightens has been told, with the bucket behind it where several nodes share one.
    fn fault(&mut self, _core: &mut Core, _effect: &Effect, _on: bool) {}

    /// Something happens here soon: asks memory for what that takes of the node itself.
    fn foresee(&self) {}

    /// One of its timers is the next event, and what was asked for before is there: asks memory for what that leads to.
    /// Answers which node it will reach.
    fn foresee_timer(&self, _core: &Core, _timer: Timer, _argument: u32) -> Option<u32> {
        None
    }

    /// The run begins.
    fn start(&mut self, _core: &mut Core) {}

    /// What its figures are called.
    fn names(&self) -> Names {
        Names::PLAIN
    }

    /// Instances that a fleet should have.
    fn desired(&self) -> Option<f64> {
        None
    }

    /// Units that a table has saved for bursts of writes.
    fn write_tokens(&self, _now: Nanos) -> Option<f64> {
        None
    }

    /// What only the node itself knows about this moment.
    fn look(&self, _core: &Core, _look: &mut NodeLook) {}

    /// Units used up to a time, in the order of the meters of its configuration; nothing has happened since.
    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let _ = (core, now);
        Vec::new()
    }

    /// Figures that only this family has, by name, for the result.
    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let _ = (core, put);
    }
}

macro_rules! nodes {
    ($($name:ident($behavior:ty),)*) => {
        /// A node of a running simulation.
        #[derive(Clone, Debug)]
        pub(crate) enum Node {
            $($name(Box<$behavior>),)*
        }

        impl Node {
            #[inline]
            pub(crate) fn behavior(&mut self) -> &mut dyn Behavior {
                match self {
                    $(Self::$name(node) => &mut **node,)*
                }
            }

            #[inline]
            pub(crate) fn told(&self) -> &dyn Behavior {
                match self {
                    $(Self::$name(node) => &**node,)*
                }
            }

            /// See [`Behavior::foresee`]. Most behaviors do nothing here, so that telling them apart is cheaper than a call.
            #[inline]
            pub(crate) fn foresee(&self) {
                match self {
                    $(Self::$name(node) => node.foresee(),)*
                }
            }

            /// See [`Behavior::foresee_timer`].
            #[inline]
            pub(crate) fn foresee_timer(&self, core: &Core, timer: Timer, argument: u32) -> Option<u32> {
                match self {
                    $(Self::$name(node) => node.foresee_timer(core, timer, argument),)*
                }
            }
        }
    };
}

nodes! {
    Producer(producer::Producer),
    Scheduler(scheduler::Scheduler),
    Gateway(gateway::Gateway),
    Compute(compute::Compute),
    Queue(queue::Queue),
    Topic(topic::Topic),
    Bus(bus::Bus),
    CustomBus(custom_bus::CustomBus),
    Table(table::Table),
    Bucket(bucket::Bucket),
    Database(database::Database),
    Proxy(proxy::Proxy),
    Workflow(workflow::Workflow),
    External(external::External),
    Station(station::Station),
    Mapping(mapping::Mapping),
    Archive(archive::Archive),
    Pipe(pipe::Pipe),
    Stream(stream::Stream),
    StreamMapping(stream_mapping::StreamMapping),
}

impl Node {
    /// The node of a diagram at the start of a run.
    pub(crate) fn new(program: &Program, index: u32, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        match &node.config {
            Config::Producer(config) => match &config.scheduler {
                None => Self::Producer(Box::new(producer::Producer::new(program, index, config, core))),
                Some(of) => Self::Scheduler(Box::new(scheduler::Scheduler::new(program, index, config, of, core))),
            },
            Config::Gateway(config) => Self::Gateway(Box::new(gateway::Gateway::new(program, index, config, core))),
            Config::Compute(config) => Self::Compute(Box::new(compute::Compute::new(program, index, config, core))),
            Config::Queue(config) => Self::Queue(Box::new(queue::Queue::new(program, index, config))),
            Config::Topic(config) => Self::Topic(Box::new(topic::Topic::new(program, index, config))),
            Config::Bus(config) => match &config.kind {
                BusKind::Rules(rules) => Self::Bus(Box::new(bus::Bus::new(program, index, config, rules))),
                BusKind::Subscribers(kept) => Self::CustomBus(Box::new(custom_bus::CustomBus::new(program, index, config, kept))),
            },
            Config::Archive(config) => Self::Archive(Box::new(archive::Archive::new(program, index, config))),
            Config::Pipe(config) => Self::Pipe(Box::new(pipe::Pipe::new(program, index, config, core))),
            Config::Stream(config) => Self::Stream(Box::new(stream::Stream::new(program, index, config, core))),
            Config::Table(config) => Self::Table(Box::new(table::Table::new(program, index, config))),
            Config::Bucket(config) => Self::Bucket(Box::new(bucket::Bucket::new(program, index, config))),
            Config::Database(config) => Self::Database(Box::new(database::Database::new(node, index, config))),
            Config::Proxy(config) => Self::Proxy(Box::new(proxy::Proxy::new(program, index, config, core))),
            Config::Workflow(config) => Self::Workflow(Box::new(workflow::Workflow::new(program, index, config, core))),
            Config::External(config) => Self::External(Box::new(external::External::new(node, index, config))),
            Config::Station(config) => Self::Station(Box::new(station::Station::new(program, index, config, core))),
        }
    }

    /// The mapping of a poll edge.
    pub(crate) fn mapping(program: &Program, index: u32, edge: u32, core: &mut Core) -> Self {
        if program.edges[edge as usize].stream.is_some() {
            return Self::StreamMapping(Box::new(stream_mapping::StreamMapping::new(program, index, edge)));
        }
        Self::Mapping(Box::new(mapping::Mapping::new(program, index, edge, core)))
    }

    /// What only the node itself can tell about the run so far.
    pub(crate) fn account(&self, core: &Core) -> Account {
        let mut figures = BTreeMap::new();
        self.told().figures(core, &mut |name, value| {
            figures.insert(name.to_owned(), value);
        });
        Account { names: self.told().names(), billed: self.told().billed(core, core.now()), figures }
    }
}
