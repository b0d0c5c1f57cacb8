//! The steps of a failing execution say everything that the explorer knew when they were taken.

use std::sync::Arc;
use std::time::Duration;

use model_std::model::{
    AcquireCall, Blocker, Cause, Content, Execution, Format, ObjectId, ObjectKind, Operation, Order, Outcome,
    ReceiveCall, Received, Search, Sent, StepId, ThreadId, UpdateCall, Wait, Word,
};
use model_std::sync::atomic::{AtomicU32, Ordering};
use model_std::sync::mpsc::{RecvTimeoutError, channel, sync_channel};
use model_std::sync::{Condvar, Mutex, Once, RwLock};
use model_std::thread;
use outcomes::failure;

/// The first failing execution of a program that fails sooner or later.
fn execution(program: impl Fn() + Send + Sync + 'static) -> Execution {
    let execution = failure(program).execution;
    assert!(execution.is_complete(), "it refers to what it does not have: {execution:?}");
    execution
}

fn operations(execution: &Execution) -> Vec<Operation> {
    execution.steps.iter().map(|step| step.operation).collect()
}

/// The operations of an execution of one thread, which fails at its end.
fn steps(program: impl Fn() + Send + Sync + 'static) -> Vec<Operation> {
    let mut operations = operations(&execution(move || {
        program();
        panic!("so that there is an execution");
    }));
    assert_eq!(operations.pop(), Some(Operation::Panic));
    operations
}

fn number(bits: u64) -> Word {
    Word { bits, format: Format::Unsigned }
}

#[test]
fn a_release_says_what_it_leaves_and_that_it_poisons_and_an_acquire_finds_it() {
    let operations = operations(&execution(|| {
        let lock = Arc::new(Mutex::new(4_u32));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            *theirs.lock().unwrap() += 1;
            let _guard = theirs.lock().unwrap();
            panic!("on purpose");
        });
        assert!(thread.join().is_err());
        assert_eq!(*lock.lock().unwrap_err().into_inner(), 0);
    }));
    let locks = operations.iter().filter_map(|operation| match *operation {
        Operation::Acquire { call: AcquireCall::Lock, content: Some(content), poisoned, .. } => {
            Some((content.bits, poisoned))
        }
        _ => None,
    });
    assert_eq!(locks.collect::<Vec<_>>(), [(4, false), (5, false), (5, true)]);
    let unlocks = operations.iter().filter_map(|operation| match *operation {
        Operation::Release { content, poisons, .. } => Some((content, poisons)),
        _ => None,
    });
    let added = Content::Replaced { old: number(4), new: number(5) };
    assert_eq!(unlocks.take(2).collect::<Vec<_>>(), [(added, false), (Content::Unchanged, true)]);
}

#[test]
fn a_try_that_fails_is_no_acquire() {
    let operations = steps(|| {
        let (mutex, lock) = (Mutex::new(()), RwLock::new(()));
        let _guards = (mutex.lock(), lock.read());
        assert!(mutex.try_lock().is_err());
        assert!(lock.try_write().is_err());
    });
    let failed: Vec<_> = operations
        .into_iter()
        .filter_map(|operation| match operation {
            Operation::WouldBlock { call, .. } => Some(call),
            _ => None,
        })
        .collect();
    assert_eq!(failed, [AcquireCall::TryLock, AcquireCall::TryWrite]);
}

#[test]
fn a_load_names_the_store_that_it_read_and_the_newest_one() {
    let execution = execution(|| {
        let cell = AtomicU32::new(3);
        assert_eq!(cell.load(Ordering::Acquire), 3);
        cell.store(5, Ordering::Release);
        assert_eq!(cell.load(Ordering::SeqCst), 3);
    });
    assert_eq!(execution.objects[0].to_string(), "AtomicU32 #1");
    let loads: Vec<_> = execution
        .steps
        .iter()
        .filter_map(|step| match step.operation {
            Operation::Load { value, order, reads, .. } => Some((value, order, reads.from, reads.newest)),
            _ => None,
        })
        .collect();
    let store = Some(StepId(1));
    assert!(matches!(execution.steps[1].operation, Operation::Store { order: Order::Release, .. }));
    assert_eq!(loads, [(number(3), Order::Acquire, None, None), (number(5), Order::SeqCst, store, store)]);
}

