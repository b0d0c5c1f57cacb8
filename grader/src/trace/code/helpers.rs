//! Helpers: which functions call them, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

use model_trace::{Place, Step};

use super::{Code, Function};

/// A function of so few lines says less than whoever calls it.
const SHORT: usize = 3;

impl Code {
    /// The lines at which `caller` calls the function that a place is in, if that is a short helper. Of several functions
    /// of this name, those count that the execution comes to.
    pub(crate) fn calls_of(&self, place: &Place, caller: Option<&str>, steps: &[Step]) -> Vec<u32> {
        let (Some(helper), Some(caller)) = (self.function(place), caller) else { return Vec::new() };
        if helper.region.lines.clone().count() > SHORT || helper.name == caller {
            return Vec::new();
        }
        let callers = self
            .functions
            .iter()
            .filter(|function| function.name == caller && function.region.file == helper.region.file);
        let callers: Vec<&Function> = callers.collect();
        let comes_to = |function: &Function| steps.iter().any(|step| function.region.contains(&step.place));
        let is_seen = callers.iter().any(|function| comes_to(function));
        let callers = callers.into_iter().filter(|function| !is_seen || comes_to(function));
        let in_caller = callers.flat_map(|function| function.lines_of(&helper.name));
        let in_caller: Vec<u32> = in_caller.collect();
        if in_caller.is_empty() { self.calls_between(helper, caller) } else { in_caller }
    }

    /// The lines at which the one function calls a helper that is between it and a caller which does not call it itself.
    fn calls_between(&self, helper: &Function, caller: &str) -> Vec<u32> {
        let called = self.called_by(caller);
        let mut between = self.functions.iter().filter(|function| {
            !function.is_public
                && called.contains(function.name.as_str())
                && function.region.file == helper.region.file
                && function.name != helper.name
                && function.lines_of(&helper.name).next().is_some()
        });
        match (between.next(), between.next()) {
            (Some(only), None) => only.lines_of(&helper.name).collect(),
            (_, Some(_)) | (None, None) => Vec::new(),
        }
    }

    /// The function among those that the places are in that calls all the other ones, directly or by way of others.
    pub(crate) fn outermost<'a>(&self, places: impl Iterator<Item = &'a Place>) -> Option<&str> {
        let names: Option<BTreeSet<&str>> = places.map(|place| self.function_of(place)).collect();
        let names = names?;
        names
            .iter()
            .find(|name| {
                let called = self.called_by(name);
                names.iter().all(|other| other == *name || called.contains(other))
            })
            .copied()
    }

    /// Whether a function of one name calls one of another, directly or by way of others.
    pub(crate) fn calls(&self, caller: &str, called: &str) -> bool {
        self.reach.get(caller).is_some_and(|reached| reached.contains(called))
    }

    /// Whether one function may have called both of these, or one of them the other one. The same one it may have called
    /// twice.
    pub(crate) fn may_call_both(&self, one: &str, other: &str) -> bool {
        let comes_to = |caller: &Function, called: &str| {
            let calls = caller.calls.iter().zip(&caller.call_lines);
            let calls = calls.filter(|(name, _)| *name == called || self.calls(name, called));
            calls.map(|(_, line)| *line).collect::<Vec<u32>>()
        };
        let repeats = |caller: &Function, line: u32| {
            let file = caller.region.file.clone().into();
            let place = Place { file, line, column: 1 };
            self.is_in_loop(&place) || self.is_for_each(&place) || self.is_in_kept_closure(&place)
        };
        let calls_both = |caller: &&Function| {
            let (ones, others) = (comes_to(caller, one), comes_to(caller, other));
            if one == other {
                ones.len() > 1 || ones.iter().any(|line| repeats(caller, *line))
            } else {
                !ones.is_empty() && !others.is_empty()
            }
        };
        self.calls(one, other)
            || self.calls(other, one)
            || self.functions.iter().any(|caller| calls_both(&caller))
    }

    /// Whether what goes out of scope may call a function of this name.
    pub(crate) fn is_called_by_drop(&self, name: &str) -> bool {
        self.calls("drop", name)
            || self.dropping.iter().any(|called| called == name || self.calls(called, name))
    }

    /// Whether a thread may be joined by what goes out of scope.
    pub(crate) fn is_joined_by_drop(&self) -> bool {
        self.joining.iter().any(|name| name == "drop" || self.is_called_by_drop(name))
    }

    /// The line of the only statement of the function of this name, besides one that acquires a lock.
    pub(crate) fn only_line(&self, name: &str) -> Option<Place> {
        let mut named = self.functions.iter().filter(|function| function.name == name);
        let (only, None) = (named.next()?, named.next()) else { return None };
        let line = only.only_line?;
        Some(Place { file: only.region.file.clone().into(), line, column: 1 })
    }

    /// Whether what happens at a place is in a loop that puts together a collection of the function's own.
    pub(crate) fn is_collecting(&self, place: &Place) -> bool {
        let function = self.function(place).map(|function| &function.region.lines);
        self.collecting.iter().any(|region| {
            let inside = function.is_some_and(|lines| lines.contains(region.lines.start()));
            inside && region.contains(place)
        })
    }

    fn is_in_kept_closure(&self, place: &Place) -> bool {
        self.kept_closures.iter().any(|closure| closure.contains(place))
    }

    /// The names of all functions that one of this name calls, directly or by way of others.
    pub(super) fn called_by(&self, name: &str) -> BTreeSet<&str> {
        self.reach.get(name).into_iter().flatten().map(String::as_str).collect()
    }

    /// What each function calls, directly or by way of others.
    pub(super) fn reached(&self) -> BTreeMap<String, BTreeSet<String>> {
        let of = |name: &String| {
            let mut called = BTreeSet::new();
            let mut callers = vec![name.as_str()];
            while let Some(caller) = callers.pop() {
                let functions = self.functions.iter().filter(|function| function.name == caller);
                for next in functions.flat_map(|function| &function.calls) {
                    if called.insert(next.clone()) {
                        callers.push(next);
                    }
                }
            }
            called
        };
        self.functions.iter().map(|function| (function.name.clone(), of(&function.name))).collect()
    }
}
