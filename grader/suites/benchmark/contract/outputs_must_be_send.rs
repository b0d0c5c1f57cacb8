//! The outputs come from other threads: an `Rc` cannot be one.

use std::num::NonZeroUsize;
use std::rc::Rc;

use benchmark::run_threaded;

fn main() {
    let _: Vec<Rc<i32>> = run_threaded(&[1, 2], NonZeroUsize::MIN, |input| Rc::new(*input));
}
