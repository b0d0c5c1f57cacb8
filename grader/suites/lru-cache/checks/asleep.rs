//! Threads that wait for a value which another thread is making are blocked: they use no processor time and
//! do not poll.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use harness::stress::rest;
use lru_cache::LruCache;

use crate::instruments::{finish, holding, room_for, with};

const WAITERS: usize = 3;

/// Blocks a `make` until the check opens it.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    reached: bool,
    open: bool,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.reached = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |state| !state.open).unwrap());
    }

    fn wait_until_reached(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| !state.reached).unwrap());
    }

    fn open(&self) {
        self.state.lock().unwrap().open = true;
        self.changed.notify_all();
    }
}

/// Makes sure that the other threads sleep, and opens the gate.
fn assert_asleep(gate: &Gate) {
    let rest = rest();
    gate.open();
    rest.assert_quiet("the threads that waited");
}

/// Others ask for the value while it is made, one of them in another way.
fn those_who_wait_for_a_value_sleep(other: fn(&LruCache<u32, u32>), values: &[u32]) {
    let cache = Arc::new(holding(4, &[(1, 10)]));
    let gate = Arc::new(Gate::default());
    let started = Arc::new(Barrier::new(WAITERS + 2));
    let theirs = Arc::clone(&gate);
    let maker = with("maker", &cache, move |cache| {
        cache.get_or_insert_with(7, || {
            theirs.pass();
            70
        })
    });
    gate.wait_until_reached();
    let waiters = [(); WAITERS].map(|()| {
        let started = Arc::clone(&started);
        with("waiter", &cache, move |cache| {
            started.wait();
            cache.get_or_insert_with(7, || 71)
        })
    });
    let theirs = Arc::clone(&started);
    let other = with("caller", &cache, move |cache| {
        theirs.wait();
        other(cache);
    });
    started.wait();
    assert_asleep(&gate);
    finish(other);
    let got = [finish(maker)].into_iter().chain(waiters.map(finish)).collect::<Vec<_>>();
    assert!(
        got.iter().all(|value| values.contains(value)),
        "the thread that made 70 and those that waited got {got:?}, the values were {values:?}"
    );
}

/// A `get` and a `put` of the key may wait, or are done at once.
#[test]
fn threads_that_wait_for_a_value_sleep() {
    those_who_wait_for_a_value_sleep(|cache| _ = cache.get(&7), &[70]);
    those_who_wait_for_a_value_sleep(|cache| _ = cache.put(7, 72), &[70, 72]);
}

/// A value whose `clone` blocks at a gate, once the check wants it to.
#[derive(Default)]
struct Slow(Option<Arc<(AtomicBool, Gate)>>);

impl Clone for Slow {
    fn clone(&self) -> Self {
        if let Some((wanted, gate)) = self.0.as_deref()
            && wanted.load(Ordering::SeqCst)
        {
            gate.pass();
        }
        Slow(self.0.clone())
    }
}

/// A cache may clone with its lock held, and others wait meanwhile; or without, and they are done at once.
#[test]
fn threads_that_wait_for_each_other_sleep() {
    let slow = Arc::new((AtomicBool::new(false), Gate::default()));
    let (wanted, gate) = &*slow;
    let cache = Arc::new(LruCache::new(room_for(4)));
    cache.put(1, Slow::default());
    cache.put(7, Slow(Some(Arc::clone(&slow))));
    wanted.store(true, Ordering::SeqCst);
    let reader = with("reader", &cache, |cache| drop(cache.get(&7)));
    gate.wait_until_reached();
    let started = Arc::new(Barrier::new(WAITERS + 1));
    let calls: [fn(&LruCache<u32, Slow>); WAITERS] = [
        |cache| drop(cache.get(&1)),
        |cache| drop(cache.put(2, Slow::default())),
        |cache| drop(cache.get_or_insert_with(3, || Slow::default())),
    ];
    let waiters = calls.map(|call| {
        let started = Arc::clone(&started);
        with("waiter", &cache, move |cache| {
            started.wait();
            call(cache);
        })
    });
    started.wait();
    assert_asleep(gate);
    finish(reader);
    waiters.into_iter().for_each(finish);
    assert_eq!(cache.len(), 4, "the number of entries");
}
