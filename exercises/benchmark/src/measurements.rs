//! Does the work in each way. Given.

use std::io;

use benchmark::{Comparison, Gil, Runtime, Workload, compare, threads_help};

use crate::options::Options;
use crate::workloads::{PageServer, download, sha256, strings};

/// One kind of work on one runtime.
pub struct Measurement {
    pub workload: Workload,
    pub runtime: Runtime,
    pub times: Comparison,
    /// Whether `threads_help` says that threads make it faster.
    pub expected_to_help: bool,
}

/// Both kinds of work on both runtimes.
///
/// # Errors
///
/// When the page server cannot be started.
pub fn all(options: &Options) -> io::Result<Vec<Measurement>> {
    let server = PageServer::start(options.delay)?;
    let pages = server.pages();
    let strings = strings(options.size.get());
    let threads = options.threads;
    // A thread releases the lock while it waits, as Python's own functions for I/O do, and holds it while
    // it computes.
    let gil = Gil::new();
    let measurements = [
        (Workload::Io, Runtime::Native, compare(&pages, threads, |page| download(page))),
        (
            Workload::Io,
            Runtime::Gil,
            compare(&pages, threads, |page| gil.attach(|attached| attached.detach(|| download(page)))),
        ),
        (Workload::Cpu, Runtime::Native, compare(&strings, threads, |text| sha256(text))),
        (Workload::Cpu, Runtime::Gil, compare(&strings, threads, |text| gil.attach(|_| sha256(text)))),
    ];
    let measurements = measurements.into_iter().map(|(workload, runtime, times)| Measurement {
        workload,
        runtime,
        times,
        expected_to_help: threads_help(workload, runtime),
    });
    Ok(measurements.collect())
}
