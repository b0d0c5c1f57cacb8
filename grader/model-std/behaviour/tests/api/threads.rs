// Threads, their local variables, and time.
// Included twice, once with each `std`: see `api.rs`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, AccessError, Builder, JoinHandle, LocalKey, ScopedJoinHandle, Thread, ThreadId};
use std::time::{Duration, Instant, SystemTime, SystemTimeError, UNIX_EPOCH};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![
        ("threads", threads),
        ("scopes", scopes),
        ("parking", parking),
        ("locals", locals),
        ("instants", instants),
        ("the_time_of_day", the_time_of_day),
    ]
}

fn threads() {
    let handle: JoinHandle<u8> = thread::spawn(|| 1);
    let other: &Thread = handle.thread();
    let id: ThreadId = other.id();
    assert_ne!(id, thread::current().id());
    while !handle.is_finished() {
        thread::yield_now();
    }
    assert_eq!(handle.join().unwrap(), 1);
    let named = Builder::new().name(String::from("worker")).stack_size(64 * 1024);
    let handle = named.spawn(|| thread::current().name().map(str::to_owned)).unwrap();
    assert_eq!(handle.join().unwrap().as_deref(), Some("worker"));
    thread::sleep(Duration::from_millis(1));
    assert!(thread::available_parallelism().unwrap().get() > 0);
    assert!(!thread::panicking());
    let caught = catch_unwind(AssertUnwindSafe(|| std::panic::resume_unwind(Box::new(5))));
    assert!(caught.is_err());
}

fn scopes() {
    let mut numbers = [1, 2];
    let (a, b) = numbers.split_at_mut(1);
    let sum = thread::scope(|scope| {
        let first: ScopedJoinHandle<'_, ()> = scope.spawn(|| a[0] += 1);
        let second = Builder::new().spawn_scoped(scope, || b[0] += 1).unwrap();
        let _ = (first.is_finished(), second.thread().id());
        first.join().unwrap();
        second.join().unwrap();
        1
    });
    assert_eq!((sum, numbers), (1, [2, 3]));
}

fn parking() {
    let done = Arc::new(AtomicBool::new(false));
    let (main, other) = (thread::current(), Arc::clone(&done));
    let thread = thread::spawn(move || {
        other.store(true, Ordering::Release);
        main.unpark();
    });
    while !done.load(Ordering::Acquire) {
        thread::park();
    }
    thread.join().unwrap();
    thread::park_timeout(Duration::from_millis(1));
}

std::thread_local! {
    static NUMBER: std::cell::Cell<u8> = const { std::cell::Cell::new(1) };
    /// With an initialiser that runs.
    pub static NAMES: std::cell::RefCell<Vec<String>> = std::cell::RefCell::new(vec![String::from("a")]);
}

fn locals() {
    let key: &'static LocalKey<std::cell::Cell<u8>> = &NUMBER;
    key.set(2);
    assert_eq!((key.get(), key.replace(3), key.take()), (2, 2, 3));
    NAMES.with_borrow_mut(|names| names.push(String::from("b")));
    assert_eq!(NAMES.with_borrow(Vec::len), 2);
    assert_eq!(NAMES.replace(Vec::new()).len(), 2);
    NAMES.set(vec![String::new()]);
    assert_eq!(NAMES.take().len(), 1);
    let length: Result<usize, AccessError> = NAMES.try_with(|names| names.borrow().len());
    assert_eq!(length, Ok(0));
    NUMBER.set(1);
    NAMES.set(vec![String::from("a")]);
}

fn instants() {
    let start = Instant::now();
    let later = start + Duration::from_secs(2);
    assert_eq!(later - start, Duration::from_secs(2));
    assert_eq!(later.duration_since(start), Duration::from_secs(2));
    assert_eq!(start.duration_since(later), Duration::ZERO);
    assert_eq!(start.saturating_duration_since(later), Duration::ZERO);
    assert_eq!(start.checked_duration_since(later), None);
    assert_eq!(later.checked_sub(Duration::from_secs(2)), Some(start));
    assert_eq!(start.checked_add(Duration::from_secs(2)), Some(later));
    assert!(later > start);
    // A slow thread may read the clock late; later reads are no earlier.
    let first = start.elapsed();
    assert!(start.elapsed() >= first);
    let mut moving = later;
    moving -= Duration::from_secs(1);
    moving += Duration::from_secs(1);
    assert_eq!(moving, later);
    assert_eq!(moving - Duration::from_secs(2), start);
    assert!(format!("{start:?}").len() > 4);
}

fn the_time_of_day() {
    const EPOCH: SystemTime = SystemTime::UNIX_EPOCH;
    let now = SystemTime::now();
    let since: Result<Duration, SystemTimeError> = now.duration_since(UNIX_EPOCH);
    assert!(since.unwrap() > Duration::from_secs(1_700_000_000));
    assert_eq!(EPOCH.duration_since(now).unwrap_err().duration(), now.duration_since(EPOCH).unwrap());
    assert_eq!(
        (EPOCH - Duration::from_secs(1)).duration_since(EPOCH).unwrap_err().to_string(),
        "second time provided was later than self"
    );
    let later = now + Duration::from_millis(5);
    assert!(later > now && later.duration_since(now).unwrap() == Duration::from_millis(5));
    assert_eq!(later - Duration::from_millis(5), now);
    let mut moved = now;
    moved += Duration::from_secs(3);
    moved -= Duration::from_secs(2);
    assert_eq!(Some(moved), now.checked_add(Duration::from_secs(1)));
    assert_eq!(now.checked_sub(Duration::MAX), None);
    assert_eq!(now.checked_add(Duration::MAX), None);
    let overflow = catch_unwind(|| now + Duration::MAX).unwrap_err();
    assert_eq!(
        overflow.downcast_ref::<&str>().map(ToString::to_string).or_else(|| overflow.downcast_ref().cloned()),
        Some("overflow when adding duration to instant".into())
    );
    assert!(format!("{now:?}").starts_with("SystemTime"));
    assert!(EPOCH.elapsed().unwrap() >= now.duration_since(EPOCH).unwrap());
    let _ = std::collections::HashSet::from([now, later]);
}
