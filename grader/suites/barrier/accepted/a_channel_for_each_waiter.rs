//! Fixture: each waiter receives how its round ended from a channel of its own.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

/// `None` while it is broken.
type Open = Option<Vec<Sender<Result<(), Broken>>>>;

pub struct Barrier {
    parties: NonZeroUsize,
    waiters: Mutex<Open>,
}

fn end(waiters: Vec<Sender<Result<(), Broken>>>, how: Result<(), Broken>) {
    for waiter in waiters {
        // Whoever has given up has broken the round itself.
        let _ = waiter.send(how);
    }
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties, waiters: Mutex::new(Some(vec![])) }
    }

    fn arrive(&self, timeout: Option<Duration>) -> Result<usize, Broken> {
        let (place, receiver) = {
            let mut open = self.waiters.lock().unwrap();
            let waiters = open.as_mut().ok_or(Broken)?;
            let place = waiters.len();
            if place + 1 == self.parties.get() {
                end(std::mem::take(waiters), Ok(()));
                return Ok(place);
            }
            let (sender, receiver) = mpsc::channel();
            waiters.push(sender);
            (place, receiver)
        };
        let ended = match timeout {
            None => receiver.recv().ok(),
            Some(timeout) => receiver.recv_timeout(timeout).ok(),
        };
        let how = ended.unwrap_or_else(|| {
            let mut open = self.waiters.lock().unwrap();
            // Nobody ends a round meanwhile: either this one has ended, or it is the open one.
            receiver.try_recv().unwrap_or_else(|_| {
                end(open.take().unwrap_or_default(), Err(Broken));
                Err(Broken)
            })
        });
        how.map(|()| place)
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.arrive(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.arrive(Some(timeout))
    }

    pub fn abort(&self) {
        let mut open = self.waiters.lock().unwrap();
        end(open.take().unwrap_or_default(), Err(Broken));
    }

    pub fn reset(&self) {
        let mut open = self.waiters.lock().unwrap();
        end(open.replace(vec![]).unwrap_or_default(), Err(Broken));
    }

    pub fn is_broken(&self) -> bool {
        self.waiters.lock().unwrap().is_none()
    }

    pub fn waiting(&self) -> usize {
        self.waiters.lock().unwrap().as_ref().map_or(0, Vec::len)
    }

    pub fn parties(&self) -> usize {
        self.parties.get()
    }
}
