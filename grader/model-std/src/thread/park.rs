//! Parking.

use core::panic::Location;
use core::time::Duration;

use super::handle::Thread;
use crate::explore::digest::Digest;
use crate::explore::object;
use crate::explore::runtime::{point, point_now, with};
use crate::explore::thread::{Pending, Resumed, Wait};
use crate::time::deadline;
use model_trace::Operation;

/// See [`std`](real::thread::park). It may return for no reason, within the budget of the search.
#[track_caller]
pub fn park() {
    block(None, Location::caller());
}

/// See [`std`](real::thread::park_timeout). The time can be up at any point of the schedule.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    block(Some(timeout), Location::caller());
}

/// See [`std`](real::thread::park_timeout_ms).
#[deprecated(note = "replaced by `std::thread::park_timeout`")]
#[track_caller]
pub fn park_timeout_ms(ms: u32) {
    block(Some(Duration::from_millis(ms.into())), Location::caller());
}

fn block(timeout: Option<Duration>, location: &'static Location<'static>) {
    let deadline = with(|state| {
        state.log(Operation::Park { timeout }, location);
        timeout.map(|timeout| deadline(state, timeout))
    });
    let resumed = point(Pending { deadline, spurious: true, ..Pending::until(Wait::Park, location) });
    with(|state| {
        if resumed == Resumed::Granted {
            let time = state.me().woken;
            state.woken_at(time);
        }
        let me = state.me();
        // A token that came in the meantime is taken, however the wait ended.
        me.token = false;
        me.digest = me.digest.then_all(me.token_digest);
        me.token_digest = me.digest;
        let view = me.token_view.clone();
        me.view.current.join(&view);
        let operation = match resumed {
            Resumed::Granted => Operation::Unparked,
            Resumed::TimedOut => Operation::TimedOut { object: None },
            Resumed::Spurious => Operation::SpuriousWakeup { object: None },
        };
        state.log(operation, location);
    });
}

impl Thread {
    /// See [`std`](real::thread::Thread::unpark).
    #[track_caller]
    pub fn unpark(&self) {
        unpark(self.id, Location::caller());
    }
}

fn unpark(target: object::ThreadId, location: &'static Location<'static>) {
    point_now(location);
    with(|state| {
        let (seen, time) = (state.me().view.current.clone(), state.me().clock);
        let mine: Digest = state.me().digest.then_all(state.threads[target.index()].token_digest);
        state.me().digest = mine;
        let parked = &mut state.threads[target.index()];
        parked.token = true;
        parked.token_digest = mine;
        parked.woken = parked.woken.max(time);
        parked.token_view.join(&seen);
        state.log(Operation::Unpark { thread: target }, location);
    });
}
