//! What happens while the message of a panic is made, after a step of the model in it: from there on std does not know. With
//! std a panic ends the process there, caught or not; here it fails the execution.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::fmt;
use std::sync::Arc;

use model_std::model::{Cause, Failure};
use model_std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use model_std::sync::Mutex;
use model_std::thread;
use outcomes::{failure, passes};

/// Calls a function when it is shown, after it has locked, if it is to.
struct Shown(Option<Arc<Mutex<u32>>>, fn());

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(lock) = &self.0 {
            *lock.lock().unwrap() += 1;
        }
        (self.1)();
        f.write_str("shown")
    }
}

/// Calls a function when it is dropped.
struct AtEnd<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// What ends the process with std.
const FATAL: [fn(); 2] = [|| panic!("inner"), || assert!(catch_unwind(|| panic!("inner")).is_err())];

/// What does not.
const HARMLESS: [fn(); 3] = [
    || (),
    || resume_unwind(Box::new("inner")),
    || assert!(catch_unwind(|| resume_unwind(Box::new("inner"))).is_err()),
];

fn message(failure: &Failure) -> &str {
    match &failure.cause {
        Cause::Panic { message, .. } => message,
        cause => panic!("{cause:?}\n{failure}"),
    }
}

/// The explorer is as good as new.
fn assert_unharmed() {
    assert!(!std::thread::panicking());
    passes(|| {
        assert!(thread::spawn(|| panic!("joined")).join().is_err());
        assert!(catch_unwind(|| panic!("caught")).is_err());
        assert!(!thread::panicking());
    });
}

#[test]
fn a_panic_in_a_message_fails_the_execution_also_after_a_step_of_another_thread() {
    for act in FATAL {
        let failure = failure(move || {
            let lock = Arc::new(Mutex::new(0));
            let shown = Shown(Some(Arc::clone(&lock)), act);
            let thread = thread::spawn(move || panic!("{shown}"));
            *lock.lock().unwrap() += 1;
            drop(thread.join());
        });
        assert_eq!(message(&failure), "inner", "{failure}");
        assert_unharmed();
    }
}

#[test]
fn what_std_lets_pass_in_a_message_fails_nothing() {
    for act in HARMLESS {
        passes(move || {
            let lock = Arc::new(Mutex::new(0));
            let shown = Shown(Some(Arc::clone(&lock)), act);
            let thread = thread::spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| panic!("{shown}")));
                // The next panic is one like any other.
                assert!(catch_unwind(|| panic!("another")).is_err());
                result.unwrap_err().is::<String>()
            });
            let unwinds = AssertUnwindSafe(|| {
                let _at_end = AtEnd(|| drop(lock.lock()));
                resume_unwind(Box::new("counted"));
            });
            assert!(catch_unwind(unwinds).is_err());
            thread.join().unwrap();
        });
    }
}

#[test]
fn a_test_that_aborts_before_its_first_step_fails_where_it_was_asked_for_and_one_that_resumes_where_it_does()
{
    let failing: [(fn(), &str); 2] = [
        (|| std::process::abort(), "outcomes/src/lib.rs"),
        (|| resume_unwind(Box::new("resumed")), "tests/messages.rs"),
    ];
    for (fails, file) in failing {
        let failure = failure(fails);
        let Cause::Panic { place: Some(place), .. } = &failure.cause else { panic!("{failure}") };
        assert!(place.file.ends_with(file), "{file}: {failure}");
        assert_unharmed();
    }
}
