//! A lock is released by the thread that acquired it: a guard cannot be sent to another one.
//!
//! This compiles only where neither guard is `Send`. For a type that is, both implementations apply and rustc
//! cannot tell which one is meant. (A program that sends a guard fails, too, but with a message that quotes
//! std's source on some machines and not on others.)

use read_write_lock::{ReadGuard, WriteGuard};

struct AnyType;
struct CanBeSent;

trait StaysInItsThread<Marker> {
    fn stays_in_its_thread() {}
}

impl<T> StaysInItsThread<AnyType> for T {}
impl<T: Send> StaysInItsThread<CanBeSent> for T {}

fn main() {
    ReadGuard::<'static, i32>::stays_in_its_thread();
    WriteGuard::<'static, i32>::stays_in_its_thread();
}
