//! The learner's side: how far they are, what to do next, hints, a fresh start, and what a class is handed out.
//!
//! [`progress`] remembers, [`state`] looks at the files and says how far an exercise is, [`hint`], [`interview`] and
//! [`reset`] are the commands of those names without their output, [`handout`] makes a copy without what is hidden.

pub mod handout;
pub mod hint;
pub mod interview;
pub mod progress;
pub mod reset;
pub mod state;
