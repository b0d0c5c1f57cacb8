//! A `Cell` cannot be shared between threads, so a counter cannot be made of one.

use std::cell::Cell;

use race_counter::Counter;

struct CellCounter(Cell<i64>);

impl Counter for CellCounter {
    fn add(&self, amount: i64) {
        self.0.set(self.0.get() + amount);
    }

    fn value(&self) -> i64 {
        self.0.get()
    }
}

fn main() {}
