//! What only the compiler judges: the public items, what must compile, and what must not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::ExerciseRun;
use crate::build::Build;
use crate::build::contract::Signature;
use crate::check::{Outcome, Ran};
use crate::error::Fault;
use crate::event::Compilation;
use crate::report::{CheckReport, Diagnostic, FailureKind};
use crate::suite::{Contract, Entry, Expect, Selection};
use crate::trace::Execution;

impl ExerciseRun<'_> {
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
        entry: &Entry<'_>,
        contract: &Contract,
    ) -> Result<CheckReport, Fault> {
        let started = Instant::now();
        let compiled = build.against_contract(&format!("{}.rs", contract.name), &|| self.started(entry))?;
        let errors = || {
            compiled.errors().map(|error| error.text.as_str()).next().unwrap_or("the compiler gave no reason")
        };
        let failure = match &contract.expect {
            Expect::Compiles if compiled.success => None,
            Expect::Compiles => {
                Some((FailureKind::DoesNotCompile, format!("it must compile, but does not: {}", errors())))
            }
            Expect::Refused { .. } if compiled.success => {
                Some((FailureKind::Compiles, "it compiles, but the compiler should reject it".to_owned()))
            }
            Expect::Refused { code } if compiled.errors().any(|error| error.code.as_ref() == Some(code)) => {
                None
            }
            Expect::Refused { code } => {
                let message = format!(
                    "the compiler rejects it, but not for the expected reason ({code}): {}",
                    errors()
                );
                Some((FailureKind::DoesNotCompile, message))
            }
        };
        let outcome = match failure {
            None => Outcome::Passed { coverage: None, example: None },
            Some((kind, message)) => {
                Outcome::Failed { kind, message, execution: Execution::default(), coverage: None }
            }
        };
        Ok(self.reported(entry, Ran { outcome, duration: started.elapsed() }))
    }
}
