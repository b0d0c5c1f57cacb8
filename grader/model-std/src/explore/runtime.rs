//! One execution: model threads as coroutines of one OS thread.

use core::cell::{Cell, RefCell};
use core::panic::Location;
use core::ptr;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use real::boxed::Box;
use real::sync::Arc;
use real::sync::atomic::{AtomicU32, Ordering};
use real::vec::Vec;

use super::acting::end_thread;
use super::id::ThreadId;
use super::outcome::Failure;
use super::panics::run_test;
use super::state::{State, Stop};
use super::thread::Thread;

/// The stack of a model thread, in bytes. Reserved, not touched, until it is used.
const STACK: usize = 512 * 1024;

/// The runtime of a search.
pub(super) struct Runtime {
    pub(super) state: RefCell<State>,
    fibers: RefCell<Vec<Fiber>>,
    stacks: RefCell<Vec<DefaultStack>>,
    /// Gets the failure at once, before anything unwinds.
    on_failure: Option<Box<FailureSink>>,
    reported: Cell<bool>,
}

/// Numbers all executions of the process. 0 is none.
static EPOCHS: AtomicU32 = AtomicU32::new(1);

/// What a failure is handed to.
pub(crate) type FailureSink = dyn Fn(&Failure);

#[derive(Default)]
struct Fiber {
    coroutine: Option<Coroutine<(), (), ()>>,
    yielder: Cell<*const Yielder<(), ()>>,
}

real::thread_local! {
    static RUNTIME: Cell<*const Runtime> = const { Cell::new(ptr::null()) };
}

impl Runtime {
    pub(super) fn new(state: State, on_failure: Option<Box<FailureSink>>) -> Self {
        Runtime {
            state: RefCell::new(state),
            fibers: RefCell::default(),
            stacks: RefCell::default(),
            on_failure,
            reported: Cell::new(false),
        }
    }

    /// Hands a failure on, once.
    pub(super) fn hand_over(&self, failure: &Failure) {
        if let Some(on_failure) = &self.on_failure
            && !self.reported.replace(true)
        {
            on_failure(failure);
        }
    }

    /// Hands the failure of the running execution on, unless the search may find a simpler one.
    pub(super) fn report(&self, last_chance: bool) {
        let state = self.state.borrow();
        if let Some(Stop::Failed(failure)) = &state.execution.stop
            && (last_chance || !state.pass.allowance.stale)
        {
            self.hand_over(failure);
        }
    }

    /// Runs `search` with this runtime as the one that model threads find.
    pub(super) fn enter<R>(&self, search: impl FnOnce() -> R) -> R {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                RUNTIME.set(ptr::null());
            }
        }
        RUNTIME.set(self);
        let _leave = Leave;
        search()
    }

    /// Runs the execution of `test` that the path leads to, and says what stopped it before its end.
    pub(super) fn next_execution<F: Fn() + Send + Sync + 'static>(&self, test: &Arc<F>) -> Option<Stop> {
        let test = Arc::clone(test);
        self.execute(move || run_test(&*test));
        let mut state = self.state.borrow_mut();
        // It left out choices that it was to repeat.
        if state.execution.stop.is_none() && state.pass.strategy.path().is_repeating() {
            state.diverged();
        }
        state.execution.stop.take()
    }

    /// Runs one execution of `test`, until no thread is left that could run or something stops it.
    fn execute(&self, test: impl FnOnce() + 'static) {
        self.state.borrow_mut().begin(EPOCHS.fetch_add(1, Ordering::Relaxed));
        self.add(Thread::main(Location::caller()), Box::new(test));
        loop {
            let current = self.state.borrow().execution.current;
            self.run(current);
            let state = self.state.borrow();
            if state.execution.stop.is_some() || state.execution.over {
                break;
            }
        }
        self.report(false);
        self.clean_up();
    }

    /// Adds a thread, and a coroutine for it.
    pub(super) fn add(&self, thread: Thread, body: Box<dyn FnOnce()>) -> ThreadId {
        let id = {
            let mut state = self.state.borrow_mut();
            state.execution.threads.push(thread);
            ThreadId(state.execution.threads.len() as u32 - 1)
        };
        let stack = self.stacks.borrow_mut().pop().unwrap_or_else(|| {
            DefaultStack::new(STACK).expect("there is address space for the stack of a model thread")
        });
        let coroutine = Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
            with_runtime(|runtime| runtime.fibers.borrow()[id.index()].yielder.set(yielder));
            body();
            end_thread();
        });
        let mut fibers = self.fibers.borrow_mut();
        fibers.resize_with(id.index() + 1, Fiber::default);
        fibers[id.index()].coroutine = Some(coroutine);
        id
    }

    /// Runs a thread until it lets another one run.
    pub(super) fn run(&self, id: ThreadId) {
        let coroutine = self.fibers.borrow_mut()[id.index()].coroutine.take();
        let mut coroutine = coroutine.expect("a thread that is chosen is not running already");
        match coroutine.resume(()) {
            CoroutineResult::Yield(()) => self.fibers.borrow_mut()[id.index()].coroutine = Some(coroutine),
            CoroutineResult::Return(()) => self.stacks.borrow_mut().push(coroutine.into_stack()),
        }
    }

    fn clean_up(&self) {
        for fiber in self.fibers.borrow_mut().drain(..) {
            let Some(mut coroutine) = fiber.coroutine else { continue };
            // SAFETY: the threads of this execution that are not done never run again, all of them
            // at once. What their stacks own is leaked, which is safe; what borrows from their
            // stacks is owned by other stacks of the same execution, and leaked with them.
            unsafe { coroutine.force_reset() };
            self.stacks.borrow_mut().push(coroutine.into_stack());
        }
    }

    /// Suspends the calling model thread, which is `id`.
    pub(super) fn suspend(id: ThreadId) {
        let yielder = with_runtime(|runtime| runtime.fibers.borrow()[id.index()].yielder.get());
        // SAFETY: a coroutine's yielder is on its own stack, and lives as long as its body. The caller
        // runs in that body.
        unsafe { (*yielder).suspend(()) };
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
