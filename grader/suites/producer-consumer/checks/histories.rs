//! Whole histories: whatever the interleaving, they must be linearizable with respect to a sequential queue.

#[cfg(engine = "stress")]
use std::sync::{Arc, Barrier};

#[cfg(engine = "stress")]
use harness::stress::{Rng, seed};

use crate::instruments::{finish, with};
use crate::queue::Noted;

#[cfg(engine = "model")]
#[test]
fn one_puts_and_one_takes() {
    let noted = Noted::new(1);
    let producer = with("producer", &noted, |noted| {
        noted.put(1);
        noted.put(2);
    });
    noted.take();
    noted.len();
    noted.take();
    finish(producer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn two_put_and_one_takes() {
    let noted = Noted::new(1);
    let producers = [1, 2].map(|item| with("producer", &noted, move |noted| noted.put(item)));
    noted.take();
    noted.take();
    producers.into_iter().for_each(finish);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_puts_and_two_take() {
    let noted = Noted::new(2);
    let consumers = [(); 2].map(|()| with("consumer", &noted, |noted| noted.take()));
    noted.put(1);
    noted.put(2);
    consumers.into_iter().for_each(|consumer| _ = finish(consumer));
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_puts_while_another_closes() {
    let noted = Noted::new(1);
    let producer = with("producer", &noted, |noted| {
        noted.put(1);
        noted.put(2);
    });
    noted.close();
    noted.take();
    finish(producer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn two_put_while_another_closes() {
    let noted = Noted::holding(2, [1]);
    let producers = [2, 3].map(|item| with("producer", &noted, move |noted| noted.put(item)));
    noted.close();
    noted.put(4);
    producers.into_iter().for_each(finish);
    noted.compare();
}

/// Both items fit, so both may be added before the buffer is closed.
#[cfg(engine = "model")]
#[test]
fn two_put_what_fits_while_another_closes() {
    let noted = Noted::new(2);
    let producers = [1, 2].map(|item| with("producer", &noted, move |noted| noted.put(item)));
    noted.close();
    noted.len();
    producers.into_iter().for_each(finish);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_takes_while_another_puts_and_closes() {
    let noted = Noted::new(2);
    let consumer = with("consumer", &noted, |noted| {
        noted.take();
        noted.take();
    });
    noted.put(1);
    noted.close();
    finish(consumer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_puts_one_takes_and_one_closes() {
    let noted = Noted::new(1);
    let producer = with("producer", &noted, |noted| noted.put(1));
    let consumer = with("consumer", &noted, |noted| noted.take());
    noted.close();
    finish(producer);
    finish(consumer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn a_full_buffer_is_closed_while_one_puts_and_one_takes() {
    let noted = Noted::holding(1, [1]);
    let producer = with("producer", &noted, |noted| noted.put(2));
    let consumer = with("consumer", &noted, |noted| noted.take());
    noted.close();
    finish(producer);
    finish(consumer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn the_length_is_right_while_one_puts() {
    let noted = Noted::new(2);
    let producer = with("producer", &noted, |noted| {
        noted.put(1);
        noted.put(2);
    });
    noted.len();
    noted.is_empty();
    noted.take();
    noted.len();
    finish(producer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn the_length_is_right_while_one_takes() {
    let noted = Noted::holding(2, [1, 2]);
    let consumer = with("consumer", &noted, |noted| {
        noted.take();
        noted.take();
    });
    noted.is_empty();
    noted.len();
    noted.put(3);
    noted.len();
    finish(consumer);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn the_length_is_right_while_one_puts_and_one_takes() {
    let noted = Noted::holding(1, [1]);
    let producer = with("producer", &noted, |noted| noted.put(2));
    let consumer = with("consumer", &noted, |noted| noted.take());
    noted.len();
    noted.len();
    finish(producer);
    finish(consumer);
    noted.compare();
}

/// What one thread of a random history does: it puts, it takes, or it puts and takes in turns. Together the
/// threads put as often as they take, and a thread takes before it puts only if others do nothing but put.
#[cfg(engine = "stress")]
fn random_calls(noted: &Noted, rng: &mut Rng, puts: bool, takes: bool, thread: u32) {
    for turn in 0..2 {
        if puts {
            noted.put(thread * 10 + turn);
        }
        match rng.below(3) {
            0 => noted.len(),
            1 => noted.is_empty(),
            _ => (),
        }
        if takes {
            noted.take();
        }
    }
}

#[cfg(engine = "stress")]
#[test]
fn many_random_histories() {
    const THREADS: u32 = 4;
    for round in 0..300 {
        let mut rng = Rng::new(seed() + round);
        let noted = Noted::new(1 + rng.below(3) as usize);
        let start = Arc::new(Barrier::new(THREADS as usize + 1));
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (start, mut rng) = (Arc::clone(&start), Rng::new(rng.next_u64()));
                let both = round % 2 == 0;
                let (puts, takes) = (both || thread < THREADS / 2, both || thread >= THREADS / 2);
                with("caller", &noted, move |noted| {
                    start.wait();
                    random_calls(noted, &mut rng, puts, takes, thread);
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
