//! Threads, and handles to them.

use core::fmt;
use core::panic::Location;
use real::io;
use real::panic::AssertUnwindSafe;
use real::string::String;

use crate::run::{self, not_expressible, step};

/// The stack of a thread, in words, as loom hands it on to its coroutines. Their own default is 4,096, which a
/// formatted panic of an unoptimised check can use up.
pub(crate) const STACK: usize = 32 * 1024;

/// See [`std`](real::thread::Thread).
#[derive(Clone)]
pub struct Thread {
    loom: loom::thread::Thread,
}

/// See [`std`](real::thread::ThreadId).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadId(loom::thread::ThreadId);

impl Thread {
    /// See [`std`](real::thread::Thread::unpark). To loom it is no step.
    #[track_caller]
    pub fn unpark(&self) {
        step("unpark", Location::caller(), || self.loom.unpark());
    }

    /// See [`std`](real::thread::Thread::id).
    #[must_use]
    pub fn id(&self) -> ThreadId {
        ThreadId(self.loom.id())
    }

    /// See [`std`](real::thread::Thread::name).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.loom.name()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}

/// See [`std`](real::thread::current).
#[must_use]
pub fn current() -> Thread {
    Thread { loom: loom::thread::current() }
}

/// See [`std`](real::thread::JoinHandle).
pub struct JoinHandle<T> {
    loom: loom::thread::JoinHandle<real::thread::Result<T>>,
    thread: Thread,
    number: usize,
}

impl<T> real::panic::UnwindSafe for JoinHandle<T> {}
impl<T> real::panic::RefUnwindSafe for JoinHandle<T> {}

/// Starts a thread. One that panics does not end loom's run by that: whoever joins it gets the panic, as in std.
pub(super) fn spawn<F, T>(name: Option<String>, body: F, place: &'static Location<'static>) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let Some(number) = run::add_thread(name.clone()) else {
        run::too_many_threads(place);
    };
    let body = move || {
        run::begin_thread(number);
        real::panic::catch_unwind(AssertUnwindSafe(body))
    };
    let mut builder = loom::thread::Builder::new().stack_size(STACK);
    if let Some(name) = name {
        builder = builder.name(name);
    }
    let loom = step("spawn", place, || builder.spawn(body)).expect("loom never refuses to start a thread");
    JoinHandle { thread: Thread { loom: loom.thread().clone() }, loom, number }
}

#[allow(clippy::missing_errors_doc, reason = "errors are std's")]
impl<T> JoinHandle<T> {
    /// See [`std`](real::thread::JoinHandle::thread).
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// See [`std`](real::thread::JoinHandle::join).
    #[track_caller]
    pub fn join(self) -> real::thread::Result<T> {
        let result = step("join", Location::caller(), || self.loom.join()).and_then(|result| result);
        if result.is_err() {
            run::joined_a_panic(self.number);
        }
        result
    }

    /// See [`std`](real::thread::JoinHandle::is_finished). Ends the run.
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        not_expressible("JoinHandle::is_finished", "loom has none")
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// See [`std`](real::thread::Builder). The size of the stack is taken, and ignored.
#[must_use = "must eventually spawn the thread"]
#[derive(Debug, Default)]
pub struct Builder {
    name: Option<String>,
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "each method is std's of the same name")]
impl Builder {
    pub fn new() -> Builder {
        Builder::default()
    }

    pub fn name(self, name: String) -> Builder {
        Builder { name: Some(name) }
    }

    pub fn stack_size(self, _: usize) -> Builder {
        self
    }

    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(spawn(self.name, body, Location::caller()))
    }
}
