//! The limits that the system holds a process to by itself.

use nix::Result;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::spec::Rlimits;

/// Sets them, for good. `counts_threads` where nothing else runs as this user.
pub(super) fn set(limits: &Rlimits, counts_threads: bool) -> Result<()> {
    lower(Resource::RLIMIT_CORE, 0)?;
    // At the first the process gets SIGXCPU, which says why it was ended; at the second SIGKILL.
    let (_, most) = getrlimit(Resource::RLIMIT_CPU)?;
    setrlimit(Resource::RLIMIT_CPU, limits.cpu.min(most), (limits.cpu + 2).min(most))?;
    lower(Resource::RLIMIT_FSIZE, limits.file_size)?;
    lower(Resource::RLIMIT_NOFILE, limits.open_files)?;
    // On other systems a process may have more mapped at its start than it may ask for later.
    if cfg!(target_os = "linux") {
        lower(Resource::RLIMIT_AS, limits.address_space)?;
    }
    #[cfg(target_os = "linux")]
    {
        lower(Resource::RLIMIT_MEMLOCK, 0)?;
        lower(Resource::RLIMIT_MSGQUEUE, 0)?;
        if counts_threads {
            lower(Resource::RLIMIT_NPROC, limits.threads)?;
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = counts_threads;
    Ok(())
}

fn lower(resource: Resource, to: u64) -> Result<()> {
    let (_, most) = getrlimit(resource)?;
    let to = to.min(most);
    setrlimit(resource, to, to)
}
