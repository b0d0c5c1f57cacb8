//! When a thread comes to a function, and when to its beginning again.
//!
//! Rules ask that of any two steps of an execution, which may have tens of thousands: so it is found out once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use model_trace::{Operation, Place, Step, StepId, ThreadId};

use crate::trace::Code;

/// The steps of a thread in a function, or in a helper that it calls.
#[derive(Debug)]
pub(super) struct Visits {
    /// In order. With each, how often the thread has begun again by then.
    steps: Vec<(StepId, usize)>,
}

impl Visits {
    /// `steps` are those of one thread.
    pub(super) fn of<'a>(
        code: &Code,
        steps: impl Iterator<Item = (StepId, &'a Step)>,
        function: &str,
    ) -> Self {
        // Where it is in the function, or may be, if it is in a helper.
        let places = |place: &Place| {
            if code.function_of(place) == Some(function) {
                vec![place.clone()]
            } else {
                code.sites_in(function, place)
            }
        };
        // Within a line it is not sure that it is another time.
        let comes_to = |one: &Place, next: &Place| {
            (&one.file, one.line) == (&next.file, next.line) || code.may_come_to(one, next)
        };
        let mut visits = Vec::new();
        let mut before: Option<Vec<Place>> = None;
        let mut again = 0;
        for (id, step) in steps {
            // A lock is released at the last use of its guard, which may be further up.
            if matches!(step.operation, Operation::Release { .. }) {
                continue;
            }
            let here = places(&step.place);
            if here.is_empty() {
                continue;
            }
            if let Some(before) = &before {
                let mut pairs = before.iter().flat_map(|one| here.iter().map(move |next| (one, next)));
                again += usize::from(!pairs.any(|(one, next)| comes_to(one, next)));
            }
            visits.push((id, again));
            before = Some(here);
        }
        Self { steps: visits }
    }

    /// Whether the thread begins again on the way from one step to another, both included.
    pub(super) fn begin_again(&self, first: StepId, last: StepId) -> bool {
        let from = self.steps.partition_point(|(id, _)| *id < first);
        let to = self.steps.partition_point(|(id, _)| *id <= last);
        let on_the_way = self.steps.get(from..to).unwrap_or_default();
        match (on_the_way.first(), on_the_way.last()) {
            (Some((_, before)), Some((_, after))) => before < after,
            (None, _) | (_, None) => false,
        }
    }
}

/// What is known of each thread and function.
#[derive(Debug, Default)]
pub(super) struct KnownVisits(RefCell<BTreeMap<ThreadId, ByFunction>>);

type ByFunction = BTreeMap<String, Rc<Visits>>;

impl KnownVisits {
    /// Finds them out if they are not known yet.
    pub(super) fn of(&self, thread: ThreadId, function: &str, find: impl FnOnce() -> Visits) -> Rc<Visits> {
        let mut known = self.0.borrow_mut();
        let of_thread = known.entry(thread).or_default();
        if let Some(visits) = of_thread.get(function) {
            return Rc::clone(visits);
        }
        let visits = Rc::new(find());
        of_thread.insert(function.to_owned(), Rc::clone(&visits));
        visits
    }
}
