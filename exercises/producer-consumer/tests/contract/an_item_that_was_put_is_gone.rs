//! `put` takes the item: it belongs to the buffer, and then to the consumer that takes it.

use std::num::NonZeroUsize;

use producer_consumer::BoundedBuffer;

fn main() {
    let buffer = BoundedBuffer::new(NonZeroUsize::MIN);
    let item = String::from("an item");
    // Called through a variable: so rustc's message does not depend on how `put` is written.
    let put = BoundedBuffer::put;
    let _ = put(&buffer, item);
    println!("{item}");
}
