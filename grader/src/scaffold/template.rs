//! The files that an exercise consists of, as they are before anything of it is written.

use std::path::PathBuf;

use super::name::Name;
use crate::project::Project;

/// One file of every exercise.
#[derive(Debug)]
pub(super) struct Template {
    folder: Folder,
    name: &'static str,
    /// Markers in double braces stand for the exercise's names.
    text: &'static str,
}

/// The folders of an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    Exercise,
    Solution,
    Suite,
}

macro_rules! templates {
    ($($folder:ident $prefix:literal from $below:literal: $($name:literal)*;)*) => {
        &[$($(
            Template {
                folder: Folder::$folder,
                name: concat!($prefix, $name),
                text: include_str!(concat!("template/", $below, "/", $name, ".in")),
            },
        )*)*]
    };
}

/// All of them, in the order in which they are best written.
pub(super) const TEMPLATES: &[Template] = templates! {
    Exercise "" from "exercise": "Cargo.toml" "README.md" "src/lib.rs" "src/main.rs";
    Solution "" from "solution": "src/lib.rs" "EXPLANATION.md";
    Exercise "tests/" from "public": "public.rs" "contract.rs" "contract/it_is_shared_between_threads.rs";
    Exercise "" from "exercise": "hints/1.md" "hints/2.md" "hints/3.md";
    Suite "" from "suite": "suite.toml" "signature.rs" "checks.rs" "checks/alone.rs";
    // Learners may run this one themselves.
    Suite "" from "public": "contract/it_is_shared_between_threads.rs";
    Suite "" from "suite": "README.md";
};

impl Template {
    /// Where the file belongs.
    pub(super) fn path(&self, project: &Project, slug: &str) -> PathBuf {
        let folder = match self.folder {
            Folder::Exercise => project.exercises().join(slug),
            Folder::Solution => project.solution(slug),
            Folder::Suite => project.suite(slug),
        };
        folder.join(self.name)
    }

    /// What stands in it at first.
    pub(super) fn text(&self, name: &Name, order: u32) -> String {
        let order = order.to_string();
        [("slug", name.slug()), ("crate", &name.crate_name()), ("Type", &name.type_name()), ("order", &order)]
            .iter()
            .fold(self.text.to_owned(), |text, (marker, value)| {
                text.replace(&format!("{{{{{marker}}}}}"), value)
            })
    }

    /// Whether no exercise is whole without the file. The others are examples: an exercise may have its own instead.
    pub(super) fn is_required(&self) -> bool {
        !matches!(
            self.name,
            "checks/alone.rs"
                | "contract/it_is_shared_between_threads.rs"
                | "tests/contract/it_is_shared_between_threads.rs"
        )
    }

    /// Whether it is the stub, of which a copy is kept where no learner edits it.
    pub(super) fn is_stub(&self) -> bool {
        self.folder == Folder::Exercise && self.name == "src/lib.rs"
    }
}
