//! What a child writes, read on threads of their own, so that a full pipe never blocks the child.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// What was read from a child: at most the limit.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    pub bytes: Vec<u8>,
    pub truncated: bool,
}

/// How long after a child's end its pipes may stay open, held by something that outlives it.
pub(super) const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Something that is being read to its end.
pub(super) struct Capture(Receiver<Captured>);

/// When there is more to read than there should ever be.
pub(super) struct Flood {
    /// Bytes.
    pub limit: usize,
    /// Called once, as soon as there is more. From then on nothing is read.
    pub report: Box<dyn Fn() + Send>,
}

impl Capture {
    /// Reads `source`, and keeps `limit` bytes of it.
    pub(super) fn start(
        source: Option<impl Read + Send + 'static>,
        limit: usize,
        flood: Option<Flood>,
    ) -> Self {
        Self::on_a_thread(source, move |source| drain(source, limit, flood.as_ref()))
    }

    /// The same, and hands over each line as soon as it is there.
    pub(super) fn start_lines(
        source: Option<impl Read + Send + 'static>,
        limit: usize,
        on_line: impl Fn(String) + Send + 'static,
    ) -> Self {
        Self::on_a_thread(source, move |source| drain_lines(source, limit, &on_line))
    }

    fn on_a_thread<S: Read + Send + 'static>(
        source: Option<S>,
        read: impl FnOnce(S) -> Captured + Send + 'static,
    ) -> Self {
        let (sender, receiver): (Sender<Captured>, _) = mpsc::channel();
        if let Some(source) = source {
            thread::spawn(move || {
                // The receiver may have given up on a pipe that outlived its child.
                let _ = sender.send(read(source));
            });
        }
        Self(receiver)
    }

    /// What was read, once the child has ended.
    pub(super) fn collect(&self) -> Captured {
        self.0.recv_timeout(DRAIN_TIMEOUT).unwrap_or_default()
    }
}

impl Captured {
    fn keep(&mut self, bytes: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..room]);
        self.truncated |= room < bytes.len();
    }
}

/// Reads `source` to its end, and keeps `limit` bytes of it.
pub(super) fn drain(mut source: impl Read, limit: usize, flood: Option<&Flood>) -> Captured {
    let mut captured = Captured::default();
    let mut buffer = [0; 16 * 1024];
    let mut total = 0_usize;
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                captured.keep(&buffer[..count], limit);
                total = total.saturating_add(count);
                if let Some(flood) = flood.filter(|flood| total > flood.limit) {
                    (flood.report)();
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    captured
}

fn drain_lines(source: impl Read, limit: usize, on_line: &impl Fn(String)) -> Captured {
    let mut captured = Captured::default();
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    loop {
        line.clear();
        match source.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {
                captured.keep(&line, limit);
                on_line(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
        }
    }
    captured
}
