//! A command in a terminal of its own, 80 by 24.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::desk::Desk;

/// Far longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the terminal shows, and word of every change.
type Shared = Arc<(Mutex<vt100::Parser>, Condvar)>;

/// A command in a terminal of its own.
pub struct Session {
    screen: Shared,
    keyboard: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// A number of rows or columns, as the screen takes it.
fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has some")
}

impl Session {
    pub fn begin(desk: &Desk, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(size(24, 80)).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(args);
        command.arg("--content");
        command.arg(desk.path());
        command.cwd(desk.path());
        command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).expect("the command runs");
        drop(pair.slave);
        let screen: Shared =
            Arc::new((Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)), Condvar::new()));
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                shown.0.lock().expect("no panic").process(&bytes[..count]);
                shown.1.notify_all();
            }
        });
        let keyboard = pair.master.take_writer().expect("a writer");
        Self { screen, keyboard, master: pair.master, child }
    }

    /// Waits until the screen has all of these texts, and returns it.
    pub fn sees(&self, texts: &[&str]) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.screen.0.lock().expect("no panic");
        loop {
            let shown = parser.screen().contents();
            if texts.iter().all(|text| shown.contains(text)) {
                return shown;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{texts:?} in\n{shown}");
            parser = self.screen.1.wait_timeout(parser, left).expect("no panic").0;
        }
    }

    /// Waits until the screen is the one that was approved under this name, and fails with the difference if it never is.
    /// The texts say when a screen that has not been approved yet is there.
    pub fn shows(&self, name: &str, texts: &[&str]) {
        let approved = approved(name);
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.screen.0.lock().expect("no panic");
        let shown = loop {
            let shown = steady(&parser.screen().contents());
            let is_there = match &approved {
                Some(approved) => *approved == shown,
                None => texts.iter().all(|text| shown.contains(text)),
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if is_there || left.is_zero() {
                break shown;
            }
            parser = self.screen.1.wait_timeout(parser, left).expect("no panic").0;
        };
        drop(parser);
        insta::assert_snapshot!(name, shown);
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).and_then(|()| self.keyboard.flush()).expect("a key");
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.screen.0.lock().expect("no panic").screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(size(rows, cols)).expect("a size");
    }

    /// As `kill` does, or the end of a remote session.
    #[cfg(unix)]
    pub fn is_told_to_end(&self) {
        let process = self.child.process_id().and_then(|id| i32::try_from(id).ok()).expect("it runs");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), nix::sys::signal::Signal::SIGTERM)
            .expect("it can be told");
    }

    pub fn ends_with(mut self, code: u32) {
        assert_eq!(self.child.wait().expect("it ends").exit_code(), code);
    }
}

/// The screen that was approved under this name, if there is one and none is to be approved anew.
fn approved(name: &str) -> Option<String> {
    if std::env::var_os("INSTA_UPDATE").is_some() {
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/session/snapshots");
    let file = fs::read_to_string(folder.join(format!("behaviour__session__{name}.snap"))).ok()?;
    let (_, screen) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    Some(screen.trim_end().to_owned())
}

/// The text without what is another in each run: durations and temporary folders.
fn steady(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        for at in 0..words.len() {
            let number = words[at].trim_start_matches('(').parse::<f64>();
            let unit = words.get(at + 1).map(|next| next.trim_end_matches(|mark| !char::is_alphabetic(mark)));
            if number.is_ok() && matches!(unit, Some("s" | "ms")) {
                words[at] = if words[at].starts_with('(') { "(…".to_owned() } else { "…".to_owned() };
            } else if words[at].starts_with('/')
                && let Some((_, inside)) = words[at].split_once("/exercises/")
            {
                words[at] = format!("…/exercises/{inside}");
            }
        }
        words.join(" ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
