//! Whether what concurrent calls returned can be explained by some order of the calls.
//!
//! A history of overlapping calls is linearizable if the calls can be put into an order in which a
//! sequential object returns the same results, and in which a call that had returned before another
//! one began comes first (Herlihy and Wing, "Linearizability", TOPLAS 1990). The search is that of
//! Wing and Gong ("Testing and Verifying Concurrent Objects", JPDC 1993), with Lowe's memory of the
//! states that have been tried ("Testing for Linearizability", CCPE 2017).

use std::collections::HashSet;
use std::fmt::{Debug, Write};
use std::hash::Hash;
use std::sync::{Mutex, OnceLock, PoisonError};

use model_std::model;
pub use model_std::model::Earlier;

/// What marks the beginnings and ends of calls for an engine other than the model.
static MARK: OnceLock<fn(Earlier)> = OnceLock::new();

/// Calls `mark` at the beginning and at the end of every call of a history, for an engine that this crate does
/// not know: it says whether a call that has returned happens before those that begin later. The first one counts.
pub fn mark_with(mark: fn(Earlier)) {
    MARK.get_or_init(|| mark);
}

fn mark(earlier: Earlier) {
    if let Some(mark) = MARK.get() {
        mark(earlier);
    }
}

/// A sequential object: what the concurrent one must look like.
pub trait Sequential: Clone + Eq + Hash {
    /// A call with its arguments.
    type Call: Clone + Debug;
    /// What a call returns.
    type Return: PartialEq + Clone + Debug;

    /// Does one call, all at once.
    fn apply(&mut self, call: &Self::Call) -> Self::Return;
}

/// The calls of a test, with their beginnings and ends.
#[derive(Debug)]
pub struct History<S: Sequential> {
    earlier: Earlier,
    // The real mutex: under the model it is no step, and orders nothing.
    calls: Mutex<Calls<S>>,
}

#[derive(Debug)]
struct Calls<S: Sequential> {
    now: usize,
    calls: Vec<Call<S>>,
}

#[derive(Debug)]
struct Call<S: Sequential> {
    call: S::Call,
    begin: usize,
    /// When it returned, and what. `None`: it has not.
    end: Option<(usize, S::Return)>,
}

impl<S: Sequential> Default for History<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Sequential> History<S> {
    /// An empty history, in which a call that has returned is earlier than those that begin later, and no more: a call
    /// that misses it, by a stale read, is a mistake.
    pub fn new() -> Self {
        Self::with(Earlier::InTime)
    }

    /// An empty history. Where earlier calls happen before later ones, as in a program that can tell which was first, a
    /// stale read is a mistake only if a program could notice it.
    pub fn with(earlier: Earlier) -> Self {
        Self { earlier, calls: Mutex::new(Calls { now: 0, calls: Vec::new() }) }
    }

    /// Notes `call`, runs `run`, and notes what it returned.
    pub fn call(&self, call: S::Call, run: impl FnOnce() -> S::Return) -> S::Return {
        // When a call begins matters, even if it has nothing to do with the others.
        model::mark_begin(self.earlier);
        mark(self.earlier);
        let index = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let begin = calls.tick();
            calls.calls.push(Call { call, begin, end: None });
            calls.calls.len() - 1
        };
        let returned = run();
        model::mark_end();
        mark(self.earlier);
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let end = calls.tick();
        calls.calls[index].end = Some((end, returned.clone()));
        returned
    }

    /// Checks that the calls can be put in order.
    ///
    /// # Panics
    /// With the calls, if they cannot.
    pub fn assert_linearizable(&self, initial: S) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(calls.calls.len() < 64, "a history of {} calls is too long", calls.calls.len());
        let mut tried = HashSet::new();
        if !explains(&calls.calls, 0, &initial, &mut tried) {
            let impossible = calls.impossible(&initial);
            panic!("no order of these calls explains what they returned:\n{}", calls.describe(impossible));
        }
    }
}

impl<S: Sequential> Calls<S> {
    fn tick(&mut self) -> usize {
        self.now += 1;
        self.now
    }

    /// The last call without whose reply an order would explain all others. `None`: there is no such call.
    fn impossible(&self, initial: &S) -> Option<usize> {
        let explained =
            |index: &usize| explains_without(&self.calls, Some(*index), 0, initial, &mut HashSet::new());
        let returned = (0..self.calls.len()).filter(|index| self.calls[*index].end.is_some());
        returned.filter(explained).max_by_key(|index| self.calls[*index].end.as_ref().map(|end| end.0))
    }

    fn describe(&self, impossible: Option<usize>) -> String {
        let mut text = String::new();
        for (index, Call { call, begin, end }) in self.calls.iter().enumerate() {
            let line = match end {
                Some((end, returned)) => {
                    format!("  {call:?} -> {returned:?}  (from moment {begin} to {end})")
                }
                None => format!("  {call:?}, which has not returned  (from moment {begin})"),
            };
            let mark = if impossible == Some(index) { "  <- impossible, as the others returned" } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}{mark}");
        }
        text
    }
}

