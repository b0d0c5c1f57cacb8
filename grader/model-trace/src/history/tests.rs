use std::time::Duration;

use super::*;
use crate::{
    AcquireCall, AtomicType, Content, Format, Object, Order, Reads, ReceiveCall, Received, ReleaseCall,
    SendCall, Sent, Step, Thread, UpdateCall, Waiting,
};

pub(super) const MAIN: u32 = 0;
pub(super) const T1: u32 = 1;
pub(super) const T2: u32 = 2;
/// The objects of an execution have the order in which `execution` gets them.
pub(super) const FIRST: ObjectId = ObjectId(0);
pub(super) const SECOND: ObjectId = ObjectId(1);

pub(super) fn place(line: usize) -> Place {
    Place { file: "src/lib.rs".into(), line: u32::try_from(line).expect("small"), column: 1 }
}

/// With three threads; the steps are on the lines 10, 20, 30, ….
pub(super) fn execution(objects: &[ObjectKind], steps: &[(u32, Operation)]) -> Execution {
    let name = |name: &str| Thread { name: name.to_owned() };
    let object = |(kind, number): (&ObjectKind, _)| Object { kind: *kind, number, created: place(1) };
    let step = |(position, (thread, operation)): (usize, &(u32, Operation))| Step {
        thread: ThreadId(*thread),
        operation: *operation,
        place: place(10 * (position + 1)),
    };
    Execution {
        threads: ["main", "T1", "T2"].map(name).to_vec(),
        objects: objects.iter().zip(1..).map(object).collect(),
        steps: steps.iter().enumerate().map(step).collect(),
        ..Execution::default()
    }
}

fn number(bits: u64) -> Word {
    Word { bits, format: Format::Unsigned }
}

fn spawn(thread: u32) -> Operation {
    Operation::Spawn { thread: ThreadId(thread) }
}

fn join(thread: u32) -> Operation {
    Operation::Join { thread: ThreadId(thread) }
}

fn blocks_on(object: ObjectId) -> Operation {
    Operation::Block { on: Blocker::Object(object) }
}

pub(super) fn acquires(call: AcquireCall) -> Operation {
    Operation::Acquire { lock: FIRST, call, content: None, poisoned: false }
}

pub(super) fn releases(call: ReleaseCall) -> Operation {
    Operation::Release { lock: FIRST, call, content: Content::Unchanged, poisons: false }
}

fn load(value: u64, from: Option<u32>, newest: Option<u32>) -> Operation {
    let reads = Reads { from: from.map(StepId), newest: newest.map(StepId) };
    Operation::Load { atomic: FIRST, value: number(value), order: Order::Relaxed, reads }
}

/// The states before the first step and after each step.
fn states<'a>(execution: &'a Execution, ending: Ending) -> Vec<State<'a>> {
    let history = History::of(execution, ending);
    let mut states = vec![history.start()];
    for position in 0..execution.steps.len() {
        let mut state = states[position].clone();
        history.advance(&mut state, step_id(position));
        states.push(state);
    }
    assert_eq!(states.last(), Some(&history.end()));
    states
}

