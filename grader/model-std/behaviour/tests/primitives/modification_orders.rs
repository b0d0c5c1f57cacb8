//! The memory model where the modification order of an atomic is not the order of execution: the shapes R, S and 2+2W
//! of herd's catalogue and of "Repairing Sequential Consistency in C/C++11" (Lahav et al., PLDI 2017), causality over
//! three threads, and exchanges. Each with the outcomes that RC11 allows, and no other.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use model_std::model::{Failure, Operation};
use model_std::sync::atomic::{AtomicU32, fence};
use model_std::thread;
use outcomes::{outcomes, set};

/// What each thread does with two atomics, both 0, and what it has read.
type Body = Arc<dyn Fn(&AtomicU32, &AtomicU32) -> u32 + Send + Sync>;

fn body(body: impl Fn(&AtomicU32, &AtomicU32) -> u32 + Send + Sync + 'static) -> Body {
    Arc::new(body)
}

/// Runs a thread for each body. Returns what they have read, and the final values.
fn runs<const N: usize>(bodies: [Body; N]) -> BTreeSet<([u32; N], [u32; 2])> {
    outcomes(move || {
        let shared = Arc::new([const { AtomicU32::new(0) }; 2]);
        let threads = bodies.clone().map(|body| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || body(&shared[0], &shared[1]))
        });
        let read = threads.map(|thread| thread.join().unwrap());
        (read, [shared[0].load(Relaxed), shared[1].load(Relaxed)])
    })
}

/// Stores to one atomic and then to the other.
fn writes(order: Ordering, fenced: Option<Ordering>, [x, y]: [u32; 2]) -> Body {
    body(move |first, second| {
        first.store(x, order);
        fenced.into_iter().for_each(fence);
        second.store(y, order);
        0
    })
}

/// The same body with the atomics in each other's place.
fn mirrored(of: Body) -> Body {
    body(move |x, y| of(y, x))
}

fn two_plus_two_writes(order: Ordering, fenced: Option<Ordering>) -> bool {
    let bodies = [writes(order, fenced, [1, 2]), mirrored(writes(order, fenced, [1, 2]))];
    runs(bodies).contains(&([0, 0], [1, 1]))
}

#[test]
fn two_plus_two_writes_are_excluded_by_seqcst_alone() {
    assert!(two_plus_two_writes(Relaxed, None));
    assert!(two_plus_two_writes(Release, None));
    assert!(two_plus_two_writes(Relaxed, Some(AcqRel)));
    assert!(!two_plus_two_writes(SeqCst, None));
    assert!(!two_plus_two_writes(Relaxed, Some(SeqCst)));
}

/// R: a store and a load against two stores.
fn shape_r(writer: Ordering, store: Ordering, load: Ordering, fenced: Option<Ordering>) -> bool {
    let reader = body(move |x, y| {
        y.store(2, store);
        fenced.into_iter().for_each(fence);
        x.load(load)
    });
    runs([writes(writer, fenced, [1, 1]), reader]).contains(&([0, 0], [1, 2]))
}

#[test]
fn r_is_excluded_by_seqcst_alone() {
    assert!(shape_r(Relaxed, Relaxed, Relaxed, None));
    assert!(shape_r(Release, Release, Acquire, None));
    assert!(shape_r(SeqCst, Release, SeqCst, None), "the store need not be ordered with the load behind it");
    assert!(shape_r(SeqCst, SeqCst, Acquire, None));
    assert!(shape_r(Relaxed, Relaxed, Relaxed, Some(AcqRel)));
    assert!(!shape_r(SeqCst, SeqCst, SeqCst, None));
    assert!(!shape_r(Relaxed, Relaxed, Relaxed, Some(SeqCst)));
}

#[test]
fn a_seqcst_load_overtakes_a_release_store() {
    let reader = body(|x, y| {
        y.store(1, Release);
        x.load(SeqCst)
    });
    assert!(runs([reader, writes(SeqCst, None, [1, 2])]).contains(&([0, 0], [1, 1])));
}

/// S: a load and a store against two stores.
fn shape_s(write: Ordering, load: Ordering, store: Ordering) -> bool {
    let reader = body(move |x, y| {
        let read = y.load(load);
        x.store(1, store);
        read
    });
    runs([writes(write, None, [2, 1]), reader]).contains(&([0, 1], [2, 1]))
}

#[test]
fn s_is_excluded_by_release_and_acquire() {
    assert!(shape_s(Relaxed, Relaxed, Relaxed));
    assert!(shape_s(Release, Relaxed, Release));
    assert!(shape_s(Relaxed, Acquire, Relaxed));
    assert!(!shape_s(Release, Acquire, Relaxed));
    assert!(!shape_s(SeqCst, SeqCst, SeqCst));
}

/// Write to read causality: the third thread has seen what the second one wrote after it had seen the first one's.
fn write_to_read(load: Ordering, store: Ordering) -> bool {
    let first = body(|x, _| {
        x.store(1, Relaxed);
        0
    });
    let second = body(move |x, y| {
        let read = x.load(load);
        y.store(1, store);
        read
    });
    let third = body(move |x, y| 10 * y.load(load) + x.load(Relaxed));
    runs([first, second, third]).iter().any(|(read, _)| *read == [0, 1, 10])
}

