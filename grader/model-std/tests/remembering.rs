//! Recognising states that were met before changes what a search costs, and not what it finds.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use model_std::model::{Cause, Outcome, Search};
use model_std::sync::atomic::{AtomicBool, AtomicU32};
use model_std::sync::mpsc::{Sender, channel};
use model_std::sync::{Condvar, Mutex, RwLock};
use model_std::thread;
use model_std::time::Instant;
use outcomes::collect;

#[derive(Clone, Copy, Debug)]
enum Operation {
    Add,
    TryAdd,
    WaitForMore,
    NotifyOne,
    NotifyAll,
    Load(usize),
    Store(usize),
    Publish(usize),
    Exchange(usize),
    Read,
    Write,
    Send,
    Park,
    Unpark,
    Sleep,
    Time,
}

const OPERATIONS: [Operation; 16] = [
    Operation::Add,
    Operation::TryAdd,
    Operation::WaitForMore,
    Operation::NotifyOne,
    Operation::NotifyAll,
    Operation::Load(0),
    Operation::Store(0),
    Operation::Publish(1),
    Operation::Exchange(1),
    Operation::Read,
    Operation::Write,
    Operation::Send,
    Operation::Park,
    Operation::Unpark,
    Operation::Sleep,
    Operation::Time,
];

#[derive(Default)]
struct Shared {
    count: Mutex<u32>,
    changed: Condvar,
    cells: [AtomicU32; 2],
    flag: AtomicBool,
    text: RwLock<u32>,
}

fn run_thread(
    operations: &[Operation],
    shared: &Shared,
    sender: &Sender<u32>,
    main: &thread::Thread,
) -> Vec<u32> {
    let start = Instant::now();
    let mut notes = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let number = index as u32 + 1;
        match *operation {
            Operation::Add => {
                let mut count = shared.count.lock().unwrap();
                notes.push(*count);
                *count += 1;
            }
            Operation::TryAdd => match shared.count.try_lock() {
                Ok(mut count) => *count += 10,
                Err(_) => notes.push(99),
            },
            Operation::WaitForMore => {
                let count = shared.count.lock().unwrap();
                let (count, result) = shared.changed.wait_timeout(count, Duration::from_millis(7)).unwrap();
                notes.extend([*count, result.timed_out().into()]);
            }
            Operation::NotifyOne => shared.changed.notify_one(),
            Operation::NotifyAll => {
                *shared.count.lock().unwrap() += 1;
                shared.changed.notify_all();
            }
            Operation::Load(cell) => notes.push(shared.cells[cell].load(Relaxed)),
            Operation::Store(cell) => shared.cells[cell].store(number, Relaxed),
            Operation::Publish(cell) => shared.cells[cell].store(number, Release),
            Operation::Exchange(cell) => {
                let result = shared.cells[cell].compare_exchange_weak(0, 5, Acquire, Relaxed);
                notes.push(result.unwrap_or_else(|old| old + 100));
            }
            Operation::Read => notes.push(*shared.text.read().unwrap()),
            Operation::Write => *shared.text.write().unwrap() += number,
            Operation::Send => sender.send(number).unwrap(),
            Operation::Park => thread::park_timeout(Duration::from_millis(3)),
            Operation::Unpark => {
                shared.flag.store(true, Relaxed);
                main.unpark();
            }
            Operation::Sleep => thread::sleep(Duration::from_millis(2)),
            Operation::Time => notes.push(start.elapsed().as_millis() as u32),
        }
    }
    notes
}

fn run(program: &[Vec<Operation>]) -> Vec<Vec<u32>> {
    let shared = Arc::new(Shared::default());
    let (sender, receiver) = channel();
    let main = thread::current();
    let threads: Vec<_> = program
        .iter()
        .cloned()
        .map(|operations| {
            let (shared, sender, main) = (Arc::clone(&shared), sender.clone(), main.clone());
            thread::spawn(move || run_thread(&operations, &shared, &sender, &main))
        })
        .collect();
    drop(sender);
    let early = shared.flag.load(Relaxed);
    let received: Vec<u32> = receiver.iter().collect();
    let mut notes: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    notes.push(received);
    notes.push(vec![early.into()]);
    notes
}

