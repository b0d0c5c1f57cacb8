//! The map of the course, `exercises/course.toml`: phases and topics, with their exercises and with what comes later.

use std::fs;
use std::io;

use serde::Deserialize;

use crate::catalog::{Catalog, Exercise};
use crate::error::{Fault, line_of};
use crate::project::Project;

/// The phases, in their order.
#[derive(Debug)]
pub struct Course<'a> {
    pub phases: Vec<Phase<'a>>,
}

#[derive(Debug)]
pub struct Phase<'a> {
    pub title: String,
    pub topics: Vec<Topic<'a>>,
}

#[derive(Debug)]
pub struct Topic<'a> {
    pub title: String,
    /// In the order of the course.
    pub exercises: Vec<&'a Exercise>,
    /// What has no exercise yet: its name, and what it is about.
    pub later: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    phase: Vec<MapPhase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapPhase {
    title: String,
    topic: Vec<MapTopic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapTopic {
    id: String,
    title: String,
    #[serde(default)]
    later: Vec<String>,
}

impl<'a> Course<'a> {
    /// Reads the map; `None` if there is none, such as in a handout of a few exercises.
    ///
    /// # Errors
    /// When it cannot be read or is malformed, or an exercise names a topic that is not on it.
    pub fn read(project: &Project, catalog: &'a Catalog) -> Result<Option<Self>, Fault> {
        let file = project.exercises().join("course.toml");
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Fault::io("read", &file, error)),
        };
        let map: Map = toml::from_str(&text).map_err(|error| Fault::Course {
            file: file.clone(),
            line: line_of(&text, &error.span().unwrap_or(0..0)),
            message: error.message().to_owned(),
        })?;
        let ids = || map.phase.iter().flat_map(|phase| phase.topic.iter().map(|topic| topic.id.as_str()));
        for exercise in catalog.exercises() {
            if let Some(topic) = &exercise.topic
                && !ids().any(|id| id == topic)
            {
                let known: Vec<&str> = ids().collect();
                return Err(Fault::Catalog {
                    file: exercise.folder.join("Cargo.toml"),
                    message: format!(
                        "the topic `{topic}` is not in exercises/course.toml, which has {}",
                        known.join(", ")
                    ),
                });
            }
        }
        let topic = |topic: &MapTopic| Topic {
            title: topic.title.clone(),
            exercises: catalog
                .exercises()
                .iter()
                .filter(|exercise| exercise.topic.as_deref() == Some(&topic.id))
                .collect(),
            later: topic.later.clone(),
        };
        let phase = |phase: &MapPhase| Phase {
            title: phase.title.clone(),
            topics: phase.topic.iter().map(topic).collect(),
        };
        Ok(Some(Self { phases: map.phase.iter().map(phase).collect() }))
    }
}

impl<'a> Phase<'a> {
    /// Its exercises, topic by topic.
    pub fn exercises(&self) -> impl Iterator<Item = &'a Exercise> {
        self.topics.iter().flat_map(|topic| topic.exercises.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn project() -> Project {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        Project::at(root).expect("a project")
    }

    #[test]
    fn every_exercise_is_on_the_map_and_what_comes_later_is_none_yet() {
        let project = project();
        let catalog = Catalog::discover(&project).expect("exercises");
        let course = Course::read(&project, &catalog).expect("a map").expect("a map");
        let on_map: usize = course.phases.iter().map(|phase| phase.exercises().count()).sum();
        let missing: Vec<_> =
            catalog.exercises().iter().filter(|one| one.topic.is_none()).map(|one| &one.slug).collect();
        assert_eq!(on_map, catalog.exercises().len(), "without a topic: {missing:?}");
        for topic in course.phases.iter().flat_map(|phase| &phase.topics) {
            assert!(!topic.exercises.is_empty() || !topic.later.is_empty(), "{}", topic.title);
            for later in &topic.later {
                let (name, about) = later.split_once(": ").expect("a name and what it is about");
                assert!(!about.is_empty() && catalog.get(name).is_err(), "{later}");
            }
        }
    }

    #[test]
    fn a_broken_map_is_refused_with_its_line_and_an_unknown_topic_with_those_there_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let exercise = folder.path().join("exercises/tally");
        fs::create_dir_all(&exercise).expect("a folder");
        let manifest = "[package]\nname = \"tally\"\n[package.metadata.interleave]\norder = 1\ntopic = \"locks\"\n\
                        title = \"t\"\nteaches = \"t\"\neditable = [\"src/lib.rs\"]\n";
        fs::write(exercise.join("Cargo.toml"), manifest).expect("a manifest");
        let project = project().with_content(folder.path().to_owned());
        let catalog = Catalog::discover(&project).expect("exercises");
        assert!(Course::read(&project, &catalog).expect("no map is no error").is_none());

        let map = folder.path().join("exercises/course.toml");
        fs::write(&map, "[[phase]]\ntitle = \"a\"\n[[phase.topic]]\nid = 7\n").expect("a map");
        let error = Course::read(&project, &catalog).expect_err("an id is text").to_string();
        assert!(error.contains("course.toml:4: "), "{error}");

        fs::write(&map, "[[phase]]\ntitle = \"a\"\n[[phase.topic]]\nid = \"other\"\ntitle = \"b\"\n")
            .expect("a map");
        let error = Course::read(&project, &catalog).expect_err("no such topic").to_string();
        assert!(error.contains("the topic `locks`") && error.contains("other"), "{error}");
    }
}
