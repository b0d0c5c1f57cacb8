//! The grader as a whole: as one program, since each is linked with all that it is made of. Only the hostile suite has one
//! of its own: it looks for what its submissions leave on the machine.

mod architecture;
mod calibration;
mod common;
mod counterexamples;
mod events;
mod explanations;
mod forgery;
mod formats;
mod policy;
mod schema;
mod second_opinion;
mod similarity;
mod verdicts;
