//! The semaphore on a single thread.

use std::error::Error;
use std::time::Duration;

use connection_pool::{OverRelease, Semaphore, TimeoutError};

use crate::instruments::ms;

#[test]
fn it_counts_its_permits() {
    for permits in [1, 2, 3, 10, 300, 70_000] {
        let semaphore = Semaphore::new(permits);
        assert_eq!(semaphore.available(), permits, "a new semaphore of {permits}");
        for taken in 1..=permits {
            match taken % 2 {
                0 => semaphore.acquire(),
                _ => assert_eq!(semaphore.acquire_timeout(ms(5)), Ok(()), "permit {taken} of {permits}"),
            }
            assert_eq!(semaphore.available(), permits - taken, "{taken} of {permits} taken");
        }
        for returned in 1..=permits {
            assert_eq!(semaphore.release(), Ok(()), "release {returned} of {permits}");
            assert_eq!(semaphore.available(), returned, "{returned} of {permits} given back");
        }
    }
}

#[test]
fn a_try_takes_what_is_free_and_nothing_else() {
    let semaphore = Semaphore::new(2);
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Ok(()), "two of two are free");
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Ok(()), "one of two is free");
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Err(TimeoutError), "none is free");
    assert_eq!(semaphore.release(), Ok(()));
    assert_eq!(
        semaphore.acquire_timeout(Duration::from_nanos(1)),
        Ok(()),
        "one is free, a nanosecond to wait"
    );
}

#[test]
fn a_release_too_many_is_refused_and_changes_nothing() {
    for permits in [0, 1, 2] {
        let semaphore = Semaphore::new(permits);
        for _ in 0..3 {
            assert_eq!(semaphore.release(), Err(OverRelease), "nothing was acquired, of {permits}");
            assert_eq!(semaphore.available(), permits, "after a release too many");
        }
        for _ in 0..permits {
            assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Ok(()), "a permit of {permits}");
        }
        assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Err(TimeoutError), "all {permits} are taken");
        for _ in 0..permits {
            assert_eq!(semaphore.release(), Ok(()));
        }
        assert_eq!(semaphore.release(), Err(OverRelease), "all {permits} were given back");
        assert_eq!(semaphore.available(), permits, "at the end");
    }
}

#[test]
fn without_permits_nobody_gets_in() {
    let semaphore = Semaphore::new(0);
    assert_eq!(semaphore.available(), 0);
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Err(TimeoutError));
    assert_eq!(semaphore.acquire_timeout(ms(2)), Err(TimeoutError));
    assert_eq!(semaphore.available(), 0);
}

#[test]
fn its_errors_say_what_happened() {
    fn text(error: impl Error + 'static) -> String {
        error.to_string()
    }
    let semaphore = Semaphore::new(0);
    assert_eq!(semaphore.acquire_timeout(Duration::ZERO), Err(TimeoutError), "no permit is free");
    assert_eq!(semaphore.release(), Err(OverRelease), "no permit was acquired");
    assert!(!text(TimeoutError).trim().is_empty(), "the message of `TimeoutError`");
    assert!(!text(OverRelease).trim().is_empty(), "the message of `OverRelease`");
    assert_eq!(format!("{TimeoutError:?} {OverRelease:?}"), "TimeoutError OverRelease", "`derive(Debug)`");
}
