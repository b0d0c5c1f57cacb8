//! Fixture: each round has a mutex and a condition variable of its own; `wait_while` does the rest.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Default)]
struct Round {
    ended: Mutex<Option<Result<(), Broken>>>,
    bell: Condvar,
}

impl Round {
    fn end(&self, how: Result<(), Broken>) -> Result<(), Broken> {
        let ended = *self.ended.lock().unwrap().get_or_insert(how);
        self.bell.notify_all();
        ended
    }
}

#[derive(Default)]
struct Desk {
    arrived: usize,
    broken: bool,
    round: Arc<Round>,
}

impl Desk {
    fn next(&mut self) -> Arc<Round> {
        self.arrived = 0;
        std::mem::take(&mut self.round)
    }
}

pub struct Barrier {
    parties: NonZeroUsize,
    desk: Mutex<Desk>,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties, desk: Mutex::default() }
    }

    /// The round, and the place in it. `None` for the round where it is complete by this.
    fn check_in(&self) -> Result<(usize, Option<Arc<Round>>), Broken> {
        let mut desk = self.desk.lock().unwrap();
        if desk.broken {
            return Err(Broken);
        }
        let place = desk.arrived;
        desk.arrived += 1;
        if desk.arrived < self.parties.get() {
            return Ok((place, Some(desk.round.clone())));
        }
        let complete = desk.next();
        // Still at the desk: nobody breaks it in between.
        complete.end(Ok(())).map(|()| (place, None))
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        let (place, round) = self.check_in()?;
        if let Some(round) = round {
            let ended = round.ended.lock().unwrap();
            let ended = round.bell.wait_while(ended, |ended| ended.is_none()).unwrap();
            ended.unwrap_or(Err(Broken))?;
        }
        Ok(place)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        let (place, round) = self.check_in()?;
        let Some(round) = round else { return Ok(place) };
        let ended = round.ended.lock().unwrap();
        let (ended, _) = round.bell.wait_timeout_while(ended, timeout, |ended| ended.is_none()).unwrap();
        let known = *ended;
        drop(ended);
        let how = known.unwrap_or_else(|| {
            let mut desk = self.desk.lock().unwrap();
            let how = round.end(Err(Broken));
            if Arc::ptr_eq(&desk.round, &round) {
                desk.next();
                desk.broken = true;
            }
            how
        });
        how.map(|()| place)
    }

    pub fn abort(&self) {
        let mut desk = self.desk.lock().unwrap();
        desk.broken = true;
        let _ = desk.next().end(Err(Broken));
    }

    pub fn reset(&self) {
        let mut desk = self.desk.lock().unwrap();
        desk.broken = false;
        let _ = desk.next().end(Err(Broken));
    }

    pub fn is_broken(&self) -> bool {
        self.desk.lock().unwrap().broken
    }

    pub fn waiting(&self) -> usize {
        self.desk.lock().unwrap().arrived
    }

    pub fn parties(&self) -> usize {
        self.parties.get()
    }
}
