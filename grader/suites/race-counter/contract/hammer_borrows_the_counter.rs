//! `hammer` borrows its counter: the counter may itself borrow from the caller.

use race_counter::{AtomicCounter, Counter, hammer};

struct Forwarding<'a>(&'a AtomicCounter);

impl Counter for Forwarding<'_> {
    fn add(&self, amount: i64) {
        self.0.add(amount)
    }

    fn value(&self) -> i64 {
        self.0.value()
    }
}

fn main() {
    let counter = AtomicCounter::new();
    let _: i64 = hammer(&Forwarding(&counter), 2, 10);
    let _: i64 = counter.value();
}
