use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::catalog::Exercise;
use crate::project::Project;

mod large;

const SOURCE: &str = "pub struct Tally;\n";

fn catalog() -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::at(root.parent().expect("a workspace")).expect("a project");
    Catalog::discover(&project.with_content(root.join("tests/fixtures/project"))).expect("exercises")
}

/// A folder with these files in it, all with the same source.
fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        write(folder.path(), file, SOURCE.as_bytes());
    }
    folder
}

fn write(folder: &Path, file: &str, bytes: &[u8]) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

/// Of every learner the id, and what the work on the exercise is: its text, or what is wrong with it.
fn taken(folder: &Path, roster: Option<&Roster>) -> Vec<(String, Result<String, String>)> {
    let catalog = catalog();
    let exercises: Vec<&Exercise> = catalog.exercises().iter().collect();
    let class = Class::open(folder, None, roster).expect("a class");
    let of = |learner: &Learner| {
        let works = learner.works(&exercises, &catalog);
        assert_eq!(works.len(), exercises.len());
        let taken = works[0].take();
        let text = taken.map(|sources| sources[0].text.clone()).map_err(|error| error.message);
        (learner.id.clone(), text)
    };
    class.learners.iter().map(of).collect()
}

fn accepted(folder: &Path) -> Vec<String> {
    let ids = taken(folder, None).into_iter().map(|(id, text)| {
        assert_eq!(text.as_deref(), Ok(SOURCE), "{id}");
        id
    });
    ids.collect()
}

/// Why the only submission, which is the file `name`, is not taken.
fn refusal(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), bytes).expect("a file");
    let [(id, text)] = taken(folder.path(), None).try_into().expect("one learner");
    assert_eq!(id, "ada");
    text.expect_err("it is refused")
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn header(kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(u64::try_from(size).expect("small"));
    header.set_mode(0o644);
    header
}

/// Names are written as they are: the crate would refuse to write those of an attacker.
fn tar_gz_of(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, bytes) in entries {
        let mut header = header(*kind, bytes.len());
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").expect("a name");
        }
        header.set_cksum();
        builder.append(&header, *bytes).expect("an entry");
    }
    builder.into_inner().expect("tar").finish().expect("gzip")
}

#[test]
fn a_learner_is_a_folder_a_file_or_an_archive_with_one_level_too_many() {
    let folder = folder(&[
        "a/tally/src/lib.rs",
        "b/tally/lib.rs",
        "c/lib.rs",
        "d.rs",
        "e/homework/tally/src/lib.rs",
        "f/homework/src/lib.rs",
        "g/tally.rs",
        "h/repository-main/exercises/tally/src/lib.rs",
    ]);
    write(folder.path(), "i.zip", &zip_of(&[("tally/src/lib.rs", SOURCE.as_bytes())]));
    write(
        folder.path(),
        "j.zip",
        &zip_of(&[("j/src/lib.rs", SOURCE.as_bytes()), ("__MACOSX/j/src/._lib.rs", b"?")]),
    );
    let gz = tar_gz_of(&[
        ("./", EntryType::Directory, b""),
        ("./tally/lib.rs", EntryType::Regular, SOURCE.as_bytes()),
    ]);
    write(folder.path(), "k.tar.gz", &gz);
    write(folder.path(), "l/my work.zip", &zip_of(&[("lib.rs", SOURCE.as_bytes())]));
    assert_eq!(accepted(folder.path()), ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]);
}

