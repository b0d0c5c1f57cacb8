//! A class: the submissions of many learners, from what a course system exported to grades.
//!
//! ```text
//! intake      who handed in what, whatever the course system calls it
//! journal     the results of one run, as they come
//! run         grades whatever is not known yet
//! rubric      what the instructor makes of the points
//! rows        each learner's report, out of the journal
//! shard       a class in parts, on several machines
//! similarity  which submissions are alike, for a person to look at
//! ```
//!
//! What is wrong with a submission is that learner's own row, never the end of the run.

pub mod intake;
pub mod journal;
pub mod rows;
pub mod rubric;
pub mod run;
pub mod shard;
pub mod similarity;
