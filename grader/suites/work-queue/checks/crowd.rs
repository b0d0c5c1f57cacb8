//! Many real threads, and real time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use harness::stress::{Others, Rng, seed};
use harness::until_others_wait;
use work_queue::{Closed, GetError, WorkQueue};

use crate::instruments::{AGES, finish, size, with};

/// An item: who put it, and which of its items it is.
type Item = (usize, u32);

/// How many threads do what.
struct Crowd {
    putters: usize,
    workers: usize,
    items: u32,
    /// The queue is closed when half of the items were put.
    closes_early: bool,
}

/// How many items of one thread were accepted before the queue was closed.
fn produce(queue: &WorkQueue<Item>, putter: usize, items: u32, put: &AtomicUsize) -> u32 {
    let mut rng = Rng::new(seed() + putter as u64);
    for number in 0..items {
        if let Err(Closed(item)) = queue.put((putter, number)) {
            assert_eq!(item, (putter, number), "the item that was handed back");
            return number;
        }
        put.fetch_add(1, Ordering::SeqCst);
        if rng.below(16) == 0 {
            thread::yield_now();
        }
    }
    items
}

/// What one thread took, until the queue was closed and drained. It finishes everything, and gives up now and then.
fn work(queue: &WorkQueue<Item>, number: u64, done: &AtomicUsize) -> Vec<Item> {
    let mut rng = Rng::new(seed() + 1_000 + number);
    let mut taken = Vec::new();
    loop {
        let got = match rng.below(4) {
            0 => queue.get_timeout(Duration::from_micros(rng.below(100))),
            1 => queue.get_timeout(AGES),
            _ => queue.get(),
        };
        match got {
            Ok(item) => {
                taken.push(item);
                done.fetch_add(1, Ordering::Relaxed);
                assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
            }
            Err(GetError::TimedOut) => {}
            Err(GetError::Closed) => return taken,
        }
    }
}

