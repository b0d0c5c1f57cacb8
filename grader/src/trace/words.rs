//! What a step did, in a sentence.

use super::world::{Doing, History, Initialisation, Thing, World, failed};
use crate::report::{Reads, Step};

/// The sentence for the step at `position` in `trace`.
///
/// # Panics
/// If `history` is not that of `trace`.
pub(crate) fn sentence(trace: &[Step], history: &History, position: usize) -> String {
    let step = &trace[position];
    let told = Told {
        trace,
        history,
        step,
        before: &history.worlds[position],
        after: &history.worlds[position + 1],
        object: history.object(step),
    };
    let sentence = told.waits().or_else(|| told.thread()).or_else(|| told.object());
    format!("{} {}.", step.thread, sentence.unwrap_or_else(|| told.plainly()))
}

/// A list of names as a sentence has it.
pub(crate) fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A step with the states around it.
struct Told<'a> {
    trace: &'a [Step],
    history: &'a History,
    step: &'a Step,
    before: &'a World,
    after: &'a World,
    object: Option<usize>,
}

impl Told<'_> {
    /// The object that the step names.
    fn it(&self) -> &str {
        self.step.object.as_deref().unwrap_or("something")
    }

    fn value(&self) -> Option<&str> {
        self.step.value.as_deref()
    }

    fn named(&self, threads: &[usize]) -> String {
        let names: Vec<&str> = threads.iter().map(|thread| self.history.threads[*thread].as_str()).collect();
        joined(&names)
    }

    /// `, which T1 holds,` before the step.
    fn held(&self) -> String {
        let holders = self.object.map(|object| self.before.holders(object)).unwrap_or_default();
        match holders {
            [] => String::new(),
            [one] if self.history.threads[*one] == self.step.thread => ", which it holds itself".to_owned(),
            [one] => format!(", which {} holds", self.history.threads[*one]),
            several => format!(", which {} hold", self.named(several)),
        }
    }

    /// Steps with which a thread begins or ends to wait.
    fn waits(&self) -> Option<String> {
        let it = self.it();
        let at_most = self.value().map(|time| format!(", for {time} at most")).unwrap_or_default();
        let thing = self.object.map(|object| &self.before.objects[object]);
        Some(match (self.step.operation.as_str(), thing) {
            ("waits for", Some(Thing::Channel(messages))) if messages.is_empty() => {
                format!("waits for a message from {it}")
            }
            ("waits for", Some(Thing::Channel(_))) => format!("waits for somebody to receive from {it}"),
            ("waits for", Some(Thing::Once(Initialisation::By(thread)))) => {
                format!("waits for {it}, which {} initialises", self.history.threads[*thread])
            }
            ("waits for", _) => format!("has to wait for {it}{}", self.held()),
            ("waits for the end of", _) => format!("waits for the end of {it}"),
            ("wait", Some(Thing::Barrier(_))) => match self.value() {
                Some(_) => format!("arrives at {it} as the last: everybody goes on"),
                None => format!("waits at {it} until everybody has arrived"),
            },
            ("wait" | "wait_timeout", _) => format!("waits for a notification of {it}{at_most}"),
            ("park", _) => format!("parks: it waits until somebody unparks it{at_most}"),
            ("sleep", _) => {
                format!("sleeps{}", self.value().map(|time| format!(" for {time}")).unwrap_or_default())
            }
            ("woken", _) => format!("has been notified through {it} and goes on"),
            ("unparked", _) => "has been unparked and goes on".to_owned(),
            ("times out", _) if self.object.is_some() => format!("stops waiting for {it}: its time is up"),
            ("times out", _) => "stops waiting: its time is up".to_owned(),
            ("wakes up for no reason", Some(_)) => {
                format!("wakes up although nobody has notified {it}: a spurious wake-up, which std allows")
            }
            ("wakes up for no reason", None) => {
                "goes on although nobody has unparked it, which std allows".to_owned()
            }
            _ => return None,
        })
    }

    /// Steps that are about threads, or about time.
    fn thread(&self) -> Option<String> {
        let it = self.it();
        Some(match self.step.operation.as_str() {
            "spawn" => format!("starts {it}"),
            "join" => format!("joins {it}, which has ended"),
            "unpark" => format!("unparks {it}"),
            "is_finished" => format!("asks whether {it} has ended: it {}", self.value().unwrap_or("tells")),
            "yield" => "lets others go first".to_owned(),
            "interrupted" => "is interrupted, although it could go on".to_owned(),
            "panics" => "panics".to_owned(),
            "fence" => format!("passes a fence ({})", self.value().unwrap_or("of some ordering")),
            "now" => format!(
                "looks at the clock{}",
                self.value().map(|now| format!(": {now}")).unwrap_or_default()
            ),
            "notify_one" | "notify_all" => self.notifies(),
            _ => return None,
        })
    }

    fn notifies(&self) -> String {
        let it = self.it();
        let asleep = self.object.map(|object| self.before.waiting_for(object)).unwrap_or_default();
        let woken: Vec<usize> =
            asleep.into_iter().filter(|thread| self.after.threads[*thread].doing == Doing::Woken).collect();
        if woken.is_empty() {
            format!("notifies {it}, but nobody waits for it: nothing happens")
        } else {
            format!("notifies {it} and wakes {}", self.named(&woken))
        }
    }

    /// Steps that are about an object.
    fn object(&self) -> Option<String> {
        match self.before.objects.get(self.object?)? {
            Thing::Lock(_) => self.lock(),
            Thing::Channel(_) => self.channel(),
            Thing::Atomic(_) => self.atomic(),
            Thing::Once(_) => self.once(),
            Thing::Condvar | Thing::Barrier(_) | Thing::Other => None,
        }
    }

    fn lock(&self) -> Option<String> {
        let (it, held) = (self.it(), self.held());
        let Thing::Lock(lock) = &self.after.objects[self.object?] else { return None };
        let content = self.value().map(|value| format!(" (inside: {value})")).unwrap_or_default();
        let poisoned = if lock.poisoned { "; it is poisoned, so this returns an error" } else { "" };
        Some(match self.step.operation.as_str() {
            "try_lock" | "try_write" | "try_read" if failed(self.step) => {
                format!("tries to lock {it}{held}, and goes on without it")
            }
            "lock" | "try_lock" => format!("locks {it}{content}{poisoned}"),
            "read" | "try_read" => format!("locks {it} for reading{content}{poisoned}"),
            "write" | "try_write" => format!("locks {it} for writing{content}{poisoned}"),
            "downgrade" => format!("goes on with {it} for reading only"),
            "unlock" | "end of read" | "end of write" => self.gives_up(lock.poisoned),
            "is_poisoned" => format!("asks whether {it} is poisoned: {}", self.value()?),
            "clear_poison" => format!("clears the poison of {it}"),
            _ => return None,
        })
    }

    fn gives_up(&self, poisoned: bool) -> String {
        let it = self.it();
        let value = self.value().map(|value| format!(" (inside: {value})")).unwrap_or_default();
        let me = self.history.thread(&self.step.thread);
        let doing = me.map(|me| &self.before.threads[me].doing);
        match doing {
            Some(Doing::WaitsFor(_)) => format!("gives {it} up while it waits{value}"),
            Some(Doing::Panicked) if poisoned => {
                format!("gives {it} up as it unwinds, which poisons it{value}")
            }
            _ => format!("unlocks {it}{value}"),
        }
    }

    fn channel(&self) -> Option<String> {
        let it = self.it();
        let message = self.value().unwrap_or("a message");
        Some(match (self.step.operation.as_str(), message) {
            ("send" | "try_send", "no receiver") => format!("cannot send through {it}: there is no receiver"),
            ("try_send", "full") => format!("cannot send through {it} now: it is full"),
            ("send" | "try_send", message) => format!("sends {message} through {it}"),
            (_, "no sender") => format!("finds that nobody can send through {it} any more"),
            ("try_recv", "empty") => format!("finds nothing in {it}"),
            ("recv_timeout", "times out") => format!("stops waiting for {it}: its time is up"),
            ("recv" | "recv_timeout" | "try_recv", message) => format!("receives {message} from {it}"),
            _ => return None,
        })
    }

    fn atomic(&self) -> Option<String> {
        let (it, value) = (self.it(), self.value()?);
        let ordering = self.step.ordering.as_ref().map(|order| format!(" ({order})")).unwrap_or_default();
        if let Some((old, new)) = value.split_once(" → ") {
            return Some(format!("changes {it} from {old} to {new} with {}{ordering}", self.step.operation));
        }
        let source = self.step.reads.map(|reads| self.source(reads)).unwrap_or_default();
        Some(match self.step.operation.as_str() {
            "store" => format!("writes {value} to {it}{ordering}"),
            "exchange fails" => format!("wants to exchange {it}, but finds {value}{ordering}{source}"),
            "exchange fails for no reason" => {
                format!("fails to exchange {it} although it finds {value}, as a weak exchange may{ordering}")
            }
            load if load.starts_with("load") => format!("reads {value} from {it}{ordering}{source}"),
            _ => return None,
        })
    }

    /// Where a value that was read comes from.
    fn source(&self, reads: Reads) -> String {
        let written = match reads.from {
            Some(from) => format!("as step {from} wrote it"),
            None => "as it was at the beginning".to_owned(),
        };
        match reads.newest {
            Some(newest) if reads.newest != reads.from => {
                format!(", {written}. That is outdated: {}", self.newer(newest))
            }
            Some(_) | None => format!(", {written}"),
        }
    }

    fn newer(&self, newest: u64) -> String {
        let store = self.trace.iter().find(|step| step.step == newest);
        let value = store.and_then(|store| store.value.as_deref());
        let value = value.map(|value| value.split_once(" → ").map_or(value, |(_, new)| new));
        match (store, value) {
            (Some(store), Some(value)) => {
                format!(
                    "{} had written {value} in step {newest}, and this load does not see it",
                    store.thread
                )
            }
            _ => format!("it does not see step {newest}"),
        }
    }

    fn once(&self) -> Option<String> {
        let it = self.it();
        Some(match (self.step.operation.as_str(), self.value()) {
            ("initialise", _) => format!("begins to initialise {it}"),
            ("initialised", Some(_)) => format!("panics while it initialises {it}, which poisons it"),
            ("initialised", None) => match self.before.objects[self.object?] {
                Thing::Once(Initialisation::Complete) => format!("finds {it} initialised"),
                _ => format!("has initialised {it}"),
            },
            ("already initialised", _) => format!("finds {it} initialised already"),
            ("is_completed", Some(value)) => format!("asks whether {it} is initialised: {value}"),
            _ => return None,
        })
    }

    /// The log's own words, for what is not known here.
    fn plainly(&self) -> String {
        let object = self.step.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
        let value = self.value().map(|value| format!(" = {value}")).unwrap_or_default();
        format!("does: {}{object}{value}", self.step.operation)
    }
}
