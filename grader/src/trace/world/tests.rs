use super::*;
use crate::report::{Failure, FailureKind, Object, Reads, Waiting};
use crate::trace::{LinkKind, links, sentence};

/// A step from a line such as `T1 notify_one ready = main`. An operation of several words is in square brackets.
fn step(number: u64, line: &str) -> Step {
    let (rest, value) = line.split_once(" = ").map_or((line, None), |(rest, value)| (rest, Some(value)));
    let (thread, rest) = rest.split_once(' ').expect("a thread and an operation");
    let (operation, object) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((operation, object)) => (operation, Some(object.trim()).filter(|object| !object.is_empty())),
        None => rest.split_once(' ').map_or((rest, None), |(operation, object)| (operation, Some(object))),
    };
    Step {
        step: number,
        thread: thread.to_owned(),
        operation: operation.to_owned(),
        object: object.map(str::to_owned),
        value: value.map(str::to_owned),
        ordering: None,
        reads: None,
        file: Some("src/lib.rs".to_owned()),
        line: u32::try_from(number).ok().map(|number| number * 10),
        column: Some(1),
        source: None,
    }
}

/// A failure with these objects, as `name: kind`, and these steps.
fn failure(kind: FailureKind, objects: &[&str], lines: &[&str]) -> Failure {
    let object = |named: &&str| {
        let (name, kind) = named.split_once(": ").expect("a name and a kind");
        Object { name: name.to_owned(), kind: kind.to_owned(), file: None, line: None, column: None }
    };
    Failure {
        kind,
        message: String::new(),
        explanation: String::new(),
        diagnosis: None,
        token: None,
        trace: lines.iter().zip(1..).map(|(line, number)| step(number, line)).collect(),
        objects: objects.iter().map(object).collect(),
        waiting: Vec::new(),
        threads: Vec::new(),
    }
}

fn waiting(thread: &str, operation: &str, object: &str) -> Waiting {
    Waiting {
        thread: thread.to_owned(),
        operation: operation.to_owned(),
        object: Some(object.to_owned()),
        holders: Vec::new(),
        file: Some("src/lib.rs".to_owned()),
        line: Some(99),
        column: None,
    }
}

/// What a thread does after each step, and at the beginning.
fn doings(history: &History, thread: &str) -> Vec<Doing> {
    let thread = history.thread(thread).expect("a thread");
    history.worlds.iter().map(|world| world.threads[thread].doing.clone()).collect()
}

/// What is so about the first object after each step, and at the beginning.
fn things(history: &History) -> Vec<Thing> {
    history.worlds.iter().map(|world| world.objects[0].clone()).collect()
}

fn lock(history: &History, position: usize) -> &Lock {
    match &history.worlds[position].objects[0] {
        Thing::Lock(lock) => lock,
        other => panic!("not a lock: {other:?}"),
    }
}

#[test]
fn a_lock_has_its_holder_and_those_who_wait_for_it() {
    let failure = failure(
        FailureKind::Assertion,
        &["state: Mutex #1"],
        &[
            "main spawn T1",
            "main lock state = 3",
            "T1 [waits for] state",
            "T1 try_lock state = would block",
            "main unlock state = 3 → 4",
            "T1 lock state",
        ],
    );
    let history = History::of(&failure);
    let holders: Vec<_> = (0..7).map(|position| lock(&history, position).holders.clone()).collect();
    assert_eq!(holders, [vec![], vec![], vec![0], vec![0], vec![0], vec![], vec![1]]);
    assert_eq!(history.worlds[3].waiting_for(0), [1]);
    assert_eq!(history.worlds[3].threads[1].place, Some(("src/lib.rs".to_owned(), 30)));
    assert_eq!(lock(&history, 3).content.as_deref(), Some("3"));
    assert_eq!(lock(&history, 6).content.as_deref(), Some("4"));
    assert_eq!(
        doings(&history, "T1")[..4],
        [Doing::NotStarted, Doing::Runs, Doing::Runs, Doing::WaitsFor(0),]
    );
    assert_eq!(sentence(&failure.trace, &history, 2), "T1 has to wait for state, which main holds.");
    assert_eq!(
        sentence(&failure.trace, &history, 3),
        "T1 tries to lock state, which main holds, and goes on without it."
    );
}

