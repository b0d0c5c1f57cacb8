//! Threads, and handles to them.

use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::mem;
use core::num::NonZeroU64;
use core::panic::Location;
use real::boxed::Box;
use real::io;
use real::rc::Rc;
use real::string::String;
use real::sync::Arc;

use model_trace::{Blocker, Operation};

use crate::explore::acting::{self, look_point, wait_until, wait_until_made, with};
use crate::explore::panics::abort_on_unwind;
use crate::explore::stack;
use crate::explore::thread::{Pending, Wait};
use crate::explore::{hook, id};

/// A handle to a thread. See [`std`](real::thread::Thread).
#[derive(Clone)]
pub struct Thread {
    pub(super) id: id::ThreadId,
    name: Option<Arc<str>>,
}

/// See [`std`](real::thread::ThreadId).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadId(NonZeroU64);

impl Thread {
    pub(super) fn of(id: id::ThreadId, name: Option<String>) -> Self {
        let name = name.map(Arc::from);
        // The test runs in an OS thread that has a name already: that of the test, or `main`.
        let name = if id.0 == 0 { real::thread::current().name().map(Arc::from) } else { name };
        Thread { id, name }
    }

    /// See [`std`](real::thread::Thread::id).
    #[must_use]
    pub fn id(&self) -> ThreadId {
        // The test's own thread is 1, as the first thread of a program is with std.
        ThreadId(NonZeroU64::MIN.saturating_add(self.id.0.into()))
    }

    /// See [`std`](real::thread::Thread::name).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}

/// The calling thread. See [`std`](real::thread::current).
#[must_use]
pub fn current() -> Thread {
    with(|state| Thread::of(state.execution.current, state.execution.me().name.clone()))
}

/// Where a thread leaves its result. The thread has it until its body has ended, its handle until that is gone.
pub(super) struct Packet<T> {
    result: UnsafeCell<Option<real::thread::Result<T>>>,
    /// The thread, once its body has ended.
    ended: Cell<Option<id::ThreadId>>,
    /// `None`: the thread is not one of a scope.
    scope: Option<Scoped>,
}

/// What a scope knows of one of its threads: whether its result is a panic that no `join` has returned.
#[derive(Clone, Default)]
pub(super) struct Scoped(Rc<Cell<bool>>);

impl Scoped {
    pub(super) fn has_panicked(&self) -> bool {
        self.0.get()
    }
}

/// The body of the acting thread has returned or unwound.
fn end_unwinding() -> id::ThreadId {
    with(|state| {
        // The panic ends here, as it does at the root of a real thread.
        state.execution.me().panicking = false;
        state.execution.current
    })
}

// SAFETY: the thread writes before it ends, and its handle reads afterwards. All of them are
// coroutines of one OS thread.
unsafe impl<T: Send> Sync for Packet<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Packet<T> {}

impl<T> Packet<T> {
    pub(super) fn new(scope: Option<Scoped>) -> Arc<Self> {
        Arc::new(Packet { result: UnsafeCell::new(None), ended: Cell::new(None), scope })
    }

    /// Tells the scope of the thread whether the result is a panic.
    fn note_panic(&self, panicked: bool) {
        if let Some(Scoped(of_scope)) = &self.scope {
            of_scope.set(panicked);
        }
    }

    fn put(&self, result: real::thread::Result<T>) {
        self.note_panic(result.is_err());
        // SAFETY: no thread reads before this one has ended, see above.
        unsafe { *self.result.get() = Some(result) };
    }

    /// What the thread has left, which has ended.
    pub(super) fn take(&self) -> real::thread::Result<T> {
        self.note_panic(false);
        // SAFETY: the thread has ended: it does not write any more.
        let result = unsafe { (*self.result.get()).take() };
        result.expect("a thread that has ended has left a result")
    }
}

impl<T> Drop for Packet<T> {
    fn drop(&mut self) {
        if let Some(result) = self.result.get_mut().take() {
            abort_on_unwind("thread result panicked on drop", || drop(result));
        }
        // Nothing of the thread is left that borrows.
        if let Some(thread) = self.ended.get() {
            acting::release_thread(thread);
        }
    }
}

/// The body of a thread. A program has a copy of its own of whatever is generic over its closures, so they go no
/// further than here.
pub(super) type Body<'a, T> = Box<dyn FnOnce() -> T + 'a>;

/// What a thread runs: its body, and then its result into the packet.
pub(super) fn with_result<'a, T: 'a>(body: Body<'a, T>, packet: Arc<Packet<T>>) -> Body<'a, ()> {
    Box::new(move || {
        let result = hook::catch(body);
        packet.ended.set(Some(end_unwinding()));
        packet.put(result);
        acting::end_body();
        // Here a scope may end that the thread belongs to. What it does from now on borrows nothing from there.
        drop(packet);
    })
}

pub(super) fn spawn<F, T>(
    name: Option<String>,
    stack_size: Option<usize>,
    body: F,
    location: &'static Location<'static>,
) -> io::Result<JoinHandle<T>>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    // SAFETY: they borrow nothing that could end.
    unsafe { spawn_unchecked(name, stack_size, body, location) }
}

/// # Safety
/// What the body and its result borrow lives until the thread has ended, and until no handle has its result any more.
pub(super) unsafe fn spawn_unchecked<F, T>(
    name: Option<String>,
    stack_size: Option<usize>,
    body: F,
    location: &'static Location<'static>,
) -> io::Result<JoinHandle<T>>
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    // SAFETY: the caller promises it.
    unsafe { spawn_boxed(name, stack_size, Box::new(body), location) }
}

