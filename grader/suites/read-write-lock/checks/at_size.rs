//! As many threads as the task has: in schedules that are sampled.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use harness::model::choose;
use read_write_lock::RawReadWriteLock;

use crate::instruments::{Meeting, Room, finish, is_free, read, try_read, try_write, with, write};

const READERS: usize = 10;
const WRITERS: usize = 2;

/// A lock, and what it protects: two numbers that are equal except while a writer is inside.
struct Pair {
    room: Arc<Room>,
    halves: [AtomicU64; 2],
}

impl Pair {
    fn look(&self) -> (Meeting, [u64; 2]) {
        (self.room.as_reader(), [0, 1].map(|half: usize| self.halves[half].load(Ordering::Relaxed)))
    }

    fn change(&self) -> Meeting {
        let meeting = self.room.as_writer();
        for half in &self.halves {
            half.store(half.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
        meeting
    }
}

#[test]
fn ten_readers_and_two_writers_share_two_numbers() {
    let pair = Arc::new(Pair { room: Room::new(), halves: Default::default() });
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let tries = choose(3) == 0;
            with("reader", &pair, move |pair| {
                let lock = &pair.room.lock;
                let seen =
                    if tries { try_read(lock, || pair.look()) } else { Some(read(lock, || pair.look())) };
                if let Some((meeting, [left, right])) = seen {
                    meeting.is_proper();
                    assert_eq!(left, right, "what a reader saw of what writers had changed together");
                }
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let tries = [choose(4) == 0, choose(4) == 0];
            with("writer", &pair, move |pair| {
                let lock = &pair.room.lock;
                let visit = |tries: bool| {
                    if tries {
                        try_write(lock, || pair.change())
                    } else {
                        Some(write(lock, || pair.change()))
                    }
                };
                tries.into_iter().filter_map(visit).map(Meeting::is_proper).count() as u64
            })
        })
        .collect();
    let wrote: u64 = writers.into_iter().map(finish).sum();
    readers.into_iter().for_each(finish);
    for half in &pair.halves {
        assert_eq!(half.load(Ordering::Relaxed), wrote, "what the writers wrote, one after the other");
    }
    is_free(&pair.room.lock);
}

/// Others leave again and again while a thread tries: an exchange may fail as often as there are others.
#[test]
fn readers_that_leave_are_no_reason_to_refuse_one() {
    const READERS: usize = 300;
    const TRIES: usize = 200;
    let lock = Arc::new(RawReadWriteLock::new());
    (0..READERS).for_each(|_| lock.lock_shared());
    let trier = with("reader that tries", &lock, |lock| {
        (0..TRIES).filter(|_| try_read(lock, || ()).is_none()).count()
    });
    (1..READERS).for_each(|_| lock.unlock_shared());
    let refused = finish(trier);
    lock.unlock_shared();
    assert_eq!(refused, 0, "tries that were refused, of {TRIES}, though there was no writer");
    is_free(&lock);
}
