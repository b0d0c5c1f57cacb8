//! Random histories of real threads.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use harness::stress::{Rng, seed};

use crate::instruments::{ORDERS, Order, finish, with};
use crate::queue::Noted;

/// About as long as other threads need for a few calls.
const A_MOMENT: Duration = Duration::from_micros(20);

/// What one thread of a random history does: it puts, it takes and finishes, or both in turns. Together the threads put
/// as often as they take, and a thread takes before it puts only if others do nothing but put.
fn random_calls(noted: &Noted, rng: &mut Rng, puts: bool, takes: bool, items: [u32; 2]) {
    for item in items {
        if puts {
            noted.put(item);
        }
        match rng.below(5) {
            0 => noted.len(),
            1 => noted.is_empty(),
            2 => noted.unfinished(),
            3 => _ = noted.task_done(),
            _ => (),
        }
        if takes {
            noted.get();
        }
        if takes && rng.below(2) == 0 {
            noted.task_done();
        }
    }
}

pub fn without_timeouts() {
    const THREADS: u32 = 4;
    for round in 0..240_usize {
        let mut rng = Rng::new(seed() + round as u64);
        let capacity = [None, Some(1), Some(2), Some(3)][rng.below(4) as usize];
        let noted = Noted::new(ORDERS[round % 3], capacity);
        let start = Arc::new(Barrier::new(THREADS as usize + 1));
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (start, mut rng) = (Arc::clone(&start), Rng::new(rng.next_u64()));
                let both = round % 2 == 0;
                let (puts, takes) = (both || thread < THREADS / 2, both || thread >= THREADS / 2);
                with("caller", &noted, move |noted| {
                    start.wait();
                    // Of two ranks, and no two of them the same.
                    random_calls(noted, &mut rng, puts, takes, [10 + thread, 20 + thread]);
                })
            })
            .collect();
        let closes = rng.below(3) == 0;
        start.wait();
        if closes {
            noted.close();
        }
        threads.into_iter().for_each(finish);
        noted.compare();
    }
}

/// Gets that give up, among others. Equal items: which one somebody gets whose time is over is open.
pub fn with_timeouts() {
    const THREADS: usize = 4;
    for round in 0..200 {
        let mut rng = Rng::new(seed() + round);
        let noted = Noted::new(Order::Fifo, None);
        let start = Arc::new(Barrier::new(THREADS));
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (start, mut rng) = (Arc::clone(&start), Rng::new(rng.next_u64()));
                with("caller", &noted, move |noted| {
                    start.wait();
                    for _ in 0..2 {
                        match rng.below(3) {
                            0 => _ = noted.get_within(Duration::ZERO),
                            1 => _ = noted.get_within(A_MOMENT * rng.below(2) as u32),
                            _ => noted.len(),
                        }
                        noted.put(7);
                        if rng.below(2) == 0 {
                            noted.get_within(A_MOMENT * 2);
                        } else {
                            noted.unfinished();
                        }
                        noted.task_done();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(finish);
        noted.compare();
    }
}
