//! What a search can be told to forget, to show that its tests notice.

use model_trace::{Operation, SendCall};

use super::state::State;

/// A fact that is left out of the states that a search remembers, so that states which differ in nothing else are taken for
/// one. Outcomes get lost by that, and the tests of the search have to find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Which waiter a notification wakes.
    Waiter,
    /// Whether a weak exchange has failed spuriously.
    SpuriousFailure,
    /// Which `SeqCst` stores and exchanges come before a `SeqCst` fence.
    SeqCstOrder,
    /// How many accesses have not taken the newest store.
    Outdated,
    /// Whether an attempt to send has found room, or at a rendezvous a receiver that waits.
    Attempt,
}

impl State {
    /// Whether a fact is left out of the states of this search.
    #[inline]
    pub(super) fn merges(&self, fact: Merge) -> bool {
        self.settings().merges == Some(fact)
    }

    /// Whether the result of an operation is.
    #[inline]
    pub(super) fn merges_result(&self, operation: Operation) -> bool {
        match self.settings().merges {
            None | Some(Merge::SpuriousFailure | Merge::SeqCstOrder | Merge::Outdated) => false,
            Some(Merge::Waiter) => matches!(operation, Operation::NotifyOne { .. }),
            Some(Merge::Attempt) => matches!(operation, Operation::Send { call: SendCall::TrySend, .. }),
        }
    }
}
