//! What the explorers show, as compact JSON: sources once for each exercise, states as what changes.

use std::collections::HashMap;

use serde::Serialize;

use crate::format::text::lead;
use crate::report::{Example, Failure, Recording, SourceFile, Step};
use crate::trace::{Doing, History, Initialisation, LinkKind, Thing, World, joined, links, sentence};

/// A longer schedule loses its middle: it begins where the threads do and ends where it goes wrong.
const FIRST: usize = 150;
const LAST: usize = 350;
/// How much of the failure's message the last step repeats.
const MESSAGE: usize = 400;

/// The data of a page, as elements with their ids.
#[derive(Debug, Default)]
pub(super) struct Explorers {
    scripts: Vec<(String, String)>,
}

impl Explorers {
    /// Adds the sources of an exercise, and says under which id.
    pub(super) fn sources(&mut self, sources: &[SourceFile]) -> String {
        let files: Vec<(&str, &str)> =
            sources.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        self.add("sources", &files)
    }

    /// Adds a failure with a trace, and says under which id.
    pub(super) fn failure(&mut self, failure: &Failure) -> String {
        self.add("execution", &Data::of(failure.into(), end(failure), false))
    }

    /// Adds an execution that passes, and says under which id.
    pub(super) fn example(&mut self, example: &Example) -> String {
        let end = "All threads have ended, and nothing went wrong.".to_owned();
        self.add("execution", &Data::of(example.into(), end, true))
    }

    /// Whether there is nothing to step through yet.
    pub(super) fn is_empty(&self) -> bool {
        !self.scripts.iter().any(|(id, _)| id.starts_with("execution"))
    }

    pub(super) fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.scripts.iter().map(|(id, json)| (id.as_str(), json.as_str()))
    }

    fn add(&mut self, what: &str, data: &impl Serialize) -> String {
        let id = format!("{what}-{}", self.scripts.len());
        self.scripts.push((id.clone(), embedded(data)));
        id
    }
}

/// JSON that can stand in a script element: nothing in it looks like a tag, an entity or the end of a line.
/// All of these characters can only be within strings.
fn embedded(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("plain data without maps is JSON");
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => safe.push(character),
        }
    }
    safe
}

