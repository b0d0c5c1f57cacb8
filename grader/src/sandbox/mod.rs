//! What each kind of child may do, and which layers of confinement the system has.
//!
//! [`limits`] has all the numbers. What is found out here by trying is named in every report, and a submission that
//! is not the user's own is graded only where it is enough.

mod limits;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

pub use limits::Limits;

use crate::confine::{self, FAILED, Grant, Layers, Program, Rlimits, Role, Spec};
use crate::error::Fault;
use crate::interrupt::Interrupt;
use crate::process::{self, Confinement, End, Job};
use crate::random;

/// What separates a submission's processes from the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Landlock, seccomp, and a network and System V objects of its own.
    Full,
    /// Landlock and seccomp.
    LandlockAndSeccomp,
    /// Only limits: good enough for one's own work.
    LimitsOnly,
}

/// The confinement of this grader's children.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    helper: Program,
    layers: Layers,
    pub limits: Limits,
}

/// What a compiler may reach.
pub(crate) struct Compiling<'a> {
    /// The compiler.
    pub rustc: &'a Path,
    /// Folders and files to read.
    pub sources: Vec<PathBuf>,
    /// Where it writes.
    pub out: &'a Path,
    /// Whether it calls a linker.
    pub links: bool,
}

/// Numbers of users from here on belong to nobody on usual systems.
const FIRST_UID: u32 = 0x4000_0000;

/// Folders with the programs and libraries of a system.
const OF_THE_SYSTEM: [&str; 9] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/opt", "/nix/store", "/gnu/store"];

impl Sandbox {
    /// Tries out which layers the system has, in a process that puts them on itself.
    ///
    /// # Errors
    /// When the helper is missing or cannot be run.
    pub(crate) fn find(limits: Limits, folder: &Path) -> Result<Self, Fault> {
        for helper in confine::programs() {
            let sandbox = Self { helper, layers: Layers::default(), limits };
            if let Some(layers) = sandbox.probe(folder)? {
                return Ok(Self { layers, ..sandbox });
            }
        }
        Err(Fault::NoHelper)
    }

    /// The layers that the helper finds; `None` if it is of another build.
    fn probe(&self, folder: &Path) -> Result<Option<Layers>, Fault> {
        let spec = Spec { role: Role::Probe, uid: Some(FIRST_UID), ..self.spec(Role::Probe, Vec::new())? };
        let mut job = Job::tool("", &[], folder);
        job.program.clone_from(&self.helper.path);
        job.args = vec![confine::ARGUMENT.into(), serde_json::json!(spec).to_string().into()];
        job.limits.wall = Duration::from_secs(60);
        let finished = process::run(&job, &Interrupt::default())
            .map_err(|error| error.into_fault(|source| Fault::io("run", &self.helper.path, source)))?;
        let output = String::from_utf8_lossy(&finished.stdout.bytes);
        let mut lines = output.lines();
        if lines.next() != Some(&confine::BUILD.to_string()) {
            return Ok(None);
        }
        let layers = lines.next().and_then(|line| serde_json::from_str(line).ok());
        // A layer whose trial ends the process does not hold.
        Ok(Some(layers.filter(|_| finished.end == End::Exited(0)).unwrap_or_default()))
    }

    pub(crate) fn tier(&self) -> Tier {
        match self.layers {
            Layers { files: true, calls: true, namespaces: true, .. } => Tier::Full,
            Layers { files: true, calls: true, namespaces: false, .. } => Tier::LandlockAndSeccomp,
            Layers { .. } => Tier::LimitsOnly,
        }
    }

