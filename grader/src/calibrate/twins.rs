//! That a program which behaves only under the model fails on real threads.

use super::malformed;
use crate::error::Fault;
use crate::mutant::Mutant;
use crate::report::Engine;
use crate::suite::Suite;

/// How the names of the mutants begin that behave under the model, and fail at the twins of a suite.
const PROOF: &str = "behaves_only_under_the_model";

/// Proves that each check that only the model runs has a twin, or a reason to have none, and that each twin catches a
/// mutant that behaves only under the model: the grading of the mutant shows it.
///
/// # Errors
/// With the first that lacks one.
pub(super) fn prove(suite: &Suite, mutants: &[Mutant]) -> Result<(), Fault> {
    let fault = |message: &str| Err(malformed(&suite.folder.join("suite.toml"), message));
    if let Some(message) = suite.without_twin() {
        return fault(&message);
    }
    let mut caught = Vec::new();
    for mutant in mutants.iter().filter(|mutant| mutant.name.starts_with(PROOF)) {
        caught.extend(mutant.caught_by(suite)?);
    }
    let catches =
        |twin: &str| caught.iter().any(|check| check.name == twin && check.engine == Engine::Stress);
    match suite.twins.checks().find(|twin| !catches(twin)) {
        None => Ok(()),
        Some(twin) => fault(&format!("no mutant `{PROOF}…` is caught by the twin `{twin}`")),
    }
}
