//! Rust's own tests of `std::sync`, in every interleaving.
//!
//! They are those of `library/std/tests/sync` in <https://github.com/rust-lang/rust> (1.95.0, under the MIT and the
//! Apache-2.0 licence, as this project is) that need no unstable interface. What is changed: fewer threads, messages
//! and rounds, as all interleavings are tried; a `static mut` is an atomic. What is left out: four tests that spin
//! without a yield until another thread gets its turn (`port_gone_concurrent` and `…_shared`, `test_recv_try_iter`,
//! `sync_once_cell_does_not_leak_partially_constructed_boxes`), and one that takes it for certain that a thread is
//! scheduled within 5 ms (`stress_recv_timeout_two_threads`), and one that the model found to deadlock after a spurious
//! wakeup: it joins a thread while it holds the lock that this thread needs (`poison_wait_timeout_wake`).

#![allow(warnings, reason = "the tests are as Rust has them")]
#![allow(clippy::all, clippy::pedantic, reason = "the tests are as Rust has them")]

extern crate model_std as std;

#[path = "std_sync/barrier.rs"]
mod barrier;
#[path = "std_sync/condvar.rs"]
mod condvar;
#[path = "std_sync/lazy_lock.rs"]
mod lazy_lock;
#[path = "std_sync/mpsc.rs"]
mod mpsc;
#[path = "std_sync/mpsc_oneshot.rs"]
mod mpsc_oneshot;
#[path = "std_sync/mpsc_receive.rs"]
mod mpsc_receive;
#[path = "std_sync/mpsc_sync.rs"]
mod mpsc_sync;
#[path = "std_sync/mpsc_sync_attempts.rs"]
mod mpsc_sync_attempts;
#[path = "std_sync/mpsc_sync_oneshot.rs"]
mod mpsc_sync_oneshot;
#[path = "std_sync/mutex.rs"]
mod mutex;
#[path = "std_sync/once.rs"]
mod once;
#[path = "std_sync/once_lock.rs"]
mod once_lock;
#[path = "std_sync/rwlock.rs"]
mod rwlock;
