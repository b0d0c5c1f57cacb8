//! Shows what cargo says as soon as it turns out that there is something to build.

use std::io::{self, Read, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What cargo says within this time before it ends is not worth showing: that all is built.
const PATIENCE: Duration = Duration::from_millis(500);

/// Passes `source` on to `out`, once it has more to say than one line, or goes on for a while after that; `notice`
/// comes first. Returns what was not passed on.
///
/// # Errors
/// When `out` cannot be written to.
pub(crate) fn relay(
    source: impl Read + Send + 'static,
    out: &mut impl Write,
    notice: &str,
) -> io::Result<Vec<u8>> {
    let (sender, chunks) = mpsc::channel();
    thread::spawn(move || read(source, &sender));
    let mut held: Vec<u8> = Vec::new();
    loop {
        // Before the first word there is nothing to show, however long it takes.
        let next = if held.is_empty() {
            chunks.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            chunks.recv_timeout(PATIENCE)
        };
        match next {
            Ok(chunk) => held.extend_from_slice(&chunk),
            Err(RecvTimeoutError::Disconnected) => return Ok(held),
            Err(RecvTimeoutError::Timeout) => break,
        }
        if lines(&held) > 1 {
            break;
        }
    }
    out.write_all(notice.as_bytes())?;
    out.write_all(&held)?;
    for chunk in chunks {
        out.write_all(&chunk)?;
        out.flush()?;
    }
    Ok(Vec::new())
}

/// Sends what is read, to the end of `source`.
fn read(mut source: impl Read, sender: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = source.read(&mut buffer) {
        if sender.send(buffer[..count].to_vec()).is_err() {
            break;
        }
    }
}

/// How many lines have begun. A progress bar begins a new one each time that it is drawn.
fn lines(text: &[u8]) -> usize {
    let is_end = |byte: &u8| *byte == b'\n' || *byte == b'\r';
    text.split(is_end).filter(|line| !line.trim_ascii().is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &'static str) -> (String, String) {
        let mut out = Vec::new();
        let held = relay(text.as_bytes(), &mut out, "notice\n").expect("memory takes everything");
        (String::from_utf8(out).expect("text"), String::from_utf8(held).expect("text"))
    }

    #[test]
    fn one_line_at_the_end_is_held_back() {
        let line = "    Finished `dev` profile\n";
        assert_eq!(shown(line), (String::new(), line.to_owned()));
        assert_eq!(shown(""), (String::new(), String::new()));
    }

    #[test]
    fn more_is_shown_from_its_beginning_behind_the_notice() {
        let text = "   Compiling a\n   Compiling b\n";
        assert_eq!(shown(text), (format!("notice\n{text}"), String::new()));
        let bar = "   Compiling a\n   Building [=> ] 1/2\r";
        assert_eq!(shown(bar), (format!("notice\n{bar}"), String::new()));
    }

    #[test]
    fn one_line_that_work_goes_on_behind_is_shown() {
        let (mut cargo, ours) = io::pipe().map(|(reader, writer)| (writer, reader)).expect("a pipe");
        let (mut shown, out) = io::pipe().expect("a pipe");
        let relaying = thread::spawn(move || {
            let mut out = out;
            relay(ours, &mut out, "notice\n").expect("a reader")
        });
        cargo.write_all(b"   Compiling a\n").expect("a reader");
        // It comes while cargo still works: it has not ended yet.
        let mut seen = [0; 22];
        shown.read_exact(&mut seen).expect("text");
        assert_eq!(&seen, b"notice\n   Compiling a\n");
        drop(cargo);
        assert_eq!(relaying.join().expect("no panic"), Vec::<u8>::new());
    }
}
