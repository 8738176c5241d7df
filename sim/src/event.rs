//! What can be scheduled.

use crate::outcome::Outcome;

/// Something that happens at a point in time. Small and `Copy`; what it is about lies in slabs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// A node's own timer.
    Timer {
        /// The node.
        node: u32,
        /// Which of its timers.
        timer: Timer,
        /// What it is about.
        argument: u32,
    },
    /// An attempt reaches its target.
    Reach {
        /// The attempt.
        item: u32,
    },
    /// An attempt has an outcome.
    Answer {
        /// The attempt.
        item: u32,
        /// The outcome.
        outcome: Outcome,
        /// The call that it probably belongs to, where the node knows, or [`NONE`].
        call: u32,
    },
    /// The wait before the next attempt of a call is over.
    Retry {
        /// The copy that is sent.
        copy: u32,
    },
    /// A call has stood in line for the rate of its edge.
    Turn {
        /// The copy that is sent.
        copy: u32,
        /// Whether it has become too old there.
        expires: bool,
    },
    /// The caller has waited long enough for an attempt.
    CallTimeout {
        /// The copy that is sent.
        copy: u32,
    },
    /// A request has waited long enough for more calls.
    Gathered {
        /// The edge along which it goes.
        edge: u32,
        /// Tells it from requests before it.
        number: u32,
    },
    /// The caller has waited long enough for a request with several calls.
    FlightTimeout {
        /// The request.
        flight: u32,
    },
    /// The wait before the next attempt of a request with several calls is over.
    FlightRetry {
        /// The request.
        flight: u32,
    },
    /// The head of a lane of timers is due.
    Lane {
        /// The lane.
        lane: u32,
    },
    /// An attempt that a fault delayed arrives.
    Arrive {
        /// The attempt.
        item: u32,
    },
}

/// Timers of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// A producer creates its next event.
    Arrival,
    /// A user of a closed loop has thought.
    Thought,
    /// A service, a call or an overhead is over.
    Done,
    /// A step of an invocation is over.
    Step,
    /// An invocation has run too long.
    InvocationTimeout,
    /// A task has been waited for too long.
    TaskTimeout,
    /// A task token comes back.
    Callback,
    /// An idle instance may be reclaimed.
    Reclaim,
    /// A provisioned instance is allocated.
    Allocate,
    /// A provisioned instance is ready.
    Ready,
    /// The number of provisioned instances is reconsidered.
    Track,
    /// An asynchronous event is tried.
    AsyncAttempt,
    /// A message becomes visible.
    Visible,
    /// A message is kept no longer.
    Retention,
    /// A redrive moves its next message.
    Redrive,
    /// A mapping looks for messages that have become visible.
    Poll,
    /// A mapping that had to wait for its turn looks for messages.
    Turn,
    /// A batch window is over.
    Window,
    /// A mapping reconsiders its concurrency.
    Ramp,
    /// A mapping looks at how many of its batches failed.
    Errors,
    /// A mapping tries a throttled batch again.
    BatchRetry,
    /// Somebody has waited long enough.
    Patience,
    /// A delayed delivery may go.
    Release,
    /// A table looks at how much of its capacity is used.
    Evaluate,
    /// A changed capacity takes effect.
    Scaled,
    /// A new connection is ready.
    Connected,
    /// A holder of connections is gone.
    Disconnect,
    /// A request waits no longer for a connection.
    Borrow,
    /// An autoscaler looks at its instances.
    Look,
    /// An instance serves, is warm, fails or must be gone.
    Instance,
    /// A launch that was held up is tried again.
    Launch,
    /// A reader of a shard polls.
    Read,
    /// What was read from a shard arrives.
    Received,
    /// The shards of a stream change, or have changed.
    Shards,
    /// A consumer goes on after a pause.
    Resume,
}

/// What comes first at equal times: completions and releases before arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Ends something.
    Completion,
    /// Begins something.
    Arrival,
}
