//! Which step of one thread let a step of another thread happen, or gave it what it read.

use super::world::{History, failed};
use crate::report::{Recording, Step};

/// From one step to a later one, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub from: u64,
    pub to: u64,
    pub kind: LinkKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// A thread starts another.
    Spawn,
    /// The last step of a thread that is joined.
    Join,
    /// A notification, or a token to go on.
    Wakes,
    /// What was waited for becomes free.
    LetsGoOn,
    /// From a store to a load that reads it.
    ReadBy,
    /// From the newest store to a load that did not read it.
    MissedBy,
    /// A message, from its sender to its receiver.
    Message,
}

/// The links of an execution, in the order of the steps that they lead to.
pub(crate) fn links<'a>(recording: impl Into<Recording<'a>>, history: &History) -> Vec<Link> {
    let trace = recording.into().trace;
    let mut links: Vec<Link> = Vec::new();
    for (position, step) in trace.iter().enumerate() {
        let before = Before { steps: &trace[..position], step, history };
        let found = [
            before.start().map(|from| (from, LinkKind::Spawn)),
            before.end().map(|from| (from, LinkKind::Join)),
            before.waker().map(|from| (from, LinkKind::Wakes)),
            before.release().map(|from| (from, LinkKind::LetsGoOn)),
            before.store(|reads| reads.from).map(|from| (from, LinkKind::ReadBy)),
            before.missed().map(|from| (from, LinkKind::MissedBy)),
            before.sender().map(|from| (from, LinkKind::Message)),
        ];
        // Within one thread the order of the lines says it all.
        let apart = found.into_iter().flatten().filter(|(from, _)| from.thread != step.thread);
        links.extend(apart.map(|(from, kind)| Link { from: from.step, to: step.step, kind }));
    }
    links
}

/// A step and those before it.
struct Before<'a> {
    steps: &'a [Step],
    step: &'a Step,
    history: &'a History,
}

impl<'a> Before<'a> {
    fn last(&self, wanted: impl Fn(&Step) -> bool) -> Option<&'a Step> {
        self.steps.iter().rfind(|step| wanted(step))
    }

    /// For a thread's first step: the one that started it.
    fn start(&self) -> Option<&'a Step> {
        if self.steps.iter().any(|step| step.thread == self.step.thread) {
            return None;
        }
        self.last(|step| step.operation == "spawn" && step.object.as_ref() == Some(&self.step.thread))
    }

    fn end(&self) -> Option<&'a Step> {
        let ended = (self.step.operation == "join").then_some(self.step.object.as_ref()).flatten()?;
        self.last(|step| step.thread == *ended)
    }

    fn waker(&self) -> Option<&'a Step> {
        let me = &self.step.thread;
        let object = self.step.object.as_ref();
        match self.step.operation.as_str() {
            "woken" => self.last(|step| {
                step.object.as_ref() == object
                    && (step.operation == "notify_one" && step.value.as_ref() == Some(me)
                        || step.operation == "notify_all")
            }),
            "unparked" => self.last(|step| step.operation == "unpark" && step.object.as_ref() == Some(me)),
            _ => None,
        }
    }

    /// For a step that was waited for: the last thing that another thread did to the same object.
    fn release(&self) -> Option<&'a Step> {
        self.history.object(self.step)?;
        let object = self.step.object.as_ref();
        let own = self.last(|step| step.thread == self.step.thread)?;
        let waited = own.operation == "waits for" && own.object.as_ref() == object;
        // Taking a message has a link of its own.
        if !waited || self.sender().is_some() {
            return None;
        }
        self.last(|step| step.object.as_ref() == object && step.operation != "waits for")
            .filter(|step| step.step > own.step)
    }

    fn store(&self, which: impl Fn(&crate::report::Reads) -> Option<u64>) -> Option<&'a Step> {
        let number = which(self.step.reads.as_ref()?)?;
        self.steps.iter().find(|step| step.step == number)
    }

    fn missed(&self) -> Option<&'a Step> {
        let reads = self.step.reads?;
        (reads.from != reads.newest).then(|| self.store(|reads| reads.newest)).flatten()
    }

    /// For a message that is taken: messages arrive in the order in which they were sent.
    fn sender(&self) -> Option<&'a Step> {
        let takes = |step: &Step| {
            ["recv", "recv_timeout", "try_recv"].contains(&step.operation.as_str()) && !failed(step)
        };
        if !takes(self.step) {
            return None;
        }
        let on_it = || self.steps.iter().filter(|step| step.object == self.step.object);
        let taken = on_it().filter(|step| takes(step)).count();
        let sends = |step: &&Step| ["send", "try_send"].contains(&step.operation.as_str()) && !failed(step);
        on_it().filter(sends).nth(taken)
    }
}
