//! `std::sync::Barrier`.

use core::fmt;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use super::object::Link;
use crate::explore::object::Kind;
use crate::explore::runtime::{point, point_now, with};
use crate::explore::thread::{Pending, Wait};
use model_trace::Operation;

/// A barrier: [`std::sync::Barrier`](real::sync::Barrier) in every interleaving.
pub struct Barrier {
    link: Link,
    threads: usize,
}

impl UnwindSafe for Barrier {}
impl RefUnwindSafe for Barrier {}

/// Whether the thread was the one that completed the barrier.
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// See [`std`](real::sync::BarrierWaitResult::is_leader).
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// See [`std`](real::sync::Barrier::new).
    #[must_use]
    #[track_caller]
    pub const fn new(threads: usize) -> Self {
        Barrier { link: Link::new(), threads }
    }

    /// See [`std`](real::sync::Barrier::wait).
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let location = Location::caller();
        point_now(location);
        let (id, now, is_leader) = with(|state| {
            let make = |state: &mut crate::explore::state::State, created| {
                state.add_object(Kind::Barrier { arrived: 0, generation: 0 }, created)
            };
            let (id, _) = self.link.object(state, make);
            state.release_view(id);
            state.release_time(id);
            state.changes(id);
            let Kind::Barrier { arrived, generation } = &mut state.object_mut(id).kind else {
                unreachable!()
            };
            let now = *generation;
            *arrived += 1;
            let is_leader = *arrived >= self.threads;
            if is_leader {
                *arrived = 0;
                *generation += 1;
            }
            state.log(Operation::Arrive { barrier: id, last: is_leader }, location);
            (id, now, is_leader)
        });
        if !is_leader {
            point(Pending::until(Wait::Barrier { barrier: id, generation: now }, location));
        }
        with(|state| {
            state.looks_at(id);
            state.acquire_view(id);
            state.acquire_time(id);
        });
        BarrierWaitResult(is_leader)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.0).finish()
    }
}
