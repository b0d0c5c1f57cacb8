//! How an execution fails, and the words for it.

use core::panic::Location;
use real::string::{String, ToString};
use real::vec::Vec;

use super::event::{Access, Event, Subject, ordering_name};
use super::object::{Kind, ObjectId, ThreadId};
use super::outcome::{Failure, FailureKind, Object, Reads, Step, Unsupported, Waiting};
use super::replay::{Misfit, Schedule};
use super::state::{Panic, State, Stop};
use super::thread::{Life, Thread, Wait};

impl State {
    /// The execution has failed: it stops here, with everything that led to it.
    pub(crate) fn fail(&mut self, kind: FailureKind, message: String, file: String, line: u32) {
        if self.stop.is_some() {
            return;
        }
        let failure = Failure {
            kind,
            message,
            file,
            line,
            coverage: self.covered(),
            preemptions: self.preemptions,
            trace: self.trace(),
            objects: self.named_objects(),
            waiting: self.waiting(kind),
            schedule: self.schedule_so_far(),
        };
        self.stop = Some(Stop::Failed(failure));
        if let Some(at_failure) = self.at_failure {
            at_failure();
        }
    }

    /// What leads to where the execution is.
    pub(super) fn schedule_so_far(&self) -> Schedule {
        Schedule {
            preemptions: self.bound,
            spurious: self.limits.spurious,
            outdated: self.limits.outdated,
            fine: self.fine,
            choices: self.path.taken(),
        }
    }

    /// The test's own thread has panicked, and nobody catches it.
    pub(crate) fn fail_by_panic(&mut self, panic: Panic) {
        // `join().unwrap()` tells nothing of the panic that it passes on.
        let passed_on = panic.message.contains("Any { .. }") || panic.message == "a scoped thread panicked";
        let Panic { thread, message, file, line } = match &self.first_panic {
            Some(first) if passed_on => first.clone(),
            _ => panic,
        };
        let message = if thread.0 == 0 {
            message
        } else {
            real::format!("thread {} panicked: {message}", self.thread_name(thread.0))
        };
        self.fail(FailureKind::Panic, message, file, line);
    }

    /// Nobody can take a step.
    pub(crate) fn nobody_can_go_on(&mut self) {
        self.over = true;
        // Once the test has returned, threads that wait for ever are simply gone, as with std.
        if self.threads[0].life == Life::Finished {
            return;
        }
        let waiting: Vec<String> = (0..self.threads.len())
            .filter(|&thread| self.threads[thread].life == Life::Running)
            .map(|thread| self.describe_wait(thread))
            .collect();
        let message = waiting.join("; ");
        let location = self.threads[0].pending.location;
        self.fail(FailureKind::Deadlock, message, location.file().into(), location.line());
    }

    /// The execution takes too long.
    pub(crate) fn too_many_steps(&mut self) {
        self.over = true;
        // What goes on here was, or will be, found where it is not skipped.
        if self.coasting {
            return;
        }
        let location = self.me().pending.location;
        let message = real::format!(
            "after {} steps the test is still not done: {} runs on and on here, without progress",
            self.limits.steps,
            self.thread_name(self.current.0),
        );
        self.fail(FailureKind::TooManySteps, message, location.file().into(), location.line());
    }

    /// The program calls something that has no model.
    pub(crate) fn unsupported(&mut self, call: &str, message: &str, location: &'static Location<'static>) {
        if self.stop.is_none() {
            self.stop = Some(Stop::Unsupported(Unsupported {
                call: call.to_string(),
                file: location.file().to_string(),
                line: location.line(),
                message: message.to_string(),
            }));
        }
    }

    /// The same choices led to something else than before.
    pub(crate) fn diverged(&mut self) {
        let location = self.me().pending.location;
        if self.replaying {
            let (file, line) = (location.file().to_string(), location.line());
            self.stop.get_or_insert(Stop::Misfit(Misfit { steps: self.events.len(), file, line }));
            return;
        }
        self.unsupported(
            "a step that differs between two executions with the same schedule",
            "the code depends on something besides its input and its schedule, such as an address or a random number",
            location,
        );
    }

