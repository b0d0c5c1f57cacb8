//! `std::sync::Once`.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::panic::Location;
use real::panic::{RefUnwindSafe, UnwindSafe};

use model_trace::Operation;

use super::object::{Link, Use};
use crate::explore::Digest;
use crate::explore::acting::{drop_point_at, schedule_point, try_with, wait_until, with};
use crate::explore::id::ObjectId;
use crate::explore::object::{Kind, Once as Progress};
use crate::explore::state::State;
use crate::explore::thread::{Pending, Wait};

/// One-time initialisation: [`std::sync::Once`](real::sync::Once) in every interleaving.
pub struct Once {
    link: Link,
}

impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

/// What [`Once::call_once_force`] passes to its closure.
pub struct OnceState {
    poisoned: bool,
    /// As with std's, the state stays with the thread that initialises.
    not_sync: PhantomData<Cell<bool>>,
}

impl OnceState {
    /// See [`std`](real::sync::OnceState::is_poisoned).
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.poisoned).finish()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

/// An initialisation that has not begun. See [`std`](real::sync::ONCE_INIT).
#[deprecated(since = "1.38.0", note = "the `Once::new()` function is now preferred")]
#[allow(clippy::declare_interior_mutable_const, reason = "std's is one")]
pub const ONCE_INIT: Once = Once::new();

#[allow(clippy::new_without_default, reason = "std's has none")]
impl Once {
    /// See [`std`](real::sync::Once::new).
    #[must_use]
    #[track_caller]
    pub const fn new() -> Self {
        Once { link: Link::new() }
    }

    pub(super) fn id(&self, state: &mut State) -> (ObjectId, Use) {
        let make = |state: &mut State, created| {
            state.execution.add_object(Kind::Once(Progress::Incomplete), created)
        };
        self.link.object(state, make)
    }

    /// See [`std`](real::sync::Once::call_once).
    ///
    /// # Panics
    /// If an earlier initialisation has panicked.
    #[track_caller]
    pub fn call_once<F>(&self, init: F)
    where
        F: FnOnce(),
    {
        match self.begin(false, Location::caller()) {
            Begin::Complete => {}
            Begin::Poisoned => panic!("{POISONED}"),
            Begin::Run { end, .. } => {
                init();
                end.complete();
            }
        }
    }

    /// See [`std`](real::sync::Once::call_once_force).
    #[track_caller]
    pub fn call_once_force<F>(&self, init: F)
    where
        F: FnOnce(&OnceState),
    {
        match self.begin(true, Location::caller()) {
            Begin::Complete => {}
            Begin::Poisoned => unreachable!("poison is ignored"),
            Begin::Run { end, poisoned } => {
                init(&OnceState { poisoned, not_sync: PhantomData });
                end.complete();
            }
        }
    }

    /// See [`std`](real::sync::Once::is_completed).
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.is_completed_at(Location::caller())
    }

    pub(super) fn is_completed_at(&self, location: &'static Location<'static>) -> bool {
        schedule_point(location);
        with(|state| {
            let (once, _) = self.id(state);
            let completed = *state.once(once) == Progress::Complete;
            state.record_read(once, Operation::IsCompleted { once, completed }, location);
            if completed {
                // It has not waited: no time comes along.
                state.see(once);
            }
            completed
        })
    }

    /// See [`std`](real::sync::Once::wait).
    ///
    /// # Panics
    /// If an initialisation has panicked, and no other one has begun since.
    #[track_caller]
    pub fn wait(&self) {
        let location = Location::caller();
        let (once, _) = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Initialised { once, force: false }, location));
        let complete = with(|state| {
            let complete = *state.once(once) == Progress::Complete;
            let operation =
                if complete { Operation::FindInitialised { once } } else { Operation::FindPoisoned { once } };
            state.observe(once, operation, location);
            complete
        });
        assert!(complete, "{POISONED}");
    }

    /// See [`std`](real::sync::Once::wait_force).
    #[track_caller]
    pub fn wait_force(&self) {
        let location = Location::caller();
        let (once, _) = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Initialised { once, force: true }, location));
        with(|state| state.observe(once, Operation::FindInitialised { once }, location));
    }

    /// Begins an initialisation, unless there is none to begin. `force`: also after one that has panicked.
    pub(super) fn begin(&self, force: bool, location: &'static Location<'static>) -> Begin {
        let (once, _) = with(|state| self.id(state));
        wait_until(Pending::until(Wait::Once(once), location));
        with(|state| match *state.once(once) {
            Progress::Complete => {
                state.observe(once, Operation::FindInitialised { once }, location);
                Begin::Complete
            }
            Progress::Poisoned if !force => {
                state.acquire(once, Operation::FindPoisoned { once }, location);
                Begin::Poisoned
            }
            before @ (Progress::Incomplete | Progress::Poisoned) => {
                *state.once_mut(once) = Progress::Running(state.execution.current);
                state.acquire(once, Operation::Initialise { once }, location);
                let begun = state.execution.me().history();
                let end = End { once, begun, progress: Progress::Poisoned, location };
                Begin::Run { end, poisoned: before == Progress::Poisoned }
            }
            Progress::Running(_) => unreachable!("only one thread initialises at a time"),
        })
    }

    /// How far it is, for an owner who has it to itself: what others did with it happens before.
    pub(super) fn progress(&self) -> Progress {
        try_with(|state| {
            let (id, _) = self.id(state);
            state.leave(id);
            *state.once(id)
        })
        .unwrap_or(Progress::Incomplete)
    }

    /// Says how far it is, for an owner whom no other thread can disturb.
    pub(super) fn set_progress(&mut self, progress: Progress) {
        try_with(|state| {
            let (id, _) = self.id(state);
            *state.once_mut(id) = progress;
        });
    }

    /// Begins anew, for an owner whom no other thread can disturb.
    pub(super) fn reset(&mut self) {
        self.link.unlink();
    }
}

/// What std says of a `Once` whose initialisation has panicked.
const POISONED: &str = "Once instance has previously been poisoned";

/// How a call goes on that initialises.
pub(super) enum Begin {
    /// Another one has initialised.
    Complete,
    /// Another one has panicked.
    Poisoned,
    /// This one initialises. `poisoned`: after another one that has panicked.
    Run { end: End, poisoned: bool },
}

/// The end of an initialisation, by its return or by its panic.
pub(super) struct End {
    once: ObjectId,
    /// The history of the thread when it began.
    begun: Digest,
    progress: Progress,
    location: &'static Location<'static>,
}

impl End {
    /// The initialiser has returned.
    pub(super) fn complete(mut self) {
        self.progress = Progress::Complete;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let End { once, begun, progress, location } = *self;
        // Others may find it running after the last step of the initialiser. If that has done nothing they cannot
        // tell that it has begun.
        if try_with(|state| state.execution.me().history() != begun) == Some(true) {
            drop_point_at(location);
        }
        try_with(|state| {
            *state.once_mut(once) = progress;
            let poisoned = progress == Progress::Poisoned;
            state.release(once, Operation::Initialised { once, poisoned }, location);
        });
    }
}
