//! Which step of one thread let a step of another thread happen, or gave it what it read.

use std::collections::VecDeque;

use model_trace::{Blocker, Execution, Operation, Received, Sent, Step, StepId};

/// From one step to a later one, of another thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub from: StepId,
    pub to: StepId,
    pub kind: EdgeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum EdgeKind {
    /// A thread starts another.
    Spawn,
    /// The last step of a thread that is joined.
    Join,
    /// A notification, or a token to go on.
    Wakes,
    /// What was waited for becomes free.
    Unblocks,
    /// From a store to a load that reads it.
    ReadsFrom,
    /// From the newest store to a load that reads an older one.
    StaleRead,
    /// A message, from its sender to its receiver.
    Message,
}

/// The edges of an execution, in the order of the steps that they lead to. Within one thread the order of the
/// steps says it all.
pub(crate) fn edges(execution: &Execution) -> Vec<Edge> {
    let mut past = Past::of(execution);
    let mut edges = Vec::new();
    for (step, number) in execution.steps.iter().zip(0..) {
        let id = StepId(number);
        let found = past.leading_to(step);
        let apart = found.into_iter().filter_map(|(from, kind)| Some((from?, kind))).filter(|(from, _)| {
            let from = execution.steps.get(from.index());
            from.is_some_and(|from| from.thread != step.thread)
        });
        edges.extend(apart.map(|(from, kind)| Edge { from, to: id, kind }));
        past.add(step, id);
    }
    edges
}

/// What has happened so far, as far as an edge may come from it.
struct Past<'a> {
    execution: &'a Execution,
    /// For each thread, the step that started it.
    started: Vec<Option<StepId>>,
    /// For each thread, its last step.
    last: Vec<Option<StepId>>,
    /// For each thread, the last notification that woke it alone.
    woken: Vec<Option<StepId>>,
    /// For each thread, the last step that gave it a token.
    unparked: Vec<Option<StepId>>,
    /// For each object, its last `notify_all`.
    all_woken: Vec<Option<StepId>>,
    /// For each object, the last step on it other than that of a thread that had to wait for it.
    touched: Vec<Option<StepId>>,
    /// For each object, the steps that sent the messages that are in it.
    sent: Vec<VecDeque<StepId>>,
}

impl<'a> Past<'a> {
    fn of(execution: &'a Execution) -> Self {
        let (threads, objects) = (execution.threads.len(), execution.objects.len());
        Self {
            execution,
            started: vec![None; threads],
            last: vec![None; threads],
            woken: vec![None; threads],
            unparked: vec![None; threads],
            all_woken: vec![None; objects],
            touched: vec![None; objects],
            sent: vec![VecDeque::new(); objects],
        }
    }

    fn leading_to(&self, step: &Step) -> [(Option<StepId>, EdgeKind); 7] {
        let reads = step.operation.reads();
        [
            (self.start(step), EdgeKind::Spawn),
            (self.end(step), EdgeKind::Join),
            (self.waker(step), EdgeKind::Wakes),
            (self.release(step), EdgeKind::Unblocks),
            (reads.and_then(|reads| reads.from), EdgeKind::ReadsFrom),
            (reads.filter(|reads| reads.is_stale()).and_then(|reads| reads.newest), EdgeKind::StaleRead),
            (self.sender(step), EdgeKind::Message),
        ]
    }

    /// For a thread's first step: the one that started it.
    fn start(&self, step: &Step) -> Option<StepId> {
        let thread = step.thread.index();
        self.started[thread].filter(|_| self.last[thread].is_none())
    }

    fn end(&self, step: &Step) -> Option<StepId> {
        if let Operation::Join { thread } = step.operation { self.last[thread.index()] } else { None }
    }

    fn waker(&self, step: &Step) -> Option<StepId> {
        let thread = step.thread.index();
        if let Operation::Notified { condvar } = step.operation {
            self.woken[thread].max(self.all_woken[condvar.index()])
        } else if step.operation == Operation::Unparked {
            self.unparked[thread]
        } else {
            None
        }
    }

    /// For a step that was waited for: the last thing that happened to the same object since.
    fn release(&self, step: &Step) -> Option<StepId> {
        let object = step.operation.object()?;
        let own = self.last[step.thread.index()]?;
        let blocked = Operation::Block { on: Blocker::Object(object) };
        let waited = self.execution.steps[own.index()].operation == blocked;
        // A message has an edge of its own.
        let receives = self.sender(step).is_some();
        self.touched[object.index()].filter(|from| waited && !receives && *from > own)
    }

    /// For a message that is received: messages arrive in the order in which they were sent.
    fn sender(&self, step: &Step) -> Option<StepId> {
        if let Operation::Receive { channel, result: Received::Received, .. } = step.operation {
            self.sent[channel.index()].front().copied()
        } else {
            None
        }
    }

