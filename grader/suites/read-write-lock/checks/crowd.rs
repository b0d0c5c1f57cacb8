//! Many real threads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use harness::stress::{Rng, Sleepers, seed, sleepers, until_others_sleep};
use read_write_lock::{RawReadWriteLock, ReadWriteLock};

use crate::instruments::{Meeting, Room, finish, is_free, read, try_read, try_write, with, write};

const READERS: usize = 10;
const WRITERS: usize = 2;

#[test]
fn ten_readers_are_inside_at_once() {
    let lock = Arc::new(RawReadWriteLock::new());
    let inside = Arc::new(Barrier::new(READERS));
    let readers: Vec<_> = (0..READERS)
        .map(|number| {
            let inside = Arc::clone(&inside);
            with("reader", &lock, move |lock| {
                if number % 2 == 0 {
                    read(lock, || drop(inside.wait()));
                } else {
                    let came_in = try_read(lock, || drop(inside.wait())).is_some();
                    assert!(came_in, "a reader was refused though there was no writer");
                }
            })
        })
        .collect();
    readers.into_iter().for_each(finish);
    is_free(&lock);
}

#[test]
fn all_readers_that_wait_for_a_writer_come_in_together() {
    // In the end, more of them than a byte can count; and then one for which several writers come and leave before it wakes up,
    // as many as a few bits can tell apart.
    let visits = [16, 32, 64, 256].into_iter().flat_map(|visits| std::iter::repeat_n((1, visits), 5));
    for (count, visits) in std::iter::repeat_n((READERS, 1), 50).chain([(300, 1)]).chain(visits) {
        let lock = Arc::new(RawReadWriteLock::new());
        let inside = Arc::new(Barrier::new(count));
        let readers: Vec<_> = write(&lock, || {
            let visit = |_| {
                let inside = Arc::clone(&inside);
                with("reader", &lock, move |lock| read(lock, || drop(inside.wait())))
            };
            let readers = (0..count).map(visit).collect();
            // Some of them have begun to wait by now, some have not.
            thread::yield_now();
            if count != READERS {
                until_others_sleep();
            }
            readers
        });
        (1..visits).for_each(|_| drop(try_write(&lock, || ())));
        readers.into_iter().for_each(finish);
        is_free(&lock);
    }
}

/// A dictionary in which each word stands together with its mirror image, except while a writer is inside.
struct Dictionary {
    words: ReadWriteLock<HashMap<u64, u64>>,
    /// Who is inside. Checked first: behind a lock that does not exclude, the words are not touched.
    room: Arc<Room>,
}

#[test]
fn ten_readers_and_two_writers_share_a_dictionary() {
    const WORDS: u64 = 32;
    const TURNS: u64 = 250;
    let dictionary = Arc::new(Dictionary { words: ReadWriteLock::new(HashMap::new()), room: Room::new() });
    let start = Arc::new(Barrier::new(READERS + WRITERS));
    let writers_left = Arc::new(AtomicUsize::new(WRITERS));
    let writers: Vec<_> = (0..WRITERS as u64)
        .map(|number| {
            let (start, writers_left) = (Arc::clone(&start), Arc::clone(&writers_left));
            with("writer", &dictionary, move |dictionary| {
                let mut rng = Rng::new(seed() + number);
                start.wait();
                for _ in 0..TURNS {
                    let mut words = dictionary.words.write();
                    let meeting = dictionary.room.as_writer();
                    if meeting != Meeting::Proper {
                        drop(words);
                        writers_left.store(0, Ordering::SeqCst);
                        return meeting.is_proper();
                    }
                    let word = rng.below(WORDS);
                    *(*words).entry(word).or_insert(0) += 1;
                    if rng.below(4) == 0 {
                        thread::yield_now();
                    }
                    *(*words).entry(WORDS + word).or_insert(0) += 1;
                }
                writers_left.fetch_sub(1, Ordering::SeqCst);
            })
        })
        .collect();
    let readers: Vec<_> = (0..READERS as u64)
        .map(|number| {
            let (start, writers_left) = (Arc::clone(&start), Arc::clone(&writers_left));
            with("reader", &dictionary, move |dictionary| {
                let mut rng = Rng::new(seed() + 100 + number);
                start.wait();
                while writers_left.load(Ordering::SeqCst) > 0 {
                    let word = rng.below(WORDS);
                    let words = match rng.below(3) {
                        0 => match dictionary.words.try_read() {
                            Some(words) => words,
                            None => {
                                thread::yield_now();
                                continue;
                            }
                        },
                        _ => dictionary.words.read(),
                    };
                    let meeting = dictionary.room.as_reader();
                    let halves = (meeting == Meeting::Proper)
                        .then(|| [word, WORDS + word].map(|word| (*words).get(&word).copied()));
                    drop(words);
                    meeting.is_proper();
                    let [word, mirrored] = halves.unwrap_or([None; 2]);
                    assert_eq!(word, mirrored, "a reader saw a word before its mirror image was written");
                }
            })
        })
        .collect();
    writers.into_iter().for_each(finish);
    readers.into_iter().for_each(finish);
    let words = dictionary.words.try_read().expect("all have left");
    let written: u64 = (*words).values().sum();
    assert_eq!(written, 2 * TURNS * WRITERS as u64, "what the writers wrote into the dictionary");
}

