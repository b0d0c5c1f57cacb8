//! What the acting thread calls: it looks at the state, stops before its steps, starts threads, and ends.

use core::panic::Location;
use real::boxed::Box;
use real::io;
use real::string::String;

use model_trace::Operation;

use super::hook;
use super::id::ThreadId;
use super::locals;
use super::runtime::{Runtime, try_with_runtime, with_runtime};
use super::scheduler::Next;
use super::state::State;
use super::thread::{Life, Pending, Resumed, Thread};

/// Looks at, or changes, the state of the running execution.
///
/// # Panics
/// Outside of an execution.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&mut State) -> R) -> R {
    with_runtime(|runtime| runtime.stopping_after_crash(|| f(&mut runtime.state.borrow_mut())))
}

/// Like [`with`], but `None` outside of an execution, or while the state is in use: for `Drop`, and
/// for the panic hook.
#[inline]
pub(crate) fn try_with<R>(f: impl FnOnce(&mut State) -> R) -> Option<R> {
    let use_it = |runtime: &Runtime| runtime.state.try_borrow_mut().ok().map(|mut state| f(&mut state));
    try_with_runtime(|runtime| runtime.stopping_after_crash(|| use_it(runtime))).flatten()
}

/// Whether the calling thread is one of a model.
pub(crate) fn is_in_execution() -> bool {
    try_with(|state| state.execution.has_begun()) == Some(true)
}

/// Hands the failure of the running execution on, if it has one. `last_chance`: the process may not
/// live much longer.
pub(super) fn report(last_chance: bool) {
    with_runtime(|runtime| runtime.stopping_after_crash(|| runtime.report(last_chance)));
}

/// Stops before a step that needs nothing: others may go first.
pub(crate) fn schedule_point(location: &'static Location<'static>) {
    wait_until_made(|| Pending::now(location));
}

/// Stops before an access to the atomic at this address.
pub(crate) fn access_point(atomic: usize, location: &'static Location<'static>) {
    wait_until_made(|| Pending { atomic: Some(atomic), ..Pending::now(location) });
}

/// Stops before a step that looks at a lock or a thread without waiting for it. Where releases and ends are no steps,
/// the execution ends here.
pub(crate) fn look_point(location: &'static Location<'static>) {
    schedule_point(location);
    if with(State::is_too_coarse) {
        halt();
    }
}

/// Stops before a step: others may go first. Returns when it is this thread's turn and it has what
/// it waits for, or its timeout has elapsed.
pub(crate) fn wait_until(pending: Pending) -> Resumed {
    wait_until_made(move || pending)
}

/// [`wait_until`], where what is pending is made in its place, and not copied there.
#[inline]
pub(crate) fn wait_until_made(pending: impl FnOnce() -> Pending) -> Resumed {
    let goes_on = with(|state| {
        state.execution.me().pending = pending();
        stops(state)
    });
    goes_on.unwrap_or_else(Runtime::suspend)
}

/// The acting thread stops before a step.
///
/// # Errors
/// The thread, if others go first.
fn stops(state: &mut State) -> Result<Resumed, ThreadId> {
    let me = state.execution.current;
    let thread = state.execution.me();
    if thread.life == Life::Starting {
        // Its first operation: from here on it takes part. Its parent goes on.
        thread.life = Life::Running;
        return Err(me);
    }
    match state.schedule() {
        Next::Continue => Ok(state.execution.me().resumed),
        Next::Switch => Err(me),
    }
}

/// Stops before a release, if releases are steps of their own.
pub(crate) fn release_point(location: &'static Location<'static>) {
    if try_with(|state| state.is_fine_grained() && state.execution.stop.is_none()) == Some(true) {
        schedule_point(location);
    }
}

/// Where the acting thread was last: the place of steps that do not know their caller, such as those of `Drop` and of
/// `fmt`. `None`: no execution runs, or it stops.
pub(crate) fn last_place() -> Option<&'static Location<'static>> {
    let place = |state: &mut State| state.execution.me().pending.location;
    try_with(|state| (state.execution.has_begun() && state.execution.stop.is_none()).then(|| place(state)))
        .flatten()
}

