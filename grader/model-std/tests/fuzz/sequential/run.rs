//! Runs a program with the explorer.

use std::sync::{Arc, Mutex as RealMutex, PoisonError};
use std::time::Duration;

use model_std::panic::catch_unwind;
use model_std::sync::atomic::AtomicU32;
use model_std::sync::atomic::Ordering::SeqCst;
use model_std::sync::{
    Barrier, Condvar, LazyLock, Mutex, MutexGuard, Once, OnceLock, RwLock, RwLockWriteGuard, TryLockError,
};
use model_std::thread::{self, JoinHandle, ScopedJoinHandle, Thread};
use model_std::time::Instant;

use super::ends::{Receiving, Sending, open};
use super::journal::Journal;
use super::program::{BARRIER, CELLS, CONDVARS, LAZY, LOCKS, Operation, Program, note};

struct Shared {
    journal: Journal,
    cells: Arc<[AtomicU32; CELLS]>,
    locks: [Mutex<u32>; LOCKS],
    changed: [Condvar; CONDVARS],
    data: RwLock<u32>,
    barrier: Barrier,
    once: Once,
    lazy: [LazyLock<(), Initialiser>; 2],
    /// What the clock showed to whoever last looked at it under the mutex 0.
    seen: RealMutex<Option<Instant>>,
    value: OnceLock<u32>,
}

type Initialiser = Box<dyn FnOnce() + Send>;

/// A thread, with what it owns. The ends of the channel are dropped at its end, in this order.
pub struct Me {
    index: usize,
    shared: Arc<Shared>,
    pub sender: Option<Sending>,
    pub receiver: Option<Receiving>,
    /// Those that it may unpark, by number.
    threads: Vec<Thread>,
    /// The earliest that the clock may show.
    time: Option<Instant>,
}

/// A thread that the test's own has started.
enum Handle<'scope> {
    Free(JoinHandle<Option<Instant>>),
    Scoped(ScopedJoinHandle<'scope, Option<Instant>>),
}

impl Handle<'_> {
    fn thread(&self) -> Thread {
        match self {
            Handle::Free(handle) => handle.thread().clone(),
            Handle::Scoped(handle) => handle.thread().clone(),
        }
    }

    fn is_finished(&self) -> bool {
        match self {
            Handle::Free(handle) => handle.is_finished(),
            Handle::Scoped(handle) => handle.is_finished(),
        }
    }

    /// Returns the note, and what the clock showed to the thread.
    fn join(self) -> (u32, Option<Instant>) {
        let result = match self {
            Handle::Free(handle) => handle.join(),
            Handle::Scoped(handle) => handle.join(),
        };
        result.map_or((note::JOINED_PANIC, None), |time| (note::JOINED, time))
    }
}

pub fn run(program: &Arc<Program>, journal: &Journal) {
    journal.begin(program.threads.len());
    let cells = Arc::new([const { AtomicU32::new(0) }; CELLS]);
    let lazy = [false, true].map(|panics| {
        let cells = Arc::clone(&cells);
        let initialise = move || {
            cells[0].store(LAZY, SeqCst);
            assert!(!panics, "a generated panic");
        };
        LazyLock::new(Box::new(initialise) as Initialiser)
    });
    let shared = Arc::new(Shared {
        journal: journal.clone(),
        cells,
        locks: [const { Mutex::new(0) }; LOCKS],
        changed: [const { Condvar::new() }; CONDVARS],
        data: RwLock::new(0),
        barrier: Barrier::new(BARRIER.into()),
        once: Once::new(),
        lazy,
        seen: RealMutex::default(),
        value: OnceLock::new(),
    });
    let mut threads = open(program)
        .into_iter()
        .enumerate()
        .map(|(index, (sender, receiver))| Me {
            index,
            shared: Arc::clone(&shared),
            sender,
            receiver,
            threads: Vec::new(),
            time: None,
        })
        .collect::<Vec<_>>();
    let main = threads.pop().expect("there is the test's own thread");
    let current = thread::current();
    let own = |handles: &[Option<Handle<'_>>], mut me: Me| {
        // The test's own thread has the last number: until then, it stands for all others.
        let started = handles.iter().flatten().map(Handle::thread);
        me.threads = started.collect();
        me.threads.resize(program.main() + 1, current.clone());
        me
    };
    if program.scoped {
        let result = catch_unwind(std::panic::AssertUnwindSafe(|| {
            thread::scope(|scope| {
                let mut handles = Vec::new();
                for me in threads {
                    let (me, program) = (own(&handles, me), Arc::clone(program));
                    handles.push(Some(Handle::Scoped(scope.spawn(move || live(me, &program)))));
                }
                live_as_main(own(&handles, main), program, &mut handles);
            });
        }));
        if result.is_err() {
            shared.journal.note(program.main(), note::SCOPE_PANICKED);
        }
    } else {
        let mut handles = Vec::new();
        for me in threads {
            let (me, program) = (own(&handles, me), Arc::clone(program));
            handles.push(Some(Handle::Free(thread::spawn(move || live(me, &program)))));
        }
        live_as_main(own(&handles, main), program, &mut handles);
        for handle in handles.into_iter().flatten() {
            shared.journal.note(program.main(), handle.join().0);
        }
    }
}

