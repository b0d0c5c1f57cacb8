//! Fixture: whoever ends a round wakes one, and each that has been woken wakes the next: a chain of threads in their slots.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl std::error::Error for Broken {}

/// How the round ended, and who is to be woken next.
#[derive(Clone)]
struct News {
    complete: bool,
    next: Option<Arc<Slot>>,
}

#[derive(Default)]
struct Slot {
    news: Mutex<Option<News>>,
    bell: Condvar,
}

impl Slot {
    fn tell(&self, news: News) {
        *self.news.lock().unwrap() = Some(news);
        self.bell.notify_one();
    }
}

#[derive(Default)]
struct Line {
    before: Vec<Arc<Slot>>,
    broken: bool,
}

impl Line {
    /// Everybody's news at once, under the lock: later ones have no say. Only the bells ring one after the other.
    fn dismiss(&mut self, complete: bool) -> Option<Arc<Slot>> {
        let mut next = None;
        for slot in self.before.drain(..) {
            *slot.news.lock().unwrap() = Some(News { complete, next: next.take() });
            next = Some(slot);
        }
        next
    }
}

pub struct Barrier {
    parties: usize,
    line: Mutex<Line>,
}

fn ring(slot: Option<Arc<Slot>>) {
    if let Some(slot) = slot {
        // It is in its sleep, or has the news before it.
        let news = slot.news.lock().unwrap().clone();
        if let Some(news) = news {
            slot.tell(news);
        }
    }
}

impl Barrier {
    pub fn new(parties: NonZeroUsize) -> Self {
        Self { parties: parties.get(), line: Mutex::default() }
    }

    fn queue(&self, deadline: Option<Instant>) -> Result<usize, Broken> {
        let mut line = self.line.lock().unwrap();
        if line.broken {
            return Err(Broken);
        }
        let place = line.before.len();
        if place + 1 == self.parties {
            ring(line.dismiss(true));
            return Ok(place);
        }
        let slot = Arc::<Slot>::default();
        line.before.push(slot.clone());
        drop(line);
        let mut news = slot.news.lock().unwrap();
        let news = loop {
            if let Some(news) = news.take() {
                break news;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match left {
                None => news = slot.bell.wait(news).unwrap(),
                Some(left) if !left.is_zero() => news = slot.bell.wait_timeout(news, left).unwrap().0,
                Some(_) => {
                    drop(news);
                    let mut line = self.line.lock().unwrap();
                    // Unless there is news by now, nothing but this timeout ends the round.
                    if slot.news.lock().unwrap().is_none() {
                        line.broken = true;
                        ring(line.dismiss(false));
                    }
                    drop(line);
                    news = slot.news.lock().unwrap();
                }
            }
        };
        ring(news.next);
        if news.complete { Ok(place) } else { Err(Broken) }
    }

    pub fn wait(&self) -> Result<usize, Broken> {
        self.queue(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, Broken> {
        self.queue(Instant::now().checked_add(timeout))
    }

    pub fn abort(&self) {
        let mut line = self.line.lock().unwrap();
        line.broken = true;
        ring(line.dismiss(false));
    }

    pub fn reset(&self) {
        let mut line = self.line.lock().unwrap();
        line.broken = false;
        ring(line.dismiss(false));
    }

    pub fn is_broken(&self) -> bool {
        self.line.lock().unwrap().broken
    }

    pub fn waiting(&self) -> usize {
        self.line.lock().unwrap().before.len()
    }

    pub fn parties(&self) -> usize {
        self.parties
    }
}
