//! `std::thread::scope`.

use core::cell::RefCell;
use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::panic::Location;
use real::boxed::Box;
use real::io;
use real::panic::AssertUnwindSafe;
use real::string::String;
use real::sync::Arc;
use real::vec::Vec;

use super::handle::{self, Body, Packet, Scoped, Thread};
use crate::explore::acting::with;
use crate::explore::{hook, id};

/// See [`std`](real::thread::Scope).
pub struct Scope<'scope, 'env: 'scope> {
    /// To look at it after a panic is safe: threads are added whole.
    spawned: AssertUnwindSafe<RefCell<Vec<(id::ThreadId, Scoped)>>>,
    main_thread: Thread,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

// SAFETY: threads that share a scope are coroutines of one OS thread; a borrow of `spawned` never
// spans a step.
unsafe impl Sync for Scope<'_, '_> {}
// SAFETY: as above.
unsafe impl Send for Scope<'_, '_> {}

/// See [`std`](real::thread::ScopedJoinHandle).
pub struct ScopedJoinHandle<'scope, T> {
    thread: Thread,
    packet: Arc<Packet<T>>,
    scope: PhantomData<&'scope ()>,
}

/// See [`std`](real::thread::scope).
///
/// # Panics
/// If `body` panics, or a thread whose panic no `join` has returned.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let location = Location::caller();
    let scope = Scope {
        spawned: AssertUnwindSafe(RefCell::default()),
        main_thread: handle::current(),
        scope: PhantomData,
        env: PhantomData,
    };
    let mut body = Some(body);
    let mut result = None;
    scope.run(&mut || result = body.take().map(|body| body(&scope)), location);
    result.expect("a body that has not panicked has returned")
}

impl Scope<'_, '_> {
    /// Runs what starts threads, and waits for all of them. It is compiled once, and not in every program for each of
    /// its scopes.
    #[track_caller]
    fn run(&self, body: &mut dyn FnMut(), location: &'static Location<'static>) {
        let unwinding = with(|state| state.execution.me().panicking);
        let result = hook::catch(body);
        // While it waits for the threads, a panic of the body does not unwind.
        let panics = with(|state| mem::replace(&mut state.execution.me().panicking, unwinding));
        let mut panicked = false;
        // Scoped threads may start further ones: the list can grow while this thread waits.
        for next in 0.. {
            let Some((id, scoped)) = self.spawned.borrow().get(next).cloned() else { break };
            handle::wait_for_release(id, location);
            panicked |= scoped.has_panicked();
        }
        match result {
            Err(payload) => {
                with(|state| {
                    let me = state.execution.me();
                    (me.panicking, me.counted) = (panics, true);
                });
                real::panic::resume_unwind(payload)
            }
            Ok(()) if panicked => panic!("a scoped thread panicked"),
            Ok(()) => {}
        }
    }
}

impl<'scope> Scope<'scope, '_> {
    /// See [`std`](real::thread::Scope::spawn).
    ///
    /// # Panics
    /// If there is no address space for the stack of the thread.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.spawn_with(None, None, body, Location::caller()).expect("failed to spawn thread")
    }

    pub(super) fn spawn_with<F, T>(
        &'scope self,
        name: Option<String>,
        stack_size: Option<usize>,
        body: F,
        location: &'static Location<'static>,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.spawn_boxed(name, stack_size, Box::new(body), location)
    }

    fn spawn_boxed<T: 'scope>(
        &'scope self,
        name: Option<String>,
        stack_size: Option<usize>,
        body: Body<'scope, T>,
        location: &'static Location<'static>,
    ) -> io::Result<ScopedJoinHandle<'scope, T>> {
        let scoped = Scoped::default();
        let packet = Packet::new(Some(scoped.clone()));
        let body = handle::with_result(body, Arc::clone(&packet));
        // SAFETY: only the lifetime changes. `scope` returns, or unwinds, when of every thread in its list the body
        // has ended and the result is gone; what they borrow lives longer than that. An execution that stops
        // before never runs the thread again.
        let body: Body<'static, ()> = unsafe { mem::transmute(body) };
        let thread = handle::start(name, stack_size, body, location)?;
        self.spawned.borrow_mut().push((thread.id, scoped));
        Ok(ScopedJoinHandle { thread, packet, scope: PhantomData })
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// See [`std`](real::thread::ScopedJoinHandle::thread).
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// See [`std`](real::thread::ScopedJoinHandle::join).
    ///
    /// # Errors
    /// What the thread panicked with.
    ///
    /// # Panics
    /// If the thread joins itself.
    #[track_caller]
    pub fn join(self) -> real::thread::Result<T> {
        handle::assert_is_other(self.thread.id);
        handle::wait_for_end(self.thread.id, Location::caller());
        self.packet.take()
    }

    /// See [`std`](real::thread::ScopedJoinHandle::is_finished).
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        handle::is_finished(self.thread.id, Location::caller())
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spawned = self.spawned.borrow();
        let running = with(|state| spawned.iter().filter(|(id, _)| !state.is_released(*id)).count());
        let is_lost = |(id, scoped): &(id::ThreadId, Scoped)| {
            scoped.has_panicked() && with(|state| state.is_released(*id))
        };
        f.debug_struct("Scope")
            .field("num_running_threads", &running)
            .field("a_thread_panicked", &spawned.iter().any(is_lost))
            .field("main_thread", &self.main_thread)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
