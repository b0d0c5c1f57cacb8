//! What the result of a step adds to its thread's history.

use model_trace::{Operation, Received, Sent};

/// A word for the result of a step that may have another one in the same place of the program: two states that
/// differ in it are not the same. `None`: the step has no other result, or the history has it from elsewhere: from
/// the store that was read, the choice that was made, or what ended the wait.
///
/// What an object is like does not always follow from its history: readers that share a lock, and a receiver that
/// waits, leave no mark in it. So a look at an object is not enough, and its result counts as well.
#[inline(always)]
pub(super) fn of(operation: Operation) -> Option<u64> {
    match operation {
        Operation::IsFinished { finished: answer, .. }
        | Operation::IsPoisoned { poisoned: answer, .. }
        | Operation::IsCompleted { completed: answer, .. }
        | Operation::Acquire { poisoned: answer, .. }
        | Operation::Arrive { last: answer, .. } => Some(answer.into()),
        // In the place of an `Acquire`.
        Operation::WouldBlock { .. } => Some(2),
        Operation::NotifyAll { woken, .. } => Some(woken.into()),
        Operation::NotifyOne { woken, .. } => Some(woken.map_or(0, |thread| u64::from(thread.0) + 1)),
        Operation::Send { result, .. } => Some(match result {
            Sent::Sent => 0,
            Sent::NoReceiver => 1,
            Sent::Full => 2,
        }),
        Operation::Receive { result, .. } => Some(match result {
            Received::Received => 0,
            Received::NoSender => 1,
            Received::Empty => 2,
            Received::TimedOut => 3,
        }),
        // These stand in each other's place.
        Operation::Initialise { .. } => Some(0),
        Operation::FindInitialised { .. } => Some(1),
        Operation::FindPoisoned { .. } => Some(2),
        Operation::Preempted | Operation::Block { .. } => {
            // The order of execution: the same state is reached with and without them.
            None
        }
        Operation::Yield
        | Operation::TimedOut { .. }
        | Operation::SpuriousWakeup { .. }
        | Operation::Panic
        | Operation::Spawn { .. }
        | Operation::Join { .. }
        | Operation::Park { .. }
        | Operation::Unparked
        | Operation::Unpark { .. }
        | Operation::Sleep { .. }
        | Operation::Delayed { .. }
        | Operation::Now { .. }
        | Operation::Release { .. }
        | Operation::Downgrade { .. }
        | Operation::ClearPoison { .. }
        | Operation::Wait { .. }
        | Operation::Notified { .. }
        | Operation::Initialised { .. }
        | Operation::Load { .. }
        | Operation::Store { .. }
        | Operation::Update { .. }
        | Operation::ExchangeFailed { .. }
        | Operation::Fence { .. } => None,
    }
}
