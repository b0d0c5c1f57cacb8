//! What is noted of a run: loom tells of a failure by a panic, and it takes these notes to say whose it is.
//!
//! All threads of an execution are coroutines of one OS thread, so the notes are that thread's own. Every call
//! that loom may switch threads in goes through [`step`], which knows again who is running when it returns.

use core::any::Any;
use core::cell::RefCell;
use core::panic::Location;
use core::sync::atomic::Ordering;
use real::boxed::Box;
use real::rc::Rc;
use real::string::{String, ToString};
use real::vec::Vec;

use loom::sync::atomic::AtomicUsize;
use model_trace::{Call, LoomFailure, Opinion, Order, Place, Tried};

mod panics;

pub(crate) use panics::install_hook;

/// What is known of a thread of the running execution.
#[derive(Debug, Default)]
pub(crate) struct Me {
    name: Option<String>,
    /// The calls of `catch_unwind` that it is in.
    pub(crate) catching: usize,
    /// Whether it unwinds.
    pub(crate) panicking: bool,
    /// The `catching` of the time when it began to unwind.
    panicked_in: usize,
    /// The panic that it unwinds from, or has unwound from.
    panic: Option<Panicked>,
    /// The panic of the thread that it has just joined: that is the news if it panics in turn.
    joined: Option<Panicked>,
}

#[derive(Clone, Debug)]
struct Panicked {
    message: String,
    place: Option<Place>,
    thread: usize,
}

/// A call in the running execution.
#[derive(Clone, Copy)]
struct Noted {
    thread: usize,
    call: &'static str,
    order: Option<Ordering>,
    place: &'static Location<'static>,
}

/// Gets the opinion as soon as there is one, before anything unwinds.
pub(crate) type AtOnce = Rc<dyn Fn(&Opinion)>;

struct Run {
    at_once: Option<AtOnce>,
    tried: Tried,
    /// What [`mark`](crate::model::mark) counts on.
    clock: Option<Rc<AtomicUsize>>,
    threads: Vec<Me>,
    current: usize,
    calls: Vec<Noted>,
    /// The first call of any execution that yields.
    yields: Option<Call>,
    opinion: Option<Opinion>,
}

real::thread_local! {
    static RUN: RefCell<Option<Run>> = const { RefCell::new(None) };
}

fn with<R>(f: impl FnOnce(&mut Run) -> R) -> Option<R> {
    RUN.with(|run| run.try_borrow_mut().ok()?.as_mut().map(f))
}

/// Unwinds from an execution whose opinion is there already.
struct Decided;

/// Does `body` as a run, and returns the opinion that was found before its end, if there is one, together with
/// the number of executions.
pub(crate) fn within<R>(at_once: Option<AtOnce>, body: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            RUN.set(None);
        }
    }
    let run = Run {
        at_once,
        tried: Tried { executions: 0, preemptions: None },
        clock: None,
        threads: Vec::new(),
        current: 0,
        calls: Vec::new(),
        yields: None,
        opinion: None,
    };
    RUN.set(Some(run));
    let _leave = Leave;
    body()
}

/// Takes note of the bound that loom searches up to from now on.
pub(crate) fn begin_search(bound: Option<usize>) {
    with(|run| run.tried.preemptions = bound.map(|bound| bound as u64));
}

/// Takes note that an execution begins.
pub(crate) fn begin_execution() {
    let clock = Rc::new(AtomicUsize::new(0));
    with(|run| {
        run.tried.executions += 1;
        run.clock = Some(clock);
        run.threads = Vec::from([Me::default()]);
        run.current = 0;
        run.calls.clear();
    });
}

/// What loom has tried so far.
pub(crate) fn tried() -> Tried {
    with(|run| run.tried).unwrap_or(Tried { executions: 0, preemptions: None })
}

/// The clock of the running execution.
pub(crate) fn clock() -> Option<Rc<AtomicUsize>> {
    with(|run| run.clock.clone()).flatten()
}

/// The opinion, if there is one.
pub(crate) fn opinion() -> Option<Opinion> {
    with(|run| run.opinion.clone()).flatten()
}

/// What is noted of the calling thread. `None`: there is no execution.
pub(crate) fn me<R>(f: impl FnOnce(&mut Me) -> R) -> Option<R> {
    with(|run| run.threads.get_mut(run.current).map(f)).flatten()
}

/// Takes note of a thread that is about to be started, and returns its number. `None`: loom has no room for it.
pub(crate) fn add_thread(name: Option<String>) -> Option<usize> {
    with(|run| {
        let number = run.threads.len();
        run.threads.push(Me { name, ..Me::default() });
        number
    })
    .filter(|number| *number < loom::MAX_THREADS)
}

/// Takes note that a thread takes its first step.
pub(crate) fn begin_thread(number: usize) {
    with(|run| run.current = number);
}

/// Takes note that the calling thread has joined one that panicked.
pub(crate) fn joined_a_panic(number: usize) {
    with(|run| {
        let cause = run.threads.get(number).and_then(|thread| thread.panic.clone());
        let current = run.current;
        run.threads[current].joined = cause;
    });
}

/// Does a call in which loom may go on with another thread.
pub(crate) fn step<R>(call: &'static str, place: &'static Location<'static>, op: impl FnOnce() -> R) -> R {
    ordered_step(call, None, place, op)
}

