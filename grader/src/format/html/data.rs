//! What the explorers show, as compact JSON: sources once for each exercise, states as what changes.

use std::collections::HashMap;

use model_trace::history::{State, ThreadStatus};
use model_trace::{Blocker, ObjectId, StepId, ThreadId};
use serde::Serialize;

use crate::format::sentence::sentence;
use crate::format::wording::{action, lead, object_state, role, thread_state};
use crate::report::{Citation, Example, Failure, Recording, SourceFile, in_std, in_submission, number};
use crate::trace::{EdgeKind, edges};

/// A longer execution loses its middle: it begins where the threads do and ends where it goes wrong.
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

    /// Adds a failing execution, and says under which id.
    pub(super) fn failure(&mut self, failure: &Failure, recording: &Recording) -> String {
        let cited = failure.diagnosis.as_ref().map(|diagnosis| &diagnosis.steps[..]).unwrap_or_default();
        self.add("execution", &Data::of(recording, cited, end(failure), false))
    }

    /// Adds an execution that passes, and says under which id.
    pub(super) fn example(&mut self, example: &Example) -> String {
        let end = "All threads have finished, and nothing went wrong.".to_owned();
        self.add("execution", &Data::of(&example.recording, &[], end, true))
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
    edges: Vec<(usize, usize, &'static str)>,
    /// The first and the last step that are left out of a long execution.
    left_out: Option<(u64, u64)>,
    /// What is so in the end.
    end: String,
    passes: bool,
}

#[derive(Serialize)]
struct Row {
    step: u64,
    thread: usize,
    /// In a few words: `store value = 1 Release`.
    action: String,
    /// In a sentence.
    said: String,
    file: Option<String>,
    line: Option<u32>,
    /// It reads an older value than the newest one.
    stale: bool,
    /// What it has to do with the mistake, if the diagnosis rests on it.
    cited: Option<&'static str>,
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
    fn of(recording: &Recording, cited: &[Citation], end: String, passes: bool) -> Self {
        let shown = shown(recording.execution.steps.len());
        let position = |step: StepId| shown.binary_search(&step).ok();
        let mut states = States::new(recording);
        let mut steps = Vec::new();
        let history = recording.history();
        let mut state = history.start();
        states.add(&state);
        for (id, _) in recording.steps() {
            let is_shown = position(id).is_some();
            if is_shown {
                steps.push(row(recording, &state, id, cited));
            }
            history.advance(&mut state, id);
            if is_shown {
                states.add(&state);
            }
        }
        let edges = edges(&recording.execution).into_iter();
        let edges =
            edges.filter_map(|edge| Some((position(edge.from)?, position(edge.to)?, called(edge.kind))));
        let left_out = shown.windows(2).find(|pair| pair[0].0 + 1 < pair[1].0);
        Self {
            threads: recording.execution.threads.iter().map(|thread| thread.name.clone()).collect(),
            objects: states.objects.iter().map(|object| named(recording, *object)).collect(),
            steps,
            cells: states.cells,
            changes: states.changes,
            edges: edges.collect(),
            left_out: left_out.map(|pair| (number(pair[0]) + 1, number(pair[1]) - 1)),
            end,
            passes,
        }
    }
}

/// The steps that are shown.
fn shown(length: usize) -> Vec<StepId> {
    let ids = (0..).map(StepId).take(length);
    let is_shown = |position: usize| position < FIRST || position + LAST >= length;
    if length > FIRST + LAST + 1 { ids.filter(|id| is_shown(id.index())).collect() } else { ids.collect() }
}

/// The name and the kind of an object.
fn named(recording: &Recording, object: ObjectId) -> (String, String) {
    let kind = recording.execution.objects[object.index()].to_string();
    (recording.object(object).into_owned(), kind)
}

fn row(recording: &Recording, before: &State<'_>, id: StepId, cited: &[Citation]) -> Row {
    let step = recording.step(id);
    let order = step.operation.order().map(|order| format!(" {order}")).unwrap_or_default();
    let place = in_submission(&step.place);
    let std = in_std(&step.place).then(|| step.place.file.to_string());
    let cited = cited.iter().find(|citation| citation.step == id);
    Row {
        step: number(id),
        thread: step.thread.index(),
        action: format!("{}{order}", action(recording, step)),
        said: sentence(recording, before, step),
        file: place.map(|place| place.file.to_string()).or(std),
        line: place.map(|place| place.line),
        stale: step.operation.reads().is_some_and(|reads| reads.is_stale()),
        cited: cited.map(|citation| role(citation.role)),
    }
}

/// Every state once, and what changes from one shown step to the next.
struct States<'a> {
    recording: &'a Recording,
    /// The objects that steps or waits are about; others only take up space.
    objects: Vec<ObjectId>,
    known: HashMap<Cell, usize>,
    cells: Vec<Cell>,
    before: Vec<usize>,
    changes: Vec<Vec<usize>>,
}

