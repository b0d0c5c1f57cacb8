//! Fixture: those who join wait for a latch that is opened when all is done and replaced by the next item; two condition variables with counted sleepers.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetError {
    TimedOut,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTask;

impl fmt::Display for NoSuchTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every item that was taken is finished already")
    }
}

impl Error for NoSuchTask {}

/// Opened once.
#[derive(Default)]
struct Latch {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Latch {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn wait(&self) {
        drop(self.opened.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
    }
}

/// Where an item goes: into a group of equal ones, or a new group at an index.
type Place<T> = fn(&VecDeque<VecDeque<T>>, &T) -> Result<usize, usize>;

struct State<T> {
    groups: VecDeque<VecDeque<T>>,
    inside: usize,
    taken: usize,
    closed: bool,
    /// There is one while something is unfinished.
    round: Option<Arc<Latch>>,
    getters: usize,
    putters: usize,
}

pub struct WorkQueue<T> {
    place_of: Place<T>,
    capacity: usize,
    state: Mutex<State<T>>,
    item: Condvar,
    place: Condvar,
}

impl<T> WorkQueue<T> {
    fn new(place_of: Place<T>, capacity: Option<NonZeroUsize>) -> Self {
        let state = State {
            groups: VecDeque::new(),
            inside: 0,
            taken: 0,
            closed: false,
            round: None,
            getters: 0,
            putters: 0,
        };
        Self {
            place_of,
            capacity: capacity.map_or(usize::MAX, NonZeroUsize::get),
            state: Mutex::new(state),
            item: Condvar::new(),
            place: Condvar::new(),
        }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(|groups, _| Err(groups.len()), capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(|_, _| Err(0), capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::new(|groups, item| groups.binary_search_by(|group| group[0].cmp(item)), capacity)
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        while state.inside >= self.capacity && !state.closed {
            state.putters += 1;
            state = self.place.wait(state).unwrap();
            state.putters -= 1;
        }
        if state.closed {
            return Err(Closed(item));
        }
        match (self.place_of)(&state.groups, &item) {
            Ok(group) => state.groups[group].push_back(item),
            Err(index) => state.groups.insert(index, VecDeque::from([item])),
        }
        state.round.get_or_insert_default();
        state.inside += 1;
        if state.getters > 0 {
            self.item.notify_one();
        }
        Ok(())
    }

    pub fn get(&self) -> Result<T, GetError> {
        self.take(None)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.take(Some((Instant::now(), timeout)))
    }

    fn take(&self, limit: Option<(Instant, Duration)>) -> Result<T, GetError> {
        let mut state = self.state.lock().unwrap();
        while state.inside == 0 {
            if state.closed {
                return Err(GetError::Closed);
            }
            state.getters += 1;
            state = match limit {
                None => self.item.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some((start, timeout)) => {
                    let left = timeout.saturating_sub(start.elapsed());
                    if left.is_zero() {
                        state.getters -= 1;
                        return Err(GetError::TimedOut);
                    }
                    self.item.wait_timeout(state, left).unwrap().0
                }
            };
            state.getters -= 1;
        }
        state.inside -= 1;
        state.taken += 1;
        if state.putters > 0 {
            self.place.notify_one();
        }
        let first = &mut state.groups[0];
        let item = first.pop_front().expect("no group is empty");
        if first.is_empty() {
            state.groups.pop_front();
        }
        Ok(item)
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut state = self.state.lock().unwrap();
        if state.taken == 0 {
            return Err(NoSuchTask);
        }
        state.taken -= 1;
        let done = if state.taken + state.inside == 0 { state.round.take() } else { None };
        drop(state);
        // Whoever holds it came before this moment.
        if let Some(round) = done {
            round.open();
        }
        Ok(())
    }

    pub fn join(&self) {
        let round = self.state.lock().unwrap().round.clone();
        if let Some(round) = round {
            round.wait();
        }
    }

    pub fn close(&self) {
        let mut state = self.state.lock().unwrap();
        state.closed = true;
        self.item.notify_all();
        self.place.notify_all();
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().inside
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.inside + state.taken
    }
}
