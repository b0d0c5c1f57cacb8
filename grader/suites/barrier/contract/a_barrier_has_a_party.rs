//! A barrier for nobody would be complete before anybody came.

use barrier::Barrier;

fn main() {
    let parties: usize = 0;
    // As a value: rustc has nothing to quote of how the function is written.
    let new: fn(_) -> Barrier = Barrier::new;
    new(parties);
}
