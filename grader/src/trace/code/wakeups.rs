//! Where the source waits at condition variables, and where it notifies them.

use model_trace::Place;
use syn::ExprMethodCall;

use super::super::names::called;
use super::{Code, Function, Region};

/// A call that notifies a condition variable.
#[derive(Debug)]
pub(super) struct Notification {
    /// The field or variable that it is called on.
    pub condvar: Option<String>,
    pub region: Region,
}

impl Notification {
    pub(super) fn of(call: &ExprMethodCall, region: impl FnOnce() -> Region) -> Option<Self> {
        let notifies = call.method == "notify_one" || call.method == "notify_all";
        notifies.then(|| Self { condvar: called(&call.receiver), region: region() })
    }
}

/// Whether a method of this name blocks until it is notified.
pub(super) fn waits(method: &str) -> bool {
    ["wait", "wait_while", "wait_timeout", "wait_timeout_while"].contains(&method)
}

impl Code {
    /// Where a call may still notify the condition variable of this name after it has been at `place`: in the function that
    /// is there, or in the one called `entered`.
    pub(crate) fn notifies_after(
        &self,
        place: &Place,
        entered: Option<&str>,
        condvar: &str,
    ) -> Option<Place> {
        // Objects of one name are numbered.
        let condvar = condvar.split(" #").next();
        let mut own = self.notifications.iter().filter(|it| it.condvar.as_deref() == condvar);
        let is_ahead = |site: &Place| {
            let function = self.function_of(site);
            if function == self.function_of(place) {
                self.may_come_to(place, site)
            } else {
                function.is_some() && function == entered
            }
        };
        own.find_map(|Notification { region, .. }| Some(region.start()).filter(is_ahead))
    }

    /// Whether the condition variable of this name is notified in another function than this one.
    pub(crate) fn is_notified_outside(&self, function: Option<&str>, condvar: &str) -> bool {
        let condvar = condvar.split(" #").next();
        let mut own = self.notifications.iter().filter(|it| it.condvar.as_deref() == condvar);
        own.any(|Notification { region, .. }| self.function_of(&region.start()) != function)
    }

    /// Whether the function that a wait is in asks whether that has timed out, in the loop around it if there is one.
    pub(crate) fn asks_for_timeout(&self, wait: &Place) -> bool {
        let Some(function) = self.function(wait) else { return false };
        let loops = self.loops.iter().filter(|region| region.contains(wait));
        let around = loops.filter(|region| function.region.contains(&region.start()));
        let around = around.max_by_key(|region| *region.lines.start()).unwrap_or(&function.region);
        self.timeouts.iter().any(|asked| around.contains(&asked.start()))
    }

    /// Whether a function of this name waits for a notification, or is a helper that only such functions call.
    pub(crate) fn is_to_wait(&self, function: &str) -> bool {
        let waits =
            |name: &str| self.waits(name) || self.called_by(name).iter().any(|called| self.waits(called));
        let mut entrances = self.entrances(function).into_iter().peekable();
        waits(function) || entrances.peek().is_some() && entrances.all(waits)
    }

    /// Whether a function of this name waits for a notification, or one that it calls.
    pub(crate) fn waits(&self, function: &str) -> bool {
        let waits =
            |function: &Function| self.waits.iter().any(|wait| function.region.contains(&wait.start()));
        let is_called =
            |name: &String| self.functions.iter().any(|called| called.name == *name && waits(called));
        let mut named = self.functions.iter().filter(|named| named.name == function);
        named.any(|named| waits(named) || named.calls.iter().any(is_called))
    }
}