#[test]
fn readers_share_a_lock_and_a_writer_does_not() {
    let failure = failure(
        FailureKind::Assertion,
        &["state: RwLock #1"],
        &[
            "main spawn T1",
            "main read state",
            "T1 read state",
            "main [end of read] state",
            "T1 [end of read] state",
            "T1 write state",
            "T1 downgrade state",
            "T1 [end of read] state",
        ],
    );
    let history = History::of(&failure);
    let holders: Vec<_> = (2..9)
        .map(|position| (lock(&history, position).holders.clone(), lock(&history, position).shared))
        .collect();
    assert_eq!(
        holders,
        [
            (vec![0], true),
            (vec![0, 1], true),
            (vec![1], true),
            (vec![], true),
            (vec![1], false),
            (vec![1], true),
            (vec![], true),
        ]
    );
}

#[test]
fn who_waits_for_a_notification_waits_until_it_is_woken_and_gives_the_lock_up() {
    let failure = failure(
        FailureKind::Assertion,
        &["ready: Condvar #1", "state: Mutex #1"],
        &[
            "main spawn T1",
            "T1 lock state",
            "T1 wait ready",
            "T1 unlock state",
            "main notify_one ready = T1",
            "main notify_one ready = nobody waits",
            "T1 woken ready",
            "T1 lock state",
        ],
    );
    let history = History::of(&failure);
    assert_eq!(
        doings(&history, "T1"),
        [
            Doing::NotStarted,
            Doing::Runs,
            Doing::Runs,
            Doing::WaitsFor(0),
            Doing::WaitsFor(0),
            Doing::Woken,
            Doing::Woken,
            Doing::Runs,
            Doing::Runs,
        ]
    );
    assert_eq!(history.worlds[4].holders(1), [] as [usize; 0]);
    assert_eq!(history.worlds[8].holders(1), [1]);
    assert_eq!(sentence(&failure.trace, &history, 4), "main notifies ready and wakes T1.");
    assert_eq!(
        sentence(&failure.trace, &history, 5),
        "main notifies ready, but nobody waits for it: nothing happens."
    );
    let links: Vec<_> =
        links(&failure, &history).iter().map(|link| (link.from, link.to, link.kind)).collect();
    assert_eq!(links, [(1, 2, LinkKind::Spawn), (5, 7, LinkKind::Wakes)]);
}

#[test]
fn notify_all_wakes_everybody_who_waits() {
    let failure = failure(
        FailureKind::Assertion,
        &["ready: Condvar #1"],
        &[
            "main spawn T1",
            "main spawn T2",
            "T1 wait ready",
            "T2 wait_timeout ready = 5ms",
            "main notify_all ready",
        ],
    );
    let history = History::of(&failure);
    assert_eq!(history.worlds[4].waiting_for(0), [1, 2]);
    assert_eq!(history.worlds[5].waiting_for(0), [] as [usize; 0]);
    assert_eq!(history.worlds[5].threads[2].doing, Doing::Woken);
    assert_eq!(
        sentence(&failure.trace, &history, 3),
        "T2 waits for a notification of ready, for 5ms at most."
    );
    assert_eq!(sentence(&failure.trace, &history, 4), "main notifies ready and wakes T1 and T2.");
}

