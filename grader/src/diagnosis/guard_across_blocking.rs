//! A thread waits for something else while it holds a lock that others need for going on.

use super::log::{Log, place, place_of};

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    log.waiting().iter().find_map(|stuck| {
        let lock = stuck.object.as_deref().filter(|_| !stuck.holders.is_empty())?;
        let holder =
            log.waiting().iter().find(|other| stuck.holders.contains(&other.thread) && other.holders.is_empty())?;
        let since = log.held(&holder.thread, lock)?;
        let for_what = match (holder.operation.as_str(), holder.object.as_deref()) {
            ("join", Some(thread)) => format!("for the end of {thread}"),
            ("park", _) => "to be unparked".to_owned(),
            ("recv", Some(channel)) => format!("for a message from `{channel}`"),
            ("send", Some(channel)) => format!("for room in `{channel}`"),
            (_, Some(object)) => format!("at `{object}`"),
            (_, None) => "for something else".to_owned(),
        };
        Some(format!(
            "{holder} waits {for_what} at {here}, and still holds `{lock}` since {there}. {stuck} needs `{lock}` \
             at {needed} before it can do anything about that. Give the lock up before you wait.",
            holder = holder.thread,
            here = place_of(holder),
            there = place(log.step(since.taken)),
            stuck = stuck.thread,
            needed = place_of(stuck),
        ))
    })
}
