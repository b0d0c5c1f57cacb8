//! Fixture: an item goes straight to the thread that has waited longest, into a slot of its own; who gives up looks into its slot.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
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

/// Where one thread waits. The item, or that there will be none.
struct Slot<T> {
    content: Mutex<Option<Result<T, GetError>>>,
    filled: Condvar,
}

impl<T> Slot<T> {
    fn fill(&self, content: Result<T, GetError>) {
        *self.content.lock().unwrap() = Some(content);
        self.filled.notify_one();
    }
}

struct Desk<T> {
    items: Vec<(u64, T)>,
    waiting: VecDeque<Arc<Slot<T>>>,
    arrivals: u64,
    taken: usize,
    rounds: u64,
    closed: bool,
}

type Earlier<T> = fn(&(u64, T), &(u64, T)) -> Ordering;

pub struct WorkQueue<T> {
    earlier: Earlier<T>,
    capacity: Option<NonZeroUsize>,
    desk: Mutex<Desk<T>>,
    room: Condvar,
    done: Condvar,
}

impl<T> WorkQueue<T> {
    fn sorted(earlier: Earlier<T>, capacity: Option<NonZeroUsize>) -> Self {
        let desk = Desk {
            items: Vec::new(),
            waiting: VecDeque::new(),
            arrivals: 0,
            taken: 0,
            rounds: 0,
            closed: false,
        };
        Self { earlier, capacity, desk: Mutex::new(desk), room: Condvar::new(), done: Condvar::new() }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::sorted(|one, other| one.0.cmp(&other.0), capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::sorted(|one, other| other.0.cmp(&one.0), capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::sorted(|one, other| one.1.cmp(&other.1).then(one.0.cmp(&other.0)), capacity)
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let mut desk = self.desk.lock().unwrap();
        let mut was_woken = false;
        loop {
            if desk.closed {
                return Err(Closed(item));
            }
            // Who waits for an item has found none.
            if let Some(slot) = desk.waiting.pop_front() {
                desk.taken += 1;
                slot.fill(Ok(item));
                // The place that it was woken for is still free.
                if was_woken {
                    self.room.notify_one();
                }
                return Ok(());
            }
            if self.capacity.is_none_or(|capacity| desk.items.len() < capacity.get()) {
                break;
            }
            desk = self.room.wait(desk).unwrap();
            was_woken = true;
        }
        let arrival = desk.arrivals;
        desk.arrivals += 1;
        desk.items.push((arrival, item));
        // The next one to leave is the last one.
        desk.items.sort_by(|one, other| (self.earlier)(other, one));
        Ok(())
    }

    /// What there is at once, or else the place in which to wait.
    fn take_or_wait(&self, mut desk: MutexGuard<'_, Desk<T>>) -> Result<Result<T, GetError>, Arc<Slot<T>>> {
        if let Some((_, item)) = desk.items.pop() {
            desk.taken += 1;
            self.room.notify_one();
            return Ok(Ok(item));
        }
        if desk.closed {
            return Ok(Err(GetError::Closed));
        }
        let slot = Arc::new(Slot { content: Mutex::new(None), filled: Condvar::new() });
        desk.waiting.push_back(Arc::clone(&slot));
        Err(slot)
    }

    pub fn get(&self) -> Result<T, GetError> {
        let slot = match self.take_or_wait(self.desk.lock().unwrap()) {
            Ok(content) => return content,
            Err(slot) => slot,
        };
        let mut content = slot.content.lock().unwrap();
        loop {
            if let Some(content) = content.take() {
                return content;
            }
            content = slot.filled.wait(content).unwrap();
        }
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let deadline = Instant::now().checked_add(timeout);
        let slot = match self.take_or_wait(self.desk.lock().unwrap()) {
            Ok(content) => return content,
            Err(slot) => slot,
        };
        let mut content = slot.content.lock().unwrap();
        loop {
            if let Some(content) = content.take() {
                return content;
            }
            let left =
                deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            content = slot.filled.wait_timeout(content, left).unwrap().0;
        }
        drop(content);
        // Taken off the list, nobody fills the slot any more. It may have been filled before.
        let mut desk = self.desk.lock().unwrap();
        desk.waiting.retain(|other| !Arc::ptr_eq(other, &slot));
        let content = slot.content.lock().unwrap().take();
        content.unwrap_or(Err(GetError::TimedOut))
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut desk = self.desk.lock().unwrap();
        if desk.taken == 0 {
            return Err(NoSuchTask);
        }
        desk.taken -= 1;
        if desk.taken == 0 && desk.items.is_empty() {
            desk.rounds += 1;
            self.done.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut desk = self.desk.lock().unwrap();
        let rounds = desk.rounds;
        while desk.rounds == rounds && desk.taken + desk.items.len() > 0 {
            desk = self.done.wait(desk).unwrap();
        }
    }

    pub fn close(&self) {
        let mut desk = self.desk.lock().unwrap();
        desk.closed = true;
        for slot in desk.waiting.drain(..) {
            slot.fill(Err(GetError::Closed));
        }
        self.room.notify_all();
    }

    pub fn len(&self) -> usize {
        self.desk.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn unfinished(&self) -> usize {
        let desk = self.desk.lock().unwrap();
        desk.items.len() + desk.taken
    }
}
