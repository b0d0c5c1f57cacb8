//! One execution: model threads as coroutines of one OS thread.

use core::cell::{Cell, RefCell};
use core::panic::Location;
use core::ptr;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use real::boxed::Box;
use real::string::String;
use real::sync::Arc;
use real::sync::atomic::{AtomicU32, Ordering};
use real::vec::Vec;

use super::memory::ThreadView;
use super::object::ThreadId;
use super::outcome::Failure;
use super::schedule::Next;
use super::state::{MAX_THREADS, State, Stop};
use super::thread::{Life, Pending, Resumed, Thread};
use model_trace::Operation;

/// The stack of a model thread, in bytes. Reserved, not touched, until it is used.
const STACK: usize = 512 * 1024;

/// The runtime of a search.
pub(crate) struct Runtime {
    pub(crate) state: RefCell<State>,
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
    pub(crate) fn new(state: State, on_failure: Option<Box<FailureSink>>) -> Self {
        Runtime {
            state: RefCell::new(state),
            fibers: RefCell::default(),
            stacks: RefCell::default(),
            on_failure,
            reported: Cell::new(false),
        }
    }

    /// Hands a failure on, once.
    pub(crate) fn hand_over(&self, failure: &Failure) {
        if let Some(on_failure) = &self.on_failure
            && !self.reported.replace(true)
        {
            on_failure(failure);
        }
    }

    /// Hands the failure of the running execution on, unless the search may find a simpler one.
    fn report(&self, last_chance: bool) {
        let state = self.state.borrow();
        if let Some(Stop::Failed(failure)) = &state.stop
            && (last_chance || !state.limits.outdated)
        {
            self.hand_over(failure);
        }
    }

    /// Runs `search` with this runtime as the one that model threads find.
    pub(crate) fn enter<R>(&self, search: impl FnOnce() -> R) -> R {
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
    pub(crate) fn next_execution<F: Fn() + Send + Sync + 'static>(&self, test: &Arc<F>) -> Option<Stop> {
        let test = Arc::clone(test);
        self.execute(move || crate::thread::run_test(&*test));
        let mut state = self.state.borrow_mut();
        if state.stop.is_none() && state.path.ended_early() {
            state.diverged();
        }
        state.stop.take()
    }

    /// Runs one execution of `test`, until nobody is left to run or something stops it.
    fn execute(&self, test: impl FnOnce() + 'static) {
        self.state.borrow_mut().begin(EPOCHS.fetch_add(1, Ordering::Relaxed));
        let location = Location::caller();
        self.add(
            Thread {
                life: Life::Running,
                ..Thread::new(None, ThreadView::default(), Default::default(), location)
            },
            Box::new(test),
        );
        loop {
            let current = self.state.borrow().current;
            self.run(current);
            let state = self.state.borrow();
            if state.stop.is_some() || state.over {
                break;
            }
        }
        self.report(false);
        self.clean_up();
    }

