//! The stacks of model threads: their sizes, and what happens when one does not suffice.

#![cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, unused_imports, reason = "what ends a process is not caught there")
)]

use std::hint::black_box;
use std::mem::MaybeUninit;

use model_std::model::{Cause, Failure, Outcome, Replay, Search, ThreadId};
use model_std::sync::Arc;
use model_std::sync::atomic::AtomicU32;
use model_std::sync::atomic::Ordering::SeqCst;
use model_std::thread::{self, Builder};
use outcomes::{failure, passes};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Uses so many bytes of the stack, and little more. A frame's size is the compiler's business, so the addresses count.
fn use_stack(bytes: usize) -> usize {
    let top = 0_u8;
    deepen(black_box(&raw const top).addr() - bytes)
}

#[inline(never)]
fn deepen(bottom: usize) -> usize {
    let mut frame = MaybeUninit::<[u8; KIB]>::uninit();
    let rest = if black_box(&raw mut frame).addr() > bottom { deepen(bottom) } else { 0 };
    black_box(&frame);
    rest + 1
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    if depth == u64::MAX { 0 } else { black_box(recurse(black_box(depth + 1))) + 1 }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn overflow_of(failure: &Failure) -> ThreadId {
    match &failure.cause {
        Cause::Panic { message, thread: Some(thread), place: Some(place) } => {
            assert_eq!(message, "fatal runtime error: stack overflow, aborting");
            assert!(place.file.ends_with("stacks.rs"), "{failure}");
            *thread
        }
        cause => panic!("{cause:?}"),
    }
}

#[test]
fn threads_have_as_much_stack_as_with_std() {
    passes(|| {
        assert_ne!(use_stack(7 * MIB), 0);
        assert_ne!(thread::spawn(|| use_stack(MIB + MIB / 2)).join().unwrap(), 0);
        let large = Builder::new().stack_size(20 * MIB).spawn(|| use_stack(19 * MIB)).unwrap();
        assert_ne!(large.join().unwrap(), 0);
        thread::scope(|scope| {
            let large =
                Builder::new().stack_size(4 * MIB).spawn_scoped(scope, || use_stack(3 * MIB)).unwrap();
            assert_ne!(large.join().unwrap(), 0);
        });
    });
}

#[test]
fn the_smallest_stack_suffices_to_panic_and_to_print() {
    passes(|| {
        for size in [0, 1, 16 * KIB] {
            let thread = Builder::new().stack_size(size).spawn(|| {
                println!("{}", thread::current().name().is_none());
                panic!("{}", "on purpose")
            });
            assert!(thread.unwrap().join().map(|_: ()| ()).is_err());
        }
    });
}

#[test]
fn a_stack_that_no_system_has_is_an_error() {
    passes(|| {
        for size in [usize::MAX, isize::MAX as usize, 1 << 60] {
            assert!(Builder::new().stack_size(size).spawn(|| ()).is_err());
            thread::scope(|scope| {
                assert!(Builder::new().stack_size(size).spawn_scoped(scope, || ()).is_err());
            });
        }
        thread::spawn(|| ()).join().unwrap();
    });
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_overflow_fails_the_execution_in_which_it_happens() {
    let in_main = failure(|| {
        thread::yield_now();
        black_box(recurse(0));
    });
    assert_eq!(overflow_of(&in_main), ThreadId(0));
    let in_a_thread = failure(|| drop(thread::spawn(|| recurse(0)).join()));
    assert_eq!(overflow_of(&in_a_thread), ThreadId(1));
    let too_small = failure(|| {
        let thread = Builder::new().stack_size(64 * KIB).spawn(|| use_stack(MIB)).unwrap();
        drop(thread.join());
    });
    assert_eq!(overflow_of(&too_small), ThreadId(1));
    // The same search goes on with the same stacks, and so do others.
    passes(|| assert_ne!(thread::spawn(|| use_stack(MIB)).join().unwrap(), 0));
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_overflow_that_needs_a_schedule_is_found_and_replayed() {
    let program = || {
        let depth = Arc::new(AtomicU32::new(0));
        let theirs = Arc::clone(&depth);
        let thread = thread::spawn(move || {
            theirs.store(1, SeqCst);
            theirs.store(0, SeqCst);
        });
        if depth.load(SeqCst) == 1 {
            black_box(recurse(0));
        }
        thread.join().unwrap();
    };
    let failure = failure(program);
    assert_eq!(overflow_of(&failure), ThreadId(0));
    let replayed = Search::default().replay(&failure.schedule, program);
    let Replay::Followed(Outcome::Failed(again)) = replayed else { panic!("{replayed:?}") };
    assert_eq!((again.cause, again.schedule), (failure.cause, failure.schedule));
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_overflow_in_a_destructor_of_a_variable_is_one() {
    struct Deep;
    impl Drop for Deep {
        fn drop(&mut self) {
            black_box(recurse(0));
        }
    }
    model_std::thread_local!(static DEEP: Deep = const { Deep });
    let failure = failure(|| thread::spawn(|| DEEP.with(|_| ())).join().unwrap());
    assert_eq!(overflow_of(&failure), ThreadId(1));
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn an_overflow_is_handed_over_at_once() {
    let reported = std::sync::Arc::new(std::sync::Mutex::new(0));
    let sink = std::sync::Arc::clone(&reported);
    let search = Search::default().on_failure(move |failure| {
        overflow_of(failure);
        *sink.lock().unwrap() += 1;
    });
    assert!(matches!(search.run(|| drop(thread::spawn(|| recurse(0)).join())), Outcome::Failed(_)));
    assert_eq!(*reported.lock().unwrap(), 1);
}