/// One execution.
#[derive(Serialize)]
struct Data {
    threads: Vec<String>,
    /// Names and kinds.
    objects: Vec<(String, String)>,
    steps: Vec<Row>,
    /// Every state that a thread or an object is ever in.
    cells: Vec<Cell>,
    /// What each step changes, as pairs of a place and a cell. Threads have the first places, then come
    /// objects. The first entry is the state at the beginning.
    changes: Vec<Vec<usize>>,
    /// From, to and kind; steps are positions in `steps`.
    links: Vec<(usize, usize, &'static str)>,
    /// The first and the last step that are left out of a long schedule.
    left_out: Option<(u64, u64)>,
    /// What is so in the end.
    end: String,
    passes: bool,
}

#[derive(Serialize)]
struct Row {
    step: u64,
    thread: usize,
    /// As in the log: `store value = 1 Release`.
    action: String,
    /// The same in words.
    said: String,
    file: Option<String>,
    line: Option<u32>,
    /// It reads a value that had been replaced.
    stale: bool,
}

/// What a state is in words.
#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
#[serde(untagged)]
enum Cell {
    /// What it does, in one word and in many, and its place.
    Thread(&'static str, String, Option<(String, u32)>),
    /// What it is or contains, who holds it, who waits for it.
    Object(String, String, String),
}

impl Data {
    fn of(recording: Recording<'_>, end: String, passes: bool) -> Self {
        let history = History::of(recording);
        let trace = recording.trace;
        let shown = shown(trace.len());
        let position = |step: u64| shown.iter().position(|&shown| trace[shown].step == step);
        let (cells, changes) = changes(&history, &shown);
        Self {
            steps: shown.iter().map(|&position| row(trace, &history, position)).collect(),
            cells,
            changes,
            links: links(recording, &history)
                .into_iter()
                .filter_map(|link| Some((position(link.from)?, position(link.to)?, called(link.kind))))
                .collect(),
            left_out: (shown.len() < trace.len())
                .then(|| (trace[FIRST].step, trace[trace.len() - LAST - 1].step)),
            end,
            passes,
            objects: history.objects.into_iter().map(|object| (object.name, object.kind)).collect(),
            threads: history.threads,
        }
    }
}

/// The positions of the steps that are shown.
fn shown(length: usize) -> Vec<usize> {
    if length > FIRST + LAST + 1 {
        (0..FIRST).chain(length - LAST..length).collect()
    } else {
        (0..length).collect()
    }
}

fn row(trace: &[Step], history: &History, position: usize) -> Row {
    let step = &trace[position];
    let object = step.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
    let value = step.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
    let ordering = step.ordering.as_ref().map(|order| format!(" {order}")).unwrap_or_default();
    Row {
        step: step.step,
        thread: history.thread(&step.thread).unwrap_or_default(),
        action: format!("{}{object}{value}{ordering}", step.operation),
        said: sentence(trace, history, position),
        file: step.file.clone(),
        line: step.line,
        stale: step.reads.is_some_and(|reads| reads.from != reads.newest),
    }
}

/// Every state once, and what changes from one shown step to the next.
fn changes(history: &History, shown: &[usize]) -> (Vec<Cell>, Vec<Vec<usize>>) {
    let mut pool: HashMap<Cell, usize> = HashMap::new();
    let mut cells = Vec::new();
    let mut before: Vec<usize> = Vec::new();
    let mut changes = Vec::new();
    for world in std::iter::once(0).chain(shown.iter().map(|position| position + 1)) {
        let states = states(history, &history.worlds[world]).into_iter().map(|cell| {
            *pool.entry(cell.clone()).or_insert_with(|| {
                cells.push(cell);
                cells.len() - 1
            })
        });
        let now: Vec<usize> = states.collect();
        let changed = (0..now.len()).filter(|&place| before.get(place) != Some(&now[place]));
        changes.push(changed.flat_map(|place| [place, now[place]]).collect());
        before = now;
    }
    (cells, changes)
}

fn called(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Spawn => "spawn",
        LinkKind::Join => "join",
        LinkKind::Wakes => "wakes",
        LinkKind::LetsGoOn => "lets-go-on",
        LinkKind::ReadBy => "read-by",
        LinkKind::MissedBy => "missed-by",
        LinkKind::Message => "message",
    }
}

fn end(failure: &Failure) -> String {
    let message = format!("Here it goes wrong. {}{}", lead(failure.kind), failure.message);
    let mut short: String = message.chars().take(MESSAGE).collect();
    if short.len() < message.len() {
        short.push('…');
    }
    short
}

/// The cells of all threads, then those of all objects.
fn states(history: &History, world: &World) -> Vec<Cell> {
    let threads = (0..world.threads.len()).map(|thread| {
        let (word, words) = doing(history, world, thread);
        Cell::Thread(word, words, world.threads[thread].place.clone())
    });
    let objects = (0..world.objects.len()).map(|object| {
        let named = |threads: &[usize]| names(history, threads);
        Cell::Object(
            thing(history, &world.objects[object]),
            named(world.holders(object)),
            named(&world.waiting_for(object)),
        )
    });
    threads.chain(objects).collect()
}

fn names(history: &History, threads: &[usize]) -> String {
    let names: Vec<&str> = threads.iter().map(|thread| history.threads[*thread].as_str()).collect();
    joined(&names)
}

/// What a thread does, in one word and in many.
fn doing(history: &History, world: &World, thread: usize) -> (&'static str, String) {
    let waits = |what: String| ("waits", format!("waits {what}"));
    match &world.threads[thread].doing {
        Doing::NotStarted => ("new", "has not started".to_owned()),
        Doing::Runs => ("runs", "can go on".to_owned()),
        Doing::WaitsFor(object) => waits(awaited(history, world, *object)),
        Doing::WaitsForEnd(other) => waits(format!("for the end of {}", history.threads[*other])),
        Doing::Parked => waits("to be unparked".to_owned()),
        Doing::Sleeps => waits("until its time is up".to_owned()),
        Doing::Woken => ("woken", "has been woken, and has not gone on yet".to_owned()),
        Doing::Panicked => ("panicked", "has panicked".to_owned()),
        Doing::Finished => ("finished", "has ended".to_owned()),
    }
}

fn awaited(history: &History, world: &World, object: usize) -> String {
    let name = &history.objects[object].name;
    match &world.objects[object] {
        Thing::Lock(lock) if lock.holders.is_empty() => format!("for {name}, which is free now"),
        Thing::Lock(lock) => format!("for {name}, held by {}", names(history, &lock.holders)),
        Thing::Condvar => format!("for a notification of {name}"),
        Thing::Channel(messages) if messages.is_empty() => format!("for a message from {name}"),
        Thing::Channel(_) => format!("for a receiver at {name}"),
        Thing::Once(_) => format!("for the initialisation of {name}"),
        Thing::Barrier(_) => format!("at {name}"),
        Thing::Atomic(_) | Thing::Other => format!("for {name}"),
    }
}

/// What an object is or contains.
fn thing(history: &History, thing: &Thing) -> String {
    match thing {
        Thing::Lock(lock) => {
            let held = match (lock.holders.is_empty(), lock.shared) {
                (true, _) => "free",
                (false, true) => "locked for reading",
                (false, false) => "locked",
            };
            let content = lock.content.as_ref().map(|value| format!(", inside: {value}")).unwrap_or_default();
            let poisoned = if lock.poisoned { ", poisoned" } else { "" };
            format!("{held}{content}{poisoned}")
        }
        Thing::Channel(messages) => {
            let known: Option<Vec<&str>> = messages.iter().map(Option::as_deref).collect();
            match (messages.len(), known) {
                (0, _) => "empty".to_owned(),
                (_, Some(known)) => format!("contains {}", known.join(", ")),
                (1, None) => "1 message".to_owned(),
                (count, None) => format!("{count} messages"),
            }
        }
        Thing::Atomic(value) => value.clone().unwrap_or_else(|| "not known yet".to_owned()),
        Thing::Once(progress) => match progress {
            Initialisation::NotBegun => "not initialised".to_owned(),
            Initialisation::By(thread) => format!("{} initialises it", history.threads[*thread]),
            Initialisation::Complete => "initialised".to_owned(),
            Initialisation::Poisoned => "poisoned".to_owned(),
        },
        Thing::Barrier(arrived) => format!("{arrived} arrived"),
        Thing::Condvar | Thing::Other => String::new(),
    }
}
