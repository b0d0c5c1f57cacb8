//! Functions that are made of other ones which can be called from outside as well.

use model_trace::Place;

use super::{Code, Function};

/// A function that calls two others, one after the other, and keeps nothing locked from the one to the other.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Composed {
    pub function: String,
    /// Where it calls them.
    pub calls: [Place; 2],
}

impl Code {
    /// The one function that is composed of these two, which can be called from outside themselves. `None`: there is none, or
    /// several, or it may hold a lock meanwhile.
    pub(crate) fn composed(&self, one: &str, other: &str) -> Option<Composed> {
        if one == other || !self.is_public(one) || !self.is_public(other) {
            return None;
        }
        let of_them = |function: &Function| {
            let site = |called: &str| {
                let mut lines = function.lines_of(called);
                let (only, None) = (lines.next()?, lines.next()) else { return None };
                Some(Place { file: function.region.file.clone().into(), line: only, column: 1 })
            };
            let calls = [site(one)?, site(other)?];
            let is_composed = function.is_public && calls[0].line < calls[1].line;
            (is_composed && !self.may_hold_a_lock(function, [one, other]))
                .then_some(Composed { function: function.name.clone(), calls })
        };
        let mut composed = self.functions.iter().filter_map(of_them);
        let (Some(only), None) = (composed.next(), composed.next()) else { return None };
        Some(only)
    }

    /// Whether a function may hold a lock while it calls these: it acquires one itself, or calls something else that does.
    fn may_hold_a_lock(&self, function: &Function, besides: [&str; 2]) -> bool {
        let acquires =
            |function: &Function| self.locks.iter().any(|lock| function.region.contains(&lock.start()));
        let others = function.calls.iter().filter(|name| !besides.contains(&name.as_str()));
        let reached = |name: &String| {
            let reached = self.called_by(name);
            self.functions
                .iter()
                .filter(|other| other.name == *name || reached.contains(other.name.as_str()))
                .any(acquires)
        };
        acquires(function) || others.clone().any(reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Parsed, Source};

    const SOURCE: &str = "impl Cache {
    pub fn get(&self) -> u8 { self.state.lock().unwrap().hit() }
    pub fn put(&self, value: u8) { self.state().value = value; }
    fn state(&self) -> Guard { self.state.lock().unwrap() }
    pub fn get_or_make(&self, make: impl FnOnce() -> u8) -> u8 {
        if let Some(value) = self.get() { return value; }
        let value = make();
        self.put(value);
        value
    }
}
";

    fn lines(source: &str) -> Option<[u32; 2]> {
        let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
        code.composed("get", "put").map(|composed| composed.calls.map(|place| place.line))
    }

    #[test]
    fn what_calls_two_others_and_locks_nothing_is_composed_of_them() {
        assert_eq!(lines(SOURCE), Some([6, 8]));
    }

    #[test]
    fn what_keeps_a_lock_meanwhile_is_one_operation() {
        for held in ["let held = self.making.lock().unwrap();", "let held = self.state();"] {
            let source = SOURCE.replace("        if let Some", &format!("        {held} if let Some"));
            assert_eq!(lines(&source), None, "{held}");
        }
    }
}
