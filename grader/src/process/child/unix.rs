//! The one place where a child is configured, on Unix. Compilers and checks become what they are by way of the helper,
//! which confines itself first.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::{Ceiling, Confinement, CpuTime, End, Job, Stdin};

/// A process, and the group that it leads.
pub(super) struct Child {
    process: std::process::Child,
    pid: Pid,
    /// What the system calls it.
    pub number: u32,
    pub stdout: Option<ChildStdout>,
    pub stderr: Option<ChildStderr>,
    /// The parent's end of a dialogue.
    socket: Option<Channel>,
}

/// A way to the child and back.
pub(super) type Channel = UnixStream;

impl Child {
    pub(super) fn launch(job: &Job) -> io::Result<Self> {
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
        let mut process = command
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
        let number = process.id();
        let pid = Pid::from_raw(i32::try_from(number).map_err(io::Error::other)?);
        let (stdout, stderr) = (process.stdout.take(), process.stderr.take());
        Ok(Self { process, pid, number, stdout, stderr, socket })
    }

    /// What returns the way to the child, if there is to be one.
    pub(super) fn channel(&mut self) -> Option<impl FnOnce() -> Option<Channel> + Send + use<>> {
        self.socket.take().map(|socket| || Some(socket))
    }

    /// Sends word as soon as the child has ended, without reaping it.
    pub(super) fn announce_end(&self, announce: impl FnOnce() + Send + 'static) {
        let Some(pid) = rustix::process::Pid::from_raw(self.pid.as_raw()) else { return };
        thread::spawn(move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
            announce();
        });
    }

    /// Ends what still runs of it, and says how it ended itself.
    pub(super) fn finish(mut self, confinement: Option<&Confinement>) -> io::Result<(End, CpuTime)> {
        // Whatever the child left behind dies with it. It is not reaped yet, so its group is still its own.
        // An error says that the group is gone, which is what is wanted.
        let _ = killpg(self.pid, Signal::SIGKILL);
        let cpu = CpuTime::of(self.number);
        let status = self.process.wait()?;
        Ok((end_of(status, confinement), cpu))
    }
}

fn end_of(status: ExitStatus, confinement: Option<&Confinement>) -> End {
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
