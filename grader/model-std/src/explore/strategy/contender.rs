use crate::explore::id::ObjectId;
use crate::explore::thread::{Resumed, Wait};

/// One that could take the next step: a thread, or the end of a timed wait, or a spurious wakeup.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contender {
    pub(crate) thread: usize,
    pub(crate) resumed: Resumed,
    /// It asks that others go first, or has looked for so long at what does not change that it has to.
    pub(crate) gives_way: bool,
    /// What its step is about, where that is known beforehand.
    pub(crate) subject: Option<Subject>,
}

/// What a step is about. Steps about the same are dependent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The object that a thread waits for.
    Object(ObjectId),
    /// The atomic at this address.
    Atomic(usize),
}

impl Subject {
    /// What a step is about that needs this.
    pub(crate) fn of(wait: Wait, atomic: Option<usize>) -> Option<Self> {
        let object = match wait {
            Wait::Condvar { mutex, .. } => Some(mutex),
            other => other.object(),
        };
        object.map(Subject::Object).or(atomic.map(Subject::Atomic))
    }
}

impl Contender {
    /// A number of its own for each thread, each end of a timed wait, and each spurious wakeup.
    pub(super) fn number(&self) -> usize {
        let kind = match self.resumed {
            Resumed::Granted => 0,
            Resumed::TimedOut => 1,
            Resumed::Spurious => 2,
        };
        self.thread * 3 + kind
    }
}

/// What a strategy knows of each contender, by its number.
#[derive(Debug)]
pub(super) struct ByContender<T>(Vec<Option<T>>);

impl<T> Default for ByContender<T> {
    fn default() -> Self {
        ByContender(Vec::new())
    }
}

impl<T> ByContender<T> {
    /// What is known of it, or else `new`.
    pub(super) fn get(&mut self, contender: &Contender, new: impl FnOnce() -> T) -> &mut T {
        let number = contender.number();
        if self.0.len() <= number {
            self.0.resize_with(number + 1, || None);
        }
        self.0[number].get_or_insert_with(new)
    }
}
