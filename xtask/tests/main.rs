//! The commands, as they are used: as one program, since each is linked with all that they are made of.

#![expect(
    clippy::disallowed_methods,
    reason = "tests run what they test, and what they test with, as users do"
)]

mod book;
mod browser;
mod ci;
mod class;
mod class_overview;
mod classroom;
mod cluster;
mod commands;
mod desk;
mod explain;
mod folder;
mod formats;
mod handout;
mod html_report;
mod interrupt;
mod interview;
mod learner;
mod mutant;
mod mutate;
mod new;
mod newcomer;
mod public_tests;
mod replay;
mod session;
mod shards;
mod similarity;
mod slurm;
mod slurm_nodes;
mod validators;
mod watch;