#[test]
fn a_panic_poisons_what_is_held_but_not_if_it_is_caught_first() {
    let lines = ["main lock state", "main panics", "main unlock state", "main lock state"];
    let history = History::of(&failure(FailureKind::Panic, &["state: Mutex #1"], &lines));
    let poisoned: Vec<_> = (0..5).map(|position| lock(&history, position).poisoned).collect();
    assert_eq!(poisoned, [false, false, false, true, true]);
    assert_eq!(doings(&history, "main")[2..4], [Doing::Panicked, Doing::Panicked]);

    let lines = ["main lock state", "main panics", "main yield", "main unlock state"];
    let history = History::of(&failure(FailureKind::Panic, &["state: Mutex #1"], &lines));
    assert!(!lock(&history, 4).poisoned);
}

#[test]
fn an_atomic_has_its_newest_value_and_a_stale_load_does_not_change_it() {
    let mut failure = failure(
        FailureKind::Assertion,
        &["total: AtomicU64 #1"],
        &[
            "main spawn T1",
            "main fetch_add total = 7 → 8",
            "main store total = 9",
            "T1 [load (outdated)] total = 7",
            "T1 [exchange fails] total = 9",
        ],
    );
    failure.trace[3].reads = Some(Reads { from: None, newest: Some(3) });
    failure.trace[4].reads = Some(Reads { from: Some(3), newest: Some(3) });
    let history = History::of(&failure);
    let value = |text: &str| Thing::Atomic(Some(text.to_owned()));
    assert_eq!(things(&history), ["7", "7", "8", "9", "9", "9"].map(value));
    assert_eq!(
        sentence(&failure.trace, &history, 3),
        "T1 reads 7 from total, as it was at the beginning. That is outdated: main had written 9 in step 3, \
         and this load does not see it."
    );
    let kinds: Vec<_> =
        links(&failure, &history).iter().map(|link| (link.from, link.to, link.kind)).collect();
    assert_eq!(kinds, [(1, 4, LinkKind::Spawn), (3, 4, LinkKind::MissedBy), (3, 5, LinkKind::ReadBy)]);
}

#[test]
fn what_an_atomic_begins_with_stays_unknown_until_the_log_tells() {
    let lines = ["main store total = 1", "main load total = 1"];
    let mut failure = failure(FailureKind::Assertion, &["total: AtomicU64 #1"], &lines);
    failure.trace[1].reads = Some(Reads { from: Some(1), newest: Some(1) });
    assert_eq!(
        things(&History::of(&failure))[..2],
        [Thing::Atomic(None), Thing::Atomic(Some("1".to_owned()))]
    );
}

#[test]
fn messages_arrive_in_the_order_in_which_they_were_sent() {
    let failure = failure(
        FailureKind::Assertion,
        &["jobs: channel #1"],
        &[
            "main spawn T1",
            "T1 [waits for] jobs",
            "main send jobs",
            "main try_send jobs",
            "main try_send jobs = full",
            "T1 recv jobs",
            "T1 try_recv jobs",
            "T1 try_recv jobs = empty",
        ],
    );
    let history = History::of(&failure);
    let lengths: Vec<_> = things(&history)
        .iter()
        .map(|thing| match thing {
            Thing::Channel(messages) => messages.len(),
            other => panic!("not a channel: {other:?}"),
        })
        .collect();
    assert_eq!(lengths, [0, 0, 0, 1, 2, 2, 1, 0, 0]);
    assert_eq!(sentence(&failure.trace, &history, 1), "T1 waits for a message from jobs.");
    let links: Vec<_> =
        links(&failure, &history).iter().map(|link| (link.from, link.to, link.kind)).collect();
    assert_eq!(links, [(1, 2, LinkKind::Spawn), (3, 6, LinkKind::Message), (4, 7, LinkKind::Message)]);
}

#[test]
fn a_barrier_lets_everybody_go_when_the_last_one_arrives() {
    let failure = failure(
        FailureKind::Assertion,
        &["gate: Barrier #1"],
        &["main spawn T1", "T1 wait gate", "main wait gate = completes it"],
    );
    let history = History::of(&failure);
    assert_eq!(things(&history), [0, 0, 1, 0].map(Thing::Barrier));
    assert_eq!(doings(&history, "T1")[2..], [Doing::WaitsFor(0), Doing::Woken]);
    assert_eq!(doings(&history, "main")[3], Doing::Runs);
}

