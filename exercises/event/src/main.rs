//! Five workers wait until a service is ready; a monitor looks after it, and stops without delay. Given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use event::{Event, Monitor};

const WORKERS: usize = 5;
const INITIALISATION_TAKES: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_millis(20);
const INTERVAL: Duration = Duration::from_millis(25);
const SERVICE_RUNS: Duration = Duration::from_millis(140);
/// Nobody would want to wait for the end of it.
const AN_HOUR: Duration = Duration::from_secs(3_600);

fn main() {
    initialise();
    beat_and_stop();
}

/// Workers wait for an initialisation, with a look at the clock in between.
fn initialise() {
    let ready = Arc::new(Event::new());
    let start = Instant::now();
    println!("{WORKERS} workers wait for a service to be ready\n");
    let workers: Vec<_> = (1..=WORKERS)
        .map(|number| {
            let ready = Arc::clone(&ready);
            thread::spawn(move || {
                let mut gave_up = 0;
                while !ready.wait_timeout(PATIENCE) {
                    gave_up += 1;
                }
                (number, gave_up, start.elapsed())
            })
        })
        .collect();
    thread::sleep(INITIALISATION_TAKES);
    ready.set();
    println!("{:<12}{:>14}{:>16}", "worker", "not ready yet", "released after");
    for worker in workers {
        let (number, gave_up, after) = worker.join().expect("a worker does not panic");
        println!("{:<12}{gave_up:>14}{:>13.1} ms", format!("worker {number}"), after.as_secs_f64() * 1000.0);
    }
}

/// A monitor beats, and is stopped in the middle of an interval; another one in the middle of an hour.
fn beat_and_stop() {
    let last = Arc::new(AtomicU64::new(0));
    let theirs = Arc::clone(&last);
    let start = Instant::now();
    let monitor = Monitor::start(INTERVAL, move || {
        let now = start.elapsed().as_micros();
        theirs.store(u64::try_from(now).unwrap_or(u64::MAX), Ordering::Relaxed);
    });
    thread::sleep(SERVICE_RUNS);
    let beats = monitor.stop();
    println!(
        "\na monitor with an interval of {} ms: {beats} beats in {} ms, the last one at {:.1} ms",
        INTERVAL.as_millis(),
        start.elapsed().as_millis(),
        last.load(Ordering::Relaxed) as f64 / 1000.0
    );

    let monitor = Monitor::start(AN_HOUR, || ());
    let asked = Instant::now();
    let beats = monitor.stop();
    println!(
        "a monitor with an interval of an hour: {beats} beats, stopped {:.1} ms after it was asked to",
        asked.elapsed().as_secs_f64() * 1000.0
    );
}
