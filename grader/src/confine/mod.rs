//! The helper: a program that takes away from itself what a submission must not have, and becomes what it was asked
//! to run. It is a small program that is built together with this one, or this program itself, under an argument of its
//! own: nothing has to be installed.
//!
//! [`program`] finds it, and [`spec`] says what is asked of it. On Linux, `files` is Landlock, `calls` is seccomp, and `identity` has the
//! namespaces, the user and the capabilities. `become_it` puts them into an order in which each still may do what it
//! has to.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg_attr(not(unix), path = "no_helper.rs")]
mod helper;
#[cfg(target_os = "linux")]
mod identity;
mod program;
#[cfg(unix)]
mod rlimits;
mod spec;

use std::process::ExitCode;
use std::sync::atomic::Ordering;

pub(crate) use helper::FAILED;
pub(crate) use program::{BUILD, Program, programs};
pub(crate) use spec::{Grant, Layers, Rlimits, Role, Spec};

/// The first argument that makes this program the helper.
pub(crate) const ARGUMENT: &str = "--confine-and-become";

/// The first call of every program that grades. Where it was started as the helper, it does what was asked, and returns
/// only if that is impossible, with the code to end with.
pub fn enter() -> Option<ExitCode> {
    program::IS_HELPER.store(true, Ordering::Relaxed);
    let mut args = std::env::args_os().skip(1);
    (args.next()? == ARGUMENT).then(|| helper::run(args))
}
