//! The thread of a monitor may live longer than the function that starts it.

use std::time::Duration;

use event::Monitor;

fn start(name: &str) -> Monitor {
    Monitor::start(Duration::from_secs(1), move || println!("{name}"))
}

fn main() {
    start("a monitor").stop();
}
