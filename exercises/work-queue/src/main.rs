//! Three workers do the tasks of a queue, in each of its three orders, and two ways to end them. Given.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use work_queue::{GetError, WorkQueue};

const WORKERS: usize = 3;
const TASKS: u32 = 12;
const A_TASK_TAKES: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_millis(4);

fn main() {
    in_three_orders();
    with_a_bound();
}

/// One worker takes what was put before: the order is that of the queue.
fn in_three_orders() {
    let queues = [
        ("first in, first out", WorkQueue::fifo(None)),
        ("last in, first out", WorkQueue::lifo(None)),
        ("the smallest first", WorkQueue::priority(None)),
    ];
    println!("put: 5 3 8 1 9 2\n");
    for (name, queue) in queues {
        for item in [5, 3, 8, 1, 9, 2] {
            queue.put(item).expect("the queue is open");
        }
        queue.close();
        print!("{name:<22}");
        while let Ok(item) = queue.get() {
            print!(" {item}");
            queue.task_done().expect("it was taken");
        }
        println!();
    }
}

/// Three workers share the tasks; whoever has put them waits until all are finished, and closes the queue.
fn with_a_bound() {
    let queue = WorkQueue::priority(NonZeroUsize::new(4));
    let done = Mutex::new([0_u32; WORKERS]);
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (queue, done) = (&queue, &done);
            scope.spawn(move || {
                let mut gave_up = 0;
                loop {
                    match queue.get_timeout(PATIENCE) {
                        Ok(_task) => {
                            thread::sleep(A_TASK_TAKES);
                            done.lock().expect("no worker panics")[worker] += 1;
                            queue.task_done().expect("it was taken");
                        }
                        Err(GetError::TimedOut) => gave_up += 1,
                        Err(GetError::Closed) => break,
                    }
                }
                println!("  worker {worker} ends; {gave_up} times nothing came in time");
            });
        }
        println!("\n{TASKS} tasks of {} ms for {WORKERS} workers, 4 places:", A_TASK_TAKES.as_millis());
        let mut longest = Duration::ZERO;
        for task in 0..TASKS {
            let asked = Instant::now();
            queue.put(task).expect("the queue is open");
            longest = longest.max(asked.elapsed());
        }
        println!("  all put after {:.0} ms, {} not finished yet", ms(start.elapsed()), queue.unfinished());
        queue.join();
        println!(
            "  all finished after {:.0} ms; the longest `put` took {:.0} ms",
            ms(start.elapsed()),
            ms(longest)
        );
        queue.close();
    });
    println!("  tasks done by each worker: {:?}", done.into_inner().expect("no worker panics"));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
