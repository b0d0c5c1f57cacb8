//! What can be reached in the file system, by Landlock. Where the kernel knows more than files, nothing can be
//! reached of that either: no port, no abstract socket, no process to send a signal to.

use std::io;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use super::spec::Grant;

/// The newest rules that are asked for. An older kernel enforces those that it knows.
const NEWEST: ABI = ABI::V6;

/// Rules that are ready to be enforced.
pub(super) struct Rules(RulesetCreated);

/// Opens everything that is granted. The process's own entry in `/proc` is granted as well: checks watch their own
/// threads. It stays open, since the rule holds only as long as the kernel remembers that entry.
///
/// # Errors
/// Where there is no Landlock.
pub(super) fn rules(grants: &[(PathBuf, Grant)]) -> io::Result<Rules> {
    let all = AccessFs::from_all(NEWEST);
    let mut ruleset = Ruleset::default()
        .handle_access(all)
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .map_err(io::Error::other)?;
    for (path, grant) in grants {
        let rules = path_beneath_rules([path], access(*grant, all));
        ruleset = ruleset.add_rules(rules).map_err(io::Error::other)?;
    }
    let own = open("/proc/self", OFlag::O_PATH | OFlag::O_DIRECTORY, Mode::empty())?;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    ruleset = ruleset.add_rule(PathBeneath::new(&own, read)).map_err(io::Error::other)?;
    std::mem::forget(own);
    Ok(Rules(ruleset))
}

fn access(grant: Grant, all: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    match grant {
        Grant::Read => AccessFs::ReadFile.into(),
        Grant::List => AccessFs::ReadFile | AccessFs::ReadDir,
        Grant::Run => AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute,
        Grant::Write => all & !(AccessFs::Execute | AccessFs::IoctlDev),
    }
}

impl Rules {
    /// Enforces them, for good.
    ///
    /// # Errors
    /// Where the kernel has no Landlock, or it is switched off.
    pub(super) fn enforce(self) -> io::Result<()> {
        let status = self.0.restrict_self().map_err(io::Error::other)?;
        match status.ruleset {
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
            RulesetStatus::NotEnforced => Err(io::Error::other("the kernel has no Landlock")),
        }
    }
}