/// SplitMix64 (Steele et al., OOPSLA 2014).
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 1) as usize
}

#[test]
fn remembering_states_loses_no_outcome() {
    let mut state = 11;
    let (mut executions, mut remembered) = (0, 0);
    for round in 0..60 {
        let threads = 2 + usize::from(round % 4 == 0);
        let length = if threads == 2 { 3 } else { 2 };
        let program: Vec<Vec<Operation>> = (0..threads)
            .map(|_| (0..length).map(|_| OPERATIONS[next(&mut state) % OPERATIONS.len()]).collect())
            .collect();
        for bound in 0..3 {
            let search = |remember| Search {
                preemptions: Some(bound),
                executions: 5_000_000,
                remember,
                record: false,
                ..Search::default()
            };
            let shared = program.clone();
            let (all, full) = collect(search(false), move || run(&shared));
            let shared = program.clone();
            let (found, short) = collect(search(true), move || run(&shared));
            assert_eq!(found, all, "{bound} preemptions: {program:?}");
            executions += full.executions;
            remembered += short.executions;
        }
    }
    assert!(remembered < executions, "remembering must pay: {remembered} of {executions} executions");
}

/// Two waiters queue up, and one of them is notified. It is to pass the notification on, but the second one in
/// the queue does so only once the flag is set.
fn passes_a_notification_on() {
    let shared = Arc::new((Mutex::new(0), Condvar::new(), AtomicBool::new(false)));
    let waiters: Vec<_> = (1..=2)
        .map(|position| {
            let theirs = Arc::clone(&shared);
            let waiter = thread::spawn(move || {
                let mut queued = theirs.0.lock().unwrap();
                *queued = position;
                drop(theirs.1.wait(queued).unwrap());
                if position == 1 || theirs.2.load(SeqCst) {
                    theirs.1.notify_one();
                }
            });
            while *shared.0.lock().unwrap() < position {
                thread::yield_now();
            }
            waiter
        })
        .collect();
    shared.1.notify_one();
    shared.2.store(true, SeqCst);
    waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
}

#[test]
fn which_waiter_a_notification_wakes_is_part_of_the_state() {
    for remember in [false, true] {
        let outcome = Search { spurious: 0, remember, ..Search::default() }.run(passes_a_notification_on);
        let Outcome::Failed(failure) = outcome else { panic!("remember: {remember}: {outcome:?}") };
        assert_eq!(failure.cause, Cause::Deadlock {}, "{failure}");
    }
}

/// What two threads see of their clocks between a few steps, and the order of these.
fn looks_at_clocks() -> (u32, Vec<[bool; 4]>) {
    let order = Arc::new(Mutex::new(0));
    let threads = [1, 2].map(|number| {
        let order = Arc::clone(&order);
        thread::spawn(move || {
            let start = Instant::now();
            // Two looks without a step between them.
            let (first, second) = (start.elapsed(), start.elapsed());
            let mut order = order.lock().unwrap();
            *order = *order * 10 + number;
            let third = start.elapsed();
            drop(order);
            [first, second, third, start.elapsed()].map(|time| !time.is_zero())
        })
    });
    let seen = threads.map(|thread| thread.join().unwrap());
    let order = *order.lock().unwrap();
    (order, seen.to_vec())
}

#[test]
fn remembering_states_loses_no_look_at_a_clock() {
    for preemptions in [Some(0), Some(1), Some(2), None] {
        let search = |remember| Search { preemptions, remember, executions: 1_000_000, ..Search::default() };
        let (remembering, _) = collect(search(true), looks_at_clocks);
        let (forgetting, _) = collect(search(false), looks_at_clocks);
        assert_eq!(remembering, forgetting, "with up to {preemptions:?} preemptions");
        assert!(remembering.len() > 1, "with up to {preemptions:?} preemptions: {remembering:?}");
    }
}
