//! What earlier calibrations found out: a fixture that came out as it must, under the same circumstances, does so again.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Fixture;
use crate::catalog::Catalog;
use crate::error::Error;
use crate::pipeline::Grader;
use crate::project::Project;
use crate::report::{ExerciseReport, milliseconds, now};
use crate::results::{Cache, Circumstances, Entry, Key};
use crate::suite::Selection;

/// The results of earlier gradings, those of classes among them.
pub struct Known {
    cache: Cache,
    circumstances: BTreeMap<String, Circumstances>,
}

impl Known {
    /// Reads what the results of these fixtures depend on, which must not change meanwhile.
    ///
    /// # Errors
    /// When a file of it cannot be read.
    pub fn of(
        grader: &Grader<'_>,
        project: &Project,
        catalog: &Catalog,
        fixtures: &[Fixture],
    ) -> Result<Self, Error> {
        let mut circumstances = BTreeMap::new();
        for Fixture { exercise, .. } in fixtures {
            if !circumstances.contains_key(exercise) {
                let of = Circumstances::of(grader, project, catalog.get(exercise)?)?;
                circumstances.insert(exercise.clone(), of);
            }
        }
        Ok(Self { cache: Cache::of(project), circumstances })
    }

    pub(super) fn key(&self, fixture: &Fixture, selection: Selection<'_>) -> Option<Key> {
        let circumstances = self.circumstances.get(&fixture.exercise)?;
        Some(circumstances.key(&fixture.work.take(), selection))
    }

    pub(super) fn recall(
        &self,
        key: &Key,
        fixture: &Fixture,
        selection: Selection<'_>,
    ) -> Option<ExerciseReport> {
        Some(self.cache.get(key, &fixture.suite, selection)?.report)
    }

    pub(super) fn remember(&self, key: &Key, report: ExerciseReport, took: Duration) {
        let entry = Entry { report, graded_at: now(), duration_ms: milliseconds(took) };
        self.cache.put(key, &entry);
    }
}
