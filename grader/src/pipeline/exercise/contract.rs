//! What only the compiler judges: the public items, what must compile, and what must not.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{ExerciseRun, Judged};
use crate::build::Build;
use crate::build::contract::Signature;
use crate::check::{Cause, Outcome, Ran};
use crate::error::Fault;
use crate::event::Compilation;
use crate::report::Diagnostic;
use crate::suite::{Contract, Entry, Expect, Selection};

impl<'a> ExerciseRun<'a> {
    /// What is missing or differs in the public items.
    pub(super) fn signature(
        &self,
        build: &Build<'_>,
        abandoned: &AtomicBool,
    ) -> Result<Vec<Diagnostic>, Fault> {
        // Proving that single checks catch a mutant needs no more than that it compiles.
        if matches!(self.selection, Selection::Only(_)) && !self.is_for_the_model() {
            return Ok(Vec::new());
        }
        let file = self.suite.signature();
        if !file.is_file() {
            return Ok(Vec::new());
        }
        let compiled =
            self.compiling(Compilation::Signature, |begins| build.against_contract("signature.rs", begins))?;
        if compiled.success {
            return Ok(Vec::new());
        }
        abandoned.store(true, Ordering::Relaxed);
        Ok(Signature::read(&file)?.differences(&compiled))
    }

    pub(super) fn contract(
        &self,
        build: &Build<'_>,
        entry: Entry<'a>,
        contract: &Contract,
    ) -> Result<Judged<'a>, Fault> {
        let compiled = build.against_contract(&format!("{}.rs", contract.name), &|| self.started(&entry))?;
        let error = || compiled.errors().map(|error| error.text.clone()).next();
        let cause = match &contract.expect {
            Expect::Compiles if compiled.success => None,
            Expect::Compiles => Some(Cause::DoesNotCompile { error: error() }),
            Expect::Refused { .. } if compiled.success => Some(Cause::Compiles),
            Expect::Refused { code } if compiled.errors().any(|error| error.code.as_ref() == Some(code)) => {
                None
            }
            Expect::Refused { code } => {
                Some(Cause::RejectedForAnotherReason { expected: code.clone(), error: error() })
            }
        };
        let outcome = match cause {
            None => Outcome::Passed { coverage: None, execution: None },
            Some(cause) => Outcome::Failed { cause, execution: None, coverage: None },
        };
        Ok(self.judged(entry, Ran { outcome, duration: compiled.duration, differs: None }))
    }
}
