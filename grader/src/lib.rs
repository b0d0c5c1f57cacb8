//! The grading pipeline: from a learner's file to a verdict.
//!
//! It never prints, parses arguments or exits. A wrong submission is an ordinary [`report::Report`];
//! an [`error::Fault`] means that the grader itself is at fault, an [`error::UsageError`] that what
//! was asked for does not exist. Data passes through the modules in this order:
//!
//! ```text
//! catalog     which exercises there are: folders, no central list      suite   their checks and points
//! submission  which files were handed in, and taking them safely
//! source      the text of a file, its tokens and its syntax
//! policy      what the source may not contain, judged on its tokens
//! staging     a folder with the learner's files, the given files and the suite, for one grading
//! build       rustc: the learner's crate, the contract, one check binary per engine
//! check       each check in a process of its own; what its answer is worth
//! trace       an execution: the learner's own names in it, which step leads to which, what is worth reading
//! diagnosis   which mistake a failing one shows, by which of its steps; a page about each kind
//! verdict     a pure fold over everything that was found
//! report      the stable data
//! format      the formats that a report is written in
//! ```
//!
//! [`pipeline`] joins them. [`process`] is the one place where children are started and ended, an
//! [`interrupt`] ends them all, and [`event`] is what a progress bar sees of all this. [`calibrate`] proves
//! the suites themselves, with the wrong submissions that [`mutant`] keeps as what they change.

#![allow(
    missing_docs,
    reason = "an internal library: items are documented where the name does not say it all"
)]

pub mod calibrate;
pub mod catalog;
pub mod diagnosis;
pub mod error;
pub mod event;
pub mod format;
pub mod interrupt;
pub mod mutant;
pub mod pipeline;
pub mod policy;
pub mod project;
pub mod replay;
pub mod report;
pub mod source;
pub mod submission;
pub mod suite;
pub mod verdict;

mod build;
mod check;
mod children;
mod process;
mod slots;
mod staging;
mod suggestion;
mod trace;
