use core::cmp::Ordering;
use real::boxed::Box;
use real::vec::Vec;

use super::Strategy;
use crate::explore::path::{Choice, Diverged, Path};
use crate::explore::visited::{Step, Visited};

/// Every execution: a depth-first search through the tree of choices (Godefroid, "Model Checking for Programming
/// Languages using VeriSoft", POPL 1997), in passes. Each allows one more preemption than the one before, and begins where
/// that one had to leave alternatives out ("Iterative Context Bounding", Musuvathi and Qadeer, PLDI 2007).
#[derive(Debug)]
pub(crate) struct Exhaustive {
    path: Path,
    /// `None`: states are not recognised.
    visited: Option<Visited>,
    /// Where the pass has yet to begin, the last one first.
    left: Vec<Postponed>,
    /// Where the next pass begins.
    postponed: Vec<Postponed>,
    /// How many of them there may be.
    room: usize,
    /// There were more.
    overflows: bool,
    /// So there were of the pass before: this one is not whole.
    is_cut: bool,
}

/// The beginning of executions that take one more preemption than the pass allows.
#[derive(Debug)]
struct Postponed {
    choices: Box<[Choice]>,
    /// The step that the last choice leads to. `None`: it is a choice within a step, or steps are not recognised.
    step: Option<Step>,
}

impl Exhaustive {
    /// The first pass. With `remember`, states are recognised. Up to `room` alternatives are kept for the next one.
    pub(crate) fn new(remember: bool, room: usize) -> Self {
        Exhaustive {
            path: Path::default(),
            visited: remember.then(Visited::default),
            left: Vec::new(),
            postponed: Vec::new(),
            room,
            overflows: false,
            is_cut: false,
        }
    }

    /// Goes on to what was postponed. `false`: nothing is left of it.
    fn begin_postponed(&mut self) -> bool {
        let visited = &self.visited;
        let is_over = |step: Step| visited.as_ref().is_some_and(|visited| visited.reached_with_fewer(step));
        while let Some(Postponed { choices, step }) = self.left.pop() {
            if !step.is_some_and(is_over) {
                self.path = Path::behind(&choices);
                return true;
            }
        }
        false
    }
}

impl Strategy for Exhaustive {
    fn path(&self) -> &Path {
        &self.path
    }

    fn choose(&mut self, options: usize) -> Result<usize, Diverged> {
        self.path.choose(options, || 0)
    }

    fn recognises_steps(&self) -> bool {
        self.visited.is_some() && !self.path.is_repeating()
    }

    fn choose_step(&mut self, steps: &[Step]) -> Option<usize> {
        let known = self.visited.as_mut().map(|visited| visited.known(steps)).unwrap_or_default();
        self.path.choose_unknown(steps.len(), known)
    }

    fn postpone(&mut self, options: usize, steps: &[Step]) -> Result<(), Diverged> {
        if self.room == 0 {
            return Ok(());
        }
        let repeats = self.path.is_repeating();
        self.path.choose_within_bound(options)?;
        if repeats {
            return Ok(());
        }
        for alternative in 1..options {
            let step = steps.get(alternative).copied();
            if let (Some(step), Some(visited)) = (step, &mut self.visited)
                && visited.knows(step)
            {
                continue;
            }
            if self.postponed.len() == self.room {
                self.overflows = true;
                break;
            }
            let choices = self.path.with_last(alternative as u8);
            self.postponed.push(Postponed { choices, step });
        }
        Ok(())
    }

    fn advance(&mut self) -> bool {
        self.path.backtrack() || self.begin_postponed()
    }

    fn deepen(&mut self, room: usize) -> bool {
        self.left = core::mem::take(&mut self.postponed);
        // As one depth-first search would come to them.
        self.left.sort_unstable_by(|a, b| by_choices(&b.choices, &a.choices));
        self.room = room;
        self.is_cut |= core::mem::take(&mut self.overflows);
        self.begin_postponed()
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// The order in which a depth-first search comes to choices.
fn by_choices(a: &[Choice], b: &[Choice]) -> Ordering {
    let taken = |choice: &Choice| choice.taken;
    a.iter().map(taken).cmp(b.iter().map(taken))
}