    /// For the process of a check: its own binary and the libraries of the system, nothing else.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(crate) fn of_check(&self, binary: &Path, cpu: Duration) -> Result<Confinement, Fault> {
        let mut grants = vec![
            (binary.to_owned(), Grant::Run),
            (PathBuf::from("/dev/null"), Grant::List),
            (PathBuf::from("/etc/ld.so.cache"), Grant::Read),
        ];
        for library in &*LIBRARIES {
            let is_loader =
                library.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"ld"));
            if is_loader {
                grants.push((library.clone(), Grant::Run));
            }
            grants.extend(library.parent().map(|folder| (folder.to_owned(), Grant::Read)));
        }
        grants.sort_by(|one, other| one.0.cmp(&other.0));
        grants.dedup();
        let spec = self.spec(Role::Check, grants)?;
        let rlimits = Rlimits { cpu: cpu.as_secs().max(1), ..spec.rlimits };
        Ok(self.confinement(Spec { rlimits, ..spec }, self.limits.memory(), self.limits.threads))
    }

    /// For a compiler, and for the linker that it calls.
    ///
    /// # Errors
    /// When the system provides no random bytes.
    pub(crate) fn of_compiler(&self, compiling: Compiling<'_>) -> Result<Confinement, Fault> {
        let Compiling { rustc, sources, out, links } = compiling;
        let mut grants: Vec<_> = sources.into_iter().map(|path| (path, Grant::List)).collect();
        grants.push((out.to_owned(), Grant::Write));
        grants.push((PathBuf::from("/dev/null"), Grant::Write));
        for file in ["/dev/urandom", "/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo"] {
            grants.push((PathBuf::from(file), Grant::Read));
        }
        // …/bin/rustc belongs to what is in `…`.
        let toolchain = rustc.ancestors().nth(2).filter(|folder| folder.parent().is_some());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let system = OF_THE_SYSTEM.iter().map(PathBuf::from);
        if links || toolchain.is_none() {
            let programs = system.chain(std::env::split_paths(&path)).chain(toolchain.map(Path::to_owned));
            grants.extend(programs.map(|folder| (folder, Grant::Run)));
            let configuration = ["/etc/alternatives", "/etc/ld.so.conf", "/etc/ld.so.conf.d"];
            grants.extend(configuration.map(|path| (PathBuf::from(path), Grant::List)));
        } else {
            grants.extend(toolchain.map(|folder| (folder.to_owned(), Grant::Run)));
            let libraries = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nix/store", "/gnu/store"];
            grants.extend(libraries.map(|folder| (PathBuf::from(folder), Grant::Run)));
        }
        let spec = self.spec(Role::Compiler, grants)?;
        let rlimits = Rlimits {
            cpu: if links { 2 * self.limits.compile_cpu_seconds } else { self.limits.compile_cpu_seconds },
            file_size: self.limits.compiled_file_mib << 20,
            open_files: 4096,
            ..spec.rlimits
        };
        let layers = Layers { uid: false, ..spec.layers };
        let spec = Spec { rlimits, layers, ..spec };
        Ok(self.confinement(spec, self.limits.compile_memory_mib << 20, u64::MAX))
    }

    fn confinement(&self, spec: Spec, memory: u64, threads: u64) -> Confinement {
        Confinement {
            helper: self.helper.path.clone(),
            args: vec![confine::ARGUMENT.into(), serde_json::json!(spec).to_string().into()],
            failed: (i32::from(FAILED), spec.token),
            memory,
            threads,
            cpu: spec.rlimits.cpu,
        }
    }

    fn spec(&self, role: Role, grants: Vec<(PathBuf, Grant)>) -> Result<Spec, Fault> {
        Ok(Spec {
            token: random::word()?,
            role,
            layers: self.layers,
            grants,
            rlimits: Rlimits {
                cpu: self.limits.cpu_seconds,
                address_space: self.limits.address_space_mib << 20,
                file_size: self.limits.file_kib << 10,
                open_files: 64,
                threads: self.limits.threads,
            },
            uid: Some(FIRST_UID | random::number()? as u32 >> 4),
        })
    }
}

/// The libraries that this program itself is linked with. A check is linked with the same ones. They are looked for once:
/// while the system lists what a program has mapped, none of its threads can map anything.
static LIBRARIES: LazyLock<Vec<PathBuf>> = LazyLock::new(mapped_libraries);

fn mapped_libraries() -> Vec<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let files = maps.lines().filter_map(|line| Some(PathBuf::from(&line[line.find('/')?..])));
    let is_library = |file: &PathBuf| {
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains(".so"))
    };
    let mut libraries: Vec<PathBuf> = files.filter(is_library).collect();
    libraries.sort();
    libraries.dedup();
    libraries
}

#[cfg(test)]
mod tests;
