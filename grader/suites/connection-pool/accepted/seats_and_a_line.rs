//! Fixture: a pool that hands over along a line of seats, and a semaphore with numbers in a line.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing became free in time")
    }
}

impl Error for TimeoutError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("released more permits than were acquired")
    }
}

impl Error for OverRelease {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// First come, first served: whoever waits has a number in the line, and a permit is for the first of them.
pub struct Semaphore {
    most: usize,
    counter: Mutex<Counter>,
    /// All look whether they are the first.
    moved: Condvar,
}

struct Counter {
    free: usize,
    line: VecDeque<u64>,
    next: u64,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let counter = Counter { free: permits, line: VecDeque::new(), next: 0 };
        Self { most: permits, counter: Mutex::new(counter), moved: Condvar::new() }
    }

    fn join_line(&self, counter: &mut Counter) -> u64 {
        counter.next += 1;
        let number = counter.next;
        counter.line.push_back(number);
        number
    }

    fn leave_line(&self, counter: &mut Counter, number: u64) {
        counter.line.retain(|other| *other != number);
    }

    pub fn acquire(&self) {
        let mut counter = lock(&self.counter);
        if counter.free > 0 && counter.line.is_empty() {
            counter.free -= 1;
            return;
        }
        let number = self.join_line(&mut counter);
        while counter.free == 0 || counter.line.front() != Some(&number) {
            counter = self.moved.wait(counter).unwrap_or_else(PoisonError::into_inner);
        }
        counter.free -= 1;
        self.leave_line(&mut counter, number);
        // There may be one for the next of the line as well.
        if counter.free > 0 {
            self.moved.notify_all();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut counter = lock(&self.counter);
        if counter.free > 0 && (counter.line.is_empty() || timeout.is_zero()) {
            counter.free -= 1;
            return Ok(());
        }
        let number = self.join_line(&mut counter);
        loop {
            if counter.free > 0 && counter.line.front() == Some(&number) {
                counter.free -= 1;
                self.leave_line(&mut counter, number);
                if counter.free > 0 {
                    self.moved.notify_all();
                }
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // Out of turn rather than not at all.
                let served = counter.free.checked_sub(1);
                self.leave_line(&mut counter, number);
                counter.free = served.ok_or(TimeoutError)?;
                return Ok(());
            }
            (counter, _) = self.moved.wait_timeout(counter, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut counter = lock(&self.counter);
        if counter.free >= self.most {
            return Err(OverRelease);
        }
        counter.free += 1;
        self.moved.notify_all();
        Ok(())
    }

    pub fn available(&self) -> usize {
        lock(&self.counter).free
    }
}

/// What a thread that waits is given: a connection, or the right to open one.
enum Turn<C> {
    Connection(C),
    Place,
}

struct Seat<C> {
    turn: Mutex<Option<Turn<C>>>,
    given: Condvar,
}

struct Hall<C> {
    idle: Vec<C>,
    places: usize,
    /// Nothing is free while somebody sits here.
    line: VecDeque<Arc<Seat<C>>>,
}

pub struct ConnectionPool<C> {
    most: usize,
    connect: Box<dyn Fn() -> C + Send + Sync>,
    hall: Mutex<Hall<C>>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        let hall = Hall { idle: Vec::new(), places: 0, line: VecDeque::new() };
        Self { most: max_size.get(), connect: Box::new(connect), hall: Mutex::new(hall) }
    }

    fn at_once(&self, hall: &mut Hall<C>) -> Option<Turn<C>> {
        if let Some(connection) = hall.idle.pop() {
            return Some(Turn::Connection(connection));
        }
        if hall.places < self.most {
            hall.places += 1;
            return Some(Turn::Place);
        }
        None
    }

    fn sit_down(&self, hall: &mut Hall<C>) -> Arc<Seat<C>> {
        let seat = Arc::new(Seat { turn: Mutex::new(None), given: Condvar::new() });
        hall.line.push_back(Arc::clone(&seat));
        seat
    }

    /// Gives it to the first in line, or keeps it.
    fn comes_free(&self, turn: Turn<C>) {
        let mut hall = lock(&self.hall);
        if let Some(first) = hall.line.pop_front() {
            *lock(&first.turn) = Some(turn);
            first.given.notify_one();
            return;
        }
        match turn {
            Turn::Connection(connection) => hall.idle.push(connection),
            Turn::Place => hall.places -= 1,
        }
    }

    fn comes_back(&self, connection: C) {
        self.comes_free(Turn::Connection(connection));
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        let mut hall = lock(&self.hall);
        if let Some(turn) = self.at_once(&mut hall) {
            drop(hall);
            return self.enter(turn);
        }
        let seat = self.sit_down(&mut hall);
        drop(hall);
        let mut turn = lock(&seat.turn);
        loop {
            if let Some(turn) = turn.take() {
                return self.enter_after_a_wait(turn);
            }
            turn = seat.given.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut hall = lock(&self.hall);
        if let Some(turn) = self.at_once(&mut hall) {
            drop(hall);
            return Ok(self.enter(turn));
        }
        if timeout.is_zero() {
            return Err(TimeoutError);
        }
        let seat = self.sit_down(&mut hall);
        drop(hall);
        let mut turn = lock(&seat.turn);
        loop {
            if let Some(turn) = turn.take() {
                return Ok(self.enter_after_a_wait(turn));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            (turn, _) = seat.given.wait_timeout(turn, left).unwrap_or_else(PoisonError::into_inner);
        }
        drop(turn);
        // The hall comes first: nobody can be given something after having left the line.
        let mut hall = lock(&self.hall);
        hall.line.retain(|other| !Arc::ptr_eq(other, &seat));
        drop(hall);
        let turn = lock(&seat.turn).take();
        turn.map(|turn| self.enter_after_a_wait(turn)).ok_or(TimeoutError)
    }

    pub fn available(&self) -> usize {
        let hall = lock(&self.hall);
        hall.idle.len() + self.most - hall.places
    }

    fn enter(&self, turn: Turn<C>) -> PooledConnection<'_, C> {
        let connection = match turn {
            Turn::Connection(connection) => connection,
            Turn::Place => {
                let place = Place(self);
                let connection = (self.connect)();
                std::mem::forget(place);
                connection
            }
        };
        PooledConnection { pool: self, connection: Some(connection) }
    }

    fn enter_after_a_wait(&self, turn: Turn<C>) -> PooledConnection<'_, C> {
        self.enter(turn)
    }
}

/// Goes to the next one if `connect` panics.
struct Place<'pool, C>(&'pool ConnectionPool<C>);

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        self.0.comes_free(Turn::Place);
    }
}

pub struct PooledConnection<'pool, C> {
    pool: &'pool ConnectionPool<C>,
    connection: Option<C>,
}

impl<C> PooledConnection<'_, C> {
    pub fn release(self) {
        drop(self);
    }
}

impl<C> Deref for PooledConnection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.connection.as_ref().expect("lent until it is dropped")
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("lent until it is dropped")
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.comes_back(connection);
        }
    }
}
