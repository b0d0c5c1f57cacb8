//! Which program is the helper.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A program that is the helper, if it is of this [`BUILD`].
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// What it is started by.
    pub path: PathBuf,
    /// What it was when it was found: another build may replace the file while children are started.
    _file: Option<Arc<File>>,
}

impl Program {
    /// The one at `path`, whatever that is when a child is started.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, _file: None }
    }
}

/// The name of the helper beside the program that grades.
const BESIDE: &str = "confined-child";

/// Whether this program begins with [`enter`](super::enter).
pub(super) static IS_HELPER: AtomicBool = AtomicBool::new(false);

/// What could be the helper, the better one first. The program that grades can be it itself, but it is large: the system
/// takes longer to start it than a small check takes to run.
pub(crate) fn programs() -> Vec<Program> {
    beside().into_iter().chain(this_program()).collect()
}

fn beside() -> Option<Program> {
    let own = std::env::current_exe().ok()?;
    let name = format!("{BESIDE}{}", std::env::consts::EXE_SUFFIX);
    let path =
        own.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|file| file.is_file())?;
    let file = File::open(&path).ok()?;
    #[cfg(target_os = "linux")]
    let path = PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file)));
    Some(Program { path, _file: Some(Arc::new(file)) })
}

fn this_program() -> Option<Program> {
    if !IS_HELPER.load(Ordering::Relaxed) {
        return None;
    }
    // The program that runs now, even if its file has been replaced since it was started.
    let running = PathBuf::from("/proc/self/exe");
    let is_known = cfg!(target_os = "linux") && running.exists();
    if is_known { Some(running) } else { std::env::current_exe().ok() }.map(Program::at)
}

/// Says what the helper is made of. A file beside this program may be of another build, which knows other words.
pub(crate) const BUILD: u64 = hash(&[
    include_bytes!("calls.rs"),
    include_bytes!("files.rs"),
    include_bytes!("helper.rs"),
    include_bytes!("identity.rs"),
    include_bytes!("mod.rs"),
    include_bytes!("program.rs"),
    include_bytes!("rlimits.rs"),
    include_bytes!("spec.rs"),
]);

/// FNV-1a, which a compiler can compute.
const fn hash(sources: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut source = 0;
    while source < sources.len() {
        let mut at = 0;
        while at < sources[source].len() {
            hash = (hash ^ sources[source][at] as u64).wrapping_mul(0x100_0000_01b3);
            at += 1;
        }
        source += 1;
    }
    hash
}
