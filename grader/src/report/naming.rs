//! How sentences name threads, objects and places.

use model_trace::history::State;
use model_trace::{ObjectId, Place, ThreadId, Wait, Waiting};

use super::execution::{Recording, in_std, in_submission};

impl Recording {
    /// An object in a sentence. The submission's own name is code, and in backticks.
    pub(crate) fn quoted(&self, object: ObjectId) -> String {
        match &self.names[object.index()] {
            Some(name) => format!("`{name}`"),
            None => self.object(object).into_owned(),
        }
    }

    /// Several threads in a sentence.
    pub(crate) fn thread_names(&self, threads: &[ThreadId]) -> String {
        let names: Vec<&str> = threads.iter().map(|thread| self.thread(*thread)).collect();
        joined(&names)
    }

    /// Where something is, in a sentence: `line 7`, with its file if there is more than one; or `the check`.
    pub(crate) fn location(&self, place: &Place) -> String {
        match in_submission(place) {
            Some(place) if self.only_file() == Some(&*place.file) => format!("line {}", place.line),
            Some(place) => place.to_string(),
            None if in_std(place) => "a call of `std`".to_owned(),
            None => "the check".to_owned(),
        }
    }

    /// A place in a helper, and where that is called, if it is known.
    pub(crate) fn by_way_of(&self, place: &Place, site: Option<&Place>) -> String {
        match site {
            Some(site) => format!("{} (by way of {})", self.location(site), self.location(place)),
            None => self.location(place),
        }
    }

    /// Where something happens, or where the helper is called in which it does.
    pub(crate) fn at_site(&self, place: &Place, site: Option<&Place>) -> String {
        match site {
            Some(_) => format!("at {}", self.by_way_of(place, site)),
            None => self.at(place),
        }
    }

    /// Where something happens: `at line 7`, or `in the check`.
    pub(crate) fn at(&self, place: &Place) -> String {
        let location = self.location(place);
        if in_submission(place).is_some() { format!("at {location}") } else { format!("in {location}") }
    }

    /// What a thread does that has not finished, when the others are in `state`.
    pub(crate) fn waits(&self, waiting: &Waiting, state: &State<'_>) -> String {
        let held = |lock| match state.holders(lock) {
            [] => String::new(),
            [holder] if *holder == waiting.thread => ", which it holds itself".to_owned(),
            holders => format!(", held by {}", self.thread_names(holders)),
        };
        match waiting.wait {
            Wait::Ready => "could go on".to_owned(),
            Wait::Sleep => "sleeps".to_owned(),
            Wait::Park => "is parked".to_owned(),
            Wait::Lock { lock } => format!("waits for {}{}", self.quoted(lock), held(lock)),
            Wait::Read { lock } => format!("waits to read {}{}", self.quoted(lock), held(lock)),
            Wait::ReadBehind { lock } => {
                format!("waits to read {} behind a waiting writer{}", self.quoted(lock), held(lock))
            }
            Wait::Notification { condvar } => {
                format!("waits for a notification of {}", self.quoted(condvar))
            }
            Wait::Barrier { barrier } => format!("waits at {}", self.quoted(barrier)),
            Wait::Initialisation { once } => {
                format!("waits for the initialisation of {}", self.quoted(once))
            }
            Wait::Join { thread } => format!("waits for {} to finish", self.thread(thread)),
            Wait::Receive { channel } => format!("waits for a message from {}", self.quoted(channel)),
            Wait::Send { channel } => format!("waits for room in {}", self.quoted(channel)),
            Wait::Rendezvous { channel } => format!("waits for a receiver at {}", self.quoted(channel)),
        }
    }
}

/// A list of names as a sentence has it.
pub(crate) fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
