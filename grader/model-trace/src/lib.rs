//! What an execution under the model is made of.
//!
//! The explorer records these types, the harness sends them, and the grader reads them. They are data:
//! whoever shows an execution to a person makes the sentences, last of all.
//!
//! - [`Execution`]: everything that is known about one execution
//! - [`Step`] and its [`Operation`]: what one thread did, with its operands and its result
//! - [`Word`], [`Order`], [`Reads`]: values of atomics, memory orderings, and which store a load read
//! - [`Waiting`]: what a thread that has not finished waits for
//! - [`history`]: what is so after each step: who holds what, who waits for what
//! - [`Cause`]: how an execution fails
//! - [`Coverage`]: which executions a search tried, and by which [`Limits`] it left others out; [`Sampling`]: which
//!   ones were drawn instead
//! - [`Opinion`]: what the loom crate makes of a check
//! - `wire`, with the feature `serde`: the request to a check's process, and its answer

mod cause;
mod coverage;
mod execution;
pub mod history;
mod limits;
mod operation;
mod opinion;
mod references;
mod sampling;
mod value;
#[cfg(feature = "serde")]
pub mod wire;

pub use cause::{Cause, PASSED_ON};
pub use coverage::Coverage;
pub use execution::{
    Execution, Object, ObjectId, ObjectKind, PanicMessage, Place, Step, StepId, Thread, ThreadId, Wait,
    Waiting,
};
pub use limits::{Limit, Limits};
pub use operation::{
    AcquireCall, Blocker, Operation, ReceiveCall, Received, ReleaseCall, SendCall, Sent, UpdateCall,
};
pub use opinion::{Call, LoomFailure, Opinion, Tried};
pub use sampling::{Method, Sampling};
pub use value::{AtomicType, Content, Format, Order, Reads, Word};
