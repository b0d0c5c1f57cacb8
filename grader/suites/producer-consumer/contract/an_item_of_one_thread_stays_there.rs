//! Reference counts that are not atomic must not cross threads, not even in a buffer.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::thread;

use producer_consumer::BoundedBuffer;

fn main() {
    let buffer = BoundedBuffer::new(NonZeroUsize::MIN);
    thread::scope(|scope| {
        scope.spawn(|| buffer.put(Rc::new(7)).is_ok());
        buffer.take();
    });
}
