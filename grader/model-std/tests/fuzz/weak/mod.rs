//! Atomic operations under the C11 memory model: random programs, their executions by the axioms of RC11, and the
//! explorer.

mod axioms;
mod corpus;
mod executions;
mod generate;
mod graph;
mod limits;
mod program;
mod relation;
mod run;
mod shapes;

use crate::compare::{Reference, Subject};
use crate::known::Known;
use crate::search::Runner;
pub use corpus::corpus;
pub use generate::program as random_program;
use program::Notes;
pub use program::Program;

impl Subject for Program {
    type Outcome = Notes;

    fn runner(&self) -> Runner<Notes> {
        let program = self.clone();
        Runner {
            run: Box::new(move || run::run(&program)),
            stuck: Box::new(|| unreachable!("atomic operations do not block")),
        }
    }

    fn reference(&self) -> Option<Reference<Notes>> {
        let within = executions::within(self, limits::EXPLORER);
        Some(Reference { within, allowed: executions::allowed(self), limited: true, names_limits: true })
    }

    fn smaller(&self) -> Vec<Program> {
        Program::smaller(self)
    }

    fn is_deadlock(_: &Notes) -> bool {
        false
    }

    fn known() -> Vec<Known<Program>> {
        Vec::new()
    }
}
