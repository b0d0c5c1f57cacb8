//! `Gil::attach` and `Attached::detach`. Nothing panics here, except where memory orderings are checked.
//!
//! Nothing here attaches inside `attach` or detaches inside `detach`.

use std::rc::Rc;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
#[cfg(engine = "model")]
use std::time::{Duration, Instant};

use benchmark::Gil;
#[cfg(engine = "model")]
use harness::model::{choose, lateness};
#[cfg(engine = "stress")]
use harness::stress::{Rng, seed, until_others_sleep};

use crate::instruments::{Room, attach, detach, finish, scoped, start};
#[cfg(engine = "model")]
use crate::instruments::{InTheEnd, panics, survive};

/// Each thread attaches and visits the room; this one does, too.
#[cfg(engine = "model")]
fn attached_threads_are_alone_with(others: usize) {
    let (gil, room) = (Gil::new(), Room::default());
    let visit = || attach(&gil, |_| room.visit());
    let most = scoped(|scope| {
        let others: Vec<_> = (0..others).map(|_| start("visitor", scope, visit)).collect();
        let mine = visit();
        others.into_iter().map(finish).max().max(Some(mine))
    });
    assert_eq!(most, Some(1), "threads that were attached at the same time");
    assert_eq!(visit(), 1, "threads that are attached when all others have ended");
}

#[cfg(engine = "model")]
#[test]
fn one_thread_is_attached_at_a_time() {
    attached_threads_are_alone_with(2);
}

/// Two of them wait for the third, in every order; the caller does not attach.
#[cfg(engine = "model")]
#[test]
fn three_others_all_get_their_turn() {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        let threads = [(); 3].map(|()| start("visitor", scope, || attach(&gil, |_| room.visit())));
        threads.map(finish).into_iter().max()
    });
    assert_eq!(most, Some(1), "threads that were attached at the same time");
}

/// Attaches several times in a row: in between, the other thread is woken and may find the lock taken again.
#[cfg(engine = "model")]
#[test]
fn a_waiting_thread_gets_its_turn_among_others() {
    let (gil, room) = (Gil::new(), Room::default());
    let visit = || attach(&gil, |_| room.visit());
    let most = scoped(|scope| {
        let other = start("visitor", scope, visit);
        let mine = [visit(), visit(), visit()];
        mine.into_iter().max().max(Some(finish(other)))
    });
    assert_eq!(most, Some(1), "threads that were attached at the same time");
}

/// Attaches, visits the room, detaches for a moment, and visits it again.
#[cfg(engine = "model")]
fn visits(gil: &Gil, room: &Room) -> usize {
    attach(&gil, |attached| {
        let before = room.visit();
        detach(attached, || ());
        before.max(room.visit())
    })
}

#[cfg(engine = "model")]
fn detaching_threads_are_alone_again(others: usize) {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        let others: Vec<_> = (0..others).map(|_| start("visitor", scope, || visits(&gil, &room))).collect();
        let mine = visits(&gil, &room);
        others.into_iter().map(finish).max().max(Some(mine))
    });
    assert_eq!(most, Some(1), "threads that were attached at the same time");
}

#[cfg(engine = "model")]
#[test]
fn after_detach_a_thread_is_alone_again() {
    detaching_threads_are_alone_again(1);
}

#[cfg(engine = "model")]
#[test]
fn three_threads_that_detach_are_alone_again() {
    detaching_threads_are_alone_again(2);
}

/// One thread detaches, two only attach: arriving and returning threads wait for the same lock.
#[cfg(engine = "model")]
#[test]
fn a_returning_thread_is_woken_among_new_ones() {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        let others = [(); 2].map(|()| start("visitor", scope, || attach(&gil, |_| room.visit())));
        let mine = visits(&gil, &room);
        others.map(finish).into_iter().max().max(Some(mine))
    });
    assert_eq!(most, Some(1), "threads that were attached at the same time");
}

/// The thread that detaches waits for one that has to attach first.
#[test]
fn while_a_thread_is_detached_another_one_can_attach() {
    let gil = Gil::new();
    scoped(|scope| {
        let other = attach(&gil, |attached| {
            let other = start("visitor", scope, || attach(&gil, |_| 17));
            detach(attached, || finish(other))
        });
        assert_eq!(other, 17, "what the other thread returned");
    });
}

