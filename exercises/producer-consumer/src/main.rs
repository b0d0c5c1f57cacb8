//! Sends numbers through pipelines of several capacities, and prints how many come out per second. Given.

use std::num::NonZeroUsize;

use producer_consumer::{Pipeline, run_pipeline};

const CAPACITIES: [NonZeroUsize; 4] = [
    NonZeroUsize::new(1).unwrap(),
    NonZeroUsize::new(10).unwrap(),
    NonZeroUsize::new(100).unwrap(),
    NonZeroUsize::new(1_000).unwrap(),
];

fn main() {
    let usual = Pipeline::default();
    println!(
        "{} producers of {} numbers each, {} consumers\n",
        usual.producers, usual.items_per_producer, usual.consumers
    );
    println!("{:>8}{:>12}{:>14}{:>18}", "capacity", "squares", "elapsed", "items per second");
    for capacity in CAPACITIES {
        row(&Pipeline { capacity, ..usual.clone() });
    }
}

/// Runs one pipeline and prints its line of the table.
fn row(pipeline: &Pipeline) {
    let report = run_pipeline(pipeline, |producer, i| (producer as u32 + 1) * (i % 1_000) as u32);
    println!(
        "{:>8}{:>12}{:>11.1} ms{:>18}",
        pipeline.capacity,
        grouped(report.squares.len() as u64),
        report.elapsed.as_secs_f64() * 1000.0,
        grouped(report.items_per_second() as u64),
    );
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
