//! The thread of a live run: orders in, frames out, at rest when there is nothing to do.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Frame, Moment, Pace, deck::Deck};
use crate::{
    jobs::panic_text,
    run::{Refusal, Request},
};

/// Least time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// Most orders that wait for the thread: it takes many in each frame.
const ORDERS_MAX: usize = 1_024;
/// Work between two looks at the orders.
const STINT: Duration = Duration::from_millis(10);

/// What the window wants of a live run.
#[derive(Clone, Debug)]
pub enum Order {
    /// The window's clock has moved by so many seconds.
    Tick(f64),
    /// Go on.
    Play,
    /// Stand still.
    Pause,
    /// Play at another pace.
    Pace(Pace),
    /// Show the state at a time, in seconds.
    Seek(f64),
    /// Handle one event.
    Step,
    /// Run to the end as fast as possible.
    ToEnd,
    /// Play a part again and again, in seconds; `None` ends that.
    Repeat(Option<(f64, f64)>),
    /// Go to a moment; the rest of the run is played for it where that is needed.
    Find(Moment),
    /// Go on with the same scenario, where something else happens from outside from a time on.
    Change(Box<Request>),
    /// Follow a journey, by the ordinal of its root event, that is on its way at a time; the run stands still.
    Follow(u64, f64),
    /// Follow no journey any more.
    Forget,
    /// Say when there is nothing left to do, by dropping the sender.
    Rest(SyncSender<()>),
}

/// What the thread has to say.
#[derive(Clone, Debug, Default)]
pub enum Posted {
    /// Nothing yet: it loads.
    #[default]
    Loading,
    /// A moment of the run.
    Frame(Arc<Frame>),
    /// There is no run, and this is why.
    Refused(Refusal),
    /// A fault of the program, in its own words.
    Fault(String),
}

/// A live run. It ends when this is dropped.
#[derive(Debug)]
pub struct Player {
    orders: SyncSender<Order>,
    slot: Arc<Mutex<Posted>>,
}

impl Player {
    /// Loads a scenario on a thread of its own; `repaint` is called when there is something new to see.
    pub fn start(request: Request, repaint: impl Fn() + Send + 'static) -> Self {
        let (orders, inbox) = sync_channel(ORDERS_MAX);
        let slot = Arc::new(Mutex::new(Posted::Loading));
        let desk = Desk { inbox, slot: Arc::clone(&slot), repaint: Box::new(repaint) };
        let body = move || {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| desk.serve(&request))) {
                desk.post(Posted::Fault(panic_text(panic.as_ref())));
            }
        };
        if let Err(error) = thread::Builder::new().name("live run".to_owned()).spawn(body) {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Posted::Fault(error.to_string());
        }
        Self { orders, slot }
    }

    /// Tells it what to do, without waiting; nothing when it has ended or has far too much to do.
    pub fn order(&self, order: Order) {
        let _ = self.orders.try_send(order);
    }

    /// What it has said last.
    pub fn posted(&self) -> Posted {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until there is nothing left to do, for tests and tools without a window.
    pub fn settle(&self) {
        let (sender, rest) = sync_channel(1);
        if self.orders.send(Order::Rest(sender)).is_ok() {
            let _ = rest.recv();
        }
    }
}

/// The thread's side.
struct Desk {
    inbox: Receiver<Order>,
    slot: Arc<Mutex<Posted>>,
    repaint: Box<dyn Fn() + Send>,
}

impl Desk {
    fn post(&self, posted: Posted) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = posted;
        (self.repaint)();
    }

    /// Works until nobody wants anything any more.
    fn serve(&self, request: &Request) {
        let mut deck = match Deck::load(request) {
            Ok(deck) => deck,
            Err(refusal) => return self.post(Posted::Refused(refusal)),
        };
        // Those who wait for a rest.
        let mut waiting: Vec<SyncSender<()>> = Vec::new();
        let mut posted = Instant::now();
        self.post(Posted::Frame(Arc::new(deck.frame())));
        let mut is_new = false;
        loop {
            let due = FRAME.saturating_sub(posted.elapsed());
            if is_new && due.is_zero() {
                self.post(Posted::Frame(Arc::new(deck.frame())));
                (posted, is_new) = (Instant::now(), false);
            }
            if deck.rests() && !is_new {
                waiting.clear();
            }
            let order = match (deck.rests(), is_new) {
                (true, false) => self.inbox.recv().map_err(|_| TryRecvError::Disconnected),
                (true, true) => self.inbox.recv_timeout(due).map_err(|error| match error {
                    RecvTimeoutError::Timeout => TryRecvError::Empty,
                    RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                }),
                (false, _) => self.inbox.try_recv(),
            };
            match order {
                Ok(Order::Rest(sender)) => waiting.push(sender),
                Ok(order) => {
                    deck.obey(order);
                    is_new = true;
                }
                Err(TryRecvError::Disconnected) => return,
                Err(TryRecvError::Empty) if !deck.rests() => {
                    deck.work(STINT);
                    is_new = true;
                }
                Err(TryRecvError::Empty) => {}
            }
        }
    }
}
