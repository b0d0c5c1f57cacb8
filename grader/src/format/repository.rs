//! Files of a submission as the repository has them that it is in.

use crate::report::{ExerciseReport, Report};

/// The file's path from where the submission was named: it is one file, or a folder with one for each exercise.
pub(super) fn path(report: &Report, exercise: &ExerciseReport, file: &str) -> String {
    let submission = report.submission.trim_end_matches('/');
    let submission = submission.strip_prefix("./").unwrap_or(submission);
    let path = if submission.ends_with(".rs") {
        return submission.to_owned();
    } else if submission.ends_with(&exercise.exercise) {
        format!("{submission}/{file}")
    } else {
        format!("{submission}/{}/{file}", exercise.exercise)
    };
    path.strip_prefix("./").map_or(path.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn paths_are_those_of_the_repository() {
        let exercise = samples::exercise("tally", Vec::new());
        let path = |submission: &str| {
            let report = Report { submission: submission.to_owned(), ..samples::report(Vec::new()) };
            path(&report, &exercise, "src/lib.rs")
        };
        assert_eq!(path("exercises"), "exercises/tally/src/lib.rs");
        assert_eq!(path("./exercises/"), "exercises/tally/src/lib.rs");
        assert_eq!(path("."), "tally/src/lib.rs");
        assert_eq!(path("mine/tally"), "mine/tally/src/lib.rs");
        assert_eq!(path("./tally.rs"), "tally.rs");
    }
}
