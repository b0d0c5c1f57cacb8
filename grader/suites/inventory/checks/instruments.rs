//! What the checks hold, and how they hold it.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use harness::message;
use inventory::Inventory;

/// What the thread returned; a panic in it is a panic here, with its message.
pub fn finish<T>(thread: JoinHandle<T>) -> T {
    match thread.join() {
        Ok(value) => value,
        Err(payload) => panic!("a thread panicked: {}", message(&*payload)),
    }
}

/// Starts a thread that uses what is shared; `role` is its name in schedules.
pub fn with<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: &Arc<T>,
    work: impl FnOnce(&T) -> R + Send + 'static,
) -> JoinHandle<R> {
    start_boxed(role, Arc::clone(shared), Box::new(work))
}

/// Compiled once for all closures that return the same.
fn start_boxed<T: Send + Sync + 'static, R: Send + 'static>(
    role: &str,
    shared: Arc<T>,
    work: Box<dyn FnOnce(&T) -> R + Send>,
) -> JoinHandle<R> {
    harness::model::name_next_thread(role);
    thread::spawn(move || work(&shared))
}

/// The message of the panic of `call`, or what it returned.
pub fn attempt<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(call)).map_err(|payload| message(&*payload).to_owned())
}

/// The stock of every shelf, one after the other.
pub fn stocks(inventory: &Inventory) -> Vec<u32> {
    (0..Inventory::shelves(inventory)).map(|shelf| Inventory::stock(inventory, shelf)).collect()
}

/// Checks what is on the shelves, and that the total is their sum.
pub fn holds(inventory: &Inventory, expected: &[u32], when: &str) {
    assert_eq!(stocks(inventory), expected, "the stock of each shelf, {when}");
    let sum: u64 = expected.iter().map(|stock| u64::from(*stock)).sum();
    assert_eq!(Inventory::total(inventory), sum, "the total of {expected:?}, {when}");
}
