//! The virtual clocks of threads.
//!
//! A thread's clock moves while the thread waits: to its deadline, or to the time of whoever wakes it. It is never
//! behind what happens before, so that an instant does not go back across a happens-before edge. A thread that gets to
//! see a time at which others have been, and has not waited for it, is *late* by the difference: it could have gone on
//! meanwhile. So is one that sends what its receiver had not found by the end of a timed receive.
//!
//! A thread may also be slow: time passes between two of its steps, although it waits for nothing. Only the clock
//! shows that. So it is a choice where a thread looks at its clock after somebody has done so before, once in an
//! execution, and counts as a preemption: that is what it is, by a program that the explorer does not run.

use core::panic::Location;
use core::time::Duration;

use model_trace::{Limit, Operation};

use super::state::State;
use super::thread::Thread;

/// A timeout of a hundred years or more stands for none: `Duration::MAX` is often used so.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// For how long a thread is delayed: longer than any timeout that is to elapse.
const DELAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How often threads are delayed in one execution.
pub(super) const DELAYS: u32 = 1;

/// How often a thread looks at its clock while that stands still, before time passes with each further look: its loop
/// may be one that only time can end.
const LOOKS: u32 = 100;

/// A thread's clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// What it shows, but for what the thread has seen since.
    shows: Duration,
    /// How late the thread has been, all in all.
    late: Duration,
    /// The time at which a notification or a token came.
    woken: Duration,
    /// How often the thread has looked at it since it moved by itself.
    looks: u32,
    /// What it showed then.
    looked_at: Duration,
}

impl Clock {
    /// The clock of a thread that starts at this time.
    pub(super) fn starting_at(time: Duration) -> Self {
        Clock { shows: time, ..Clock::default() }
    }

    /// Another thread wakes this one, when it waits or before that.
    pub(super) fn is_woken_at(&mut self, time: Duration) {
        self.woken = time;
    }

    /// The latest time at which it was woken.
    pub(super) fn woken(&self) -> Duration {
        self.woken
    }

    /// The thread looks at it. Returns whether it has done so for so long that time passes.
    fn looks(&mut self) -> bool {
        self.looks = if self.shows == self.looked_at { self.looks + 1 } else { 1 };
        self.looks > LOOKS
    }

    /// How much time passes with the last look: little at first, and twice as much with each further one, so that a
    /// loop which waits for any time ends soon.
    fn passes(&self) -> Duration {
        match self.looks.checked_sub(LOOKS + 1) {
            Some(more) => Duration::from_micros(1 << more.min(40)),
            None => Duration::ZERO,
        }
    }
}

impl Thread {
    /// What the thread's clock shows: no less than what the thread has seen.
    #[inline]
    pub(super) fn time(&mut self) -> Duration {
        let clock = &mut self.clock;
        if let Some(seen) = self.view.current.time
            && seen > clock.shows
        {
            clock.late = clock.late.saturating_add(seen - clock.shows);
            clock.shows = seen;
        }
        clock.shows
    }

    /// Something wakes the thread, and brings its time along. A timed wait is over by its deadline, whoever ends
    /// it.
    pub(super) fn wake_at(&mut self, time: Duration) {
        let time = self.pending.deadline.map_or(time, |deadline| time.min(deadline));
        if time > self.clock.shows {
            self.clock.shows = time;
            self.view.current.time = self.view.current.time.max(Some(time));
        }
    }

    /// The thread goes on spuriously, before its deadline: some of the time has passed, and some is left.
    pub(super) fn wake_before(&mut self, deadline: Duration) {
        let now = self.time();
        self.wake_at(now + deadline.saturating_sub(now) / 2);
    }

    /// The thread has waited for what it has just got to see.
    #[inline]
    pub(super) fn has_waited_for(&mut self, time: Option<Duration>) {
        if let Some(time) = time {
            self.wake_at(time);
        }
    }

    /// Time passes while the thread could go on.
    fn is_late_by(&mut self, delay: Duration) {
        self.view.current.time = Some(self.time().saturating_add(delay));
    }
}

impl State {
    /// The acting thread looks at its clock. Returns whether it has done so for so long that each look is a step, for
    /// which time passes.
    pub(crate) fn looks_at_clock(&mut self) -> bool {
        let me = self.execution.me();
        me.time();
        me.clock.looks()
    }

    /// What the acting thread's clock shows.
    pub(crate) fn now(&mut self, location: &'static Location<'static>) -> Duration {
        if self.chooses_delay() {
            self.record(Operation::Delayed { by: DELAY }, location);
            self.execution.me().is_late_by(DELAY);
        }
        let me = self.execution.me();
        me.is_late_by(me.clock.passes());
        let time = me.time();
        me.clock.looked_at = time;
        self.record(Operation::Now { time }, location);
        time
    }

    /// The acting thread does what nobody had found done by this time. Without having waited until then, it is late.
    pub(crate) fn is_not_before(&mut self, time: Duration) {
        let me = self.execution.me();
        let delay = time.saturating_sub(me.time());
        if !delay.is_zero() {
            me.is_late_by(delay);
        }
    }

    /// Chooses whether the acting thread is delayed before it looks at its clock.
    fn chooses_delay(&mut self) -> bool {
        // Without an instant to compare with, nothing shows that.
        if self.execution.me().view.current.time.is_none() {
            return false;
        }
        if self.execution.delays == 0 {
            self.leave_out(Limit::Delays);
            return false;
        }
        let look = self.execution.me().clock.looks;
        let delayed = self.choose_delay(look);
        if delayed {
            self.execution.preemptions += 1;
            self.execution.delays -= 1;
        }
        delayed
    }

    /// The moment at which a timed wait that the acting thread begins now times out. `None`: never, as the timeout is
    /// longer than any program runs.
    pub(crate) fn deadline(&mut self, timeout: Duration) -> Option<Duration> {
        (timeout < NEVER).then(|| self.execution.me().time().saturating_add(timeout))
    }

    /// What the acting thread's clock shows, without a look at it.
    pub(crate) fn own_time(&mut self) -> Duration {
        self.execution.me().time()
    }

    /// How late the acting thread has been.
    pub(crate) fn own_lateness(&mut self) -> Duration {
        let me = self.execution.me();
        me.time();
        me.clock.late
    }

    /// How late the threads of this execution have been, all together.
    pub(crate) fn lateness(&mut self) -> Duration {
        self.execution.me().time();
        self.execution
            .threads
            .iter()
            .fold(Duration::ZERO, |sum, thread| sum.saturating_add(thread.clock.late))
    }
}
