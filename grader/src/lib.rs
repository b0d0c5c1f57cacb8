//! The grading pipeline: from a learner's file to a verdict.
//!
//! It never prints, parses arguments or exits. A wrong submission is an ordinary [`report::Report`];
//! an [`error::Fault`] means that the grader itself is at fault, an [`error::UsageError`] that what
//! was asked for does not exist. These are its modules; each uses only those before it:
//!
//! ```text
//! error       what can go wrong that is not the learner's code
//! digest      hashes that are kept
//! whole_file  files that are written whole or not at all
//! new_folder  folders that are made in one go, and never over something else
//! interrupt   a request to end early, such as Ctrl-C
//! lots        a few of many, always the same
//! random      numbers that nobody can guess
//! confine     the helper, which confines itself and becomes a child
//! process     the one place where children are started, watched and ended
//! sandbox     what each kind of child may do, its limits, and which layers the system has
//! suggestion  the name that a wrong one is like
//! slots       how many children run at once
//! report      what was found out: stable data
//! source      the text of a file, its tokens and its syntax
//! project     where the project's own folders are
//! catalog     which exercises there are: folders, no central list
//! course      the map of the course: phases, topics, what comes later
//! suite       their checks and points
//! verdict     a pure fold over everything that was found out
//! event       what a progress bar sees of all this
//! children    the pipeline's children: each in its turn, each an event
//! submission  which files were handed in, and taking them safely
//! policy      what the source may not contain, judged on its tokens
//! replay      tokens, which are a failing schedule each
//! numbers     by which checks are asked for, and their decoys
//! staging     a folder with the learner's files, the given files and the suite, for one grading
//! build       rustc: the learner's crate, the contract, one check binary per engine
//! check       each check in a process of its own; what its answer is worth
//! second_opinion  what loom makes of the same checks
//! trace       an execution: the learner's own names in it, which step leads to which, what is worth reading
//! diagnosis   which mistake a failing one shows, by which of its steps; a page about each kind
//! pipeline    joins all of these, from a submission to its report
//! results     those of gradings, kept so that nothing is found out twice
//! mutant      wrong submissions, kept as what they change
//! mutate      wrong submissions that are made, by the mistakes that concurrent programs have
//! scaffold    the files of a new exercise, and what is left to write of them
//! calibrate   proves the suites with them
//! learner     how far a learner is, hints, a fresh start, and what a class is handed out
//! class       the submissions of many learners, from what a course system exported to their reports
//! format      the formats that a report is written in
//! fuzzing     invariants for the fuzzers in `grader/fuzz`, with the feature of the same name
//! ```
//!
//! A submission passes through `submission`, `source`, `policy`, `staging`, `build` and `check`; what that finds
//! out, through `trace` and `diagnosis`, and by `verdict` into the report. `tests/architecture/` holds the modules
//! to this order.

#![allow(
    missing_docs,
    reason = "an internal library: items are documented where the name does not say it all"
)]

pub mod calibrate;
pub mod catalog;
pub mod class;
pub mod confine;
pub mod course;
pub mod diagnosis;
pub mod error;
pub mod event;
pub mod format;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod interrupt;
pub mod learner;
pub mod mutant;
pub mod mutate;
pub mod new_folder;
pub mod pipeline;
pub mod policy;
pub mod project;
pub mod replay;
pub mod report;
pub mod sandbox;
pub mod scaffold;
pub mod source;
pub mod submission;
pub mod suite;
pub mod verdict;
pub mod whole_file;

mod build;
mod check;
mod children;
mod digest;
mod lots;
mod numbers;
mod process;
mod random;
mod results;
mod second_opinion;
mod slots;
mod staging;
mod suggestion;
mod trace;
