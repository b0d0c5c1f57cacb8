//! What is known of the facts that checks build on, while the checks run.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::check::Missing;
use crate::report::Engine;
use crate::suite::{Check, Entry, Subject};

/// A check by one engine.
type Key<'a> = (&'a str, Engine);

/// The facts of one grading. A check that requires one waits until all checks that establish it have been judged, so
/// that whether it is skipped depends on their outcomes alone, not on which of them is faster.
pub(super) struct Facts<'a> {
    /// The checks that establish something, in the suite's order.
    sources: Vec<Source<'a>>,
    known: Mutex<State<'a>>,
    settled: Condvar,
}

struct Source<'a> {
    fact: &'a str,
    title: &'a str,
    key: Key<'a>,
}

#[derive(Default)]
struct State<'a> {
    open: BTreeSet<Key<'a>>,
    failed: BTreeSet<Key<'a>>,
}

impl<'a> Facts<'a> {
    /// Those that `entries` establish.
    pub(super) fn of(entries: &[Entry<'a>]) -> Self {
        let source = |entry: &Entry<'a>| match entry.subject {
            Subject::Check(check) => {
                let fact = check.establishes.as_deref()?;
                Some(Source { fact, title: entry.title, key: (entry.name, entry.engine) })
            }
            Subject::Contract(_) => None,
        };
        let sources: Vec<Source<'a>> = entries.iter().filter_map(source).collect();
        let open = sources.iter().map(|source| source.key).collect();
        Self { sources, known: Mutex::new(State { open, ..State::default() }), settled: Condvar::new() }
    }

    /// Waits until it is known whether the facts hold that `check` requires. Returns the first that does not.
    pub(super) fn missing(&self, check: &Check) -> Option<Missing> {
        check.requires.iter().find_map(|fact| {
            let sources = || self.sources.iter().filter(|source| source.fact == fact);
            let mut state = self.lock();
            while sources().any(|source| state.open.contains(&source.key)) {
                state = self.settled.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let failed = sources().find(|source| state.failed.contains(&source.key))?;
            Some(Missing { fact: fact.clone(), check: failed.title.to_owned() })
        })
    }

    /// To be held while a check is judged: nobody waits for a check any longer once this is dropped.
    pub(super) fn judging(&self, entry: &Entry<'a>) -> Judging<'_, 'a> {
        Judging { facts: self, keys: vec![(entry.name, entry.engine)] }
    }

    /// To be held while an engine is at work: nobody waits for a check of it once this is dropped.
    pub(super) fn at_work(&self, engine: Engine) -> Judging<'_, 'a> {
        let keys = self.sources.iter().map(|source| source.key).filter(|key| key.1 == engine);
        Judging { facts: self, keys: keys.collect() }
    }

    /// A set is right after any panic: it changes in single steps.
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks that are being judged.
pub(super) struct Judging<'facts, 'a> {
    facts: &'facts Facts<'a>,
    keys: Vec<Key<'a>>,
}

impl Judging<'_, '_> {
    /// Says that they were not passed.
    pub(super) fn failed(&self) {
        self.facts.lock().failed.extend(&self.keys);
    }
}

impl Drop for Judging<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.facts.lock();
        for key in &self.keys {
            state.open.remove(key);
        }
        drop(state);
        self.facts.settled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::suite::Loom;

    fn check(name: &str, establishes: Option<&str>, requires: &[&str]) -> Check {
        Check {
            name: name.to_owned(),
            title: format!("It {name}"),
            never: None,
            explanation: String::new(),
            engines: vec![(Engine::Stress, 1)],
            preemptions: None,
            least: None,
            executions: 1,
            alone: false,
            sleeps: false,
            establishes: establishes.map(str::to_owned),
            requires: requires.iter().map(|fact| (*fact).to_owned()).collect(),
            loom: Loom::Judges,
            sampling: None,
        }
    }

    fn entry(check: &Check) -> Entry<'_> {
        Entry {
            name: &check.name,
            title: &check.title,
            explanation: &check.explanation,
            engine: Engine::Stress,
            points: 1,
            subject: Subject::Check(check),
        }
    }

    #[test]
    fn a_check_waits_for_all_that_establish_its_fact_and_the_first_in_the_suite_is_named() {
        let (puts, takes) =
            (check("puts", Some("it is cheap"), &[]), check("takes", Some("it is cheap"), &[]));
        let crowd = check("crowds", None, &["it is cheap"]);
        let facts = Facts::of(&[entry(&puts), entry(&takes), entry(&crowd)]);
        let missing = thread::scope(|scope| {
            let waiting = scope.spawn(|| facts.missing(&crowd));
            // In the other order than the suite's: the answer is the same.
            for check in [&takes, &puts] {
                assert!(!waiting.is_finished(), "the facts are not known yet");
                facts.judging(&entry(check)).failed();
            }
            waiting.join().expect("no panic")
        });
        assert_eq!(missing, Some(Missing { fact: "it is cheap".to_owned(), check: "It puts".to_owned() }));
    }

    #[test]
    fn what_is_never_judged_holds_nobody_up_and_refutes_nothing() {
        let puts = check("puts", Some("it is cheap"), &[]);
        let crowd = check("crowds", None, &["it is cheap"]);
        let facts = Facts::of(&[entry(&puts), entry(&crowd)]);
        drop(facts.at_work(Engine::Stress));
        assert_eq!(facts.missing(&crowd), None);
        assert_eq!(Facts::of(&[entry(&crowd)]).missing(&crowd), None, "nobody was asked");
    }
}
