//! Manifests without what is not handed out.

use toml::{Table, Value};

use super::PACKAGES;
use crate::error::Fault;

/// Packages of which the workspace's manifest knows how to build them for a test.
const BUILT_FOR_TESTS: [&str; 3] = ["generator", "loom", "tracing-core"];

/// The workspace's manifest with the members that are there.
pub(super) fn workspace(text: &str) -> Result<String, Fault> {
    let mut whole = parsed(text)?;
    if let Some(Value::Table(workspace)) = whole.get_mut("workspace") {
        for list in ["members", "default-members"] {
            if let Some(Value::Array(members)) = workspace.get_mut(list) {
                members.retain(|member| {
                    let name = member.as_str().unwrap_or_default();
                    name.contains('*') || PACKAGES.contains(&name)
                });
            }
        }
    }
    let profile = whole.get_mut("profile").and_then(|profile| profile.get_mut("dev"));
    if let Some(Value::Table(packages)) = profile.and_then(|dev| dev.get_mut("package")) {
        packages.retain(|name, _| !BUILT_FOR_TESTS.contains(&name));
    }
    printed(&whole)
}

/// A package's manifest without its tests, benchmarks, and what only they need.
pub(super) fn package(text: &str) -> Result<String, Fault> {
    let mut whole = parsed(text)?;
    for table in ["bench", "test", "dev-dependencies"] {
        whole.remove(table);
    }
    printed(&whole)
}

/// An exercise's manifest, with the paths that its suite forbids.
pub(super) fn exercise(text: &str, banned: &[String]) -> String {
    const TABLE: &str = "[package.metadata.interleave]\n";
    if banned.is_empty() || text.contains("\nbanned = ") {
        return text.to_owned();
    }
    let list = Value::Array(banned.iter().cloned().map(Value::String).collect());
    text.replacen(TABLE, &format!("{TABLE}banned = {list}\n"), 1)
}

fn parsed(text: &str) -> Result<Table, Fault> {
    text.parse().map_err(|error: toml::de::Error| misread(&error.to_string()))
}

fn printed(whole: &Table) -> Result<String, Fault> {
    toml::to_string(whole).map_err(|error| misread(&error.to_string()))
}

fn misread(message: &str) -> Fault {
    Fault::Catalog { file: "Cargo.toml".into(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_that_are_handed_out_stay() {
        let text = "[workspace]\nmembers = [\"exercises/*\", \"grader\", \"grader/loom-std\"]\n[profile.dev.package.loom]\nopt-level = 3\n[profile.dev.package.model-std]\nopt-level = 3\n";
        let slim = workspace(text).expect("a manifest");
        assert!(slim.contains("members = [\"exercises/*\", \"grader\"]"), "{slim}");
        assert!(!slim.contains("loom") && slim.contains("[profile.dev.package.model-std]"), "{slim}");
    }

    #[test]
    fn a_package_comes_without_its_tests() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n[dev-dependencies]\nc = \"1\"\n[[bench]]\nname = \"d\"\n";
        let slim = package(text).expect("a manifest");
        assert!(
            slim.contains("[dependencies]") && !slim.contains("dev-") && !slim.contains("bench"),
            "{slim}"
        );
    }

    #[test]
    fn what_a_suite_forbids_is_in_the_manifest() {
        let text = "[package.metadata.interleave]\norder = 1\n";
        let banned = ["std::sync::RwLock".to_owned()];
        let with = exercise(text, &banned);
        assert_eq!(with, "[package.metadata.interleave]\nbanned = [\"std::sync::RwLock\"]\norder = 1\n");
        assert_eq!(exercise(&with, &banned), with);
    }
}
