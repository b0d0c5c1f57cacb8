//! Panics of model threads.

use core::any::Any;
use core::mem;
use real::boxed::Box;
use real::collections::BTreeSet;
use real::panic::{Location, PanicHookInfo};
use real::string::{String, ToString};
use real::sync::{Mutex, PoisonError};

use model_trace::Operation;

use super::acting::{halt, is_in_execution, try_with, with};
use super::event::Place;
use super::hook;
use super::id::ThreadId;
use super::state::State;
use super::thread::Life;

/// A panic, as its hook saw it.
#[derive(Clone, Debug)]
pub(super) struct Panic {
    pub(super) thread: ThreadId,
    pub(super) message: String,
    pub(super) place: Place,
}

/// Of how many panics of an execution the messages are kept, and how many characters of each.
const MESSAGES: usize = 16;
const CHARACTERS: usize = 1_000;

/// What a panic says that has a value instead of a message.
const NO_MESSAGE: &str = "a panic with a value that is no text";

/// Runs a test function as the first thread of an execution.
pub(super) fn run_test(test: &dyn Fn()) {
    let Err(payload) = hook::catch(test) else { return };
    // The panic hook has noted every panic but one that is passed on by `resume_unwind`.
    let message = message_of(&*payload);
    // Its destructor is the program's own, and may panic.
    mem::forget(payload);
    with(|state| {
        let thread = state.execution.current;
        let place = state.execution.me().pending.location.into();
        let first = state.execution.first_panic.clone();
        let is_this = |panic: &Panic| panic.thread == thread && panic.message == message;
        let resumed = state.execution.resumed.take().filter(is_this);
        state.fail_by_panic(first.or(resumed).unwrap_or(Panic { thread, message, place }));
    });
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| String::from(*text))
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| NO_MESSAGE.into())
}

/// Runs code of the program in a place where std aborts the process if it panics: then the execution fails, and the
/// calling thread goes no further. `reason` is what std says. Outside of an execution it only runs it.
pub(crate) fn abort_on_unwind(reason: &str, body: impl FnOnce()) {
    let mut body = Some(body);
    run_or_abort(reason, &mut || {
        if let Some(body) = body.take() {
            body();
        }
    });
}

/// [`abort_on_unwind`], compiled once.
fn run_or_abort(reason: &str, body: &mut dyn FnMut()) {
    if !is_in_execution() {
        return body();
    }
    let Err(payload) = catch(body) else { return };
    let why = real::format!("{reason}, aborting: {}", message_of(&*payload));
    mem::forget(payload);
    fail_by_fatal_error(&why);
}

/// The calling thread does what ends the process with std.
fn fail_by_fatal_error(why: &str) -> ! {
    with(|state| {
        if state.execution.threads[0].life == Life::Finished {
            // What other threads do after the test has returned cannot make it fail.
            state.execution.over = true;
        } else {
            state.fail_by_fatal_error(why);
        }
    });
    halt();
}

/// Runs code of the program, and catches its panic.
///
/// # Errors
/// What it panicked with.
pub(crate) fn catch<R>(body: impl FnOnce() -> R) -> real::thread::Result<R> {
    let unwinding = Unwinding::begin_catching();
    let result = hook::catch(body);
    let crashed = unwinding.restore(result.is_err());
    // The program gets no panic of the explorer to go on with: a loop might never come to a step again.
    match result {
        Err(payload) if crashed => {
            mem::forget(payload);
            halt()
        }
        // Nor does it keep a thread in a hook that is to leave it.
        Err(payload) if payload.is::<hook::Abandoned>() => real::panic::resume_unwind(payload),
        result => result,
    }
}

/// How the acting thread unwinds, if it does, and whether it makes a message; nothing outside of an execution.
struct Unwinding(Option<((usize, bool, usize, bool), bool)>);

impl Unwinding {
    /// Where a panic that begins now is caught.
    fn begin_catching() -> Self {
        Self(try_with(|state| {
            let me = state.execution.me();
            let before = (me.catching, me.panicking, me.panicked_in, me.counted);
            me.catching += 1;
            (before, me.in_message)
        }))
    }

