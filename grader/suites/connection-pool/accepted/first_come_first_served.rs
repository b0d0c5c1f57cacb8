//! Fixture: served in the order of arrival; whose time is over takes what nobody before it needs.
use std::fmt;
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutError;

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timed out")
    }
}

impl std::error::Error for TimeoutError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "released too often")
    }
}

impl std::error::Error for OverRelease {}

pub struct Semaphore {
    permits: usize,
    state: Mutex<Line>,
    moved: Condvar,
}

struct Line {
    free: usize,
    waiting: VecDeque<u64>,
    next: u64,
}

impl Line {
    fn draw(&mut self) -> u64 {
        self.next += 1;
        self.waiting.push_back(self.next);
        self.next
    }

    fn place(&self, me: u64) -> usize {
        self.waiting.iter().position(|one| *one == me).expect("everybody who waits is in line")
    }

    fn leave(&mut self, me: u64) {
        self.waiting.retain(|one| *one != me);
    }
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let line = Line { free: permits, waiting: VecDeque::new(), next: 0 };
        Self { permits, state: Mutex::new(line), moved: Condvar::new() }
    }

    pub fn acquire(&self) {
        let mut line = self.state.lock().unwrap();
        let me = line.draw();
        while line.free == 0 || line.place(me) != 0 {
            line = self.moved.wait(line).unwrap();
        }
        line.leave(me);
        line.free -= 1;
        self.moved.notify_all();
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let mut line = self.state.lock().unwrap();
        let me = line.draw();
        loop {
            if line.free > 0 && line.place(me) == 0 {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if line.free > line.place(me) {
                    break;
                }
                line.leave(me);
                self.moved.notify_all();
                return Err(TimeoutError);
            }
            line = self.moved.wait_timeout(line, left).unwrap().0;
        }
        line.leave(me);
        line.free -= 1;
        self.moved.notify_all();
        Ok(())
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut line = self.state.lock().unwrap();
        if line.free == self.permits {
            return Err(OverRelease);
        }
        line.free += 1;
        self.moved.notify_all();
        Ok(())
    }

    pub fn available(&self) -> usize {
        let line = self.state.lock().unwrap();
        line.free.saturating_sub(line.waiting.len())
    }
}

pub struct ConnectionPool<C> {
    places: Semaphore,
    idle: Mutex<Vec<C>>,
    connect: Box<dyn Fn() -> C + Send + Sync>,
}

impl<C> ConnectionPool<C> {
    pub fn new(max_size: NonZeroUsize, connect: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Self {
            places: Semaphore::new(max_size.get()),
            idle: Mutex::new(Vec::new()),
            connect: Box::new(connect),
        }
    }

    pub fn acquire(&self) -> PooledConnection<'_, C> {
        self.places.acquire();
        self.with_place()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<PooledConnection<'_, C>, TimeoutError> {
        self.places.acquire_timeout(timeout)?;
        Ok(self.with_place())
    }

    pub fn available(&self) -> usize {
        self.places.available()
    }

    fn with_place(&self) -> PooledConnection<'_, C> {
        // The guard comes first: should `connect` panic, it gives the place back and no connection.
        let mut guard = PooledConnection { pool: self, connection: None };
        let idle = self.idle.lock().unwrap().pop();
        guard.connection = Some(idle.unwrap_or_else(|| (self.connect)()));
        guard
    }

    fn give_back(&self, connection: Option<C>) {
        if let Some(connection) = connection {
            self.idle.lock().unwrap().push(connection);
        }
        self.places.release().expect("a place for each holder");
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
        self.connection.as_ref().unwrap()
    }
}

impl<C> DerefMut for PooledConnection<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().unwrap()
    }
}

impl<C> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        self.pool.give_back(self.connection.take());
    }
}