/// Two threads wait when the lock becomes free: the first to attach has to wake the second.
#[test]
fn while_a_thread_is_detached_all_others_can_attach() {
    let gil = Gil::new();
    scoped(|scope| {
        attach(&gil, |attached| {
            let others = [(); 2].map(|()| start("visitor", scope, || attach(&gil, |_| ())));
            detach(attached, || others.map(finish));
        });
    });
}

/// In the model a timed wait takes its whole timeout and a notification takes no time: a waiting thread
/// attaches once the lock is free, not when it happens to check again. Only a thread that is slow is late.
#[cfg(engine = "model")]
fn waits_for(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[cfg(engine = "model")]
#[test]
fn a_waiting_thread_gets_in_as_soon_as_the_lock_is_free() {
    const WORK: Duration = Duration::from_millis(10);
    let gil = Gil::new();
    scoped(|scope| {
        let waiting = attach(&gil, |_| {
            let waiting = start("waiter", scope, || waits_for(|| attach(&gil, |_| ())));
            thread::sleep(WORK);
            waiting
        });
        let waited = finish(waiting);
        assert!(
            waited <= WORK + lateness(),
            "waited for {waited:?} to attach: the lock was free after {WORK:?}"
        );
    });
}

#[cfg(engine = "model")]
#[test]
fn a_waiting_thread_gets_in_while_another_is_detached() {
    const WORK: Duration = Duration::from_millis(10);
    let gil = Gil::new();
    scoped(|scope| {
        let waited = attach(&gil, |attached| {
            let waiting = start("waiter", scope, || waits_for(|| attach(&gil, |_| ())));
            thread::sleep(WORK);
            detach(attached, || finish(waiting))
        });
        assert!(
            waited <= WORK + lateness(),
            "waited for {waited:?} to attach: the lock was free after {WORK:?}"
        );
    });
}

#[cfg(engine = "model")]
#[test]
fn a_returning_thread_gets_in_as_soon_as_the_lock_is_free() {
    const WORK: Duration = Duration::from_millis(10);
    let gil = Gil::new();
    scoped(|scope| {
        attach(&gil, |attached| {
            let waited = waits_for(|| {
                detach(attached, || {
                    start("visitor", scope, || attach(&gil, |_| thread::sleep(WORK)));
                })
            });
            assert!(
                waited <= WORK + lateness(),
                "waited for {waited:?} to come back: the lock was free after {WORK:?}"
            );
        });
    });
}

/// Both wait inside `detach` until the other one is inside, too.
#[test]
fn several_threads_are_detached_at_the_same_time() {
    #[cfg(engine = "model")]
    const THREADS: usize = 2;
    #[cfg(engine = "stress")]
    const THREADS: usize = 12;
    let (gil, everybody) = (Gil::new(), Barrier::new(THREADS));
    let meet = || {
        attach(&gil, |attached| {
            detach(attached, || {
                everybody.wait();
            })
        })
    };
    scoped(|scope| {
        for _ in 1..THREADS {
            start("visitor", scope, meet);
        }
        meet();
    });
}

/// `detach` returns only once the thread that has attached meanwhile has released the lock.
#[test]
fn detach_returns_when_the_lock_is_free_again() {
    let (gil, step) = (Gil::new(), AtomicUsize::new(0));
    let inside = Barrier::new(2);
    let seen = scoped(|scope| {
        attach(&gil, |attached| {
            let other = detach(attached, || {
                let other = start("visitor", scope, || {
                    attach(&gil, |_| {
                        inside.wait();
                        // On real threads, a `detach` that does not wait has the time to return.
                        #[cfg(engine = "stress")]
                        harness::until_others_wait();
                        step.store(1, Ordering::Relaxed);
                    })
                });
                // Now the other thread is attached, and this `detach` only has to take the lock again.
                inside.wait();
                other
            });
            let seen = step.load(Ordering::Relaxed);
            finish(other);
            seen
        })
    });
    assert_eq!(seen, 1, "`detach` returned while another thread was attached");
}

#[test]
fn a_thread_may_detach_again_and_again() {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        attach(&gil, |attached| {
            let first = start("visitor", scope, || attach(&gil, |_| room.visit()));
            let first = detach(attached, || finish(first)).max(room.visit());
            let second = start("visitor", scope, || attach(&gil, |_| room.visit()));
            first.max(room.visit()).max(detach(attached, || finish(second)))
        })
    });
    assert_eq!(most, 1, "threads that were attached at the same time");
}

