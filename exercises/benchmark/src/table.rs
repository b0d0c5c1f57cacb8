//! The measurements as a table. Given.

use std::fmt::Write;
use std::num::NonZeroUsize;
use std::time::Duration;

use benchmark::{Runtime, Workload};

use crate::measurements::Measurement;
use crate::workloads::JOBS;

/// One line for each measurement.
pub fn of(measurements: &[Measurement], threads: NonZeroUsize) -> String {
    let threads = format!("{threads} threads");
    let mut text = format!(
        "{:<29}{:<12}{:>12}{threads:>14}{:>10}   {}\n",
        "work", "runtime", "sequential", "speed-up", "do threads help?"
    );
    for Measurement { workload, runtime, times, expected_to_help } in measurements {
        let answer = if *expected_to_help { "you say yes" } else { "you say no" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<29}{:<12}{:>12}{:>14}{:>9.2}x   {answer}",
            name(*workload),
            match runtime {
                Runtime::Native => "native",
                Runtime::Gil => "under a GIL",
            },
            milliseconds(times.sequential),
            milliseconds(times.threaded),
            times.speedup(),
        );
    }
    text
}

/// What is done.
pub fn name(workload: Workload) -> String {
    match workload {
        Workload::Io => format!("I/O: {JOBS} pages"),
        Workload::Cpu => format!("CPU: SHA-256 of {JOBS} strings"),
    }
}

/// `1234.5 ms`
pub fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
