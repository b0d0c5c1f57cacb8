//! What the memory model leaves out is part of the coverage exactly where a program comes to it.

use std::sync::Arc;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use model_std::model::{Limit, Limits, Search};
use model_std::sync::Mutex;
use model_std::sync::atomic::{AtomicU32, fence};
use model_std::thread;

type Cells = [AtomicU32; 3];

/// By which limits a search without a bound leaves something out, with a thread for each body.
fn left_out<const N: usize>(bodies: [fn(&Cells); N]) -> Limits {
    let search = Search { preemptions: None, executions: 1_000_000, ..Search::default() };
    let run = move || {
        let cells = Arc::new([const { AtomicU32::new(0) }; 3]);
        let threads = bodies.map(|body| {
            let cells = Arc::clone(&cells);
            thread::spawn(move || body(&cells))
        });
        for thread in threads {
            thread.join().unwrap();
        }
    };
    outcomes::collect(search, run).1.limits
}

fn copies(from: usize, to: usize, load: Ordering, store: Ordering) -> impl Fn(&Cells) {
    move |cells| cells[to].store(cells[from].load(load), store)
}

#[test]
fn load_buffering_is_left_out_where_weak_loads_come_before_stores() {
    assert!(
        left_out([|c| copies(0, 1, Relaxed, Relaxed)(c), |c| copies(1, 0, Relaxed, Relaxed)(c)])
            .contains(Limit::LoadBuffering)
    );
    assert!(
        left_out([|c| copies(0, 1, Relaxed, Relaxed)(c), |c| copies(1, 0, Acquire, Relaxed)(c)])
            .contains(Limit::LoadBuffering),
        "the relaxed half may be executed in the other order"
    );
    assert!(
        left_out([
            |c| copies(0, 1, Relaxed, Relaxed)(c),
            |c| copies(1, 2, Relaxed, Relaxed)(c),
            |c| copies(2, 0, Relaxed, Relaxed)(c)
        ])
        .contains(Limit::LoadBuffering)
    );
}

#[test]
fn load_buffering_is_no_matter_where_happens_before_excludes_it() {
    let excluded = [
        left_out([|c| copies(0, 1, Acquire, Release)(c), |c| copies(1, 0, Acquire, Release)(c)]),
        left_out([|c| copies(0, 1, SeqCst, SeqCst)(c), |c| copies(1, 0, SeqCst, SeqCst)(c)]),
        // No two threads load what the other one stores.
        left_out([|c| copies(0, 1, Relaxed, Relaxed)(c), |c| copies(0, 1, Relaxed, Relaxed)(c)]),
        left_out([|c| copies(0, 1, Relaxed, Relaxed)(c), |c| copies(1, 2, Relaxed, Relaxed)(c)]),
        // A store, then a load.
        left_out([
            |c| {
                c[0].store(1, Relaxed);
                c[1].load(Relaxed);
            },
            |c| {
                c[1].store(1, Relaxed);
                c[0].load(Relaxed);
            },
        ]),
        // One counter.
        left_out([
            |c| {
                c[0].fetch_add(1, Relaxed);
                c[0].fetch_add(1, Relaxed);
            },
            |c| {
                c[0].fetch_add(1, Relaxed);
            },
        ]),
        left_out([
            |c| {
                let read = c[0].load(Relaxed);
                fence(AcqRel);
                c[1].store(read, Relaxed);
            },
            |c| {
                let read = c[1].load(Relaxed);
                fence(AcqRel);
                c[0].store(read, Relaxed);
            },
        ]),
    ];
    for (number, limits) in excluded.into_iter().enumerate() {
        assert!(!limits.contains(Limit::LoadBuffering), "{number}: {limits}");
    }
}

#[test]
fn locks_leave_out_nothing() {
    let coverage = outcomes::passes(|| {
        let count = Arc::new((Mutex::new(0), AtomicU32::new(0), AtomicU32::new(0)));
        let threads = [(); 2].map(|()| {
            let count = Arc::clone(&count);
            thread::spawn(move || {
                let mut guard = count.0.lock().unwrap();
                *guard += 1;
                count.2.store(count.1.load(Relaxed), Relaxed);
                count.1.store(count.2.load(Relaxed) + 1, Relaxed);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert!(coverage.limits.is_empty(), "{coverage}");
}

fn reads(times: usize, cells: &Cells) {
    for _ in 0..times {
        cells[0].load(Relaxed);
    }
}

#[test]
fn a_fourth_stale_read_is_left_out() {
    let stores: fn(&Cells) = |cells| cells[0].store(1, Relaxed);
    assert!(left_out([stores, |c| reads(4, c)]).contains(Limit::StaleLoads));
    let three = left_out([stores, |c| reads(3, c)]);
    assert!(!three.contains(Limit::StaleLoads), "{three}");
}

#[test]
fn another_order_of_seqcst_operations_is_left_out_where_something_weaker_leads_from_one_to_the_other() {
    let weak_flag: fn(&Cells) = |cells| {
        cells[0].store(1, SeqCst);
        cells[1].store(1, Relaxed);
    };
    let weak_look: fn(&Cells) = |cells| {
        cells[1].load(Relaxed);
        cells[0].load(SeqCst);
    };
    assert!(left_out([weak_flag, weak_look]).contains(Limit::SeqCstOrder));
    let seq_cst: fn(&Cells) = |cells| {
        cells[0].store(1, SeqCst);
        cells[1].store(1, SeqCst);
        cells[2].load(SeqCst);
    };
    let other: fn(&Cells) = |cells| {
        cells[2].store(1, SeqCst);
        cells[1].load(SeqCst);
        cells[0].load(SeqCst);
    };
    let limits = left_out([seq_cst, other]);
    assert!(limits.is_empty(), "{limits}");
}

#[test]
fn z6_is_left_out() {
    // The first figure of "Repairing Sequential Consistency in C/C++11": the addition reads 1, the load 3, and the
    // last load 0. That takes the order of the addition, the store of 3, the last load, and the first store.
    let bodies: [fn(&Cells); 3] = [
        |cells| {
            cells[0].store(1, SeqCst);
            cells[1].store(1, Release);
        },
        |cells| {
            cells[1].fetch_add(1, SeqCst);
            cells[1].load(Relaxed);
        },
        |cells| {
            cells[1].store(3, SeqCst);
            cells[0].load(SeqCst);
        },
    ];
    assert!(left_out(bodies).contains(Limit::SeqCstOrder));
}
