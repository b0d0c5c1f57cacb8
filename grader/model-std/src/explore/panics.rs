//! Panics of model threads.

use core::any::Any;
use core::mem;
use real::collections::BTreeSet;
use real::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use real::string::{String, ToString};
use real::sync::{Mutex, Once, PoisonError};

use model_trace::Operation;

use super::acting::{halt, is_in_execution, report, try_with, with};
use super::event::Place;
use super::id::ThreadId;
use super::thread::Life;

/// A panic, as its hook saw it.
#[derive(Clone, Debug)]
pub(super) struct Panic {
    pub(super) thread: ThreadId,
    pub(super) message: String,
    pub(super) place: Place,
}

/// What a panic says that has a value instead of a message.
const NO_MESSAGE: &str = "a panic with a value that is no text";

/// Installs the panic hook, once per process. Panics outside of models go on to the hook that was
/// there before.
pub(super) fn install_hook() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let before = real::panic::take_hook();
        real::panic::set_hook(real::boxed::Box::new(move |info| {
            if !is_in_model(info) {
                before(info);
            }
        }));
    });
}

/// Runs a test function as the first thread of an execution.
pub(super) fn run_test(test: &dyn Fn()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(test)) else { return };
    // The panic hook has noted every panic but one that is passed on by `resume_unwind`.
    let message = message_of(&*payload);
    // Its destructor is the program's own, and may panic.
    mem::forget(payload);
    with(|state| {
        let thread = state.execution.current;
        let place = state.execution.me().pending.location.into();
        let first = state.execution.first_panic.clone();
        state.fail_by_panic(first.unwrap_or(Panic { thread, message, place }));
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
    if !is_in_execution() {
        return body();
    }
    with(|state| state.execution.me().catching += 1);
    let result = catch_unwind(AssertUnwindSafe(body));
    with(|state| state.execution.me().catching -= 1);
    let Err(payload) = result else { return };
    let message = real::format!("fatal runtime error: {reason}, aborting: {}", message_of(&*payload));
    mem::forget(payload);
    with(|state| {
        if state.execution.threads[0].life == Life::Finished {
            // What other threads do after the test has returned cannot make it fail.
            state.execution.over = true;
            return;
        }
        let thread = state.execution.current;
        let last = state.execution.last_panic.take().filter(|last| last.thread == thread);
        let place = last.map_or_else(|| state.execution.me().pending.location.into(), |last| last.place);
        state.fail_by_panic(Panic { thread, message, place });
    });
    halt();
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

/// Whether a panic is that of a model thread.
enum Noted {
    No,
    Once,
    /// While another one unwinds: that ends the process.
    Twice,
}

/// Notes a panic of a model thread. `false`: it is none.
fn is_in_model(info: &PanicHookInfo<'_>) -> bool {
    let location = info.location();
    let message = info.payload_as_str().unwrap_or(NO_MESSAGE).to_string();
    let noted = try_with(|state| {
        if !state.execution.has_begun() || state.execution.over {
            return Noted::No;
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
        // A second panic while the first one unwinds ends any Rust program, unless it is caught
        // before it gets there.
        let again = me.panicking && me.catching <= me.panicked_in;
        let caught = me.catching > 0;
        me.panicking = true;
        me.panicked_in = me.catching;
        let thread = state.execution.current;
        let panic = Panic { thread, message, place };
        state.record(Operation::Panic, place);
        state.execution.last_panic = Some(panic.clone());
        if again || (thread.index() == 0 && !caught) {
            state.fail_by_panic(panic);
        } else if state.execution.first_panic.is_none() {
            state.execution.first_panic = Some(panic);
        }
        if again { Noted::Twice } else { Noted::Once }
    });
    match noted {
        Some(Noted::No) | None => false,
        Some(Noted::Once) => {
            report(false);
            true
        }
        Some(Noted::Twice) => {
            report(true);
            true
        }
    }
}