    /// Returns whether the explorer has crashed.
    fn restore(self, caught: bool) -> bool {
        let Self(Some((before, in_message))) = self else { return false };
        let crashed = try_with(|state| {
            let me = state.execution.me();
            (me.catching, me.panicking, me.panicked_in, me.counted) = before;
            if caught {
                // A message that is left by unwinding is never whole.
                me.in_message = in_message;
            }
            state.has_crashed()
        });
        crashed == Some(true)
    }
}

/// Goes on with a panic, which the panic hook does not see.
#[track_caller]
pub(crate) fn resume(payload: Box<dyn Any + Send>) -> ! {
    let place = Location::caller();
    let aborts = try_with(|state| {
        if !state.execution.has_begun() {
            return false;
        }
        let (thread, message) = (state.execution.current, message_of(&*payload));
        state.execution.resumed = Some(Panic { thread, message, place: place.into() });
        let before = state.execution.me().counted;
        let aborts = state.begin_panic(true);
        if aborts {
            // The earlier panic may still unwind, this one does not.
            state.execution.me().counted = before;
        }
        aborts
    });
    if aborts == Some(true) {
        let why = real::format!("panic in a destructor during cleanup, aborting: {}", message_of(&*payload));
        fail_by_fatal_error(&why);
    }
    real::panic::resume_unwind(payload)
}

impl State {
    /// The acting thread begins to unwind. Returns whether it does already, in the same place: that ends any
    /// program, unless what it does now is caught before it gets there. `counted`: std counts this panic while it
    /// unwinds.
    fn begin_panic(&mut self, counted: bool) -> bool {
        let me = self.execution.me();
        let again = me.panicking && me.catching <= me.panicked_in;
        me.panicking = true;
        me.panicked_in = me.catching;
        me.counted = counted;
        again
    }
}

/// Keeps the name of a source file for good, once.
fn intern(file: &str) -> &'static str {
    static FILES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = files.get(file) {
        return known;
    }
    let kept: &'static str = String::from(file).leak();
    files.insert(kept);
    kept
}

/// What follows from a panic of a model thread.
pub(super) enum Noted {
    Once,
    /// It began while another one unwinds, while a hook runs, or while the message of another one is made: that ends the
    /// process.
    Twice,
}

/// Notes a panic of a model thread. `counted`: std counted a panic when the hook began to run.
pub(super) fn note(info: &PanicHookInfo<'_>, counted: bool) -> Noted {
    let location = info.location();
    let message = info.payload_as_str().unwrap_or(NO_MESSAGE).to_string();
    with(|state| {
        // The panic whose message was being made is not counted any more, since the thread has stopped meanwhile: then this is
        // another one.
        let counts_others = state.execution.threads.iter().any(|thread| thread.counted);
        let in_message = mem::take(&mut state.execution.me().in_message) && counted && !counts_others;
        if state.execution.over || state.execution.abandoned {
            state.execution.me().counted = false;
            return Noted::Once;
        }
        let me = state.execution.me();
        let place = location.map_or_else(
            || me.pending.location.into(),
            |location| Place {
                file: intern(location.file()),
                line: location.line(),
                column: location.column(),
            },
        );
        let (caught, in_hook) = (me.catching > 0, me.hooks > 0);
        let again = state.begin_panic(false) || in_hook || in_message;
        let thread = state.execution.current;
        if state.execution.panics.len() < MESSAGES {
            state.execution.panics.push(message.chars().take(CHARACTERS).collect());
        }
        let panic = Panic { thread, message, place };
        state.record_at(Operation::Panic, place);
        state.execution.last_panic = Some(panic.clone());
        if again || (thread.index() == 0 && !caught) {
            state.fail_by_panic(panic);
        } else if state.execution.first_panic.is_none() {
            state.execution.first_panic = Some(panic);
        }
        if again { Noted::Twice } else { Noted::Once }
    })
}
