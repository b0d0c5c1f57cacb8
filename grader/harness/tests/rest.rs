//! The only test of its process: the threads of others would not sleep.

use std::sync::{Arc, Barrier};
use std::thread;

use harness::stress::{Sleepers, rest, sleepers, until_others_sleep};

#[test]
fn threads_that_wait_sleep_and_one_that_has_woken_shows() {
    let barrier = Arc::new(Barrier::new(3));
    let waiting = [(); 2].map(|()| {
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            barrier.wait();
            barrier.wait();
        })
    });
    until_others_sleep();
    let before = sleepers();
    rest().assert_quiet("two threads at a barrier");
    assert_eq!(before, sleepers(), "a thread that is only watched stays as it is");
    barrier.wait();
    until_others_sleep();
    if before != Sleepers::Unknown {
        assert_ne!(before, sleepers(), "each has gone from one barrier to the next");
    }
    barrier.wait();
    waiting.into_iter().for_each(|thread| thread.join().expect("no panic"));
}
