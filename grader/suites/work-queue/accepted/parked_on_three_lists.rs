//! Fixture: threads park on one list for each thing that they wait for; who gives up or is woken for nothing takes itself off.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
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

struct Sleeper {
    thread: Thread,
    woken: AtomicBool,
}

impl Sleeper {
    fn wake(&self) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }

    /// Until it is woken, or its time is over.
    fn sleep(&self, deadline: Option<Instant>) {
        while !self.woken.load(Ordering::Acquire) {
            match deadline {
                None => thread::park(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    thread::park_timeout(left);
                }
            }
        }
    }
}

#[derive(Default)]
struct Sleepers(VecDeque<Arc<Sleeper>>);

impl Sleepers {
    fn join(&mut self) -> Arc<Sleeper> {
        let sleeper = Arc::new(Sleeper { thread: thread::current(), woken: AtomicBool::new(false) });
        self.0.push_back(Arc::clone(&sleeper));
        sleeper
    }

    fn leave(&mut self, sleeper: &Arc<Sleeper>) {
        self.0.retain(|other| !Arc::ptr_eq(other, sleeper));
    }

    fn wake_one(&mut self) {
        if let Some(sleeper) = self.0.pop_front() {
            sleeper.wake();
        }
    }

    fn wake_all(&mut self) {
        self.0.drain(..).for_each(|sleeper| sleeper.wake());
    }
}

struct State<T> {
    items: VecDeque<T>,
    taken: usize,
    closed: bool,
    getters: Sleepers,
    putters: Sleepers,
    joiners: Sleepers,
}

enum Order<T> {
    Fifo,
    Lifo,
    By(fn(&T, &T) -> bool),
}

pub struct WorkQueue<T> {
    order: Order<T>,
    capacity: Option<usize>,
    state: Mutex<State<T>>,
}

impl<T> WorkQueue<T> {
    fn new(order: Order<T>, capacity: Option<NonZeroUsize>) -> Self {
        let state = State {
            items: VecDeque::new(),
            taken: 0,
            closed: false,
            getters: Sleepers::default(),
            putters: Sleepers::default(),
            joiners: Sleepers::default(),
        };
        Self { order, capacity: capacity.map(NonZeroUsize::get), state: Mutex::new(state) }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Order::Fifo, capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::new(Order::Lifo, capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::new(Order::By(|one, other| one < other), capacity)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut state = self.lock();
        while !state.closed && self.capacity.is_some_and(|capacity| state.items.len() >= capacity) {
            let sleeper = state.putters.join();
            drop(state);
            sleeper.sleep(None);
            state = self.lock();
        }
        if state.closed {
            return Err(Closed(item));
        }
        match self.order {
            Order::Fifo => state.items.push_back(item),
            Order::Lifo => state.items.push_front(item),
            Order::By(less) => {
                // From behind, past those that are greater.
                let place =
                    state.items.iter().rposition(|other| !less(&item, other)).map_or(0, |place| place + 1);
                state.items.insert(place, item);
            }
        }
        state.getters.wake_one();
        Ok(())
    }

    fn get_until(&self, deadline: Option<Instant>) -> Result<T, GetError> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                state.taken += 1;
                state.putters.wake_one();
                return Ok(item);
            }
            if state.closed {
                return Err(GetError::Closed);
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Err(GetError::TimedOut);
            }
            let sleeper = state.getters.join();
            drop(state);
            sleeper.sleep(deadline);
            state = self.lock();
            state.getters.leave(&sleeper);
        }
    }

    pub fn get(&self) -> Result<T, GetError> {
        self.get_until(None)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        self.get_until(Instant::now().checked_add(timeout))
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut state = self.lock();
        state.taken = state.taken.checked_sub(1).ok_or(NoSuchTask)?;
        if state.taken == 0 && state.items.is_empty() {
            state.joiners.wake_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut state = self.lock();
        if state.taken > 0 || !state.items.is_empty() {
            let sleeper = state.joiners.join();
            drop(state);
            // Only the end of all work wakes those on this list: it needs no second look.
            sleeper.sleep(None);
        }
    }

    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.getters.wake_all();
        state.putters.wake_all();
    }

    pub fn len(&self) -> usize {
        self.lock().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lock().items.is_empty()
    }

    pub fn unfinished(&self) -> usize {
        let state = self.lock();
        state.items.len() + state.taken
    }
}
