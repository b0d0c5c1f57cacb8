//! Fixture: items that wait for a place stand in line under the lock, and whoever takes one lets the first of them in; those who join have a channel each.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::mem;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Sender};
use std::sync::{Condvar, Mutex};
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

struct State<T> {
    items: Vec<T>,
    outside: VecDeque<(u64, T)>,
    numbers: u64,
    taken: usize,
    joiners: Vec<Sender<()>>,
    closed: bool,
}

enum Kind<T> {
    Stack,
    Row,
    Sorted(fn(&T, &T) -> bool),
}

pub struct WorkQueue<T> {
    kind: Kind<T>,
    capacity: Option<usize>,
    state: Mutex<State<T>>,
    inside: Condvar,
    let_in: Condvar,
}

impl<T> WorkQueue<T> {
    fn new(kind: Kind<T>, capacity: Option<NonZeroUsize>) -> Self {
        Self {
            kind,
            capacity: capacity.map(NonZeroUsize::get),
            state: Mutex::new(State {
                items: Vec::new(),
                outside: VecDeque::new(),
                numbers: 0,
                taken: 0,
                joiners: Vec::new(),
                closed: false,
            }),
            inside: Condvar::new(),
            let_in: Condvar::new(),
        }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Kind::Row, capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Kind::Stack, capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::new(Kind::Sorted(|one, other| one <= other), capacity)
    }

    /// The last item is the next one to leave.
    fn insert(&self, items: &mut Vec<T>, item: T) {
        let place = match self.kind {
            Kind::Stack => items.len(),
            Kind::Row => 0,
            Kind::Sorted(not_after) => items.iter().take_while(|other| !not_after(other, &item)).count(),
        };
        items.insert(place, item);
        self.inside.notify_one();
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.state.lock().unwrap();
        if state.closed {
            return Err(Closed(item));
        }
        // Nobody overtakes those in line.
        if self.capacity.is_none_or(|capacity| state.items.len() < capacity) {
            self.insert(&mut state.items, item);
            return Ok(());
        }
        let number = state.numbers;
        state.numbers += 1;
        state.outside.push_back((number, item));
        loop {
            state = self.let_in.wait(state).unwrap();
            let Some(index) = state.outside.iter().position(|other| other.0 == number) else { return Ok(()) };
            if state.closed {
                let (_, item) = state.outside.remove(index).expect("it is in line");
                return Err(Closed(item));
            }
        }
    }

    fn take(&self, state: &mut State<T>) -> Option<T> {
        let item = state.items.pop()?;
        state.taken += 1;
        if !state.closed
            && let Some((_, next)) = state.outside.pop_front()
        {
            self.insert(&mut state.items, next);
            self.let_in.notify_all();
        }
        Some(item)
    }

    pub fn get(&self) -> Result<T, GetError> {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(item) = self.take(&mut state) {
                return Ok(item);
            }
            if state.closed {
                return Err(GetError::Closed);
            }
            state = self.inside.wait(state).unwrap();
        }
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let start = Instant::now();
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(item) = self.take(&mut state) {
                return Ok(item);
            }
            let waited = start.elapsed();
            if waited >= timeout {
                return Err(if state.closed { GetError::Closed } else { GetError::TimedOut });
            }
            if state.closed {
                return Err(GetError::Closed);
            }
            state = self.inside.wait_timeout(state, timeout - waited).unwrap().0;
        }
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut state = self.state.lock().unwrap();
        if state.taken == 0 {
            return Err(NoSuchTask);
        }
        state.taken -= 1;
        if state.taken == 0 && state.items.is_empty() {
            for joiner in mem::take(&mut state.joiners) {
                joiner.send(()).expect("a joiner waits until it has heard");
            }
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut state = self.state.lock().unwrap();
        if state.taken == 0 && state.items.is_empty() {
            return;
        }
        let (tell, told) = mpsc::channel();
        state.joiners.push(tell);
        drop(state);
        told.recv().expect("the queue is there as long as it is used");
    }

    pub fn close(&self) {
        self.state.lock().unwrap().closed = true;
        self.inside.notify_all();
        self.let_in.notify_all();
    }

    pub fn len(&self) -> usize {
        self.state.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.state.lock().unwrap().items.is_empty()
    }

    pub fn unfinished(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.items.len() + state.taken
    }
}
