//! Fixture: rounds are numbers; how they ended stays in a book until the last of their parties has read it. Two condition variables in turn.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

#[derive(Clone, Copy)]
struct Entry {
    complete: bool,
    readers: usize,
}

#[derive(Default)]
struct Book {
    round: u64,
    inside: usize,
    broken: bool,
    ended: BTreeMap<u64, Entry>,
}

pub struct Barrier {
    parties: usize,
    book: Mutex<Book>,
    bells: [Condvar; 2],
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties: parties.get(), book: Mutex::default(), bells: Default::default() }
    }

    fn bell(&self, round: u64) -> &Condvar {
        &self.bells[usize::from(round % 2 == 1)]
    }

    fn close(&self, book: &mut Book, complete: bool) {
        if book.inside > 0 {
            book.ended.insert(book.round, Entry { complete, readers: book.inside });
            self.bell(book.round).notify_all();
        }
        book.round += 1;
        book.inside = 0;
    }

    fn enter(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let mut book = self.book.lock().unwrap();
        if book.broken {
            return Err(Broken);
        }
        let (own, place) = (book.round, book.inside);
        if place == self.parties - 1 {
            self.close(&mut book, true);
            return Ok(place);
        }
        book.inside += 1;
        loop {
            if let Some(entry) = book.ended.get_mut(&own) {
                entry.readers -= 1;
                let entry = *entry;
                if entry.readers == 0 {
                    book.ended.remove(&own);
                }
                return if entry.complete { Ok(place) } else { Err(Broken) };
            }
            let bell = self.bell(own);
            let Some(deadline) = deadline else {
                book = bell.wait(book).unwrap();
                continue;
            };
            match deadline.checked_duration_since(Instant::now()) {
                Some(left) if left > Duration::ZERO => book = bell.wait_timeout(book, left).unwrap().0,
                _ => {
                    // This one reads nothing, as it knows.
                    book.inside -= 1;
                    book.broken = true;
                    self.close(&mut book, false);
                    return Err(Broken);
                }
            }
        }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.enter(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.enter(Instant::now().checked_add(timeout))
    }

    pub fn abort(&self) {
        let mut book = self.book.lock().unwrap();
        book.broken = true;
        self.close(&mut book, false);
    }

    pub fn reset(&self) {
        let mut book = self.book.lock().unwrap();
        book.broken = false;
        self.close(&mut book, false);
    }

    pub fn is_broken(&self) -> bool {
        self.book.lock().unwrap().broken
    }

    pub fn waiting(&self) -> usize {
        self.book.lock().unwrap().inside
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
