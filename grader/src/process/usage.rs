//! What a process uses, seen from outside. Linux only; elsewhere the system's own limits have to do.

use std::fs;
use std::time::Duration;

use super::{Ceiling, Confinement};

/// The limit that the process is beyond, if it is beyond one.
pub(super) fn beyond(process: u32, confinement: &Confinement) -> Option<Ceiling> {
    let usage = Usage::of(process)?;
    if usage.memory > confinement.memory {
        return Some(Ceiling::Memory { bytes: confinement.memory });
    }
    (usage.threads > confinement.threads).then_some(Ceiling::Threads { most: confinement.threads })
}

struct Usage {
    /// Bytes.
    memory: u64,
    threads: u64,
}

impl Usage {
    /// `None` where the system does not tell, and once the process has ended.
    fn of(process: u32) -> Option<Self> {
        Self::read(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
    }

    fn read(status: &str) -> Option<Self> {
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        // What is swapped out is in use as well, and so are huge pages, which count as neither.
        let elsewhere = ["VmSwap:", "HugetlbPages:"].map(|name| number(name).unwrap_or(0));
        let resident = number("VmRSS:")? + elsewhere.iter().sum::<u64>();
        Some(Self { memory: resident << 10, threads: number("Threads:")? })
    }
}

/// How long cores worked for a process and for those of its children that it waited for, to a hundredth of a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CpuTime {
    pub user: Duration,
    pub system: Duration,
}

impl CpuTime {
    /// Of a process that is not reaped yet. Nothing where the system does not tell.
    pub(super) fn of(process: u32) -> Self {
        let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else { return Self::default() };
        // The program's name may contain anything, so what comes after it is counted from its end.
        let fields: Vec<u64> = stat
            .rsplit_once(')')
            .map(|(_, fields)| fields.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
            .unwrap_or_default();
        let ticks = |own: usize, of_children: usize| {
            let ticks = fields.get(own).zip(fields.get(of_children)).map_or(0, |(own, theirs)| own + theirs);
            Duration::from_millis(ticks * 1000 / ticks_per_second())
        };
        Self { user: ticks(11, 13), system: ticks(12, 14) }
    }

    /// Both together.
    pub fn all(self) -> Duration {
        self.user + self.system
    }
}

#[cfg(unix)]
fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}

/// Where nothing is counted in ticks, there is nothing to divide.
#[cfg(not(unix))]
fn ticks_per_second() -> u64 {
    1
}

impl std::ops::AddAssign for CpuTime {
    fn add_assign(&mut self, other: Self) {
        self.user += other.user;
        self.system += other.system;
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
            let usage = Usage::of(std::process::id()).expect("a system that tells");
            barrier.wait();
            assert!(usage.threads >= 9, "{}", usage.threads);
            assert!(usage.memory > 1 << 20, "{}", usage.memory);
        });
    }

    #[test]
    fn memory_that_is_swapped_out_is_in_use_as_well() {
        let usage = Usage::read("VmRSS:\t 4 kB\nHugetlbPages:\t 2048 kB\nVmSwap:\t 12 kB\nThreads:\t3\n");
        let usage = usage.expect("a system that tells");
        assert_eq!((usage.memory, usage.threads), (2064 << 10, 3));
        let without_swap = Usage::read("VmRSS:\t 4 kB\nThreads:\t3\n").expect("a system that tells");
        assert_eq!(without_swap.memory, 4 << 10);
    }

    #[test]
    fn the_time_of_a_process_is_what_its_loops_take() {
        let before = CpuTime::of(std::process::id()).all();
        let mut sum = 0_u64;
        while CpuTime::of(std::process::id()).all() < before + Duration::from_millis(50) {
            sum = (0..100_000).fold(sum, u64::wrapping_add);
        }
        assert_ne!(sum, 0);
        assert_eq!(CpuTime::of(u32::MAX), CpuTime::default());
    }
}
