//! What the learner's source says about a place: which function it is in, and whether a loop contains it.

mod believed;
mod collecting;
mod composed;
mod helpers;
mod named;
mod overwrites;
mod reader;
mod single;
mod types;
mod wakeups;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use model_trace::Place;

pub(crate) use self::composed::Composed;
use self::reader::read;
use self::wakeups::Notification;
use super::returns::Computed;
use crate::source::Parsed;

/// So many helpers that call each other are followed.
const FURTHEST: usize = 4;

/// The functions and loops of a submission.
#[derive(Debug, Default)]
pub struct Code {
    functions: Vec<Function>,
    loops: Vec<Region>,
    /// What is done once for each item of a collection, without another loop in it: the bodies of `for` loops, and
    /// closures that an iterator calls.
    for_each: Vec<Region>,
    /// Loops that put together a collection of the function's own.
    collecting: Vec<Region>,
    /// The names of what is called where something goes out of scope, on whatever it is called.
    dropping: BTreeSet<String>,
    /// The functions that join a thread.
    joining: BTreeSet<String>,
    /// Where a lock is acquired.
    locks: Vec<Region>,
    /// Waits that check their condition again by themselves.
    rechecking: Vec<Region>,
    /// The lines inside of blocks that always end with a `return`.
    returning: Vec<Region>,
    /// Closures that have a name: they may be called again and again.
    kept_closures: Vec<Region>,
    /// Where data are assigned to, or something is put into a collection.
    changes: Vec<Region>,
    /// Where data behind a lock are replaced by what a variable holds.
    overwrites: Vec<Region>,
    /// Where condition variables are notified.
    notifications: Vec<Notification>,
    /// Where a thread waits for a notification.
    waits: Vec<Region>,
    /// Where it is asked whether a wait has timed out.
    timeouts: Vec<Region>,
    /// Timed waits, each with where its timeout alone decides what is returned.
    believed: Vec<(Region, Region)>,
    /// Functions whose result depends on nothing that happens in them.
    computed: Vec<Computed>,
    /// All that the functions of a name call, directly or by way of others.
    reach: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug)]
struct Function {
    name: String,
    region: Region,
    /// The names of its own functions, and of those of its own type, that it calls.
    calls: Vec<String>,
    /// The lines at which it calls them.
    call_lines: Vec<u32>,
    returns_nothing: bool,
    /// The line of its only statement, besides one that acquires a lock.
    only_line: Option<u32>,
    /// Whether it is given a duration or a point in time.
    takes_time: bool,
    is_public: bool,
    /// Whether it belongs to a type and has no receiver, as `new`.
    makes_a_value: bool,
}

impl Function {
    /// The lines at which it calls one of this name.
    fn lines_of(&self, called: &str) -> impl Iterator<Item = u32> {
        let calls = self.calls.iter().zip(&self.call_lines);
        calls.filter(move |(name, _)| *name == called).map(|(_, line)| *line)
    }
}

/// Lines of a file.
#[derive(Debug)]
struct Region {
    file: String,
    lines: RangeInclusive<u32>,
}

impl Region {
    fn contains(&self, place: &Place) -> bool {
        place.file == self.file && self.lines.contains(&place.line)
    }

    /// Its first line.
    fn start(&self) -> Place {
        Place { file: self.file.clone().into(), line: *self.lines.start(), column: 1 }
    }
}

impl Code {
    /// Reads the sources.
    pub(crate) fn of(sources: &[Parsed]) -> Self {
        let mut code = Self::default();
        for Parsed { name, file } in sources {
            read(name, file, &mut code);
        }
        code.reach = code.reached();
        code
    }

    fn function(&self, place: &Place) -> Option<&Function> {
        let around = self.functions.iter().filter(|function| function.region.contains(place));
        around.min_by_key(|function| function.region.lines.clone().count())
    }

    /// The name of the function that a place is in.
    pub(crate) fn function_of(&self, place: &Place) -> Option<&str> {
        self.function(place).map(|function| function.name.as_str())
    }

    /// The name of the function that a place is in, if it can be called from outside.
    pub(crate) fn entered(&self, place: &Place) -> Option<&str> {
        self.function(place).filter(|function| function.is_public).map(|function| function.name.as_str())
    }

