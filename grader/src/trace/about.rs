//! Which functions of a submission a failure may be about.

use std::collections::BTreeSet;

use model_trace::Place;

use super::Annotator;
use crate::report::{Diagnosis, Recording, SourceLine};

/// What is known of a failure.
#[derive(Debug)]
pub(crate) struct Failing<'a> {
    pub diagnosis: Option<&'a Diagnosis>,
    pub message: &'a str,
    pub recording: Option<&'a Recording>,
    pub title: &'a str,
    /// What the check has promised.
    pub promise: &'a str,
}

impl Annotator {
    /// The functions that a failure may be about, of those that can be called from outside: those of the diagnosis; else
    /// those that the check's message names; else all that it has called, or where that is not known, what it is about.
    pub(crate) fn about(&self, failing: &Failing<'_>) -> BTreeSet<String> {
        let code = self.code();
        if let Some(diagnosis) = failing.diagnosis {
            let place = |SourceLine { file, line }: &SourceLine| Place {
                file: file.clone().into(),
                line: *line,
                column: 1,
            };
            let places: Vec<Place> = diagnosis.lines.iter().map(place).collect();
            return self.entered(places.iter().filter_map(|place| code.function_of(place)));
        }
        let named = code.named_in(failing.message);
        match failing.recording {
            Some(recording) if named.is_empty() => {
                self.entered(recording.functions.iter().flatten().map(String::as_str))
            }
            Some(_) => owned(named),
            None => {
                let texts = [failing.title, failing.promise].map(|text| code.named_in(text));
                owned([named].into_iter().chain(texts).find(|names| !names.is_empty()).unwrap_or_default())
            }
        }
    }

    fn entered<'a>(&self, functions: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let functions: BTreeSet<&str> = functions.collect();
        owned(functions.into_iter().flat_map(|name| self.code().entrances(name)).collect())
    }
}

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Mistake;
    use crate::source::Source;

    const SOURCE: &str = "impl Queue {
    pub fn get(&self) -> u8 { self.before(None) }
    pub fn get_timeout(&self, time: Duration) -> u8 { self.before(Some(time)) }
    fn before(&self, time: Option<Duration>) -> u8 {
        self.items.lock().unwrap().pop()
    }
    pub fn len(&self) -> usize { self.items.lock().unwrap().len() }
}
";

    #[test]
    fn what_is_known_best_says_what_a_failure_is_about() {
        let annotator = Annotator::of(&[Source::new("src/lib.rs", SOURCE)]);
        let about = |failing: &Failing<'_>| annotator.about(failing).into_iter().collect::<Vec<_>>();
        let failing = Failing {
            diagnosis: None,
            message: "3 items",
            recording: None,
            title: "It is in order",
            promise: "`len` counts",
        };
        assert_eq!(about(&failing), ["len"]);
        let failing = Failing { message: "your code gave 3 for `queue.get()`", ..failing };
        assert_eq!(about(&failing), ["get"]);
        let diagnosis = Diagnosis {
            kind: Mistake::WrongLogic,
            message: String::new(),
            steps: Vec::new(),
            lines: vec![SourceLine { file: "src/lib.rs".to_owned(), line: 5 }],
        };
        assert_eq!(about(&Failing { diagnosis: Some(&diagnosis), ..failing }), ["get", "get_timeout"]);
    }
}
