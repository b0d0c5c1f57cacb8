//! How an execution fails, and what is then known of it.

use core::panic::Location;
use real::boxed::Box;
use real::format;
use real::string::{String, ToString};
use real::vec::Vec;

use model_trace::{Cause, Operation, StepId, Waiting};

use super::event::Event;
use super::id::ThreadId;
use super::outcome::{Failure, Unsupported};
use super::panics::Panic;
use super::path::Schedule;
use super::replay::Divergence;
use super::state::{MAX_THREADS, State, Stop};
use super::thread::{Life, Thread, Wait};

impl State {
    /// The execution has failed: it stops here, with everything that led to it.
    fn fail(&mut self, cause: Cause) {
        if self.execution.stop.is_some() || self.execution.abandoned {
            return;
        }
        // In a deadlock everybody fails.
        let failing = match cause {
            Cause::Deadlock {} => None,
            Cause::Panic { .. } | Cause::TooManySteps { .. } => Some(self.execution.current),
        };
        let failure = Failure {
            cause,
            execution: self.describe(failing),
            coverage: self.covered(),
            preemptions: self.execution.preemptions,
            schedule: self.schedule_so_far(),
        };
        self.execution.stop = Some(Stop::Failed(Box::new(failure)));
        if let Some(at_failure) = self.settings().at_failure {
            at_failure();
        }
    }

    /// What leads to where the execution is.
    pub(super) fn schedule_so_far(&self) -> Schedule {
        let allowance = &self.pass.allowance;
        Schedule {
            preemptions: allowance.preemptions,
            spurious: allowance.spurious,
            stale: allowance.stale,
            fine_grained: allowance.fine_grained,
            choices: self.pass.strategy.path().taken(),
        }
    }

    /// The test's own thread has panicked, and nothing catches it.
    pub(super) fn fail_by_panic(&mut self, panic: Panic) {
        // `join().unwrap()` says nothing about the panic that it passes on.
        let passed_on = panic.message.contains("Any { .. }") || panic.message == "a scoped thread panicked";
        let Panic { thread, message, place } = match &self.execution.first_panic {
            Some(first) if passed_on => first.clone(),
            _ => panic,
        };
        self.fail(Cause::Panic { message, place: Some(place.into()), thread: Some(thread) });
    }

    /// The acting thread ends the process, with std.
    pub(super) fn fail_by_fatal_error(&mut self, why: &str) {
        let thread = self.execution.current;
        let last = self.execution.last_panic.take().filter(|last| last.thread == thread);
        let place = last.map_or_else(|| self.execution.me().pending.location.into(), |last| last.place);
        let message = real::format!("fatal runtime error: {why}");
        self.fail_by_panic(Panic { thread, message, place });
    }

    /// No thread can take a step.
    pub(super) fn no_thread_can_run(&mut self) {
        self.execution.over = true;
        // Once the test has returned, threads that are still blocked are simply gone, as with std.
        if self.execution.threads[0].life != Life::Finished {
            self.fail(Cause::Deadlock {});
        }
    }

    /// The execution takes too long.
    pub(super) fn too_many_steps(&mut self) {
        self.execution.over = true;
        // What goes on here was, or will be, found where it is not skipped.
        if self.execution.pruned {
            return;
        }
        let place = self.execution.me().pending.location.into();
        let limit = self.settings().steps as u64;
        self.fail(Cause::TooManySteps { limit, place, thread: self.execution.current });
    }

    /// The program calls something that has no model.
    pub(super) fn unsupported(&mut self, call: &str, message: &str, location: &'static Location<'static>) {
        if self.execution.stop.is_none() {
            self.execution.stop = Some(Stop::Unsupported(Unsupported {
                call: call.to_string(),
                message: message.to_string(),
                place: location.into(),
                most_threads: None,
            }));
        }
    }

    /// The program starts a thread, and as many as there can be are alive.
    pub(super) fn too_many_threads(&mut self, most: usize, location: &'static Location<'static>) {
        let spawned = most - 1;
        let message = match most {
            MAX_THREADS => format!("no more than {spawned} spawned threads can be alive at once"),
            _ => format!(
                "it would be thread number {most} at once, and every interleaving of more than {spawned} spawned threads \
                 is seldom within reach: `Search::threads` allows more, and `model::sample` takes up to {MAX_THREADS}"
            ),
        };
        if self.execution.stop.is_none() {
            self.execution.stop = Some(Stop::Unsupported(Unsupported {
                call: "thread::spawn".to_string(),
                message,
                place: location.into(),
                most_threads: Some(most),
            }));
        }
    }

