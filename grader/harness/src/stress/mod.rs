//! The `stress` engine: one check, called once on real threads, and helpers for such checks.

mod others;
mod rest;

use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

pub use others::Others;
pub use rest::{Rest, Sleepers, cpu_time, rest, sleepers, until_others_sleep};

use crate::report::Report;
use model_std::model::Place;
use model_trace::PASSED_ON;

static SEED: OnceLock<u64> = OnceLock::new();
static PANICS: Mutex<Vec<Panic>> = Mutex::new(Vec::new());

/// Panics kept for the report. A check may provoke any number of them on purpose.
const KEPT_PANICS: usize = 1_000;

#[derive(Clone)]
struct Panic {
    thread: ThreadId,
    message: String,
    place: Option<Place>,
}

pub(crate) fn run(check: fn(), seed: u64) -> Report {
    SEED.get_or_init(|| seed);
    panic::set_hook(Box::new(record));
    match panic::catch_unwind(check) {
        Ok(()) => Report::passed(None),
        Err(payload) => {
            let fallback = panic_message(payload.as_ref());
            failure(thread::current().id(), fallback)
        }
    }
}

fn record(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|location| Place {
        file: location.file().to_owned().into(),
        line: location.line(),
        column: location.column(),
    });
    let message = info.payload_as_str().unwrap_or("a panic without a message").to_owned();
    // For a person who reads the output of a crash; the report does not come from here. Probes are for nobody.
    match &place {
        _ if message == PROBE => {}
        Some(place) => eprintln!("panicked at {place}: {message}"),
        None => eprintln!("panicked: {message}"),
    }
    if let Ok(mut panics) = PANICS.lock() {
        if panics.len() == KEPT_PANICS {
            panics.remove(0);
        }
        panics.push(Panic { thread: thread::current().id(), message, place });
    }
}

/// The panic that ended the check, traced back to the thread where it began.
fn failure(main: ThreadId, fallback: String) -> Report {
    let panics = match PANICS.lock() {
        Ok(panics) => panics.clone(),
        Err(poisoned) => poisoned.into_inner().clone(),
    };
    let own = panics.iter().rev().find(|panic| panic.thread == main && panic.message == fallback);
    let Some(own) = own else { return unseen(fallback) };
    // `join().unwrap()` and `thread::scope` panic because another thread did, and so does a check that has joined one. The
    // panic of that thread is the news.
    let mut others = panics.iter().rev().filter(|panic| panic.thread != main);
    let passed_on = own.message.strip_prefix(PASSED_ON);
    let cause = if own.message.ends_with("Any { .. }") || own.message == "a scoped thread panicked" {
        others.next()
    } else {
        passed_on.and_then(|message| others.find(|panic| panic.message == message))
    };
    let cause = cause.unwrap_or(own);
    Report::panicked(cause.message.clone(), cause.place.clone())
}

/// A panic that the hook of this module has not seen.
fn unseen(message: String) -> Report {
    if sees_panics() {
        return Report::panicked(message, Some(IN_RESUME_UNWIND));
    }
    Report::panicked(
        format!("{message} (the submission has replaced the panic hook, which would say where)"),
        None,
    )
}

/// The call that goes on with a panic past the hook.
const IN_RESUME_UNWIND: Place =
    Place { file: std::borrow::Cow::Borrowed("/library/std/src/panic.rs"), line: 1, column: 1 };

/// Whether the hook of this module still is the hook.
fn sees_panics() -> bool {
    let _ = panic::catch_unwind(|| panic!("{PROBE}"));
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    panics.iter().any(|panic| panic.message == PROBE)
}

/// What is said to see whether it is heard.
const PROBE: &str = "a panic of the grader's own, to see whether it is noticed";

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// A number that is the same in every run of this check.
pub fn seed() -> u64 {
    SEED.get().copied().unwrap_or(0)
}

/// A small generator of reproducible numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Two generators with one seed give the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number; all 2⁶⁴ are equally likely.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product: no division, and a bias below limit / 2⁶⁴.
        let product = u128::from(self.next_u64()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence_within_the_limit() {
        let (mut one, mut other) = (Rng::new(7), Rng::new(7));
        for _ in 0..1_000 {
            let number = one.below(10);
            assert_eq!(number, other.below(10));
            assert!(number < 10);
        }
        assert_eq!(one.below(0), 0);
    }
}