#[test]
fn every_learner_has_a_row_with_what_is_wrong_in_it() {
    let folder =
        folder(&["right/tally/src/lib.rs", "text/essay.txt", "twice/a/tally/lib.rs", "twice/b/tally/lib.rs"]);
    write(folder.path(), "empty/lib.rs", b" \n");
    write(folder.path(), "folder/lib.rs/inner.txt", b"");
    write(folder.path(), "latin/lib.rs", b"// on \xe9\n");
    write(folder.path(), "utf16/lib.rs", b"\xff\xfef\0n\0");
    write(folder.path(), "zip.zip", b"PK\x03\x04 and then nothing");
    write(folder.path(), "void.zip", &zip_of(&[]));
    fs::create_dir(folder.path().join("nothing")).expect("a folder");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).expect("a link");
    fs::create_dir(folder.path().join("linked")).expect("a folder");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("linked/lib.rs")).expect("a link");
    let rows = taken(folder.path(), None);
    let wrong: Vec<(&str, &str)> =
        rows.iter().filter_map(|(id, text)| Some((id.as_str(), text.as_ref().err()?.as_str()))).collect();
    assert_eq!(rows.len(), wrong.len() + 1);
    let expected = [
        ("empty", "the file is empty"),
        ("folder", "nothing was handed in"),
        ("latin", "not valid UTF-8 at byte 6"),
        ("link", "symbolic link"),
        ("linked", "symbolic link"),
        ("nothing", "nothing was handed in"),
        ("text", "nothing was handed in"),
        ("twice", "more than once: in `a/tally/` and in `b/tally/`"),
        ("utf16", "the file is UTF-16"),
        ("void", "nothing was handed in"),
        ("zip", "not a ZIP archive"),
    ];
    assert_eq!(wrong.len(), expected.len(), "{wrong:#?}");
    for ((id, message), (expected_id, expected)) in wrong.iter().zip(expected) {
        assert_eq!(*id, expected_id);
        assert!(message.contains(expected), "{id}: {message}");
    }
}

#[test]
fn hostile_tars_are_refused_by_the_name_of_the_entry() {
    let refused = |name: &str, kind: EntryType| {
        refusal(
            "ada.tar.gz",
            &tar_gz_of(&[("lib.rs", EntryType::Regular, SOURCE.as_bytes()), (name, kind, b"")]),
        )
    };
    for (name, kind, why) in [
        ("/etc/cron.d/x.rs", EntryType::Regular, "`/etc/cron.d/x.rs` has an absolute path"),
        ("../x.rs", EntryType::Regular, "`../x.rs` leads out of the archive"),
        ("a/../../x.rs", EntryType::Regular, "`a/../../x.rs` leads out of the archive"),
        ("a\\..\\..\\x.rs", EntryType::Regular, "leads out of the archive"),
        ("C:\\x.rs", EntryType::Regular, "`C:\\x.rs` has an absolute path"),
        ("a", EntryType::Symlink, "`a` is a link"),
        ("a", EntryType::Link, "`a` is a link"),
        ("a", EntryType::Fifo, "`a` is a device or a pipe"),
        ("a", EntryType::Char, "`a` is a device or a pipe"),
        ("a", EntryType::Block, "`a` is a device or a pipe"),
        ("lib.rs", EntryType::Regular, "`lib.rs` is there twice"),
        ("./lib.rs", EntryType::Regular, "`./lib.rs` is there twice"),
        ("lib.rs/a", EntryType::Regular, "`lib.rs` is there twice, as a file and as a folder"),
    ] {
        let message = refused(name, kind);
        assert!(message.contains(why), "{name}: {message}");
    }
}

