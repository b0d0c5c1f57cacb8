//! The moment at which every other thread waits, in each engine.

use std::sync::OnceLock;

use model_std::model;

use crate::stress;

/// What brings about that moment in an engine other than the model.
static OTHERS_WAIT: OnceLock<fn()> = OnceLock::new();

/// Calls `wait` in place of [`until_others_wait`], for an engine that this crate does not know. The first one counts.
pub fn others_wait_with(wait: fn()) {
    OTHERS_WAIT.get_or_init(|| wait);
}

/// Returns when every other thread waits: in the model only then; on real threads also where one does not sleep for
/// three seconds, which is for the checks about sleep to judge.
///
/// A timed wait is a wait like any other: it may end as soon as this returns.
#[track_caller]
pub fn until_others_wait() {
    if let Some(wait) = OTHERS_WAIT.get() {
        wait();
    } else if !model::until_others_wait() {
        stress::until_others_sleep();
    }
}
