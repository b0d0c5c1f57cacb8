//! Whether C11 allows an outcome of a generated program: told from its axioms, without an explorer.
//!
//! An outcome is allowed if there is an order of the writes to each atomic, and a write for each read, such that
//! happens-before is coherent with both (Batty et al., POPL 2011, without `SeqCst`), and no read depends on a
//! later write (the condition of Lahav et al., PLDI 2017, against load buffering, which the explorer has too).
//! The programs are so small that all of them are tried.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Release, SeqCst};

use super::programs::{CELLS, Notes, Operation, Program};

/// What one thread did, at one moment.
#[derive(Clone, Copy)]
struct Event {
    thread: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Takes a lock, as the so-manieth.
    Lock {
        lock: usize,
        turn: u64,
    },
    Unlock {
        lock: usize,
        turn: u64,
    },
    /// A load, a store, or both at once.
    Access {
        cell: usize,
        read: Option<u64>,
        written: Option<u64>,
        acquires: bool,
        releases: bool,
    },
}

/// A set of events, by their numbers.
type Set = u64;

/// One way in which the reads of an atomic may have got their values.
struct Candidate {
    /// The writes, in modification order.
    writes: Vec<usize>,
    /// The position in `writes` that each read reads from, 0 for the initial value and then from 1.
    reads: Vec<(usize, usize)>,
}

/// Whether C11 allows these notes. `SeqCst` counts as `AcqRel`, which is all that loom takes it for.
pub fn are_allowed(program: &Program, notes: &Notes) -> bool {
    let events = events(program, notes);
    let candidates: Vec<Vec<Candidate>> = (0..CELLS).map(|cell| candidates(&events, cell)).collect();
    candidates[0]
        .iter()
        .any(|first| candidates[1].iter().any(|second| is_consistent(&events, &[first, second])))
}

fn events(program: &Program, notes: &Notes) -> Vec<Event> {
    let mut events = Vec::new();
    for (thread, (operations, notes)) in program.iter().zip(notes).enumerate() {
        let mut notes = notes.iter().copied();
        let mut note = || notes.next().expect("every read has noted its value");
        let mut add = |kind| events.push(Event { thread, kind });
        for operation in operations {
            match *operation {
                Operation::Load(cell, order) => {
                    let acquires = matches!(order, Acquire | SeqCst);
                    add(Kind::Access { cell, read: Some(note()), written: None, acquires, releases: false });
                }
                Operation::Store(cell, value, order) => {
                    let releases = matches!(order, Release | SeqCst);
                    add(Kind::Access { cell, read: None, written: Some(value), acquires: false, releases });
                }
                Operation::Add(cell, order) => add(addition(cell, note(), order)),
                Operation::Guarded(lock) => {
                    let turn = note();
                    add(Kind::Lock { lock, turn });
                    add(Kind::Unlock { lock, turn });
                }
                Operation::AddUnderLock(lock, cell, order) => {
                    let turn = note();
                    add(Kind::Lock { lock, turn });
                    add(addition(cell, note(), order));
                    add(Kind::Unlock { lock, turn });
                }
            }
        }
    }
    events
}

fn addition(cell: usize, read: u64, order: std::sync::atomic::Ordering) -> Kind {
    let acquires = matches!(order, Acquire | AcqRel | SeqCst);
    let releases = matches!(order, Release | AcqRel | SeqCst);
    Kind::Access { cell, read: Some(read), written: Some(read + 1), acquires, releases }
}

/// Every order of the writes to an atomic in which each addition comes right behind the write that it reads, with
/// every choice of a write for each load.
fn candidates(events: &[Event], cell: usize) -> Vec<Candidate> {
    let access = |event: &Event| match event.kind {
        Kind::Access { cell: of, read, written, .. } if of == cell => Some((read, written)),
        Kind::Access { .. } | Kind::Lock { .. } | Kind::Unlock { .. } => None,
    };
    let of_cell = || events.iter().enumerate().filter_map(|(number, event)| Some((number, access(event)?)));
    let writes: Vec<(usize, Option<u64>, u64)> =
        of_cell().filter_map(|(number, (read, written))| Some((number, read, written?))).collect();
    let loads: Vec<(usize, u64)> = of_cell()
        .filter(|(_, access)| access.1.is_none())
        .filter_map(|(n, access)| Some((n, access.0?)))
        .collect();
    let mut orders = Vec::new();
    order_writes(events, &writes, &mut Vec::new(), &mut orders);
    let mut candidates = Vec::new();
    for order in orders {
        let value = |position: usize| if position == 0 { 0 } else { writes[order[position - 1]].2 };
        let numbers: Vec<usize> = order.iter().map(|&write| writes[write].0).collect();
        let additions = (1..=order.len()).filter(|&position| writes[order[position - 1]].1.is_some());
        let mut choices =
            vec![additions.map(|position| (numbers[position - 1], position - 1)).collect::<Vec<_>>()];
        for &(load, read) in &loads {
            let positions: Vec<usize> =
                (0..=order.len()).filter(|&position| value(position) == read).collect();
            choices = choices
                .iter()
                .flat_map(|reads| {
                    positions.iter().map(move |&position| [reads.as_slice(), &[(load, position)]].concat())
                })
                .collect();
        }
        candidates.extend(choices.into_iter().map(|reads| Candidate { writes: numbers.clone(), reads }));
    }
    candidates
}

