//! `cargo xtask interview`

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::time::Duration;

use crossterm::event::{self, Event};
use crossterm::terminal;
use grader::error::{Error, Fault};
use grader::interrupt::Interrupt;
use grader::learner::interview::{self, Asked};
use grader::learner::progress::Progress;

use crate::cli::InterviewArgs;
use crate::exit::Exit;
use crate::keys::Key;
use crate::terminal::Terminal;
use crate::{markdown, output, own, signals};

/// How soon a request to end is noticed while no key is pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// What was answered at a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Yes,
    No,
    /// Any other key.
    Next,
    End,
}

/// Asks the questions on a topic one by one, shows each answer when a key is pressed, and remembers what was known.
pub fn run(args: &InterviewArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let all = interview::on_topic(catalog.exercises(), args.topic.as_deref())?;
    let progress = Progress::read(project.content());
    let open: Vec<&Asked<'_>> =
        all.iter().filter(|asked| args.all || !interview::is_known(asked, &progress)).collect();
    if open.is_empty() {
        let text = format!("You knew all of these {} questions. `--all` asks them again.\n", all.len());
        output::tell(text.as_bytes())?;
        return Ok(Exit::Accepted);
    }
    let partner = Partner::new()?;
    let mut known = all.len() - open.len();
    for (before, asked) in open.iter().enumerate() {
        let Asked { exercise, question } = asked;
        let text = format!("{} of {} · {}\n\n{}", before + 1, open.len(), exercise.slug, question.question);
        partner.tell(&format!("{}\n", markdown::rendered(&text, terminal.look())))?;
        if partner.ask("[any key: the answer · q: end] ")? == Reply::End {
            break;
        }
        partner.tell(&format!("\n{}\n", markdown::rendered(&question.answer, terminal.look())))?;
        let reply = loop {
            match partner.ask("Did you know it? [y/n · q: end] ")? {
                Reply::Next => {}
                reply => break reply,
            }
        };
        if reply == Reply::End {
            break;
        }
        own::remember_known(&project, asked, reply == Reply::Yes);
        known += usize::from(reply == Reply::Yes && !interview::is_known(asked, &progress));
        partner.tell("\n")?;
    }
    partner.tell(&format!(
        "\nYou know {known} of {} answers. What you did not know comes again.\n",
        all.len()
    ))?;
    Ok(if partner.is_called_off() { Exit::Interrupted } else { Exit::Accepted })
}

/// Whoever answers: with single keys in a terminal, or with lines.
enum Partner {
    /// Ctrl-C is a key from the first word on, so that no moment is left in which it would end the program at once.
    Keys {
        /// Gives the terminal back.
        _raw: Raw,
        called_off: Interrupt,
    },
    Lines,
}

impl Partner {
    fn new() -> Result<Self, Fault> {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return Ok(Self::Lines);
        }
        let called_off = signals::interrupt()?;
        Ok(Self::Keys { _raw: Raw::enter().map_err(from_terminal)?, called_off })
    }

    /// Whether the program was asked to end by other means than a key.
    fn is_called_off(&self) -> bool {
        matches!(self, Self::Keys { called_off, .. } if called_off.is_requested())
    }

    fn tell(&self, text: &str) -> Result<(), Fault> {
        match self {
            // A raw terminal takes the end of a line by its word: down, and not to the left.
            Self::Keys { .. } => output::tell(text.replace('\n', "\r\n").as_bytes()),
            Self::Lines => output::tell(text.as_bytes()),
        }
    }

    /// Asks, and waits for one reply.
    fn ask(&self, prompt: &str) -> Result<Reply, Fault> {
        self.tell(prompt)?;
        let reply = match self {
            Self::Keys { called_off, .. } => key(called_off),
            Self::Lines => line(),
        };
        self.tell("\n")?;
        reply.map_err(from_terminal)
    }
}

fn from_terminal(source: io::Error) -> Fault {
    Fault::io("read from", Path::new("the terminal"), source)
}

/// The terminal while it hands over key by key: dropping it gives it back, after an error or a panic too.
struct Raw;

impl Raw {
    fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing else to try.
        let _ = terminal::disable_raw_mode();
    }
}

/// One key.
fn key(called_off: &Interrupt) -> io::Result<Reply> {
    while !called_off.is_requested() {
        if !event::poll(PATIENCE)? {
            continue;
        }
        let Event::Key(event) = event::read()? else { continue };
        match Key::of(event) {
            Some(Key::Interrupt | Key::Escape) => return Ok(Reply::End),
            Some(Key::Letter(letter)) => return Ok(of(letter)),
            Some(_) => return Ok(Reply::Next),
            None => {}
        }
    }
    Ok(Reply::End)
}

/// One line. Its first letter counts.
fn line() -> io::Result<Reply> {
    let mut line = String::new();
    let is_over = io::stdin().read_line(&mut line)? == 0;
    Ok(if is_over { Reply::End } else { line.trim().chars().next().map_or(Reply::Next, of) })
}

fn of(letter: char) -> Reply {
    match letter.to_ascii_lowercase() {
        'y' => Reply::Yes,
        'n' => Reply::No,
        'q' => Reply::End,
        _ => Reply::Next,
    }
}
