//! A barrier can be sent to and shared between threads, and so can its error.

use barrier::{Barrier, Broken};

fn shared<T: Send + Sync + 'static>() {}

fn main() {
    shared::<Barrier>();
    shared::<Broken>();
}
