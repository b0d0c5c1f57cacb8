//! What an exercise may be called, and what its code calls it then.

use crate::catalog::Catalog;
use crate::error::UsageError;
use crate::project::Project;

/// The name of an exercise: lower-case words with hyphens between them, as in `read-write-lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// Crates that every program has, and what cargo makes of a package of that name.
const TAKEN: [&str; 6] = ["alloc", "core", "proc-macro", "std", "test", "deps"];

impl Name {
    /// Checks a name for an exercise that may be there, in part, already.
    ///
    /// # Errors
    /// When no package can be called so, or another one is.
    pub fn new(slug: &str, project: &Project, catalog: &Catalog) -> Result<Self, UsageError> {
        let wrong =
            |reason: &str| UsageError::ExerciseName { name: slug.to_owned(), reason: reason.to_owned() };
        let is_word = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_lowercase())
                && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        if !slug.split('-').all(is_word) {
            return Err(wrong("it is not made of lower-case words with hyphens between them"));
        }
        if syn::parse_str::<syn::Ident>(&slug.replace('-', "_")).is_err() {
            return Err(wrong("it is a keyword of Rust"));
        }
        let is_exercise = catalog.slugs().iter().any(|known| known == slug);
        let is_package =
            TAKEN.contains(&slug) || ["grader", "xtask"].iter().any(|own| is_below(project, own, slug));
        if is_package && !is_exercise {
            return Err(wrong("another package is called so"));
        }
        Ok(Self(slug.to_owned()))
    }

    /// As folders and commands call it.
    pub fn slug(&self) -> &str {
        &self.0
    }

    /// As Rust code calls its crate.
    pub(super) fn crate_name(&self) -> String {
        self.0.replace('-', "_")
    }

    /// What its first type is called.
    pub(super) fn type_name(&self) -> String {
        let capitalised = |word: &str| {
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_ascii_uppercase())
        };
        self.0.split('-').map(capitalised).collect()
    }
}

/// Whether `slug` is one of the project's own packages: `own`, or one in its folder.
fn is_below(project: &Project, own: &str, slug: &str) -> bool {
    slug == own || project.root().join(own).join(slug).join("Cargo.toml").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_calls_it_as_code_does() {
        let name = Name("read-write-lock2".to_owned());
        assert_eq!(
            (name.crate_name().as_str(), name.type_name().as_str()),
            ("read_write_lock2", "ReadWriteLock2")
        );
    }
}
