//! The data are for one thread at a time: another one cannot look through a guard.

use reentrant_lock::ReentrantGuard;

fn shared<T: Sync>() {}

fn main() {
    shared::<ReentrantGuard<'static, i32>>();
}
