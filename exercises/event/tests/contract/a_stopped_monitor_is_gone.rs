//! `stop` takes the monitor by value: it cannot be stopped twice.

use std::time::Duration;

use event::Monitor;

fn main() {
    // As a pointer: rustc has nothing to quote of how the function is written.
    let stop: fn(Monitor) -> u64 = Monitor::stop;
    let monitor = Monitor::start(Duration::from_secs(1), || ());
    stop(monitor);
    Monitor::beats(&monitor);
}
