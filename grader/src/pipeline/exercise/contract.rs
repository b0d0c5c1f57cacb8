//! What only the compiler judges: the public items, what must compile, and what must not.
//!
//! A compiler takes longer to start than to read a small file. So all files that must compile are one crate first, and
//! all that must not are another one. Each is a crate of its own only where that is not as it must be.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{ExerciseRun, Judged};
use crate::build::contract::Signature;
use crate::build::{Build, Compiled};
use crate::check::{Cause, Outcome, Ran};
use crate::error::Fault;
use crate::event::Compilation;
use crate::report::Diagnostic;
use crate::suite::{Contract, Entry, Expect, Selection};

/// The public items, each in a function.
const SIGNATURE: &str = "signature.rs";

type Asked<'a> = (Entry<'a>, &'a Contract);

impl<'a> ExerciseRun<'a> {
    /// What is missing or differs in the public items, and what comes of the contracts that must compile.
    pub(super) fn accepted(
        &self,
        build: &Build<'_>,
        abandoned: &AtomicBool,
    ) -> Result<(Vec<Diagnostic>, Vec<Judged<'a>>), Fault> {
        let contracts: Vec<Asked<'a>> =
            self.contracts().filter(|(_, contract)| contract.expect == Expect::Compiles).collect();
        let has_signature = self.asks_for_the_signature();
        let signature = has_signature.then(|| SIGNATURE.to_owned());
        let files: Vec<String> =
            signature.into_iter().chain(contracts.iter().map(|(_, contract)| file(contract))).collect();
        if files.len() > 1 {
            let compiled = self.compiling(Compilation::Signature, |begins| {
                build.against_contracts("accepted", &files, &|| {
                    begins();
                    self.all_started(&contracts);
                })
            })?;
            if compiled.success {
                return Ok((Vec::new(), self.all_passed(&contracts, &compiled, files.len())));
            }
        }
        let differences = if has_signature { self.signature(build, abandoned)? } else { Vec::new() };
        let judged = contracts.into_iter().map(|(entry, contract)| self.contract(build, entry, contract));
        Ok((differences, judged.collect::<Result<_, _>>()?))
    }

    /// What comes of the contracts that must not compile.
    pub(super) fn refused(&self, build: &Build<'_>) -> Result<Vec<Judged<'a>>, Fault> {
        let contracts: Vec<Asked<'a>> =
            self.contracts().filter(|(_, contract)| contract.expect != Expect::Compiles).collect();
        if contracts.len() > 1 {
            let files: Vec<String> = contracts.iter().map(|(_, contract)| file(contract)).collect();
            let compiled = build.against_contracts("refused", &files, &|| self.all_started(&contracts))?;
            // rustc may not come as far as to an error of one file where it has found one of another kind elsewhere.
            if contracts.iter().all(|(_, contract)| is_refused(contract, &compiled)) {
                return Ok(self.all_passed(&contracts, &compiled, files.len()));
            }
        }
        contracts.into_iter().map(|(entry, contract)| self.contract(build, entry, contract)).collect()
    }

    /// Whether the public items are to be compared.
    fn asks_for_the_signature(&self) -> bool {
        // Proving that single checks catch a mutant needs no more than that it compiles.
        let is_proof = matches!(self.selection, Selection::Only(_)) && !self.is_for_the_model();
        !is_proof && self.suite.signature().is_file()
    }

    /// What is missing or differs in the public items.
    fn signature(&self, build: &Build<'_>, abandoned: &AtomicBool) -> Result<Vec<Diagnostic>, Fault> {
        let compiled =
            self.compiling(Compilation::Signature, |begins| build.against_contract(SIGNATURE, begins))?;
        if compiled.success {
            return Ok(Vec::new());
        }
        abandoned.store(true, Ordering::Relaxed);
        Ok(Signature::read(&self.suite.signature())?.differences(&compiled))
    }

    fn contract(
        &self,
        build: &Build<'_>,
        entry: Entry<'a>,
        contract: &Contract,
    ) -> Result<Judged<'a>, Fault> {
        let compiled = build.against_contract(&file(contract), &|| self.started(&entry))?;
        let error = || compiled.errors().map(|error| error.text.clone()).next();
        let cause = match &contract.expect {
            Expect::Compiles if compiled.success => None,
            Expect::Compiles => Some(Cause::DoesNotCompile { error: error() }),
            Expect::Refused { .. } if compiled.success => Some(Cause::Compiles),
            Expect::Refused { .. } if is_refused(contract, &compiled) => None,
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

    fn all_started(&self, contracts: &[Asked<'a>]) {
        contracts.iter().for_each(|(entry, _)| self.started(entry));
    }

    /// Each took its part of the time in which `files` were compiled together.
    fn all_passed(&self, contracts: &[Asked<'a>], compiled: &Compiled, files: usize) -> Vec<Judged<'a>> {
        let files = u32::try_from(files).unwrap_or(u32::MAX);
        let judged = contracts.iter().map(|(entry, _)| {
            let outcome = Outcome::Passed { coverage: None, execution: None };
            self.judged(*entry, Ran { outcome, duration: compiled.duration / files, differs: None })
        });
        judged.collect()
    }
}

/// The name under which a contract is staged.
fn file(contract: &Contract) -> String {
    format!("{}.rs", contract.name)
}

/// Whether an error that the contract expects is in its file.
fn is_refused(contract: &Contract, compiled: &Compiled) -> bool {
    let Expect::Refused { code } = &contract.expect else { return false };
    let file = file(contract);
    compiled
        .errors()
        .any(|error| error.code.as_ref() == Some(code) && error.places.iter().any(|place| place.file == file))
}
