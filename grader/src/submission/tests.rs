use std::fs;

use tempfile::TempDir;

use super::*;
use crate::project::Project;

/// A project with the exercises `one` and `two`.
fn catalog() -> (TempDir, Catalog) {
    let folder = tempfile::tempdir().expect("a folder");
    for (order, slug) in [(1, "one"), (2, "two")] {
        let exercise = folder.path().join("exercises").join(slug);
        fs::create_dir_all(exercise.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"{slug}\"\n[package.metadata.interleave]\norder = {order}\ntitle = \"T\"\nteaches = \"t\"\neditable = [\"src/lib.rs\"]\n"
        );
        fs::write(exercise.join("Cargo.toml"), manifest).expect("a file");
        fs::write(exercise.join("src/lib.rs"), "// stub").expect("a file");
    }
    let project = Project::at(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("a project");
    let catalog = Catalog::discover(&project.with_content(folder.path().to_owned())).expect("a catalog");
    (folder, catalog)
}

fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, bytes).expect("a file");
    path
}

fn works(path: &Path, selected: &[&str]) -> Result<Vec<String>, UsageError> {
    let (_project, catalog) = catalog();
    let selected: Vec<String> = selected.iter().map(|slug| (*slug).to_owned()).collect();
    let submission = Submission::open(path, &selected, &catalog)?;
    Ok(submission.works.into_iter().map(|work| work.exercise).collect())
}

#[test]
fn a_folder_holds_any_subset_in_either_form() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "two/lib.rs", b"fn f() {}");
    assert_eq!(works(folder.path(), &[]).expect("one work"), ["two"]);
    put(&folder, "one/src/lib.rs", b"fn f() {}");
    assert_eq!(works(folder.path(), &[]).expect("two works"), ["one", "two"]);
    assert_eq!(works(folder.path(), &["two"]).expect("one work"), ["two"]);
}

#[test]
fn a_folder_may_be_the_exercise_itself_by_its_name_or_by_request() {
    let folder = tempfile::tempdir().expect("a folder");
    put(&folder, "two/src/lib.rs", b"fn f() {}");
    assert_eq!(works(&folder.path().join("two"), &[]).expect("one work"), ["two"]);
    assert_eq!(works(&folder.path().join("two"), &["one"]).expect("one work"), ["one"]);
}

#[test]
fn a_single_file_needs_exactly_one_exercise() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = put(&folder, "mine.rs", b"fn f() {}");
    assert_eq!(works(&file, &["one"]).expect("one work"), ["one"]);
    assert!(matches!(works(&file, &[]), Err(UsageError::FileNeedsExercise { .. })));
    assert!(matches!(works(&file, &["one", "two"]), Err(UsageError::FileNeedsExercise { .. })));
    let other = put(&folder, "mine.txt", b"fn f() {}");
    assert!(matches!(works(&other, &["one"]), Err(UsageError::NotASubmission { .. })));
}

#[test]
fn what_is_not_there_is_told_with_where_it_was_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(works(&folder.path().join("gone"), &[]), Err(UsageError::NoSubmission { .. })));
    let Err(UsageError::NothingToGrade { looked_for, .. }) = works(folder.path(), &[]) else {
        panic!("found")
    };
    assert!(looked_for.contains(&folder.path().join("one/src/lib.rs")), "{looked_for:?}");
    put(&folder, "two/lib.rs", b"fn f() {}");
    assert!(matches!(works(folder.path(), &["one"]), Err(UsageError::ExerciseMissing { .. })));
}

#[test]
fn an_unknown_exercise_comes_with_the_nearest_name() {
    let Err(UsageError::UnknownExercise { suggestion, .. }) = works(Path::new("."), &["twoo"]) else {
        panic!("found")
    };
    assert_eq!(suggestion.as_deref(), Some("two"));
    let Err(UsageError::UnknownExercise { suggestion, .. }) = works(Path::new("."), &["zebra"]) else {
        panic!("found")
    };
    assert_eq!(suggestion, None);
}

fn taken(prepare: impl FnOnce(&Path)) -> Result<String, Diagnostic> {
    let (_project, catalog) = catalog();
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("one/src");
    fs::create_dir_all(&own).expect("a folder");
    prepare(&own.join("lib.rs"));
    let submission = Submission::open(folder.path(), &[], &catalog).expect("a submission");
    submission.works[0].take().map(|mut sources| sources.remove(0).text)
}

fn refused(prepare: impl FnOnce(&Path)) -> Diagnostic {
    let diagnostic = taken(prepare).expect_err("a diagnostic");
    assert_eq!(diagnostic.file.as_deref(), Some("src/lib.rs"));
    diagnostic
}

#[test]
fn a_good_file_is_taken_as_it_is() {
    let source = "//! Ä\r\nfn f() {}\n";
    assert_eq!(taken(|file| fs::write(file, source).expect("a file")), Ok(source.to_owned()));
}

#[test]
fn bytes_that_are_not_text_are_named_with_their_line() {
    let diagnostic = refused(|file| fs::write(file, b"fn f() {}\n// \xff").expect("a file"));
    assert!(diagnostic.message.contains("byte 13"), "{}", diagnostic.message);
    assert_eq!((diagnostic.line, diagnostic.column), (Some(2), Some(4)));
}

#[test]
fn empty_huge_and_strange_files_are_refused() {
    assert!(refused(|file| fs::write(file, " \n").expect("a file")).message.contains("empty"));
    let huge = vec![b' '; usize::try_from(MAX_FILE_BYTES).expect("small") + 1];
    assert!(refused(|file| fs::write(file, huge).expect("a file")).message.contains("256 KiB"));
    assert!(refused(|file| fs::create_dir(file).expect("a folder")).message.contains("folder"));
}

#[test]
fn links_are_refused_wherever_they_stand() {
    let secret = tempfile::tempdir().expect("a folder");
    let file = put(&secret, "lib.rs", b"fn secret() {}");
    let link = |to: PathBuf| move |file: &Path| std::os::unix::fs::symlink(to, file).expect("a link");
    assert!(refused(link(file)).message.contains("symbolic link"));
    assert!(refused(link(secret.path().join("nowhere"))).message.contains("symbolic link"));
    let folder_is_a_link = |file: &Path| {
        let src = file.parent().expect("a parent");
        fs::remove_dir(src).expect("a folder");
        std::os::unix::fs::symlink(secret.path(), src).expect("a link");
    };
    assert!(refused(folder_is_a_link).message.contains("symbolic link"));
}