#[test]
fn hostile_zips_are_refused_by_the_name_of_the_entry() {
    for (name, why) in [
        ("/x.rs", "`/x.rs` has an absolute path"),
        ("../x.rs", "`../x.rs` leads out of the archive"),
        ("a\\x.rs", "backslash"),
        ("C:/x.rs", "has an absolute path"),
    ] {
        let message = refusal("ada.zip", &zip_of(&[("lib.rs", SOURCE.as_bytes()), (name, b"")]));
        assert!(message.contains(why), "{name}: {message}");
    }
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.add_symlink("lib.rs", "/etc/passwd", SimpleFileOptions::default()).expect("an entry");
    let message = refusal("ada.zip", &writer.finish().expect("an archive").into_inner());
    assert!(message.contains("`lib.rs` is a link"), "{message}");
    // Two entries of one name, which no honest tool writes.
    let twice = zip_of(&[("lib.rs", SOURCE.as_bytes()), ("lib.rt", b"")]);
    let twice: Vec<u8> = replaced(&twice, b"lib.rt", b"lib.rs");
    let message = refusal("ada.zip", &twice);
    assert!(message.contains("`lib.rs` is there twice"), "{message}");
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[test]
fn bombs_are_refused_by_their_ratio_and_by_their_count() {
    let zeros = vec![b' '; 8 * 1024 * 1024];
    let message = refusal("ada.zip", &zip_of(&[("lib.rs", &zeros)]));
    assert!(message.contains("`lib.rs` unpacks to more than 100 times"), "{message}");
    let message = refusal("ada.tar.gz", &tar_gz_of(&[("lib.rs", EntryType::Regular, &zeros)]));
    assert!(message.contains("100 times its size"), "{message}");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    {
        let mut builder = Builder::new(&mut encoder);
        let mut header = header(EntryType::Regular, 0);
        for number in 0..20_001 {
            builder.append_data(&mut header, format!("{number}"), &b""[..]).expect("an entry");
        }
        builder.finish().expect("tar");
    }
    let message = refusal("ada.tar.gz", &encoder.finish().expect("gzip"));
    assert!(message.contains("more than 20000 entries"), "{message}");
}

#[test]
fn what_is_too_long_or_not_text_in_an_archive_is_told_as_of_a_file() {
    let long = "//\n".repeat(100_000);
    assert!(refusal("ada.zip", &zip_of(&[("lib.rs", long.as_bytes())])).contains("larger than 256 KiB"));
    assert!(refusal("ada.zip", &zip_of(&[("lib.rs", b"\xfe\xff\0f")])).contains("UTF-16"));
}

fn class(folder: &Path) -> Class {
    Class::open(folder, None, None).expect("a class")
}

fn ids(class: &Class) -> Vec<&str> {
    class.learners.iter().map(|learner| learner.id.as_str()).collect()
}

#[test]
fn moodle_names_its_downloads_by_participant() {
    let flat = folder(&[
        "Ada Lovelace_4711_assignsubmission_file_lib.rs",
        "Grace Hopper_815_assignsubmission_file_lib.rs",
    ]);
    let nested = folder(&[
        "Ada Lovelace_4711_assignsubmission_file_/lib.rs",
        "Grace Hopper_815_assignsubmission_file_/tally/src/lib.rs",
    ]);
    write(
        nested.path(),
        "Kurt Gödel_9_assignsubmission_file_/work.zip",
        &zip_of(&[("tally/lib.rs", SOURCE.as_bytes())]),
    );
    assert_eq!(class(flat.path()).system, System::Moodle);
    assert_eq!(accepted(flat.path()), ["4711", "815"]);
    assert_eq!(accepted(nested.path()), ["4711", "815", "9"]);
    assert_eq!(class(nested.path()).learners[2].name.as_deref(), Some("Kurt Gödel"));
}

#[test]
fn canvas_names_files_by_user_and_the_newest_counts() {
    let folder = folder(&["lovelaceada_LATE_4711_90210_lib.rs"]);
    write(folder.path(), "hoppergrace_815_100_lib.rs", b"old");
    write(folder.path(), "hoppergrace_815_1000_lib-1.rs", SOURCE.as_bytes());
    write(folder.path(), "hoppergrace_815_999_lib-2.rs", b"older than its number says");
    let class = class(folder.path());
    assert_eq!(class.system, System::Canvas);
    assert_eq!(class.learners.iter().map(|one| one.late).collect::<Vec<_>>(), [true, false]);
    assert_eq!(accepted(folder.path()), ["4711", "815"]);
}

#[test]
fn blackboard_names_files_by_user_and_the_newest_attempt_counts() {
    let folder = folder(&[
        "Homework 1_ada_attempt_2026-10-02-08-00-00_lib.rs",
        "Homework 1_ada_attempt_2026-10-02-08-00-00.txt",
    ]);
    write(folder.path(), "Homework 1_ada_attempt_2026-10-01-23-59-59_tally.rs", b"an older attempt");
    write(folder.path(), "Homework 1_ada_attempt_2026-10-01-23-59-59.txt", b"about it");
    let class = class(folder.path());
    assert_eq!(class.system, System::Blackboard);
    assert_eq!(class.learners[0].submitted.as_deref(), Some("2026-10-02T08:00:00"));
    assert_eq!(accepted(folder.path()), ["ada"]);
}

#[test]
fn gradescope_says_who_handed_in_what_in_a_list() {
    let folder = folder(&["submission_11/lib.rs", "submission_12/tally/src/lib.rs", "submission_13/lib.rs"]);
    write(folder.path(), "submission_10/lib.rs", b"old");
    let list = "---\nsubmission_10:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: 'a1'\n    :email: ada@example.org\n  :created_at: 2026-10-01 08:00:00.000000000 Z\n  :score: 0.0\nsubmission_11:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: 'a1'\n    :email: ada@example.org\n  :created_at: 2026-10-02 08:00:00.000000000 Z\nsubmission_12:\n  :submitters:\n  - :name: Grace Hopper\n    :email: grace@example.org\n  - :name: Kurt\n    :sid: k\n  :created_at: 2026-10-02 08:00:00.000000000 Z\n";
    write(folder.path(), "submission_metadata.yml", list.as_bytes());
    assert_eq!(class(folder.path()).system, System::Gradescope);
    assert_eq!(accepted(folder.path()), ["a1", "grace@example.org", "k", "submission_13"]);
    write(folder.path(), "submission_metadata.yml", b"submission_10: [");
    let error = Class::open(folder.path(), None, None).expect_err("a broken list");
    assert!(error.to_string().contains("submission_metadata.yml"), "{error}");
}

#[test]
fn github_names_repositories_by_assignment_and_user() {
    let folder = folder(&["week-1-ada/tally/src/lib.rs", "week-1-grace-hopper/exercises/tally/src/lib.rs"]);
    write(folder.path(), "week-1-ada/README.md", b"");
    write(folder.path(), "week-1-grace-hopper/Cargo.toml", b"");
    write(
        folder.path(),
        "week-1-kurt-main.zip",
        &zip_of(&[("week-1-kurt-main/tally/src/lib.rs", SOURCE.as_bytes())]),
    );
    assert_eq!(class(folder.path()).system, System::Github);
    assert_eq!(accepted(folder.path()), ["ada", "grace-hopper", "kurt"]);
}

#[test]
fn names_that_begin_alike_are_no_assignment() {
    let folder = folder(&["ada-lovelace/lib.rs", "ada-smith/lib.rs"]);
    assert_eq!(ids(&class(folder.path())), ["ada-lovelace", "ada-smith"]);
}

fn roster(text: &str) -> Result<Roster, String> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    File::create(file.path()).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
    Roster::read(file.path()).map_err(|error| error.to_string())
}

