//! The panic hook: the explorer's own, which notes the panics of model threads, and those that programs set.

use core::mem::{ManuallyDrop, forget};
use core::panic::Location;
use corosensei::{Coroutine, Yielder};
use real::boxed::Box;
use real::fmt;
use real::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, panic_any, resume_unwind};
use real::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use real::thread::panicking;

use super::acting::{is_in_execution, report, schedule_point, try_with, with};
use super::panics::{Noted, note};
use super::runtime::{Runtime, try_with_runtime, with_runtime};
use super::stack::Stack;

pub(crate) type Hook = dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static;

/// The hook that a program has set in an execution. It is never dropped with the execution: what it owns is the
/// program's, and may call the explorer.
pub(super) struct ProgramHook(ManuallyDrop<Arc<Hook>>);

impl fmt::Debug for ProgramHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramHook").finish_non_exhaustive()
    }
}

/// What was the hook when the explorer's was installed.
static ORIGINAL: OnceLock<Box<Hook>> = OnceLock::new();

/// What was set since then, outside of executions.
static OUTSIDE: Mutex<Option<Arc<Hook>>> = Mutex::new(None);

/// Installs the explorer's hook, once per process. Panics outside of models go on to the hook that was there before.
pub(super) fn install() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let before = real::panic::take_hook();
        ORIGINAL.get_or_init(|| before);
        real::panic::set_hook(Box::new(run));
    });
}

fn run(info: &PanicHookInfo<'_>) {
    if info.payload().is::<Forgotten>() {
        return leave();
    }
    if try_with_runtime(|runtime| runtime.notes_crash(info)) == Some(true) {
        return run_outside(info);
    }
    if !is_in_execution() {
        return run_outside(info);
    }
    let counted = panicking();
    // std lets nothing panic within a hook. From here on a panic of the explorer is one as anywhere else.
    leave();
    match note(info, counted) {
        Noted::Once => {
            report(false);
            run_programs(info);
        }
        Noted::Twice => report(true),
    }
}

/// Runs the hook of the process, for a panic that is none of a model thread.
fn run_outside(info: &PanicHookInfo<'_>) {
    let outside = OUTSIDE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match (outside, ORIGINAL.get()) {
        (Some(hook), _) => hook(info),
        (None, Some(original)) => original(info),
        (None, None) => unreachable!("it was kept before this hook was installed"),
    }
}

/// Runs the hook of the program, unless the execution has failed.
fn run_programs(info: &PanicHookInfo<'_>) {
    let hook = try_with(|state| {
        let hook = state
            .execution
            .hook
            .as_ref()
            .filter(|_| state.execution.stop.is_none() && !state.execution.abandoned);
        let hook = hook.map(|hook| Arc::clone(&hook.0));
        if hook.is_some() {
            state.mark();
        }
        hook
    });
    if let Some(Some(hook)) = hook {
        let within = |hooks: isize| {
            try_with(|state| {
                let me = state.execution.me();
                me.hooks = me.hooks.saturating_add_signed(hooks);
            })
        };
        within(1);
        let abandoned = catch_unwind(AssertUnwindSafe(|| hook(info)));
        within(-1);
        match abandoned {
            Err(payload) if !payload.is::<Abandoned>() => resume_unwind(payload),
            Ok(()) | Err(_) => {}
        }
    }
}

/// Makes std forget that a hook runs, if it thinks so: another model thread, which is of the same OS thread, may panic
/// before the hook returns, and std would abort. The message of a panic, too, is made by the program while a hook
/// runs.
///
/// A panic that is raised and caught within a hook is not counted when it begins, but when it ends: std forgets the
/// panic whose hook it is as well. So no panic that the explorer's hook has seen is counted while it unwinds, until
/// [`catch`] is about to end it. Anywhere else than in a hook it does nothing.
pub(super) fn leave() {
    let _ = catch_unwind(|| resume_unwind(Box::new(())));
}

/// [`leave`], where a hook may run. Returns whether it may.
pub(super) fn leave_if_in_one() -> bool {
    let may = panicking();
    if may {
        leave();
    }
    may
}

