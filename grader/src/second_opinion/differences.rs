//! What loom is known to do otherwise than std, and otherwise than the model: each with its reason and its source.
//!
//! A difference is not taken for the reason of a disagreement because it exists, only because the counterexample
//! has to do with it. What such a counterexample shows, the generated programs of `model-std/tests/generated.rs`
//! decide by the axioms of C11: there, the model is right in each case.

use std::collections::BTreeSet;

use model_trace::{AcquireCall, Call, Execution, LoomFailure, ObjectId, Operation, Order, ThreadId};

use crate::report::Difference;

impl Difference {
    /// What loom does, in a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoSpuriousWakeups => "loom has no spurious wakeups of `wait` and `park`",
            Self::WakesInOrder => "loom's `notify_one` always wakes the thread that has waited longest",
            Self::NoSpuriousFailures => "loom's `compare_exchange_weak` never fails spuriously",
            Self::TryLock => {
                "loom blocks a thread in `try_lock` that another one overtakes, and the release of a lock is no \
                 step of it"
            }
            Self::UnparkIsNoStep => "to loom `unpark` is no step: it does not try it before and after others",
            Self::SharedToken => {
                "in loom a condition variable and `park` share one token: a wait can end because of an `unpark`, \
                 and take the token along"
            }
            Self::WeakSeqCst => "loom takes `SeqCst` for `AcqRel`",
            Self::SplitUpdates => {
                "in loom a read-modify-write operation need not read the write that comes right before it in \
                 modification order"
            }
            Self::HidingLoads => {
                "loom remembers the last access to an atomic alone: where that is a load, it does not try a later \
                 write before earlier loads"
            }
            Self::YieldsToAll => {
                "loom lets a thread that has yielded, or spins, go on only when every other one has yielded or is \
                 blocked"
            }
        }
    }

    /// Where that is reported, or where it stands in loom's source.
    pub fn source(self) -> &'static str {
        match self {
            Self::NoSpuriousWakeups => "https://github.com/tokio-rs/loom/issues/1",
            Self::WakesInOrder => "loom 0.7.3, src/rt/condvar.rs, `Condvar::notify_one`",
            Self::NoSpuriousFailures => "loom 0.7.3, src/sync/atomic/int.rs, `compare_exchange_weak`",
            Self::TryLock => "https://github.com/tokio-rs/loom/issues/376",
            Self::UnparkIsNoStep => "loom 0.7.3, src/thread.rs, `Thread::unpark`",
            Self::SharedToken => "https://github.com/tokio-rs/loom/issues/422",
            Self::WeakSeqCst => "https://github.com/tokio-rs/loom/issues/180",
            Self::SplitUpdates => "https://github.com/tokio-rs/loom/issues/254",
            Self::HidingLoads => "https://github.com/tokio-rs/loom/issues/166",
            Self::YieldsToAll => "loom 0.7.3, src/rt/execution.rs, `Execution::schedule`",
        }
    }
}

/// What may keep loom from finding a failure that the model has found: steps of it that loom does not have, or does
/// not try.
pub(crate) fn behind_a_pass(execution: &Execution) -> Vec<Difference> {
    let has = |is: fn(&Operation) -> bool| execution.steps.iter().any(|step| is(&step.operation));
    let waits = has(|operation| matches!(operation, Operation::Wait { .. }));
    let evidence = [
        (
            Difference::NoSpuriousWakeups,
            has(|operation| matches!(operation, Operation::SpuriousWakeup { .. })),
        ),
        (Difference::WakesInOrder, wakes_out_of_order(execution)),
        (
            Difference::NoSpuriousFailures,
            has(|operation| matches!(operation, Operation::ExchangeFailed { spurious: true, .. })),
        ),
        (Difference::TryLock, has(tries)),
        (Difference::UnparkIsNoStep, has(|operation| matches!(operation, Operation::Unpark { .. }))),
        (
            Difference::SharedToken,
            waits && has(|operation| matches!(operation, Operation::Park { .. } | Operation::Unpark { .. })),
        ),
        (Difference::HidingLoads, has_hiding_loads(execution)),
    ];
    shown(evidence)
}

