//! Hammers each counter with five threads and shows what is left. Given.

use std::time::Instant;

use race_counter::{AtomicCounter, Counter, LockedCounter, RacyCounter, hammer};

const THREADS: usize = 5;
const INCREMENTS: u64 = 1_000_000;

fn main() {
    println!("{THREADS} threads, {} increments each\n", grouped(INCREMENTS as i64));
    println!("{:<10}{:>12}{:>12}{:>14}{:>12}", "counter", "expected", "actual", "updates lost", "elapsed");
    row("racy", RacyCounter::new);
    row("locked", LockedCounter::new);
    row("atomic", AtomicCounter::new);
}

/// Hammers one new counter and prints its line of the table.
fn row<C: Counter>(name: &str, new: fn() -> C) {
    let counter = new();
    let start = Instant::now();
    let actual = hammer(&counter, THREADS, INCREMENTS);
    let elapsed = start.elapsed();
    let expected = THREADS as i64 * INCREMENTS as i64;
    println!(
        "{name:<10}{:>12}{:>12}{:>14}{:>9.1} ms",
        grouped(expected),
        grouped(actual),
        grouped(expected - actual),
        elapsed.as_secs_f64() * 1000.0,
    );
}

/// `1234567` as `1,234,567`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
