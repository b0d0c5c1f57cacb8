//! `threads_help`.

use benchmark::{Gil, Runtime, Workload};

#[test]
fn waiting_overlaps_natively() {
    assert!(benchmark::threads_help(Workload::Io, Runtime::Native), "I/O-bound work on native threads");
}

#[test]
fn waiting_overlaps_under_the_gil() {
    assert!(
        benchmark::threads_help(Workload::Io, Runtime::Gil),
        "I/O-bound work under a global interpreter lock"
    );
}

#[test]
fn computing_overlaps_natively() {
    assert!(benchmark::threads_help(Workload::Cpu, Runtime::Native), "CPU-bound work on native threads");
}

#[test]
fn computing_does_not_overlap_under_the_gil() {
    assert!(
        !benchmark::threads_help(Workload::Cpu, Runtime::Gil),
        "CPU-bound work under a global interpreter lock"
    );
}