#[test]
fn twelve_threads_come_and_go_in_all_ways() {
    const THREADS: u64 = 12;
    const TURNS: u64 = 600;
    let room = Room::new();
    let written = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let start = Arc::new(Barrier::new(THREADS as usize));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (written, start) = (Arc::clone(&written), Arc::clone(&start));
            with("visitor", &room, move |room| {
                let mut rng = Rng::new(seed() + number);
                let mut wrote = 0;
                start.wait();
                for _ in 0..TURNS {
                    let pause = rng.below(8) == 0;
                    let look = || {
                        let meeting = room.as_reader();
                        if pause {
                            thread::yield_now();
                        }
                        (meeting, written[0].load(Ordering::Relaxed), written[1].load(Ordering::Relaxed))
                    };
                    let change = || {
                        let meeting = room.as_writer();
                        for number in written.iter() {
                            number.store(number.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
                            if pause {
                                thread::yield_now();
                            }
                        }
                        (meeting, 0, 0)
                    };
                    let (wrote_now, outcome) = match rng.below(8) {
                        0 => (1, Some(write(&room.lock, change))),
                        1 => {
                            let outcome = try_write(&room.lock, change);
                            (u64::from(outcome.is_some()), outcome)
                        }
                        2 | 3 => (0, try_read(&room.lock, look)),
                        _ => (0, Some(read(&room.lock, look))),
                    };
                    wrote += wrote_now;
                    if let Some((meeting, left, right)) = outcome {
                        meeting.is_proper();
                        assert_eq!(left, right, "what a reader saw of what writers had changed together");
                    }
                }
                wrote
            })
        })
        .collect();
    let wrote: u64 = threads.into_iter().map(finish).sum();
    assert_eq!(written[0].load(Ordering::Relaxed), wrote, "what the writers wrote, one after the other");
    is_free(&room.lock);
}

/// In the end, more waiting writers than a byte can count, and than an implementation would reserve places for.
#[test]
fn a_long_line_of_writers_gets_in() {
    [3, 4, 8, 20, 300].into_iter().for_each(a_line_of_writers_gets_in_before_a_reader);
}

/// The reader comes when all of them wait.
fn a_line_of_writers_gets_in_before_a_reader(line: usize) {
    let room = Room::new();
    let written = Arc::new(AtomicUsize::new(0));
    let started = Arc::new(Barrier::new(line + 1));
    let (writers, reader) = read(&room.lock, || {
        let visit = |_| {
            let (written, started) = (Arc::clone(&written), Arc::clone(&started));
            with("writer", &room, move |room| {
                started.wait();
                let meeting = write(&room.lock, || {
                    written.store(written.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
                    room.as_writer()
                });
                meeting.is_proper();
            })
        };
        let writers: Vec<_> = (0..line).map(visit).collect();
        started.wait();
        until_others_sleep();
        let theirs = Arc::clone(&written);
        // On a busy machine some may still be on their way. Then nothing is known of their order.
        let all_wait = matches!(sleepers(), Sleepers::All(_));
        let reader = with("reader", &room, move |room| read(&room.lock, || theirs.load(Ordering::Relaxed)));
        until_others_sleep();
        (writers, (reader, all_wait))
    });
    writers.into_iter().for_each(finish);
    let (reader, all_wait) = reader;
    let seen = finish(reader);
    assert_eq!(written.load(Ordering::Relaxed), line, "what the writers wrote, one after the other");
    assert!(
        seen == line || !all_wait,
        "{seen} of {line} writers that waited had been inside when a later reader came in"
    );
    is_free(&room.lock);
}

/// Which thread is first when a writer leaves differs from run to run, unless the lock decides.
#[test]
fn readers_do_not_come_between_two_writers() {
    (0..20).for_each(|_| a_reader_waits_behind_the_second_writer());
}

/// One writer is inside, another one waits, and then a reader arrives.
fn a_reader_waits_behind_the_second_writer() {
    let lock = Arc::new(RawReadWriteLock::new());
    let second_was_here = Arc::new(AtomicBool::new(false));
    lock.lock_exclusive();
    let was_here = Arc::clone(&second_was_here);
    let second = with("writer", &lock, move |lock| write(lock, || was_here.store(true, Ordering::SeqCst)));
    until_others_sleep();
    let was_here = Arc::clone(&second_was_here);
    let reader = with("reader", &lock, move |lock| read(lock, || was_here.load(Ordering::SeqCst)));
    until_others_sleep();
    lock.unlock_exclusive();
    let tried = try_read(&lock, || second_was_here.load(Ordering::SeqCst));
    finish(second);
    assert!(finish(reader), "a reader came in before the writer that had waited longer");
    assert_ne!(tried, Some(false), "a reader that tried came in before the writer that waited");
    is_free(&lock);
}

/// Readers that never leave a gap: each comes in before the one before it leaves.
#[test]
fn writers_get_in_though_readers_never_leave_a_gap() {
    const VISITS: usize = 20;
    /// So many readers in a row, each with a pause for the writer, are starvation, not chance.
    const PATIENCE: usize = 1_500;
    let lock = Arc::new(RawReadWriteLock::new());
    let done = Arc::new(AtomicBool::new(false));
    // The first reader is there before the writer: there is no gap at the beginning either.
    lock.lock_shared();
    let theirs = Arc::clone(&done);
    let writer = with("writer", &lock, move |lock| {
        (0..VISITS).for_each(|_| write(lock, || ()));
        theirs.store(true, Ordering::SeqCst);
    });
    let starved = loop {
        let mut in_a_row = 0;
        // Refused: the writer waits, and gets its turn.
        while in_a_row < PATIENCE && !done.load(Ordering::SeqCst) && lock.try_lock_shared() {
            lock.unlock_shared();
            in_a_row += 1;
            thread::sleep(Duration::from_millis(1));
        }
        lock.unlock_shared();
        if in_a_row == PATIENCE || done.load(Ordering::SeqCst) {
            break in_a_row == PATIENCE;
        }
        lock.lock_shared();
    };
    finish(writer);
    assert!(!starved, "{PATIENCE} readers in a row got in while a writer waited");
    is_free(&lock);
}
