//! Ctrl-C while the pipeline works: what is known is printed, and nothing is left behind.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Far more than an ending takes, and far less than what is interrupted would go on for.
const WATCHDOG: Duration = Duration::from_secs(100);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// A command that works, with a folder for everything that is temporary.
struct Working {
    process: Child,
    temporary: tempfile::TempDir,
}

impl Working {
    fn start(args: &[&str], submission: &Path) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let process = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(args)
            .current_dir(submission)
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        Self { process, temporary }
    }

    /// Reads what `--verbose` says until it has said everything in `wanted`.
    fn wait_for(&mut self, wanted: &[&str]) {
        let mut stderr = BufReader::new(self.process.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while !wanted.iter().all(|wanted| said.contains(wanted)) {
            let read = stderr.read_line(&mut said).expect("text");
            assert!(read > 0, "it ended before it had said {wanted:?}:\n{said}");
        }
        // A full pipe would keep it from ending.
        thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
    }

    /// Sends `signal`, and returns the exit code and what was printed.
    fn interrupt(mut self, signal: Signal) -> (Option<i32>, String) {
        let pid = Pid::from_raw(i32::try_from(self.process.id()).expect("a process number"));
        self.wait_for_processes();
        let started = Instant::now();
        kill(pid, signal).expect("it runs");
        let mut stdout = String::new();
        self.process.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("text");
        let status = self.process.wait().expect("it ends");
        assert!(started.elapsed() < WATCHDOG, "it ends at once, not with what it was doing");
        assert_eq!(self.processes(), Vec::<String>::new(), "no process is left");
        let left: Vec<_> = fs::read_dir(self.temporary.path()).expect("a folder").collect();
        assert!(left.is_empty(), "no folder is left: {left:?}");
        (status.code(), stdout)
    }

    /// That a check was started is said before its process is: without one, there would be nothing to end.
    fn wait_for_processes(&self) {
        let started = Instant::now();
        while self.processes().is_empty() {
            assert!(started.elapsed() < WATCHDOG, "something runs when it is interrupted");
            thread::yield_now();
        }
    }

    /// The processes that work in the temporary folder.
    fn processes(&self) -> Vec<String> {
        let numbers = fs::read_dir("/proc").expect("a system with processes").filter_map(|entry| {
            let path = entry.ok()?.path();
            path.file_name()?.to_str()?.parse::<u32>().is_ok().then_some(path)
        });
        let folders = numbers.filter_map(|process| {
            let folder = fs::read_link(process.join("cwd")).ok()?;
            folder.starts_with(self.temporary.path()).then(|| folder.display().to_string())
        });
        folders.collect()
    }
}

/// The reference of `race-counter`, but that it never comes back from counting to 4,999,999: only one check
/// passes this number, so all others end, and pass.
fn endless() -> tempfile::TempDir {
    let solution =
        fs::read_to_string(root().join("solutions/race-counter/src/lib.rs")).expect("the solution");
    let counting = "*self.value.lock().expect(\"the count overflowed\") += amount;";
    assert!(solution.contains(counting));
    let endless = "let mut value = self.value.lock().expect(\"the count overflowed\");
        *value += amount;
        while *value == 4_999_999 { std::hint::spin_loop() }";
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mine.rs"), solution.replace(counting, endless)).expect("a file");
    folder
}

#[test]
fn an_interrupted_grading_prints_what_it_found_out_and_leaves_nothing_behind() {
    let submission = endless();
    let args = ["grade", "mine.rs", "-e", "race-counter", "--verbose", "--format", "json"];
    let mut grading = Working::start(&args, submission.path());
    grading.wait_for(&["five_million_increments_are_all_there (stress) started", " passed in "]);
    let (code, stdout) = grading.interrupt(Signal::SIGINT);
    assert_eq!(code, Some(130), "{stdout}");
    let report: Value = serde_json::from_str(&stdout).expect("a whole report");
    let schema = fs::read_to_string(root().join("grader/report.schema.json")).expect("the schema");
    let schema =
        jsonschema::draft202012::new(&serde_json::from_str(&schema).expect("JSON")).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    let exercise = &report["exercises"][0];
    assert_eq!(exercise["verdict"], "interrupted");
    let statuses: Vec<&Value> =
        exercise["checks"].as_array().expect("checks").iter().map(|check| &check["status"]).collect();
    assert!(statuses.contains(&&Value::from("passed")), "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == "passed" || *status == "skipped"), "{statuses:?}");
    let endless = exercise["checks"].as_array().expect("checks").iter().find(|check| {
        check["name"] == "locked::five_million_increments_are_all_there" && check["engine"] == "stress"
    });
    assert_eq!(endless.expect("the check")["status"], "skipped");
}

#[test]
fn an_interrupted_calibration_says_how_far_it_came() {
    let mut calibration = Working::start(&["calibrate", "race-counter", "--no-cache", "--verbose"], &root());
    calibration.wait_for(&[" started"]);
    let (code, stdout) = calibration.interrupt(Signal::SIGTERM);
    assert_eq!(code, Some(130), "{stdout}");
    assert!(stdout.contains("Interrupted: ") && stdout.contains(" were calibrated"), "{stdout}");
}
