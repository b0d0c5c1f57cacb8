//! A lock is released by the thread that acquired it, and another guard of that thread lends the same data: so a
//! guard can neither be sent to another thread nor be looked through there.
//!
//! This compiles only where the guard is neither `Send` nor `Sync`. For a type that is, two implementations apply
//! and rustc cannot tell which one is meant. (A program that sends a guard fails, too, but with a message that
//! quotes std's source on some machines and not on others.)

use reentrant_lock::ReentrantGuard;

struct AnyType;
struct CanBeSent;
struct CanBeShared;

trait StaysInItsThread<Marker> {
    fn stays_in_its_thread() {}
}

impl<T> StaysInItsThread<AnyType> for T {}
impl<T: Send> StaysInItsThread<CanBeSent> for T {}
impl<T: Sync> StaysInItsThread<CanBeShared> for T {}

fn main() {
    ReentrantGuard::<'static, i32>::stays_in_its_thread();
}
