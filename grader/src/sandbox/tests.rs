//! What a confined process can and cannot do, tried with programs of the system.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::process::{Ceiling, Finished, Limits as Bounds, Stdin};

fn sandbox() -> Sandbox {
    Sandbox::find(Limits::default(), Path::new(".")).expect("a helper")
}

/// Runs a program of the system as if it were the binary of a check.
fn as_a_check(limits: Limits, program: &str, args: &[&str]) -> Finished {
    let sandbox = Sandbox { limits, ..sandbox() };
    let program = Path::new(program).canonicalize().expect("a program of the system");
    let job = Job {
        args: args.iter().map(Into::into).collect(),
        folder: std::env::temp_dir(),
        env: Vec::new(),
        stdin: Stdin::Empty,
        limits: Bounds { wall: Duration::from_secs(60), output: 4096, flood: 1 << 20, answer: 0 },
        confinement: Some(
            sandbox.of_check(&program, Duration::from_secs(limits.cpu_seconds)).expect("randomness"),
        ),
        program,
        ..Job::tool("", &[], Path::new("/"))
    };
    process::run(&job, &Interrupt::default()).expect("it runs")
}

#[test]
fn the_confined_program_runs_with_its_arguments_and_ends_as_it_ends() {
    let ran = as_a_check(Limits::default(), "/bin/sh", &["-c", "echo here; exit 7"]);
    assert_eq!((ran.end, ran.stdout.bytes.as_slice()), (End::Exited(7), b"here\n".as_slice()));
}

#[cfg(target_os = "linux")]
mod on_linux {
    use super::*;

    /// Whether a script of the shell's own commands succeeds as a check.
    fn can(script: &str) -> bool {
        let ran = as_a_check(Limits::default(), "/bin/sh", &["-c", script]);
        ran.end == End::Exited(0)
    }

    fn is_confined() -> bool {
        sandbox().tier() != Tier::LimitsOnly
    }

    #[test]
    fn a_check_sees_itself_and_no_other_process_or_file() {
        if !is_confined() {
            return;
        }
        assert!(can("read line < /proc/self/status"));
        assert!(can("read line < /proc/$$/task/$$/stat"));
        let parent = std::process::id();
        for path in [
            &format!("/proc/{parent}/environ"),
            &format!("/proc/{parent}/maps"),
            "/proc/1/status",
            "/proc/meminfo",
            "/etc/passwd",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ] {
            assert!(!can(&format!("read line < {path}")), "{path}");
        }
        assert!(!can("set -- /*; test -e \"$1\""), "a folder can be listed");
    }

    /// Its own entry in `/proc` shows the network that it is in. Without one of its own that is the machine's.
    #[test]
    fn a_check_with_a_network_of_its_own_sees_no_interface_of_the_machine() {
        if sandbox().tier() == Tier::Full {
            let interfaces =
                "while read name rest; do case $name in Inter-*|face*|lo:) ;; *) exit 1 ;; esac; done";
            assert!(can(&format!("{interfaces} < /proc/self/net/dev")));
        }
    }

