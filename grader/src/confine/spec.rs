//! What the helper is asked for.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything that the helper does to itself before it becomes another program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// Begins what the helper says about its own failures. What it becomes never sees it, so it cannot pretend.
    pub token: String,
    pub role: Role,
    pub layers: Layers,
    /// The files and folders that can be reached, and what for. Where one does not exist, nothing is.
    pub grants: Vec<(PathBuf, Grant)>,
    pub rlimits: Rlimits,
    /// The user to become, where the helper may choose.
    pub uid: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    /// Code of a submission: one process, some threads, no world.
    Check,
    /// A compiler or a linker: other processes, but no network.
    Compiler,
    /// Nothing is run: says which layers hold.
    Probe,
}

/// The layers of confinement beside the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layers {
    /// Landlock.
    pub files: bool,
    /// seccomp.
    pub calls: bool,
    /// A network and System V objects of its own.
    pub namespaces: bool,
    /// Another user.
    pub uid: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Grant {
    /// Files are read, folders are not listed.
    Read,
    /// Files are read and folders are listed.
    List,
    /// The same, and programs are run.
    Run,
    /// Everything but running.
    Write,
}

/// The limits that the system itself holds a process to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Rlimits {
    /// Seconds of CPU time.
    pub cpu: u64,
    /// Bytes of address space.
    pub address_space: u64,
    /// Bytes of each file that is written.
    pub file_size: u64,
    pub open_files: u64,
    /// Threads and processes of the user that the process becomes. Of no use for a user with other processes.
    pub threads: u64,
}
