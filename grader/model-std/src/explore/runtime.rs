//! One execution: model threads as coroutines of one OS thread.

use core::cell::{Cell, RefCell};
use core::ptr;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use real::boxed::Box;
use real::io;
use real::panic::resume_unwind;
use real::rc::Rc;
use real::sync::Arc;
use real::sync::atomic::{AtomicU32, Ordering};
use real::thread::panicking;
use real::vec::Vec;

use super::acting::end_thread;
use super::crash::{self, Crash, InternalErrorSink};
use super::fatal::Watch;
use super::hook::{self, Abandoned};
use super::id::ThreadId;
use super::outcome::{Failure, InternalError};
use super::panics::run_test;
use super::stack::{self, Stack, Stacks};
use super::state::{State, Stop};
use super::thread::{Resumed, Thread};

/// The runtime of a search.
pub(super) struct Runtime {
    pub(super) state: RefCell<State>,
    /// By thread. Each stays in its place while its coroutine runs, and serves the next execution, too.
    fibers: RefCell<Vec<Rc<Fiber>>>,
    stacks: Stacks,
    sinks: Sinks,
    reported: Cell<bool>,
    reported_crash: Cell<bool>,
    /// What is wrong with the explorer itself.
    pub(super) crash: RefCell<Option<Crash>>,
}

/// Who gets what was found at once, before anything unwinds.
#[derive(Default)]
pub(super) struct Sinks {
    pub(super) on_failure: Option<Box<FailureSink>>,
    pub(super) on_internal_error: Option<Box<InternalErrorSink>>,
}

/// Numbers all executions of the process. 0 is none.
static EPOCHS: AtomicU32 = AtomicU32::new(1);

/// A test. What runs it is compiled once, and not in every program for each of its tests.
pub(super) type Test = Arc<dyn Fn()>;

/// What a failure is handed to.
pub(crate) type FailureSink = dyn Fn(&Failure);

#[derive(Default)]
struct Fiber {
    /// `None`: it has ended, or there is no such thread in this execution.
    coroutine: RefCell<Option<Coroutine<(), (), ()>>>,
    yielder: Cell<*const Yielder<(), ()>>,
    /// What the program has of its stack, in bytes.
    stack: Cell<usize>,
    /// The page below its stack.
    guard: Cell<(usize, usize)>,
    /// Whether it was suspended where a panic hook may run.
    in_hook: Cell<bool>,
}

real::thread_local! {
    static RUNTIME: Cell<*const Runtime> = const { Cell::new(ptr::null()) };
}

impl Runtime {
    pub(super) fn new(state: State, sinks: Sinks) -> Self {
        Runtime {
            state: RefCell::new(state),
            fibers: RefCell::default(),
            stacks: Stacks::take_over(),
            sinks,
            reported: Cell::new(false),
            reported_crash: Cell::new(false),
            crash: RefCell::default(),
        }
    }

    /// Hands a failure on, once.
    pub(super) fn hand_over(&self, failure: &Failure) {
        if let Some(on_failure) = &self.sinks.on_failure
            && self.crash.borrow().is_none()
            && !self.reported.replace(true)
        {
            on_failure(failure);
        }
    }

    /// Hands an internal error on, once.
    pub(super) fn hand_over_internal(&self, error: &InternalError) {
        if let Some(on_internal_error) = &self.sinks.on_internal_error
            && !self.reported_crash.replace(true)
        {
            on_internal_error(error);
        }
    }

    /// Hands the failure of the running execution on, unless the search may find a simpler one.
    pub(super) fn report(&self, last_chance: bool) {
        let state = self.state.borrow();
        if let Some(Stop::Failed(failure)) = &state.execution.stop
            && (last_chance || !state.pass.allowance.stale || state.pass.allowance.is_sampled())
        {
            self.hand_over(failure);
        }
    }

