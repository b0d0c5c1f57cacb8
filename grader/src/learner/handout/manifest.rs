//! Manifests without what is not handed out.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::PACKAGES;
use crate::error::Fault;

/// The workspace's manifest with the members that are there, whose own manifests are `packages`.
pub(super) fn workspace(text: &str, packages: &[String]) -> Result<String, Fault> {
    let known = packages.iter().map(|text| named(text)).collect::<Result<Vec<_>, _>>()?.concat();
    let known: BTreeSet<String> = known.into_iter().collect();
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
        // Cargo warns of a way to build what is not there, at each of its runs.
        packages.retain(|name, _| name == "*" || known.contains(name));
    }
    printed(&whole)
}

/// A package's own name, and those of what it depends on.
fn named(text: &str) -> Result<Vec<String>, Fault> {
    let whole = parsed(text)?;
    let own = whole.get("package").and_then(|package| package.get("name")).and_then(Value::as_str);
    let of_systems = whole.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let needed = of_systems
        .filter_map(Value::as_table)
        .chain([&whole])
        .filter_map(|table| table.get("dependencies").and_then(Value::as_table))
        .flat_map(Table::keys);
    Ok(own.into_iter().chain(needed.map(String::as_str)).map(str::to_owned).collect())
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
        let text = "[workspace]\nmembers = [\"exercises/*\", \"grader\", \"grader/loom-std\"]\n\n[profile.dev.package]\n\"*\" = { debug = false }\nloom = { opt-level = 3 }\ngrader = { opt-level = 3 }\nsha2 = { opt-level = 3 }\nnix = { opt-level = 3 }\n";
        let grader = "[package]\nname = \"grader\"\n[dependencies]\nsha2.workspace = true\n[target.'cfg(unix)'.dependencies]\nnix = \"1\"\n";
        let slim = workspace(text, &[grader.to_owned()]).expect("a manifest");
        assert!(slim.contains("members = [\"exercises/*\", \"grader\"]"), "{slim}");
        assert!(!slim.contains("loom"), "{slim}");
        for kept in ["package.\"*\"]", "package.grader]", "package.sha2]", "package.nix]"] {
            assert!(slim.contains(kept), "{slim}");
        }
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
