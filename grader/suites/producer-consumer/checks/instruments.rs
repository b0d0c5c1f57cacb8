//! What the checks share: threads at a buffer, and pipelines whose numbers are known.

#[cfg(engine = "stress")]
use std::fs;
use std::num::NonZeroUsize;
#[cfg(engine = "model")]
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
#[cfg(engine = "stress")]
use std::thread;
#[cfg(engine = "stress")]
use std::time::{Duration, Instant};

pub use harness::message;
#[cfg(engine = "stress")]
use harness::stress::{Sleepers, sleepers};
use producer_consumer::{BoundedBuffer, Pipeline, PipelineReport};

harness::threads!();

pub fn size(capacity: usize) -> NonZeroUsize {
    NonZeroUsize::new(capacity).expect("a buffer has at least one place")
}

/// A buffer for `capacity` items that holds `items`.
#[cfg(engine = "model")]
pub fn holding(capacity: usize, items: impl IntoIterator<Item = u32>) -> Arc<BoundedBuffer<u32>> {
    let buffer = BoundedBuffer::new(size(capacity));
    for item in items {
        assert_eq!(buffer.put(item), Ok(()), "`put({item})` into a buffer that is open and not full");
    }
    Arc::new(buffer)
}

/// Makes a call while the thread unwinds, as a guard does when it is dropped. A panic in it would end the process, so
/// what it returns is for the caller to look at.
#[cfg(engine = "model")]
pub fn while_unwinding<R>(call: impl FnOnce() -> R) -> R {
    struct OnDrop<F: FnMut()>(F);
    impl<F: FnMut()> Drop for OnDrop<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    let (mut call, mut returned) = (Some(call), None);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let _guard = OnDrop(|| returned = call.take().map(|call| call()));
        panic::resume_unwind(Box::new("the check makes this thread panic"));
    }));
    assert!(outcome.is_err(), "the panic is caught");
    returned.expect("the guard was dropped")
}

pub fn pipeline(producers: usize, consumers: usize, capacity: usize, items_per_producer: u64) -> Pipeline {
    Pipeline { producers, consumers, capacity: size(capacity), items_per_producer }
}

/// Calls it with a reference to `number`: of whatever it makes of a closure, there is one instance for all checks.
pub fn run_pipeline(pipeline: &Pipeline, number: &(dyn Fn(usize, u64) -> u32 + Sync)) -> PipelineReport {
    producer_consumer::run_pipeline(pipeline, number)
}

/// A number for each pair, no two of them the same, with squares that need more than 32 bits.
pub fn distinct(producer: usize, i: u64) -> u32 {
    u32::MAX - 1_000_000 * producer as u32 - i as u32
}

/// Panics unless the report has the square of every number of `number` once.
pub fn assert_squares(report: &PipelineReport, pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32) {
    let numbers = (0..pipeline.producers)
        .flat_map(|producer| (0..pipeline.items_per_producer).map(move |i| (producer, i)));
    let mut expected: Vec<u64> = numbers.map(|(producer, i)| u64::from(number(producer, i)).pow(2)).collect();
    let mut found = report.squares.clone();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found.len(), expected.len(), "squares in the report of {pipeline:?}");
    let different = found.iter().zip(&expected).find(|(found, expected)| found != expected);
    assert_eq!(
        different, None,
        "in order of size, the first square found that differs from the one expected"
    );
}

/// How many threads this process has; `None` where that cannot be found out.
#[cfg(engine = "stress")]
pub fn threads() -> Option<usize> {
    let tasks = fs::read_dir("/proc/self/task");
    assert!(
        tasks.is_ok() || !cfg!(target_os = "linux"),
        "this check has to see its own threads in /proc, and cannot"
    );
    Some(tasks.ok()?.count())
}

/// Waits until the number of threads is as wanted, and returns it; or until all other threads sleep, since
/// then it stays as it is.
///
/// A thread that has been joined may still be on the system's list for a moment.
#[cfg(engine = "stress")]
pub fn await_threads(wanted: impl Fn(usize) -> bool) -> Option<usize> {
    let start = Instant::now();
    let mut last = None;
    loop {
        let now = threads()?;
        let asleep = match sleepers() {
            Sleepers::All(asleep) => Some(asleep),
            Sleepers::SomeAwake | Sleepers::Unknown => None,
        };
        // For threads that neither end nor sleep.
        let late = start.elapsed() > Duration::from_secs(20);
        if wanted(now) || late || (asleep.is_some() && asleep == last) {
            return Some(now);
        }
        last = asleep;
        thread::sleep(Duration::from_millis(20));
    }
}
