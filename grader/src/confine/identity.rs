//! Who a process is: its namespaces, its user, its capabilities.

use std::fs;
use std::io;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, setresgid, setresuid};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

/// The user that owns nothing, where a number of one's own cannot be had.
const NOBODY: u32 = 65_534;

/// A network without any interface, and System V objects and message queues of its own.
///
/// # Errors
/// Where the system does not let this process have them.
pub(super) fn enter_namespaces() -> io::Result<()> {
    let own = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWIPC;
    if geteuid().is_root() && unshare(own).is_ok() {
        return Ok(());
    }
    let (uid, gid) = (geteuid(), getegid());
    unshare(own | CloneFlags::CLONE_NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))
}

/// Becomes the user `uid`, or nobody where there is no such number here. Returns whether the number is that one.
///
/// # Errors
/// Where this process may not choose.
pub(super) fn become_user(uid: u32) -> io::Result<bool> {
    setgroups(&[])?;
    let become_number = |number: u32| -> nix::Result<()> {
        let (uid, gid) = (Uid::from_raw(number), Gid::from_raw(number));
        setresgid(gid, gid, gid)?;
        setresuid(uid, uid, uid)
    };
    if become_number(uid).is_ok() {
        return Ok(true);
    }
    become_number(NOBODY)?;
    Ok(false)
}

/// Gives up all capabilities but those to read files, which Landlock bounds.
///
/// # Errors
/// Where the system has none.
pub(super) fn give_up_capabilities(keep_files: bool) -> io::Result<()> {
    let own = capabilities(None)?;
    let files = CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
    let kept = if keep_files { own.permitted & files } else { CapabilitySet::empty() };
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    Ok(set_capabilities(None, sets)?)
}
