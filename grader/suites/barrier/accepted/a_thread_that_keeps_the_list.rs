//! Fixture: a thread of its own keeps the list of those who wait; all calls are messages to it, and it ends when the barrier is dropped.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not everybody came")
    }
}

impl std::error::Error for Broken {}

type Answer = Result<usize, Broken>;

enum Call {
    Arrive(u64, Sender<Answer>),
    GiveUp(u64),
    Abort,
    Reset,
    Ask(Sender<(bool, usize)>),
}

struct Keeper {
    parties: usize,
    waiting: Vec<(u64, Sender<Answer>)>,
    broken: bool,
}

impl Keeper {
    fn refuse_all(&mut self) {
        for (_, party) in self.waiting.drain(..) {
            let _ = party.send(Err(Broken));
        }
    }

    fn keep(mut self, calls: Receiver<Call>) {
        for call in calls {
            match call {
                Call::Arrive(_, party) if self.broken => drop(party.send(Err(Broken))),
                Call::Arrive(ticket, party) => {
                    self.waiting.push((ticket, party));
                    if self.waiting.len() == self.parties {
                        for (place, (_, party)) in self.waiting.drain(..).enumerate() {
                            let _ = party.send(Ok(place));
                        }
                    }
                }
                Call::GiveUp(ticket) => {
                    // Unless it has its answer already.
                    if self.waiting.iter().any(|(other, _)| *other == ticket) {
                        self.broken = true;
                        self.refuse_all();
                    }
                }
                Call::Abort => {
                    self.broken = true;
                    self.refuse_all();
                }
                Call::Reset => {
                    self.broken = false;
                    self.refuse_all();
                }
                Call::Ask(asker) => drop(asker.send((self.broken, self.waiting.len()))),
            }
        }
    }
}

pub struct Barrier {
    parties: usize,
    tickets: AtomicU64,
    calls: Option<Sender<Call>>,
    keeper: Option<JoinHandle<()>>,
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        let parties = parties.get();
        let (calls, called) = channel();
        let keeper = Keeper { parties, waiting: Vec::new(), broken: false };
        let keeper = thread::spawn(move || keeper.keep(called));
        Self { parties, tickets: AtomicU64::new(0), calls: Some(calls), keeper: Some(keeper) }
    }

    fn call(&self, call: Call) {
        self.calls.as_ref().unwrap().send(call).unwrap();
    }

    fn arrive(&self) -> (u64, Receiver<Answer>) {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let (party, answer) = channel();
        self.call(Call::Arrive(ticket, party));
        (ticket, answer)
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.arrive().1.recv().unwrap()
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        let (ticket, answer) = self.arrive();
        match answer.recv_timeout(timeout) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => unreachable!("everybody gets an answer"),
            Err(RecvTimeoutError::Timeout) => {
                self.call(Call::GiveUp(ticket));
                answer.recv().unwrap()
            }
        }
    }

    pub fn abort(&self) {
        self.call(Call::Abort);
        self.ask();
    }

    pub fn reset(&self) {
        self.call(Call::Reset);
        self.ask();
    }

    /// Also waits until everything that was called for before is done.
    fn ask(&self) -> (bool, usize) {
        let (asker, answer) = channel();
        self.call(Call::Ask(asker));
        answer.recv().unwrap()
    }

    pub fn is_broken(&self) -> bool {
        self.ask().0
    }

    pub fn waiting(&self) -> usize {
        self.ask().1
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        drop(self.calls.take());
        let _ = self.keeper.take().unwrap().join();
    }
}
