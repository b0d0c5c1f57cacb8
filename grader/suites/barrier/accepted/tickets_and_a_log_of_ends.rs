//! Fixture: everybody draws a ticket; a log says up to which ticket each round went, and how it ended.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Default)]
struct Log {
    next_ticket: usize,
    /// The first ticket of the open round.
    first: usize,
    /// The ticket after the last one of each round, in order, and whether it was complete.
    ends: Vec<(usize, bool)>,
    broken: bool,
    /// Who has not found out yet. Without anybody, the log can be forgotten.
    readers: usize,
}

impl Log {
    fn end(&mut self, complete: bool) {
        if self.next_ticket != self.first {
            self.ends.push((self.next_ticket, complete));
            self.first = self.next_ticket;
        }
    }

    fn find(&self, ticket: usize) -> Option<bool> {
        let place = self.ends.partition_point(|&(end, _)| end <= ticket);
        self.ends.get(place).map(|&(_, complete)| complete)
    }
}

pub struct Barrier {
    parties: usize,
    log: Mutex<Log>,
    written: Condvar,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Barrier { parties: parties.get(), log: Mutex::default(), written: Condvar::new() }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }

    fn wait_for(&self, timeout: Option<Duration>) -> Result<usize, Broken> {
        let began = Instant::now();
        let mut log = self.log();
        if log.broken {
            return Err(Broken);
        }
        let ticket = log.next_ticket;
        let place = ticket - log.first;
        log.next_ticket += 1;
        if log.next_ticket - log.first == self.parties {
            log.end(true);
            self.written.notify_all();
        }
        log.readers += 1;
        let complete = loop {
            if let Some(complete) = log.find(ticket) {
                break complete;
            }
            match timeout {
                None => log = self.written.wait(log).unwrap(),
                Some(timeout) => match timeout.saturating_sub(began.elapsed()) {
                    Duration::ZERO => {
                        log.broken = true;
                        log.end(false);
                        self.written.notify_all();
                    }
                    left => log = self.written.wait_timeout(log, left).unwrap().0,
                },
            }
        };
        log.readers -= 1;
        if log.readers == 0 {
            log.ends.clear();
        }
        if complete { Ok(place) } else { Err(Broken) }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.wait_for(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.wait_for(Some(timeout))
    }

    pub fn abort(&self) {
        let mut log = self.log();
        log.broken = true;
        log.end(false);
        self.written.notify_all();
    }

    pub fn reset(&self) {
        let mut log = self.log();
        log.broken = false;
        log.end(false);
        self.written.notify_all();
    }

    pub fn is_broken(&self) -> bool {
        self.log().broken
    }

    pub fn waiting(&self) -> usize {
        let log = self.log();
        log.next_ticket - log.first
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