/// Whether the calls that are not in `done` (a set of bits) can follow the state `object`.
fn explains<S: Sequential>(calls: &[Call<S>], done: u64, object: &S, tried: &mut HashSet<(u64, S)>) -> bool {
    explains_without(calls, None, done, object, tried)
}

/// The same as if the call `unknown` had not returned.
fn explains_without<S: Sequential>(
    calls: &[Call<S>],
    unknown: Option<usize>,
    done: u64,
    object: &S,
    tried: &mut HashSet<(u64, S)>,
) -> bool {
    let end = |index: usize| calls[index].end.as_ref().filter(|_| Some(index) != unknown);
    let open = |index: usize| done & (1 << index) == 0;
    // A call that never returned may have taken effect, or not: it need not be explained.
    let returned_first = (0..calls.len()).filter(|&index| open(index)).filter_map(end).map(|end| end.0).min();
    let Some(first_end) = returned_first else { return true };
    if !tried.insert((done, object.clone())) {
        return false;
    }
    (0..calls.len()).filter(|&index| open(index) && calls[index].begin < first_end).any(|index| {
        let mut next = object.clone();
        let result = next.apply(&calls[index].call);
        let fits = end(index).is_none_or(|(_, returned)| *returned == result);
        fits && explains_without(calls, unknown, done | 1 << index, &next, tried)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Eq, Hash, Default)]
    struct Register(u32);

    #[derive(Clone, Debug)]
    enum Access {
        Write(u32),
        Read,
    }

    impl Sequential for Register {
        type Call = Access;
        type Return = u32;

        fn apply(&mut self, call: &Access) -> u32 {
            if let Access::Write(value) = call {
                self.0 = *value;
            }
            self.0
        }
    }

    /// A call, its beginning, and its end with what it returned.
    type Noted = (Access, usize, Option<(usize, u32)>);

    fn history(calls: &[Noted]) -> Vec<Call<Register>> {
        calls.iter().map(|(call, begin, end)| Call { call: call.clone(), begin: *begin, end: *end }).collect()
    }

    fn is_linearizable(calls: &[Noted]) -> bool {
        explains(&history(calls), 0, &Register::default(), &mut HashSet::new())
    }

    #[test]
    fn overlapping_calls_may_take_effect_in_any_order() {
        let write = (Access::Write(1), 1, Some((4, 1)));
        assert!(is_linearizable(&[write.clone(), (Access::Read, 2, Some((3, 0)))]));
        assert!(is_linearizable(&[write, (Access::Read, 2, Some((3, 1)))]));
    }

    #[test]
    fn a_call_that_returned_before_another_began_comes_first() {
        let write = (Access::Write(1), 1, Some((2, 1)));
        assert!(is_linearizable(&[write.clone(), (Access::Read, 3, Some((4, 1)))]));
        assert!(!is_linearizable(&[write, (Access::Read, 3, Some((4, 0)))]), "the write is missed");
    }

    #[test]
    fn a_value_is_never_unread() {
        let write = (Access::Write(1), 1, Some((6, 1)));
        let reads = [(Access::Read, 2, Some((3, 1))), (Access::Read, 4, Some((5, 0)))];
        let [first, second] = reads;
        assert!(!is_linearizable(&[write, first, second]), "the second read goes back in time");
    }

    #[test]
    fn a_call_that_has_not_returned_may_have_taken_effect_or_not() {
        let pending = (Access::Write(1), 1, None);
        assert!(is_linearizable(&[pending.clone(), (Access::Read, 2, Some((3, 0)))]));
        assert!(is_linearizable(&[pending.clone(), (Access::Read, 2, Some((3, 1)))]));
        assert!(!is_linearizable(&[pending, (Access::Read, 2, Some((3, 2)))]));
    }

    #[test]
    #[should_panic(expected = "no order of these calls")]
    fn a_history_that_cannot_be_explained_is_shown() {
        let history: History<Register> = History::new();
        history.call(Access::Write(1), || 1);
        history.call(Access::Read, || 7);
        history.assert_linearizable(Register::default());
    }

    #[test]
    fn the_reply_that_is_impossible_is_named() {
        let write = (Access::Write(1), 1, Some((2, 1)));
        let calls = Calls { now: 4, calls: history(&[write, (Access::Read, 3, Some((4, 0)))]) };
        assert_eq!(calls.impossible(&Register::default()), Some(1));
        let text = calls.describe(Some(1));
        assert!(text.contains("Read -> 0  (from moment 3 to 4)  <- impossible"), "{text}");
    }
}
