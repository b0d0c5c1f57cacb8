//! `cargo xtask interview`

use std::io::{self, IsTerminal as _, Write as _};

use crossterm::event::{self, Event};
use crossterm::terminal;
use grader::error::{Error, Fault};
use grader::learner::interview::{self, Asked};
use grader::learner::progress::Progress;

use crate::cli::InterviewArgs;
use crate::exit::Exit;
use crate::keys::Key;
use crate::terminal::Terminal;
use crate::{markdown, output, own};

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
    let keys = Keys { in_terminal: io::stdin().is_terminal() && io::stdout().is_terminal() };
    let mut known = all.len() - open.len();
    for (before, asked) in open.iter().enumerate() {
        let Asked { exercise, question } = asked;
        let text = format!("{} of {} · {}\n\n{}", before + 1, open.len(), exercise.slug, question.question);
        output::tell(format!("{}\n", markdown::rendered(&text, terminal.look())).as_bytes())?;
        if keys.ask("[any key: the answer · q: end] ")? == Reply::End {
            break;
        }
        output::tell(format!("\n{}\n", markdown::rendered(&question.answer, terminal.look())).as_bytes())?;
        let reply = loop {
            match keys.ask("Did you know it? [y/n · q: end] ")? {
                Reply::Next => {}
                reply => break reply,
            }
        };
        if reply == Reply::End {
            break;
        }
        own::remember_known(&project, asked, reply == Reply::Yes);
        known += usize::from(reply == Reply::Yes && !interview::is_known(asked, &progress));
        output::tell(b"\n")?;
    }
    let text = format!("\nYou know {known} of {} answers. What you did not know comes again.\n", all.len());
    output::tell(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// Where replies come from: keys of a terminal, or lines.
struct Keys {
    in_terminal: bool,
}

impl Keys {
    /// Asks, and waits for one reply.
    fn ask(&self, prompt: &str) -> Result<Reply, Fault> {
        let io = |source| Fault::io("read from", "the terminal".as_ref(), source);
        output::tell(prompt.as_bytes())?;
        io::stdout().flush().map_err(io)?;
        let reply = if self.in_terminal { key().map_err(io)? } else { line().map_err(io)? };
        output::tell(b"\n")?;
        Ok(reply)
    }
}

/// One key. The terminal is as it was when it returns.
fn key() -> io::Result<Reply> {
    terminal::enable_raw_mode()?;
    let reply = loop {
        match event::read() {
            Ok(Event::Key(event)) => match Key::of(event) {
                Some(Key::Interrupt | Key::Escape) => break Ok(Reply::End),
                Some(Key::Letter(letter)) => break Ok(of(letter)),
                Some(_) => break Ok(Reply::Next),
                None => {}
            },
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    terminal::disable_raw_mode()?;
    reply
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
