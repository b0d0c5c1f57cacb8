//! Fixture: each wait has a seat of its own; who gives up leaves it in the line, marked, to be thrown away later.
use std::fmt;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
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
    state: Mutex<Handing>,
}

struct Handing {
    free: usize,
    line: VecDeque<Arc<Seat>>,
}

struct Seat {
    served: AtomicBool,
    left: AtomicBool,
    thread: Thread,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Self { permits, state: Mutex::new(Handing { free: permits, line: VecDeque::new() }) }
    }

    /// A permit at once, or a seat in line.
    fn sit(&self) -> Option<Arc<Seat>> {
        let mut state = self.state.lock().unwrap();
        if state.free > 0 {
            state.free -= 1;
            return None;
        }
        let seat = Arc::new(Seat { served: AtomicBool::new(false), left: AtomicBool::new(false), thread: thread::current() });
        state.line.push_back(Arc::clone(&seat));
        Some(seat)
    }

    pub fn acquire(&self) {
        let Some(seat) = self.sit() else { return };
        while !seat.served.load(Ordering::Acquire) {
            thread::park();
        }
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> Result<(), TimeoutError> {
        let deadline = Instant::now() + timeout;
        let Some(seat) = self.sit() else { return Ok(()) };
        while !seat.served.load(Ordering::Acquire) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let _state = self.state.lock().unwrap();
                // Served in the meantime?
                if seat.served.load(Ordering::Acquire) {
                    return Ok(());
                }
                // Whoever gives something back throws it away.
                seat.left.store(true, Ordering::Relaxed);
                return Err(TimeoutError);
            }
            thread::park_timeout(left);
        }
        Ok(())
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        let mut state = self.state.lock().unwrap();
        if state.free == self.permits {
            return Err(OverRelease);
        }
        state.line.retain(|one| !one.left.load(Ordering::Relaxed));
        match state.line.pop_front() {
            Some(seat) => {
                seat.served.store(true, Ordering::Release);
                seat.thread.unpark();
            }
            None => state.free += 1,
        }
        Ok(())
    }

    pub fn available(&self) -> usize {
        self.state.lock().unwrap().free
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
