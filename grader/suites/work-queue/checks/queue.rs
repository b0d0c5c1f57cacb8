//! The sequential specification of the queue, and a queue whose calls are recorded to be compared with it.

use std::sync::Arc;
use std::time::Duration;

use harness::linearizability::{Earlier, History, Sequential};
use work_queue::{Closed, GetError, NoSuchTask, WorkQueue};

use crate::instruments::{Job, Order};

/// A queue that is used by one call at a time.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Model {
    order: Order,
    capacity: Option<usize>,
    /// In the order in which they leave.
    items: Vec<u32>,
    taken: usize,
    closed: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Call {
    Put(u32),
    Get,
    /// A timed get whose time may be over.
    GetInTime,
    TaskDone,
    Join,
    Close,
    Len,
    IsEmpty,
    Unfinished,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Return {
    Done,
    Refused(u32),
    Taken(u32),
    Failed(Failure),
    NoSuchTask,
    Number(usize),
    Empty(bool),
    /// The call cannot take effect now. No real call returns this.
    Blocks,
}

#[derive(Clone, Copy, Debug)]
pub enum Failure {
    TimedOut,
    Closed,
    /// One of the two: which one is open.
    Either,
}

impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Either, _) | (_, Self::Either) => true,
            (Self::TimedOut, Self::TimedOut) | (Self::Closed, Self::Closed) => true,
            (Self::TimedOut, Self::Closed) | (Self::Closed, Self::TimedOut) => false,
        }
    }
}

impl Model {
    pub fn new(order: Order, capacity: Option<usize>) -> Self {
        Self { order, capacity, items: Vec::new(), taken: 0, closed: false }
    }

    fn place(&self, item: u32) -> usize {
        match self.order {
            Order::Fifo => self.items.len(),
            Order::Lifo => 0,
            Order::Priority => self.items.partition_point(|&other| Job(other) <= Job(item)),
        }
    }

    fn take(&mut self) -> Return {
        self.taken += 1;
        Return::Taken(self.items.remove(0))
    }
}

impl Sequential for Model {
    type Call = Call;
    type Return = Return;

    fn apply(&mut self, call: &Call) -> Return {
        match *call {
            Call::Put(item) if self.closed => Return::Refused(item),
            Call::Put(_) if Some(self.items.len()) == self.capacity => Return::Blocks,
            Call::Put(item) => {
                let place = self.place(item);
                self.items.insert(place, item);
                Return::Done
            }
            Call::Get | Call::GetInTime if !self.items.is_empty() => self.take(),
            Call::Get if self.closed => Return::Failed(Failure::Closed),
            Call::Get => Return::Blocks,
            Call::GetInTime if self.closed => Return::Failed(Failure::Either),
            Call::GetInTime => Return::Failed(Failure::TimedOut),
            Call::TaskDone if self.taken == 0 => Return::NoSuchTask,
            Call::TaskDone => {
                self.taken -= 1;
                Return::Done
            }
            Call::Join if self.items.len() + self.taken > 0 => Return::Blocks,
            Call::Join => Return::Done,
            Call::Close => {
                self.closed = true;
                Return::Done
            }
            Call::Len => Return::Number(self.items.len()),
            Call::IsEmpty => Return::Empty(self.items.is_empty()),
            Call::Unfinished => Return::Number(self.items.len() + self.taken),
        }
    }
}

/// Does one call. A timed get has the timeout `in_time`.
pub fn call(queue: &WorkQueue<Job>, call: Call, in_time: Duration) -> Return {
    let taken = |result: Result<Job, GetError>| match result {
        Ok(job) => Return::Taken(job.0),
        Err(GetError::TimedOut) => Return::Failed(Failure::TimedOut),
        Err(GetError::Closed) => Return::Failed(Failure::Closed),
    };
    match call {
        Call::Put(item) => match queue.put(Job(item)) {
            Ok(()) => Return::Done,
            Err(Closed(job)) => Return::Refused(job.0),
        },
        Call::Get => taken(queue.get()),
        Call::GetInTime => taken(queue.get_timeout(in_time)),
        Call::TaskDone => match queue.task_done() {
            Ok(()) => Return::Done,
            Err(NoSuchTask) => Return::NoSuchTask,
        },
        Call::Join => {
            queue.join();
            Return::Done
        }
        Call::Close => {
            queue.close();
            Return::Done
        }
        Call::Len => Return::Number(queue.len()),
        Call::IsEmpty => Return::Empty(queue.is_empty()),
        Call::Unfinished => Return::Number(queue.unfinished()),
    }
}

/// A queue that records its calls and what they return. A stale read counts as a mistake only where a program could
/// notice it.
pub struct Noted {
    order: Order,
    capacity: Option<usize>,
    queue: WorkQueue<Job>,
    history: History<Model>,
}

impl Noted {
    pub fn new(order: Order, capacity: Option<usize>) -> Arc<Self> {
        let (queue, history) = (order.queue(capacity), History::with(Earlier::HappensBefore));
        Arc::new(Self { order, capacity, queue, history })
    }

    /// The same, with items inside.
    #[cfg(engine = "model")]
    pub fn holding(order: Order, capacity: Option<usize>, items: impl IntoIterator<Item = u32>) -> Arc<Self> {
        let noted = Self::new(order, capacity);
        items.into_iter().for_each(|item| noted.put(item));
        noted
    }

    pub fn put(&self, item: u32) {
        self.note(Call::Put(item), Duration::ZERO);
    }

    /// Whether it got an item.
    pub fn get(&self) -> bool {
        matches!(self.note(Call::Get, Duration::ZERO), Return::Taken(_))
    }

    /// Whether it got an item.
    pub fn get_within(&self, timeout: Duration) -> bool {
        matches!(self.note(Call::GetInTime, timeout), Return::Taken(_))
    }

    /// Whether there was something to finish.
    pub fn task_done(&self) -> bool {
        self.note(Call::TaskDone, Duration::ZERO) == Return::Done
    }

    pub fn join(&self) {
        self.note(Call::Join, Duration::ZERO);
    }

    pub fn close(&self) {
        self.note(Call::Close, Duration::ZERO);
    }

    pub fn len(&self) {
        self.note(Call::Len, Duration::ZERO);
    }

    pub fn is_empty(&self) {
        self.note(Call::IsEmpty, Duration::ZERO);
    }

    pub fn unfinished(&self) {
        self.note(Call::Unfinished, Duration::ZERO);
    }

    fn note(&self, what: Call, timeout: Duration) -> Return {
        self.history.call(what, || call(&self.queue, what, timeout))
    }

    /// Closes the queue, takes and finishes what is left, and compares all that has been recorded with the
    /// specification.
    pub fn compare(&self) {
        self.len();
        self.unfinished();
        self.close();
        // More often than there can be something left: an end that never comes is a mistake, too.
        let _ = (0..12).all(|_| self.get());
        let _ = (0..12).all(|_| self.task_done());
        self.is_empty();
        self.history.assert_linearizable(Model::new(self.order, self.capacity));
    }
}