/// Makes std forget the panics that it still counts at the end of an execution: those of threads that were unwinding.
/// Only for an OS thread that does not unwind itself.
pub(super) fn forget_panics() {
    /// More than the threads of an execution leave behind. Without the explorer's hook, none is forgotten.
    const MOST: usize = 1_000;
    for _ in 0..MOST {
        if !panicking() {
            return;
        }
        // Counted once, forgotten in the hook, and counted off once more where it is caught.
        let _ = catch_unwind(|| panic_any(Forgotten));
    }
}

/// What [`forget_panics`] panics with.
struct Forgotten;

/// What a thread unwinds with that is left in a hook, or in the message of a panic, when its execution is over: std
/// keeps a lock for that time.
pub(super) struct Abandoned;

/// Runs code of the program, and catches its panic.
///
/// # Errors
/// What it panicked with.
pub(crate) fn catch<R>(body: impl FnOnce() -> R) -> real::thread::Result<R> {
    let mut body = Some(body);
    let mut result = None;
    catch_panic(&mut || result = body.take().map(|body| body()))?;
    Ok(result.expect("a body that has not panicked has returned"))
}

/// [`catch`], compiled once, and not in every program for each of its closures.
fn catch_panic(body: &mut dyn FnMut()) -> real::thread::Result<()> {
    struct Unwinds;
    impl Drop for Unwinds {
        fn drop(&mut self) {
            if try_with(|state| state.execution.has_begun() && !state.execution.me().counted) == Some(true) {
                count_one_more();
            }
        }
    }
    catch_unwind(AssertUnwindSafe(|| {
        let unwinds = Unwinds;
        body();
        forget(unwinds);
    }))
    .inspect_err(|_| {
        // It unwinds no further.
        try_with_runtime(Runtime::stop_after_crash);
    })
}

/// Begins a panic that std counts and that never ends.
fn count_one_more() {
    struct Suspends<'a>(&'a Yielder<(), ()>);
    impl Drop for Suspends<'_> {
        fn drop(&mut self) {
            self.0.suspend(());
        }
    }
    with_runtime(|runtime| {
        let stack = runtime.stack(0).expect("there is address space for a small stack");
        let Stack { memory, size } = stack;
        let mut coroutine = Coroutine::with_stack(memory, |yielder: &Yielder<(), ()>, ()| {
            let _suspends = Suspends(yielder);
            resume_unwind(Box::new(()));
        });
        coroutine.resume(());
        // SAFETY: nothing borrows from its stack, and what that owns is leaked.
        unsafe { coroutine.force_reset() };
        runtime.give_back(coroutine.into_stack(), size);
    });
}

/// Sets the hook of the program, or of the process outside of an execution.
///
/// # Panics
/// While the calling thread unwinds.
#[track_caller]
pub(crate) fn set(hook: Box<Hook>) {
    assert_not_panicking();
    let before = replace(Some(Arc::from(hook)), Location::caller());
    drop(before);
}

/// Takes the hook of the program, or of the process outside of an execution, which has the first one again.
///
/// # Panics
/// While the calling thread unwinds.
#[track_caller]
pub(crate) fn take() -> Box<Hook> {
    assert_not_panicking();
    match replace(None, Location::caller()) {
        Some(hook) => Box::new(move |info| hook(info)),
        // The explorer notes what happens in an execution, whatever the program does.
        None if is_in_execution() => Box::new(|_| {}),
        None => Box::new(|info| {
            if let Some(original) = ORIGINAL.get() {
                original(info);
            }
        }),
    }
}

fn replace(hook: Option<Arc<Hook>>, location: &'static Location<'static>) -> Option<Arc<Hook>> {
    if !is_in_execution() {
        install();
        return core::mem::replace(&mut OUTSIDE.lock().unwrap_or_else(PoisonError::into_inner), hook);
    }
    schedule_point(location);
    let before = with(|state| {
        // Which one a panic finds depends on the order in which they are set.
        state.mark();
        let hook = hook.map(|hook| ProgramHook(ManuallyDrop::new(hook)));
        core::mem::replace(&mut state.execution.hook, hook)
    });
    before.map(|hook| ManuallyDrop::into_inner(hook.0))
}

#[track_caller]
fn assert_not_panicking() {
    let model = try_with(|state| state.execution.has_begun().then(|| state.execution.me().panicking));
    if model.flatten().unwrap_or_else(real::thread::panicking) {
        panic!("cannot modify the panic hook from a panicking thread");
    }
}
