//! Several threads read the inputs: a `Cell` cannot be one.

use std::cell::Cell;
use std::num::NonZeroUsize;

use benchmark::run_threaded;

fn main() {
    let inputs = [Cell::new(1), Cell::new(2)];
    let _: Vec<i32> = run_threaded(&inputs, NonZeroUsize::MIN, |input| input.get());
}
