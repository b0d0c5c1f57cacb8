//! What is wrong with the explorer itself. It panics for no program, so a panic of its own is no failure of one: the
//! execution stops where it is, and the search ends with an [`InternalError`].

use core::mem::forget;
use core::panic::Location;
use real::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind};
use real::path::Path;
use real::string::{String, ToString};
use real::thread::panicking;

use model_trace::Place;

use super::hook;
use super::outcome::InternalError;
use super::runtime::{Runtime, try_with_runtime};
use super::state::{State, Stop};

/// What an internal error is handed to.
pub(crate) type InternalErrorSink = dyn Fn(&InternalError);

/// A panic of the explorer.
#[derive(Clone, Debug)]
pub(super) struct Crash {
    message: String,
    place: Place,
}

impl Runtime {
    /// Notes a panic, and stops the execution, if the panic is in the explorer. Returns whether it is.
    pub(super) fn notes_crash(&self, info: &PanicHookInfo<'_>) -> bool {
        // Nothing of a program runs while the state is in use: what panics then has been called by the explorer.
        let own = info.location().is_some_and(is_of_explorer) || self.state.try_borrow_mut().is_err();
        if own {
            let (file, line, column) = info
                .location()
                .map_or(("", 0, 0), |location| (location.file(), location.line(), location.column()));
            let place = Place { file: String::from(file).into(), line, column };
            let message = info.payload_as_str().unwrap_or("a panic without a message").to_string();
            self.crash.borrow_mut().get_or_insert(Crash { message, place });
            self.stop_after_crash();
        }
        own
    }

    /// Runs `f`, and stops the execution if that unwinds because the explorer has crashed, once it has given the state
    /// back.
    #[inline]
    pub(super) fn stopping_after_crash<R>(&self, f: impl FnOnce() -> R) -> R {
        let stops = StopsAfterCrash(self);
        let result = f();
        forget(stops);
        result
    }

    /// Stops the execution if the explorer has crashed in it, unless its state is in use: then whoever uses it, and
    /// unwinds, does so.
    pub(super) fn stop_after_crash(&self) {
        if self.crash.borrow().is_none() {
            return;
        }
        let Ok(mut state) = self.state.try_borrow_mut() else { return };
        if state.execution.has_begun() {
            // No `leave` has made std forget it.
            state.execution.me().counted = true;
        }
        if state.has_crashed() {
            return;
        }
        let Some(error) = self.internal_error(&state) else { return };
        state.execution.stop = Some(Stop::Internal(error.clone()));
        drop(state);
        self.hand_over_internal(&error);
    }

    /// What the explorer has crashed with, if it has.
    pub(super) fn internal_error(&self, state: &State) -> Option<InternalError> {
        let Crash { message, place } = self.crash.borrow().clone()?;
        Some(InternalError { message, place, schedule: state.schedule_so_far() })
    }

    /// The process ends while the state is in use. Called on a stack that was emptied.
    pub(super) fn report_crash_at_the_end(&self) {
        // SAFETY: the state may be borrowed for good, by a frame of this stack, which was emptied. Nothing else runs,
        // so nobody else uses it.
        let state = unsafe { &*self.state.as_ptr() };
        // std ends the process without a call of the hook at a panic within one, such as in the explorer while a
        // program makes the message of its panic.
        let within_hook = || {
            panicking().then(|| InternalError {
                message: String::from("a panic within a panic hook"),
                place: state.execution.threads[state.execution.current.index()].pending.location.into(),
                schedule: state.schedule_so_far(),
            })
        };
        if let Some(error) = self.internal_error(state).or_else(within_hook) {
            self.hand_over_internal(&error);
        }
    }

    /// Runs `search`, in which the explorer may crash where no model thread runs.
    ///
    /// # Errors
    /// That it has crashed.
    pub(super) fn unless_it_crashes<R>(&self, search: impl FnOnce() -> R) -> Result<R, InternalError> {
        catch_unwind(AssertUnwindSafe(search)).map_err(|payload| {
            self.clean_up();
            match self.internal_error(&self.state.borrow()) {
                Some(error) => {
                    self.hand_over_internal(&error);
                    error
                }
                None => resume_unwind(payload),
            }
        })
    }
}

impl State {
    /// Whether the execution has stopped because the explorer has crashed.
    pub(super) fn has_crashed(&self) -> bool {
        matches!(self.execution.stop, Some(Stop::Internal(_)))
    }
}

/// Stops the execution where its owner unwinds.
struct StopsAfterCrash<'a>(&'a Runtime);

impl Drop for StopsAfterCrash<'_> {
    #[cold]
    fn drop(&mut self) {
        self.0.stop_after_crash();
    }
}

/// Runs all of a model thread. If the explorer crashes in it after its body, the thread ends, and does not unwind into
/// the one that has started it.
pub(super) fn contain(thread: impl FnOnce()) {
    if let Err(payload) = hook::catch(thread) {
        forget(payload);
        try_with_runtime(Runtime::stop_after_crash);
    }
}

/// Whether a place is in the explorer, or in what stands in for std. Neither panics for a program there: what std
/// panics with is placed where the program calls it. What runs tests panics for them.
fn is_of_explorer(location: &Location<'_>) -> bool {
    let sources = Path::new(file!()).ancestors().nth(2);
    let inside = sources.and_then(|sources| Path::new(location.file()).strip_prefix(sources).ok());
    inside.is_some_and(|file| !file.starts_with("model"))
}

/// Panics as the explorer would, while it does not use its state.
#[cfg(test)]
pub(crate) fn crash() {
    panic!("broken");
}
