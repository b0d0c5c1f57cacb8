use model_trace::history::Ending;
use model_trace::{Blocker, ObjectId, ObjectKind, Operation, ThreadId, Wait, Waiting};

use crate::diagnosis::diagnose;
use crate::report::samples::{MAIN, T1, place, recording, spawn};
use crate::report::{Diagnosis, FailureKind, Mistake, Recording};
use crate::source::{Parsed, Source};
use crate::trace::Code;

const SOURCE: &str = "pub fn sum(&self) -> u64 {
    let received = thread::spawn(|| receiver.iter().sum());
    received.join().unwrap()
}
";

const CHANNEL: ObjectId = ObjectId(0);

/// A thread of `main`'s own waits for a message, and `main` joins it.
fn joined(before: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    joined_later(&[], before)
}

/// The same, and what happens before there is such a thread.
fn joined_later(earlier: &[(u32, Operation, u32)], before: &[(u32, Operation, u32)]) -> Option<Diagnosis> {
    let ends = [
        (T1, Operation::Block { on: Blocker::Object(CHANNEL) }, 2),
        (MAIN, Operation::Block { on: Blocker::Thread(ThreadId(T1)) }, 3),
    ];
    let spawns = [(MAIN, spawn(T1), 2)];
    let steps = [earlier, &spawns, before, &ends].concat();
    let mut recording = recording(&[("sender", ObjectKind::Channel)], &steps);
    recording.execution.waiting = vec![
        Waiting { thread: ThreadId(MAIN), wait: Wait::Join { thread: ThreadId(T1) }, place: place(3) },
        Waiting { thread: ThreadId(T1), wait: Wait::Receive { channel: CHANNEL }, place: place(2) },
    ];
    recording.ending = Ending::Complete;
    diagnose(&recording, FailureKind::Deadlock, &Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)])))
}

#[test]
fn a_channel_whose_sender_is_kept_does_not_end() {
    let diagnosis = joined(&[]).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft);
    for said in [
        "T1 waits for a message from `sender` at line 2, and no thread is left that could end that wait.",
        "main waits for T1 to finish at line 3.",
        "Drop each of them",
    ] {
        assert!(diagnosis.message.contains(said), "{}", diagnosis.message);
    }
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn who_has_panicked_is_named() {
    let message = joined(&[(MAIN, Operation::Panic, 3)]).expect("a diagnosis").message;
    assert!(message.contains("main has panicked at line 3."), "{message}");
    assert!(message.contains("a `Drop`, which runs while a panic unwinds"), "{message}");
    assert!(message.contains("If your code was not meant to panic there"), "{message}");
    assert!(message.contains("Or let the channel end"), "{message}");
    // What was over before the thread existed has not kept anybody from what it waits for.
    let message = joined_later(&[(MAIN, Operation::Panic, 3)], &[]).expect("a diagnosis").message;
    assert!(!message.contains("panicked"), "{message}");
    // What the check has found may be what is wrong.
    let message = joined(&[(MAIN, Operation::Panic, 0)]).expect("a diagnosis").message;
    assert!(message.contains("main has panicked in the check."), "{message}");
    assert!(message.contains("If the check has panicked because something is wrong"), "{message}");
}

#[test]
fn a_thread_that_waits_alone_is_told_of_no_others() {
    let source = "pub fn wait(&self) {\n    self.bell.wait(self.lock.lock().unwrap());\n}\n";
    let bell = ObjectId(0);
    let mut recording = recording(
        &[("bell", ObjectKind::Condvar)],
        &[(MAIN, Operation::Block { on: Blocker::Object(bell) }, 2)],
    );
    let wait = Wait::Notification { condvar: bell };
    recording.execution.waiting = vec![Waiting { thread: ThreadId(MAIN), wait, place: place(2) }];
    recording.ending = Ending::Complete;
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", source)]));
    let message = diagnose(&recording, FailureKind::Deadlock, &code).expect("a diagnosis").message;
    assert!(message.contains("there is no other thread that could end that wait"), "{message}");
    assert!(message.contains("has to do itself before") && !message.contains("finished"), "{message}");
}

#[test]
fn a_thread_that_waits_at_its_first_step_has_none_and_a_place() {
    let joins = (MAIN, Operation::Block { on: Blocker::Thread(ThreadId(T1)) }, 3);
    let mut recording = recording(&[("sender", ObjectKind::Channel)], &[(MAIN, spawn(T1), 2), joins]);
    recording.execution.waiting = vec![
        Waiting { thread: ThreadId(MAIN), wait: Wait::Join { thread: ThreadId(T1) }, place: place(3) },
        Waiting { thread: ThreadId(T1), wait: Wait::Receive { channel: CHANNEL }, place: place(2) },
    ];
    recording.ending = Ending::Complete;
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    let found = |recording: &Recording| diagnose(recording, FailureKind::Deadlock, &code);
    let diagnosis = found(&recording).expect("a diagnosis");
    assert_eq!(diagnosis.kind, Mistake::NobodyLeft);
    let said = "T1 waits for a message from `sender` at line 2, and no thread is left that could end that wait. main waits for T1";
    assert!(diagnosis.message.starts_with(said), "{}", diagnosis.message);
    assert_eq!(diagnosis.lines.iter().map(|line| line.line).collect::<Vec<_>>(), [2, 3]);
    // Whoever waits in the check waits for the check.
    recording.execution.steps[0].place = place(0);
    recording.execution.waiting[1].place = place(0);
    recording.execution.objects[0].created = place(0);
    assert_eq!(found(&recording).map(|diagnosis| diagnosis.kind), None);
}
