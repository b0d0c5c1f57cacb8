//! Workers simulate in phases; then one of them is late, and nobody waits for it in vain. Given.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use barrier::Barrier;

const WORKERS: usize = 4;
const PHASES: usize = 5;
/// The work of one worker in one phase. They are not equally fast.
const STEP: Duration = Duration::from_millis(8);
const PATIENCE: Duration = Duration::from_millis(60);
/// Far more than the others' patience.
const TOO_LATE: Duration = Duration::from_millis(250);

fn main() {
    let Some(parties) = NonZeroUsize::new(WORKERS) else { return };
    let barrier = Barrier::new(parties);
    phases(&barrier);
    one_is_late(&barrier);
}

/// Each worker computes its cell from all cells of the phase before: heat that spreads along a rod.
fn phases(barrier: &Barrier) {
    println!(
        "{WORKERS} workers in {PHASES} phases: each cell becomes the mean of itself and its neighbours\n"
    );
    let cells: [[AtomicU64; WORKERS]; 2] =
        [[6_400, 0, 0, 0].map(AtomicU64::new), [0; WORKERS].map(AtomicU64::new)];
    let waited: Vec<Duration> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|own| {
                let cells = &cells;
                scope.spawn(move || {
                    let mut waited = Duration::ZERO;
                    for phase in 0..PHASES {
                        let (before, after) = (&cells[phase % 2], &cells[(phase + 1) % 2]);
                        let near = own.saturating_sub(1)..(own + 2).min(WORKERS);
                        let sum: u64 =
                            before[near.clone()].iter().map(|cell| cell.load(Ordering::Relaxed)).sum();
                        thread::sleep(STEP * u32::try_from(own + 1).unwrap_or(1) / 2);
                        after[own].store(sum / near.len() as u64, Ordering::Relaxed);
                        let arrived = Instant::now();
                        let place = barrier.wait().expect("nobody breaks it here");
                        waited += arrived.elapsed();
                        // One of them, whichever came last, does what is to be done once.
                        if place + 1 == WORKERS {
                            let now = after.each_ref().map(|cell| cell.load(Ordering::Relaxed));
                            println!("phase {:<4}{now:>6?}   worker {own} came last", phase + 1);
                        }
                        // Nobody goes on before that is said.
                        barrier.wait().expect("nobody breaks it here");
                    }
                    waited
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).collect()
    });
    println!("\n{:<12}{:>22}", "worker", "waited for the others");
    for (own, waited) in waited.iter().enumerate() {
        println!("{:<12}{:>19.1} ms", format!("worker {own}"), waited.as_secs_f64() * 1000.0);
    }
}

/// All but one lose their patience together.
fn one_is_late(barrier: &Barrier) {
    println!("\nnow worker 0 takes {TOO_LATE:?}, and the others have a patience of {PATIENCE:?}\n");
    let start = Instant::now();
    thread::scope(|scope| {
        for own in 0..WORKERS {
            scope.spawn(move || {
                if own == 0 {
                    thread::sleep(TOO_LATE);
                }
                let result = barrier.wait_timeout(PATIENCE);
                println!("worker {own}: {result:?} after {:.0} ms", start.elapsed().as_secs_f64() * 1000.0);
            });
        }
    });
    println!("\nbroken: {}, waiting: {}", barrier.is_broken(), barrier.waiting());
    barrier.reset();
    println!("after a reset, broken: {}", barrier.is_broken());
}