/// What may make loom fail where nothing is wrong: calls of the failing execution that loom gets wrong.
pub(crate) fn behind_a_failure(failure: &LoomFailure, calls: &[Call]) -> Vec<Difference> {
    let has = |names: &[&str]| calls.iter().any(|call| names.contains(&&*call.call));
    let sequential = calls.iter().filter(|call| call.order == Some(Order::SeqCst));
    let threads: BTreeSet<&str> = sequential.map(|call| call.thread.as_str()).collect();
    let updates =
        calls.iter().any(|call| call.order.is_some() && !["load", "store", "fence"].contains(&&*call.call));
    let blocks = matches!(failure, LoomFailure::Deadlock {});
    let evidence = [
        (Difference::TryLock, blocks && has(&["try_lock", "try_read", "try_write"])),
        (Difference::SharedToken, has(&["wait"]) && has(&["park", "unpark"])),
        (Difference::WeakSeqCst, threads.len() > 1),
        (Difference::SplitUpdates, updates && has(&["store"])),
        (Difference::YieldsToAll, matches!(failure, LoomFailure::NeverHappens {}) && has(&["yield_now"])),
    ];
    shown(evidence)
}

fn shown<const N: usize>(evidence: [(Difference, bool); N]) -> Vec<Difference> {
    evidence.into_iter().filter(|(_, shown)| *shown).map(|(difference, _)| difference).collect()
}

fn tries(operation: &Operation) -> bool {
    let (Operation::Acquire { call, .. } | Operation::WouldBlock { call, .. }) = operation else {
        return false;
    };
    match call {
        AcquireCall::TryLock | AcquireCall::TryRead | AcquireCall::TryWrite => true,
        AcquireCall::Lock | AcquireCall::Read | AcquireCall::Write => false,
    }
}

/// Whether a notification wakes another thread than the one that has waited longest.
fn wakes_out_of_order(execution: &Execution) -> bool {
    let mut waiters: Vec<(ObjectId, ThreadId)> = Vec::new();
    for step in &execution.steps {
        if let Operation::Wait { condvar, .. } = step.operation {
            waiters.push((condvar, step.thread));
        } else if let Operation::NotifyOne { condvar, woken: Some(woken) } = step.operation {
            if waiters.iter().find(|waiter| waiter.0 == condvar).is_some_and(|first| first.1 != woken) {
                return true;
            }
            waiters.retain(|waiter| waiter.1 != woken);
        } else if let Operation::NotifyAll { condvar, .. } = step.operation {
            waiters.retain(|waiter| waiter.0 != condvar);
        } else if let Operation::TimedOut { .. } | Operation::SpuriousWakeup { .. } = step.operation {
            waiters.retain(|waiter| waiter.1 != step.thread);
        }
    }
    false
}

/// Whether two threads load an atomic that one of them writes.
fn has_hiding_loads(execution: &Execution) -> bool {
    let mut loads: BTreeSet<(ObjectId, ThreadId)> = BTreeSet::new();
    let mut writes: BTreeSet<ObjectId> = BTreeSet::new();
    for step in &execution.steps {
        if let Operation::Load { atomic, .. } | Operation::ExchangeFailed { atomic, .. } = step.operation {
            loads.insert((atomic, step.thread));
        } else if let Operation::Store { atomic, .. } | Operation::Update { atomic, .. } = step.operation {
            writes.insert(atomic);
        }
    }
    writes.iter().any(|atomic| loads.iter().filter(|(loaded, _)| loaded == atomic).count() > 1)
}

#[cfg(test)]
mod tests {
    use model_trace::{Place, Step};
    use strum::VariantArray;

    use super::*;

