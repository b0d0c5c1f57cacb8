//! `Gil::attach` and `Attached::detach`, when what they run panics.

use std::sync::Barrier;
use std::thread;

use benchmark::Gil;

use crate::instruments::{Room, attach, detach, finish, panics, scoped, start, survive};

#[test]
fn a_panic_while_attached_reaches_the_caller_and_lets_go() {
    let gil = Gil::new();
    for _ in 0..2 {
        survive(|| attach(&gil, |_| panics()));
    }
    // From another thread, and from this one.
    let other =
        scoped(|scope| finish(start("visitor", scope, || attach(&gil, |attached| detach(attached, || 1)))));
    assert_eq!(other + attach(&gil, |_| 1), 2);
}

#[test]
fn a_panic_while_detached_reaches_the_caller_and_lets_go() {
    let gil = Gil::new();
    for _ in 0..2 {
        survive(|| attach(&gil, |attached| detach(attached, panics)));
    }
    let other =
        scoped(|scope| finish(start("visitor", scope, || attach(&gil, |attached| detach(attached, || 1)))));
    assert_eq!(other + attach(&gil, |_| 1), 2);
}

/// Threads that wait while the attached thread panics are attached afterwards.
#[test]
fn a_panic_while_attached_wakes_the_waiters() {
    let gil = Gil::new();
    scoped(|scope| {
        let mut waiting = None;
        survive(|| {
            attach(&gil, |_| {
                waiting = Some([(); 2].map(|()| start("waiter", scope, || attach(&gil, |_| ()))));
                panics();
            })
        });
        waiting.into_iter().flatten().for_each(finish);
    });
}

/// The panic is caught inside `attach`: there the thread is attached again.
#[cfg(engine = "model")]
#[test]
fn after_a_panic_in_detach_the_thread_is_alone_again() {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        let other = start("visitor", scope, || attach(&gil, |_| room.visit()));
        let mine = attach(&gil, |attached| {
            survive(|| detach(attached, panics));
            room.visit()
        });
        mine.max(finish(other))
    });
    assert_eq!(most, 1, "threads that were attached at the same time");
}

/// The same, with the other thread attached for certain when the panic begins.
#[test]
fn a_panic_in_detach_waits_for_the_lock() {
    let (gil, room, inside) = (Gil::new(), Room::default(), Barrier::new(2));
    let most = scoped(|scope| {
        attach(&gil, |attached| {
            survive(|| {
                detach(attached, || {
                    start("visitor", scope, || {
                        attach(&gil, |_| {
                            room.enter();
                            inside.wait();
                            thread::yield_now();
                            // On real threads, a `detach` that does not wait has the time to return.
                            #[cfg(engine = "stress")]
                            harness::until_others_wait();
                            room.leave();
                        })
                    });
                    inside.wait();
                    panics();
                })
            });
            room.enter()
        })
    });
    assert_eq!(most, 1, "threads that were attached at the same time, after a panic in `detach`");
}

/// The panic leaves `attach`: the lock is released once, and not again while another thread holds it.
#[cfg(engine = "model")]
#[test]
fn a_panic_through_detach_and_attach_releases_the_lock_once() {
    let (gil, room) = (Gil::new(), Room::default());
    let most = scoped(|scope| {
        let panicking =
            start("panicker", scope, || survive(|| attach(&gil, |attached| detach(attached, panics))));
        let other = start("visitor", scope, || attach(&gil, |_| room.visit()));
        let mine = attach(&gil, |_| room.visit());
        finish(panicking);
        mine.max(finish(other))
    });
    assert_eq!(most, 1, "threads that were attached at the same time");
    assert_eq!(attach(&gil, |_| room.visit()), 1, "threads that are attached when all others have ended");
}

/// After a panic in `detach` that was caught, another `detach` lets other threads attach as before.
#[test]
fn after_a_panic_a_thread_may_detach_again() {
    let gil = Gil::new();
    let brought = scoped(|scope| {
        attach(&gil, |attached| {
            survive(|| detach(attached, panics));
            let other = start("visitor", scope, || attach(&gil, |_| 5));
            detach(attached, || finish(other))
        })
    });
    assert_eq!(brought, 5, "what the other thread returned");
}

/// Code that cleans up while a panic unwinds may use the lock as well.
#[test]
fn a_thread_may_attach_while_it_unwinds() {
    struct CleansUp<'a>(&'a Gil, &'a Room);
    impl Drop for CleansUp<'_> {
        fn drop(&mut self) {
            attach(self.0, |attached| {
                self.1.enter();
                detach(attached, || ());
            });
        }
    }
    let (gil, room) = (Gil::new(), Room::default());
    survive(|| {
        let _cleans_up = CleansUp(&gil, &room);
        panics();
    });
    assert_eq!(room.inside(), 1, "destructors that have attached");
    assert_eq!(attach(&gil, |_| 3), 3);
}

/// The same beside other threads: the panic of a thread that unwinds need not come from what it runs
/// attached.
#[cfg(engine = "model")]
#[test]
fn a_thread_that_unwinds_is_alone_as_any_other() {
    struct CleansUp<'a>(&'a Gil, &'a Room);
    impl Drop for CleansUp<'_> {
        fn drop(&mut self) {
            attach(self.0, |attached| {
                detach(attached, || ());
                // Not `assert`: a panic while unwinding would abort the process.
                self.1.enter();
                self.1.leave();
            });
        }
    }
    let (gil, room) = (Gil::new(), Room::default());
    scoped(|scope| {
        let other = start("visitor", scope, || {
            attach(&gil, |_| {
                room.enter();
                room.leave();
            })
        });
        survive(|| {
            let _cleans_up = CleansUp(&gil, &room);
            panics();
        });
        // A lock that was released once too often is free while the other thread holds it.
        attach(&gil, |_| {
            room.enter();
            room.leave();
        });
        finish(other);
    });
    assert_eq!(room.most(), 1, "threads that were attached at the same time");
}