fn live(mut me: Me, program: &Program) -> Option<Instant> {
    let index = me.index;
    me.run(&program.threads[index], &mut None, &mut []);
    me.time
}

fn live_as_main(mut me: Me, program: &Program, handles: &mut [Option<Handle<'_>>]) {
    let block = &program.threads[me.index];
    let run = std::panic::AssertUnwindSafe(|| me.run(block, &mut None, handles));
    if catch_unwind(run).is_err() {
        me.note(note::CAUGHT);
    }
}

/// The mutex 0, while the thread holds it.
type Held<'a> = Option<MutexGuard<'a, u32>>;

impl Me {
    pub fn note(&self, word: impl Into<u32>) {
        self.shared.journal.note(self.index, word.into());
    }

    fn run(&mut self, block: &[Operation], held: &mut Held<'_>, handles: &mut [Option<Handle<'_>>]) {
        for operation in block {
            self.operation(operation, held, handles);
        }
    }

    fn operation(&mut self, operation: &Operation, held: &mut Held<'_>, handles: &mut [Option<Handle<'_>>]) {
        let shared = Arc::clone(&self.shared);
        match *operation {
            Operation::Load(cell) => self.note(shared.cells[cell].load(SeqCst)),
            Operation::Store(cell, value) => shared.cells[cell].store(value, SeqCst),
            Operation::Add(cell) => self.note(shared.cells[cell].fetch_add(1, SeqCst)),
            Operation::Exchange { cell, from, to, weak } => {
                let cell = &shared.cells[cell];
                let result = if weak {
                    cell.compare_exchange_weak(from, to, SeqCst, SeqCst)
                } else {
                    cell.compare_exchange(from, to, SeqCst, SeqCst)
                };
                self.note(result.unwrap_or_else(|found| note::FAILED + found));
            }
            Operation::Lock(lock, ref block) => {
                let (guard, poisoned) = sound(shared.locks[lock].lock());
                self.locked(lock, guard, poisoned, block, held, handles);
            }
            Operation::TryLock(lock, ref block) => match shared.locks[lock].try_lock() {
                Ok(guard) => self.locked(lock, guard, 0, block, held, handles),
                Err(TryLockError::Poisoned(error)) => {
                    self.locked(lock, error.into_inner(), note::POISONED, block, held, handles);
                }
                Err(TryLockError::WouldBlock) => self.note(note::WOULD_BLOCK),
            },
            Operation::IsPoisoned(lock) => self.note(shared.locks[lock].is_poisoned()),
            Operation::ClearPoison(lock) => shared.locks[lock].clear_poison(),
            Operation::Wait(_) | Operation::WaitTimeout(_) | Operation::WaitUntil(..) => {
                self.wait(operation, &shared, held);
            }
            Operation::NotifyOne(condvar) => shared.changed[condvar].notify_one(),
            Operation::NotifyAll(condvar) => shared.changed[condvar].notify_all(),

            Operation::Read(ref block) => {
                let (guard, poisoned) = sound(shared.data.read());
                self.note(*guard + poisoned);
                self.run(block, held, handles);
                drop(guard);
            }
            Operation::TryRead(ref block) => {
                let (guard, poisoned) = match shared.data.try_read() {
                    Ok(guard) => (guard, 0),
                    Err(TryLockError::Poisoned(error)) => (error.into_inner(), note::POISONED),
                    Err(TryLockError::WouldBlock) => return self.note(note::WOULD_BLOCK),
                };
                self.note(*guard + poisoned);
                self.run(block, held, handles);
                drop(guard);
            }
            Operation::Write(ref block) => {
                let (mut guard, poisoned) = sound(shared.data.write());
                self.written(&mut guard, poisoned);
                self.run(block, held, handles);
                drop(guard);
            }
            Operation::TryWrite(ref block) => {
                let (mut guard, poisoned) = match shared.data.try_write() {
                    Ok(guard) => (guard, 0),
                    Err(TryLockError::Poisoned(error)) => (error.into_inner(), note::POISONED),
                    Err(TryLockError::WouldBlock) => return self.note(note::WOULD_BLOCK),
                };
                self.written(&mut guard, poisoned);
                self.run(block, held, handles);
                drop(guard);
            }
            Operation::Downgrade(ref first, ref second) => {
                let (mut guard, poisoned) = sound(shared.data.write());
                self.written(&mut guard, poisoned);
                self.run(first, held, handles);
                let guard = RwLockWriteGuard::downgrade(guard);
                self.note(*guard);
                self.run(second, held, handles);
                drop(guard);
            }

            Operation::Park => thread::park(),
            Operation::ParkTimeout => thread::park_timeout(TIMEOUT),
            Operation::Unpark(thread) => self.threads[thread].unpark(),
            Operation::Send(_)
            | Operation::TrySend(_)
            | Operation::DropSender
            | Operation::Receive
            | Operation::TryReceive
            | Operation::ReceiveTimeout
            | Operation::DropReceiver => self.pass(operation),

            Operation::Barrier => self.note(shared.barrier.wait().is_leader()),
            Operation::CallOnce(ref block) => {
                shared.once.call_once(|| self.run(block, held, handles));
                self.note(note::CALLED);
            }
            Operation::CallOnceForce(ref block) => {
                shared.once.call_once_force(|_| self.run(block, held, handles));
                self.note(note::CALLED);
            }
            Operation::IsCompleted => self.note(shared.once.is_completed()),
            Operation::WaitForOnce { force } => {
                if force {
                    shared.once.wait_force();
                } else {
                    shared.once.wait();
                }
                self.note(note::CALLED);
            }
            Operation::Force { panics } => {
                LazyLock::force(&shared.lazy[usize::from(panics)]);
                self.note(note::CALLED);
            }
            Operation::IsForced => self.note(LazyLock::get(&shared.lazy[0]).is_some()),
            Operation::GetOrInit(value, ref block) => {
                let found = *shared.value.get_or_init(|| {
                    self.run(block, held, handles);
                    value
                });
                self.note(found);
            }
            Operation::Set(value) => self.note(shared.value.set(value).is_ok()),
            Operation::Get => self.note(shared.value.get().copied().unwrap_or(0)),
            Operation::WaitForValue => self.note(*shared.value.wait()),

            Operation::Yield => thread::yield_now(),
            Operation::Sleep => {
                thread::sleep(TIMEOUT);
                self.time = self.time.map(|time| time + TIMEOUT);
            }
            Operation::Now => self.look_at_the_clock(held.is_some()),
            Operation::IsFinished(thread) => {
                if let Some(handle) = &handles[thread] {
                    self.note(handle.is_finished());
                }
            }
            Operation::Join(thread) => {
                if let Some(handle) = handles[thread].take() {
                    let (note, time) = handle.join();
                    self.note(note);
                    self.time = self.time.max(time);
                }
            }
            Operation::Panic => panic!("a generated panic"),
            Operation::Catch(ref block) => {
                let run = std::panic::AssertUnwindSafe(|| self.run(block, held, handles));
                let caught = catch_unwind(run).is_err();
                self.note(if caught { note::CAUGHT } else { note::NOT_CAUGHT });
            }
        }
    }

    fn look_at_the_clock(&mut self, holds: bool) {
        let now = Instant::now();
        let mut seen = self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.time.max(seen.filter(|_| holds));
        assert!(before <= Some(now), "the clock goes back from {before:?} to {now:?}");
        self.time = Some(now);
        if holds {
            *seen = Some(now);
        }
    }

    fn locked(
        &mut self,
        lock: usize,
        mut guard: MutexGuard<'_, u32>,
        poisoned: u32,
        block: &[Operation],
        held: &mut Held<'_>,
        handles: &mut [Option<Handle<'_>>],
    ) {
        self.written(&mut guard, poisoned);
        if lock == 0 {
            self.run(block, &mut Some(guard), handles);
        } else {
            self.run(block, held, handles);
            drop(guard);
        }
    }

    fn written(&self, data: &mut u32, poisoned: u32) {
        self.note(*data + poisoned);
        *data += 1;
    }

    fn wait(&self, operation: &Operation, shared: &Shared, held: &mut Held<'_>) {
        let guard = held.take().expect("whoever waits holds the mutex 0");
        let (guard, poisoned, timed_out) = match *operation {
            Operation::Wait(condvar) => {
                let (guard, poisoned) = sound(shared.changed[condvar].wait(guard));
                (guard, poisoned, None)
            }
            Operation::WaitUntil(condvar, least) => {
                let (guard, poisoned) =
                    sound(shared.changed[condvar].wait_while(guard, |data| *data < least));
                (guard, poisoned, None)
            }
            Operation::WaitTimeout(condvar) => {
                let ((guard, result), poisoned) = sound(shared.changed[condvar].wait_timeout(guard, TIMEOUT));
                (guard, poisoned, Some(result.timed_out()))
            }
            _ => unreachable!("{operation:?} is no wait"),
        };
        self.note(*guard + poisoned);
        if let Some(timed_out) = timed_out {
            self.note(timed_out);
        }
        *held = Some(guard);
    }
}

/// Some time. How much does not matter: time may be up at any moment.
pub const TIMEOUT: Duration = Duration::from_millis(5);

/// What a lock returns, and what to add to a note if it was poisoned.
fn sound<T>(result: std::sync::LockResult<T>) -> (T, u32) {
    match result {
        Ok(value) => (value, 0),
        Err(error) => (error.into_inner(), note::POISONED),
    }
}
