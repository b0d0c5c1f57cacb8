//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::time::Duration;

use producer_consumer::{BoundedBuffer, Closed, Pipeline, PipelineReport};

/// `#[derive(Debug, PartialEq, Eq)] pub struct Closed<T>(pub T);`
fn closed<T: Debug + Eq>(item: T) {
    fn derives<T: Debug + PartialEq + Eq>(_: &T) {}
    let closed = Closed(item);
    derives(&closed);
    let _: T = closed.0;
}

/// `BoundedBuffer<T>: Send + Sync`
fn buffer_is_shared<T: Send + Sync>() {
    fn shared<T: Send + Sync>() {}
    shared::<BoundedBuffer<T>>();
}

/// `BoundedBuffer::new(capacity: NonZeroUsize) -> BoundedBuffer<T>`
fn buffer_new<T>(capacity: NonZeroUsize) {
    let _: BoundedBuffer<T> = BoundedBuffer::new(capacity);
}

/// `BoundedBuffer::put(&self, item: T) -> Result<(), Closed<T>>`
fn buffer_put<T>(buffer: &BoundedBuffer<T>, item: T) {
    let _: Result<(), Closed<T>> = BoundedBuffer::put(buffer, item);
}

/// `BoundedBuffer::take(&self) -> Option<T>`
fn buffer_take<T>(buffer: &BoundedBuffer<T>) {
    let _: Option<T> = BoundedBuffer::take(buffer);
}

/// `BoundedBuffer::close(&self)`
fn buffer_close<T>(buffer: &BoundedBuffer<T>) {
    let _: () = BoundedBuffer::close(buffer);
}

/// `BoundedBuffer::len(&self) -> usize`
fn buffer_len<T>(buffer: &BoundedBuffer<T>) {
    let _: usize = BoundedBuffer::len(buffer);
}

/// `BoundedBuffer::is_empty(&self) -> bool`
fn buffer_is_empty<T>(buffer: &BoundedBuffer<T>) {
    let _: bool = BoundedBuffer::is_empty(buffer);
}

/// `BoundedBuffer::capacity(&self) -> usize`
fn buffer_capacity<T>(buffer: &BoundedBuffer<T>) {
    let _: usize = BoundedBuffer::capacity(buffer);
}

/// `#[derive(Debug, Clone)] pub struct Pipeline { producers: usize, consumers: usize, capacity: NonZeroUsize, items_per_producer: u64 }`
fn pipeline(producers: usize, consumers: usize, capacity: NonZeroUsize, items_per_producer: u64) {
    fn derives<T: Debug + Clone>(_: T) {}
    derives(Pipeline { producers, consumers, capacity, items_per_producer });
}

/// `impl Default for Pipeline`
fn pipeline_default() {
    let _: Pipeline = Pipeline::default();
}

/// `#[derive(Debug, Clone)] pub struct PipelineReport { squares: Vec<u64>, elapsed: Duration }`
fn report(squares: Vec<u64>, elapsed: Duration) {
    fn derives<T: Debug + Clone>(_: T) {}
    derives(PipelineReport { squares, elapsed });
}

/// `PipelineReport::items_per_second(&self) -> f64`
fn report_items_per_second(report: &PipelineReport) {
    let _: f64 = PipelineReport::items_per_second(report);
}

/// `run_pipeline(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) -> PipelineReport`
fn run(pipeline: &Pipeline, number: impl Fn(usize, u64) -> u32 + Sync) {
    let _: PipelineReport = producer_consumer::run_pipeline(pipeline, number);
}
