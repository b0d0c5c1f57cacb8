//! The helper's work, from its arguments to what it becomes.

use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use super::program::BUILD;
use super::rlimits;
use super::spec::{Role, Spec};

/// The exit code of a helper that could not become what was asked for; its message begins with the spec's token.
pub(crate) const FAILED: u8 = 121;

/// Does what `args` ask for: a [`Spec`] in JSON, a program, and its arguments.
pub(super) fn run(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let spec = args.next().and_then(|spec| serde_json::from_slice::<Spec>(spec.as_encoded_bytes()).ok());
    let Some(spec) = spec else {
        eprintln!("this is how the grader starts its children, and nothing to be called by hand");
        return ExitCode::from(FAILED);
    };
    if spec.role == Role::Probe {
        // First, since a trial may end this process.
        println!("{BUILD}");
        println!("{}", serde_json::json!(probe(&spec)));
        return ExitCode::SUCCESS;
    }
    let program = args.map(|arg| CString::new(arg.into_vec())).collect::<Result<Vec<_>, _>>();
    let Err(error) = program.map_err(io::Error::other).and_then(|program| become_it(&spec, &program));
    eprintln!("{}{error}", spec.token);
    ExitCode::from(FAILED)
}

#[cfg(target_os = "linux")]
fn become_it(spec: &Spec, program: &[CString]) -> io::Result<Infallible> {
    use nix::fcntl::{OFlag, open};
    use nix::sys::stat::Mode;

    use super::{calls, files, identity};

    let path = program.first().ok_or(io::ErrorKind::InvalidInput)?;
    let layers = spec.layers;
    close_inherited();
    if layers.namespaces {
        identity::enter_namespaces()?;
    }
    let rules = layers.files.then(|| files::rules(&spec.grants)).transpose()?;
    // As another user, there may be no way to this file; an open one can be run all the same.
    let opened = match spec.role {
        Role::Check => Some(open(path.as_c_str(), OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?),
        Role::Compiler | Role::Probe => None,
    };
    rlimits::set(&spec.rlimits, false)?;
    if let Some(uid) = spec.uid.filter(|_| layers.uid) {
        let own_number = identity::become_user(uid)?;
        rlimits::set(&spec.rlimits, own_number)?;
    }
    identity::give_up_capabilities(spec.role == Role::Compiler)?;
    // After the change of user, which takes it back.
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    nix::sys::prctl::set_no_new_privs()?;
    if let Some(rules) = rules {
        rules.enforce()?;
    }
    if layers.calls {
        match spec.role {
            Role::Check => calls::confine_check()?,
            Role::Compiler | Role::Probe => calls::confine_compiler()?,
        }
    }
    match opened {
        // It does not see by its name where it is, and so who asks for it.
        Some(file) => {
            let mut named = program.to_vec();
            named[0] = c"check".to_owned();
            Ok(nix::unistd::fexecve(file, &named, &environment())?)
        }
        None => Ok(nix::unistd::execvp(path, program)?),
    }
}

#[cfg(not(target_os = "linux"))]
fn become_it(spec: &Spec, program: &[CString]) -> io::Result<Infallible> {
    let path = program.first().ok_or(io::ErrorKind::InvalidInput)?;
    close_inherited();
    rlimits::set(&spec.rlimits, false)?;
    Ok(nix::unistd::execvp(path, program)?)
}

#[cfg(target_os = "linux")]
fn environment() -> Vec<CString> {
    let variable = |(mut name, value): (OsString, OsString)| {
        name.push("=");
        name.push(value);
        CString::new(name.into_vec()).ok()
    };
    std::env::vars_os().filter_map(variable).collect()
}

/// Closes what the grader had open when it was started itself, except for the three standard streams.
fn close_inherited() {
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let numbers: Vec<i32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        // The one that read the list is closed already.
        let _ = nix::unistd::close(number);
    }
}

/// Tries each layer on this process, in the order in which they are put on, and whether it holds.
#[cfg(target_os = "linux")]
fn probe(spec: &Spec) -> super::spec::Layers {
    use super::{calls, files, identity};

    let namespaces = identity::enter_namespaces().is_ok();
    let rules = files::rules(&[]);
    let uid = spec.uid.is_some_and(|uid| identity::become_user(uid).is_ok());
    let files = nix::sys::prctl::set_no_new_privs().is_ok()
        && rules.and_then(files::Rules::enforce).is_ok()
        && std::fs::read_dir("/").is_err()
        && std::fs::read_dir("/proc/self/task").is_ok();
    let refused = || nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUTS) == Err(nix::Error::EPERM);
    let calls = calls::confine_check().is_ok() && refused();
    super::spec::Layers { files, calls, namespaces, uid }
}

#[cfg(not(target_os = "linux"))]
fn probe(_spec: &Spec) -> super::spec::Layers {
    super::spec::Layers::default()
}
