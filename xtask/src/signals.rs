//! Ctrl-C, and whatever else asks the program to end.

use grader::error::Fault;
use grader::interrupt::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};

#[cfg(unix)]
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// An interrupt that is requested when the program is asked to end: by Ctrl-C, by `kill`, or because its
/// terminal is gone. Children are in process groups of their own, and are ended by the pipeline.
///
/// # Errors
/// When the system refuses to watch for a signal.
pub fn interrupt() -> Result<Interrupt, Fault> {
    let interrupt = Interrupt::default();
    for signal in SIGNALS {
        signal_hook::flag::register(signal, interrupt.flag())
            .map_err(|source| Fault::Signals { signal, source })?;
    }
    Ok(interrupt)
}