    /// Runs `search` with this runtime as the one that model threads find.
    ///
    /// # Errors
    /// That the explorer has crashed.
    pub(super) fn enter<R>(&self, search: impl FnOnce() -> R) -> Result<R, InternalError> {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                RUNTIME.set(ptr::null());
            }
        }
        RUNTIME.set(self);
        let _leave = Leave;
        let searched = self.unless_it_crashes(search);
        self.stacks.leave();
        searched
    }

    /// Runs the execution of `test` that the path leads to, and says what stopped it before its end.
    pub(super) fn next_execution(&self, test: &Test) -> Option<Stop> {
        let test = Arc::clone(test);
        self.execute(move || run_test(&*test));
        let mut state = self.state.borrow_mut();
        if let Some(error) = self.internal_error(&state) {
            return Some(Stop::Internal(error));
        }
        // It left out choices that it was to repeat.
        if state.execution.stop.is_none() && state.pass.strategy.path().is_repeating() {
            state.diverged();
        }
        state.execution.stop.take()
    }

    /// Runs one execution of `test`, until no thread is left that could run or something stops it.
    fn execute(&self, test: impl FnOnce() + 'static) {
        let unwinds = panicking();
        self.state.borrow_mut().begin(EPOCHS.fetch_add(1, Ordering::Relaxed));
        let stack = self.stack(stack::MAIN).expect("there is address space for the stack of a test");
        let caller = self.state.borrow().settings().caller;
        self.state.borrow_mut().execution.threads.push(Thread::main(caller));
        self.add(ThreadId(0), stack, Box::new(test));
        loop {
            let current = self.state.borrow().execution.current;
            self.run(current);
            let state = self.state.borrow();
            if state.execution.stop.is_some() || state.execution.over {
                break;
            }
        }
        self.report(false);
        self.leave_hooks();
        self.clean_up();
        if !unwinds {
            hook::forget_panics();
        }
    }

    /// A stack on which a program has at least `size` bytes.
    ///
    /// # Errors
    /// If there is no address space for it.
    pub(super) fn stack(&self, size: usize) -> io::Result<Stack> {
        self.stacks.take(size)
    }

    /// Takes back the memory of a stack of `size` bytes.
    pub(super) fn give_back(&self, memory: DefaultStack, size: usize) {
        self.stacks.give_back(memory, size);
    }

    /// Adds a coroutine for a thread.
    pub(super) fn add(&self, id: ThreadId, stack: Stack, body: Box<dyn FnOnce()>) {
        let Stack { memory, size } = stack;
        let guard = Watch::guard_of(&memory);
        let coroutine = Coroutine::with_stack(memory, move |yielder: &Yielder<(), ()>, ()| {
            with_runtime(|runtime| runtime.fibers.borrow()[id.index()].yielder.set(yielder));
            crash::contain(|| {
                body();
                end_thread();
            });
        });
        let mut fibers = self.fibers.borrow_mut();
        if fibers.len() == id.index() {
            fibers.push(Rc::default());
        }
        let fiber = &fibers[id.index()];
        *fiber.coroutine.borrow_mut() = Some(coroutine);
        fiber.stack.set(size);
        fiber.guard.set(guard);
        fiber.in_hook.set(false);
    }

    /// Runs a thread until it lets another one run.
    pub(super) fn run(&self, id: ThreadId) {
        let fiber = Rc::clone(&self.fibers.borrow()[id.index()]);
        let mut coroutine =
            fiber.coroutine.try_borrow_mut().expect("a thread that is chosen is not running already");
        let running = coroutine.as_mut().expect("a thread that is chosen has not ended");
        let watch = Watch::over(fiber.guard.get(), running.trap_handler());
        let result = running.resume(());
        drop(watch);
        match result {
            CoroutineResult::Yield(()) => {}
            CoroutineResult::Return(()) => {
                let ended = coroutine.take().expect("it has just ended");
                self.stacks.give_back(ended.into_stack(), fiber.stack.get());
            }
        }
    }

    /// Takes back what the threads of an execution had. None of them runs again.
    pub(super) fn clean_up(&self) {
        for fiber in self.fibers.borrow().iter() {
            let Some(mut coroutine) = fiber.coroutine.take() else { continue };
            // SAFETY: the threads of this execution that are not done never run again, all of them
            // at once. What their stacks own is leaked, which is safe; what borrows from their
            // stacks is owned by other stacks of the same execution, and leaked with them.
            unsafe { coroutine.force_reset() };
            self.stacks.give_back(coroutine.into_stack(), fiber.stack.get());
        }
    }

    /// Lets threads that are left in a panic hook out of it, before they are gone for good: std keeps a lock while a
    /// hook runs. They unwind from there, up to their next step.
    fn leave_hooks(&self) {
        let left = |fiber: &Rc<Fiber>| fiber.in_hook.get() && fiber.coroutine.borrow().is_some();
        if !self.fibers.borrow().iter().any(left) {
            return;
        }
        let left = self.fibers.borrow().iter().map(left).collect::<Vec<_>>();
        self.state.borrow_mut().execution.abandoned = true;
        for id in (0..left.len()).filter(|&thread| left[thread]) {
            let id = ThreadId(id as u32);
            self.state.borrow_mut().execution.current = id;
            self.run(id);
        }
    }

    /// Suspends the calling model thread, which is `id`. Returns why it goes on.
    pub(super) fn suspend(id: ThreadId) -> Resumed {
        let may_be_in_hook = hook::leave_if_in_one();
        let yielder = with_runtime(|runtime| {
            let in_hook = {
                let thread = &mut runtime.state.borrow_mut().execution.threads[id.index()];
                thread.in_message |= may_be_in_hook;
                thread.in_message || thread.hooks > 0
            };
            let fiber = &runtime.fibers.borrow()[id.index()];
            fiber.in_hook.set(in_hook);
            fiber.yielder.get()
        });
        // SAFETY: a coroutine's yielder is on its own stack, and lives as long as its body. The caller
        // runs in that body.
        unsafe { (*yielder).suspend(()) };
        with_runtime(|runtime| {
            let state = runtime.state.borrow();
            if !state.execution.abandoned {
                return Some(state.execution.threads[id.index()].resumed);
            }
            // It may go on only to leave a hook.
            let in_hook = runtime.fibers.borrow()[id.index()].in_hook.take();
            (!in_hook).then_some(Resumed::Granted)
        })
        .unwrap_or_else(|| resume_unwind(Box::new(Abandoned)))
    }
}

/// Calls `f` with the runtime that the calling OS thread is in.
///
/// # Panics
/// If it is in none.
#[inline]
pub(super) fn with_runtime<R>(f: impl FnOnce(&Runtime) -> R) -> R {
    try_with_runtime(f).unwrap_or_else(|| {
        panic!(
            "a model of `std` was used outside of a model: only tests (`#[test]`) run in every interleaving; \
             build without `--cfg model` to run anything else"
        )
    })
}

/// Calls `f` with the runtime that the calling OS thread is in, if it is in one.
#[inline]
pub(super) fn try_with_runtime<R>(f: impl FnOnce(&Runtime) -> R) -> Option<R> {
    let runtime = RUNTIME.get();
    // SAFETY: the pointer is set only by `enter`, from a reference that outlives the time for which
    // it is set, and it is per OS thread, as the runtime is.
    unsafe { runtime.as_ref() }.map(f)
}
