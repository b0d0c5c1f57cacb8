//! What there is to say about a wakeup that got lost.

use model_trace::StepId;

use super::super::atomicity::AtomicityViolation;
use super::super::evidence::Access;
use super::super::finding::{Finding, cite};
use super::{Loss, LostWakeup, NeverSent, Waiter, WakeSource};
use crate::report::{Citation, Recording, Role};

impl Finding for LostWakeup {
    fn steps(&self) -> Vec<Citation> {
        let waits = cite(self.waiter.began, Role::Waits);
        match self.loss {
            Loss::TooEarly { check, notification } => {
                vec![cite(check, Role::Checks), cite(notification, Role::Notifies), waits]
            }
            Loss::NotReady(AtomicityViolation { first, other, second }) => vec![
                cite(first.shown, Role::Checks),
                cite(other.written, Role::Intervenes),
                cite(second.written, Role::Acts),
                waits,
            ],
            Loss::WokeAnother { notification, .. } | Loss::WokeOne { notification, .. } => {
                vec![waits, cite(notification, Role::Notifies)]
            }
            Loss::NeverSent(NeverSent { change, other, panic, .. }) => {
                let panic = panic.map(|panic| cite(panic, Role::Panics));
                let other = other.map(|other| cite(other.last_use, Role::Changes));
                [waits, cite(change.last_use, Role::Changes)].into_iter().chain(other).chain(panic).collect()
            }
            Loss::LookedForWaiters { look, registers, change } => vec![
                cite(look.shown, Role::Checks),
                cite(registers.written, Role::Intervenes),
                waits,
                cite(change.last_use, Role::Changes),
            ],
            Loss::NotifiedFirst { notification, change } => {
                vec![waits, cite(notification, Role::Notifies), cite(change.last_use, Role::Changes)]
            }
            Loss::AnotherCondvar { notification, change, gone, .. } => {
                let gone = gone.map(|gone| cite(gone, Role::GivesUp));
                let sent = [cite(notification, Role::Notifies), cite(change.last_use, Role::Changes)];
                std::iter::once(waits).chain(sent).chain(gone).collect()
            }
            Loss::TakenBack { notification, change, look, .. } => {
                vec![
                    cite(notification, Role::Notifies),
                    cite(change.last_use, Role::Intervenes),
                    cite(look, Role::Checks),
                    waits,
                ]
            }
            Loss::WentToTheGone { notification, gone, .. } => {
                vec![waits, cite(notification, Role::Notifies), cite(gone, Role::GivesUp)]
            }
        }
    }

    fn to_mend(&self) -> Vec<StepId> {
        match self.loss {
            Loss::TooEarly { check, .. } => vec![check, self.waiter.began],
            Loss::NotReady(AtomicityViolation { first, second, .. }) => vec![first.shown, second.shown],
            Loss::WokeAnother { notification, .. } | Loss::WokeOne { notification, .. } => vec![notification],
            Loss::NeverSent(NeverSent { change, other, .. }) => {
                std::iter::once(change.last_use).chain(other.map(|other| other.last_use)).collect()
            }
            Loss::LookedForWaiters { look, change, .. } => vec![look.shown, change.last_use],
            Loss::NotifiedFirst { notification, change } => vec![notification, change.last_use],
            Loss::AnotherCondvar { notification, gone: Some(gone), .. } => vec![gone, notification],
            Loss::AnotherCondvar { notification, gone: None, .. } => vec![self.waiter.began, notification],
            Loss::WentToTheGone { notification, gone, .. } => vec![gone, notification],
            Loss::TakenBack { change, look, .. } => vec![look, change.last_use],
        }
    }