/// # Safety
/// As [`spawn_unchecked`].
unsafe fn spawn_boxed<'a, T: 'a>(
    name: Option<String>,
    stack_size: Option<usize>,
    body: Body<'a, T>,
    location: &'static Location<'static>,
) -> io::Result<JoinHandle<T>> {
    let packet = Packet::new(None);
    let body = with_result(body, Arc::clone(&packet));
    // SAFETY: only the lifetime changes, and the caller promises that the borrows live as long as the thread.
    let body: Body<'static, ()> = unsafe { mem::transmute(body) };
    Ok(JoinHandle { thread: start(name, stack_size, body, location)?, packet })
}

/// Starts a thread that leaves its result somewhere itself.
pub(super) fn start(
    name: Option<String>,
    stack_size: Option<usize>,
    body: Body<'static, ()>,
    location: &'static Location<'static>,
) -> io::Result<Thread> {
    let id = acting::spawn(name.clone(), stack::requested(stack_size), body, location)?;
    Ok(Thread::of(id, name))
}

/// See [`std`](real::thread::JoinHandle).
pub struct JoinHandle<T> {
    thread: Thread,
    packet: Arc<Packet<T>>,
}

// SAFETY: as that of std, it gives its result to the thread that has it at the end.
unsafe impl<T> Send for JoinHandle<T> {}
// SAFETY: a shared handle gives access to nothing of the result.
unsafe impl<T> Sync for JoinHandle<T> {}

impl<T> JoinHandle<T> {
    /// See [`std`](real::thread::JoinHandle::thread).
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// See [`std`](real::thread::JoinHandle::join).
    ///
    /// # Errors
    /// What the thread panicked with.
    ///
    /// # Panics
    /// If the thread joins itself.
    #[track_caller]
    pub fn join(self) -> real::thread::Result<T> {
        assert_is_other(self.thread.id);
        wait_for_end(self.thread.id, Location::caller());
        self.packet.take()
    }

    /// See [`std`](real::thread::JoinHandle::is_finished).
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        is_finished(self.thread.id, Location::caller())
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// # Panics
/// If the thread is the calling one, as the system says of a thread that joins itself.
#[track_caller]
pub(super) fn assert_is_other(id: id::ThreadId) {
    /// `EDEADLK`.
    const DEADLOCK: i32 = if cfg!(target_os = "linux") { 35 } else { 11 };
    if with(|state| state.execution.current == id) {
        panic!("failed to join thread: {}", io::Error::from_raw_os_error(DEADLOCK));
    }
}

/// Waits until a thread has ended, its thread-local variables included, and gets to see what it had seen.
pub(super) fn wait_for_end(id: id::ThreadId, location: &'static Location<'static>) {
    // To join a thread that has ended is no step: no other thread can tell when it happens.
    if with(|state| !state.has_finished(id)) {
        with(|state| state.record(Operation::Block { on: Blocker::Thread(id) }, location));
        wait_until_made(|| Pending::until(Wait::Join(id), location));
    }
    with(|state| state.join(id, location));
}

/// Waits until nothing of a thread is left that a scope lends it anything for: its body and its result. Its
/// thread-local variables may still be there.
pub(super) fn wait_for_release(id: id::ThreadId, location: &'static Location<'static>) {
    if with(|state| !state.is_released(id)) {
        with(|state| state.record(Operation::Block { on: Blocker::Thread(id) }, location));
        wait_until(Pending::until(Wait::Release(id), location));
    }
    with(|state| state.end_scope_of(id, location));
}

pub(super) fn is_finished(id: id::ThreadId, location: &'static Location<'static>) -> bool {
    look_point(location);
    with(|state| state.is_finished(id, location))
}
