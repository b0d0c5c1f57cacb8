//! Knows when a learner's files have changed.

use std::path::Path;
use std::sync::mpsc::Sender;

use grader::catalog::Exercise;
use grader::error::Fault;
use grader::learner::progress::fingerprint;
use notify::{Config, Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use super::News;

/// Tells of every change below `folder` until it is dropped. The folder itself is watched, not the files: editors write
/// a new file and rename it.
pub(super) fn watch(folder: &Path, news: Sender<News>) -> Result<Box<dyn Watcher>, Fault> {
    let handler = move |event: notify::Result<Event>| {
        // Reading is no change; errors may hide one.
        if event.map_or(true, |event| !event.kind.is_access()) {
            // Nobody listens any more once the session is over.
            let _ = news.send(News::Saved);
        }
    };
    let begun = RecommendedWatcher::new(handler.clone(), Config::default()).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(Box::new(watcher) as Box<dyn Watcher>)
    });
    // Network drives tell of nothing, and systems have limits: then the files are looked at now and then.
    begun.or_else(|_| {
        let often = Config::default().with_poll_interval(std::time::Duration::from_millis(300));
        let mut watcher = PollWatcher::new(handler, often).map_err(|error| fault(folder, &error))?;
        watcher.watch(folder, RecursiveMode::Recursive).map_err(|error| fault(folder, &error))?;
        Ok(Box::new(watcher) as Box<dyn Watcher>)
    })
}

fn fault(folder: &Path, error: &notify::Error) -> Fault {
    Fault::io("watch", folder, std::io::Error::other(error.to_string()))
}

/// What a check depends on: the learner's files, and the public tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of the learner's files.
    pub files: String,
    tests: Vec<u8>,
}

impl Version {
    pub(super) fn of(exercise: &Exercise) -> Self {
        let tests = std::fs::read(exercise.folder.join("tests/public.rs")).unwrap_or_default();
        Self { files: fingerprint(exercise), tests }
    }
}
