//! Executions that no explorer records: threads that unlock what they have never locked, load from a barrier and
//! join themselves. A hostile process can claim them, as long as what they refer to is there, and everything
//! that reads an execution has to take them.

use std::time::Duration;

use model_trace::history::Ending;
use model_trace::{AtomicType, ObjectId, ObjectKind, StepId, ThreadId, Wait, Waiting};
use strum::VariantArray as _;

use super::{FORMATS, Look};
use crate::diagnosis::diagnose;
use crate::report::samples::{self, exercise, failed, operations, place, recording};
use crate::report::{CheckReport, Engine, Failure, FailureKind, Recording, Report};
use crate::source::{Parsed, Source};
use crate::trace::Code;

/// Numbers that look random, and are the same in every run.
struct Numbers(u64);

impl Numbers {
    /// Less than `limit`.
    fn next(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).expect("less than the limit")
    }
}

const KINDS: [(&str, ObjectKind); 7] = [
    ("mutex", ObjectKind::Mutex),
    ("rwlock", ObjectKind::RwLock),
    ("condvar", ObjectKind::Condvar),
    ("barrier", ObjectKind::Barrier),
    ("once", ObjectKind::Once),
    ("channel", ObjectKind::Channel),
    ("atomic", ObjectKind::Atomic(AtomicType::I64)),
];

/// Steps and waits of three threads, of which none has to follow from another.
fn nonsense(seed: u64) -> Recording {
    let mut numbers = Numbers(seed);
    let mut step = |position: u32| {
        let (object, thread) = (ObjectId(numbers.next(7)), ThreadId(numbers.next(3)));
        let store = (position > 0 && numbers.next(2) == 0).then(|| StepId(numbers.next(position)));
        let operations = operations(object, thread, store, Duration::new(numbers.next(9).into(), 5));
        let count = u32::try_from(operations.len()).expect("a few");
        let operation = operations[numbers.next(count) as usize];
        (numbers.next(3), operation, numbers.next(8))
    };
    let steps: Vec<_> = (0..60).map(&mut step).collect();
    let mut recording = recording(&KINDS, &steps);
    recording.ending = if seed.is_multiple_of(2) { Ending::Complete } else { Ending::Stopped };
    recording.execution.waiting = (0..3).map(|thread| waits(ThreadId(thread), &mut numbers)).collect();
    assert!(recording.execution.is_complete());
    recording
}

fn waits(thread: ThreadId, numbers: &mut Numbers) -> Waiting {
    let object = ObjectId(numbers.next(7));
    let waits = [
        Wait::Ready,
        Wait::Sleep,
        Wait::Park,
        Wait::Lock { lock: object },
        Wait::Read { lock: object },
        Wait::ReadBehind { lock: object },
        Wait::Notification { condvar: object },
        Wait::Barrier { barrier: object },
        Wait::Initialisation { once: object },
        Wait::Join { thread: ThreadId(numbers.next(3)) },
        Wait::Receive { channel: object },
        Wait::Send { channel: object },
        Wait::Rendezvous { channel: object },
    ];
    Waiting { thread, wait: waits[numbers.next(12) as usize], place: place(numbers.next(8)) }
}

fn report(failure: Failure) -> Report {
    let check =
        CheckReport { failure: Some(failure), ..failed("A fact", Engine::Model, FailureKind::Deadlock) };
    samples::report(vec![exercise("lru-cache", vec![check])])
}

#[test]
fn an_execution_that_makes_no_sense_is_shown_all_the_same() {
    const SOURCE: &str = "pub fn f(&self) {\n    loop {\n        self.it.lock();\n    }\n}\n";
    let code = Code::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
    for seed in 0..96 {
        let kind = FailureKind::VARIANTS[usize::try_from(seed).expect("small") % FailureKind::VARIANTS.len()];
        let recording = nonsense(seed);
        let diagnosis = diagnose(&recording, kind, &code);
        if let Some(diagnosis) = &diagnosis {
            let cited = diagnosis.steps.iter().all(|cited| cited.step.index() < 60);
            assert!(cited && !diagnosis.message.is_empty(), "{seed}: {diagnosis:?}");
        }
        let failure = Failure {
            kind,
            message: String::new(),
            panic: None,
            explanation: String::new(),
            diagnosis,
            token: None,
            place: None,
            function: None,
            about: std::collections::BTreeSet::new(),
            alone: false,
            is_of_a_fact: false,
            recording: Some(recording),
        };
        let report = report(failure);
        for choice in FORMATS {
            let mut written = Vec::new();
            let look = Look { width: 80, colours: false, unicode: true };
            choice.for_look(look).write(&report, &mut written).expect("memory takes everything");
            assert!(String::from_utf8(written).is_ok_and(|text| !text.is_empty()), "{}", choice.name);
        }
    }
}