    /// The same choices led to something else than before.
    pub(super) fn diverged(&mut self) {
        let location = self.execution.me().pending.location;
        if self.pass.strategy.is_prescribed() {
            let steps = self.execution.events.len();
            self.execution.stop.get_or_insert(Stop::Diverged(Divergence { steps, place: location.into() }));
            return;
        }
        self.unsupported(
            "a step that differs between two executions with the same schedule",
            "the code depends on something besides its input and its schedule, such as an address or a random number",
            location,
        );
    }

    /// Everything about the execution so far, but for the thread that fails.
    pub(super) fn describe(&self, failing: Option<ThreadId>) -> model_trace::Execution {
        let threads = (0..self.execution.threads.len()).map(|index| ThreadId(index as u32));
        let unfinished = |thread: &ThreadId| {
            self.execution.threads[thread.index()].life == Life::Running && Some(*thread) != failing
        };
        model_trace::Execution {
            schedule: self.schedule_so_far().to_string(),
            threads: threads
                .clone()
                .map(|thread| model_trace::Thread { name: self.thread_name(thread.index()) })
                .collect(),
            objects: self.described_objects(),
            steps: self.execution.events.iter().map(|event| (*event).into()).collect(),
            panics: self.described_panics(),
            waiting: threads
                .filter(unfinished)
                .map(|thread| Waiting {
                    thread,
                    wait: self.wait_of(thread.index()),
                    place: self.execution.threads[thread.index()].pending.location.into(),
                })
                .collect(),
        }
    }

    /// The first panics, each with its step.
    fn described_panics(&self) -> Vec<model_trace::PanicMessage> {
        let panics = |event: &Event| event.operation == Operation::Panic;
        let steps = (0..).zip(&self.execution.events).filter(|(_, event)| panics(event));
        let messages = steps.zip(&self.execution.panics);
        messages
            .map(|((step, _), message)| model_trace::PanicMessage {
                step: StepId(step),
                message: message.clone(),
            })
            .collect()
    }

    fn described_objects(&self) -> Vec<model_trace::Object> {
        let mut objects: Vec<model_trace::Object> = Vec::new();
        for object in &self.execution.objects {
            let kind = object.kind.object_kind();
            let before = objects.iter().filter(|other| other.kind == kind).count();
            objects.push(model_trace::Object {
                kind,
                number: before as u32 + 1,
                created: object.created.into(),
            });
        }
        objects
    }

    fn wait_of(&self, thread: usize) -> model_trace::Wait {
        let state = &self.execution.threads[thread];
        match state.pending.wait {
            _ if self.is_granted(thread) => model_trace::Wait::Ready,
            Wait::Nothing | Wait::Yield | Wait::Others => model_trace::Wait::Ready,
            Wait::Mutex(lock) | Wait::Write(lock) => model_trace::Wait::Lock { lock },
            Wait::Read(lock) => model_trace::Wait::Read { lock },
            Wait::ReadBehind(lock) => model_trace::Wait::ReadBehind { lock },
            // It has been notified, and now wants the lock back.
            Wait::Condvar { mutex, .. } if state.notified => model_trace::Wait::Lock { lock: mutex },
            Wait::Condvar { condvar, .. } => model_trace::Wait::Notification { condvar },
            Wait::Barrier { barrier, .. } => model_trace::Wait::Barrier { barrier },
            Wait::Once(once) | Wait::Initialised { once, .. } => model_trace::Wait::Initialisation { once },
            Wait::Join(thread) | Wait::Release(thread) => model_trace::Wait::Join { thread },
            Wait::Park => model_trace::Wait::Park,
            Wait::Receive(channel) => model_trace::Wait::Receive { channel },
            Wait::Send(channel) => model_trace::Wait::Send { channel },
            Wait::Received { channel, .. } => model_trace::Wait::Rendezvous { channel },
            Wait::Sleep => model_trace::Wait::Sleep,
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
            let mut others = (1..self.execution.threads.len()).filter(|other| *other != index);
            is_reserved(name) || others.any(|other| self.given_name(other).as_ref() == Some(name))
        };
        let given = self.given_name(index).filter(|name| !is_taken(name));
        given.unwrap_or_else(|| real::format!("T{index}"))
    }

    /// After its role, or as the program called it, with a number where several have the same name.
    fn given_name(&self, index: usize) -> Option<String> {
        let name = self.execution.threads[index].shown_name()?;
        let same =
            |threads: &[Thread]| threads.iter().filter(|thread| thread.shown_name() == Some(name)).count();
        let number = same(&self.execution.threads[..=index]);
        Some(if same(&self.execution.threads) == 1 { name.clone() } else { real::format!("{name} {number}") })
    }
}

/// Whether it is what threads without a name are called.
fn is_reserved(name: &str) -> bool {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    name == "main" || name.strip_prefix('T').is_some_and(is_number)
}
