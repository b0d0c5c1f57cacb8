//! What the checks share: items, queues, and the ways to wait for an item.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
#[cfg(engine = "model")]
use std::panic::{self, AssertUnwindSafe};
#[cfg(engine = "model")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(engine = "model")]
use harness::model::choose;
#[cfg(engine = "model")]
use work_queue::GetError;
use work_queue::WorkQueue;

harness::threads!();

/// Longer than any program runs: a wait for so long ends because of the queue, or not at all. In the model it has
/// no deadline.
pub const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);

pub fn size(capacity: usize) -> Option<NonZeroUsize> {
    Some(NonZeroUsize::new(capacity).expect("a queue has at least one place"))
}

/// An item. Its tens are its rank: 21 and 22 are equal, and both are smaller than 30.
#[derive(Debug, Clone, Copy)]
pub struct Job(pub u32);

impl Job {
    pub fn rank(self) -> u32 {
        self.0 / 10
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Job {}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Job {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    Fifo,
    Lifo,
    Priority,
}

pub const ORDERS: [Order; 3] = [Order::Fifo, Order::Lifo, Order::Priority];

impl Order {
    pub fn queue(self, capacity: Option<usize>) -> WorkQueue<Job> {
        let capacity = capacity.and_then(size);
        match self {
            Self::Fifo => WorkQueue::fifo(capacity),
            Self::Lifo => WorkQueue::lifo(capacity),
            Self::Priority => WorkQueue::priority(capacity),
        }
    }
}

/// First in, first out, for `capacity` items, with `items` inside.
#[cfg(engine = "model")]
pub fn holding(capacity: usize, items: impl IntoIterator<Item = u32>) -> Arc<WorkQueue<u32>> {
    filled(WorkQueue::fifo(size(capacity)), items)
}

/// The same in any order: a search tries all of them.
#[cfg(engine = "model")]
pub fn holding_in_any_order(capacity: usize, items: impl IntoIterator<Item = u32>) -> Arc<WorkQueue<u32>> {
    let order = one_of([WorkQueue::fifo, WorkQueue::lifo, WorkQueue::priority]);
    filled(order(size(capacity)), items)
}

/// The same in any order, where nobody waits for a place: one of them has no bound.
#[cfg(engine = "model")]
pub fn with_room(capacity: usize, items: impl IntoIterator<Item = u32>) -> Arc<WorkQueue<u32>> {
    let bounded = size(capacity);
    let queue = match choose(3) {
        0 => WorkQueue::fifo(bounded),
        1 => WorkQueue::lifo(None),
        _ => WorkQueue::priority(bounded),
    };
    filled(queue, items)
}

#[cfg(engine = "model")]
fn filled(queue: WorkQueue<u32>, items: impl IntoIterator<Item = u32>) -> Arc<WorkQueue<u32>> {
    for item in items {
        assert_eq!(queue.put(item), Ok(()), "`put({item})` into a queue that is open and not full");
    }
    Arc::new(queue)
}

/// Of any order, with nothing inside. Some items were taken and are not finished.
#[cfg(engine = "model")]
pub fn with_unfinished(taken: u32) -> Arc<WorkQueue<u32>> {
    let queue = match choose(3) {
        0 => WorkQueue::fifo(None),
        1 => WorkQueue::lifo(size(3)),
        _ => WorkQueue::priority(None),
    };
    for item in 1..=taken {
        assert_eq!(queue.put(item), Ok(()), "`put({item})` into a queue that is open");
        assert_eq!(queue.get(), Ok(item), "`get` when one item is inside");
    }
    Arc::new(queue)
}

#[cfg(engine = "model")]
pub fn puts(item: u32) -> impl FnOnce(&WorkQueue<u32>) + Send + 'static {
    move |queue| assert_eq!(queue.put(item), Ok(()), "`put({item})` into a queue that is not closed yet")
}

#[cfg(engine = "model")]
pub fn finishes(queue: &WorkQueue<u32>) {
    assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
}

/// One of these: a search tries all of them.
#[cfg(engine = "model")]
pub fn one_of<T, const N: usize>(options: [T; N]) -> T {
    options.into_iter().nth(choose(N)).expect("the number that is chosen is below that of the options")
}

/// Makes a call while the thread unwinds, as a guard does when it is dropped. A panic in it would end the process, so
/// what it returns is for the caller to look at.
#[cfg(engine = "model")]
pub fn while_unwinding<R>(call: impl FnOnce() -> R) -> R {
    struct OnDrop<F: FnMut()>(F);
    impl<F: FnMut()> Drop for OnDrop<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    let (mut call, mut returned) = (Some(call), None);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let _guard = OnDrop(|| returned = call.take().map(|call| call()));
        panic::resume_unwind(Box::new("the check makes this thread panic"));
    }));
    assert!(outcome.is_err(), "the panic is caught");
    returned.expect("the guard was dropped")
}

/// A way to wait for an item.
#[cfg(engine = "model")]
pub type Get = fn(&WorkQueue<u32>) -> Result<u32, GetError>;

/// Waits without a timeout.
#[cfg(engine = "model")]
pub fn plain(queue: &WorkQueue<u32>) -> Result<u32, GetError> {
    queue.get()
}

/// Waits with a timeout that does not come.
#[cfg(engine = "model")]
pub fn timed(queue: &WorkQueue<u32>) -> Result<u32, GetError> {
    queue.get_timeout(AGES)
}