    fn describe_wait(&self, thread: usize) -> String {
        let pending = &self.threads[thread].pending;
        let name = self.thread_name(thread);
        let place = real::format!("at {}:{}", pending.location.file(), pending.location.line());
        let object = |id: ObjectId| self.object_name(id);
        match pending.wait {
            Wait::Mutex(id) | Wait::Read(id) | Wait::Write(id) => {
                real::format!("{name} waits for {}{} {place}", object(id), self.describe_holders(id, thread))
            }
            Wait::Condvar { mutex, .. } if self.threads[thread].notified => {
                real::format!(
                    "{name} waits for {}{} {place}",
                    object(mutex),
                    self.describe_holders(mutex, thread)
                )
            }
            Wait::Condvar { condvar, .. } => {
                real::format!("{name} waits for a notification of {} {place}", object(condvar))
            }
            Wait::Barrier { barrier, .. } => real::format!("{name} waits at {} {place}", object(barrier)),
            Wait::Once(id) | Wait::Completed(id) => {
                real::format!("{name} waits for the initialisation of {} {place}", object(id))
            }
            Wait::Join(ThreadId(other)) => {
                real::format!("{name} waits for the end of {} {place}", self.thread_name(other))
            }
            Wait::Park => real::format!("{name} is parked {place}"),
            Wait::Receive(id) => real::format!("{name} waits for a message from {} {place}", object(id)),
            Wait::Send(id) => real::format!("{name} waits for room in {} {place}", object(id)),
            Wait::Received { channel, .. } => {
                real::format!("{name} waits for a receiver at {} {place}", object(channel))
            }
            Wait::Nothing | Wait::Yield | Wait::Sleep => real::format!("{name} could run {place}"),
        }
    }

    /// The name of a thread in a trace. No two threads have the same.
    ///
    /// The test's own thread is `main`. Another one has the name that the program gave it, with a number where
    /// several have the same one: `reader 1`, `reader 2`, … in the order in which they were started. One
    /// without a name is `T1`, `T2`, … by its number among all threads, and so is one whose name would be that
    /// of another.
    fn thread_name(&self, index: usize) -> String {
        if index == 0 {
            return String::from("main");
        }
        let is_taken = |name: &String| {
            let mut others = (1..self.threads.len()).filter(|other| *other != index);
            is_reserved(name) || others.any(|other| self.given_name(other).as_ref() == Some(name))
        };
        let given = self.given_name(index).filter(|name| !is_taken(name));
        given.unwrap_or_else(|| real::format!("T{index}"))
    }

    /// What the program called a thread, with a number where several have the same name.
    fn given_name(&self, index: usize) -> Option<String> {
        let name = self.threads[index].name.as_ref().filter(|name| !name.is_empty())?;
        let same =
            |threads: &[Thread]| threads.iter().filter(|thread| thread.name.as_ref() == Some(name)).count();
        let number = same(&self.threads[..=index]);
        Some(if same(&self.threads) == 1 { name.clone() } else { real::format!("{name} {number}") })
    }

    /// Who holds a lock.
    fn holders(&self, id: ObjectId) -> Vec<usize> {
        match &self.object(id).kind {
            Kind::Mutex { holder, .. } => holder.iter().map(|thread| thread.0).collect(),
            Kind::RwLock { writer, readers, .. } => {
                writer.iter().chain(readers).map(|thread| thread.0).collect()
            }
            _ => Vec::new(),
        }
    }

    fn describe_holders(&self, id: ObjectId, waiting: usize) -> String {
        let holders = self.holders(id);
        if holders.is_empty() {
            return String::new();
        }
        let names: Vec<String> = holders
            .iter()
            .map(|&holder| if holder == waiting { "itself".into() } else { self.thread_name(holder) })
            .collect();
        real::format!(", held by {},", names.join(" and "))
    }

