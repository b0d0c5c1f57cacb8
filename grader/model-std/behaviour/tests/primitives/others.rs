//! `until_others_wait`: the moment at which every other thread waits.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::{self, Cause};
use model_std::sync::atomic::{AtomicUsize, Ordering};
use model_std::sync::{Condvar, Mutex};
use model_std::thread;
use outcomes::{failure, outcomes, passes, set};

/// What a gate knows: whether it is open, and how often it was opened.
#[derive(Default)]
struct Gate {
    state: Mutex<(bool, usize)>,
    opened: Condvar,
}

impl Gate {
    /// Opens it, and closes it at once.
    fn pulse(&self) {
        let mut state = self.state.lock().unwrap();
        *state = (true, state.1 + 1);
        self.opened.notify_all();
        drop(state);
        self.state.lock().unwrap().0 = false;
    }

    /// Waits until it is open.
    fn wait_for_the_state(&self) {
        drop(self.opened.wait_while(self.state.lock().unwrap(), |state| !state.0).unwrap());
    }

    /// Waits until it has been opened.
    fn wait_for_the_event(&self) {
        let state = self.state.lock().unwrap();
        let before = state.1;
        drop(self.opened.wait_while(state, |state| state.1 == before).unwrap());
    }
}

/// Two threads wait when the gate opens and closes.
fn pulse_for_two(wait: fn(&Gate)) {
    let gate = Arc::new(Gate::default());
    let waiters = [(); 2].map(|()| {
        let gate = Arc::clone(&gate);
        thread::spawn(move || wait(&gate))
    });
    model::until_others_wait();
    gate.pulse();
    waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
}

#[test]
fn who_waits_by_then_is_woken_by_what_follows() {
    passes(|| pulse_for_two(Gate::wait_for_the_event));
    let failure = failure(|| pulse_for_two(Gate::wait_for_the_state));
    assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
}

#[test]
fn nobody_is_on_the_way_any_more_and_who_ended_does_not_count() {
    passes(|| {
        assert!(model::until_others_wait(), "alone");
        let steps = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&steps);
        let other = thread::spawn(move || {
            theirs.fetch_add(1, Ordering::Relaxed);
            theirs.fetch_add(1, Ordering::Relaxed);
            thread::park();
        });
        model::until_others_wait();
        // Relaxed, but an addition reads the newest value.
        assert_eq!(steps.fetch_add(0, Ordering::Relaxed), 2);
        other.thread().unpark();
        other.join().unwrap();
        model::until_others_wait();
    });
}

#[test]
fn two_threads_that_wait_for_the_others_do_not_hold_each_other_up() {
    passes(|| {
        let other = thread::spawn(|| assert!(model::until_others_wait()));
        model::until_others_wait();
        other.join().unwrap();
    });
}

#[test]
fn a_timed_wait_may_end_before_or_afterwards() {
    let ended = outcomes(|| {
        let ended = Arc::new(AtomicUsize::new(0));
        let own = Arc::clone(&ended);
        let sleeper = thread::spawn(move || {
            thread::sleep(Duration::from_millis(1));
            own.fetch_add(1, Ordering::Relaxed);
        });
        model::until_others_wait();
        let ended = ended.fetch_add(0, Ordering::Relaxed);
        sleeper.join().unwrap();
        ended
    });
    assert_eq!(ended, set([0, 1]));
}

#[test]
fn outside_of_a_search_it_does_nothing() {
    assert!(!model::until_others_wait());
}
