//! Blocked threads use no processor time and do not poll.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;

use harness::stress::{rest, until_others_sleep};
use producer_consumer::BoundedBuffer;

use crate::instruments::{finish, pipeline, run_pipeline, size, with};

const WAITERS: usize = 3;

/// Threads that begin `wait` at the same time.
fn waiters(
    buffer: &Arc<BoundedBuffer<usize>>,
    wait: fn(&BoundedBuffer<usize>) -> bool,
) -> [thread::JoinHandle<bool>; WAITERS] {
    let start = Arc::new(Barrier::new(WAITERS + 1));
    let waiters = [(); WAITERS].map(|()| {
        let start = Arc::clone(&start);
        with("waiter", buffer, move |buffer| {
            start.wait();
            wait(buffer)
        })
    });
    start.wait();
    waiters
}

#[test]
fn consumers_that_wait_sleep() {
    let buffer = Arc::new(BoundedBuffer::new(size(2)));
    let waiters = waiters(&buffer, |buffer| buffer.take().is_none());
    rest().assert_quiet("threads that wait for an item");
    buffer.close();
    assert!(waiters.map(finish).into_iter().all(|ended| ended), "closing ends the wait for an item");
}

#[test]
fn producers_that_wait_sleep() {
    let buffer = Arc::new(BoundedBuffer::new(size(2)));
    assert_eq!([buffer.put(1), buffer.put(2)], [Ok(()), Ok(())]);
    let waiters = waiters(&buffer, |buffer| buffer.put(3).is_err());
    rest().assert_quiet("threads that wait for a place");
    buffer.close();
    assert!(waiters.map(finish).into_iter().all(|ended| ended), "closing ends the wait for a place");
}

/// Blocks every thread that passes until the check opens it.
#[derive(Default)]
struct Gate {
    /// How many threads have arrived, and whether it is open.
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |(_, open)| !*open).unwrap());
    }

    fn wait_for(&self, arrivals: usize) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |(arrived, _)| *arrived < arrivals).unwrap());
    }

    fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }
}

/// The first producer panics, and the other one waits in `number`.
fn a_pipeline_with_a_panic_sleeps() {
    let gate = Arc::new(Gate::default());
    let run = with("caller", &gate, |gate| {
        let run = || {
            run_pipeline(&pipeline(2, 2, 2, 2), &|producer, _| {
                assert!(producer > 0, "the check makes this call of `number` panic");
                gate.pass();
                1
            })
        };
        panic::catch_unwind(AssertUnwindSafe(run)).is_err()
    });
    gate.wait_for(1);
    until_others_sleep();
    let rest = rest();
    gate.open();
    assert!(finish(run), "a panic of `number` reaches the caller");
    rest.assert_quiet("the threads of a pipeline of which one producer has panicked and the other one waits");
}

/// All producers wait in `number`: the consumers have nothing to do, nor has the caller.
#[test]
fn an_idle_pipeline_sleeps() {
    let gate = Arc::new(Gate::default());
    let run = with("caller", &gate, |gate| {
        run_pipeline(&pipeline(2, 2, 2, 2), &|_, _| {
            gate.pass();
            1
        })
    });
    gate.wait_for(2);
    let rest = rest();
    gate.open();
    assert_eq!(finish(run).squares, [1; 4], "the squares of four times one");
    rest.assert_quiet("the threads of a pipeline that wait for the first number");
    a_pipeline_with_a_panic_sleeps();
}