impl<'a> States<'a> {
    fn new(recording: &'a Recording) -> Self {
        let steps = recording.execution.steps.iter().filter_map(|step| step.operation.object());
        let waits =
            recording.execution.waiting.iter().filter_map(|waiting| match waiting.wait.blocker()? {
                Blocker::Object(object) => Some(object),
                Blocker::Thread(_) => None,
            });
        let mut objects: Vec<ObjectId> = steps.chain(waits).collect();
        objects.sort_unstable();
        objects.dedup();
        Self {
            recording,
            objects,
            known: HashMap::new(),
            cells: Vec::new(),
            before: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn add(&mut self, state: &State<'_>) {
        let threads = (0..).map(ThreadId).zip(&state.threads);
        let threads = threads.map(|(id, thread)| {
            let place = thread.place.and_then(in_submission);
            let place = place.map(|place| (place.file.to_string(), place.line));
            Cell::Thread(status(thread.status), thread_state(self.recording, state, id), place)
        });
        let objects = self.objects.iter().map(|object| {
            Cell::Object(
                object_state(self.recording, &state.objects[object.index()]),
                self.recording.thread_names(state.holders(*object)),
                self.recording.thread_names(&state.waiting_for(*object)),
            )
        });
        let now: Vec<Cell> = threads.chain(objects).collect();
        let now: Vec<usize> = now.into_iter().map(|cell| self.number(cell)).collect();
        let changed = (0..now.len()).filter(|&place| self.before.get(place) != Some(&now[place]));
        self.changes.push(changed.flat_map(|place| [place, now[place]]).collect());
        self.before = now;
    }

    fn number(&mut self, cell: Cell) -> usize {
        *self.known.entry(cell).or_insert_with_key(|cell| {
            self.cells.push(cell.clone());
            self.cells.len() - 1
        })
    }
}

/// The class of an edge in the drawing.
fn called(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Spawn => "spawn",
        EdgeKind::Join => "join",
        EdgeKind::Wakes => "wakes",
        EdgeKind::Unblocks => "unblocks",
        EdgeKind::ReadsFrom => "reads-from",
        EdgeKind::StaleRead => "stale-read",
        EdgeKind::Message => "message",
    }
}

/// What a thread does, in the one word that the scripts know.
fn status(status: ThreadStatus) -> &'static str {
    match status {
        ThreadStatus::NotStarted => "new",
        ThreadStatus::Runnable => "runs",
        ThreadStatus::Blocked(_) | ThreadStatus::Parked | ThreadStatus::Sleeping => "waits",
        ThreadStatus::Woken => "woken",
        ThreadStatus::Unwinding => "panicked",
        ThreadStatus::Finished => "finished",
    }
}

fn end(failure: &Failure) -> String {
    let begin =
        if failure.kind.has_counterexample() { "Here it fails." } else { "All threads have finished." };
    let message = format!("{begin} {}{}", lead(failure.kind), failure.message);
    let mut short: String = message.chars().take(MESSAGE).collect();
    if short.len() < message.len() {
        short.push('…');
    }
    short
}