    fn place() -> Place {
        Place { file: "src/lib.rs".into(), line: 1, column: 1 }
    }

    fn execution(operations: &[(u32, Operation)]) -> Execution {
        let step = |&(thread, operation): &(u32, Operation)| Step {
            thread: ThreadId(thread),
            operation,
            place: place(),
        };
        Execution { steps: operations.iter().map(step).collect(), ..Execution::default() }
    }

    fn calls(of: &[(&str, &'static str, Option<Order>)]) -> Vec<Call> {
        let call = |&(thread, call, order): &(&str, &'static str, Option<Order>)| Call {
            thread: thread.to_owned(),
            call: call.into(),
            order,
            place: place(),
        };
        of.iter().map(call).collect()
    }

    #[test]
    fn every_difference_has_a_reason_and_a_source() {
        for difference in Difference::VARIANTS {
            assert!(difference.reason().contains("loom"), "{difference:?}");
            let source = difference.source();
            assert!(
                source.starts_with("https://github.com/tokio-rs/loom/") || source.starts_with("loom 0."),
                "{source}"
            );
        }
    }

    #[test]
    fn a_failure_that_needs_a_spurious_wakeup_is_one_that_loom_cannot_find() {
        let condvar = ObjectId(0);
        let wakeup = Operation::SpuriousWakeup { object: Some(condvar) };
        let failing = execution(&[(1, Operation::Wait { condvar, timeout: None }), (1, wakeup)]);
        assert_eq!(behind_a_pass(&failing), [Difference::NoSpuriousWakeups]);
        assert_eq!(behind_a_pass(&execution(&[(0, Operation::Yield)])), []);
    }

    #[test]
    fn a_notification_of_the_second_waiter_is_one_that_loom_does_not_try() {
        let condvar = ObjectId(0);
        let wait = Operation::Wait { condvar, timeout: None };
        let notify = |woken| Operation::NotifyOne { condvar, woken: Some(ThreadId(woken)) };
        let failing = |woken| execution(&[(1, wait), (2, wait), (0, notify(woken))]);
        assert_eq!(behind_a_pass(&failing(2)), [Difference::WakesInOrder]);
        assert_eq!(behind_a_pass(&failing(1)), []);
    }

    #[test]
    fn a_deadlock_after_a_failed_attempt_to_lock_may_be_one_of_loom_alone() {
        let tried = calls(&[("main", "try_lock", None), ("T1", "try_lock", None)]);
        assert_eq!(behind_a_failure(&LoomFailure::Deadlock {}, &tried), [Difference::TryLock]);
        assert_eq!(behind_a_failure(&LoomFailure::NeverHappens {}, &tried), []);
        let locked = calls(&[("main", "lock", None), ("T1", "lock", None)]);
        assert_eq!(behind_a_failure(&LoomFailure::Deadlock {}, &locked), []);
    }

    #[test]
    fn what_happens_while_a_thread_spins_is_not_tried_by_loom() {
        let spins = calls(&[("writer", "yield_now", None)]);
        assert_eq!(behind_a_failure(&LoomFailure::NeverHappens {}, &spins), [Difference::YieldsToAll]);
        assert_eq!(behind_a_failure(&LoomFailure::Deadlock {}, &spins), []);
        let locks = calls(&[("writer", "lock", None)]);
        assert_eq!(behind_a_failure(&LoomFailure::NeverHappens {}, &locks), []);
    }

    #[test]
    fn sequentially_consistent_accesses_of_two_threads_are_weaker_in_loom() {
        let sequential = Some(Order::SeqCst);
        let of = |second: &'static str| calls(&[("main", "store", sequential), (second, "load", sequential)]);
        let failure =
            || LoomFailure::Panic { message: String::new(), place: None, thread: "main".to_owned() };
        assert_eq!(behind_a_failure(&failure(), &of("T1")), [Difference::WeakSeqCst]);
        assert_eq!(behind_a_failure(&failure(), &of("main")), []);
    }
}
