//! Waiting for a debugger at the step that fails.

use std::process;
use std::thread;
use std::time::Duration;

/// Says how to attach, waits until somebody has, and stops there. It runs on the stack of the thread that
/// fails: the learner's frames are above it.
pub(crate) fn wait() {
    let pid = process::id();
    eprintln!("Process {pid} waits at the failing step. Attach from another terminal:");
    eprintln!("    gdb -p {pid} -ex continue -ex backtrace");
    eprintln!("    lldb -p {pid} -o continue -o bt");
    eprintln!("(Where the system lets a debugger attach to its own children only: sudo.)");
    // Attaching is seen from outside alone: there is nothing to wait on but the state itself.
    #[expect(clippy::disallowed_methods, reason = "no event says that a debugger was attached")]
    while !is_traced() {
        thread::sleep(Duration::from_millis(50));
    }
    // Where raising is not allowed the debugger has stopped the process already.
    #[cfg(unix)]
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGTRAP);
}

/// Whether a debugger is attached.
fn is_traced() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|pid| pid.trim() != "0")
}
