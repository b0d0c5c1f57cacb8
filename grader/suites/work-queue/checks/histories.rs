//! Whole histories: whatever the interleaving, they must be linearizable with respect to a sequential queue.

#[cfg(engine = "model")]
use std::time::Duration;

#[cfg(engine = "model")]
use crate::instruments::{ORDERS, Order, finish, one_of, with};
#[cfg(engine = "model")]
use crate::queue::Noted;
#[cfg(engine = "stress")]
use crate::random;

/// It elapses in the model whenever somebody waits for it.
#[cfg(engine = "model")]
const A_MOMENT: Duration = Duration::from_millis(1);

#[cfg(engine = "model")]
#[test]
fn one_puts_and_one_takes() {
    let noted = Noted::new(Order::Fifo, Some(1));
    let putter = with("putter", &noted, |noted| {
        noted.put(21);
        noted.put(22);
    });
    noted.get();
    noted.len();
    noted.get();
    finish(putter);
    noted.compare();
}

/// Two put equal items into a queue with one place left, and one takes.
#[cfg(engine = "model")]
#[test]
fn two_put_and_one_takes() {
    let noted = Noted::holding(one_of(ORDERS), Some(2), [20]);
    let putters = [21, 22].map(|item| with("putter", &noted, move |noted| noted.put(item)));
    noted.get();
    noted.get();
    putters.into_iter().for_each(finish);
    noted.compare();
}

