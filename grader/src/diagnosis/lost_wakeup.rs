//! A thread waits, and the notification that it needs came too early, went to somebody else, or was never
//! sent.

use super::atomicity::outdated;
use super::log::{Log, place};
use crate::report::Step;

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let asleep =
        log.waiting().iter().filter(|waiting| ["wait", "park", "recv"].contains(&waiting.operation.as_str()));
    let asleep = asleep.map(|waiting| Sleeper { thread: &waiting.thread, until: log.steps().len() });
    // A timed wait that ran out although there was something to wake it for.
    let timed_out =
        (0..log.steps().len()).rev().filter(|&position| log.step(position).operation == "times out");
    let timed_out = timed_out.map(|position| Sleeper { thread: &log.step(position).thread, until: position });
    asleep.chain(timed_out).find_map(|sleeper| sleeper.why(log))
}

/// What wakes a thread.
enum Bell<'a> {
    Condvar(&'a str),
    Channel(&'a str),
    Park,
}

impl Bell<'_> {
    fn rings(&self, step: &Step, sleeper: &str) -> bool {
        let about = |object: &str| step.object.as_deref() == Some(object);
        match self {
            Self::Condvar(condvar) => about(condvar) && step.operation.starts_with("notify_"),
            Self::Channel(channel) => about(channel) && step.operation == "send",
            Self::Park => about(sleeper) && step.operation == "unpark",
        }
    }

    /// What the sleeper does, and what somebody would have to do.
    fn in_words(&self, sleeper: &str) -> (String, String) {
        match self {
            Self::Condvar(condvar) => (format!("waits at `{condvar}`"), format!("notifies `{condvar}`")),
            Self::Channel(channel) => {
                (format!("waits for a message from `{channel}`"), "sends one".to_owned())
            }
            Self::Park => ("is parked".to_owned(), format!("unparks {sleeper}")),
        }
    }
}

/// A thread that waited in vain.
struct Sleeper<'a> {
    thread: &'a str,
    /// The position at which its wait ended, or the log did.
    until: usize,
}