    /// Adds a thread, and a coroutine for it.
    fn add(&self, thread: Thread, body: Box<dyn FnOnce()>) -> ThreadId {
        let id = {
            let mut state = self.state.borrow_mut();
            state.threads.push(thread);
            ThreadId(state.threads.len() as u32 - 1)
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
    fn run(&self, id: ThreadId) {
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
}

fn with_runtime<R>(f: impl FnOnce(&Runtime) -> R) -> R {
    try_with_runtime(f).unwrap_or_else(|| {
        panic!(
            "a model of `std` was used outside of a model: only tests (`#[test]`) run in every interleaving; \
             build without `--cfg model` to run anything else"
        )
    })
}

fn try_with_runtime<R>(f: impl FnOnce(&Runtime) -> R) -> Option<R> {
    let runtime = RUNTIME.get();
    // SAFETY: the pointer is set only by `enter`, from a reference that outlives the time for which
    // it is set, and it is per OS thread, as the runtime is.
    unsafe { runtime.as_ref() }.map(f)
}

/// Looks at, or changes, the state of the running execution.
///
/// # Panics
/// Outside of an execution.
pub(crate) fn with<R>(f: impl FnOnce(&mut State) -> R) -> R {
    with_runtime(|runtime| f(&mut runtime.state.borrow_mut()))
}

/// Like [`with`], but `None` outside of an execution, or while the state is in use: for `Drop`, and
/// for the panic hook.
pub(crate) fn try_with<R>(f: impl FnOnce(&mut State) -> R) -> Option<R> {
    try_with_runtime(|runtime| runtime.state.try_borrow_mut().ok().map(|mut state| f(&mut state))).flatten()
}

/// Hands the failure of the running execution on, if it has one. `last_chance`: the process may not
/// live much longer.
pub(crate) fn report(last_chance: bool) {
    with_runtime(|runtime| runtime.report(last_chance));
}

/// Stops before a step: others may go first. Returns when it is this thread's turn and it has what
/// it waits for, or its time is up.
pub(crate) fn point(pending: Pending) -> Resumed {
    let (me, next) = with(|state| {
        let me = state.current;
        let thread = state.me();
        thread.pending = pending;
        if thread.life == Life::Starting {
            // Its first operation: from here on it takes part. Its parent goes on.
            thread.life = Life::Running;
            return (me, Next::Switch);
        }
        (me, state.schedule())
    });
    if next == Next::Switch {
        suspend(me);
    }
    with(|state| state.me().resumed)
}

/// Stops before a step that needs nothing.
pub(crate) fn point_now(location: &'static Location<'static>) {
    point(Pending::now(location));
}

/// Ends the calling thread's part in an execution that stops.
pub(crate) fn halt() -> ! {
    let me = with(|state| state.current);
    loop {
        suspend(me);
    }
}

/// Reports a call that cannot be modelled, and ends the execution.
pub(crate) fn unsupported(call: &str, message: &str, location: &'static Location<'static>) -> ! {
    with(|state| state.unsupported(call, message, location));
    halt()
}

fn suspend(me: ThreadId) {
    let yielder = with_runtime(|runtime| runtime.fibers.borrow()[me.index()].yielder.get());
    // SAFETY: a coroutine's yielder is on its own stack, and lives as long as its body. The caller
    // runs in that body.
    unsafe { (*yielder).suspend(()) };
}

/// Starts a thread. It runs up to its first operation at once: no other thread can tell.
pub(crate) fn spawn(
    name: Option<String>,
    body: Box<dyn FnOnce()>,
    location: &'static Location<'static>,
) -> ThreadId {
    let full = with(|state| {
        state.threads.iter().filter(|thread| thread.life != Life::Finished).count() >= MAX_THREADS
    });
    if full {
        let message = real::format!(
            "it would be thread number {} at once, and every interleaving of more than {} spawned threads is out of reach",
            MAX_THREADS,
            MAX_THREADS - 1,
        );
        unsupported("thread::spawn", &message, location);
    }
    let (parent, thread) = with(|state| {
        let parent = state.current;
        let child = state.threads.len();
        state.log(Operation::Spawn { thread: ThreadId(child as u32) }, location);
        state.learns(child as u64);
        let me = state.me();
        let view = ThreadView::child_of(&me.view);
        let thread = Thread { clock: me.clock, ..Thread::new(name, view, me.digest.then(1), location) };
        (parent, thread)
    });
    let child = with_runtime(|runtime| {
        let child = runtime.add(thread, body);
        runtime.state.borrow_mut().current = child;
        runtime.run(child);
        runtime.state.borrow_mut().current = parent;
        child
    });
    if with(|state| state.stop.is_some()) {
        halt();
    }
    child
}

/// The calling thread has run to its end.
fn end_thread() {
    crate::thread::local::drop_all();
    let starting = with(|state| state.me().life == Life::Starting);
    if !starting && with(|state| state.fine) {
        point_now(Location::caller());
    }
    with(|state| {
        let me = state.current;
        let starting = state.me().life == Life::Starting;
        state.me().life = Life::Finished;
        state.me().panicking = false;
        if me.index() == 0 {
            // What other threads do after the test has returned cannot make it fail.
            state.coasting = true;
        }
        // A thread without any operation ends inside of its parent's `spawn`.
        if !starting && state.stop.is_none() {
            state.schedule();
        }
    });
}
