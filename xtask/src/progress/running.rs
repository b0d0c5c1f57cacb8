//! What is running now.

use std::fmt;

use grader::event::{Compilation, Event};

/// What is running, the longest first.
#[derive(Debug, Default)]
pub(super) struct Running {
    activities: Vec<Activity>,
    /// Crates that were built of those that every check is linked with.
    artifacts: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Activity {
    /// `None` is the grader itself.
    exercise: Option<String>,
    what: String,
}

impl Running {
    /// Takes an event into account, and says whether it changes what is running.
    pub(super) fn update(&mut self, event: &Event) -> bool {
        match event {
            Event::ArtifactsStarted => self.begin(None, "building".to_owned()),
            Event::ArtifactBuilt { name } => {
                self.artifacts += 1;
                self.activities.retain(|activity| activity.exercise.is_some());
                self.begin(None, format!("building: {name}, {} crates so far", self.artifacts));
            }
            Event::ArtifactsFinished { .. } => {
                self.activities.retain(|activity| activity.exercise.is_some());
            }
            Event::CompilationStarted { exercise, what } => {
                self.begin(Some(exercise), describe(*what).to_owned());
            }
            Event::CompilationFinished { exercise, what } => self.end(exercise, describe(*what)),
            Event::CheckStarted { exercise, check } => self.begin(Some(exercise), check.to_string()),
            Event::CheckFinished { exercise, check, .. } => self.end(exercise, &check.to_string()),
            // What was interrupted does not finish by itself.
            Event::ExerciseFinished { exercise, .. } => {
                self.activities.retain(|activity| activity.exercise.as_ref() != Some(exercise));
            }
            _ => return false,
        }
        true
    }

    fn begin(&mut self, exercise: Option<&String>, what: String) {
        self.activities.push(Activity { exercise: exercise.cloned(), what });
    }

    /// Of two submissions for one exercise, either may have ended: they look the same.
    fn end(&mut self, exercise: &str, what: &str) {
        let is_it =
            |activity: &Activity| activity.exercise.as_deref() == Some(exercise) && activity.what == what;
        if let Some(index) = self.activities.iter().position(is_it) {
            self.activities.remove(index);
        }
    }
}

/// `race-counter: a, b; lru-cache: c`
impl fmt::Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&Activity> = None;
        for activity in &self.activities {
            let goes_on = before.is_some_and(|before| before.exercise == activity.exercise);
            match (before, &activity.exercise) {
                (Some(_), _) if goes_on => write!(f, ", ")?,
                (Some(_), Some(exercise)) => write!(f, "; {exercise}: ")?,
                (Some(_), None) => write!(f, "; ")?,
                (None, Some(exercise)) => write!(f, "{exercise}: ")?,
                (None, None) => {}
            }
            f.write_str(&activity.what)?;
            before = Some(activity);
        }
        Ok(())
    }
}

/// What a compiler is doing.
pub(super) fn describe(what: Compilation) -> &'static str {
    match what {
        Compilation::Submission => "compiling the submission",
        Compilation::ModelledSubmission => "compiling the submission for the model",
        Compilation::Signature => "comparing the public items",
        Compilation::StressChecks => "compiling the checks",
        Compilation::ModelChecks => "compiling the checks for the model",
        Compilation::LoomSubmission => "compiling the submission for loom",
        Compilation::LoomChecks => "compiling the checks for loom",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use grader::report::{CheckStatus, Engine};
    use grader::suite::CheckId;

    use super::*;

    fn started(exercise: &str, name: &str) -> Event {
        let check = CheckId::new(name, Engine::Model);
        Event::CheckStarted { exercise: exercise.to_owned(), check }
    }

    fn finished(exercise: &str, name: &str) -> Event {
        Event::CheckFinished {
            exercise: exercise.to_owned(),
            check: CheckId::new(name, Engine::Model),
            status: CheckStatus::Passed,
            duration: Duration::ZERO,
        }
    }

    fn after(events: &[Event]) -> String {
        let mut running = Running::default();
        for event in events {
            running.update(event);
        }
        running.to_string()
    }

    #[test]
    fn what_has_begun_and_not_ended_is_named() {
        let compiling = |what| Event::CompilationStarted { exercise: "pool".to_owned(), what };
        let events = [
            compiling(Compilation::Submission),
            started("pool", "a::b"),
            started("cache", "c"),
            started("pool", "d"),
            finished("pool", "a::b"),
        ];
        assert_eq!(after(&events[..2]), "pool: compiling the submission, a::b (model)");
        assert_eq!(after(&events), "pool: compiling the submission; cache: c (model); pool: d (model)");
        assert_eq!(after(&[started("pool", "a"), finished("pool", "a")]), "");
    }

    #[test]
    fn the_first_build_names_the_crate_that_was_built_last() {
        let built = |name: &str| Event::ArtifactBuilt { name: name.to_owned() };
        let events = [
            Event::ArtifactsStarted,
            built("serde"),
            built("harness"),
            Event::ArtifactsFinished { duration: Duration::ZERO },
        ];
        assert_eq!(after(&events[..1]), "building");
        assert_eq!(after(&events[..3]), "building: harness, 2 crates so far");
        assert_eq!(after(&events), "");
    }

    #[test]
    fn nothing_runs_for_an_exercise_that_has_finished() {
        let end = Event::ExerciseFinished {
            exercise: "pool".to_owned(),
            verdict: grader::report::Verdict::Interrupted,
            points: 0,
            max_points: 100,
        };
        assert_eq!(after(&[started("pool", "a"), end]), "");
    }
}