/// The same, for an access to an atomic.
pub(crate) fn ordered_step<R>(
    call: &'static str,
    order: Option<Ordering>,
    place: &'static Location<'static>,
    op: impl FnOnce() -> R,
) -> R {
    /// loom has unwrapped a lock that was poisoned while this call waited for it. The panic hook cannot say
    /// so: only here is it known again which thread, and which call, this is.
    struct Unwinds(&'static Location<'static>);
    impl Drop for Unwinds {
        fn drop(&mut self) {
            let (call, reason) = (POISONED_LOCK.to_string(), POISONED.to_string());
            decide(Opinion::NotExpressible { call, reason, place: Some(self.0.into()) });
        }
    }
    with(|run| {
        let noted = Noted { thread: run.current, call, order, place };
        if call == YIELD && run.yields.is_none() {
            run.yields = Some(run.call(noted));
        }
        run.calls.push(noted);
        run.threads[run.current].joined = None;
    });
    let unwinds = Unwinds(place);
    let result = switching(op);
    core::mem::forget(unwinds);
    result
}

/// Does something in which loom may go on with another thread, and which is no call of the program.
pub(crate) fn switching<R>(op: impl FnOnce() -> R) -> R {
    let current = with(|run| run.current);
    let result = op();
    if let Some(current) = current {
        with(|run| run.current = current);
    }
    result
}

/// Ends the run: the program does something that loom has no means for.
#[track_caller]
pub(crate) fn not_expressible(call: &str, reason: &str) -> ! {
    ends_the_run(call, reason, Location::caller())
}

/// Ends the run: there are more threads than loom can have in an execution, those that have finished included.
pub(crate) fn too_many_threads(place: &'static Location<'static>) -> ! {
    let threads = real::format!("more than {} threads", loom::MAX_THREADS);
    ends_the_run(&threads, "loom has no more in an execution, those that have finished included", place)
}

fn ends_the_run(call: &str, reason: &str, place: &'static Location<'static>) -> ! {
    let (call, reason) = (call.to_string(), reason.to_string());
    decide(Opinion::NotExpressible { call, reason, place: Some(place.into()) });
    real::panic::resume_unwind(Box::new(Decided))
}

/// The call by which a thread lets others run.
pub(crate) const YIELD: &str = "yield_now";

/// What a program uses where a panic has poisoned a lock.
pub(crate) const POISONED_LOCK: &str = "a poisoned lock";
/// What loom lacks there.
pub(crate) const POISONED: &str = "loom's own code unwraps the lock inside of its lock";

/// Keeps the first opinion, and hands it on.
fn decide(opinion: Opinion) {
    let at_once = with(|run| {
        if run.opinion.is_some() {
            return None;
        }
        run.opinion = Some(opinion.clone());
        run.at_once.clone()
    });
    if let Some(at_once) = at_once.flatten() {
        at_once(&opinion);
    }
}

/// Keeps the failure of the running execution, and hands it on.
pub(crate) fn fail(failure: LoomFailure) {
    let Some((calls, tried)) =
        with(|run| (run.calls.iter().map(|noted| run.call(*noted)).collect(), run.tried))
    else {
        return;
    };
    decide(Opinion::Failed { failure, calls, tried });
}

/// Keeps the failure of an execution whose test ends by a panic that the hook has not told of: one that
/// `resume_unwind` passes on.
pub(crate) fn fail_by(payload: &(dyn Any + Send)) {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_string());
    let message = text
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic with a value that is no text".to_string());
    let failure = with(|run| {
        let joined = run.threads.first_mut().and_then(|main| main.joined.take());
        run.failure(joined.unwrap_or(Panicked { message, place: None, thread: 0 }))
    });
    if let Some(failure) = failure {
        fail(failure);
    }
}

/// The opinion on something that must be possible, and that no execution has shown, with a call that yields, if
/// there was one: what happens while a thread spins is not tried.
pub(crate) fn never_happens() -> Opinion {
    let calls = with(|run| run.yields.iter().cloned().collect()).unwrap_or_default();
    Opinion::Failed { failure: LoomFailure::NeverHappens {}, calls, tried: tried() }
}

impl Run {
    fn call(&self, Noted { thread, call, order, place }: Noted) -> Call {
        Call {
            thread: self.name(thread),
            call: call.into(),
            order: order.map(Order::from),
            place: place.into(),
        }
    }

    /// A name that no other thread of the execution has.
    fn name(&self, thread: usize) -> String {
        let own = |number: usize| self.threads.get(number).and_then(|thread| thread.name.as_deref());
        let Some(name) = own(thread) else {
            return if thread == 0 { "main".to_string() } else { real::format!("T{thread}") };
        };
        let same =
            |numbers: core::ops::Range<usize>| numbers.filter(|number| own(*number) == Some(name)).count();
        if same(0..self.threads.len()) == 1 {
            return name.to_string();
        }
        real::format!("{name} {}", same(0..thread) + 1)
    }

    fn failure(&self, panic: Panicked) -> LoomFailure {
        let Panicked { message, place, thread } = panic;
        LoomFailure::Panic { message, place, thread: self.name(thread) }
    }
}