#[test]
fn a_roster_gives_ids_and_a_row_to_who_handed_in_nothing() {
    let folder = folder(&[
        "Ada Lovelace_4711_assignsubmission_file_/lib.rs",
        "Grace Hopper_815_assignsubmission_file_/lib.rs",
        "Nobody_1_assignsubmission_file_/lib.rs",
    ]);
    let roster = roster("\u{feff}Identifier,Full name,Email address\nParticipant 4711,Ada Lovelace,ada@example.org\nK-1,\"Gödel, Kurt\",kurt@example.org\nG-1,Grace Hopper,grace@example.org\n").expect("a roster");
    let class = Class::open(folder.path(), None, Some(&roster)).expect("a class");
    assert_eq!(ids(&class), ["1", "G-1", "K-1", "Participant 4711"]);
    assert_eq!(class.learners[0].notes, ["is not on the roster"]);
    assert_eq!(class.learners[2].name.as_deref(), Some("Gödel, Kurt"));
    assert_eq!(taken(folder.path(), Some(&roster))[2].1, Err("nothing was handed in".to_owned()));
}

#[test]
fn a_broken_roster_is_refused_with_its_line() {
    assert!(roster("colour,size\nred,1\n").expect_err("no id").contains("line 1: no column is called"));
    assert!(roster("id,name\na,A\nb,B\na,C\n").expect_err("twice").contains("line 4: `a` is there twice"));
}

#[test]
fn two_submissions_without_a_stamp_are_not_chosen_between() {
    let folder = folder(&["ada.rs", "ada/lib.rs", "bob.rs"]);
    let rows = taken(folder.path(), None);
    assert_eq!(rows.len(), 2);
    assert!(rows[0].1.as_ref().expect_err("not taken").contains("more than once"), "{rows:?}");
}
