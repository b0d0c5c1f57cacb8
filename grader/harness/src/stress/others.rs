//! For a thread that watches others for as long as they are at work.

use std::time::{Duration, Instant};

use super::{Sleepers, sleepers};

/// All other threads of this process, as one of them sees them that stays awake.
///
/// A thread that looks on until the others are done looks on without end if these are deadlocked, and as long as it is
/// awake, nobody can say that the process is stuck. So it asks now and then whether there is still something to see.
#[derive(Debug, Default)]
pub struct Others {
    last: Option<(Instant, Sleepers)>,
}

/// How often to look at the system's list of threads, which costs much more than most of what is watched.
const INTERVAL: Duration = Duration::from_millis(50);

impl Others {
    /// Whether all of them sleep, and slept all the time between two looks. It costs little to ask again and again.
    ///
    /// Two threads that ask hold each other awake for as long as both do.
    pub fn sleep(&mut self) -> bool {
        let now = Instant::now();
        if self.last.as_ref().is_some_and(|(looked, _)| now - *looked < INTERVAL) {
            return false;
        }
        let found = sleepers();
        let as_before = self.last.as_ref().is_some_and(|(_, before)| *before == found);
        let asleep = as_before && matches!(found, Sleepers::All(_));
        self.last = Some((now, found));
        asleep
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    /// In a process of its own, there would be nothing else awake: here other tests run beside this one, so what can
    /// be said is that a thread that is awake is seen.
    #[test]
    fn a_thread_that_is_awake_is_seen() {
        let done = Barrier::new(2);
        let (mut others, until) = (Others::default(), Instant::now() + 6 * INTERVAL);
        thread::scope(|scope| {
            scope.spawn(|| {
                while Instant::now() < until {}
                done.wait();
            });
            while Instant::now() < until - INTERVAL {
                assert!(!others.sleep());
            }
            done.wait();
        });
    }
}
