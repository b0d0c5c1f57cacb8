//! The attacks, graded by a process with a temporary folder to itself, in which nothing may be left. `lesser` starts it as
//! somebody else, or as on a system that has less.

#[cfg(target_os = "linux")]
mod lesser;

use std::env;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::attack::{self, Attack};
use super::remains::{names, objects, processes_in};

/// The variable with the names of the attacks that are tried.
const ATTACKS: &str = "ATTACKS";
const BETWEEN: &str = " ";

#[test]
fn every_attack_comes_to_what_has_to_come_of_it_and_leaves_nothing() {
    let attacks = names_of(|_| true);
    assert!(attacks.len() >= 60, "{} attacks", attacks.len());
    Graded::by(this_program(), &attacks).assert_as_it_must();
}

#[test]
#[ignore = "the other tests of this file start it"]
fn grades_some() {
    #[cfg(target_os = "linux")]
    lesser::do_without();
    let wanted = env::var(ATTACKS).expect("names of attacks");
    let wanted: Vec<&str> = wanted.split(BETWEEN).collect();
    let mut wrong = Vec::new();
    for (name, attack) in attack::all().into_iter().filter(|(name, _)| wanted.contains(&name.as_str())) {
        wrong.extend(attack.comes_to_something_else().map(|what| format!("{name}: {what}")));
        let left = processes_in(&env::temp_dir());
        if !left.is_empty() {
            wrong.push(format!("{name}: processes {left:?} are left"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), wanted.len(), wrong.join("\n"));
}

fn names_of(is_wanted: impl Fn(&Attack) -> bool) -> Vec<String> {
    let wanted = attack::all().into_iter().filter(|(_, attack)| is_wanted(attack));
    wanted.map(|(name, _)| name).collect()
}

/// This program, which is to grade in a process of its own.
fn this_program() -> Command {
    #[expect(clippy::disallowed_methods, reason = "no child of a grading, but a grader")]
    Command::new(env::current_exe().expect("this program"))
}

/// What came of attacks.
struct Graded {
    output: Output,
    /// What was to be left as it was.
    before: Vec<std::collections::BTreeSet<String>>,
    temporary: TempDir,
}

impl Graded {
    /// Grades `attacks` by `command`, which is this program, or becomes it.
    fn by(mut command: Command, attacks: &[String]) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let everybody = std::fs::Permissions::from_mode(0o777);
            std::fs::set_permissions(temporary.path(), everybody).expect("a folder of one's own");
        }
        let before = objects();
        command.args(["--exact", "graders::grades_some", "--include-ignored", "--nocapture"]);
        command.env(ATTACKS, attacks.join(BETWEEN)).env("TMPDIR", temporary.path());
        let output = command.output().expect("it runs");
        Self { output, before, temporary }
    }

    fn said(&self) -> String {
        [&self.output.stdout, &self.output.stderr].map(|said| String::from_utf8_lossy(said)).concat()
    }

    /// Each attack has come to what it has to, and nothing is left.
    #[track_caller]
    fn assert_as_it_must(&self) {
        assert!(self.output.status.success(), "{}", self.said());
        assert!(self.said().contains("1 passed"), "{}", self.said());
        self.assert_nothing_is_left();
    }

    #[track_caller]
    fn assert_nothing_is_left(&self) {
        assert!(names(self.temporary.path()).is_empty(), "files: {:?}", names(self.temporary.path()));
        let processes = processes_in(self.temporary.path());
        assert!(processes.is_empty(), "processes: {processes:?}");
        assert_eq!(objects(), self.before);
    }
}
