//! Many real threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use harness::stress::{Others, Rng, seed};
use harness::until_others_wait;
use producer_consumer::{BoundedBuffer, Closed, Pipeline};

use crate::instruments::{assert_squares, distinct, finish, pipeline, run_pipeline, size, with};

/// An item: its producer, and which of the producer's items it is.
type Item = (usize, u64);

/// A buffer, and two counts that bound how many items can be inside.
struct Station {
    buffer: BoundedBuffer<Item>,
    start: Barrier,
    /// Calls of `put` that have returned, and calls of `take` that have begun.
    put: AtomicUsize,
    takes: AtomicUsize,
    over: AtomicBool,
}

impl Station {
    fn new(capacity: usize, threads: usize) -> Arc<Self> {
        Arc::new(Self {
            buffer: BoundedBuffer::new(size(capacity)),
            start: Barrier::new(threads),
            put: AtomicUsize::new(0),
            takes: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        })
    }

    /// How many of its items were accepted before the buffer was closed.
    fn produce(&self, producer: usize, items: u64) -> u64 {
        let mut rng = Rng::new(seed() + producer as u64);
        self.start.wait();
        for i in 0..items {
            if let Err(Closed(item)) = self.buffer.put((producer, i)) {
                assert_eq!(item, (producer, i), "the item that was handed back");
                return i;
            }
            self.put.fetch_add(1, Ordering::SeqCst);
            if rng.below(16) == 0 {
                thread::yield_now();
            }
        }
        items
    }

    fn consume(&self, number: u64) -> Vec<Item> {
        let mut rng = Rng::new(seed() + 1_000 + number);
        let mut taken = Vec::new();
        self.start.wait();
        loop {
            self.takes.fetch_add(1, Ordering::SeqCst);
            let Some(item) = self.buffer.take() else { return taken };
            taken.push(item);
            if rng.below(16) == 0 {
                thread::yield_now();
            }
        }
    }

    /// Watches the buffer until the other threads are done, or until all of them sleep: then nothing happens that
    /// could be watched.
    fn watch(&self) {
        self.start.wait();
        let capacity = self.buffer.capacity();
        let mut others = Others::default();
        while !self.over.load(Ordering::SeqCst) && !others.sleep() {
            let length = self.buffer.len();
            assert!(length <= capacity, "{length} items inside, {capacity} is the most");
            // In this order: what is put later does not count, and what is taken meanwhile does.
            let put = self.put.load(Ordering::SeqCst);
            let takes = self.takes.load(Ordering::SeqCst);
            assert!(
                put <= takes + capacity,
                "{put} items were put and `take` was called {takes} times: more than {capacity} are inside"
            );
            thread::yield_now();
        }
    }
}

/// Everything that was accepted was taken once, and by each consumer in the order of its producer.
fn assert_all_there(accepted: &[u64], taken: &[Vec<Item>]) {
    for (consumer, items) in taken.iter().enumerate() {
        let mut last = vec![None; accepted.len()];
        for &(producer, i) in items {
            assert!(
                last[producer] < Some(i),
                "consumer {consumer} took item {i} of producer {producer} after a later one"
            );
            last[producer] = Some(i);
        }
    }
    let mut times: Vec<_> = accepted.iter().map(|&accepted| vec![0; accepted as usize]).collect();
    for &(producer, i) in taken.iter().flatten() {
        let accepted = accepted[producer];
        assert!(i < accepted, "item {i} of producer {producer} was taken, and only {accepted} were accepted");
        times[producer][i as usize] += 1;
    }
    for (producer, times) in times.iter().enumerate() {
        let wrong = times.iter().position(|&times| times != 1);
        assert_eq!(wrong, None, "the first item of producer {producer} that was not taken exactly once");
    }
}

/// Runs producers, consumers and a watcher; the buffer is closed when all producers are done, or early.
fn station(producers: usize, consumers: usize, capacity: usize, items: u64, closes_early: bool) {
    let station = Station::new(capacity, producers + consumers + 2);
    let producing: Vec<_> = (0..producers)
        .map(|producer| with("producer", &station, move |station| station.produce(producer, items)))
        .collect();
    let consuming: Vec<_> = (0..consumers)
        .map(|number| with("consumer", &station, move |station| station.consume(number as u64)))
        .collect();
    let watching = with("watcher", &station, Station::watch);
    station.start.wait();
    if closes_early {
        // After about half of the items, whenever that is.
        let mut others = Others::default();
        while station.put.load(Ordering::SeqCst) < producers * items as usize / 2 && !others.sleep() {
            thread::yield_now();
        }
        station.buffer.close();
    }
    let accepted: Vec<_> = producing.into_iter().map(finish).collect();
    station.buffer.close();
    let taken: Vec<_> = consuming.into_iter().map(finish).collect();
    station.over.store(true, Ordering::SeqCst);
    finish(watching);
    if !closes_early {
        assert_eq!(accepted, vec![items; producers], "items accepted by a buffer that was open all the time");
    }
    assert_all_there(&accepted, &taken);
    assert!(station.buffer.is_empty(), "items are inside after all consumers have ended");
}

#[test]
fn three_producers_and_two_consumers_share_ten_places() {
    station(3, 2, 10, 5_000, false);
}

#[test]
fn many_threads_share_few_places() {
    for (producers, consumers, capacity) in [(8, 8, 1), (1, 8, 2), (8, 1, 3)] {
        station(producers, consumers, capacity, 500, false);
    }
}

#[test]
fn closing_amid_a_crowd_loses_nothing() {
    for round in 0..12 {
        station(3, 2, 1 + round % 3, 200, true);
    }
    all_of_a_crowd_are_woken();
}

/// As many as a byte counts to none wait. Two items, and two places, are there for some of them; closing is for the rest.
fn all_of_a_crowd_are_woken() {
    const MANY: u32 = 256;
    let (empty, full) = (Arc::new(BoundedBuffer::new(size(1))), Arc::new(BoundedBuffer::new(size(1))));
    assert_eq!(full.put(0), Ok(()), "`put` into a buffer that is not full");
    let consumers: Vec<_> = (0..MANY).map(|_| with("consumer", &empty, BoundedBuffer::<u32>::take)).collect();
    let producers: Vec<_> =
        (1..=MANY).map(|item| with("producer", &full, move |full| full.put(item).is_err())).collect();
    until_others_wait();
    // The second one of each waits for what another thread does when it is woken.
    assert_eq!([empty.put(1), empty.put(2)], [Ok(()), Ok(())], "`put` into a buffer that is open");
    assert_eq!((full.take(), full.take().is_some()), (Some(0), true), "an item, of a buffer that is open");
    // Whether or not one more is put before.
    empty.close();
    full.close();
    let ended = consumers.into_iter().map(finish).filter(|taken| taken.is_none()).count();
    let refused = producers.into_iter().map(finish).filter(|&refused| refused).count();
    let expected = (MANY as usize - 2, MANY as usize - 1 - full.len());
    assert_eq!((ended, refused), expected, "consumers that ended, and producers that got their item back");
}

#[test]
fn a_pipeline_of_the_usual_size() {
    let usual = Pipeline { items_per_producer: 20_000, ..Pipeline::default() };
    assert_squares(&run_pipeline(&usual, &distinct), &usual, distinct);
    // Far more threads than processors.
    let crowded = pipeline(20, 20, 10, 100);
    assert_squares(&run_pipeline(&crowded, &distinct), &crowded, distinct);
}
