//! Sequentially consistent programs over every primitive: random programs, a reference machine that takes the finest
//! steps, and the explorer.

mod code;
mod corpus;
mod ends;
mod explore;
mod generate;
mod journal;
mod passing;
mod program;
mod run;
mod smaller;
mod state;
mod step;
mod text;

use std::sync::Arc;

use crate::compare::{Reference, Subject};
use crate::known::Known;
use crate::search::Runner;
use code::compile;
pub use corpus::corpus;
use explore::{Outcome, explore};
pub use generate::program as random_program;
use journal::Journal;
pub use program::Program;
use run::run;
use state::{Grain, Machine};

impl Subject for Program {
    type Outcome = Outcome;

    fn runner(&self) -> Runner<Outcome> {
        let program = Arc::new(self.clone());
        let journal = Journal::default();
        let stuck = journal.clone();
        Runner {
            run: Box::new(move || {
                run(&program, &journal);
                Outcome { deadlock: false, notes: journal.notes() }
            }),
            stuck: Box::new(move || Outcome { deadlock: true, notes: stuck.notes() }),
        }
    }

    fn reference(&self) -> Option<Reference<Outcome>> {
        let steps =
            |grain, finest| explore(&Machine { program: self, code: compile(self), grain, finest }).ok();
        let coarse = steps(Grain::Coarse, false)?;
        let (grain, within) = match coarse.looks {
            Some(_) => (Grain::Fine, steps(Grain::Fine, false)?),
            None => (Grain::Coarse, coarse),
        };
        let finest = steps(grain, true)?;
        let allowed = finest.outcomes.into_keys().collect();
        Some(Reference { within: within.outcomes, allowed, limited: false, names_limits: false })
    }

    fn smaller(&self) -> Vec<Program> {
        Program::smaller(self)
    }

    fn is_deadlock(outcome: &Outcome) -> bool {
        outcome.deadlock
    }

    fn known() -> Vec<Known<Program>> {
        Vec::new()
    }
}
