//! `run_pipeline` borrows: the closure may hold references, and need not be `Send` or `'static`.

use std::sync::MutexGuard;

use producer_consumer::{Pipeline, PipelineReport, run_pipeline};

/// A guard is `Sync` and not `Send`.
fn run(pipeline: &Pipeline, offset: &MutexGuard<'_, u32>) -> PipelineReport {
    run_pipeline(pipeline, |producer, i| producer as u32 + i as u32 + **offset)
}

/// What is captured by value makes the closure itself not `Send`.
fn run_with(pipeline: &Pipeline, offset: MutexGuard<'_, u32>) -> PipelineReport {
    run_pipeline(pipeline, move |producer, i| producer as u32 + i as u32 + *offset)
}

fn main() {
    let _ = (run, run_with);
}
