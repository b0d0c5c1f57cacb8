//! What the checks hold, and how they hold it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use barrier::Barrier;
use harness::model::choose;

/// Longer than any program runs: a wait for so long ends because of the barrier, or not at all. In the model it has
/// no deadline.
pub const AGES: Duration = Duration::from_secs(200 * 365 * 24 * 60 * 60);
/// It elapses in the model whenever somebody waits for it.
pub const A_MOMENT: Duration = Duration::from_micros(10_500);

harness::threads!();

/// The place of arrival. `None`: the barrier was broken.
pub type Place = Option<usize>;
/// A way to wait.
pub type Way = fn(&Barrier) -> Place;

/// One of them: a search tries all.
pub fn one_of<T: Copy, const N: usize>(options: [T; N]) -> T {
    options[choose(N)]
}

/// Waits without a timeout, or with one that does not come.
pub fn either_way() -> Way {
    one_of([plain, timed])
}

/// Waits without a timeout.
pub fn plain(barrier: &Barrier) -> Place {
    Barrier::wait(barrier).ok()
}

/// Waits with a timeout that does not come.
pub fn timed(barrier: &Barrier) -> Place {
    Barrier::wait_timeout(barrier, AGES).ok()
}

/// Waits for no time.
pub fn at_once(barrier: &Barrier) -> Place {
    Barrier::wait_timeout(barrier, Duration::ZERO).ok()
}

/// Waits for a short time.
pub fn briefly(barrier: &Barrier) -> Place {
    Barrier::wait_timeout(barrier, A_MOMENT).ok()
}

/// Breaks the barrier, and makes it usable again.
pub fn break_and_reset(barrier: &Barrier) {
    Barrier::abort(barrier);
    Barrier::reset(barrier);
}

pub fn new(parties: usize) -> Barrier {
    Barrier::new(NonZeroUsize::new(parties).expect("a barrier has a party"))
}

pub fn shared(parties: usize) -> Arc<Barrier> {
    Arc::new(new(parties))
}

/// Each place of one complete round.
pub fn are_all_places(mut places: Vec<Place>) {
    places.sort_unstable();
    let all: Vec<_> = (0..places.len()).map(Some).collect();
    assert_eq!(places, all, "the places of arrival of all parties of one round, sorted");
}

/// Checks that the barrier is not broken and that nobody waits.
pub fn is_usable_and_empty(barrier: &Barrier, when: &str) {
    assert!(!Barrier::is_broken(barrier), "`is_broken` {when}");
    assert_eq!(Barrier::waiting(barrier), 0, "`waiting` {when}");
}

/// Checks that the barrier is broken, and that nobody can wait.
pub fn is_broken_and_empty(barrier: &Barrier, when: &str) {
    assert!(Barrier::is_broken(barrier), "`is_broken` {when}");
    assert_eq!(Barrier::waiting(barrier), 0, "`waiting` {when}");
}
