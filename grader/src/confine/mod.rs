//! The helper: a program that takes away from itself what a submission must not have, and becomes what it was asked
//! to run. It is this program itself, under an argument of its own: nothing has to be installed.
//!
//! [`spec`] says what is asked of it. On Linux, `files` is Landlock, `calls` is seccomp, and `identity` has the
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
#[cfg(unix)]
mod rlimits;
mod spec;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use helper::{FAILED, TRIED};
pub(crate) use spec::{Grant, Layers, Rlimits, Role, Spec};

/// The first argument that makes this program the helper.
pub(crate) const ARGUMENT: &str = "--confine-and-become";

/// The name of the helper where the program that grades cannot be it: a file beside it.
const BESIDE: &str = "confined-child";

/// Whether this program begins with [`enter`].
static IS_HELPER: AtomicBool = AtomicBool::new(false);

/// The first call of every program that grades. Where it was started as the helper, it does what was asked, and returns
/// only if that is impossible, with the code to end with.
pub fn enter() -> Option<ExitCode> {
    IS_HELPER.store(true, Ordering::Relaxed);
    let mut args = std::env::args_os().skip(1);
    (args.next()? == ARGUMENT).then(|| helper::run(args))
}

/// The helper: this program, or the file beside it; `None` if there is neither.
pub(crate) fn program() -> Option<PathBuf> {
    if IS_HELPER.load(Ordering::Relaxed) {
        // The program that runs now, even if its file has been replaced since it was started.
        let running = PathBuf::from("/proc/self/exe");
        return if cfg!(target_os = "linux") && running.exists() {
            Some(running)
        } else {
            std::env::current_exe().ok()
        };
    }
    let own = std::env::current_exe().ok()?;
    let name = format!("{BESIDE}{}", std::env::consts::EXE_SUFFIX);
    own.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|file| file.is_file())
}
