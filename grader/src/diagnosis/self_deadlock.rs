//! A thread waits for a lock that it holds.

use super::log::{Log, place, place_of};

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let waiting = log.waiting().iter().find(|waiting| waiting.holders.contains(&waiting.thread))?;
    let lock = waiting.object.as_deref()?;
    let since = log.held(&waiting.thread, lock)?;
    Some(format!(
        "{thread} wants `{lock}` at {here}, and holds it itself since {there}. A lock does not ask who its \
         holder is: the second `{operation}` waits until the first guard is dropped, and that is in the \
         same thread, further down.",
        thread = waiting.thread,
        here = place_of(waiting),
        there = place(log.step(since.taken)),
        operation = waiting.operation,
    ))
}