/// The place of a step in `fmt`, which does not know its caller.
#[track_caller]
pub(crate) fn place_of_fmt() -> &'static Location<'static> {
    last_place().unwrap_or(Location::caller())
}

/// Stops before a drop that other threads can notice. It is shown where the thread was last.
pub(crate) fn drop_point() {
    if let Some(location) = last_place() {
        schedule_point(location);
    }
}

/// Stops before a drop that other threads can notice, unless the execution stops.
pub(crate) fn drop_point_at(location: &'static Location<'static>) {
    let alive = try_with(|state| state.execution.stop.is_none() && state.execution.has_begun());
    if alive == Some(true) {
        schedule_point(location);
    }
}

/// Ends the calling thread's part in an execution that stops.
pub(super) fn halt() -> ! {
    let me = with(|state| state.execution.current);
    loop {
        Runtime::suspend(me);
    }
}

/// Reports a call that cannot be modelled, and ends the execution.
pub(crate) fn unsupported(call: &str, message: &str, location: &'static Location<'static>) -> ! {
    with(|state| state.unsupported(call, message, location));
    halt()
}

/// Starts a thread with a stack of `stack` bytes. It runs up to its first operation at once: no other thread can
/// tell.
///
/// # Errors
/// If there is no address space for the stack.
pub(crate) fn spawn(
    name: Option<String>,
    stack: usize,
    body: Box<dyn FnOnce()>,
    location: &'static Location<'static>,
) -> io::Result<ThreadId> {
    let (abandoned, most) = with(|state| {
        let alive = state.execution.threads.iter().filter(|thread| thread.life != Life::Finished);
        let most = state.settings().threads;
        (state.execution.abandoned, (alive.count() >= most).then_some(most))
    });
    if abandoned {
        halt();
    }
    if let Some(most) = most {
        with(|state| state.too_many_threads(most, location));
        halt();
    }
    let stack = with_runtime(|runtime| runtime.stack(stack))?;
    // What std thinks it is in, the parent is in, and not the child.
    if hook::leave_if_in_one() {
        with(|state| state.execution.me().in_message = true);
    }
    let (parent, child) = with(|state| {
        let parent = state.execution.current;
        let child = ThreadId(state.execution.threads.len() as u32);
        state.record_result(child.0.into(), Operation::Spawn { thread: child }, location);
        let thread = Thread::child_of(state.execution.me(), name, location);
        state.execution.threads.push(thread);
        (parent, child)
    });
    with_runtime(|runtime| {
        runtime.add(child, stack, body);
        runtime.state.borrow_mut().execution.current = child;
        runtime.run(child);
        runtime.state.borrow_mut().execution.current = parent;
    });
    if with(|state| state.execution.stop.is_some()) {
        halt();
    }
    Ok(child)
}

/// The calling thread's body has ended, which others can see. What follows it is a part of the thread still.
pub(crate) fn end_body() {
    // Where no thread looks, one without any operation ends inside of its parent's `spawn`.
    let (looks, location) = with(|state| (state.is_fine_grained(), state.execution.me().pending.location));
    if looks {
        schedule_point(location);
    }
    with(State::leave_body);
}

/// The acting thread was the last one to have the result of a thread whose body has ended.
pub(crate) fn release_thread(thread: ThreadId) {
    try_with(|state| state.release_thread(thread));
}

/// The calling thread has run to its end.
pub(super) fn end_thread() {
    locals::destroy_all();
    with(|state| {
        let me = state.execution.current;
        let thread = state.execution.me();
        let starting = thread.life == Life::Starting;
        thread.life = Life::Finished;
        thread.panicking = false;
        if me.index() == 0 {
            // What other threads do after the test has returned cannot make it fail.
            state.execution.pruned = true;
        }
        if !starting && state.execution.stop.is_none() {
            state.schedule();
        }
    });
}