#[test]
fn an_exchange_that_fails_spuriously_says_so() {
    let operations = operations(&execution(|| {
        let cell = AtomicU32::new(3);
        assert!(cell.compare_exchange(4, 5, Ordering::AcqRel, Ordering::Acquire).is_err());
        assert!(cell.compare_exchange_weak(3, 4, Ordering::AcqRel, Ordering::Relaxed).is_ok());
    }));
    let failed = operations.iter().filter_map(|operation| match *operation {
        Operation::ExchangeFailed { found, order, spurious, .. } => Some((found.bits, order, spurious)),
        _ => None,
    });
    assert_eq!(failed.collect::<Vec<_>>(), [(3, Order::Acquire, false), (3, Order::Relaxed, true)]);
}

#[test]
fn a_read_modify_write_says_what_it_read_and_wrote() {
    let operations = steps(|| {
        AtomicU32::new(3).fetch_max(9, Ordering::Relaxed);
    });
    let [Operation::Update { call, old, new, order, .. }] = operations[..] else { panic!("{operations:?}") };
    assert_eq!((call, old, new, order), (UpdateCall::FetchMax, number(3), number(9), Order::Relaxed));
}

#[test]
fn a_poisoned_initialisation_ends_and_is_found() {
    let operations = operations(&execution(|| {
        let once = Arc::new(Once::new());
        let theirs = Arc::clone(&once);
        let thread = thread::spawn(move || theirs.call_once(|| panic!("on purpose")));
        assert!(thread.join().is_err());
        once.call_once(|| ());
    }));
    let about_once: Vec<_> = operations
        .iter()
        .filter_map(|operation| match *operation {
            Operation::Initialise { .. } => Some("begins"),
            Operation::Initialised { poisoned: true, .. } => Some("poisons"),
            Operation::FindPoisoned { .. } => Some("finds it"),
            _ => None,
        })
        .collect();
    assert_eq!(about_once, ["begins", "poisons", "finds it"]);
}

#[test]
fn a_preemption_and_whom_a_notification_wakes_are_steps() {
    let execution = execution(|| {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let ready = theirs.0.lock().unwrap();
            if !*ready {
                drop(theirs.1.wait_timeout(ready, Duration::from_millis(5)).unwrap());
                panic!("it had to wait");
            }
        });
        shared.1.notify_one();
        *shared.0.lock().unwrap() = true;
        shared.1.notify_all();
        waiter.join().unwrap();
    });
    let waiter = ThreadId(1);
    let is = |wanted: fn(Operation) -> bool| operations(&execution).into_iter().any(wanted);
    assert!(is(|operation| operation == Operation::Preempted), "{execution:?}");
    assert!(is(|operation| matches!(operation, Operation::Wait { timeout: Some(_), .. })), "{execution:?}");
    assert!(
        is(|operation| matches!(operation, Operation::NotifyAll { woken: 1, .. }))
            || is(|operation| matches!(operation, Operation::NotifyOne { woken: Some(ThreadId(1)), .. }))
    );
    assert!(execution.steps.iter().any(|step| step.thread == waiter && step.operation == Operation::Panic));
}

