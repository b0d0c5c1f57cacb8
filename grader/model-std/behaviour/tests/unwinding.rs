//! Code of a program may run wherever something unwinds, is dropped, or ends, and do anything there. None of it makes
//! the explorer crash or hang, however the execution ends.

// Elsewhere, what std ends the process for does end it, once its failure has been handed over.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::mem::discriminant;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use model_std::model::{Outcome, Search};
use model_std::panic::{self, catch_unwind, panic_any, resume_unwind};
use model_std::sync::atomic::Ordering::Relaxed;
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::sync::{Arc, Condvar, LazyLock, Mutex, Once, RwLock, mpsc};
use model_std::thread;
use model_std::time::Instant;
use outcomes::passes;

static COUNT: Mutex<u32> = Mutex::new(0);
static WAITERS: Condvar = Condvar::new();
static TABLE: RwLock<u32> = RwLock::new(0);
static NEVER: AtomicBool = AtomicBool::new(false);
static INIT: Once = Once::new();
static LAZY: LazyLock<u32> = LazyLock::new(|| *COUNT.lock().unwrap());

/// Runs a function when it is dropped.
struct AtEnd(fn());

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs a function when it is shown.
struct Shown(fn());

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)();
        f.write_str("shown")
    }
}

model_std::thread_local! {
    static FIRST: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

/// What code of the program does.
const ACTS: [(&str, fn()); 21] = [
    ("locks", || *COUNT.lock().unwrap() += 1),
    ("locks, poisoned or not", || drop(COUNT.lock())),
    ("reads", || drop(TABLE.read())),
    ("looks", || drop(COUNT.try_lock())),
    ("waits", || drop(WAITERS.wait_timeout(COUNT.lock().unwrap(), Duration::from_millis(1)))),
    ("waits until it is notified", || drop(WAITERS.wait(COUNT.lock().unwrap()))),
    ("asks for the time", || assert!(Instant::now() <= Instant::now())),
    ("sleeps", || thread::sleep(Duration::from_millis(1))),
    ("yields", thread::yield_now),
    ("parks", thread::park),
    ("spins", || while !NEVER.load(Relaxed) {}),
    ("starts a thread", || thread::spawn(|| drop(COUNT.lock())).join().unwrap()),
    ("starts threads in a scope", || thread::scope(|scope| drop(scope.spawn(|| drop(COUNT.lock()))))),
    ("sends and receives", || {
        let (sender, receiver) = mpsc::sync_channel(0);
        thread::spawn(move || sender.send(AtEnd(|| drop(COUNT.lock()))));
        drop(receiver.recv());
    }),
    ("panics", || panic!("in an act")),
    ("goes on with a panic", || resume_unwind(Box::new("in an act"))),
    ("catches a panic", || assert!(catch_unwind(|| panic!("caught")).is_err())),
    ("catches all there is", || while catch_unwind(|| drop(COUNT.lock().unwrap())).is_err() {}),
    ("changes the hook", || {
        panic::set_hook(Box::new(|_| drop(COUNT.lock())));
        drop(panic::take_hook());
    }),
    ("initialises", || {
        INIT.call_once(|| drop(COUNT.lock()));
        assert!(*LAZY < 10);
        FIRST.with(|_| ());
    }),
    ("does what has no model", || assert!(!AtomicU32::new(0).as_ptr().is_null())),
];

/// Calls a function in a place.
type In = fn(fn());

/// Where it does so.
const PLACES: [(&str, In); 13] = [
    ("in the destructor of a variable of its thread", |act| {
        SECOND.set(Some(AtEnd(act)));
        FIRST.set(Some(AtEnd(act)));
    }),
    ("while its thread unwinds", |act| {
        let _at_end = AtEnd(act);
        panic!("unwinds");
    }),
    ("while it unwinds with a lock", |act| {
        let _guard = TABLE.write();
        let _at_end = AtEnd(act);
        resume_unwind(Box::new("unwinds"));
    }),
    ("in a panic hook", |act| {
        panic::set_hook(Box::new(move |_| act()));
        panic!("for the hook");
    }),
    ("in a panic hook, caught", |act| {
        panic::set_hook(Box::new(move |_| drop(catch_unwind(act))));
        let _at_end = AtEnd(act);
        panic!("for the hook");
    }),
    ("when a panic hook is dropped", |act| {
        let at_end = AtEnd(act);
        panic::set_hook(Box::new(move |_| (&at_end, ()).1));
        drop(panic::take_hook());
    }),
    ("while the message of a panic is made", |act| panic!("{}", Shown(act))),
    ("when a panic is dropped", |act| drop(catch_unwind(move || panic_any(AtEnd(act))))),
    ("when the result of a thread is dropped", |act| drop(thread::spawn(move || AtEnd(act)))),
    ("in an initialisation", |act| INIT.call_once(act)),
    ("at the end of a scope", |act| {
        thread::scope(|scope| {
            let _at_end = AtEnd(act);
            scope.spawn(move || AtEnd(act));
            panic!("in a scope");
        });
    }),
    ("when a message is dropped", |act| {
        let (sender, receiver) = mpsc::channel();
        sender.send(AtEnd(act)).unwrap();
        drop((sender, receiver));
    }),
    ("when what is shared is dropped", |act| {
        let shared = Arc::new(Mutex::new(AtEnd(act)));
        let theirs = Arc::clone(&shared);
        thread::spawn(move || drop(theirs.lock().unwrap()));
        drop(shared.lock().unwrap());
    }),
];

/// What ends the process, as with std, once the failure has been handed over: a panic, caught or not, while std keeps a
/// lock to have the message of another one made.
fn ends_the_process(act: &str, place: &str) -> bool {
    place == "while the message of a panic is made"
        && ["panics", "goes on with a panic", "catches a panic"].contains(&act)
}

/// How the execution ends meanwhile.
const ENDS: [(&str, fn()); 7] = [
    ("returns", || ()),
    ("panics", || panic!("ends")),
    ("deadlocks", thread::park),
    ("spins without progress", || while !NEVER.load(Relaxed) {}),
    ("does what has no model", || assert!(AtomicU32::new(0).as_ptr().is_null())),
    ("panics while it unwinds", || {
        let _second = AtEnd(|| panic!("second"));
        panic!("first");
    }),
    ("catches all there is", || {
        while catch_unwind(AssertUnwindSafe(|| drop(TABLE.write().unwrap()))).is_err() {}
    }),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// A thread, while the test ends.
    Thread,
    /// The test itself, before it ends.
    Test,
}

/// Runs a program that acts in a place and ends in a way.
fn run(by: By, act: fn(), place: In, end: fn()) -> Outcome {
    let search = Search { preemptions: Some(1), executions: 40, steps: 60, ..Search::default() };
    search.run(move || match by {
        By::Thread => {
            let thread = thread::spawn(move || place(act));
            end();
            let _: Result<(), Box<dyn Any + Send>> = thread.join();
        }
        By::Test => {
            let _at_end = AtEnd(end);
            place(act);
        }
    })
}

/// Whether std's lock of the panic hook is free.
fn hook_can_be_set() -> bool {
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        std::panic::set_hook(std::panic::take_hook());
        let _ = done.send(());
    });
    is_done.recv_timeout(Duration::from_secs(5)).is_ok()
}

fn nothing_breaks_the_explorer(by: By) {
    for (act_name, act) in ACTS {
        for (place_name, place) in PLACES {
            for (end_name, end) in ENDS {
                if ends_the_process(act_name, place_name) {
                    continue;
                }
                let name = format!("{by:?}: {act_name} {place_name}; the test {end_name}");
                let outcome = run(by, act, place, end);
                assert!(!matches!(outcome, Outcome::Internal(_)), "{name}: {outcome:?}");
                assert!(!std::thread::panicking(), "{name}: std still counts a panic");
                assert!(hook_can_be_set(), "{name}: a panic hook is left behind");
                let again = run(by, act, place, end);
                assert_eq!(
                    discriminant(&again),
                    discriminant(&outcome),
                    "{name}: {outcome:?} and then {again:?}"
                );
            }
        }
    }
    passes(|| {
        assert!(thread::spawn(|| panic!("joined")).join().is_err());
        assert!(catch_unwind(|| panic!("caught")).is_err());
    });
}

// One test: it sets the hook of the process.
#[test]
fn nothing_that_a_thread_or_the_test_does_at_the_end_breaks_the_explorer() {
    nothing_breaks_the_explorer(By::Thread);
    nothing_breaks_the_explorer(By::Test);
}
