//! The event log: every step of the running execution, as it is recorded.

use core::panic::Location;
use real::borrow::Cow;

use model_trace::{Operation, Step};

use super::id::ThreadId;

/// One step. Small and without anything on the heap: a search records every step of every execution, and
/// shows one of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) thread: ThreadId,
    pub(crate) operation: Operation,
    pub(crate) place: Place,
}

/// A place in the source. A panic hook sees one that is no `&'static Location`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Self {
        Place { file: location.file(), line: location.line(), column: location.column() }
    }
}

impl From<Place> for model_trace::Place {
    fn from(place: Place) -> Self {
        model_trace::Place { file: Cow::Borrowed(place.file), line: place.line, column: place.column }
    }
}

impl From<Event> for Step {
    fn from(event: Event) -> Self {
        Step { thread: event.thread, operation: event.operation, place: event.place.into() }
    }
}