#[test]
fn what_a_panic_says_is_kept_with_its_step_also_where_the_execution_fails_by_something_else() {
    let execution = execution(|| {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let joined = thread::spawn(move || {
            drop(std::panic::catch_unwind(|| panic!("caught")));
            let _guard = theirs.lock();
            panic!("{}", "x".repeat(2_000));
        })
        .join();
        assert!(joined.is_err());
        let (_first, _second) = (lock.lock(), lock.lock());
    });
    let messages: Vec<&str> = execution.panics.iter().map(|panic| panic.message.as_str()).collect();
    assert_eq!(messages, ["caught", &"x".repeat(1_000)]);
    for panic in &execution.panics {
        let step = &execution.steps[panic.step.index()];
        assert_eq!((step.thread, step.operation), (ThreadId(1), Operation::Panic));
    }
}

#[test]
fn every_result_of_a_channel_is_told_apart() {
    let results: Vec<_> = steps(|| {
        let (sender, receiver) = sync_channel(1);
        assert!(receiver.try_recv().is_err());
        sender.send(1).unwrap();
        assert!(sender.try_send(2).is_err());
        assert_eq!(receiver.recv(), Ok(1));
        assert!(receiver.recv_timeout(Duration::from_millis(1)).is_err());
        drop(sender);
        assert!(receiver.recv().is_err());
        let (sender, receiver) = channel();
        drop(receiver);
        assert!(sender.send(1).is_err());
    })
    .into_iter()
    .filter_map(|operation| match operation {
        Operation::Send { result, .. } => Some(result.as_str()),
        Operation::Receive { result, .. } => Some(result.as_str()),
        _ => None,
    })
    .collect();
    let (sent, received) = (Sent::Sent.as_str(), Received::Received.as_str());
    let expected = ["empty", sent, "full", received, "timed out", "no sender", "no receiver"];
    assert_eq!(results, expected);
}

#[test]
fn a_wait_that_times_out_with_no_sender_left_is_one_step() {
    let outcome = outcomes::failure(|| {
        let (sender, receiver) = channel::<u32>();
        let thread = thread::spawn(move || drop(sender));
        let result = receiver.recv_timeout(Duration::from_millis(1));
        thread.join().unwrap();
        assert!(result != Err(RecvTimeoutError::Timeout), "timed out");
    });
    let calls = operations(&outcome.execution).into_iter().filter_map(|operation| match operation {
        Operation::Receive { call: ReceiveCall::RecvTimeout, result, .. } => Some(result),
        _ => None,
    });
    assert_eq!(calls.collect::<Vec<_>>(), [Received::TimedOut]);
}

#[test]
fn a_deadlock_says_who_waits_for_what_and_where() {
    let failure = failure(|| {
        let lock = Arc::new(Mutex::new(()));
        let theirs = Arc::clone(&lock);
        let _guard = lock.lock().unwrap();
        let thread = thread::spawn(move || {
            thread::yield_now();
            drop(theirs.lock());
        });
        thread.join().unwrap();
    });
    assert_eq!(failure.cause, Cause::Deadlock {});
    let Execution { waiting, objects, .. } = &failure.execution;
    assert_eq!(objects[0].kind, ObjectKind::Mutex);
    let lock = Operation::Block { on: Blocker::Object(ObjectId(0)) };
    assert!(operations(&failure.execution).contains(&lock));
    let waits: Vec<_> = waiting.iter().map(|waiting| (waiting.thread, waiting.wait)).collect();
    let main = (ThreadId(0), Wait::Join { thread: ThreadId(1) });
    let spawned = (ThreadId(1), Wait::Lock { lock: ObjectId(0) });
    assert_eq!(waits, [main, spawned]);
    assert!(
        waiting.iter().all(|waiting| waiting.place.file.ends_with("steps.rs") && waiting.place.column > 1)
    );
}

#[test]
fn without_recording_a_failure_has_its_cause_and_no_steps() {
    let outcome = Search { record: false, ..Search::default() }.run(|| {
        let lock = Mutex::new(());
        let _guard = lock.lock();
        drop(lock.lock());
    });
    let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
    assert!(failure.execution.steps.is_empty());
    assert!(failure.message().starts_with("main waits for Mutex #1 at "), "{failure}");
}
