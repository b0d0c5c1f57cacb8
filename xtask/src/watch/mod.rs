//! `cargo xtask watch`
//!
//! One thread waits for news and draws; one works on the check that was ordered last; one reads keys; the system's own
//! tells of changed files. `session` decides what news means, `screen` lays out a frame, `step` shows a failing
//! execution, `changes` knows when files have changed, `keys` what was pressed, and `worker` runs checks.

mod changes;
mod keys;
mod screen;
mod session;
mod step;
mod worker;

use std::io::{self, IsTerminal, Write as _};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use crossterm::{execute, queue};
use grader::error::{Error, Fault};
use grader::event::Event;
use grader::interrupt::Interrupt;
use grader::pipeline::{Grader, Options};
use ratatui::backend::CrosstermBackend;

use crate::check::limits;
use crate::cli::WatchArgs;
use crate::exit::Exit;
use crate::keys::Key;
use crate::terminal::Terminal;
use crate::{output, own, signals};
use session::{Session, Shown};
use worker::Result as Worked;

/// What the session hears of.
pub enum News {
    /// Some file below `exercises/` has changed.
    Saved,
    Pressed(Key),
    Resized,
    /// The kit that checks are linked with is being built, which takes a while.
    Preparing,
    Worked(Box<Worked>),
}

/// How long to wait for news before looking whether Ctrl-C was pressed elsewhere than in a raw terminal.
const PATIENCE: Duration = Duration::from_millis(200);

/// Checks on every save until somebody quits.
pub fn run(args: &WatchArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let exercise = own::exercise(&project, &catalog, args.exercise.as_deref())?;
    let is_interactive = io::stdout().is_terminal() && io::stdin().is_terminal() && !terminal.is_plain();
    let quit = signals::interrupt()?;
    let (news, incoming) = mpsc::channel();
    let _watcher = changes::watch(&project.exercises(), news.clone())?;

    // Set to end a check that a newer save has overtaken, and taken back before the next one.
    let overtaken = Interrupt::default();
    let options =
        Options { limits: limits(), interrupt: overtaken.clone(), ..Options::new(args.jobs.number()) };
    let listener_news = std::sync::Mutex::new(news.clone());
    let listener = move |event: &Event| {
        if let (Event::ArtifactsStarted, Ok(news)) = (event, listener_news.lock()) {
            // Nobody listens any more once the session is over.
            let _ = news.send(News::Preparing);
        }
    };
    let grader = Grader::new(&project, &catalog, options, &listener)?;
    let flag = overtaken.flag();
    thread::scope(|scope| {
        let (orders, ordered) = mpsc::channel();
        let (flag_of_worker, results) = (overtaken.flag(), news.clone());
        let (grader, catalog, project) = (&grader, &catalog, &project);
        scope.spawn(move || worker::work(grader, project, catalog, &ordered, &flag_of_worker, &results));
        let mut session = Session::new(project, catalog, exercise, orders, flag.clone());
        session.order_now();
        let ended = if is_interactive {
            keys::read_in_background(news);
            interactive(&mut session, &incoming, &quit, terminal)
        } else {
            plainly(&mut session, &incoming, &quit, terminal)
        };
        // The worker's check ends early, and with the session its channel closes.
        flag.store(true, Ordering::Relaxed);
        drop(session);
        ended
    })?;
    Ok(if quit.is_requested() { Exit::Interrupted } else { Exit::Accepted })
}

/// Waits for news, or until there is something to do without any. `false`: it is time to quit.
fn heard(session: &mut Session<'_>, incoming: &Receiver<News>, quit: &Interrupt) -> bool {
    let wait = session.due_in(Instant::now()).map_or(PATIENCE, |due| due.min(PATIENCE));
    match incoming.recv_timeout(wait) {
        Ok(news) => session.hear(news, Instant::now()),
        Err(RecvTimeoutError::Timeout) => {}
        Err(RecvTimeoutError::Disconnected) => return false,
    }
    incoming.try_iter().for_each(|news| session.hear(news, Instant::now()));
    session.order_if_due(Instant::now());
    !session.has_quit() && !quit.is_requested()
}

/// Prints each verdict as lines.
fn plainly(
    session: &mut Session<'_>,
    incoming: &Receiver<News>,
    quit: &Interrupt,
    terminal: &Terminal,
) -> Result<(), Fault> {
    output::tell(format!("Watching {}. Ctrl-C ends it.\n", session.watched()).as_bytes())?;
    while heard(session, incoming, quit) {
        if let Some(text) = session.take_lines(terminal.look()) {
            output::tell(text.as_bytes())?;
        }
    }
    Ok(())
}

fn interactive(
    session: &mut Session<'_>,
    incoming: &Receiver<News>,
    quit: &Interrupt,
    look: &Terminal,
) -> Result<(), Fault> {
    let shown = |source| Fault::io("draw on", Path::new("the terminal"), source);
    let _screen = Screen::enter().map_err(shown)?;
    draw(session, look).map_err(shown)?;
    while heard(session, incoming, quit) {
        if session.take_changed() {
            draw(session, look).map_err(shown)?;
        }
    }
    Ok(())
}

/// The terminal while it is drawn on: dropping it gives it back, after a panic too.
struct Screen;

impl Screen {
    fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(Self)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing else to try.
        let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

fn draw(session: &mut Session<'_>, terminal: &Terminal) -> io::Result<()> {
    let (columns, rows) = terminal::size()?;
    let (width, height) = (usize::from(columns), usize::from(rows));
    let look = grader::format::Look { width, ..terminal.look() };
    match session.shown(look) {
        Shown::Page(page) => {
            let page = page.wrapped(width);
            let lines = page.frame(width, height);
            session.scrolled_to(page.offset(height));
            let mut out = io::stdout().lock();
            queue!(out, BeginSynchronizedUpdate)?;
            for (row, line) in (0..rows).zip(&lines) {
                queue!(out, MoveTo(0, row), Print(line), Clear(ClearType::UntilNewLine))?;
            }
            queue!(out, EndSynchronizedUpdate)?;
            out.flush()
        }
        Shown::Steps(steps) => {
            // Not by ratatui's own `clear`: that asks the terminal for its cursor, and the answer would be taken for keys.
            queue!(io::stdout(), BeginSynchronizedUpdate, Clear(ClearType::All))?;
            let mut whole = ratatui::Terminal::new(CrosstermBackend::new(io::stdout()))?;
            whole.draw(|frame| steps.draw(frame))?;
            execute!(io::stdout(), EndSynchronizedUpdate)
        }
    }
}
