//! Fixture: Puts wait in the order of their calls at one of eight condition variables, and all who are woken there look whose
//! turn it is.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The error of [`WorkQueue::put`] on a closed queue: it returns the item. Given.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Why there was nothing to get. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetError {
    /// The time was over, and no item was there.
    TimedOut,
    /// The queue is closed, and no item is left.
    Closed,
}

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "no item came in time",
            Self::Closed => "the queue is closed and drained",
        })
    }
}

impl Error for GetError {}

/// No item that was taken is left to be finished. Given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTask;

impl fmt::Display for NoSuchTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every item that was taken is finished already")
    }
}

impl Error for NoSuchTask {}

/// A queue of items to be worked on. Every operation takes effect at one instant.
pub struct WorkQueue<T> {
    capacity: Option<NonZeroUsize>,
    /// Where an item goes among those that are inside, of which the first one is the next to leave. A function pointer,
    /// not a boxed closure: that would ask for a `T` that is `'static`.
    place: fn(&VecDeque<T>, &T) -> usize,
    state: Mutex<State<T>>,
    /// Only `get` and `get_timeout` wait here, while the queue is empty. Notified once for each item that is added.
    item_there: Condvar,
    /// Only `put` waits here, while the queue is full. Notified once for each item that is taken.
    place_free: [Condvar; 8],
    /// Only `join` waits here. All are notified when nothing is unfinished.
    all_done: Condvar,
}

struct State<T> {
    /// In the order in which they leave.
    items: VecDeque<T>,
    /// Items that were taken and are not finished.
    taken: usize,
    /// How often the last unfinished item was finished. Who waits in `join` finds another number than it came with,
    /// also when new items were put before it is awake.
    times_done: u64,
    closed: bool,
    /// Puts that wait, in the order of their calls.
    line: VecDeque<usize>,
    calls: usize,
}

impl<T> State<T> {
    fn unfinished(&self) -> usize {
        self.items.len() + self.taken
    }
}

impl<T> WorkQueue<T> {
    /// An empty, open queue: first in, first out. Without a capacity it is unbounded.
    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::with(capacity, |items, _| items.len())
    }

    /// An empty, open queue: last in, first out. Without a capacity it is unbounded.
    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::with(capacity, |_, _| 0)
    }

    /// An empty, open queue: the smallest item first, and equal ones in the order of arrival. Without a capacity it
    /// is unbounded.
    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        // Behind those that are equal: they arrived earlier. The place is looked up when the item goes in, not when
        // `put` is called: it may have to wait, and others may come first.
        Self::with(capacity, |items, item| items.partition_point(|other| other <= item))
    }

    fn with(capacity: Option<NonZeroUsize>, place: fn(&VecDeque<T>, &T) -> usize) -> Self {
        let state = State {
            items: VecDeque::new(),
            taken: 0,
            times_done: 0,
            closed: false,
            line: VecDeque::new(),
            calls: 0,
        };
        Self {
            capacity,
            place,
            state: Mutex::new(state),
            item_there: Condvar::new(),
            place_free: [const { Condvar::new() }; 8],
            all_done: Condvar::new(),
        }
    }

    /// Adds an item, and blocks while the queue is full.
    ///
    /// # Errors
    ///
    /// If the queue is closed, or gets closed during the wait. The error returns the item.
    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state();
        // `closed` first: in a closed queue there is no point in waiting for a place.
        state.calls += 1;
        let me = state.calls;
        state.line.push_back(me);
        while !state.closed && (self.is_full(&state) || state.line.front() != Some(&me)) {
            state = self.place_free[me % 8].wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.line.retain(|one| *one != me);
        if state.closed {
            return Err(Closed(item));
        }
        let place = (self.place)(&state.items, &item);
        state.items.insert(place, item);
        self.call(&state);
        // One item, one thread: all that wait here can take it, so any of them will do. One whose time is over at
        // this moment looks for an item once more, so the notification is not lost with it.
        self.item_there.notify_one();
        Ok(())
    }

    /// Takes the next item, and blocks while the queue is empty.
    ///
    /// # Errors
    ///
    /// [`GetError::Closed`] if the queue is closed and no item is left.
    pub fn get(&self) -> Result<T, GetError> {
        self.get_before(None)
    }

    /// Like `get`, but waits no longer than `timeout`. With a timeout of zero it tries once.
    ///
    /// # Errors
    ///
    /// [`GetError::TimedOut`] if no item came in time, and [`GetError::Closed`] if the queue is closed and no item is
    /// left.
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        // Computed once: wakeups do not move it. `None` is later than any clock can show.
        self.get_before(Instant::now().checked_add(timeout))
    }

    /// Waits for an item until the deadline, or for as long as it takes.
    fn get_before(&self, deadline: Option<Instant>) -> Result<T, GetError> {
        let mut state = self.state();
        loop {
            // Items come first: those that were put before `close` can still be taken, and a thread that is late
            // still takes what is there.
            if let Some(item) = state.items.pop_front() {
                // In the same critical section: at no moment is the item neither inside nor taken.
                state.taken += 1;
                self.call(&state);
                return Ok(item);
            }
            if state.closed {
                return Err(GetError::Closed);
            }
            let Some(deadline) = deadline else {
                state = self.item_there.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(GetError::TimedOut);
            }
            let woken = self.item_there.wait_timeout(state, left);
            // Whether the time is over is for the clock to say, after another look at the items.
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// One item that was taken is finished.
    ///
    /// # Errors
    ///
    /// If all that were taken are finished already. Nothing changes in that case.
    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut state = self.state();
        // Those inside do not count: nobody can have finished what nobody has taken.
        state.taken = state.taken.checked_sub(1).ok_or(NoSuchTask)?;
        if state.unfinished() == 0 {
            state.times_done += 1;
            // All who wait here have waited for this moment.
            self.all_done.notify_all();
        }
        Ok(())
    }

    /// Blocks until every item that was put is finished: until `unfinished` is zero. Items that are put after that
    /// moment do not hold it up.
    ///
    /// The mutex orders the threads: what each of them did before `task_done` happens before what follows here.
    pub fn join(&self) {
        let mut state = self.state();
        let before = state.times_done;
        // Zero at this moment, or at one since the call: to ask only for what is now would miss the latter.
        while state.unfinished() != 0 && state.times_done == before {
            state = self.all_done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Closes the queue: no more items are added, and whoever waits in `put` or for an item is woken. What is inside
    /// can still be taken and finished.
    pub fn close(&self) {
        // In a critical section: a thread that found the queue open is waiting by then, and is woken.
        self.state().closed = true;
        // All of them, since none has to pass it on. Who waits in `join` waits for the items, closed or not.
        self.item_there.notify_all();
        self.place_free.iter().for_each(Condvar::notify_all);
    }

    /// Whose turn it is to put, if a place is free.
    fn call(&self, state: &State<T>) {
        if let (false, Some(first)) = (self.is_full(state), state.line.front()) {
            self.place_free[*first % 8].notify_all();
        }
    }

    /// How many items are inside: those that were put and not taken.
    pub fn len(&self) -> usize {
        self.state().items.len()
    }

    /// Whether no item is inside.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items are not finished: those inside, and those that were taken and are still being worked on.
    pub fn unfinished(&self) -> usize {
        self.state().unfinished()
    }

    fn is_full(&self, state: &State<T>) -> bool {
        self.capacity.is_some_and(|capacity| state.items.len() >= capacity.get())
    }

    /// The state, even of a poisoned mutex: the only foreign code that runs in a critical section compares items,
    /// before anything changes.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
