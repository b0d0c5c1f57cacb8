//! A job works for inputs that live for any time, so its result cannot borrow from one of them.

use std::num::NonZeroUsize;

use benchmark::run_threaded;

fn main() {
    let inputs = [String::from("a"), String::from("b")];
    let _: Vec<&str> = run_threaded(&inputs, NonZeroUsize::MIN, |input| input.as_str());
}
