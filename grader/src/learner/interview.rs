//! The interview questions of an exercise, out of its README: what is folded there below the heading
//! [`HEADING`](self), a question each with its answer.

use std::fs;

use super::progress::Progress;
use crate::catalog::Exercise;
use crate::error::{Fault, UsageError};

/// Below it are the questions.
const HEADING: &str = "## Interview questions";

/// A question, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// One line of Markdown.
    pub question: String,
    /// Markdown.
    pub answer: String,
}

/// A question with the exercise that it belongs to.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    pub exercise: &'a Exercise,
    pub question: Question,
}

/// The questions on a topic, in the order of the course: those of the exercise that it names, or else those that have
/// it in their text. Without a topic, all.
///
/// # Errors
/// When there is no question on it, or a README cannot be read.
pub fn on_topic<'a>(
    exercises: &'a [Exercise],
    topic: Option<&str>,
) -> Result<Vec<Asked<'a>>, crate::error::Error> {
    let mut all = Vec::new();
    for exercise in exercises {
        let file = exercise.folder.join("README.md");
        let text = fs::read_to_string(&file).map_err(|source| Fault::io("read", &file, source))?;
        all.extend(questions(&text).into_iter().map(|question| Asked { exercise, question }));
    }
    let Some(topic) = topic else { return Ok(all) };
    let wanted = topic.to_lowercase();
    let is_exercise = exercises.iter().any(|exercise| exercise.slug == wanted);
    all.retain(
        |Asked { exercise, question }| {
            if is_exercise { exercise.slug == wanted } else { is_about(question, &wanted) }
        },
    );
    if all.is_empty() {
        return Err(UsageError::NoQuestion { topic: topic.to_owned() }.into());
    }
    Ok(all)
}

fn is_about(question: &Question, wanted: &str) -> bool {
    [&question.question, &question.answer].iter().any(|text| text.to_lowercase().contains(wanted))
}

/// Whether a learner has said to know the answer.
pub fn is_known(asked: &Asked<'_>, progress: &Progress) -> bool {
    progress.of(asked.exercise).is_some_and(|entry| entry.known.contains(&asked.question.question))
}

/// Notes whether a learner knew the answer.
pub fn remember(asked: &Asked<'_>, known: bool, progress: &mut Progress) {
    let entry = progress.entry(asked.exercise);
    entry.known.retain(|question| *question != asked.question.question);
    if known {
        entry.known.push(asked.question.question.clone());
    }
}

/// The questions of a README.
fn questions(readme: &str) -> Vec<Question> {
    let Some((_, below)) = readme.split_once(HEADING) else { return Vec::new() };
    let below = below.split("\n## ").next().unwrap_or_default();
    let folded = below.split("<details>").skip(1).filter_map(|rest| rest.split_once("</details>"));
    let question = |(folded, _): (&str, &str)| {
        let (question, answer) = folded.trim_start().strip_prefix("<summary>")?.split_once("</summary>")?;
        let question = markdown(&question.split_whitespace().collect::<Vec<_>>().join(" "));
        Some(Question { question, answer: answer.trim().to_owned() })
    };
    folded.filter_map(question).collect()
}

/// What is folded has a summary in HTML: the same in Markdown, as far as a question has any.
fn markdown(summary: &str) -> String {
    const SAME: [(&str, &str); 5] =
        [("<code>", "`"), ("</code>", "`"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    SAME.iter().fold(summary.to_owned(), |text, (html, markdown)| text.replace(html, markdown))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::catalog::Catalog;
    use crate::project::Project;

    #[test]
    fn what_is_folded_below_the_heading_is_a_question() {
        let readme = "\
# An exercise
<details><summary>No question</summary>Nor an answer.</details>

## Interview questions

<details><summary>What is
a lock?</summary>

Something that **excludes**.
</details>

<details>
<summary>And <code>Option&lt;T&gt;</code>?</summary>

It does not wait.
</details>

## Later
<details><summary>No</summary>No</details>
";
        let question = |question: &str, answer: &str| Question {
            question: question.to_owned(),
            answer: answer.to_owned(),
        };
        let expected = [
            question("What is a lock?", "Something that **excludes**."),
            question("And `Option<T>`?", "It does not wait."),
        ];
        assert_eq!(questions(readme), expected);
        assert_eq!(questions("# No questions"), []);
    }

    #[test]
    fn every_exercise_asks_several_different_questions_and_answers_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let catalog = Catalog::discover(&Project::at(root).expect("a project")).expect("exercises");
        let all = on_topic(catalog.exercises(), None).expect("READMEs");
        for exercise in catalog.exercises() {
            let own = on_topic(catalog.exercises(), Some(&exercise.slug)).expect("questions");
            assert!(own.len() >= 4, "{} has {} questions", exercise.slug, own.len());
            for Asked { question, .. } in &own {
                assert!(question.question.ends_with(['?', '.']), "{question:?}");
                assert!(question.answer.len() > 40, "{question:?}");
                assert!(!question.question.contains("</"), "{question:?}");
                let same = all.iter().filter(|other| other.question.question == question.question);
                assert_eq!(same.count(), 1, "asked twice: {question:?}");
            }
        }
        let deadlock = on_topic(catalog.exercises(), Some("Deadlock")).expect("questions");
        assert!(!deadlock.is_empty() && deadlock.len() < all.len());
        assert!(on_topic(catalog.exercises(), Some("no such topic")).is_err());
    }

    #[test]
    fn what_was_known_is_remembered_by_its_question() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let catalog = Catalog::discover(&Project::at(root).expect("a project")).expect("exercises");
        let all = on_topic(catalog.exercises(), None).expect("READMEs");
        let mut progress = Progress::default();
        remember(&all[0], true, &mut progress);
        remember(&all[0], true, &mut progress);
        assert!(is_known(&all[0], &progress) && !is_known(&all[1], &progress));
        remember(&all[0], false, &mut progress);
        assert!(!is_known(&all[0], &progress));
    }
}
