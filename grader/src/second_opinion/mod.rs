//! The second opinion: what the loom crate makes of the checks that the model judges.
//!
//! The same sources are compiled against `loom-std` and `loom-harness`, and each check runs in a process of its
//! own, as it does under the model. Nothing of what comes back changes a verdict or a point: where the two do not
//! agree, one of them has a bug, or loom has a known difference (`differences`).
//!
//! [`asking`] runs a check in loom, [`comparing`] says what the answer means beside the model's verdict.

mod asking;
mod comparing;
mod differences;

pub(crate) use asking::{Adviser, Heard};
pub(crate) use comparing::{ModelVerdict, compared, not_compiled, not_judged};