/// One waits for a place, another one may get it first: the order is that in which they go in.
#[cfg(engine = "model")]
#[test]
fn a_put_that_waits_is_overtaken() {
    let noted = Noted::holding(one_of(ORDERS), Some(2), [11, 12]);
    let putter = with("putter", &noted, |noted| noted.put(21));
    noted.get();
    // It may have to wait: then there is another place.
    let other = with("getter", &noted, Noted::get);
    noted.put(22);
    noted.len();
    finish(putter);
    finish(other);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_puts_and_two_take() {
    let (order, items) = one_of([(Order::Fifo, [21, 22]), (Order::Priority, [30, 20])]);
    let noted = Noted::new(order, Some(2));
    let getters = [(); 2].map(|()| with("getter", &noted, |noted| noted.get()));
    items.map(|item| noted.put(item));
    noted.len();
    getters.into_iter().for_each(|getter| _ = finish(getter));
    noted.compare();
}

#[cfg(engine = "model")]
fn one_puts_while_another_closes() {
    let noted = Noted::new(Order::Fifo, Some(1));
    let putter = with("putter", &noted, |noted| {
        noted.put(21);
        noted.put(22);
    });
    noted.close();
    noted.get();
    finish(putter);
    noted.compare();
}

#[cfg(engine = "model")]
fn two_put_while_another_closes() {
    let noted = Noted::holding(Order::Lifo, Some(2), [20]);
    let putters = [21, 22].map(|item| with("putter", &noted, move |noted| noted.put(item)));
    noted.close();
    noted.unfinished();
    putters.into_iter().for_each(finish);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn others_put_while_one_closes() {
    one_of([one_puts_while_another_closes, two_put_while_another_closes])();
}

#[cfg(engine = "model")]
#[test]
fn one_takes_while_another_puts_and_closes() {
    let noted = Noted::new(Order::Fifo, Some(2));
    let getter = with("getter", &noted, |noted| {
        noted.get();
        noted.get();
    });
    noted.put(21);
    noted.close();
    finish(getter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn a_full_queue_is_closed_while_one_puts_and_one_takes() {
    let noted = Noted::holding(Order::Fifo, Some(1), [20]);
    let putter = with("putter", &noted, |noted| noted.put(21));
    let getter = with("getter", &noted, Noted::get);
    noted.close();
    finish(putter);
    finish(getter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_puts_one_tries_and_one_closes() {
    let noted = Noted::new(Order::Fifo, None);
    let putter = with("putter", &noted, |noted| noted.put(21));
    let getter = with("getter", &noted, |noted| noted.get_within(Duration::ZERO));
    noted.close();
    finish(putter);
    finish(getter);
    noted.compare();
}

/// One thread alone takes.
#[cfg(engine = "model")]
#[test]
fn one_puts_and_one_takes_in_time() {
    let noted = Noted::new(one_of([Order::Lifo, Order::Priority]), Some(2));
    let putter = with("putter", &noted, |noted| {
        noted.put(30);
        noted.put(20);
    });
    noted.get_within(A_MOMENT);
    noted.get_within(Duration::ZERO);
    finish(putter);
    noted.compare();
}

/// Equal items: which one somebody gets whose time is over is open.
#[cfg(engine = "model")]
fn two_take_in_time_while_one_puts() {
    let noted = Noted::new(Order::Fifo, None);
    let getter = with("getter", &noted, |noted| noted.get_within(A_MOMENT));
    let putter = with("putter", &noted, |noted| noted.put(7));
    noted.get_within(Duration::ZERO);
    finish(getter);
    finish(putter);
    noted.compare();
}

/// Whoever waits has been there for longer, but what is inside is there for both.
#[cfg(engine = "model")]
fn one_tries_while_another_waits() {
    let noted = Noted::new(Order::Fifo, None);
    let getter = with("getter", &noted, Noted::get);
    noted.put(7);
    let has_taken = noted.get_within(Duration::ZERO);
    noted.len();
    if has_taken {
        noted.put(7);
    }
    finish(getter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn one_takes_in_time_while_another_does() {
    one_of([two_take_in_time_while_one_puts, one_tries_while_another_waits])();
}

#[cfg(engine = "model")]
fn the_length_is_right_while_one_puts() {
    let noted = Noted::new(Order::Fifo, Some(2));
    let putter = with("putter", &noted, |noted| {
        noted.put(21);
        noted.put(22);
    });
    noted.len();
    noted.is_empty();
    noted.get();
    noted.len();
    finish(putter);
    noted.compare();
}

#[cfg(engine = "model")]
fn the_length_is_right_while_one_puts_and_one_takes() {
    let noted = Noted::holding(Order::Fifo, Some(1), [20]);
    let putter = with("putter", &noted, |noted| noted.put(21));
    let getter = with("getter", &noted, Noted::get);
    noted.len();
    noted.is_empty();
    finish(putter);
    finish(getter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn the_length_is_right_while_others_put_and_take() {
    one_of([the_length_is_right_while_one_puts, the_length_is_right_while_one_puts_and_one_takes])();
}

/// An item that is inside, or taken, is unfinished at every moment in between.
#[cfg(engine = "model")]
fn unfinished_is_right_while_one_takes_and_finishes() {
    let noted = Noted::holding(Order::Fifo, Some(2), [21, 22]);
    let worker = with("worker", &noted, |noted| {
        noted.get();
        noted.task_done();
    });
    noted.unfinished();
    noted.len();
    noted.unfinished();
    finish(worker);
    noted.compare();
}

#[cfg(engine = "model")]
fn unfinished_is_right_while_one_puts_and_one_finishes() {
    let noted = Noted::new(Order::Fifo, Some(1));
    let worker = with("worker", &noted, |noted| {
        noted.get();
        noted.task_done();
    });
    let putter = with("putter", &noted, |noted| noted.put(21));
    noted.unfinished();
    noted.len();
    finish(putter);
    finish(worker);
    noted.compare();
}

/// What is inside is unfinished, and the other way round: nobody takes it.
#[cfg(engine = "model")]
fn unfinished_is_right_while_one_puts() {
    let noted = Noted::new(Order::Fifo, Some(1));
    let putter = with("putter", &noted, |noted| noted.put(21));
    noted.unfinished();
    noted.len();
    noted.unfinished();
    finish(putter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn unfinished_is_right_while_others_work() {
    one_of([
        unfinished_is_right_while_one_puts,
        unfinished_is_right_while_one_takes_and_finishes,
        unfinished_is_right_while_one_puts_and_one_finishes,
    ])();
}

/// One item was taken: one of two calls has something to finish.
#[cfg(engine = "model")]
fn two_finish_what_one_has_taken() {
    let noted = Noted::holding(Order::Fifo, None, [21, 22]);
    noted.get();
    let other = with("worker", &noted, Noted::task_done);
    noted.task_done();
    noted.unfinished();
    finish(other);
    noted.compare();
}

#[cfg(engine = "model")]
fn one_finishes_while_another_takes() {
    let noted = Noted::new(Order::Fifo, None);
    let getter = with("getter", &noted, Noted::get);
    noted.put(21);
    noted.task_done();
    noted.unfinished();
    finish(getter);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn only_what_was_taken_is_finished() {
    one_of([two_finish_what_one_has_taken, one_finishes_while_another_takes])();
}

#[cfg(engine = "model")]
fn one_joins_while_another_works() {
    let noted = Noted::holding(Order::Fifo, None, [21]);
    let worker = with("worker", &noted, |noted| {
        noted.get();
        noted.task_done();
        noted.put(22);
        noted.get();
        noted.task_done();
    });
    noted.join();
    noted.unfinished();
    finish(worker);
    noted.compare();
}

#[cfg(engine = "model")]
fn two_join_while_another_works() {
    let noted = Noted::holding(Order::Fifo, None, [21]);
    noted.get();
    let joiner = with("joiner", &noted, Noted::join);
    let worker = with("worker", &noted, |noted| {
        noted.task_done();
        noted.put(22);
        noted.get();
        noted.task_done();
    });
    noted.join();
    finish(joiner);
    finish(worker);
    noted.compare();
}

#[cfg(engine = "model")]
fn one_joins_while_one_puts_and_one_works() {
    let noted = Noted::new(Order::Fifo, None);
    let putter = with("putter", &noted, |noted| noted.put(21));
    let worker = with("worker", &noted, |noted| {
        noted.get();
        noted.task_done();
    });
    noted.join();
    noted.unfinished();
    finish(putter);
    finish(worker);
    noted.compare();
}

/// The last item is finished while another thread puts the next one, and joins.
#[cfg(engine = "model")]
fn one_puts_and_joins_while_another_finishes() {
    let noted = Noted::holding(Order::Fifo, None, [21]);
    noted.get();
    let joiner = with("joiner", &noted, |noted| {
        noted.put(22);
        noted.join();
        noted.unfinished();
    });
    noted.task_done();
    noted.get();
    noted.task_done();
    finish(joiner);
    noted.compare();
}

#[cfg(engine = "model")]
#[test]
fn joins_while_others_work() {
    one_of([
        one_puts_and_joins_while_another_finishes,
        one_joins_while_another_works,
        two_join_while_another_works,
        one_joins_while_one_puts_and_one_works,
    ])();
}

/// On real threads, longer ones: with and without gets that give up.
#[cfg(engine = "stress")]
#[test]
fn many_random_histories() {
    random::without_timeouts();
    random::with_timeouts();
}
