use super::*;

fn shell(script: &str) -> Job {
    Job {
        program: PathBuf::from("/bin/sh"),
        args: vec!["-c".into(), script.into()],
        folder: std::env::temp_dir(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into())],
        stdin: Stdin::Empty,
        limits: Limits { wall: Duration::from_secs(60), output: 1024, answer: 1024 },
        watch_for_stall: false,
        shows_errors: false,
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
    assert!(ended.stdout.cut);
}

#[test]
fn a_conversation_reads_to_the_end_and_answers_on_the_same_socket() {
    let job = Job { stdin: Stdin::Conversation("ping".to_owned()), ..shell("cat >&0") };
    assert_eq!(text(&run(&job).expect("a shell").answer), "ping");
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
    let limits = Limits { wall: Duration::from_millis(300), output: 1024, answer: 0 };
    let ended = run(&Job { limits, ..shell("sleep 1000 & echo $!; wait") }).expect("a shell");
    assert_eq!(ended.end, End::TimedOut);
    let grandchild = PathBuf::from(format!("/proc/{}/stat", text(&ended.stdout).trim()));
    let gone = || match std::fs::read_to_string(&grandchild) {
        Err(_) => true,
        Ok(stat) => stat.contains(") Z "),
    };
    // Being killed takes a moment.
    assert!((0..100).any(|_| gone() || {
        thread::sleep(Duration::from_millis(20));
        false
    }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_waits_for_a_clock_is_not_stalled_and_one_that_waits_for_itself_is() {
    let stuck = Job { watch_for_stall: true, ..shell("sleep 1000 & wait") };
    let timed = Job { watch_for_stall: true, ..shell("exec sleep 4") };
    thread::scope(|scope| {
        let timed = scope.spawn(move || run(&timed).expect("a shell").end);
        assert_eq!(run(&stuck).expect("a shell").end, End::Stalled);
        assert_eq!(timed.join().expect("no panic"), End::Exited(0));
    });
}