    fn sentence(&self, recording: &Recording) -> String {
        let at = |id: StepId| recording.at(&recording.step(id).place);
        let by = |id: StepId| recording.thread(recording.step(id).thread);
        let Waiter { thread, source, began, .. } = self.waiter;
        let (thread, here) = (recording.thread(thread), at(began));
        let is_token = source == WakeSource::Token;
        let waits = match source {
            WakeSource::Condvar(condvar) => format!("waits on {}", recording.quoted(condvar)),
            WakeSource::Channel(channel) => format!("waits for a message from {}", recording.quoted(channel)),
            WakeSource::Token => "parks".to_owned(),
        };
        match self.loss {
            Loss::TooEarly { check, notification } => format!(
                "{thread} checks its condition {looked} and decides to wait. Before it does, {notifier} notifies {there}: \
                 {thread} does not wait yet, so that does not wake it. Then {thread} {waits} {here}, and no later \
                 notification wakes it: a lost wakeup. Check the condition and begin to wait in one critical section \
                 of the lock under which the others change it.",
                looked = at(check),
                notifier = by(notification),
                there = at(notification),
            ),
            Loss::NotReady(AtomicityViolation { first, other, second }) => format!(
                "{thread} checks {object} {looked} and decides to wait. Before it is ready to be woken, {ready}, {other} \
                 {changes} {changed} {there}: too early to wake it. Then {thread} {waits} {here}, and nothing wakes it: a \
                 lost wakeup. Checking and getting ready to be woken must be one atomic step: one critical section.",
                changes = other.changes(recording),
                object = recording.quoted(first.object),
                looked = at(first.shown),
                ready = at(second.shown),
                other = recording.thread(other.thread),
                changed = recording.quoted(other.object),
                there = at(other.shown),
            ),
            Loss::WokeAnother { other, notification, waits: waits_again } => format!(
                "{thread} {waits} {here}. The `notify_one` by {notifier} {there} wakes {other} instead, which {reaction}; \
                 no later notification wakes {thread}: a lost wakeup. `notify_one` may wake any waiter: it is right only \
                 where all waiters wait for the same condition, and one of them can use it. Otherwise use \
                 `notify_all`, or a condition variable for each condition.",
                notifier = by(notification),
                there = at(notification),
                other = recording.thread(other),
                reaction = if waits_again { "only waits again" } else { "changes nothing then" },
            ),
            Loss::NotifiedFirst { notification, change } => format!(
                "{thread} {waits} {here}. {other} {notifies} {first}, and {changes} {object} only after that, {there}: \
                 whoever looks in between finds the old state and waits, and no later notification wakes {thread}. \
                 That is a lost wakeup. {cure}",
                changes = change.changes(recording),
                notifies = if is_token { format!("unparks {thread}") } else { "notifies".to_owned() },
                cure = if is_token {
                    "Change the data first, and unpark then."
                } else {
                    "Change the data first, under the lock, and notify then."
                },
                other = recording.thread(change.thread),
                first = at(notification),
                object = recording.quoted(change.object),
                there = at(change.last_use),
            ),
            Loss::AnotherCondvar { notification, notified, change, gone: Some(gone) } => format!(
                "{thread} {waits} {here}. {other} {changes} {object} {there} and then notifies {notified} {sent}. There, {before} \
                 had waited, and has given up: its timeout has elapsed {back}. {thread} is not woken: a lost wakeup. A \
                 waiter that gives up must no longer be chosen, or has to pass on what comes for it.",
                changes = change.changes(recording),
                other = recording.thread(change.thread),
                object = recording.quoted(change.object),
                there = at(change.last_use),
                notified = recording.quoted(notified),
                sent = at(notification),
                before = by(gone),
                back = at(gone),
            ),
            Loss::AnotherCondvar { notification, notified, change, gone: None } => format!(
                "{thread} {waits} {here}. {other} {changes} {object} {there} and then notifies {notified} {sent}, on which \
                 no thread waits; {thread} is not woken. Either {thread} waits on the wrong condition variable, or \
                 {other} has to notify that one, instead or as well.",
                changes = change.changes(recording),
                other = recording.thread(change.thread),
                object = recording.quoted(change.object),
                there = at(change.last_use),
                notified = recording.quoted(notified),
                sent = at(notification),
            ),
            Loss::WentToTheGone { other, notification, gone } => format!(
                "{thread} {waits} {here}. The wakeup that {notifier} sends {there} goes to {other}, which no \
                 longer waits for it: its timeout has elapsed {back}. No later wakeup reaches {thread}: a lost wakeup. A waiter \
                 that goes on by itself must no longer be woken, or has to wake the next one.",
                notifier = by(notification),
                there = at(notification),
                other = recording.thread(other),
                back = at(gone),
            ),
            Loss::TakenBack { notification, change, look, comes_again } => {
                let object = recording.quoted(change.object);
                format!(
                    "{notifier} notifies {there}, and that wakes {thread}. But before {thread} has looked again, {looked}, \
                 {other} {changes} {changed}. {thread} finds that its condition does not hold, {waits} once more \
                 {here}, and no later notification wakes it: {over} before it looked. A waiter that must not miss it needs \
                 something to look at that is not taken back, such as a number of how often it has happened.",
                    changes = match comes_again {
                        true if change.in_section =>
                            format!("is back in a critical section of {object}, left"),
                        true => format!("is back, and {} {object}", change.changes(recording)),
                        false => format!("{} {object}", change.changes(recording)),
                    },
                    over = if comes_again {
                        "what it was woken for may have been over"
                    } else {
                        "what it was woken for was over"
                    },
                    notifier = by(notification),
                    there = at(notification),
                    looked = at(look),
                    other = recording.thread(change.thread),
                    changed = at(change.last_use),
                )
            }
            Loss::LookedForWaiters { look, registers, change } => format!(
                "{other} looks at {seen} {looked}, before {thread} changes it {registered} and {waits} {here}. Then {other} \
                 {changes} {object} {there}, and wakes nobody: when it looked, there was nobody to wake. No later wakeup comes \
                 for {thread}: a lost wakeup. Whether anybody waits has to be looked at in the critical section in which the \
                 data change, or after that.",
                changes = change.changes(recording),
                other = recording.thread(change.thread),
                seen = recording.quoted(look.object),
                looked = at(look.shown),
                registered = at(registers.shown),
                object = recording.quoted(change.object),
                there = at(change.last_use),
            ),
            Loss::NeverSent(NeverSent { change, ref skipped, other: too, panic }) => format!(
                "{thread} {waits} {here}. After that, {other} {changes} {object} {there} {without}{panics}, and {thread} is not \
                 woken: a lost wakeup. {skips}Whoever changes what others wait for has to wake them.{too}",
                changes = change.changes(recording),
                skips = skipped
                    .as_ref()
                    .filter(|_| panic.is_none())
                    .map(|skipped| {
                        format!("Its call does not come to the notification {}. ", recording.at(skipped))
                    })
                    .unwrap_or_default(),
                too = too.map(|too| also(recording, &change, &too)).unwrap_or_default(),
                panics = panic.map(|panic| format!(" (it panics {})", at(panic))).unwrap_or_default(),
                other = recording.thread(change.thread),
                object = recording.quoted(change.object),
                there = at(change.last_use),
                without = match source {
                    // One of several of that name: others may have been notified.
                    WakeSource::Condvar(condvar) if recording.quoted(condvar).contains('#') => {
                        format!("without a notification of {}", recording.quoted(condvar))
                    }
                    WakeSource::Condvar(_) => "without a notification".to_owned(),
                    WakeSource::Channel(_) => "without sending a message".to_owned(),
                    WakeSource::Token => format!("without unparking {thread}"),
                },
            ),
            Loss::WokeOne { other, notification } => format!(
                "{thread} {waits} {here}. The last notification is the `notify_one` by {notifier} {there}: it wakes one \
                 thread, {other}, and none wakes {thread} after that. If both of them can go on, both have to be \
                 woken: by `notify_all`, or by {other}, which notifies the next one.",
                notifier = by(notification),
                there = at(notification),
                other = recording.thread(other),
            ),
        }
    }
}

/// That another function has changed the data as well: which of the two changes the waiter needs is not known.
fn also(recording: &Recording, change: &Access, too: &Access) -> String {
    let thread = recording.thread(too.thread);
    let thread = if too.thread == change.thread { "the same thread" } else { thread };
    format!(
        " No wakeup follows the change of {object} by {thread} {there} either; it matters only if it makes the condition true.",
        object = recording.quoted(too.object),
        there = recording.at(&recording.step(too.last_use).place),
    )
}
