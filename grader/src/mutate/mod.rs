//! Mutants that are made, not written: each differs from a right program by one small mistake of those that concurrent
//! programs have, and a suite has to catch every one that is wrong.
//!
//! ```text
//! code        a program with its syntax, and edits of its text
//! operators   the mistakes: a table of them, and what each finds to change
//! generate    every mutant of a program, without duplicates, each with an identity that stays
//! equivalent  those of them that were judged to be right programs, each with the reason
//! sample      a few of many, always the same
//! judge       whether a suite catches one
//! ```
//!
//! The operators are those that Bradbury, Cordy and Dingel gave for Java (*Mutation Operators for Concurrent Java (J2SE
//! 5.0)*, Mutation 2006, called ConMAn), carried over to guards, orderings and condition variables of Rust, with the usual
//! ones for conditions, numbers and statements beside them. A mutant is its base with a few bytes changed: what the operator
//! does not touch stays as it is, comments and layout too.

mod code;
mod equivalent;
mod generate;
mod judge;
mod operators;
mod sample;
#[cfg(test)]
mod tests;

pub use equivalent::{Equivalents, Judgement};
pub use generate::{Generated, generate};
pub use judge::{Baseline, Fate, Judge};
pub use operators::{OPERATORS, Operator, Source};
pub use sample::sample;