    /// Whether a function may still call the helper that a place is in when it has come to a line: it does so further
    /// down, or in a loop.
    pub(crate) fn calls_after(&self, function: &str, line: u32, helper: &Place) -> bool {
        let Some(helper) = self.function(helper) else { return false };
        let callers = self.functions.iter().filter(|caller| caller.name == function);
        let mut calls = callers.flat_map(|caller| {
            let file = &caller.region.file;
            caller.calls.iter().zip(&caller.call_lines).map(move |(name, line)| (name, *line, file))
        });
        calls.any(|(name, called, file)| {
            let place = Place { file: file.clone().into(), line: called, column: 1 };
            let is_again = || {
                let same = |(other, at): &(&String, &u32)| **other == helper.name && **at == line;
                let callers = self.functions.iter().filter(|caller| caller.name == function);
                callers.flat_map(|caller| caller.calls.iter().zip(&caller.call_lines)).filter(same).count()
                    > 1
            };
            (*name == helper.name || self.calls(name, &helper.name))
                && (called > line || called == line && is_again() || self.is_in_loop(&place))
        })
    }

    /// Where the function begins that a place is in, if it can be called from outside.
    pub(crate) fn entrance(&self, place: &Place) -> Option<Place> {
        let function = self.function(place).filter(|function| function.is_public)?;
        let Region { file, lines } = &function.region;
        Some(Place { file: file.clone().into(), line: *lines.start(), column: 1 })
    }

    /// Whether the function that a place is in cannot tell its caller how it went.
    pub(crate) fn returns_nothing(&self, place: &Place) -> bool {
        self.function(place).is_some_and(|function| function.returns_nothing)
    }

    /// Whether what happens at a place surely changes data: they are assigned to, or something is put into them.
    pub(crate) fn changes_data(&self, place: &Place) -> bool {
        self.changes.iter().any(|region| region.contains(place))
    }

    /// Whether what happens at a place replaces data behind a lock with what was made before the lock was acquired there.
    pub(crate) fn overwrites(&self, place: &Place) -> bool {
        self.overwrites.iter().any(|region| region.contains(place))
    }

    /// Whether data are changed for sure in one of the lines from one place to another, or in what is called there, if the
    /// function comes to it. The first place may be in a helper that the function calls.
    pub(crate) fn changes_between(&self, one: &Place, other: &Place) -> bool {
        let Some(function) = self.function(other) else { return false };
        let begins = if self.function_of(one) == Some(function.name.as_str()) {
            Some(one.line)
        } else {
            let sites = self.sites_in(&function.name, one).into_iter().map(|site| site.line);
            sites.filter(|line| *line <= other.line).max()
        };
        let Some(begins) = begins.filter(|_| one.file == other.file) else { return false };
        let lines = begins.min(other.line)..=begins.max(other.line);
        let changes_in = |file: &str, lines: &RangeInclusive<u32>| {
            self.changes.iter().any(|region| *file == *region.file && lines.contains(region.lines.start()))
        };
        let called = function.calls.iter().zip(&function.call_lines).filter(|(_, line)| lines.contains(line));
        let mut called =
            called.flat_map(|(name, _)| self.functions.iter().filter(move |it| it.name == *name));
        changes_in(&other.file, &lines)
            || called.any(|called| changes_in(&called.region.file, &called.region.lines))
    }

    /// Whether a function that a place is in, or the one called `entered`, has to be done by some time.
    pub(crate) fn has_deadline(&self, place: &Place, entered: Option<&str>) -> bool {
        let named = self.functions.iter().filter(|function| Some(function.name.as_str()) == entered);
        self.function(place).into_iter().chain(named).any(|function| function.takes_time)
    }

