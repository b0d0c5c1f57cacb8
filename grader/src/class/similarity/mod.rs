//! Which submissions of a class are alike, for a person to look at.
//!
//! ```text
//! protocol  what Dolos is asked, and what it answers
//! dolos     its library, installed beside what the grader keeps, and run like a compiler
//! pairs     what was found, kept with the results of the class
//! ```
//!
//! The comparison is that of [Dolos](https://dolos.ugent.be): fingerprints of the syntax tree, chosen by winnowing
//! (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003). Names,
//! layout and comments do not count. Neither does what the stub and the given files have, nor what at least half of the
//! right solutions of the suite have.

mod dolos;
mod pairs;
mod protocol;

pub use dolos::Dolos;
pub use pairs::{Compared, Pair, Pairs, Passage, Side};

use std::collections::BTreeMap;
use std::fs;

use super::intake::{Class, Learner};
use crate::catalog::{Catalog, Exercise};
use crate::error::{Error, Fault};
use crate::mutant::Base;
use crate::project::Project;
use crate::source::{self, Source};
use crate::submission::Work;
use protocol::{File, Question};

/// Pairs that are less alike than this are not kept: independent solutions of a small task have so much in common.
pub const LEAST: f64 = 0.4;

/// Pairs of one exercise that are kept at most. Nobody looks at more.
pub const MOST: usize = 50;

/// Compares the submissions of a class for each of the exercises, and hands over what was found of each.
///
/// # Errors
/// When Dolos does not run, the work is interrupted, or a file of an exercise or of its suite cannot be read.
pub fn compare(
    dolos: &Dolos,
    class: &Class,
    exercises: &[&Exercise],
    project: &Project,
    catalog: &Catalog,
    least: f64,
) -> Result<Pairs, Error> {
    let mut handed: BTreeMap<&str, Vec<(&Learner, Vec<Source>)>> = BTreeMap::new();
    for learner in &class.learners {
        for work in learner.works(exercises, catalog) {
            let exercise = catalog.get(&work.exercise)?;
            let Ok(own) = work.take() else { continue };
            if !work.is_stub(&own, exercise) {
                handed.entry(&exercise.slug).or_default().push((learner, own));
            }
        }
    }
    let mut compared = Vec::new();
    for exercise in exercises {
        let submissions = handed.remove(exercise.slug.as_str()).unwrap_or_default();
        let question = Question {
            boilerplate: boilerplate(exercise)?,
            right: right(project, exercise)?,
            files: submissions.iter().map(|(learner, own)| of_learner(learner, own)).collect(),
            most: MOST,
            least,
        };
        let found = if submissions.len() < 2 { Vec::new() } else { dolos.ask(&question)? };
        let sides = question.files.into_iter().zip(&submissions).map(|(file, (_, own))| {
            (
                file.path,
                Side {
                    sha256: source::digest(own),
                    name: file.full_name,
                    submitted: file.created_at,
                    text: file.text,
                },
            )
        });
        compared.push(Compared::new(&exercise.slug, submissions.len(), least, found, sides.collect()));
    }
    Ok(Pairs { exercises: compared })
}

/// What Dolos sees of a submission: all of its files, one after the other.
fn of_learner(learner: &Learner, own: &[Source]) -> File {
    let text = match own {
        [one] => one.text.clone(),
        several => several.iter().map(|source| format!("// {}\n{}\n", source.name, source.text)).collect(),
    };
    let (full_name, created_at) = (learner.name.clone(), learner.submitted.clone());
    File { path: learner.id.clone(), text, full_name, created_at }
}

/// The stub and the given files.
fn boilerplate(exercise: &Exercise) -> Result<Vec<File>, Fault> {
    let mut files = Vec::new();
    let stub = Work::in_folder(exercise, &exercise.pristine(), &exercise.pristine());
    for source in stub.and_then(|stub| stub.take().ok()).unwrap_or_default() {
        files.push(File::plain(format!(".stub/{}", source.name), source.text));
    }
    for name in exercise.given()? {
        let path = exercise.folder.join(&name);
        let text = fs::read_to_string(&path).map_err(|source| Fault::io("read", &path, source))?;
        files.push(File::plain(name.display().to_string(), text));
    }
    Ok(files)
}

/// The right solutions that the suite has.
fn right(project: &Project, exercise: &Exercise) -> Result<Vec<File>, Fault> {
    let bases = Base::all(project, exercise)?;
    bases.iter().map(|base| Ok(File::plain(base.to_string(), base.read(project, exercise)?))).collect()
}
