//! An event and a monitor can be sent to and shared between threads. A beat is called by one thread at a time: it
//! may change what it owns, and need not be `Sync`.

use std::cell::Cell;
use std::time::Duration;

use event::{Event, Monitor};

fn shared<T: Send + Sync + 'static>() {}

fn main() {
    shared::<Event>();
    shared::<Monitor>();
    let (mut calls, seen) = (0, Cell::new(0));
    let monitor: fn(Duration) -> Monitor = |interval| Monitor::start(interval, || ());
    let _ = monitor;
    let beat = move || {
        calls += 1;
        seen.set(calls);
    };
    let _ = move || Monitor::start(Duration::from_secs(1), beat);
}
