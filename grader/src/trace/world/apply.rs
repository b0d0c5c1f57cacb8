//! What one step changes.

use super::{Doing, History, Initialisation, Lock, Thing, World};
use crate::report::Step;

/// Stands between the old and the new value of a read-modify-write.
pub(super) const CHANGE: &str = " → ";

/// The type in `Mutex #1`.
pub(super) fn type_of(kind: &str) -> &str {
    kind.split_once(" #").map_or(kind, |(name, _)| name)
}

/// The values with which an operation says that it did not do what it was called for.
pub(crate) fn failed(step: &Step) -> bool {
    let results = ["would block", "no receiver", "full", "no sender", "empty", "times out"];
    step.value.as_deref().is_some_and(|value| results.contains(&value))
}

impl History {
    /// Does `step` to `world`.
    pub(super) fn apply(&self, world: &mut World, step: &Step) {
        let Some(me) = self.thread(&step.thread) else { return };
        self.move_thread(world, me, step);
        world.threads[me].place = step.file.clone().zip(step.line);
        if let Some(object) = self.object(step) {
            self.change_object(world, me, object, step);
        }
    }

    /// What the step does to threads.
    fn move_thread(&self, world: &mut World, me: usize, step: &Step) {
        let other = self.other_thread(step);
        let object = self.object(step);
        let is_barrier = object.is_some_and(|object| matches!(world.objects[object], Thing::Barrier(_)));
        let now = match step.operation.as_str() {
            "waits for" => object.map_or(Doing::Runs, Doing::WaitsFor),
            "waits for the end of" => other.map_or(Doing::Runs, Doing::WaitsForEnd),
            "wait" if is_barrier && step.value.is_some() => Doing::Runs,
            "wait" | "wait_timeout" => object.map_or(Doing::Runs, Doing::WaitsFor),
            "park" => Doing::Parked,
            "sleep" => Doing::Sleeps,
            "panics" => Doing::Panicked,
            // A thread that begins to wait, or unwinds, gives its locks up.
            "unlock" | "end of read" | "end of write" => match &world.threads[me].doing {
                waits @ (Doing::WaitsFor(_) | Doing::Panicked) => waits.clone(),
                _ => Doing::Runs,
            },
            _ => Doing::Runs,
        };
        world.threads[me].doing = now;
        match (step.operation.as_str(), other) {
            ("spawn", Some(child)) => world.threads[child].doing = Doing::Runs,
            ("join", Some(ended)) if world.threads[ended].doing != Doing::Panicked => {
                world.threads[ended].doing = Doing::Finished;
            }
            ("unpark", Some(parked)) if world.threads[parked].doing == Doing::Parked => {
                world.threads[parked].doing = Doing::Woken;
            }
            ("panics", _) => break_locks(world, me),
            _ => {}
        }
        self.wake(world, step);
    }

    /// Notifications, and whatever else lets waiting threads go on without a step of their own.
    fn wake(&self, world: &mut World, step: &Step) {
        let Some(object) = self.object(step) else { return };
        let woken = match (step.operation.as_str(), &world.objects[object]) {
            ("notify_one", _) => step.value.as_ref().and_then(|name| self.thread(name)).into_iter().collect(),
            ("notify_all", _) => world.waiting_for(object),
            ("wait", Thing::Barrier(_)) if step.value.is_some() => world.waiting_for(object),
            ("recv" | "recv_timeout" | "try_recv", _) if !failed(step) => world.waiting_for(object),
            _ => Vec::new(),
        };
        for thread in woken {
            world.threads[thread].doing = Doing::Woken;
        }
    }

    /// What the step does to its object.
    fn change_object(&self, world: &mut World, me: usize, object: usize, step: &Step) {
        if step.operation == "waits for" {
            return;
        }
        let unwinds = world.threads[me].doing == Doing::Panicked;
        match &mut world.objects[object] {
            Thing::Lock(lock) => change_lock(lock, me, unwinds, step),
            Thing::Channel(messages) => match step.operation.as_str() {
                _ if failed(step) => {}
                "send" | "try_send" => messages.push(step.value.clone()),
                "recv" | "recv_timeout" | "try_recv" if !messages.is_empty() => {
                    messages.remove(0);
                }
                _ => {}
            },
            Thing::Atomic(value) => {
                let written = match (step.operation.as_str(), &step.value) {
                    ("store", Some(new)) => Some(new.clone()),
                    (_, Some(change)) => change.split_once(CHANGE).map(|(_, new)| new.to_owned()),
                    (_, None) => None,
                };
                // What a load reads that is not outdated is the value, if it was not known before.
                let read = || (step.operation == "load").then(|| step.value.clone()).flatten();
                *value = written.or_else(|| value.take()).or_else(read);
            }
            Thing::Once(progress) => match (step.operation.as_str(), step.value.as_deref()) {
                ("initialise", _) => *progress = Initialisation::By(me),
                ("initialised", Some("poisoned")) => *progress = Initialisation::Poisoned,
                ("initialised" | "already initialised", _) => *progress = Initialisation::Complete,
                _ => {}
            },
            Thing::Barrier(arrived) if step.operation == "wait" => {
                *arrived = if step.value.is_some() { 0 } else { *arrived + 1 };
            }
            Thing::Barrier(_) | Thing::Condvar | Thing::Other => {}
        }
    }
}

fn change_lock(lock: &mut Lock, me: usize, unwinds: bool, step: &Step) {
    if failed(step) {
        return;
    }
    match step.operation.as_str() {
        "lock" | "try_lock" | "write" | "try_write" => {
            lock.holders = vec![me];
            lock.shared = false;
        }
        "read" | "try_read" => {
            lock.holders.push(me);
            lock.shared = true;
        }
        "downgrade" => {
            lock.holders = vec![me];
            lock.shared = true;
        }
        "unlock" | "end of write" => {
            lock.holders.clear();
            // A panic that was caught in the meantime does no harm.
            lock.poisoned |= std::mem::take(&mut lock.breaking) && unwinds;
        }
        "end of read" => {
            if let Some(position) = lock.holders.iter().position(|holder| *holder == me) {
                lock.holders.remove(position);
            }
        }
        "clear_poison" => {
            lock.poisoned = false;
            return;
        }
        _ => return,
    }
    if let Some(value) = &step.value {
        let value = value.split_once(CHANGE).map_or(value.as_str(), |(_, new)| new);
        lock.content = Some(value.to_owned());
    }
}

/// What a thread holds to change when it panics is poisoned once it gives it up.
fn break_locks(world: &mut World, me: usize) {
    for thing in &mut world.objects {
        if let Thing::Lock(lock) = thing {
            lock.breaking |= !lock.shared && lock.holders.contains(&me);
        }
    }
}
