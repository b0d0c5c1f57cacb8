//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::num::NonZeroUsize;
use std::time::Duration;

use work_queue::{Closed, GetError, NoSuchTask, WorkQueue};

/// `#[derive(Debug, PartialEq, Eq)] pub struct Closed<T>(pub T);`
fn closed<T: Debug + Eq>(item: T) {
    fn derives<T: Debug + PartialEq + Eq>(_: &T) {}
    let closed = Closed(item);
    derives(&closed);
    let _: T = closed.0;
}

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum GetError { TimedOut, Closed }`
fn get_error(error: GetError) {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(error);
    match error {
        GetError::TimedOut | GetError::Closed => {}
    }
}

/// `GetError: Display + Error`
fn get_error_is_an_error(error: GetError) {
    fn is_error<E: Display + Error + 'static>(_: E) {}
    is_error(error);
}

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct NoSuchTask;`
fn no_such_task() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(NoSuchTask);
}

/// `NoSuchTask: Display + Error`
fn no_such_task_is_an_error() {
    fn is_error<E: Display + Error + 'static>(_: E) {}
    is_error(NoSuchTask);
}

/// `WorkQueue<T>: Send + Sync`
fn queue_is_shared<T: Send + Sync>() {
    fn shared<T: Send + Sync>() {}
    shared::<WorkQueue<T>>();
}

/// `WorkQueue::fifo(capacity: Option<NonZeroUsize>) -> WorkQueue<T>`
fn queue_fifo<T>(capacity: Option<NonZeroUsize>) {
    let _: WorkQueue<T> = WorkQueue::<T>::fifo(capacity);
}

/// `WorkQueue::lifo(capacity: Option<NonZeroUsize>) -> WorkQueue<T>`
fn queue_lifo<T>(capacity: Option<NonZeroUsize>) {
    let _: WorkQueue<T> = WorkQueue::<T>::lifo(capacity);
}

/// `WorkQueue::priority(capacity: Option<NonZeroUsize>) -> WorkQueue<T> where T: Ord`
fn queue_priority<T: Ord>(capacity: Option<NonZeroUsize>) {
    let _: WorkQueue<T> = WorkQueue::<T>::priority(capacity);
}

/// `WorkQueue::put(&self, item: T) -> Result<(), Closed<T>>`
fn queue_put<T>(queue: &WorkQueue<T>, item: T) {
    let _: Result<(), Closed<T>> = WorkQueue::<T>::put(queue, item);
}

/// `WorkQueue::get(&self) -> Result<T, GetError>`
fn queue_get<T>(queue: &WorkQueue<T>) {
    let _: Result<T, GetError> = WorkQueue::<T>::get(queue);
}

/// `WorkQueue::get_timeout(&self, timeout: Duration) -> Result<T, GetError>`
fn queue_get_timeout<T>(queue: &WorkQueue<T>, timeout: Duration) {
    let _: Result<T, GetError> = WorkQueue::<T>::get_timeout(queue, timeout);
}

/// `WorkQueue::task_done(&self) -> Result<(), NoSuchTask>`
fn queue_task_done<T>(queue: &WorkQueue<T>) {
    let _: Result<(), NoSuchTask> = WorkQueue::<T>::task_done(queue);
}

/// `WorkQueue::join(&self)`
fn queue_join<T>(queue: &WorkQueue<T>) {
    let _: () = WorkQueue::<T>::join(queue);
}

/// `WorkQueue::close(&self)`
fn queue_close<T>(queue: &WorkQueue<T>) {
    let _: () = WorkQueue::<T>::close(queue);
}

/// `WorkQueue::len(&self) -> usize`
fn queue_len<T>(queue: &WorkQueue<T>) {
    let _: usize = WorkQueue::<T>::len(queue);
}

/// `WorkQueue::is_empty(&self) -> bool`
fn queue_is_empty<T>(queue: &WorkQueue<T>) {
    let _: bool = WorkQueue::<T>::is_empty(queue);
}

/// `WorkQueue::unfinished(&self) -> usize`
fn queue_unfinished<T>(queue: &WorkQueue<T>) {
    let _: usize = WorkQueue::<T>::unfinished(queue);
}