impl Crowd {
    fn passes_through(&self, queue: WorkQueue<Item>) {
        let (queue, start) = (Arc::new(queue), Arc::new(Barrier::new(self.putters + self.workers)));
        let (put, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let putters: Vec<_> = (0..self.putters)
            .map(|putter| {
                let (start, put, items) = (Arc::clone(&start), Arc::clone(&put), self.items);
                with("putter", &queue, move |queue| {
                    start.wait();
                    produce(queue, putter, items, &put)
                })
            })
            .collect();
        let workers: Vec<_> = (0..self.workers as u64)
            .map(|number| {
                let (start, done) = (Arc::clone(&start), Arc::clone(&done));
                with("worker", &queue, move |queue| {
                    start.wait();
                    work(queue, number, &done)
                })
            })
            .collect();
        if self.closes_early {
            // After about half of the items, whenever that is.
            let half = self.putters * self.items as usize / 2;
            let mut others = Others::default();
            while put.load(Ordering::SeqCst) < half && !others.sleep() {
                thread::yield_now();
            }
            queue.close();
        }
        let accepted: Vec<u32> = putters.into_iter().map(finish).collect();
        let joiners = [(); 2].map(|()| with("joiner", &queue, WorkQueue::join));
        joiners.map(finish);
        let (done, unfinished) = (done.load(Ordering::Relaxed), queue.unfinished());
        queue.close();
        let taken: Vec<_> = workers.into_iter().map(finish).collect();
        if !self.closes_early {
            assert_eq!(accepted, vec![self.items; self.putters], "items that a queue accepted that was open");
        }
        let expected: Vec<Item> = accepted
            .iter()
            .enumerate()
            .flat_map(|(putter, &accepted)| (0..accepted).map(move |number| (putter, number)))
            .collect();
        let mut all = taken.concat();
        all.sort_unstable();
        let different = all.iter().zip(&expected).find(|(taken, expected)| taken != expected);
        assert_eq!(
            different, None,
            "in order, the first item taken that differs from those that were accepted"
        );
        assert_eq!(all.len(), expected.len(), "items taken, of those that were accepted");
        assert_eq!((done, unfinished), (expected.len(), 0), "done and unfinished when `join` had returned");
        assert!(queue.is_empty(), "nothing is inside after all workers have ended");
    }
}

#[test]
fn what_many_threads_put_is_taken_once_and_finished() {
    let crowd = |putters, workers, items| Crowd { putters, workers, items, closes_early: false };
    crowd(3, 3, 3_000).passes_through(WorkQueue::fifo(size(10)));
    crowd(8, 8, 300).passes_through(WorkQueue::lifo(size(1)));
    crowd(2, 8, 1_000).passes_through(WorkQueue::priority(size(2)));
    crowd(8, 2, 200).passes_through(WorkQueue::fifo(None));
}

#[test]
fn closing_amid_a_crowd_loses_nothing() {
    for round in 0..15 {
        let queue = [WorkQueue::fifo, WorkQueue::lifo, WorkQueue::priority][round % 3](size(1 + round % 4));
        Crowd { putters: 3, workers: 3, items: 200, closes_early: true }.passes_through(queue);
    }
}

#[test]
fn ten_joins_return_each_time_though_work_goes_on() {
    const JOINERS: usize = 10;
    const ROUNDS: u32 = 20;
    let queue = Arc::new(WorkQueue::fifo(None));
    assert_eq!(queue.put(0), Ok(()), "`put` into a queue that is open");
    assert_eq!(queue.get(), Ok(0), "what was put");
    let joined = Arc::new(AtomicUsize::new(0));
    for round in 1..=ROUNDS {
        let joiners = [(); JOINERS].map(|()| {
            let joined = Arc::clone(&joined);
            with("joiner", &queue, move |queue| {
                queue.join();
                joined.fetch_add(1, Ordering::SeqCst);
            })
        });
        until_others_wait();
        let before = joined.load(Ordering::SeqCst);
        assert_eq!(before, (round as usize - 1) * JOINERS, "joins that had returned before all was done");
        // All is done, and the next item is there already.
        assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
        assert_eq!(queue.put(round), Ok(()), "`put` into a queue that is open");
        assert_eq!(queue.get(), Ok(round), "what was put");
        joiners.map(finish);
    }
    assert_eq!(queue.unfinished(), 1, "unfinished at the end");
}

/// As many threads as a byte counts to none. One item, and one place, are there for one of them; `close` is for the rest.
#[test]
fn hundreds_that_wait_are_woken() {
    const MANY: u32 = 256;
    let (empty, full) = (Arc::new(WorkQueue::fifo(None)), Arc::new(WorkQueue::fifo(size(1))));
    assert_eq!(full.put(0), Ok(()), "`put` into a queue that is not full");
    let getters: Vec<_> = (0..MANY)
        .map(|number| {
            with("getter", &empty, move |queue: &WorkQueue<u32>| {
                let got = if number % 2 == 0 { queue.get() } else { queue.get_timeout(AGES) };
                if got.is_ok() {
                    assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
                }
                got == Err(GetError::Closed)
            })
        })
        .collect();
    let putters: Vec<_> = (1..=MANY)
        .map(|item| with("putter", &full, move |queue| queue.put(item) == Err(Closed(item))))
        .collect();
    until_others_wait();
    assert_eq!(empty.put(1), Ok(()), "`put` into a queue that is open");
    assert_eq!(full.get(), Ok(0), "the item inside");
    empty.join();
    assert!(full.get().is_ok(), "a get, when others wait for the place to put an item");
    // Whether or not one more is put before.
    empty.close();
    full.close();
    let ended = getters.into_iter().map(finish).filter(|&ended| ended).count();
    let refused = putters.into_iter().map(finish).filter(|&refused| refused).count();
    let left = full.len();
    let expected = (MANY as usize - 1, MANY as usize - 1 - left);
    assert_eq!((ended, refused), expected, "gets that ended as closed, and puts that got their item back");
    assert_eq!(full.unfinished(), left + 2, "unfinished: what is left, and two that were taken");
    hundreds_that_join();
}

fn hundreds_that_join() {
    let queue = Arc::new(WorkQueue::fifo(None));
    assert_eq!(queue.put(1), Ok(()), "`put` into a queue that is open");
    assert_eq!(queue.get(), Ok(1), "the item inside");
    let joiners: Vec<_> = (0..256).map(|_| with("joiner", &queue, WorkQueue::join)).collect();
    until_others_wait();
    assert_eq!(queue.task_done(), Ok(()), "`task_done` of an item that was taken");
    joiners.into_iter().for_each(finish);
}

#[test]
fn gets_that_give_up_lose_nothing() {
    const ITEMS: u32 = 2_000;
    let queue = Arc::new(WorkQueue::fifo(None));
    let start = Arc::new(Barrier::new(5));
    let getters: Vec<_> = (0..4)
        .map(|number| {
            let start = Arc::clone(&start);
            with("getter", &queue, move |queue: &WorkQueue<u32>| {
                let mut rng = Rng::new(seed() + number);
                let mut taken = Vec::new();
                start.wait();
                loop {
                    // The timeout is about as long as it takes until the next item is there.
                    match queue.get_timeout(Duration::from_micros(rng.below(60))) {
                        Ok(item) => taken.push(item),
                        Err(GetError::TimedOut) => {}
                        Err(GetError::Closed) => return taken,
                    }
                    // At the deadline, either error is right: this tells whether it is closed.
                    if queue.is_empty() && rng.below(8) == 0 {
                        match queue.get_timeout(Duration::from_millis(1)) {
                            Ok(item) => taken.push(item),
                            Err(GetError::TimedOut) => {}
                            Err(GetError::Closed) => return taken,
                        }
                    }
                }
            })
        })
        .collect();
    start.wait();
    for item in 0..ITEMS {
        assert_eq!(queue.put(item), Ok(()), "`put` into a queue that is open");
        if item % 4 == 0 {
            thread::yield_now();
        }
    }
    queue.close();
    let mut all: Vec<u32> = getters.into_iter().flat_map(finish).collect();
    all.sort_unstable();
    assert_eq!(all.len(), ITEMS as usize, "items that were taken, of those that were put");
    assert!(all.iter().copied().eq(0..ITEMS), "the items that were taken differ from those that were put");
    assert_eq!((queue.len(), queue.unfinished()), (0, ITEMS as usize), "left at the end, and unfinished");
}
