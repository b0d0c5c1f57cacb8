use std::thread;

use super::*;

/// Runs a job that nothing interrupts.
fn run(job: &Job) -> Result<Finished, Error> {
    super::run(job, &Interrupt::default())
}

fn shell(script: &str) -> Job {
    Job {
        program: PathBuf::from("/bin/sh"),
        args: vec!["-c".into(), script.into()],
        folder: std::env::temp_dir(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        stdin: Stdin::Empty,
        limits: Limits { wall: Duration::from_secs(60), output: 1024, flood: 1 << 24, answer: 1024 },
        watch_for_stall: false,
        shows_errors: false,
        confinement: None,
    }
}

fn text(captured: &Captured) -> &str {
    std::str::from_utf8(&captured.bytes).expect("text")
}

#[test]
fn an_exit_code_and_both_outputs_are_seen() {
    let ended = run(&shell("echo out; echo err >&2; exit 3")).expect("a shell");
    assert_eq!(ended.end, End::Exited(3));
    assert_eq!((text(&ended.stdout), text(&ended.stderr)), ("out\n", "err\n"));
}

#[test]
fn a_signal_is_not_an_exit() {
    assert_eq!(run(&shell("kill -9 $$")).expect("a shell").end, End::Signalled(9));
}

#[test]
fn output_beyond_the_limit_is_drained_and_dropped() {
    let ended = run(&shell("head -c 1000000 /dev/zero")).expect("a shell");
    assert_eq!(ended.end, End::Exited(0));
    assert_eq!(ended.stdout.bytes.len(), 1024);
    assert!(ended.stdout.truncated);
}

#[test]
fn output_without_an_end_is_not_drained() {
    let limits = Limits { wall: Duration::from_secs(60), output: 1024, flood: 1 << 20, answer: 0 };
    for script in ["cat /dev/zero", "cat /dev/zero >&2"] {
        let ended = run(&Job { limits, ..shell(script) }).expect("a shell");
        assert_eq!(ended.end, End::Exceeded(Ceiling::Output { bytes: 1 << 20 }), "{script}");
    }
}

/// Anybody could fill it until the limit of wall time.
#[test]
fn an_answer_without_an_end_is_not_drained_either() {
    let beyond = End::Exceeded(Ceiling::Answer { bytes: 1024 });
    for script in [
        "cat /dev/zero >&0",
        "echo ready >&0; read line; yes >&0",
        "for word in ready returned; do echo $word >&0; read line; done; cat /dev/zero >&0",
        "head -c 1025 /dev/zero >&0",
    ] {
        assert_eq!(dialogue(script).end, beyond, "{script}");
    }
    assert_eq!(dialogue("head -c 1024 /dev/zero >&0").end, End::Exited(0));
}

/// A child that says and hears what `script` does. Its shell reads with `read`, line by line.
fn dialogue(script: &str) -> Finished {
    let dialogue = Dialogue { request: "the request\n".to_owned(), seal: Some("the seal\n".to_owned()) };
    run(&Job { stdin: Stdin::Dialogue(dialogue), ..shell(script) }).expect("a shell")
}

#[test]
fn a_child_asks_for_its_request_and_answers_on_the_same_socket() {
    let ended = dialogue("echo ready >&0; read line; echo $line >&0");
    assert_eq!((text(&ended.answer), ended.claim), ("the request\n", Claim::None));
}

#[test]
fn a_child_that_asks_for_nothing_hears_nothing() {
    for script in ["echo answer >&0; cat", "echo returned >&0; exit"] {
        let ended = dialogue(script);
        assert_eq!(text(&ended.stdout), "", "{script}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_seal_is_for_whoever_asks_for_it_from_the_same_place_as_for_the_request() {
    // One command of a shell, again and again; and then another program, which has another stack.
    let same = dialogue("for word in ready returned; do echo $word >&0; read line; done; echo $line >&0");
    assert_eq!((text(&same.answer), same.claim), ("the seal\n", Claim::FromTheHarness));
    let other = dialogue("echo ready >&0; read line; echo returned >&0; exec head -n 1");
    assert_eq!((text(&other.stdout), other.claim), ("", Claim::FromElsewhere));
}

#[test]
fn the_environment_is_only_what_the_job_gives() {
    let job = Job { env: vec![("ONLY".into(), "this".into())], ..shell("/usr/bin/env") };
    let ended = run(&job).expect("a shell");
    // The shell adds `PWD` and `_`.
    let stray = text(&ended.stdout)
        .lines()
        .find(|line| !["ONLY=", "PWD=", "_=", "OLDPWD=", "SHLVL="].iter().any(|name| line.starts_with(name)));
    assert_eq!(stray, None);
}

#[test]
fn at_the_limit_the_whole_group_is_ended() {
    let limits = Limits { wall: Duration::from_millis(300), output: 1024, flood: 1024, answer: 0 };
    let ended = run(&Job { limits, ..shell("sleep 1000 & echo $!; wait") }).expect("a shell");
    assert_eq!(ended.end, End::TimedOut);
    assert!(is_gone(text(&ended.stdout).trim()));
}

/// Whether the process with that number ends. Being killed takes a moment.
fn is_gone(pid: &str) -> bool {
    let stat = PathBuf::from(format!("/proc/{pid}/stat"));
    let watchdog = Instant::now() + Duration::from_secs(60);
    while Instant::now() < watchdog {
        match std::fs::read_to_string(&stat) {
            Err(_) => return true,
            Ok(stat) if stat.contains(") Z ") => return true,
            Ok(_) => thread::yield_now(),
        }
    }
    false
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_waits_for_a_clock_is_not_stalled_and_one_that_waits_for_itself_is() {
    let stuck = Job { watch_for_stall: true, ..shell("sleep 1000 & wait") };
    let timed = Job { watch_for_stall: true, ..shell("exec sleep 4") };
    thread::scope(|scope| {
        let timed = scope.spawn(move || run(&timed).expect("a shell").end);
        let endless = Job { watch_for_stall: true, ..shell("exec sleep 1000") };
        let endless = scope.spawn(move || run(&endless).expect("a shell").end);
        assert_eq!(run(&stuck).expect("a shell").end, End::Stalled);
        assert_eq!(timed.join().expect("no panic"), End::Exited(0));
        assert_eq!(endless.join().expect("no panic"), End::Idle);
    });
}

#[test]
fn an_interruption_ends_the_whole_group_and_starts_nothing_more() {
    let interrupt = Interrupt::default();
    let asked = interrupt.clone();
    let mut grandchild = String::new();
    let mut on_line = |line: &str| {
        grandchild = line.to_owned();
        asked.request();
    };
    let job = shell("sleep 1000 & echo $!; wait");
    assert!(matches!(run_with_lines(&job, &interrupt, &mut on_line), Err(Error::Interrupted)));
    assert!(is_gone(&grandchild), "{grandchild}");
    assert!(matches!(super::run(&job, &interrupt), Err(Error::Interrupted)));
}

#[test]
fn lines_are_handed_over_in_order_and_kept() {
    let mut lines = Vec::new();
    let mut on_line = |line: &str| lines.push(line.to_owned());
    let finished =
        run_with_lines(&shell("echo one; echo two; printf three"), &Interrupt::default(), &mut on_line);
    assert_eq!(text(&finished.expect("a shell").stdout), "one\ntwo\nthree");
    assert_eq!(lines, ["one", "two", "three"]);
}
