//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;
use std::time::Duration;

use event::{Event, Monitor};

/// `#[derive(Debug, Default)] pub struct Event`
fn event_derives() {
    fn derives<T: Debug + Default>() {}
    derives::<Event>();
}

/// `Event: Send + Sync`
fn event_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Event>();
}

/// `Event::new() -> Event`
fn event_new() {
    let _: Event = Event::new();
}

/// `Event::set(&self)`
fn event_set(event: &Event) {
    let _: () = Event::set(event);
}

/// `Event::clear(&self)`
fn event_clear(event: &Event) {
    let _: () = Event::clear(event);
}

/// `Event::is_set(&self) -> bool`
fn event_is_set(event: &Event) {
    let _: bool = Event::is_set(event);
}

/// `Event::wait(&self)`
fn event_wait(event: &Event) {
    let _: () = Event::wait(event);
}

/// `Event::wait_timeout(&self, timeout: Duration) -> bool`
fn event_wait_timeout(event: &Event, timeout: Duration) {
    let _: bool = Event::wait_timeout(event, timeout);
}

/// `Monitor: Send + Sync`
fn monitor_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Monitor>();
}

/// `Monitor::start(interval: Duration, beat: impl FnMut() + Send + 'static) -> Monitor`
fn monitor_start<F: FnMut() + Send + 'static>(interval: Duration, beat: F) {
    let _: Monitor = Monitor::start(interval, beat);
}

/// `Monitor::beats(&self) -> u64`
fn monitor_beats(monitor: &Monitor) {
    let _: u64 = Monitor::beats(monitor);
}

/// `Monitor::stop(self) -> u64`
fn monitor_stop(monitor: Monitor) {
    let _: u64 = Monitor::stop(monitor);
}

/// `impl Drop for Monitor`
#[allow(drop_bounds, reason = "whether there is an implementation is the question")]
fn monitor_drops() {
    fn drops<T: Drop>() {}
    drops::<Monitor>();
}
