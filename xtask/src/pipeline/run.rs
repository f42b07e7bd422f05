//! The threads, and the order of what they find.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::block::{Block, Stream};
use super::work::{Part, Worker};
use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;

/// So many bytes of blocks are under way, or one block that is larger.
const UNDER_WAY: usize = 8 << 20;

/// So many parts of a block wait to be taken.
const PARTS: usize = 2;

/// After this time without a block, what goes on is told.
const IDLE: Duration = Duration::from_millis(100);

/// So long what is under way is waited for when the work is to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the work ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All was read.
    Whole,
    /// Somebody ended it.
    Interrupted,
    /// It could not go on.
    Failed(CouldNotRun),
}

/// What comes next in the order of the input.
enum Order {
    Block(Receiver<Part>),
    Finding(Box<Finding>),
    Failed(CouldNotRun),
}

/// A block for a worker, and where what it finds goes.
struct Task {
    stream: Arc<Stream>,
    block: Block,
    parts: SyncSender<Part>,
    _share: Share,
}

/// Where the reading thread hands on what it reads.
pub(crate) struct Feed {
    tasks: SyncSender<Task>,
    orders: SyncSender<Order>,
    budget: Arc<Budget>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Feed {
    pub(crate) fn block(&self, stream: &Arc<Stream>, block: Block) -> ControlFlow<()> {
        let share = Budget::take(&self.budget, block.bytes.len());
        let (parts, of_block) = sync_channel(PARTS);
        let task = Task { stream: Arc::clone(stream), block, parts, _share: share };
        self.order(Order::Block(of_block))?;
        match self.tasks.send(task) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// A finding about a stream.
    pub(crate) fn finding(&self, finding: Finding) -> ControlFlow<()> {
        self.order(Order::Finding(Box::new(finding)))
    }

    /// The work cannot go on.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only a server fails midway"))]
    pub(crate) fn failed(&self, error: CouldNotRun) -> ControlFlow<()> {
        self.order(Order::Failed(error))
    }

    fn order(&self, order: Order) -> ControlFlow<()> {
        match self.orders.send(order) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// Judges what `read` reads, in so many workers, and hands what is found to `take`, in order. `take` has `None`
/// now and then where nothing comes; what it breaks off ends.
///
/// `stop` ends the work early.
pub(crate) fn run(
    worker: Worker,
    workers: usize,
    stop: &Arc<AtomicBool>,
    read: impl FnOnce(&Feed) + Send + 'static,
    mut take: impl FnMut(Option<Part>) -> ControlFlow<()>,
) -> Outcome {
    let (tasks, waiting) = sync_channel::<Task>(workers);
    let (orders, coming) = sync_channel(2 * workers + 2);
    let (worker, waiting) = (Arc::new(worker), Arc::new(Mutex::new(waiting)));
    for _ in 0..workers {
        let (worker, waiting) = (Arc::clone(&worker), Arc::clone(&waiting));
        thread::spawn(move || {
            loop {
                let task = lock(&waiting).recv();
                let Ok(Task { stream, block, parts, _share }) = task else { return };
                worker.block(&stream, &block, |part| parts.send(part).is_ok());
            }
        });
    }
    let feed = Feed { tasks, orders, budget: Arc::default(), stop: Arc::clone(stop) };
    // Not waited for: it may be in a system call that nothing ends, and the process ends it.
    thread::spawn(move || read(&feed));
    collect(&coming, stop, &mut take)
}

fn collect(
    coming: &Receiver<Order>,
    stop: &AtomicBool,
    take: &mut dyn FnMut(Option<Part>) -> ControlFlow<()>,
) -> Outcome {
    let mut stopped: Option<Instant> = None;
    loop {
        if stop.load(Ordering::Relaxed) {
            let since = stopped.get_or_insert_with(Instant::now);
            if since.elapsed() > PATIENCE {
                return Outcome::Interrupted;
            }
        }
        let taken = match coming.recv_timeout(IDLE) {
            Ok(Order::Block(parts)) => parts.iter().try_for_each(|part| take(Some(part))),
            Ok(Order::Finding(finding)) => take(Some(Part { findings: vec![*finding], ..Part::default() })),
            Ok(Order::Failed(error)) => return Outcome::Failed(error),
            Err(RecvTimeoutError::Timeout) => take(None),
            Err(RecvTimeoutError::Disconnected) if stop.load(Ordering::Relaxed) => {
                return Outcome::Interrupted;
            }
            Err(RecvTimeoutError::Disconnected) => return Outcome::Whole,
        };
        if taken.is_break() {
            return Outcome::Interrupted;
        }
    }
}

/// The flag that Ctrl-C sets, and the end of a service. A second Ctrl-C ends the process at once.
pub(crate) fn stop_by_signal() -> Arc<AtomicBool> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Where the system does not let a signal be caught, it ends the process as it always did.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 2, Arc::clone(&stop));
        let _ = signal_hook::flag::register(signal, Arc::clone(&stop));
    }
    stop
}

/// The bytes that are under way.
#[derive(Default)]
struct Budget {
    taken: Mutex<usize>,
    given_back: Condvar,
}

/// Bytes that are given back when the block is done.
struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    fn take(budget: &Arc<Self>, bytes: usize) -> Share {
        let mut taken = lock(&budget.taken);
        while *taken > 0 && *taken + bytes > UNDER_WAY {
            taken = budget.given_back.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += bytes;
        drop(taken);
        Share { budget: Arc::clone(budget), bytes }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        *lock(&self.budget.taken) -= self.bytes;
        self.budget.given_back.notify_one();
    }
}

/// Nothing that is locked here can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