/// Only the lock makes what one thread writes happen before what the next one reads, also where a panic releases or
/// acquires it.
#[cfg(engine = "model")]
#[test]
fn what_an_attached_thread_wrote_the_next_one_reads() {
    let (gil, number) = (Gil::new(), AtomicUsize::new(0));
    let add_one = || number.store(number.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    let add_twice = || {
        attach(&gil, |attached| {
            add_one();
            detach(attached, || ());
            add_one();
        })
    };
    let way = choose(4);
    scoped(|scope| {
        start("adder", scope, || match way {
            0 => add_twice(),
            1 => {
                survive(|| {
                    attach(&gil, |_| {
                        add_one();
                        panics();
                    })
                });
                attach(&gil, |_| add_one());
            }
            2 => attach(&gil, |attached| {
                add_one();
                survive(|| detach(attached, panics));
                add_one();
            }),
            _ => survive(|| [InTheEnd(add_twice)].map(|_in_the_end| panics())),
        });
        attach(&gil, |_| add_one());
    });
    assert_eq!(number.load(Ordering::Relaxed), 3, "three additions by attached threads");
}

/// Two threads visit one lock while a third is attached to another one, for which a fourth waits.
#[test]
fn two_locks_have_nothing_to_do_with_each_other() {
    let (one, other, room) = (Gil::new(), Gil::default(), Room::default());
    let most = scoped(|scope| {
        attach(&other, |_| {
            start("waiter", scope, || attach(&other, |_| ()));
            let visitors = [(); 2].map(|()| start("visitor", scope, || attach(&one, |_| room.visit())));
            visitors.map(finish)
        })
    });
    assert_eq!(most, [1; 2], "threads that were attached to the same lock at the same time");
}

/// Values that are not `Send` go in and out: everything runs on the calling thread.
#[test]
fn attach_and_detach_return_what_they_ran() {
    let gil = Gil::default();
    let here = thread::current().id();
    let text = Rc::new(String::from("a"));
    let longer = gil.attach(|attached| {
        assert_eq!(thread::current().id(), here, "the thread that ran the closure of `attach`");
        let inner = attached.detach(|| {
            assert_eq!(thread::current().id(), here, "the thread that ran the closure of `detach`");
            Rc::new(format!("{text}b"))
        });
        Rc::new(format!("{inner}c"))
    });
    assert_eq!(*longer, "abc");
}

/// Many real threads, with numbers that only the lock protects.
#[cfg(engine = "stress")]
#[test]
fn many_threads_share_one_lock() {
    const THREADS: usize = 8;
    const TURNS: u64 = 2_000;
    let (gil, room, sum) = (Gil::new(), Room::default(), AtomicUsize::new(0));
    // A load and a store: only the critical section makes them one step.
    let add_one = || sum.store(sum.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    let ready = Barrier::new(THREADS);
    let work = |number: u64| {
        let mut rng = Rng::new(seed() + number);
        ready.wait();
        let mut added = 0;
        for _ in 0..TURNS {
            added += attach(&gil, |attached| {
                assert_eq!(room.enter(), 1, "threads that are attached");
                add_one();
                room.leave();
                if rng.below(2) == 0 {
                    return 1;
                }
                let yields = rng.below(3);
                detach(attached, || (0..yields).for_each(|_| thread::yield_now()));
                assert_eq!(room.enter(), 1, "threads that are attached, after `detach`");
                add_one();
                room.leave();
                2
            });
        }
        added
    };
    let work = &work;
    let added: usize = scoped(|scope| {
        let threads: Vec<_> =
            (0..THREADS as u64).map(|number| start("visitor", scope, move || work(number))).collect();
        threads.into_iter().map(finish).sum()
    });
    assert_eq!(sum.load(Ordering::Relaxed), added, "additions by attached threads");
    a_crowd_waits();
    // More visits than a small integer can count.
    for _ in 0..40_000 {
        attach(&gil, |attached| detach(attached, || ()));
    }
}

/// All of them wait at the same time, and each gets its turn.
#[cfg(engine = "stress")]
fn a_crowd_waits() {
    let gil = Gil::new();
    scoped(|scope| {
        attach(&gil, |_| {
            (0..256).for_each(|_| drop(start("waiter", scope, || attach(&gil, |_| ()))));
            until_others_sleep();
        })
    });
}
