//! Inputs, job and outputs may borrow from the caller, and need no more than the contract says.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};

use benchmark::{Comparison, compare, run_sequential, run_threaded};

/// Neither `Sync`, `Clone`, `Default` nor `Debug`, and borrowed.
struct Output<'a>(Cell<&'a str>);

/// `Sync`, but not `Send`.
struct Input<'a>(MutexGuard<'a, String>);

// Only compiled: there may be nothing to run yet.
fn threads_borrow() {
    let texts = [Mutex::new(String::from("a")), Mutex::new(String::from("b"))];
    let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input(text.lock().unwrap())).collect();
    let suffix = String::from("c");
    let outputs: Vec<Output<'_>> = run_threaded(&inputs, NonZeroUsize::MIN, |input| {
        Output(Cell::new(if input.0.is_empty() { suffix.as_str() } else { "d" }))
    });
    drop(outputs);
    let lengths: Vec<usize> = run_threaded(&inputs, NonZeroUsize::MIN, |input| input.0.len() + suffix.len());
    let _: Comparison = compare(&inputs, NonZeroUsize::MIN, |input| input.0.len() + lengths.len());
    // One after the other everything may stay on its thread.
    let calls = Cell::new(0);
    let _: Vec<std::rc::Rc<i32>> = run_sequential(&[Cell::new(1)], |input| {
        calls.set(calls.get() + 1);
        std::rc::Rc::new(input.get())
    });
}

fn main() {
    let _ = threads_borrow;
}
