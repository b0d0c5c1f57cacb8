//! Notices that a process can never go on: every thread sleeps, and nothing in it will wake one.
//!
//! Linux only, from `/proc`; elsewhere the limit of wall time is what ends such a process. A busy
//! machine does not mislead it: a thread that waits for a CPU is runnable, not asleep. A thread in a
//! timed wait will wake by itself. Its process is called idle, once nothing at all has happened for longer than any check
//! waits in one go for time to pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often to look.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);

/// All threads wait on a futex without a timeout: only another thread could wake them.
const CERTAIN: Patience = Patience { time: Duration::from_secs(1), samples: 10 };
/// Asleep in a system call that something outside might end, or that cannot be seen.
const LIKELY: Patience = Patience { time: Duration::from_secs(3), samples: 20 };

/// The same with a thread among them that waits for a time to pass. [`CONTRIBUTING.md`] holds checks to waits that are
/// far shorter.
///
/// [`CONTRIBUTING.md`]: ../../../CONTRIBUTING.md
const TIMED: Patience = Patience { time: Duration::from_secs(10), samples: 50 };

struct Patience {
    time: Duration,
    samples: u32,
}

/// Why a process does not go on.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) enum Stuck {
    /// Nothing in it can wake a thread.
    Stalled,
    /// Nothing but time, for which it waits far too long.
    Idle,
}

pub(super) struct Stall {
    tasks: PathBuf,
    quiet: Option<Quiet>,
}

/// A time without any progress.
struct Quiet {
    since: Instant,
    samples: u32,
    sleep: Sleep,
    switches: Switches,
}

/// The context switches of each thread so far.
type Switches = BTreeMap<String, u64>;

/// How a thread sleeps; the surest sleep first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Sleep {
    Futex,
    Other,
    /// Will wake by itself.
    Timed,
}

impl Stall {
    pub(super) fn of(process: u32) -> Self {
        Self { tasks: PathBuf::from(format!("/proc/{process}/task")), quiet: None }
    }

    /// Looks once. Says how the process is stuck as soon as there is no doubt left.
    pub(super) fn sample(&mut self) -> Option<Stuck> {
        let Some((switches, sleep)) = asleep(&self.tasks) else {
            self.quiet = None;
            return None;
        };
        let quiet = match &mut self.quiet {
            Some(quiet) if quiet.switches == switches => {
                quiet.samples += 1;
                quiet.sleep = quiet.sleep.max(sleep);
                quiet
            }
            Some(_) | None => {
                let fresh = Quiet { since: Instant::now(), samples: 1, sleep, switches };
                self.quiet.insert(fresh)
            }
        };
        let (patience, stuck) = match quiet.sleep {
            Sleep::Futex => (CERTAIN, Stuck::Stalled),
            Sleep::Other => (LIKELY, Stuck::Stalled),
            Sleep::Timed => (TIMED, Stuck::Idle),
        };
        (quiet.samples >= patience.samples && quiet.since.elapsed() >= patience.time).then_some(stuck)
    }
}

/// The threads' switches if all of them sleep, and the least sure of their sleeps.
fn asleep(tasks: &Path) -> Option<(Switches, Sleep)> {
    let mut switches = Switches::new();
    let mut least = Sleep::Futex;
    for entry in fs::read_dir(tasks).ok()? {
        let task = entry.ok()?.path();
        least = least.max(sleep(&task)?);
        switches.insert(task.to_string_lossy().into_owned(), context_switches(&task)?);
    }
    (!switches.is_empty()).then_some((switches, least))
}

/// How a thread sleeps, if it does.
fn sleep(task: &Path) -> Option<Sleep> {
    let stat = fs::read_to_string(task.join("stat")).ok()?;
    // The name before it is in parentheses and may hold anything, parentheses too.
    let state = stat.rsplit(')').next()?.split_whitespace().next()?;
    if state != "S" {
        return None;
    }
    let Ok(call) = fs::read_to_string(task.join("syscall")) else { return Some(Sleep::Other) };
    system_call(&call)
}

#[cfg(target_arch = "aarch64")]
const NUMBERS: Numbers = Numbers { futex: "98", sleeps: ["101", "115"] };
#[cfg(not(target_arch = "aarch64"))]
const NUMBERS: Numbers = Numbers { futex: "202", sleeps: ["35", "230"] };

/// The system calls that std's blocking operations end in.
struct Numbers {
    futex: &'static str,
    sleeps: [&'static str; 2],
}

/// Reads a line of `/proc/…/syscall`: the call's number, then its arguments.
fn system_call(line: &str) -> Option<Sleep> {
    const TIMEOUT: usize = 3;
    let mut words = line.split_whitespace();
    let known = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    let sleep = match words.next() {
        Some("running") => return None,
        Some(call) if known && NUMBERS.sleeps.contains(&call) => Sleep::Timed,
        Some(call) if known && call == NUMBERS.futex => match words.nth(TIMEOUT) {
            Some("0x0") => Sleep::Futex,
            Some(_) => Sleep::Timed,
            None => Sleep::Other,
        },
        Some(_) | None => Sleep::Other,
    };
    Some(sleep)
}

fn context_switches(task: &Path) -> Option<u64> {
    let status = fs::read_to_string(task.join("status")).ok()?;
    status
        .lines()
        .filter(|line| line.contains("ctxt_switches"))
        .map(|line| line.rsplit(':').next()?.trim().parse::<u64>().ok())
        .sum()
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn a_futex_with_a_timeout_wakes_by_itself_and_one_without_does_not() {
        assert_eq!(system_call("202 0x55 0x89 0x0 0x0 0x0 0x7f 0x7f 0x7f"), Some(Sleep::Futex));
        assert_eq!(system_call("202 0x55 0x89 0x0 0x7f66462d10 0x0 0x7f 0x7f 0x7f"), Some(Sleep::Timed));
        assert_eq!(system_call("230 0x1 0x0 0x7f 0x7f 0x0 0x7f 0x7f 0x7f"), Some(Sleep::Timed));
        assert_eq!(system_call("0 0x0 0x55 0x2000 0x0 0x0 0x0 0x7f 0x7f"), Some(Sleep::Other));
        assert_eq!(system_call("running"), None);
    }
}
