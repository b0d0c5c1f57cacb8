//! The one place where a child is configured. Compilers and checks become what they are by way of the helper, which
//! confines itself first.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::{Ceiling, Confinement, End, Job, Stdin};

pub(super) struct Child {
    pub process: std::process::Child,
    pub pid: Pid,
    /// The parent's end of a conversation.
    pub socket: Option<UnixStream>,
}

pub(super) fn launch(job: &Job) -> io::Result<Child> {
    let (stdin, socket) = match job.stdin {
        Stdin::Empty => (Stdio::null(), None),
        Stdin::Dialogue(_) => {
            let (ours, theirs) = UnixStream::pair()?;
            (Stdio::from(OwnedFd::from(theirs)), Some(ours))
        }
    };
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    let mut command = match &job.confinement {
        None => Command::new(&job.program),
        Some(confinement) => {
            let mut helper = Command::new(&confinement.helper);
            helper.args(&confinement.args).arg(&job.program);
            helper
        }
    };
    let process = command
        .args(&job.args)
        .current_dir(&job.folder)
        .env_clear()
        .envs(job.env.iter().map(|(name, value)| (name, value)))
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(if job.shows_errors { Stdio::inherit() } else { Stdio::piped() })
        // A group of its own, so that all of it can be ended at once.
        .process_group(0)
        .spawn()?;
    let pid = Pid::from_raw(i32::try_from(process.id()).map_err(io::Error::other)?);
    Ok(Child { process, pid, socket })
}

pub(super) fn end_of(status: ExitStatus, confinement: Option<&Confinement>) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, Some(signal)) => match (confinement, Signal::try_from(signal)) {
            (Some(confinement), Ok(Signal::SIGXCPU)) => {
                End::Exceeded(Ceiling::CpuTime { seconds: confinement.cpu })
            }
            (Some(_), Ok(Signal::SIGXFSZ)) => End::Exceeded(Ceiling::FileSize),
            (Some(_), Ok(Signal::SIGSYS)) => End::OpenedSocket,
            (Some(_) | None, _) => End::Signalled(signal),
        },
        // A process that was waited for has either exited or been signalled.
        (None, None) => End::Exited(-1),
    }
}