/// Continues `placed`, indices of `writes`, in every way.
fn order_writes(
    events: &[Event],
    writes: &[(usize, Option<u64>, u64)],
    placed: &mut Vec<usize>,
    orders: &mut Vec<Vec<usize>>,
) {
    if placed.len() == writes.len() {
        orders.push(placed.clone());
        return;
    }
    let value = placed.last().map_or(0, |&last| writes[last].2);
    for (index, &(number, read, _)) in writes.iter().enumerate() {
        let is_open = |other: usize| !placed.contains(&other);
        let same_thread = |other: usize| events[writes[other].0].thread == events[number].thread;
        let is_next = is_open(index) && (0..index).all(|other| !(is_open(other) && same_thread(other)));
        if is_next && read.is_none_or(|read| read == value) {
            placed.push(index);
            order_writes(events, writes, placed, orders);
            placed.pop();
        }
    }
}

/// Whether happens-before has no cycle, not even together with reads-from, and agrees with the orders.
fn is_consistent(events: &[Event], cells: &[&Candidate; CELLS]) -> bool {
    let mut before = vec![0; events.len()];
    let mut reads_from = vec![0; events.len()];
    for (number, event) in events.iter().enumerate() {
        if number > 0 && events[number - 1].thread == event.thread {
            before[number] |= 1 << (number - 1);
        }
        if let Kind::Lock { lock, turn } = event.kind {
            let released = |other: &Event| matches!(other.kind, Kind::Unlock { lock: of, turn: at } if of == lock && at + 1 == turn);
            match events.iter().position(released) {
                Some(unlock) => before[number] |= 1 << unlock,
                None if turn == 0 => {}
                None => return false,
            }
        }
    }
    for candidate in cells {
        for &(read, position) in &candidate.reads {
            let Some(from) = position.checked_sub(1) else { continue };
            reads_from[read] |= 1 << candidate.writes[from];
            if acquires(&events[read]) {
                before[read] |= releases(events, candidate, from);
            }
        }
    }
    let both: Vec<Set> = before.iter().zip(&reads_from).map(|(before, reads)| before | reads).collect();
    closure(both).is_some()
        && closure(before).is_some_and(|before| cells.iter().all(|candidate| is_coherent(candidate, &before)))
}

fn acquires(event: &Event) -> bool {
    matches!(event.kind, Kind::Access { acquires: true, .. })
}

/// The releasing writes that a read of the write at `position` synchronises with: that write, and those that head
/// the additions which it ends.
fn releases(events: &[Event], candidate: &Candidate, position: usize) -> Set {
    let mut found = 0;
    for &write in candidate.writes[..=position].iter().rev() {
        let Kind::Access { read, releases, .. } = events[write].kind else {
            unreachable!("a write is an access")
        };
        if releases {
            found |= 1 << write;
        }
        if read.is_none() {
            break;
        }
    }
    found
}

/// What is before each event, also over others. `None`: something is before itself.
fn closure(mut before: Vec<Set>) -> Option<Vec<Set>> {
    loop {
        let mut grows = false;
        for number in 0..before.len() {
            let over = (0..before.len()).filter(|other| before[number] & 1 << other != 0);
            let all = over.fold(before[number], |all, other| all | before[other]);
            grows |= all != before[number];
            before[number] = all;
        }
        if !grows {
            return before.iter().enumerate().all(|(number, all)| all & 1 << number == 0).then_some(before);
        }
    }
}

/// Of two accesses where the first happens before the second, the second sees what the first saw or wrote, or
/// something later in modification order.
fn is_coherent(candidate: &Candidate, before: &[Set]) -> bool {
    let wrote = candidate.writes.iter().enumerate().map(|(position, &write)| (write, position + 1));
    let read = candidate.reads.iter().copied();
    // For an addition both hold: it reads at one position, and writes at the next.
    let accesses: Vec<(usize, usize, bool)> = wrote
        .map(|(event, position)| (event, position, true))
        .chain(read.map(|(event, position)| (event, position, false)))
        .collect();
    accesses.iter().all(|&(first, earlier, _)| {
        accesses.iter().all(|&(second, later, writes)| {
            before[second] & 1 << first == 0 || if writes { earlier < later } else { earlier <= later }
        })
    })
}
