//! The contract, one function per item. The grader names the item in whose function rustc finds an error.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::num::NonZeroUsize;
use std::time::Duration;

use barrier::{Barrier, Broken};

/// `#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub struct Broken;`
fn broken() {
    fn derives<T: Debug + Clone + Copy + PartialEq + Eq>(_: T) {}
    derives(Broken);
}

/// `impl Display and Error for Broken`
fn broken_is_an_error() {
    fn error<T: Display + Error + 'static>() {}
    error::<Broken>();
}

/// `Barrier: Send + Sync`
fn barrier_is_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Barrier>();
}

/// `Barrier::new(parties: NonZeroUsize) -> Barrier`
fn new(parties: NonZeroUsize) {
    let _: Barrier = Barrier::new(parties);
}

/// `Barrier::wait(&self) -> Result<usize, Broken>`
fn wait(barrier: &Barrier) {
    let _: Result<usize, Broken> = Barrier::wait(barrier);
}

/// `Barrier::wait_timeout(&self, timeout: Duration) -> Result<usize, Broken>`
fn wait_timeout(barrier: &Barrier, timeout: Duration) {
    let _: Result<usize, Broken> = Barrier::wait_timeout(barrier, timeout);
}

/// `Barrier::abort(&self)`
fn abort(barrier: &Barrier) {
    let _: () = Barrier::abort(barrier);
}

/// `Barrier::reset(&self)`
fn reset(barrier: &Barrier) {
    let _: () = Barrier::reset(barrier);
}

/// `Barrier::is_broken(&self) -> bool`
fn is_broken(barrier: &Barrier) {
    let _: bool = Barrier::is_broken(barrier);
}

/// `Barrier::waiting(&self) -> usize`
fn waiting(barrier: &Barrier) {
    let _: usize = Barrier::waiting(barrier);
}

/// `Barrier::parties(&self) -> usize`
fn parties(barrier: &Barrier) {
    let _: usize = Barrier::parties(barrier);
}
