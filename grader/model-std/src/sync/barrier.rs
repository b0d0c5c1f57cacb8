//! `std::sync::Barrier`.

use core::fmt;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use model_trace::Operation;

use super::object::Link;
use crate::explore::acting::{schedule_point, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{self, Kind};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};

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

    fn id(&self, state: &mut State) -> ObjectId {
        let make = |state: &mut State, created| {
            state.execution.add_object(Kind::Barrier(object::Barrier::default()), created)
        };
        self.link.object(state, make).0
    }

    /// See [`std`](real::sync::Barrier::wait).
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let location = Location::caller();
        schedule_point(location);
        let (barrier, generation, is_leader) = with(|state| {
            let id = self.id(state);
            let barrier = state.barrier_mut(id);
            let generation = barrier.generation;
            barrier.arrived += 1;
            let is_leader = barrier.arrived >= self.threads;
            if is_leader {
                barrier.arrived = 0;
                barrier.generation += 1;
            }
            state.release(id, Operation::Arrive { barrier: id, last: is_leader }, location);
            (id, generation, is_leader)
        });
        if !is_leader {
            wait_until(Pending::until(Wait::Barrier { barrier, generation }, location));
        }
        with(|state| state.leave(barrier));
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
