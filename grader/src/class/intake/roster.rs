//! Who is in the class, from a CSV file such as a course system's gradebook.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::UsageError;
use crate::report::sanitised;

use super::{Learner, MAX_NAME};

/// Headings that an identifier is under, the best first.
const IDS: [&str; 13] = [
    "id",
    "learner",
    "identifier",
    "student id",
    "sid",
    "sis user id",
    "username",
    "user id",
    "login id",
    "sis login id",
    "github_username",
    "github",
    "email",
];
const MORE_IDS: [&str; 3] = ["email address", "id number", "roster_identifier"];
const NAMES: [&str; 5] = ["name", "full name", "student", "student name", "display name"];
const TIMES: [&str; 4] = ["submitted", "submitted at", "submitted_at", "submission time"];

/// The learners of a class.
#[derive(Debug, Clone)]
pub struct Roster {
    people: Vec<Person>,
    /// Every identifier of everybody, in lower case.
    by_id: BTreeMap<String, usize>,
    /// Names that only one has.
    by_name: BTreeMap<String, Option<usize>>,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub id: String,
    pub name: Option<String>,
    pub submitted: Option<String>,
}

impl Roster {
    /// Reads a CSV file with a heading: a column for an identifier, and if there are, more of them and a name.
    ///
    /// # Errors
    /// When it cannot be read, has no such column, or has somebody twice: with the line.
    pub fn read(file: &Path) -> Result<Self, UsageError> {
        let wrong = |line: Option<u64>, message: String| UsageError::ClassList {
            file: file.to_owned(),
            message: line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}")),
        };
        let bytes = std::fs::read(file).map_err(|error| wrong(None, error.to_string()))?;
        // Spreadsheets put a mark before it.
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
        let headings = reader.headers().map_err(|error| wrong(Some(1), error.to_string()))?.clone();
        let headings: Vec<String> = headings.iter().map(str::to_lowercase).collect();
        let find = |known: &[&str]| {
            known.iter().find_map(|known| headings.iter().position(|heading| heading == known))
        };
        let main = find(&IDS)
            .or_else(|| find(&MORE_IDS))
            .ok_or_else(|| wrong(Some(1), format!("no column is called one of: {}", IDS.join(", "))))?;
        let is_id =
            |heading: &String| IDS.contains(&heading.as_str()) || MORE_IDS.contains(&heading.as_str());
        let ids: Vec<usize> = (0..headings.len()).filter(|column| is_id(&headings[*column])).collect();
        let (name, time) = (find(&NAMES), find(&TIMES));

        let mut roster = Self { people: Vec::new(), by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        for record in reader.records() {
            let record = record
                .map_err(|error| wrong(error.position().map(csv::Position::line), error.to_string()))?;
            let line = record.position().map(csv::Position::line);
            let cell = |column: usize| record.get(column).filter(|cell| !cell.is_empty());
            let clean = |text: &str| sanitised(text, MAX_NAME).replace(['\n', '\t'], " ");
            let Some(id) = cell(main).or_else(|| ids.iter().find_map(|column| cell(*column))) else {
                continue;
            };
            let number = roster.people.len();
            for key in ids.iter().filter_map(|column| cell(*column)) {
                if roster.by_id.insert(key_of(key), number).is_some_and(|before| before != number) {
                    return Err(wrong(line, format!("`{key}` is there twice")));
                }
            }
            if let Some(name) = name.and_then(cell) {
                let same = roster.by_name.entry(key_of(name)).or_insert(Some(number));
                if *same != Some(number) {
                    *same = None;
                }
            }
            roster.people.push(Person {
                id: clean(id),
                name: name.and_then(cell).map(clean),
                submitted: time.and_then(cell).map(clean),
            });
        }
        Ok(roster)
    }

    /// Whoever has this identifier, or alone has this name.
    pub(super) fn find(&self, id: &str, name: Option<&str>) -> Option<&Person> {
        let by_name = || self.by_name.get(&key_of(name?)).copied().flatten();
        self.by_id.get(&key_of(id)).copied().or_else(by_name).map(|number| &self.people[number])
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.people.iter().any(|person| person.id == id)
    }

    /// Those who are not among the learners.
    pub(super) fn absent(&self, learners: &[Learner]) -> Vec<Learner> {
        let there = |person: &&Person| !learners.iter().any(|learner| learner.id == person.id);
        self.people
            .iter()
            .filter(there)
            .map(|person| Learner::absent(person.id.clone(), person.name.clone()))
            .collect()
    }
}

/// Moodle's gradebook says `Participant 4711` of whom its downloads call `4711`.
fn key_of(text: &str) -> String {
    let text = text.trim().to_lowercase();
    text.strip_prefix("participant ").map(str::to_owned).unwrap_or(text)
}
