//! What the checks share: items, queues, and the ways to wait for an item.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
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
    let queue = WorkQueue::fifo(size(capacity));
    for item in items {
        assert_eq!(queue.put(item), Ok(()), "`put({item})` into a queue that is open and not full");
    }
    Arc::new(queue)
}

/// First in, first out, unbounded, with nothing inside. Some items were taken and are not finished.
#[cfg(engine = "model")]
pub fn with_unfinished(taken: u32) -> Arc<WorkQueue<u32>> {
    let queue = WorkQueue::fifo(None);
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
