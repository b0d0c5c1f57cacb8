//! The time of day, on the same virtual clock as instants.

use std::sync::Arc;

use model_std::model::{Limit, Operation, lateness};
use model_std::sync::atomic::AtomicBool;
use model_std::sync::atomic::Ordering::{Acquire, Release};
use model_std::sync::{Condvar, Mutex, mpsc};
use model_std::thread;
use model_std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use outcomes::{failure, outcomes, passes, set};

const MOMENT: Duration = Duration::from_millis(2);
/// How long a slow thread is delayed.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn an_execution_begins_at_the_same_time_of_day_each_time() {
    let begins = outcomes(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    assert_eq!(begins.len(), 1, "{begins:?}");
    // No file and no certificate of today is of a later time.
    assert!(begins > set([1_900_000_000]), "{begins:?}");
}

#[test]
fn a_sleep_moves_the_time_of_day_as_far_as_instants() {
    let took = outcomes(|| {
        let (day, start) = (SystemTime::now(), Instant::now());
        thread::sleep(MOMENT);
        let took = (day.elapsed().unwrap(), start.elapsed());
        assert!(took.0 >= MOMENT && took.0 <= MOMENT + lateness(), "{took:?}");
        took
    });
    assert!(took.contains(&(MOMENT, MOMENT)), "{took:?}");
    assert!(took.contains(&(MOMENT + DAY, MOMENT + DAY)), "delayed before both looks: {took:?}");
    assert!(took.contains(&(MOMENT, MOMENT + DAY)), "delayed between them: {took:?}");
}

#[test]
fn every_timed_wait_moves_the_time_of_day() {
    let waits: [fn(); 3] = [
        || thread::park_timeout(MOMENT),
        || drop(Condvar::new().wait_timeout_while(Mutex::new(()).lock().unwrap(), MOMENT, |()| true)),
        || {
            let (_sender, receiver) = mpsc::channel::<()>();
            receiver.recv_timeout(MOMENT).unwrap_err();
        },
    ];
    for wait in waits {
        let took = outcomes(move || {
            let (day, start) = (SystemTime::now(), Instant::now());
            wait();
            // Without a delay between the looks they agree, also after a spurious wakeup.
            let took = (day.elapsed().unwrap(), start.elapsed());
            assert!(took.0 == took.1 || lateness() == DAY, "{took:?}");
            took.0
        });
        assert!(took.contains(&MOMENT), "{took:?}");
    }
}

#[test]
fn a_loop_with_a_deadline_in_the_time_of_day_ends_in_both_ways() {
    let ends = outcomes::outcomes_within(1, || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let setter = thread::spawn(move || theirs.store(true, Release));
        let deadline = SystemTime::now() + MOMENT;
        let mut came = false;
        while !came && SystemTime::now() < deadline {
            came = flag.load(Acquire);
        }
        setter.join().unwrap();
        came
    });
    assert_eq!(ends, set([false, true]));
}

#[test]
fn a_loop_over_the_time_of_day_alone_ends() {
    passes(|| {
        let start = SystemTime::now();
        while start.elapsed().unwrap() < MOMENT {}
    });
}

#[test]
fn a_thread_that_gives_up_by_the_time_of_day_although_it_has_what_it_waited_for_is_found() {
    let failure = failure(|| {
        let free = Mutex::new(1);
        let start = SystemTime::now();
        *free.lock().unwrap() -= 1;
        assert!(start.elapsed().unwrap() < MOMENT, "it gives up although it has one");
    });
    assert!(failure.message().contains("it gives up although it has one"), "{failure}");
    let looks = failure.execution.steps.iter().filter(|step| matches!(step.operation, Operation::Now { .. }));
    assert_eq!(looks.count(), 2, "{failure}");
}

#[test]
fn the_time_of_day_does_not_go_back_across_a_happens_before_edge() {
    let coverage = passes(|| {
        let (sender, receiver) = mpsc::channel();
        let sleeper = thread::spawn(move || {
            thread::sleep(MOMENT);
            sender.send(SystemTime::now()).unwrap();
        });
        let theirs = receiver.recv().unwrap();
        assert!(SystemTime::now() >= theirs);
        sleeper.join().unwrap();
    });
    assert!(coverage.limits.contains(Limit::Delays), "{coverage}");
}
