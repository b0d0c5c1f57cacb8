//! The `stress` engine: one check, called once on real threads, and helpers for such checks.

use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, OnceLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};

use crate::report::Report;

static SEED: OnceLock<u64> = OnceLock::new();
static PANICS: Mutex<Vec<Panic>> = Mutex::new(Vec::new());

/// Panics kept for the report. A check may provoke any number of them on purpose.
const KEPT_PANICS: usize = 1_000;

#[derive(Clone)]
struct Panic {
    thread: ThreadId,
    message: String,
    file: String,
    line: u32,
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
    let (file, line) = info.location().map_or(("", 0), |place| (place.file(), place.line()));
    let message = info.payload_as_str().unwrap_or("a panic without a message").to_owned();
    // For a person who reads the output of a crash; the report does not come from here.
    eprintln!("panicked at {file}:{line}: {message}");
    if let Ok(mut panics) = PANICS.lock() {
        if panics.len() == KEPT_PANICS {
            panics.remove(0);
        }
        panics.push(Panic { thread: thread::current().id(), message, file: file.to_owned(), line });
    }
}

/// The panic that ended the check, traced back to the thread where it began.
fn failure(main: ThreadId, fallback: String) -> Report {
    let panics = match PANICS.lock() {
        Ok(panics) => panics.clone(),
        Err(poisoned) => poisoned.into_inner().clone(),
    };
    let Some(own) = panics.iter().rev().find(|panic| panic.thread == main) else {
        return Report::failed("panic", fallback, None, None);
    };
    // `join().unwrap()` and `thread::scope` panic because another thread did. That one is the news.
    let cause = if own.message.ends_with("Any { .. }") || own.message == "a scoped thread panicked" {
        panics.iter().rev().find(|panic| panic.thread != main).unwrap_or(own)
    } else {
        own
    };
    Report::failed("panic", cause.message.clone(), Some(cause.file.clone()), Some(cause.line))
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

/// The CPU time that this process has used so far, in user and in system mode, over all threads.
pub fn cpu_time() -> Duration {
    let usage = usage();
    let microseconds = |time: nix::sys::time::TimeVal| {
        u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000 + u64::try_from(time.tv_usec()).unwrap_or(0)
    };
    Duration::from_micros(microseconds(usage.user_time()) + microseconds(usage.system_time()))
}

/// How often a thread of this process has given up its CPU by blocking, so far.
pub fn voluntary_switches() -> u64 {
    u64::try_from(usage().voluntary_context_switches()).unwrap_or(0)
}

/// What the other threads of this process do while the caller only watches.
#[derive(Debug, Clone, Copy)]
pub struct Activity {
    /// The CPU time that they used, relative to a thread that does nothing but spin beside them: 0 when
    /// all of them sleep, 1 and more when one of them spins. A ratio, so that it is the same on a busy
    /// machine, where neither gets much.
    pub busy: f64,
    /// How often they woke up to look, in the time that was asked for.
    pub wake_ups: u64,
}

/// The CPU time for which the reference spins.
const REFERENCE: Duration = Duration::from_millis(20);

/// Watches the other threads: first for `window`, in which wake-ups count, and then for as long as a
/// reference thread needs to use a little CPU time itself.
///
/// # Panics
/// If no thread can be started.
pub fn activity(window: Duration) -> Activity {
    let wake_ups = voluntary_switches();
    thread::sleep(window);
    // The sleep of the caller itself is one of them.
    let wake_ups = (voluntary_switches() - wake_ups).saturating_sub(1);
    let before = cpu_time();
    let reference = thread::spawn(spin_for_reference).join().expect("the reference does not panic");
    let others = (cpu_time() - before).saturating_sub(reference);
    Activity { busy: others.as_secs_f64() / reference.as_secs_f64(), wake_ups }
}

/// Spins as the most modest of spinning threads does: it lets others go first all the time. One that
/// does not gets more than this.
fn spin_for_reference() -> Duration {
    loop {
        (0..64).for_each(|_| thread::yield_now());
        let used = thread_cpu_time();
        if used >= REFERENCE {
            return used;
        }
    }
}

fn thread_cpu_time() -> Duration {
    let clock = nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID;
    nix::time::clock_gettime(clock).map_or(Duration::ZERO, Duration::from)
}

/// # Panics
/// Never on a Unix: `getrusage` of the process itself cannot fail.
fn usage() -> Usage {
    getrusage(UsageWho::RUSAGE_SELF).expect("a process can always ask for its own usage")
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

    #[test]
    fn a_spinning_thread_is_busy_and_a_sleeping_one_is_not() {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let relaxed = std::sync::atomic::Ordering::Relaxed;
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(relaxed) {
                    thread::yield_now();
                }
            });
            assert!(activity(Duration::ZERO).busy > 0.2);
            stop.store(true, relaxed);
        });
    }

    #[test]
    fn cpu_time_grows_with_work_and_switches_grow_with_sleep() {
        let (time, switches) = (cpu_time(), voluntary_switches());
        while cpu_time() < time + Duration::from_millis(5) {}
        thread::sleep(Duration::from_millis(5));
        assert!(voluntary_switches() > switches);
    }
}