    fn add(&mut self, step: &Step, id: StepId) {
        self.last[step.thread.index()] = Some(id);
        if let Operation::Spawn { thread } = step.operation {
            self.started[thread.index()] = Some(id);
        }
        if let Operation::NotifyOne { woken: Some(thread), .. } = step.operation {
            self.woken[thread.index()] = Some(id);
        }
        if let Operation::Unpark { thread } = step.operation {
            self.unparked[thread.index()] = Some(id);
        }
        if let Operation::NotifyAll { condvar, .. } = step.operation {
            self.all_woken[condvar.index()] = Some(id);
        }
        if let Operation::Send { channel, result: Sent::Sent, .. } = step.operation {
            self.sent[channel.index()].push_back(id);
        }
        if let Operation::Receive { channel, result: Received::Received, .. } = step.operation {
            self.sent[channel.index()].pop_front();
        }
        let waits = matches!(step.operation, Operation::Block { .. });
        if let Some(object) = step.operation.object().filter(|_| !waits) {
            self.touched[object.index()] = Some(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use model_trace::{ObjectId, ObjectKind, ReceiveCall, SendCall, ThreadId};

    use super::*;
    use crate::report::number;
    use crate::report::samples::{MAIN, T1, T2, join, load, lock, recording, spawn, store, unlock, word};

    /// The edges of steps on one object, as the numbers of the steps and a kind.
    fn found(kind: ObjectKind, steps: &[(u32, Operation)]) -> Vec<(u64, u64, EdgeKind)> {
        let steps: Vec<_> = steps.iter().map(|(thread, operation)| (*thread, *operation, 1)).collect();
        let recording = recording(&[("it", kind)], &steps);
        let edges = edges(&recording.execution).into_iter();
        edges.map(|edge| (number(edge.from), number(edge.to), edge.kind)).collect()
    }

    const IT: ObjectId = ObjectId(0);

    #[test]
    fn a_thread_is_started_and_joined() {
        let steps = [(MAIN, spawn(T1)), (T1, Operation::Yield), (T1, Operation::Yield), (MAIN, join(T1))];
        assert_eq!(found(ObjectKind::Mutex, &steps), [(1, 2, EdgeKind::Spawn), (3, 4, EdgeKind::Join)]);
    }

    #[test]
    fn a_waiter_is_woken_by_its_notification_and_no_other() {
        let one = |woken: Option<u32>| Operation::NotifyOne { condvar: IT, woken: woken.map(ThreadId) };
        let notified = Operation::Notified { condvar: IT };
        let steps = [(MAIN, one(Some(T1))), (MAIN, one(Some(T2))), (MAIN, one(None)), (T1, notified)];
        assert_eq!(found(ObjectKind::Condvar, &steps), [(1, 4, EdgeKind::Wakes)]);
        let all = Operation::NotifyAll { condvar: IT, woken: 2 };
        let steps = [(MAIN, one(Some(T1))), (MAIN, all), (T1, notified)];
        assert_eq!(found(ObjectKind::Condvar, &steps), [(2, 3, EdgeKind::Wakes)]);
        let unpark = Operation::Unpark { thread: ThreadId(T1) };
        let steps = [(MAIN, unpark), (MAIN, one(Some(T2))), (T1, Operation::Unparked)];
        assert_eq!(found(ObjectKind::Condvar, &steps), [(1, 3, EdgeKind::Wakes)]);
    }

    #[test]
    fn a_lock_that_was_waited_for_comes_from_whoever_released_it() {
        let blocked = Operation::Block { on: Blocker::Object(IT) };
        let steps = [
            (MAIN, lock(0)),
            (T1, blocked),
            (MAIN, unlock(0)),
            (T1, lock(0)),
            (T1, unlock(0)),
            (MAIN, lock(0)),
        ];
        assert_eq!(found(ObjectKind::Mutex, &steps), [(3, 4, EdgeKind::Unblocks)]);
    }

    #[test]
    fn a_load_reads_from_a_store_or_does_not_read_the_newest_one() {
        let kind = ObjectKind::Atomic(model_trace::AtomicType::U64);
        let steps = [
            (MAIN, store(0, 9)),
            (T1, load(0, word(7), None, Some(0))),
            (T1, load(0, word(9), Some(0), Some(0))),
        ];
        assert_eq!(found(kind, &steps), [(1, 2, EdgeKind::StaleRead), (1, 3, EdgeKind::ReadsFrom)]);
    }

    #[test]
    fn messages_arrive_in_the_order_in_which_they_were_sent() {
        let blocked = Operation::Block { on: Blocker::Object(IT) };
        let send = |result| Operation::Send { channel: IT, call: SendCall::TrySend, result };
        let receive = |result| Operation::Receive { channel: IT, call: ReceiveCall::TryRecv, result };
        let steps = [
            (T1, blocked),
            (MAIN, send(Sent::Sent)),
            (MAIN, send(Sent::Sent)),
            (MAIN, send(Sent::Full)),
            (T1, receive(Received::Received)),
            (T1, receive(Received::Received)),
            (T1, receive(Received::Empty)),
        ];
        assert_eq!(
            found(ObjectKind::Channel, &steps),
            [(2, 5, EdgeKind::Message), (3, 6, EdgeKind::Message)]
        );
    }
}