    /// The threads that have not ended, other than the one that fails.
    fn waiting(&self, kind: FailureKind) -> Vec<Waiting> {
        // In a deadlock everybody fails.
        let fails = |thread: usize| kind != FailureKind::Deadlock && thread == self.current.0;
        let unfinished = |thread: &usize| self.threads[*thread].life == Life::Running && !fails(*thread);
        (0..self.threads.len()).filter(unfinished).map(|thread| self.wait_of(thread)).collect()
    }

    fn wait_of(&self, thread: usize) -> Waiting {
        let state = &self.threads[thread];
        let (operation, subject) = match state.pending.wait {
            _ if self.is_granted(thread) => ("goes on", Subject::None),
            Wait::Mutex(id) => ("lock", Subject::Object(id)),
            Wait::Read(id) => ("read", Subject::Object(id)),
            Wait::Write(id) => ("write", Subject::Object(id)),
            // It has been woken, and now wants the lock back.
            Wait::Condvar { mutex, .. } if state.notified => ("lock", Subject::Object(mutex)),
            Wait::Condvar { condvar, .. } => ("wait", Subject::Object(condvar)),
            Wait::Barrier { barrier, .. } => ("wait", Subject::Object(barrier)),
            Wait::Once(id) | Wait::Completed(id) => ("wait", Subject::Object(id)),
            Wait::Join(other) => ("join", Subject::Thread(other)),
            Wait::Park => ("park", Subject::None),
            Wait::Receive(id) => ("recv", Subject::Object(id)),
            Wait::Send(id) | Wait::Received { channel: id, .. } => ("send", Subject::Object(id)),
            Wait::Sleep => ("sleep", Subject::None),
            Wait::Nothing | Wait::Yield => ("goes on", Subject::None),
        };
        let holders = match subject {
            Subject::Object(id) => self.holders(id),
            Subject::None | Subject::Thread(_) | Subject::Clock => Vec::new(),
        };
        let place = state.pending.location;
        Waiting {
            thread: self.thread_name(thread),
            operation,
            object: self.subject_name(subject),
            holders: holders.into_iter().map(|holder| self.thread_name(holder)).collect(),
            file: place.file(),
            line: place.line(),
            column: place.column(),
        }
    }

    pub(super) fn named_objects(&self) -> Vec<Object> {
        self.objects()
            .map(|(id, object)| Object {
                name: self.object_name(id),
                file: object.created.file(),
                line: object.created.line(),
                column: object.created.column(),
            })
            .collect()
    }

    fn subject_name(&self, subject: Subject) -> Option<String> {
        match subject {
            Subject::None => None,
            Subject::Object(id) => Some(self.object_name(id)),
            Subject::Thread(ThreadId(other)) => Some(self.thread_name(other)),
            Subject::Clock => Some("the clock".into()),
        }
    }

    /// The event log, in words.
    pub(super) fn trace(&self) -> Vec<Step> {
        self.events
            .iter()
            .map(|event| {
                let Event { thread, operation, object, value, access, place } = *event;
                Step {
                    thread: self.thread_name(thread.0),
                    operation,
                    object: self.subject_name(object),
                    value: value.render(|thread| self.thread_name(thread.0)),
                    file: place.file,
                    line: place.line,
                    column: place.column,
                    ordering: access.ordering(),
                    reads: access.reads(),
                }
            })
            .collect()
    }
}

/// Whether it is what threads without a name are called.
fn is_reserved(name: &str) -> bool {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    name == "main" || name.strip_prefix('T').is_some_and(is_number)
}

impl Access {
    fn ordering(self) -> Option<&'static str> {
        match self {
            Access::None => None,
            Access::Write(order) | Access::Update(order) | Access::Read { order, .. } => {
                Some(ordering_name(order))
            }
        }
    }

    fn reads(self) -> Option<Reads> {
        match self {
            Access::Read { read, newest, .. } => Some(Reads { from: read.index(), newest: newest.index() }),
            Access::None | Access::Write(_) | Access::Update(_) => None,
        }
    }
}
