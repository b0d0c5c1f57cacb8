//! What loom cannot express is said, with the call and its line, and is never a verdict.

use loom_std as std;

use std::model::{Opinion, Search};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, RwLockWriteGuard, mpsc};
use std::thread;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_millis(1);

fn said(test: impl Fn() + Send + Sync + 'static) -> (String, String, Option<u32>) {
    match Search::new(Some(3), 1_000).run(test) {
        Opinion::NotExpressible { call, reason, place } => (call, reason, place.map(|place| place.line)),
        other => panic!("{other:?}"),
    }
}

/// Asserts that the use, which is on one line, is said not to be expressible, with its name and line.
macro_rules! says {
    ($name:literal: $usage:expr) => {
        let (call, reason, line) = said(|| {
            let _ = $usage;
        });
        assert_eq!((call.as_str(), line), ($name, Some(line!())));
        assert!(!reason.is_empty());
    };
}

#[test]
fn time_and_waits_with_a_timeout() {
    says!("Instant::now": Instant::now());
    says!("thread::sleep": thread::sleep(SOON));
    says!("thread::park_timeout": thread::park_timeout(SOON));
    let timed = |condvar: Condvar, lock: Mutex<u32>| {
        condvar.wait_timeout(lock.lock().unwrap(), SOON).is_ok() // the line that is named
    };
    let (call, _, line) = said(move || assert!(timed(Condvar::new(), Mutex::new(0))));
    assert_eq!((call.as_str(), line), ("Condvar::wait_timeout", Some(line!() - 3)));
}

#[test]
fn scopes_barriers_and_cells_that_are_set_once() {
    says!("thread::scope": thread::scope(|_| ()));
    says!("Barrier::wait": Barrier::new(1).wait());
    says!("Once::call_once": Once::new().call_once(|| ()));
    says!("OnceLock::get_or_init": *OnceLock::new().get_or_init(|| 1));
    says!("LazyLock::deref": **LazyLock::new(|| Box::new(1)));
}

#[test]
fn channels() {
    says!("mpsc::channel": mpsc::channel::<u32>());
    says!("mpsc::sync_channel": mpsc::sync_channel::<u32>(1));
}

#[test]
fn single_calls_that_loom_lacks() {
    says!("AtomicU32::get_mut": *AtomicU32::new(1).get_mut());
    says!("JoinHandle::is_finished": thread::spawn(|| ()).is_finished());
    says!("RwLockWriteGuard::downgrade": *RwLockWriteGuard::downgrade(RwLock::new(1).write().unwrap()));
}

#[test]
fn more_threads_than_loom_can_have() {
    let start = |threads: usize| {
        let count = Arc::new(AtomicUsize::new(0));
        for _ in 0..threads {
            let count = Arc::clone(&count);
            thread::spawn(move || count.fetch_add(1, Ordering::Relaxed)).join().unwrap(); // here
        }
        assert_eq!(count.load(Ordering::Relaxed), threads);
    };
    let opinion = Search::new(Some(3), 1_000).run(move || start(4));
    assert!(matches!(opinion, Opinion::Passed { .. }), "{opinion:?}");
    let (call, reason, line) = said(move || start(5));
    assert_eq!((call.as_str(), line), ("more than 5 threads", Some(line!() - 7)));
    assert!(reason.starts_with("loom has no more in an execution"), "{reason}");
}

#[test]
fn a_lock_that_a_panic_has_poisoned() {
    let poison = |lock: &Arc<Mutex<u32>>| {
        let lock = Arc::clone(lock);
        let thread = thread::spawn(move || {
            let _guard = lock.lock().unwrap();
            panic!("on purpose");
        });
        assert!(thread.join().is_err());
    };
    let (call, reason, line) = said(move || {
        let lock = Arc::new(Mutex::new(0));
        poison(&lock);
        assert!(lock.lock().is_err()); // loom would panic itself
    });
    assert_eq!((call.as_str(), line), ("a poisoned lock", Some(line!() - 2)));
    assert!(reason.contains("unwraps"), "{reason}");
}

#[test]
fn a_thread_that_waits_for_a_lock_while_it_is_poisoned() {
    let (call, reason, _) = said(|| {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        let holder = thread::spawn(move || {
            let _guard = other.lock().unwrap();
            thread::yield_now();
            panic!("on purpose");
        });
        assert!(lock.lock().is_ok());
        assert!(holder.join().is_err());
    });
    assert_eq!(call, "a poisoned lock");
    assert!(reason.contains("unwraps"), "{reason}");
}

#[test]
fn what_ends_a_run_ends_it_also_where_the_program_catches_panics() {
    let (call, ..) = said(|| {
        let caught = std::panic::catch_unwind(|| thread::sleep(SOON));
        panic!("it went on with {caught:?}");
    });
    assert_eq!(call, "thread::sleep");
}

#[test]
fn a_lock_that_is_given_back_while_another_thread_unwinds() {
    struct AddsTwice(Arc<AtomicUsize>);
    impl Drop for AddsTwice {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::AcqRel);
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }
    let (call, reason, _) = said(|| {
        let (lock, count) = (Arc::new(Mutex::new(0)), Arc::new(AtomicUsize::new(0)));
        let adds = AddsTwice(Arc::clone(&count));
        let unwinds = thread::spawn(|| {
            let _adds = adds;
            panic!("on purpose");
        });
        let other = Arc::clone(&lock);
        let holder = thread::spawn(move || {
            let guard = other.lock().unwrap();
            count.fetch_add(1, Ordering::AcqRel);
            drop(guard);
        });
        assert!(unwinds.join().is_err());
        holder.join().unwrap();
        drop(lock.lock());
    });
    assert_eq!(call, "a lock that is released while another thread unwinds");
    assert!(reason.contains("poisons the locks of all threads"), "{reason}");
}
