//! Whether threads that have nothing to do sleep.

#![expect(
    clippy::disallowed_methods,
    reason = "what threads do over a time is measured, so that time has to pass"
)]

use std::fs;
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// What all other threads of this process did while they had nothing to do.
#[derive(Debug)]
#[must_use = "it says nothing until `assert_quiet`"]
pub struct Rest {
    quiet: usize,
    windows: Vec<Window>,
}

/// What the other threads did for a moment.
#[derive(Debug)]
struct Window {
    /// The CPU time that they used, relative to a thread that does nothing but spin beside them: 0 when
    /// all of them sleep, 1 and more when one of them spins. A ratio, so that it is the same on a busy
    /// machine, where neither gets much. `None` where it is known whether they slept: that says more, and on a busy
    /// machine it takes long until a thread has spun for a while that lets all others go first.
    busy: Option<f64>,
    /// Whether all of them slept from its beginning to its end. `None` where the system does not tell.
    slept: Option<bool>,
}

/// How long the others are watched at a time.
const WINDOW: Duration = Duration::from_millis(200);
/// As many quiet windows prove that the others sleep. Others may be disturbed, by a thread that is only on
/// its way into its sleep.
const QUIET: usize = 2;
/// So many windows are tried.
const WINDOWS: usize = 12;
/// Above this they are busy. Sleeping threads use nothing at all.
const BUSY: f64 = 0.05;
/// Who has used as much CPU time and has never slept is not on its way into its sleep: no further look is needed.
const SPINNING: Duration = Duration::from_millis(500);

/// Watches all other threads of this process for a while, which should have nothing to do.
///
/// The result is not judged here: a panic while threads still wait for the check would leave them asleep.
/// Let them go, and then call [`Rest::assert_quiet`].
///
/// # Panics
/// If no thread can be started.
pub fn rest() -> Rest {
    let mut rest = Rest { quiet: 0, windows: Vec::new() };
    // A thread that has just said that it is going to wait needs a moment to do so.
    thread::sleep(WINDOW / 8);
    let before = cpu_time_of_others();
    let spins = |rest: &Rest| rest.quiet == 0 && cpu_time_of_others().saturating_sub(before) >= SPINNING;
    while rest.quiet < QUIET && rest.windows.len() < WINDOWS && !spins(&rest) {
        let window = watch();
        rest.quiet += usize::from(window.slept.unwrap_or(window.busy.is_some_and(|busy| busy < BUSY)));
        rest.windows.push(window);
    }
    rest
}

impl Rest {
    /// Checks that all other threads slept.
    ///
    /// # Panics
    /// With `who` and what was seen, if they did not.
    pub fn assert_quiet(&self, who: &str) {
        assert!(
            self.quiet >= QUIET,
            "{who} used processor time or woke up although nothing had happened: they slept through {} of {} looks of \
             {WINDOW:?} each",
            self.quiet,
            self.windows.len()
        );
    }
}

fn watch() -> Window {
    let asleep = sleepers();
    let before = cpu_time();
    thread::sleep(WINDOW);
    // Whoever woke up in between has switched, and whoever is awake now is not on the list. On a busy
    // machine a thread that yields all the time uses next to nothing, but it does not sleep either.
    let slept = match (asleep, sleepers()) {
        (Sleepers::Unknown, _) | (_, Sleepers::Unknown) => None,
        (Sleepers::All(before), Sleepers::All(after)) => Some(before == after),
        (Sleepers::SomeAwake, _) | (_, Sleepers::SomeAwake) => Some(false),
    };
    if slept.is_some() {
        return Window { busy: None, slept };
    }
    let reference = thread::spawn(spin_for_reference).join().expect("the reference does not panic");
    let others = (cpu_time() - before).saturating_sub(reference);
    Window { busy: Some(others.as_secs_f64() / reference.as_secs_f64()), slept }
}

/// Waits until all other threads sleep. Where the system does not tell, it waits for a moment.
///
/// A check that calls it knows that they are where they wait, and not on their way: threads that never sleep
/// are not waited for, so it is not a verdict either.
pub fn until_others_sleep() {
    /// For threads that never do.
    const ROUNDS: u32 = 300;
    const ROUND: Duration = Duration::from_millis(10);
    let mut last = None;
    for _ in 0..ROUNDS {
        match sleepers() {
            Sleepers::All(now) if last.as_ref() == Some(&now) => return,
            Sleepers::All(now) => last = Some(now),
            Sleepers::SomeAwake => last = None,
            Sleepers::Unknown => return thread::sleep(20 * ROUND),
        }
        thread::sleep(ROUND);
    }
}