impl Sleeper<'_> {
    fn why(&self, log: &Log<'_>) -> Option<String> {
        let began = (0..self.until).rfind(|&position| {
            let step = log.step(position);
            let waits = ["wait", "wait_timeout", "park", "waits for"].contains(&step.operation.as_str());
            step.thread == self.thread && waits
        })?;
        let wait = log.step(began);
        match wait.object.as_deref() {
            Some(condvar) if log.type_of(condvar) == "Condvar" => self
                .too_early(log, began, condvar)
                .or_else(|| self.to_another(log, began, condvar))
                .or_else(|| self.unready(log, began))
                .or_else(|| self.never(log, began, &Bell::Condvar(condvar)))
                .or_else(|| self.one_only(log, began, condvar)),
            Some(channel) if log.type_of(channel) == "channel" => {
                self.unready(log, began).or_else(|| self.never(log, began, &Bell::Channel(channel)))
            }
            // At a barrier, a lock or an initialisation nobody waits for a notification.
            Some(_) => None,
            None => self.unready(log, began).or_else(|| self.never(log, began, &Bell::Park)),
        }
    }

    /// It came between the look at the condition and the wait.
    fn too_early(&self, log: &Log<'_>, began: usize, condvar: &str) -> Option<String> {
        let wait = log.step(began);
        let accesses = log.accesses();
        let early = log.notifications(condvar, 0..began).into_iter().next_back()?;
        let looked = accesses
            .iter()
            .rfind(|access| access.thread == self.thread && !access.waits && access.end < early)?;
        let looked = log.step(looked.shown);
        let notification = log.step(early);
        if notification.thread == self.thread || !log.code.in_one_call(looked, wait) {
            return None;
        }
        Some(format!(
            "{thread} looks at {looked} and decides to wait. Before it does, {notifier} notifies `{condvar}` at \
             {there}: nobody waits yet, so that wakes nobody. Then {thread} begins to wait at {here}, and no other \
             notification comes. Look and begin to wait under the lock under which the others change what you \
             look at.",
            thread = self.thread,
            looked = place(looked),
            notifier = notification.thread,
            there = place(notification),
            here = place(wait),
        ))
    }

    /// It looked, and others changed what it had looked at before it was ready to be woken.
    fn unready(&self, log: &Log<'_>, began: usize) -> Option<String> {
        let torn =
            outdated(log).filter(|torn| torn.second.thread == self.thread && torn.second.at < began)?;
        let (look, other, ready) =
            (log.step(torn.first.shown), log.step(torn.other.shown), log.step(torn.second.shown));
        Some(format!(
            "{thread} looks at `{object}` at {looked} and decides to wait. Before it says so, at {ready}, {other} \
             changes `{object}` at {there} and finds nobody to wake. Then {thread} waits at {here}, and nobody wakes \
             it any more. Looking and getting ready to be woken must be one step, under one lock.",
            thread = self.thread,
            object = torn.first.object,
            looked = place(look),
            ready = place(ready),
            other = other.thread,
            there = place(other),
            here = place(log.step(began)),
        ))
    }

    /// It woke a thread that went back to sleep, or that had no use for it.
    fn to_another(&self, log: &Log<'_>, began: usize, condvar: &str) -> Option<String> {
        let notifications = log.notifications(condvar, began..self.until);
        let one = |position: &&usize| {
            let step = log.step(**position);
            step.operation == "notify_one" && step.value.as_deref().is_some_and(|woken| woken != self.thread)
        };
        let notification = log.step(*notifications.iter().rfind(one)?);
        let other = notification.value.as_deref()?;
        let after = usize::try_from(notification.step).ok()?;
        let next = log.accesses().into_iter().find(|access| access.thread == other && access.at >= after)?;
        if next.writes && !next.waits {
            return None;
        }
        Some(format!(
            "{thread} waits at `{condvar}` since {here}. {notifier} calls `notify_one` at {there}, and that wakes \
             {other}, which was not the one that could use it; {thread} sleeps on. `notify_one` may wake any \
             waiter: use it only where every waiter waits for the same thing, and otherwise `notify_all`, or a \
             condition variable of its own for each condition.",
            thread = self.thread,
            here = place(log.step(began)),
            notifier = notification.thread,
            there = place(notification),
        ))
    }

    /// One was woken, and went on; nobody woke this one.
    fn one_only(&self, log: &Log<'_>, began: usize, condvar: &str) -> Option<String> {
        let last = log.notifications(condvar, began..self.until).into_iter().next_back()?;
        let notification = log.step(last);
        let other = notification.value.as_deref().filter(|_| notification.operation == "notify_one")?;
        (other != self.thread).then(|| {
            format!(
                "{thread} waits at `{condvar}` since {here}. The last notification is the `notify_one` of {notifier} at \
                 {there}. It wakes one thread, {other}, and nobody wakes {thread} any more. If there was something \
                 for both, both have to be woken: by `notify_all`, or by {other} passing it on.",
                thread = self.thread,
                here = place(log.step(began)),
                notifier = notification.thread,
                there = place(notification),
            )
        })
    }

    /// Others changed the data, and nobody notified.
    fn never(&self, log: &Log<'_>, began: usize, bell: &Bell<'_>) -> Option<String> {
        let change = self.last_change(log, began)?;
        // Whoever rings before it gives the lock up has done its duty.
        let section = log.accesses().into_iter().find(|access| access.end == change)?;
        if log.steps()[section.at..self.until].iter().any(|step| bell.rings(step, self.thread)) {
            return None;
        }
        let step = log.step(section.shown);
        let object = step.object.as_deref()?;
        let (asleep, wakes) = bell.in_words(self.thread);
        Some(format!(
            "{thread} {asleep} since {here}. After that {other} changes `{object}` at {there}, and nobody {wakes} any \
             more: {thread} never learns of it. Whoever changes what others wait for has to wake them.",
            thread = self.thread,
            here = place(log.step(began)),
            other = step.thread,
            there = place(step),
        ))
    }

    /// Where somebody else last changed data in the learner's code while this thread slept, other than by
    /// going to sleep itself.
    fn last_change(&self, log: &Log<'_>, began: usize) -> Option<usize> {
        let sections = log.sections();
        let accesses = log.accesses();
        let change = accesses.iter().rfind(|access| {
            let waits =
                sections.iter().any(|section| section.taken == access.at && section.waits && access.in_lock);
            // What another waiter does, before it goes to sleep or after it was woken, is no news.
            let waiter = log.steps()[..access.at]
                .iter()
                .any(|step| step.thread == access.thread && step.operation == "woken");
            let known = accesses
                .iter()
                .any(|own| own.thread == self.thread && own.object == access.object && own.at < began);
            access.thread != self.thread
                && !waiter
                && known
                && access.writes
                && !waits
                && access.end > began
                && access.end < self.until
                && log.step(access.at).file.is_some()
        })?;
        Some(change.end)
    }
}