#[test]
fn an_initialisation_belongs_to_a_thread_until_it_is_complete() {
    let lines = ["main initialise config", "main initialised config", "main [already initialised] config"];
    let history = History::of(&failure(FailureKind::Assertion, &["config: Once #1"], &lines));
    assert_eq!(
        things(&history),
        [Initialisation::NotBegun, Initialisation::By(0), Initialisation::Complete, Initialisation::Complete]
            .map(Thing::Once)
    );
}

#[test]
fn a_thread_ends_when_nobody_finds_it_running_any_more() {
    let failure = failure(
        FailureKind::Assertion,
        &[],
        &["main spawn T1", "T1 yield", "main [waits for the end of] T1", "main join T1", "main panics"],
    );
    let history = History::of(&failure);
    assert_eq!(doings(&history, "T1")[2..], [Doing::Runs, Doing::Finished, Doing::Finished, Doing::Finished]);
    assert_eq!(doings(&history, "main")[3..5], [Doing::WaitsForEnd(1), Doing::Runs]);
    assert!(
        links(&failure, &history)
            .iter()
            .any(|link| (link.from, link.to, link.kind) == (2, 4, LinkKind::Join))
    );
}

#[test]
fn a_parked_thread_waits_for_whoever_unparks_it() {
    let failure =
        failure(FailureKind::Assertion, &[], &["main spawn T1", "T1 park", "main unpark T1", "T1 unparked"]);
    let history = History::of(&failure);
    assert_eq!(doings(&history, "T1")[1..], [Doing::Runs, Doing::Parked, Doing::Woken, Doing::Runs]);
    assert!(
        links(&failure, &history)
            .iter()
            .any(|link| (link.from, link.to, link.kind) == (3, 4, LinkKind::Wakes))
    );
}

#[test]
fn in_a_deadlock_the_last_state_has_everybody_who_waits() {
    let mut failure = failure(
        FailureKind::Deadlock,
        &["a: Mutex #1", "b: Mutex #2"],
        &["main spawn T1", "main lock a", "T1 lock b", "T1 unlock b"],
    );
    failure.waiting = vec![waiting("main", "lock", "a")];
    let history = History::of(&failure);
    assert_eq!(doings(&history, "main")[3..], [Doing::Runs, Doing::WaitsFor(0)]);
    assert_eq!(history.worlds[4].threads[0].place, Some(("src/lib.rs".to_owned(), 99)));
    // It does not wait, and nobody can go on: it has ended.
    assert_eq!(doings(&history, "T1")[4], Doing::Finished);
}

#[test]
fn a_lock_that_was_waited_for_comes_from_whoever_gave_it_up() {
    let failure = failure(
        FailureKind::Assertion,
        &["state: Mutex #1"],
        &[
            "main spawn T1",
            "main lock state",
            "T1 [waits for] state",
            "main unlock state",
            "T1 lock state",
            "T1 unlock state",
            "main lock state",
        ],
    );
    let links: Vec<_> =
        links(&failure, &History::of(&failure)).iter().map(|link| (link.from, link.to, link.kind)).collect();
    assert_eq!(links, [(1, 3, LinkKind::Spawn), (4, 5, LinkKind::LetsGoOn)]);
}

#[test]
fn steps_with_unknown_words_change_nothing_and_are_shown_as_they_are() {
    let failure = failure(
        FailureKind::Assertion,
        &["thing: Semaphore #1"],
        &["main levitate thing = 3 → 4", "main lock nowhere", "main hover"],
    );
    let history = History::of(&failure);
    assert_eq!(things(&history), vec![Thing::Other; 4]);
    assert_eq!(sentence(&failure.trace, &history, 0), "main does: levitate thing = 3 → 4.");
    assert_eq!(sentence(&failure.trace, &history, 1), "main does: lock nowhere.");
}