/// Whether all other threads of this process sleep.
#[derive(Debug, PartialEq, Eq)]
pub enum Sleepers {
    /// They do. Which, and how often each has switched: if that is the same a little later, none of them
    /// was awake in between.
    All(Vec<String>),
    /// A thread is awake. One that waits for a processor is.
    SomeAwake,
    /// The system does not tell.
    Unknown,
}

/// Looks at all other threads of this process, in `/proc`.
///
/// # Panics
/// On Linux if that cannot be seen: a check that is blind must not pass.
pub fn sleepers() -> Sleepers {
    let (Ok(own), Ok(tasks)) = (fs::read_link("/proc/thread-self"), fs::read_dir("/proc/self/task")) else {
        if cfg!(target_os = "linux") {
            panic!("this check has to see its own threads in /proc, and cannot");
        }
        return Sleepers::Unknown;
    };
    let mut switches = Vec::new();
    for task in tasks.flatten().filter(|task| own.file_name() != Some(task.file_name().as_os_str())) {
        // It has ended since.
        let Ok(status) = fs::read_to_string(task.path().join("status")) else { continue };
        if !status.lines().any(|line| line.starts_with("State:") && line.contains("(sleeping)")) {
            return Sleepers::SomeAwake;
        }
        let of_interest = |line: &&str| line.starts_with("Pid:") || line.contains("ctxt_switches");
        switches.extend(status.lines().filter(of_interest).map(str::to_owned));
    }
    Sleepers::All(switches)
}

/// The CPU time that this process has used so far, in user and in system mode, over all threads.
pub fn cpu_time() -> Duration {
    system::process_time()
}

/// What all threads but the calling one have used of it. The reference is among them: in all windows it uses less than
/// [`SPINNING`].
fn cpu_time_of_others() -> Duration {
    cpu_time().saturating_sub(system::thread_time())
}

/// The CPU time for which the reference spins.
const REFERENCE: Duration = Duration::from_millis(20);

/// Spins as the most modest of spinning threads does: it lets others go first all the time. One that
/// does not gets more than this.
fn spin_for_reference() -> Duration {
    loop {
        (0..64).for_each(|_| thread::yield_now());
        let used = system::thread_time();
        if used >= REFERENCE {
            return used;
        }
    }
}

#[cfg(unix)]
mod unix {
    use super::Duration;
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    use nix::time::{ClockId, clock_gettime};

    /// # Panics
    /// Never: `getrusage` of the process itself cannot fail.
    pub(super) fn process_time() -> Duration {
        let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process can always ask for its own usage");
        let microseconds = |time: TimeVal| {
            u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000 + u64::try_from(time.tv_usec()).unwrap_or(0)
        };
        Duration::from_micros(microseconds(usage.user_time()) + microseconds(usage.system_time()))
    }

    pub(super) fn thread_time() -> Duration {
        clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
    }
}

#[cfg(windows)]
mod windows {
    use super::Duration;
    use cpu_time::{ProcessTime, ThreadTime};

    pub(super) fn process_time() -> Duration {
        ProcessTime::now().as_duration()
    }

    pub(super) fn thread_time() -> Duration {
        ThreadTime::now().as_duration()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_thread_that_yields_all_the_time_does_not_sleep() {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            });
            let rest = rest();
            stop.store(true, Ordering::Relaxed);
            assert_eq!(rest.quiet, 0, "{rest:?}");
        });
    }

    #[test]
    fn a_thread_that_spins_is_known_after_a_few_looks() {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
            let rest = rest();
            stop.store(true, Ordering::Relaxed);
            assert_eq!(rest.quiet, 0, "{rest:?}");
            // Without enough of a processor it is watched for as long as any other.
            let used = cpu_time_of_others();
            assert!(rest.windows.len() == WINDOWS || used >= SPINNING, "{used:?} in {rest:?}");
        });
    }

    #[test]
    fn a_thread_that_looks_every_millisecond_does_not_sleep() {
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(1));
                }
            });
            let rest = rest();
            stop.store(true, Ordering::Relaxed);
            assert_eq!(rest.quiet, 0, "{rest:?}");
        });
    }

    #[test]
    fn cpu_time_grows_with_work() {
        let time = cpu_time();
        while cpu_time() < time + Duration::from_millis(5) {}
        // Other tests run beside this one, so more cannot be said of it.
        assert!(cpu_time() > time);
    }
}
