//! The buffer can be sent to and shared between threads, with items that borrow and cannot be copied.

use std::thread;

use producer_consumer::{BoundedBuffer, Closed};

fn shared<T: Send + Sync>() {}

struct Letter<'a>(&'a str);

fn send<'a>(buffer: &BoundedBuffer<Letter<'a>>, text: &'a str) -> Option<&'a str> {
    thread::scope(|scope| {
        scope.spawn(|| buffer.put(Letter(text)).is_ok());
        buffer.take().map(|letter| letter.0)
    })
}

fn main() {
    shared::<BoundedBuffer<String>>();
    shared::<Closed<String>>();
    let _ = send;
}
