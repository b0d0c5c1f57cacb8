//! What a counter that loses nothing must withstand.

use std::sync::Arc;
use std::sync::mpsc;

use harness::model::choose;

use crate::instruments::{after_adding, after_stepping, finish, start};

pub fn two_threads_add_twice<C: race_counter::Counter + 'static>(counter: C) {
    let value = after_stepping(counter, 2, 1, |counter, number| {
        C::add(counter, [1, 100][number]);
        C::add(counter, [10, 1_000][number]);
    });
    assert_eq!(value, 1_111, "two threads added 1, 10 and 100, 1,000");
}

pub fn three_threads_add_once<C: race_counter::Counter + 'static>(counter: C) {
    assert_eq!(after_adding(counter, &[1, 10, 100]), 111, "three threads added 1, 10 and 100");
}

/// The main thread adds as well: each of the other threads may overtake it, one after the other.
pub fn four_threads_add_once<C: race_counter::Counter + 'static>(counter: C) {
    let counter = Arc::new(counter);
    let others = [10, 100, 1_000].map(|amount| {
        let counter = Arc::clone(&counter);
        start("adder", move || C::add(&counter, amount))
    });
    C::add(&counter, 1);
    others.map(finish);
    assert_eq!(C::value(&counter), 1_111, "four threads added 1, 10, 100 and 1,000");
}

/// Two threads go one step each, up or down, from wherever the counter stands.
pub fn steps_are_never_lost<C: race_counter::Counter + 'static>(counter: C) {
    let start = [0, 5, -5][choose(3)];
    C::add(&counter, start);
    let up: fn(&C, usize) = |counter, _| C::increment(counter);
    let down: fn(&C, usize) = |counter, _| C::decrement(counter);
    let both: fn(&C, usize) =
        |counter, number| if number == 0 { C::increment(counter) } else { C::decrement(counter) };
    let (step, what, sum) = [
        (up, "both threads incremented", 2),
        (down, "both threads decremented", -2),
        (both, "one thread incremented, one decremented", 0),
    ][choose(3)];
    assert_eq!(after_stepping(counter, 2, 1, step), start + sum, "from {start}, {what}");
}

/// Reads while another thread adds: the reader sees the number before or after, and changes nothing.
pub fn reading_disturbs_nothing<C: race_counter::Counter + 'static>(counter: C) {
    let counter = Arc::new(counter);
    C::add(&counter, 1);
    let theirs = Arc::clone(&counter);
    let adder = start("adder", move || C::add(&theirs, 10));
    let first = C::value(&counter);
    let second = C::value(&counter);
    finish(adder);
    assert!([1, 11].contains(&first), "1 was added, 10 is being added, the counter says {first}");
    assert!([first, 11].contains(&second), "the counter said {first} and then {second}");
    assert_eq!(C::value(&counter), 11, "the value at the end, after a thread had read while another added");
}

/// The addition carries from the lower half of the number to the upper one: a reader sees both or none.
pub fn a_carry_is_seen_whole<C: race_counter::Counter + 'static>(counter: C) {
    let before = (1 << 32) - 1;
    let counter = Arc::new(counter);
    C::add(&counter, before);
    let theirs = Arc::clone(&counter);
    let adder = start("adder", move || C::add(&theirs, 1));
    let seen = C::value(&counter);
    finish(adder);
    assert!([before, before + 1].contains(&seen), "1 is being added to {before}, the counter says {seen}");
}

/// A thread reads a value that counts every addition that happens before the read, its own included.
pub fn what_happened_before_is_counted<C: race_counter::Counter + 'static>(counter: C) {
    let counter = Arc::new(counter);
    let theirs = Arc::clone(&counter);
    let (tell, hear) = mpsc::channel();
    let adder = start("adder", move || {
        C::add(&theirs, 1);
        tell.send(()).expect("the main thread receives");
        C::add(&theirs, 100);
    });
    C::add(&counter, 10);
    let own = C::value(&counter);
    hear.recv().expect("the adder sends");
    let heard = C::value(&counter);
    finish(adder);
    assert!([10, 11, 110, 111].contains(&own), "after adding 10 itself, a thread reads {own}");
    assert!(
        [11, 111].contains(&heard),
        "a thread reads {heard}: it has added 10, and adding 1 happens before its read"
    );
    assert_eq!(C::value(&counter), 111, "the value at the end");
}

/// Five threads, a million steps each.
#[cfg(engine = "stress")]
pub fn a_million_each<C: race_counter::Counter + 'static>(new: fn() -> C) {
    let value = after_stepping(new(), 5, 1_000_000, |counter, _| C::increment(counter));
    assert_eq!(value, 5_000_000, "5 × 1,000,000 increments");
    let value = after_stepping(new(), 4, 100_000, |counter, number| match number % 2 {
        0 => C::add(counter, 3),
        _ => C::decrement(counter),
    });
    assert_eq!(value, 400_000, "2 × 100,000 times 3 up, 2 × 100,000 times 1 down");
}

/// Threads start and end, and then two add at once: the first one, and one that was started `later`.
///
/// With a fixed number of places for threads, sooner or later two threads share one.
#[cfg(engine = "model")]
pub fn the_first_thread_and_a_later_one_add<C: race_counter::Counter + 'static>(counter: C, later: usize) {
    let counter = Arc::new(counter);
    let (tell, hear) = mpsc::channel();
    let (has_begun, begun) = mpsc::channel();
    let theirs = Arc::clone(&counter);
    let first = start("first", move || {
        C::add(&theirs, 1);
        has_begun.send(()).expect("the main thread receives");
        hear.recv().expect("the main thread sends");
        C::add(&theirs, 1);
    });
    begun.recv().expect("the first thread sends");
    for _ in 1..later {
        let theirs = Arc::clone(&counter);
        finish(start("passer-by", move || C::add(&theirs, 1)));
    }
    let theirs = Arc::clone(&counter);
    let last = start("last", move || C::add(&theirs, 1));
    tell.send(()).expect("the first thread receives");
    finish(first);
    finish(last);
    assert_eq!(
        C::value(&counter),
        2 + later as i64,
        "two threads added at once, after {later} had been started"
    );
}

/// A thread adds once while another one, which may be far faster, adds again and again.
#[cfg(engine = "model")]
pub fn a_slow_thread_adds_once<C: race_counter::Counter + 'static>(counter: C) {
    const TIMES: i64 = 600;
    let counter = Arc::new(counter);
    let theirs = Arc::clone(&counter);
    let fast = start("fast adder", move || (0..TIMES).for_each(|_| C::add(&theirs, 1)));
    C::add(&counter, 1_000);
    finish(fast);
    assert_eq!(
        C::value(&counter),
        1_000 + TIMES,
        "one thread added 1,000 while another added 1 {TIMES} times"
    );
}

#[cfg(engine = "model")]
pub fn ten_threads_add_three_times<C: race_counter::Counter + 'static>(counter: C) {
    let value = after_stepping(counter, 10, 3, |counter, number| C::add(counter, 10_i64.pow(number as u32)));
    assert_eq!(value, 3_333_333_333, "ten threads added 1, 10, 100, … three times each");
}