fn statuses(states: &[State<'_>], thread: u32) -> Vec<ThreadStatus> {
    states.iter().map(|state| state.threads[ThreadId(thread).index()].status).collect()
}

fn holders(states: &[State<'_>]) -> Vec<Vec<u32>> {
    states.iter().map(|state| state.holders(FIRST).iter().map(|holder| holder.0).collect()).collect()
}

fn lock<'a>(state: &'a State<'_>) -> &'a LockState {
    match &state.objects[0] {
        ObjectState::Lock(lock) => lock,
        other => panic!("not a lock: {other:?}"),
    }
}

#[test]
fn a_lock_has_its_holder_and_those_who_wait_for_it() {
    let acquire = |content: u64| Operation::Acquire {
        lock: FIRST,
        call: AcquireCall::Lock,
        content: Some(number(content)),
        poisoned: false,
    };
    let release = Operation::Release {
        lock: FIRST,
        call: ReleaseCall::Unlock,
        content: Content::Replaced { old: number(3), new: number(4) },
        poisons: false,
    };
    let steps = [
        (MAIN, spawn(T1)),
        (MAIN, acquire(3)),
        (T1, blocks_on(FIRST)),
        (MAIN, release),
        (T1, acquires(AcquireCall::Lock)),
    ];
    let execution = execution(&[ObjectKind::Mutex], &steps);
    let states = states(&execution, Ending::Stopped);
    assert_eq!(holders(&states), [vec![], vec![], vec![0], vec![0], vec![], vec![1]]);
    assert_eq!(states[3].waiting_for(FIRST), [ThreadId(T1)]);
    assert_eq!(states[3].threads[1].place, Some(&place(30)));
    assert_eq!(lock(&states[3]).content, Some(number(3)));
    assert_eq!(lock(&states[5]).content, Some(number(4)));
    assert_eq!(
        statuses(&states, T1)[..4],
        [
            ThreadStatus::NotStarted,
            ThreadStatus::Runnable,
            ThreadStatus::Runnable,
            ThreadStatus::Blocked(Blocker::Object(FIRST)),
        ]
    );
}

#[test]
fn what_was_changed_is_not_known_any_more() {
    let release = Operation::Release {
        lock: FIRST,
        call: ReleaseCall::Unlock,
        content: Content::Changed,
        poisons: false,
    };
    let acquire = Operation::Acquire {
        lock: FIRST,
        call: AcquireCall::Lock,
        content: Some(number(3)),
        poisoned: false,
    };
    let execution = execution(&[ObjectKind::Mutex], &[(MAIN, acquire), (MAIN, release)]);
    assert_eq!(lock(&states(&execution, Ending::Stopped)[2]).content, None);
}

#[test]
fn readers_share_a_lock_and_a_writer_does_not() {
    let steps = [
        (MAIN, acquires(AcquireCall::Read)),
        (T1, acquires(AcquireCall::TryRead)),
        (MAIN, releases(ReleaseCall::UnlockRead)),
        (T1, releases(ReleaseCall::UnlockRead)),
        (T1, acquires(AcquireCall::Write)),
        (T1, Operation::Downgrade { lock: FIRST, content: Content::Unchanged }),
        (T1, releases(ReleaseCall::UnlockRead)),
    ];
    let execution = execution(&[ObjectKind::RwLock], &steps);
    let states = states(&execution, Ending::Stopped);
    let shared: Vec<bool> = states[1..].iter().map(|state| lock(state).shared).collect();
    assert_eq!(holders(&states)[1..], [vec![0], vec![0, 1], vec![1], vec![], vec![1], vec![1], vec![]]);
    assert_eq!(shared, [true, true, true, true, false, true, true]);
}

#[test]
fn who_waits_for_a_notification_has_released_the_lock_and_waits_until_it_is_woken() {
    let steps = [
        (MAIN, spawn(T1)),
        (T1, acquires(AcquireCall::Lock)),
        (T1, Operation::Wait { condvar: SECOND, timeout: None }),
        (T1, releases(ReleaseCall::Unlock)),
        (MAIN, Operation::NotifyOne { condvar: SECOND, woken: Some(ThreadId(T1)) }),
        (MAIN, Operation::NotifyOne { condvar: SECOND, woken: None }),
        (T1, Operation::Notified { condvar: SECOND }),
        (T1, acquires(AcquireCall::Lock)),
    ];
    let execution = execution(&[ObjectKind::Mutex, ObjectKind::Condvar], &steps);
    let states = states(&execution, Ending::Stopped);
    let waits = ThreadStatus::Blocked(Blocker::Object(SECOND));
    assert_eq!(
        statuses(&states, T1),
        [
            ThreadStatus::NotStarted,
            ThreadStatus::Runnable,
            ThreadStatus::Runnable,
            waits,
            waits,
            ThreadStatus::Woken,
            ThreadStatus::Woken,
            ThreadStatus::Runnable,
            ThreadStatus::Runnable,
        ]
    );
    assert_eq!(holders(&states)[4..], [vec![], vec![], vec![], vec![], vec![1]]);
}

#[test]
fn notify_all_wakes_everybody_who_waits() {
    let wait = |timeout| Operation::Wait { condvar: FIRST, timeout };
    let steps = [
        (T1, wait(None)),
        (T2, wait(Some(Duration::from_millis(5)))),
        (MAIN, Operation::NotifyAll { condvar: FIRST, woken: 2 }),
    ];
    let execution = execution(&[ObjectKind::Condvar], &steps);
    let states = states(&execution, Ending::Stopped);
    assert_eq!(states[2].waiting_for(FIRST), [ThreadId(T1), ThreadId(T2)]);
    assert_eq!(states[3].waiting_for(FIRST), []);
    assert_eq!(statuses(&states, T2)[3], ThreadStatus::Woken);
}

#[test]
fn whoever_unwinds_stays_so_while_its_guards_are_dropped_and_poisons_its_locks() {
    let poisons = Operation::Release {
        lock: FIRST,
        call: ReleaseCall::Unlock,
        content: Content::Unchanged,
        poisons: true,
    };
    let steps = [
        (MAIN, acquires(AcquireCall::Lock)),
        (MAIN, Operation::Panic),
        (MAIN, poisons),
        (MAIN, Operation::ClearPoison { lock: FIRST }),
    ];
    let execution = execution(&[ObjectKind::Mutex], &steps);
    let states = states(&execution, Ending::Stopped);
    let poisoned: Vec<bool> = states.iter().map(|state| lock(state).poisoned).collect();
    assert_eq!(poisoned, [false, false, false, true, false]);
    assert_eq!(
        statuses(&states, MAIN)[2..],
        [ThreadStatus::Unwinding, ThreadStatus::Unwinding, ThreadStatus::Runnable]
    );
}

#[test]
fn an_atomic_has_its_newest_value_and_a_stale_load_does_not_change_it() {
    let (atomic, order) = (FIRST, Order::Relaxed);
    let add = Operation::Update {
        atomic,
        call: UpdateCall::FetchAdd,
        old: number(7),
        new: number(8),
        order,
        before: None,
    };
    let steps = [
        (MAIN, add),
        (MAIN, Operation::Store { atomic, value: number(9), order, before: None }),
        (T1, load(7, None, Some(1))),
        (T1, load(9, Some(1), Some(1))),
    ];
    let execution = execution(&[ObjectKind::Atomic(AtomicType::U64)], &steps);
    let values: Vec<_> =
        states(&execution, Ending::Stopped).into_iter().map(|mut state| state.objects.remove(0)).collect();
    assert_eq!(values, [7, 8, 9, 9, 9].map(|value| ObjectState::Atomic { value: Some(number(value)) }));
}

#[test]
fn what_an_atomic_begins_with_is_unknown_unless_a_step_shows_it() {
    let store = Operation::Store { atomic: FIRST, value: number(1), order: Order::Relaxed, before: None };
    let swap = Operation::Update {
        atomic: FIRST,
        call: UpdateCall::Swap,
        old: number(1),
        new: number(2),
        order: Order::Relaxed,
        before: None,
    };
    let kind = [ObjectKind::Atomic(AtomicType::U64)];
    let begins_with = |steps: &[(u32, Operation)]| {
        let execution = execution(&kind, steps);
        let mut state = History::of(&execution, Ending::Stopped).start();
        state.objects.remove(0)
    };
    assert_eq!(begins_with(&[(MAIN, store), (MAIN, swap)]), ObjectState::Atomic { value: None });
    let value = Some(number(5));
    assert_eq!(begins_with(&[(MAIN, store), (T1, load(5, None, Some(0)))]), ObjectState::Atomic { value });
}

#[test]
fn a_channel_counts_its_messages() {
    let send = |result| Operation::Send { channel: FIRST, call: SendCall::TrySend, result };
    let receive = |result| Operation::Receive { channel: FIRST, call: ReceiveCall::TryRecv, result };
    let steps = [
        (T1, blocks_on(FIRST)),
        (MAIN, send(Sent::Sent)),
        (MAIN, send(Sent::Sent)),
        (MAIN, send(Sent::Full)),
        (T1, receive(Received::Received)),
        (T1, receive(Received::Received)),
        (T1, receive(Received::Empty)),
    ];
    let execution = execution(&[ObjectKind::Channel], &steps);
    let messages: Vec<_> =
        states(&execution, Ending::Stopped).into_iter().map(|mut state| state.objects.remove(0)).collect();
    assert_eq!(messages, [0, 0, 1, 2, 2, 1, 0, 0].map(|messages| ObjectState::Channel { messages }));
}

#[test]
fn a_barrier_lets_everybody_go_on_when_the_last_one_arrives() {
    let arrive = |last| Operation::Arrive { barrier: FIRST, last };
    let execution = execution(&[ObjectKind::Barrier], &[(T1, arrive(false)), (MAIN, arrive(true))]);
    let states = states(&execution, Ending::Stopped);
    let arrived: Vec<_> = states.iter().map(|state| state.objects[0].clone()).collect();
    assert_eq!(arrived, [0, 1, 0].map(|arrived| ObjectState::Barrier { arrived }));
    assert_eq!(
        statuses(&states, T1)[1..],
        [ThreadStatus::Blocked(Blocker::Object(FIRST)), ThreadStatus::Woken]
    );
    assert_eq!(statuses(&states, MAIN)[2], ThreadStatus::Runnable);
}

#[test]
fn an_initialisation_belongs_to_a_thread_until_it_ends() {
    let once = FIRST;
    let progress = |steps: &[(u32, Operation)]| {
        let execution = execution(&[ObjectKind::Once], steps);
        let states = states(&execution, Ending::Stopped);
        states.iter().map(|state| state.objects[0].clone()).collect::<Vec<_>>()
    };
    let begins = (MAIN, Operation::Initialise { once });
    let ends = |poisoned| (MAIN, Operation::Initialised { once, poisoned });
    let running = OnceState::Running(ThreadId(MAIN));
    assert_eq!(
        progress(&[begins, ends(false), (T1, Operation::FindInitialised { once })]),
        [OnceState::Incomplete, running, OnceState::Complete, OnceState::Complete].map(ObjectState::Once)
    );
    assert_eq!(
        progress(&[begins, ends(true)]),
        [OnceState::Incomplete, running, OnceState::Poisoned].map(ObjectState::Once)
    );
}

#[test]
fn a_thread_has_finished_when_no_other_one_finds_it_running_any_more() {
    let steps = [
        (MAIN, spawn(T1)),
        (T1, Operation::Yield),
        (MAIN, Operation::Block { on: Blocker::Thread(ThreadId(T1)) }),
        (MAIN, join(T1)),
        (MAIN, Operation::Panic),
    ];
    let execution = execution(&[], &steps);
    let states = states(&execution, Ending::Stopped);
    assert_eq!(
        statuses(&states, T1)[2..],
        [ThreadStatus::Runnable, ThreadStatus::Finished, ThreadStatus::Finished, ThreadStatus::Finished,]
    );
    assert_eq!(
        statuses(&states, MAIN)[3..5],
        [ThreadStatus::Blocked(Blocker::Thread(ThreadId(T1))), ThreadStatus::Runnable]
    );
}

#[test]
fn a_parked_thread_waits_for_its_token() {
    let steps = [
        (MAIN, spawn(T1)),
        (T1, Operation::Park { timeout: None }),
        (MAIN, Operation::Unpark { thread: ThreadId(T1) }),
        (T1, Operation::Unparked),
    ];
    let execution = execution(&[], &steps);
    assert_eq!(
        statuses(&states(&execution, Ending::Stopped), T1)[1..],
        [ThreadStatus::Runnable, ThreadStatus::Parked, ThreadStatus::Woken, ThreadStatus::Runnable]
    );
}

#[test]
fn at_the_end_of_a_complete_execution_threads_wait_or_have_finished() {
    let steps = [
        (MAIN, spawn(T1)),
        (MAIN, acquires(AcquireCall::Lock)),
        (T1, acquires(AcquireCall::TryLock)),
        (T1, releases(ReleaseCall::Unlock)),
    ];
    let mut execution = execution(&[ObjectKind::Mutex], &steps);
    execution.threads.truncate(2);
    execution.waiting =
        vec![Waiting { thread: ThreadId(MAIN), wait: Wait::Lock { lock: FIRST }, place: place(99) }];
    let stopped = states(&execution, Ending::Stopped);
    let complete = states(&execution, Ending::Complete);
    assert_eq!(
        statuses(&complete, MAIN)[3..],
        [ThreadStatus::Runnable, ThreadStatus::Blocked(Blocker::Object(FIRST))]
    );
    assert_eq!(complete[4].threads[0].place, Some(&place(99)));
    assert_eq!(statuses(&complete, T1)[4], ThreadStatus::Finished);
    assert_eq!(statuses(&stopped, MAIN)[4], ThreadStatus::Runnable);
    assert_eq!(statuses(&stopped, T1)[4], ThreadStatus::Runnable);
}