    #[test]
    fn a_check_writes_nowhere() {
        if !is_confined() {
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        for path in [&file, Path::new("here"), Path::new("/dev/shm/file"), Path::new("/proc/self/mem")] {
            assert!(!can(&format!(": > {}", path.display())), "{}", path.display());
        }
        assert!(!file.exists());
    }

    #[test]
    fn a_check_starts_no_process_and_no_other_program() {
        if !is_confined() {
            return;
        }
        assert!(!can("(exit 0)"), "a fork");
        assert!(!can("exec /bin/cat /dev/null"), "an exec");
        assert!(!can("exec /usr/bin/env"), "an exec");
    }

    #[test]
    fn a_check_sends_signals_to_itself_alone() {
        if !is_confined() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "a process of the user, which no check may reach")]
        let mut other = std::process::Command::new("/bin/sleep").arg("1000").spawn().expect("a process");
        let (own, other_id) = (std::process::id(), other.id());
        for target in [format!("{own}"), format!("{other_id}"), "0".to_owned(), "-1".to_owned()] {
            assert!(!can(&format!("kill -0 {target}")), "{target}");
        }
        assert!(other.try_wait().expect("a child").is_none());
        other.kill().and_then(|()| other.wait()).expect("it ends");
        let ended = as_a_check(Limits::default(), "/bin/sh", &["-c", "kill -ABRT $$"]);
        assert_eq!(ended.end, End::Signalled(6));
    }

    #[test]
    fn what_uses_too_much_is_ended_with_the_limit_that_it_met() {
        let endless = ["-c", "while :; do :; done"];
        let limits = Limits { cpu_seconds: 1, ..Limits::default() };
        assert_eq!(
            as_a_check(limits, "/bin/sh", &endless).end,
            End::Exceeded(Ceiling::CpuTime { seconds: 1 })
        );
        let limits = Limits { memory_mib: 32, ..Limits::default() };
        let grows = ["-c", "a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done"];
        assert_eq!(
            as_a_check(limits, "/bin/sh", &grows).end,
            End::Exceeded(Ceiling::Memory { bytes: 32 << 20 })
        );
        let noisy = ["-c", "while :; do echo noise noise noise noise; done"];
        assert_eq!(
            as_a_check(Limits::default(), "/bin/sh", &noisy).end,
            End::Exceeded(Ceiling::Output { bytes: 1 << 20 })
        );
    }

    #[test]
    fn a_helper_of_another_build_is_none() {
        for program in ["/bin/echo", "/bin/true", "/bin/false"] {
            let other = Sandbox { helper: Program::at(program.into()), ..sandbox() };
            assert_eq!(other.probe(Path::new("/")).expect("it runs"), None, "{program}");
        }
    }

    #[test]
    fn a_helper_that_cannot_do_its_work_is_no_end_of_the_child() {
        let mut sandbox = sandbox();
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing");
        sandbox.limits.cpu_seconds = 1;
        let job = Job {
            confinement: Some(sandbox.of_check(&missing, Duration::from_secs(1)).expect("randomness")),
            ..Job::tool(missing.to_str().expect("text"), &[], folder.path())
        };
        assert!(matches!(process::run(&job, &Interrupt::default()), Err(process::Error::Start(_))));
        // Whoever ends in the same way on purpose does not know how the message begins.
        let pretends = as_a_check(Limits::default(), "/bin/sh", &["-c", "echo 0000 >&2; exit 121"]);
        assert_eq!(pretends.end, End::Exited(121));
    }

    /// Runs these tests once more, as a user who may do nothing special but read this program.
    #[test]
    fn the_same_holds_for_an_ordinary_user() {
        if !nix::unistd::geteuid().is_root() {
            return;
        }
        let this = std::env::current_exe().expect("this program");
        #[expect(clippy::disallowed_methods, reason = "another user cannot be had within this process")]
        let mut other = std::process::Command::new("setpriv");
        other.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--bounding-set=-all,+dac_read_search",
        ]);
        other.args(["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]);
        other.arg(this).args(["sandbox::tests", "--test-threads=1"]);
        let ran = other.output().expect("`setpriv`, of util-linux");
        let said =
            format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{said}");
        assert!(said.contains("a_check_starts_no_process_and_no_other_program ... ok"), "{said}");
    }

    /// Processes, and what else would outlive one.
    #[test]
    fn a_check_that_was_ended_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let marker = folder.path().to_string_lossy().into_owned();
        let script = format!("trap '' TERM HUP INT; (while :; do :; done) & while :; do : {marker}; done");
        let limits = Limits { cpu_seconds: 1, ..Limits::default() };
        let ended = as_a_check(limits, "/bin/sh", &["-c", &script]);
        assert!(
            matches!(ended.end, End::Exceeded(_) | End::Exited(_) | End::Signalled(_)),
            "{:?}",
            ended.end
        );
        let named = |pid: &str| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&marker))
        };
        let left = || {
            let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
            let mut names = processes.filter_map(|entry| entry.file_name().into_string().ok());
            names.find(|pid| named(pid))
        };
        // Being killed takes a moment.
        let watchdog = std::time::Instant::now() + Duration::from_secs(60);
        while left().is_some() && std::time::Instant::now() < watchdog {
            std::thread::yield_now();
        }
        assert_eq!(left(), None);
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        assert!(!mounts.contains(&marker), "{mounts}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }
}
