//! A learner's day, as they type it: where they are, what is checked, hints, and starting again.

use crate::desk;
use std::fs;
use std::path::Path;

use crate::desk::{Desk, Ended, solution};

/// What is printed, without durations and addresses: they differ from run to run.
macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({ filters => vec![(r"\d+\.\d s", "[seconds]")] }, { insta::assert_snapshot!($text) });
    };
}

/// The same number of columns for every line.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

fn ends(ended: &Ended, code: i32) {
    assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn the_list_has_the_map_of_the_course_with_what_comes_later() {
    let desk = Desk::new();
    assert!(!desk.run(&["list"]).stdout.contains("Phase"), "there is no map");
    let map = Path::new("exercises/course.toml");
    fs::copy(desk::root().join(map), desk.path().join(map)).expect("a map");
    for args in [&["list"] as &[&str], &["list", "--plain"]] {
        let ended = desk.run(args);
        ends(&ended, 0);
        assert!(
            ended.stdout.contains("\nPhase 1, Threads that share memory: 0 of 6 accepted in this phase\n")
        );
        assert!(ended.stdout.contains("  Race conditions and locks, 0 of 2: race-counter, lru-cache\n"));
        assert!(ended.stdout.contains(", later: thread-pool: "), "{}", ended.stdout);
        assert!(widest(&ended.stdout) <= 80 || args.len() > 1, "{}", ended.stdout);
    }
    fs::write(desk.path().join(map), "[[phase]]\ntitle = 1\n").expect("a map");
    let refused = desk.run(&["list"]);
    assert!(refused.code != Some(0) && refused.stderr.contains("course.toml:2"), "{}", refused.stderr);
}

#[test]
fn without_a_command_a_beginner_sees_the_one_thing_to_do_next() {
    let desk = Desk::new();
    let ended = desk.run(&[]);
    ends(&ended, 0);
    snapshot!(ended.stdout);
}

#[test]
fn the_list_fits_eighty_columns_and_knows_four_states() {
    let desk = Desk::new();
    desk.solve("race-counter", &[]);
    ends(&desk.run(&["grade", "-e", "race-counter", "exercises"]), 0);
    // Somebody else's folder changes nothing here.
    assert!(desk.run(&["list"]).stdout.contains("race-counter       in progress"));
    ends(&desk.run(&["grade", "-e", "race-counter"]), 0);
    desk.solve("lru-cache", &[]);
    ends(&desk.run(&["check", "lru-cache"]), 0);
    desk.write("producer-consumer", "// begun\n");
    let ended = desk.run(&["list"]);
    ends(&ended, 0);
    assert!(widest(&ended.stdout) <= 80, "{}", ended.stdout);
    snapshot!(ended.stdout);
    insta::assert_snapshot!("list_to_be_read_aloud", desk.run(&["list", "--plain"]).stdout);
    // A version that was changed since is not the one that was accepted.
    desk.write("race-counter", "// begun again\n");
    let changed = desk.run(&["list"]).stdout;
    assert!(changed.contains("race-counter       in progress"), "{changed}");
    assert!(changed.contains("(an earlier version was accepted)"), "{changed}");
    // The work goes back to it, and so does the list.
    desk.solve("race-counter", &[]);
    assert!(desk.run(&["list"]).stdout.contains("race-counter       accepted           100/100"));
}

#[test]
fn what_is_remembered_survives_a_broken_and_a_deleted_file() {
    let desk = Desk::new();
    ends(&desk.run(&["hint", "lru-cache"]), 0);
    let file = desk.path().join("progress.toml");
    fs::write(&file, "<<<<<<< HEAD").expect("a file");
    let second = desk.run(&["hint", "lru-cache"]);
    assert!(second.stdout.contains("Hint 2 of 3"), "{}", second.stdout);
    assert!(second.stderr.contains("progress.broken-1.toml"), "{}", second.stderr);
    fs::remove_file(&file).expect("it was there");
    assert!(desk.run(&["hint", "lru-cache"]).stdout.contains("Hint 3 of 3"));
}

#[test]
fn hints_come_level_by_level_and_can_be_read_again() {
    let desk = Desk::new();
    let levels = ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"];
    for level in levels {
        let ended = desk.run(&["hint", "race-counter"]);
        ends(&ended, 0);
        assert!(ended.stdout.contains(level), "{}", ended.stdout);
    }
    snapshot!(desk.run(&["hint", "race-counter", "--level", "1"]).stdout);
    let beyond = desk.run(&["hint", "race-counter", "--level", "9"]);
    ends(&beyond, 2);
    assert!(beyond.stderr.contains("numbered from 1 to 3"), "{}", beyond.stderr);
}

#[test]
fn the_stub_comes_back_and_no_version_is_ever_lost() {
    let desk = Desk::new();
    let stub = fs::read_to_string(desk.file("race-counter")).expect("the stub");
    for version in ["// the first\n", "// the second\n"] {
        desk.write("race-counter", version);
        ends(&desk.run(&["reset", "race-counter"]), 0);
        assert_eq!(fs::read_to_string(desk.file("race-counter")).expect("a file"), stub);
    }
    let kept = |number| desk.exercise("race-counter").join(format!("src/lib.rs.backup-{number}"));
    assert_eq!(fs::read_to_string(kept(1)).expect("a backup"), "// the first\n");
    assert_eq!(fs::read_to_string(kept(2)).expect("a backup"), "// the second\n");
    let again = desk.run(&["reset", "race-counter"]);
    assert!(again.stdout.contains("is the stub already") && !kept(3).exists(), "{}", again.stdout);
    fs::remove_file(desk.file("race-counter")).expect("it was there");
    let missing = desk.run(&["reset", "race-counter"]);
    assert!(missing.stdout.contains("was missing"), "{}", missing.stdout);
    // What is kept is no part of the crate that is built.
    desk.solve("race-counter", &[]);
    ends(&desk.run(&["check", "race-counter"]), 0);
}

#[test]
fn a_file_that_is_gone_comes_with_how_to_get_it_back() {
    let desk = Desk::new();
    fs::remove_file(desk.file("lru-cache")).expect("it was there");
    let ended = desk.run(&["check", "lru-cache"]);
    ends(&ended, 2);
    assert!(ended.stderr.contains("cargo xtask reset lru-cache"), "{}", ended.stderr);
}

#[test]
fn a_stub_is_not_started() {
    let ended = Desk::new().run(&["check"]);
    ends(&ended, 1);
    snapshot!(ended.stdout);
}

#[test]
fn compile_errors_come_first_as_rustc_prints_them() {
    let desk = Desk::new();
    desk.solve("race-counter", &[("counter.value()\n", "counter.val()\n")]);
    let ended = desk.run(&["check", "race-counter"]);
    ends(&ended, 1);
    snapshot!(ended.stdout);
}

#[test]
fn where_there_is_no_suite_whoever_passes_the_public_tests_is_led_on() {
    let desk = Desk::new();
    fs::remove_file(desk.path().join("grader/suites")).expect("a link");
    desk.solve("race-counter", &[]);
    ends(&desk.run(&["check", "race-counter"]), 0);
    let ended = desk.run(&[]);
    ends(&ended, 0);
    assert!(ended.stdout.contains("1 of 6 pass their public tests\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nlru-cache: "), "{}", ended.stdout);
}

#[test]
fn an_error_in_a_learners_own_test_is_shown_where_it_is() {
    let desk = Desk::new();
    desk.solve("race-counter", &[]);
    let tests = desk.exercise("race-counter").join("tests/public.rs");
    let given = fs::read_to_string(&tests).expect("the tests");
    let line = given.lines().count() + 4;
    fs::write(&tests, given + "\n#[test]\nfn mine() {\n    assert_eq!(1, \"one\");\n}\n").expect("a file");
    let ended = desk.run(&["check", "race-counter"]);
    ends(&ended, 1);
    assert!(ended.stdout.contains(&format!("tests/public.rs:{line}")), "{}", ended.stdout);
    assert!(ended.stdout.contains("no test has run yet"), "{}", ended.stdout);
}

#[test]
fn a_lost_update_is_found_in_the_model_and_told_as_a_story() {
    let desk = Desk::new();
    let racy = "let before = self.value.load(Ordering::Relaxed);\n        self.value.store(before + amount, Ordering::Relaxed);";
    desk.solve("race-counter", &[("self.value.fetch_add(amount, Ordering::Relaxed);", racy)]);
    let ended = desk.run(&["check", "race-counter"]);
    ends(&ended, 1);
    assert!(ended.stdout.contains("the atomic counter never loses an update"), "{}", ended.stdout);
    assert!(ended.stdout.contains("cargo xtask explain lost_update"), "{}", ended.stdout);
    assert!(ended.stdout.contains("shows hint 1 of 3"), "{}", ended.stdout);
    // The schedule of a public test can be run again, like any other.
    let line = ended.stdout.lines().find(|line| line.contains("cargo xtask replay")).expect("a token");
    let token = line.rsplit(' ').next().expect("a token");
    let again = desk.run(&["replay", token]);
    ends(&again, 1);
    assert!(again.stdout.contains("It fails again in this schedule"), "{}", again.stdout);
    desk.solve("race-counter", &[]);
    ends(&desk.run(&["replay", token]), 0);
}

#[test]
fn a_test_that_hangs_on_real_threads_is_ended_and_named() {
    let desk = Desk::new();
    let twice = "let held = self.value.lock();\n        *self.value.lock().expect(\"the count overflowed\") += amount;\n        drop(held);";
    desk.solve("race-counter", &[("*self.value.lock().expect(\"the count overflowed\") += amount;", twice)]);
    let ended = desk.run(&["check", "race-counter"]);
    ends(&ended, 1);
    let (real, model) =
        ended.stdout.split_once("in the model").expect("the tests on real threads, and others");
    assert!(real.contains("the locked counter never loses an update: it hangs: "), "{}", ended.stdout);
    assert!(model.contains("cargo xtask explain self_deadlock"), "{}", ended.stdout);
}

#[test]
fn what_is_not_written_yet_is_named_and_no_failure_is_told() {
    let desk = Desk::new();
    let solved = solution("race-counter", &[]);
    let (before, _) = solved.split_once("    // A scope joins").expect("the body of hammer");
    desk.write(
        "race-counter",
        &format!("{before}    let _ = (counter, threads, increments);\n    todo!(\"hammer\")\n}}\n")
            .replace("use std::thread;\n", ""),
    );
    let ended = desk.run(&["check", "race-counter"]);
    ends(&ended, 1);
    snapshot!(ended.stdout);
}

#[test]
fn the_exercise_that_is_meant_is_the_one_saved_last_or_the_one_whose_folder_it_is() {
    let desk = Desk::new();
    desk.write("read-write-lock", "fn begun( {}\n");
    assert!(desk.run(&[]).stdout.contains("read-write-lock: "), "it is under way");
    assert!(desk.run(&["check"]).stdout.contains("src/lib.rs:1"), "its syntax error");
    let mut here = desk.xtask(&["hint"]);
    let output = here.current_dir(desk.exercise("lru-cache")).output().expect("the command runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("for lru-cache"));
}

#[test]
fn completions_can_be_had_for_each_shell_and_help_has_examples() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ended = desk.run(&["completions", shell]);
        ends(&ended, 0);
        assert!(ended.stdout.contains("handout"), "{shell}");
    }
    for command in ["check", "hint", "handout"] {
        assert!(desk.run(&[command, "--help"]).stdout.contains("Examples:\n"), "{command}");
    }
    assert!(desk.run(&["--help"]).stdout.contains("cargo xtask watch"));
}
