//! Fixture: gets are served in the order in which they came, by tickets; one whose time is over takes an item out of turn.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard};
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

struct Hall<T> {
    items: VecDeque<T>,
    tickets: VecDeque<u64>,
    next_ticket: u64,
    taken: usize,
    joins: VecDeque<u64>,
    closed: bool,
}

pub struct WorkQueue<T> {
    insert: fn(&mut VecDeque<T>, T),
    capacity: Option<NonZeroUsize>,
    hall: Mutex<Hall<T>>,
    turn: Condvar,
    place: Condvar,
    end: Condvar,
}

impl<T> WorkQueue<T> {
    fn with(insert: fn(&mut VecDeque<T>, T), capacity: Option<NonZeroUsize>) -> Self {
        let hall = Hall {
            items: VecDeque::new(),
            tickets: VecDeque::new(),
            next_ticket: 0,
            taken: 0,
            joins: VecDeque::new(),
            closed: false,
        };
        Self {
            insert,
            capacity,
            hall: Mutex::new(hall),
            turn: Condvar::new(),
            place: Condvar::new(),
            end: Condvar::new(),
        }
    }

    pub fn fifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::with(VecDeque::push_back, capacity)
    }

    pub fn lifo(capacity: Option<NonZeroUsize>) -> Self {
        Self::with(VecDeque::push_front, capacity)
    }

    pub fn priority(capacity: Option<NonZeroUsize>) -> Self
    where
        T: Ord,
    {
        Self::with(
            |items, item| {
                items.push_back(item);
                let mut place = items.len() - 1;
                while place > 0 && items[place] < items[place - 1] {
                    items.swap(place, place - 1);
                    place -= 1;
                }
            },
            capacity,
        )
    }

    pub fn put(&self, item: T) -> Result<(), Closed<T>> {
        let hall = self.hall.lock().unwrap();
        let is_full = |hall: &mut Hall<T>| {
            !hall.closed && self.capacity.is_some_and(|capacity| capacity.get() == hall.items.len())
        };
        let mut hall = self.place.wait_while(hall, is_full).unwrap();
        if hall.closed {
            return Err(Closed(item));
        }
        (self.insert)(&mut hall.items, item);
        self.turn.notify_all();
        Ok(())
    }

    fn take(&self, hall: &mut Hall<T>) -> Option<T> {
        let item = hall.items.pop_front()?;
        hall.taken += 1;
        self.place.notify_one();
        // Another one may be the first now.
        self.turn.notify_all();
        Some(item)
    }

    fn wait_for_turn(
        &self,
        mut hall: MutexGuard<'_, Hall<T>>,
        deadline: Option<Instant>,
    ) -> Result<T, GetError> {
        let ticket = hall.next_ticket;
        hall.next_ticket += 1;
        hall.tickets.push_back(ticket);
        let result = loop {
            let is_first = hall.tickets.front() == Some(&ticket);
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let is_late = left.is_some_and(|left| left.is_zero());
            // In a closed queue nobody waits for a turn.
            if is_first || is_late || hall.closed {
                if let Some(item) = self.take(&mut hall) {
                    break Ok(item);
                }
            }
            if is_late {
                break Err(GetError::TimedOut);
            }
            if hall.closed {
                break Err(GetError::Closed);
            }
            hall = match left {
                Some(left) => self.turn.wait_timeout(hall, left).unwrap().0,
                None => self.turn.wait(hall).unwrap(),
            };
        };
        hall.tickets.retain(|other| *other != ticket);
        self.turn.notify_all();
        result
    }

    pub fn get(&self) -> Result<T, GetError> {
        self.wait_for_turn(self.hall.lock().unwrap(), None)
    }

    pub fn get_timeout(&self, timeout: Duration) -> Result<T, GetError> {
        let deadline = Instant::now().checked_add(timeout);
        self.wait_for_turn(self.hall.lock().unwrap(), deadline)
    }

    pub fn task_done(&self) -> Result<(), NoSuchTask> {
        let mut hall = self.hall.lock().unwrap();
        if hall.taken == 0 {
            return Err(NoSuchTask);
        }
        hall.taken -= 1;
        if hall.taken == 0 && hall.items.is_empty() {
            // All who wait are off the list.
            hall.joins.clear();
            self.end.notify_all();
        }
        Ok(())
    }

    pub fn join(&self) {
        let mut hall = self.hall.lock().unwrap();
        if hall.taken == 0 && hall.items.is_empty() {
            return;
        }
        let ticket = hall.next_ticket;
        hall.next_ticket += 1;
        hall.joins.push_back(ticket);
        while hall.joins.contains(&ticket) {
            hall = self.end.wait(hall).unwrap();
        }
    }

    pub fn close(&self) {
        self.hall.lock().unwrap().closed = true;
        self.turn.notify_all();
        self.place.notify_all();
    }

    pub fn len(&self) -> usize {
        self.hall.lock().unwrap().items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hall.lock().unwrap().items.is_empty()
    }

    pub fn unfinished(&self) -> usize {
        let hall = self.hall.lock().unwrap();
        hall.items.len() + hall.taken
    }
}
