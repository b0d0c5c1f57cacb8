//! What a process uses, seen from outside. Linux only; elsewhere the system's own limits have to do.

use std::fs;

use nix::unistd::Pid;

use super::{Ceiling, Confinement};

/// The limit that the process is beyond, if it is beyond one.
pub(super) fn beyond(pid: Pid, confinement: &Confinement) -> Option<Ceiling> {
    let usage = Usage::of(pid)?;
    if usage.resident > confinement.memory {
        return Some(Ceiling::Memory { bytes: confinement.memory });
    }
    (usage.threads > confinement.threads).then_some(Ceiling::Threads { most: confinement.threads })
}

struct Usage {
    /// Bytes.
    resident: u64,
    threads: u64,
}

impl Usage {
    /// `None` where the system does not tell, and once the process has ended.
    fn of(pid: Pid) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        Some(Self { resident: number("VmRSS:")? << 10, threads: number("Threads:")? })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn memory_and_threads_are_seen_from_outside() {
        let barrier = Barrier::new(9);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| barrier.wait());
            }
            let usage = Usage::of(Pid::this()).expect("a system that tells");
            barrier.wait();
            assert!(usage.threads >= 9, "{}", usage.threads);
            assert!(usage.resident > 1 << 20, "{}", usage.resident);
        });
    }
}
