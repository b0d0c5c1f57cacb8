//! Tests of what comes of a panic of the explorer itself. Their programs are not in the explorer's folder, where every panic
//! is its own.

#![cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, unused_imports, reason = "what ends a process is not caught there")
)]

use core::cell::RefCell;
use real::rc::Rc;

use crate::explore::acting::with;
use crate::explore::panics::{self, abort_on_unwind};
use crate::explore::{InternalError, Outcome, Replay, Search, crash};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Arc, Mutex};
use crate::{panic, thread};

/// Panics as the explorer would, while it changes its state.
fn crash() {
    with(|_| panic!("broken"));
}

struct CrashesWhenDropped;

impl Drop for CrashesWhenDropped {
    fn drop(&mut self) {
        crash();
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("second");
    }
}

/// Locks, and starts a thread, whatever unwinds.
struct ActsWhenDropped(Arc<Mutex<u32>>);

impl Drop for ActsWhenDropped {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
        thread::spawn(|| ()).join().unwrap();
    }
}

fn in_a_thread() {
    let count = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&count);
    let thread = thread::spawn(move || {
        let _acts = ActsWhenDropped(Arc::clone(&theirs));
        *theirs.lock().unwrap() += 1;
        crash();
    });
    *count.lock().unwrap() += 1;
    thread.join().unwrap();
}

fn after_a_choice() {
    let cell = Arc::new(AtomicU32::new(0));
    let theirs = Arc::clone(&cell);
    let thread = thread::spawn(move || theirs.store(1, Ordering::SeqCst));
    if cell.load(Ordering::SeqCst) == 1 {
        crash();
    }
    thread.join().unwrap();
}

fn in_a_destructor_of_a_thread() {
    crate::thread_local!(static END: RefCell<Option<CrashesWhenDropped>> = const { RefCell::new(None) });
    thread::spawn(|| END.set(Some(CrashesWhenDropped))).join().unwrap();
}

fn in_a_hook() {
    panic::set_hook(Box::new(|_| crash()));
    thread::spawn(|| panic!("of the program")).join().unwrap_err();
}

fn again_and_again() {
    while panic::catch_unwind(crash).is_err() {}
}

/// Runs a program in which the explorer crashes before the program fails, if that does.
fn assert_internal_error(broken: fn()) {
    let handed_over = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&handed_over);
    let search = Search::default()
        .on_failure(|failure| unreachable!("handed over: {failure}"))
        .on_internal_error(move |error| sink.borrow_mut().push(error.clone()));
    assert_is_the_crash(search.run(broken), handed_over.take().first());
}

fn assert_is_the_crash(outcome: Outcome, handed_over: Option<&InternalError>) {
    let Outcome::Internal(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.message, "broken");
    let file = error.place.file.as_ref();
    assert!(file.ends_with("internal_error.rs") || file.ends_with("crash.rs"), "{error}");
    assert_eq!(handed_over, Some(&error));
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_panic_of_the_explorer_is_no_failure_of_the_program() {
    let broken: [fn(); 9] = [
        crash,
        crash::crash,
        in_a_thread,
        after_a_choice,
        in_a_destructor_of_a_thread,
        in_a_hook,
        again_and_again,
        || drop(panics::catch(crash)),
        || abort_on_unwind("this", crash),
    ];
    broken.into_iter().for_each(assert_internal_error);
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_panic_of_the_explorer_after_that_of_the_program_is_no_failure_of_the_program() {
    // The program's panic was handed over, where it fails the program: whoever wants to hear of the crash as well does.
    let broken: [fn(); 3] = [
        || {
            let _crashes = CrashesWhenDropped;
            panic!("of the program");
        },
        || {
            panic::set_hook(Box::new(|_| crash()));
            panic!("of the program");
        },
        || {
            let thread = thread::spawn(|| {
                let _crashes = CrashesWhenDropped;
                panic!("of the program");
            });
            thread.join().unwrap_err();
        },
    ];
    for broken in broken {
        let handed_over = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&handed_over);
        let search = Search::default().on_internal_error(move |error| sink.borrow_mut().push(error.clone()));
        match search.run(broken) {
            // A hook is not run once the execution has failed.
            Outcome::Failed(failure) => assert_eq!(failure.message(), "of the program"),
            outcome => assert_is_the_crash(outcome, handed_over.take().first()),
        }
    }
}

#[test]
fn the_schedule_of_a_crash_leads_to_it_again() {
    let Outcome::Internal(error) = Search::default().run(after_a_choice) else { panic!("no crash") };
    assert!(!error.schedule.choices.is_empty(), "{error}");
    assert!(error.to_string().ends_with(&error.schedule.to_string()), "{error}");
    let replay = Search::default().replay(&error.schedule, after_a_choice);
    let Replay::Followed(Outcome::Internal(again)) = replay else { panic!("{replay:?}") };
    assert_eq!(again, error);
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn what_the_explorer_calls_belongs_to_it() {
    // A deadlock is found in the middle of a step, and a panic in the panic hook, where std lets nothing panic.
    let failing: [fn(); 3] = [
        thread::park,
        || panic!("of the program"),
        || {
            let _second = PanicsWhenDropped;
            panic!("of the program");
        },
    ];
    for fails in failing {
        let Outcome::Failed(failure) = Search::default().run(fails) else { panic!("it does not fail") };
        let search = Search { at_failure: Some(|| panic!("broken")), ..Search::default() };
        let Replay::Followed(outcome) = search.replay(&failure.schedule, fails) else {
            panic!("it diverged")
        };
        let Outcome::Internal(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.message, "broken");
    }
}

#[test]
fn a_search_inside_of_another_one_panics() {
    let Outcome::Failed(failure) = Search::default().run(|| drop(Search::default().run(|| ()))) else {
        panic!("it does not fail")
    };
    assert_eq!(failure.message(), "a search inside of another search");
}
