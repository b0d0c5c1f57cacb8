//! What load buffering would take: whether a load could have read a store that is executed later.
//!
//! A load that reads a store from which it follows itself, by program order and by reads-from, is what a machine that
//! executes in program order never shows, and C++20 allows where none of that is happens-before. So a store is watched
//! for loads of the same atomic that lead to it, and do not happen before it.

use smallvec::SmallVec;

use super::view::View;

/// A thread's count of its loads. It has a number in views, as an atomic has: who acquires what the thread releases
/// gets to see which of its loads happen before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    index: usize,
    loads: u32,
}

impl Clock {
    pub(super) fn new(index: usize) -> Self {
        Clock { index, loads: 0 }
    }
}

/// What leads to a thread's next step, by program order and by reads-from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causes {
    /// `None`: the thread's loads are not watched.
    pub(super) clock: Option<Clock>,
    /// The loads of other threads.
    pub(super) view: View,
}

/// A load of one atomic.
#[derive(Clone, Copy, Debug)]
struct Load {
    clock: Clock,
    acquires: bool,
    /// The first store of the same thread to the same atomic since, by its stamp: whoever has seen it comes behind it.
    wrote: Option<u32>,
}

/// The loads of one atomic, the latest of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads(SmallVec<[Load; 4]>);

/// How many loads of an atomic are watched.
const LOADS: usize = 64;

impl Loads {
    /// A thread that has seen `current` loads the atomic, from a store with these causes.
    pub(super) fn add(&mut self, causes: &mut Causes, current: &mut View, of_store: &View, acquires: bool) {
        let Some(clock) = &mut causes.clock else { return };
        clock.loads += 1;
        current.raise(clock.index, clock.loads);
        causes.view.join(of_store);
        if self.0.len() == LOADS {
            self.0.remove(0);
        }
        self.0.push(Load { clock: *clock, acquires, wrote: None });
    }

    /// A thread stores to the atomic, behind the stores up to the one with the stamp `seen`. Returns what leads to the
    /// store, and whether one of the loads could have read it.
    pub(super) fn store(
        &mut self,
        causes: &Causes,
        current: &View,
        seen: u32,
        stamp: u32,
        releases: bool,
    ) -> (View, bool) {
        let Some(clock) = causes.clock else { return (View::default(), false) };
        let mut leading = causes.view.clone();
        leading.join(current);
        let could_read = self.0.iter().any(|load| {
            let Clock { index, loads } = load.clock;
            leading.get(index) >= loads
                && current.get(index) < loads
                && !(load.acquires && releases)
                && load.wrote.is_none_or(|wrote| wrote > seen)
        });
        for load in self.0.iter_mut().filter(|load| load.clock.index == clock.index) {
            load.wrote.get_or_insert(stamp);
        }
        (leading, could_read)
    }
}
