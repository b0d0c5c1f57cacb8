//! The one place where a child is configured, on Windows: in a job object, and without a helper. Nothing here keeps a
//! program from files and processes, so only one's own work is run.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

use super::{Confinement, CpuTime, End, Job, Stdin};
use crate::random;

/// How often to look whether something has happened that the system does not announce.
const LOOK: Duration = Duration::from_millis(5);

/// What programs need to find the system's libraries, and compilers for what is temporary.
const OF_THE_SYSTEM: [&str; 3] = ["SystemRoot", "TEMP", "TMP"];

/// A process, in a job object with everything that it starts.
pub(super) struct Child {
    process: Arc<Mutex<Box<dyn ChildWrapper>>>,
    /// What the system calls it.
    pub number: u32,
    pub stdout: Option<ChildStdout>,
    pub stderr: Option<ChildStderr>,
    /// Where the child is waited for, and the word by which it is known.
    invitation: Option<(TcpListener, String)>,
    over: Arc<AtomicBool>,
}

/// A way to the child and back.
pub(super) type Channel = TcpStream;

impl Child {
    pub(super) fn launch(job: &Job) -> io::Result<Self> {
        let invitation = match job.stdin {
            Stdin::Empty => None,
            Stdin::Dialogue(_) => Some((
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
                random::word().map_err(io::Error::other)?,
            )),
        };
        #[expect(clippy::disallowed_methods, reason = "this is the place")]
        let mut command = Command::new(&job.program);
        command
            .args(&job.args)
            .current_dir(&job.folder)
            .env_clear()
            .envs(job.env.iter().map(|(name, value)| (name, value)))
            .envs(OF_THE_SYSTEM.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .stdin(if invitation.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(if job.shows_errors { Stdio::inherit() } else { Stdio::piped() });
        let mut process = CommandWrap::from(command).wrap(JobObject).spawn()?;
        if let (Some((listener, word)), Some(mut stdin)) = (&invitation, process.stdin().take()) {
            let port = listener.local_addr()?.port();
            // A child that ends before it has read this is judged by its end, not by this error.
            let _ = writeln!(stdin, "{port} {word}");
        }
        let (stdout, stderr) = (process.stdout().take(), process.stderr().take());
        let number = process.id();
        let process = Arc::new(Mutex::new(process));
        Ok(Self { process, number, stdout, stderr, invitation, over: Arc::default() })
    }

    /// What returns the way to the child, as soon as it is there, if there is to be one.
    pub(super) fn channel(&mut self) -> Option<impl FnOnce() -> Option<Channel> + Send + use<>> {
        let (listener, word) = self.invitation.take()?;
        let expected = Expected { listener, word, over: Arc::clone(&self.over) };
        // Without a connection there is no answer, and without an answer no pass.
        Some(move || expected.connect().ok().flatten())
    }

    /// Sends word as soon as the child has ended.
    pub(super) fn announce_end(&self, announce: impl FnOnce() + Send + 'static) {
        let (process, over) = (Arc::clone(&self.process), Arc::clone(&self.over));
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) && matches!(own_end(&mut lock(&process)), Ok(None)) {
                pause();
            }
            announce();
        });
    }

    /// Ends what still runs of it, and says how it ended itself.
    pub(super) fn finish(self, _: Option<&Confinement>) -> io::Result<(End, CpuTime)> {
        self.over.store(true, Ordering::Relaxed);
        let mut process = lock(&self.process);
        let ended = own_end(&mut process)?;
        // An error says that nothing runs any more, which is what is wanted.
        let _ = process.start_kill();
        let status = match ended {
            Some(status) => status,
            None => process.inner_mut().wait()?,
        };
        Ok((end_of(status), CpuTime::of(self.number)))
    }
}

fn lock(process: &Mutex<Box<dyn ChildWrapper>>) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
    process.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the process itself has ended, whatever it has left in its job object.
fn own_end(process: &mut Box<dyn ChildWrapper>) -> io::Result<Option<ExitStatus>> {
    process.inner_mut().try_wait()
}

fn end_of(status: ExitStatus) -> End {
    /// From here on, codes are those of exceptions.
    const EXCEPTIONS: u32 = 0xC000_0000;
    match status.code() {
        Some(code) if code.cast_unsigned() >= EXCEPTIONS => End::Signalled(code),
        Some(code) => End::Exited(code),
        None => End::Exited(-1),
    }
}

#[expect(clippy::disallowed_methods, reason = "the system has no way to wait for both a child and its end")]
fn pause() {
    thread::sleep(LOOK);
}

/// A child that has not connected yet.
struct Expected {
    listener: TcpListener,
    word: String,
    over: Arc<AtomicBool>,
}

impl Expected {
    /// Waits for the child; `None` if it has ended.
    fn connect(&self) -> io::Result<Option<Channel>> {
        self.listener.set_nonblocking(true)?;
        loop {
            match self.listener.accept() {
                Ok((connection, _)) => {
                    if self.is_from_the_child(&connection) {
                        return Ok(Some(connection));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.over.load(Ordering::Relaxed) {
                        return Ok(None);
                    }
                    pause();
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether who connected knows the word. Nothing beyond it is read.
    fn is_from_the_child(&self, mut connection: &TcpStream) -> bool {
        /// With somebody else who says nothing.
        const PATIENCE: Duration = Duration::from_secs(10);
        let mut said = vec![0; self.word.len() + 1];
        connection.set_nonblocking(false).is_ok()
            && connection.set_read_timeout(Some(PATIENCE)).is_ok()
            && connection.read_exact(&mut said).is_ok()
            && said.strip_suffix(b"\n") == Some(self.word.as_bytes())
            && connection.set_read_timeout(None).is_ok()
    }
}