    /// Whether two places where a thread takes steps, with none on the same object between them, belong to one
    /// call: they are in the same function, one after the other, or in functions that call each other, or
    /// that a third one calls in this order.
    pub(crate) fn in_one_call(&self, first: &Place, second: &Place) -> bool {
        let (Some(one), Some(other)) = (self.function(first), self.function(second)) else { return false };
        if std::ptr::eq(one, other) {
            // Within a line the order of evaluation need not be that of the text.
            let same_line = first.line == second.line && first.column != second.column;
            return first.line < second.line || same_line;
        }
        let call_lines = |caller: &'_ Function, called: &Function| {
            let calls = caller.calls.iter().zip(&caller.call_lines);
            let lines = calls.filter(|(name, _)| **name == called.name).map(|(_, line)| *line);
            lines.collect::<Vec<_>>()
        };
        let returns = |caller: &Function, line: u32, next: u32| {
            let file = &caller.region.file;
            self.returns_before(&Place { file: file.clone().into(), line, column: 1 }, next)
        };
        // What can be called from outside may have been called from there, one after the other.
        let are_helpers = !(one.is_public && other.is_public);
        // A helper of a helper counts where its caller calls the one in between.
        let comes_to = |caller: &Function, called: &Function| {
            let calls = caller.calls.iter().zip(&caller.call_lines);
            let lines = calls.filter(|(name, _)| self.calls(name, &called.name));
            lines.map(|(_, line)| *line).collect::<Vec<_>>()
        };
        let in_order = |caller: &Function| {
            let (ones, others) = (call_lines(caller, one), call_lines(caller, other));
            let in_a_loop = |line: u32, next: u32| {
                let around = |region: &&Region| {
                    caller.region.file == region.file
                        && caller.region.lines.contains(region.lines.start())
                        && region.lines.contains(&line)
                        && region.lines.contains(&next)
                };
                self.loops.iter().any(|region| around(&region))
            };
            let follows = |line: u32, next: u32| {
                (line <= next || in_a_loop(line, next)) && !returns(caller, line, next)
            };
            let further = |line: u32, next: u32| line != next && follows(line, next);
            let any = |ones: &[u32], others: &[u32], so: &dyn Fn(u32, u32) -> bool| {
                ones.iter().any(|line| others.iter().any(|next| so(*line, *next)))
            };
            any(&ones, &others, &follows)
                || any(&ones, &comes_to(caller, other), &further)
                || any(&comes_to(caller, one), &others, &further)
        };
        call_lines(one, other).iter().any(|line| *line >= first.line)
            || call_lines(other, one)
                .iter()
                .any(|line| *line <= second.line && !returns(other, *line, second.line))
            || are_helpers && self.functions.iter().any(in_order)
    }

    /// Whether a thread may come to `next` in the same call, after it has been at `place`: further down, in a loop that
    /// contains both, in a closure with a name, or in a function that is called from there.
    pub(crate) fn may_come_to(&self, place: &Place, next: &Place) -> bool {
        let (Some(one), Some(other)) = (self.function(place), self.function(next)) else { return false };
        if !std::ptr::eq(one, other) {
            return self.in_one_call(place, next);
        }
        let repeats = |region: &&Region| {
            one.region.lines.contains(region.lines.start()) && region.contains(place) && region.contains(next)
        };
        let is_kept = || self.kept_closures.iter().any(|closure| closure.contains(next));
        let comes = next.line > place.line || is_kept() || self.loops.iter().any(|region| repeats(&region));
        comes && !self.returns_before(place, next.line)
    }

    /// Whether the function is over after what happens at a place, before it comes to a line.
    fn returns_before(&self, place: &Place, line: u32) -> bool {
        self.returning.iter().any(|block| block.contains(place) && !block.lines.contains(&line))
    }

    /// Whether what happens at a place happens once for each item of a collection.
    pub(crate) fn is_for_each(&self, place: &Place) -> bool {
        self.for_each.iter().any(|region| region.contains(place))
    }

    /// Whether a function of this name can be called from outside.
    pub(crate) fn is_public(&self, name: &str) -> bool {
        self.functions.iter().any(|function| function.is_public && function.name == name)
    }

    /// Where the function of this name begins; of several, the one that can be called from outside.
    pub(crate) fn beginning(&self, name: &str) -> Option<Place> {
        let named = || self.functions.iter().filter(|function| function.name == name);
        let function = named().find(|function| function.is_public).or_else(|| named().next())?;
        Some(function.region.start())
    }

    /// How a function computes its result, if that depends on nothing that happens in it.
    pub(crate) fn computed(&self, function: &str) -> Option<&Computed> {
        self.computed.iter().find(|computed| computed.function == function)
    }

    /// Whether `next` is in the function that `place` is in, further down.
    pub(crate) fn goes_on_at(&self, place: &Place, next: &Place) -> bool {
        self.function(place).is_some_and(|function| function.region.contains(next)) && next.line > place.line
    }

    /// Whether a loop contains a place.
    pub(crate) fn is_in_loop(&self, place: &Place) -> bool {
        let function = self.function(place).map(|function| &function.region.lines);
        self.loops.iter().any(|region| {
            let inside = function.is_none_or(|lines| lines.contains(region.lines.start()));
            inside && region.contains(place)
        })
    }

    /// Whether a place is above the loop around a wait, in its function or in one that calls that: the loop does not look
    /// there again.
    pub(crate) fn is_above_loop(&self, place: &Place, wait: &Place) -> bool {
        // What is a closure may be called by the loop, or by the wait itself.
        let Some(waiting) = self.function(wait) else { return false };
        if self.kept_closures.iter().any(|closure| closure.contains(place)) {
            return false;
        }
        let function = &waiting.region;
        let loops = self.loops.iter().filter(|region| region.contains(wait));
        let loops = loops.filter(|region| function.contains(&region.start()));
        let innermost = loops.max_by_key(|region| *region.lines.start());
        if !function.contains(place) {
            let repeats = innermost.is_some() || self.checks_by_itself(wait);
            return repeats && self.is_above_call(place, waiting);
        }
        if self.checks_by_itself(wait) {
            return false;
        }
        innermost.is_some_and(|region| place.line < *region.lines.start())
    }

    /// Whether a place is in a function that calls another one further down, and nowhere else, without a loop around both.
    fn is_above_call(&self, place: &Place, called: &Function) -> bool {
        let Some(caller) = self.function(place) else { return false };
        let mut lines = caller.lines_of(&called.name).peekable();
        lines.peek().is_some()
            && !self.is_in_loop(place)
            && !called.calls.contains(&caller.name)
            && lines.all(|line| line > place.line)
    }

    /// Whether a wait checks its condition by itself, as `wait_while` does.
    pub(crate) fn checks_by_itself(&self, wait: &Place) -> bool {
        self.rechecking.iter().any(|region| region.contains(wait))
    }

    /// Whether the condition may be checked again after a wait: by a loop, or by the wait itself.
    pub(crate) fn rechecks(&self, wait: &Place) -> bool {
        self.is_in_loop(wait) || self.checks_by_itself(wait) || self.may_be_repeated(wait, FURTHEST)
    }

    /// Whether a loop may be around what happens at a place although it is not in one itself: it is in a closure that is
    /// kept, or in a helper that is called in a loop.
    fn may_be_repeated(&self, place: &Place, calls: usize) -> bool {
        if self.kept_closures.iter().any(|closure| closure.contains(place)) {
            return true;
        }
        let Some(helper) = self.function(place).filter(|function| !function.is_public) else { return false };
        let mut sites = self.sites(helper).peekable();
        // Whom nobody seems to call, somebody calls in a way that is not seen here.
        let is_unseen = sites.peek().is_none() || calls == 0;
        is_unseen || sites.any(|site| self.is_in_loop(&site) || self.may_be_repeated(&site, calls - 1))
    }

    /// Where `caller` calls the function that a place is in.
    pub(crate) fn sites_in(&self, caller: &str, place: &Place) -> Vec<Place> {
        let Some(called) = self.function(place) else { return Vec::new() };
        let sites = self.sites(called);
        sites.filter(|site| self.function_of(site) == Some(caller)).collect()
    }

    /// Where a function is called by other ones.
    fn sites(&self, called: &Function) -> impl Iterator<Item = Place> {
        self.functions.iter().filter(|caller| !std::ptr::eq(*caller, called)).flat_map(|caller| {
            let calls = caller.calls.iter().zip(&caller.call_lines);
            let calls = calls.filter(|(name, _)| **name == called.name);
            calls.map(|(_, line)| Place { file: caller.region.file.clone().into(), line: *line, column: 1 })
        })
    }
}

#[cfg(test)]
mod tests;