#[test]
fn causality_is_handed_on_by_release_and_acquire() {
    assert!(write_to_read(Relaxed, Relaxed));
    assert!(write_to_read(Relaxed, Release));
    assert!(write_to_read(Acquire, Relaxed));
    assert!(!write_to_read(Acquire, Release));
}

/// Read to write causality: store buffering where another thread has read what the first one stored.
fn read_to_write(order: Ordering, load: Ordering) -> bool {
    let first = body(move |x, _| {
        x.store(1, order);
        0
    });
    let second = body(move |x, y| 10 * x.load(load) + y.load(load));
    let third = body(move |x, y| {
        y.store(1, order);
        x.load(load)
    });
    runs([first, second, third]).iter().any(|(read, _)| *read == [0, 10, 0])
}

#[test]
fn read_to_write_causality_takes_seqcst() {
    assert!(read_to_write(Relaxed, Relaxed));
    assert!(read_to_write(Release, Acquire));
    assert!(!read_to_write(SeqCst, SeqCst));
}

#[test]
fn a_thread_s_own_stores_stay_in_order() {
    let twice = |order: Ordering| {
        body(move |x, _| {
            x.store(1, order);
            x.store(2, order);
            0
        })
    };
    for order in [Relaxed, Release, SeqCst] {
        assert_eq!(runs([twice(order)]), set([([0], [2, 0])]));
    }
    // Another thread's may come before, between and behind.
    let other = body(|x, _| {
        x.store(3, Relaxed);
        10 * x.load(Relaxed) + x.load(Relaxed)
    });
    let read: BTreeSet<_> =
        runs([twice(Relaxed), other]).into_iter().map(|(read, last)| (read[1], last[0])).collect();
    assert_eq!(read, set([(33, 3), (33, 2), (31, 2), (32, 2), (11, 2), (12, 2), (22, 2)]));
}

#[test]
fn nothing_comes_between_a_read_modify_write_and_what_it_read() {
    let read = runs([
        body(|x, _| x.fetch_add(10, Relaxed)),
        body(|x, _| {
            x.store(1, Relaxed);
            0
        }),
    ]);
    // It may also come before the store when it is executed behind it.
    assert_eq!(read, set([([0, 0], [1, 0]), ([1, 0], [11, 0])]));
}

#[test]
fn a_read_modify_write_may_come_behind_an_older_store() {
    let read = runs([
        body(|x, y| {
            x.store(1, Relaxed);
            y.store(1, Relaxed);
            0
        }),
        body(|x, y| 10 * y.load(Relaxed) + x.fetch_add(5, Relaxed)),
    ]);
    assert!(read.contains(&([0, 10], [1, 1])), "{read:?}");
}

fn exchange_after_flag(strong: bool, failure: Ordering, flag: Ordering) -> BTreeSet<([u32; 2], [u32; 2])> {
    runs([
        body(move |x, y| {
            x.store(1, Relaxed);
            y.store(1, flag);
            0
        }),
        body(move |x, y| {
            let seen = y.load(failure);
            let result = if strong {
                x.compare_exchange(9, 5, Relaxed, failure)
            } else {
                x.compare_exchange_weak(9, 5, Relaxed, failure)
            };
            10 * seen + result.unwrap_err()
        }),
    ])
}

#[test]
fn an_exchange_that_fails_may_read_a_stale_value() {
    let stale = ([0, 10], [1, 1]);
    for strong in [true, false] {
        assert!(exchange_after_flag(strong, Relaxed, Relaxed).contains(&stale));
        assert!(exchange_after_flag(strong, Relaxed, Release).contains(&stale));
        assert!(!exchange_after_flag(strong, Acquire, Release).contains(&stale));
        assert!(!exchange_after_flag(strong, SeqCst, SeqCst).contains(&stale));
    }
}

#[test]
fn a_strong_exchange_never_fails_with_the_value_that_it_expects() {
    let read = runs([
        body(|x, _| {
            x.store(1, Relaxed);
            0
        }),
        body(|x, _| x.compare_exchange(0, 5, Relaxed, Relaxed).unwrap_or_else(|found| 10 + found)),
    ]);
    assert_eq!(read, set([([0, 0], [1, 0]), ([0, 11], [1, 0])]));
}

#[test]
fn an_update_in_a_loop_loses_nothing() {
    let add = || body(|x, _| x.fetch_update(Relaxed, Relaxed, |old| Some(old + 1)).unwrap());
    let last: BTreeSet<u32> = runs([add(), add()]).into_iter().map(|(_, last)| last[0]).collect();
    assert_eq!(last, set([2]));
}

fn places_before_another(failure: &Failure) -> bool {
    failure
        .execution
        .steps
        .iter()
        .any(|step| matches!(step.operation, Operation::Store { before: Some(_), .. }))
}

#[test]
fn a_failure_shows_which_store_comes_before_an_earlier_one() {
    let failure = outcomes::failure(|| {
        let shared = Arc::new([const { AtomicU32::new(0) }; 2]);
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other[0].store(1, Relaxed);
            other[1].store(2, Relaxed);
        });
        shared[1].store(1, Relaxed);
        shared[0].store(2, Relaxed);
        thread.join().unwrap();
        assert_ne!([shared[0].load(Relaxed), shared[1].load(Relaxed)], [1, 1]);
    });
    assert!(places_before_another(&failure), "{failure}");
    assert!(failure.to_string().contains("(before that of "), "{failure}");
}
