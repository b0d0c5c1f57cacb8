//! That no verdict is luck, and no program behaves only where it is looked at: what one engine alone runs has a twin with
//! the other.

use super::malformed;
use crate::error::Fault;
use crate::mutant::Mutant;
use crate::report::Engine;
use crate::suite::{CheckId, Suite};

/// How the names of the mutants begin that behave under the model, and fail at the twins of a suite.
const PROOF: &str = "behaves_only_under_the_model";

/// Proves that each check that one engine alone runs has a twin, or a reason to have none; that each twin on real threads
/// catches a mutant that behaves only under the model, and each twin in the model some mutant: the gradings show it.
///
/// # Errors
/// With the first that lacks one.
pub(super) fn prove(suite: &Suite, mutants: &[Mutant]) -> Result<(), Fault> {
    let fault = |message: &str| Err(malformed(&suite.folder.join("suite.toml"), message));
    if let Some(message) = suite.without_twin() {
        return fault(&message);
    }
    let mut caught = Vec::new();
    let mut caught_though_it_behaves = Vec::new();
    for mutant in mutants {
        let checks = mutant.caught_by(suite)?;
        if mutant.name.starts_with(PROOF) {
            caught_though_it_behaves.extend(checks);
        } else {
            caught.extend(checks);
        }
    }
    let among = |checks: &[CheckId], twin: &str, engine: Engine| {
        checks.iter().any(|check| check.name == twin && check.engine == engine)
    };
    let mut on_real_threads = suite.twins.checks();
    if let Some(twin) = on_real_threads.find(|twin| !among(&caught_though_it_behaves, twin, Engine::Stress)) {
        return fault(&format!("no mutant `{PROOF}…` is caught by the twin `{twin}`"));
    }
    match suite.modelled.checks().find(|twin| !among(&caught, twin, Engine::Model)) {
        None => Ok(()),
        Some(twin) => fault(&format!("no mutant is caught by the twin `{twin}` in the model")),
    }
}
