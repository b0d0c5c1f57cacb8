//! Threads hold one lock each and wait for the next one's: a circle.

use super::log::{Log, place, place_of};
use crate::report::Waiting;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let circle = circle(log.waiting())?;
    let mut lines = Vec::new();
    for (waiting, lock_held) in &circle {
        let since = log.held(&waiting.thread, lock_held)?;
        lines.push(format!(
            "{thread} holds `{lock_held}` since {there} and waits for `{wanted}` at {here}.",
            thread = waiting.thread,
            there = place(log.step(since.taken)),
            wanted = waiting.object.as_deref()?,
            here = place_of(waiting),
        ));
    }
    let mut drawn = String::new();
    for (waiting, _) in &circle {
        drawn.push_str(&format!("{} → `{}` → ", waiting.thread, waiting.object.as_deref()?));
    }
    drawn.push_str(&circle[0].0.thread);
    Some(format!(
        "{}\nThe circle: {drawn} (an arrow to a lock: waits for it; from a lock: it is held by). Threads that \
         take several locks must all take them in the same order.",
        lines.join("\n")
    ))
}

/// The threads that wait for each other's locks, each with the lock that the one before it wants.
fn circle(waiting: &[Waiting]) -> Option<Vec<(&Waiting, &str)>> {
    waiting.iter().find_map(|start| {
        let mut circle: Vec<(&Waiting, &str)> = Vec::new();
        let mut current = start;
        while circle.len() < waiting.len() {
            let wanted = current.object.as_deref()?;
            let next = waiting.iter().find(|other| current.holders.contains(&other.thread))?;
            circle.push((next, wanted));
            if std::ptr::eq(next, start) {
                return (circle.len() > 1).then_some(circle);
            }
            current = next;
        }
        None
    })
}
