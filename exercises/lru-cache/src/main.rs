//! Four workers look pages up in caches of several sizes, and eight ask for one page at once. Given.

use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lru_cache::LruCache;

const WORKERS: u64 = 4;
const LOOKUPS: u64 = 100_000;
const PAGES: u64 = 1_000;
const CAPACITIES: [usize; 4] = [10, 50, 200, 1_000];
const CURIOUS: usize = 8;
const RENDERING_TAKES: Duration = Duration::from_millis(50);

fn main() {
    println!("{WORKERS} workers, {LOOKUPS} lookups each, {PAGES} pages, some far more popular than others\n");
    println!("{:<10}{:>10}{:>10}{:>10}{:>14}", "capacity", "entries", "made", "hits", "elapsed");
    for capacity in CAPACITIES {
        row(NonZeroUsize::new(capacity).expect("a capacity above zero"));
    }
    let (made, distinct) = ask_at_once();
    println!(
        "\n{CURIOUS} threads missed one page at once: it was made {made} time(s), they saw {distinct} version(s)"
    );
}

/// Fills one new cache by lookups and prints its line of the table.
fn row(capacity: NonZeroUsize) {
    let cache = LruCache::new(capacity);
    let made = AtomicU64::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (cache, made) = (&cache, &made);
            scope.spawn(move || {
                let mut visitor = Visitor(worker);
                for _ in 0..LOOKUPS {
                    let page = visitor.next_page();
                    let text = cache.get_or_insert_with(page, || {
                        made.fetch_add(1, Ordering::Relaxed);
                        format!("page {page}")
                    });
                    assert_eq!(text, format!("page {page}"), "the cache mixed up two pages");
                }
            });
        }
    });
    let elapsed = start.elapsed();
    let made = made.into_inner();
    let hits = 100.0 * (1.0 - made as f64 / (WORKERS * LOOKUPS) as f64);
    println!(
        "{capacity:<10}{:>10}{made:>10}{:>10}{:>14}",
        cache.len(),
        format!("{hits:.1} %"),
        format!("{:.1} ms", elapsed.as_secs_f64() * 1000.0),
    );
}

/// How often a page was made that many miss together, and how many versions of it they got.
fn ask_at_once() -> (u64, usize) {
    let cache = LruCache::new(NonZeroUsize::MIN);
    let made = AtomicU64::new(0);
    let start = Barrier::new(CURIOUS);
    let mut versions = thread::scope(|scope| {
        let visitors: Vec<_> = (0..CURIOUS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    cache.get_or_insert_with("front page", || {
                        thread::sleep(RENDERING_TAKES);
                        made.fetch_add(1, Ordering::Relaxed)
                    })
                })
            })
            .collect();
        visitors.into_iter().map(|visitor| visitor.join().expect("no visitor panics")).collect::<Vec<_>>()
    });
    versions.sort_unstable();
    versions.dedup();
    (made.into_inner(), versions.len())
}

/// Asks for pages, always the same ones for the same worker.
struct Visitor(u64);

impl Visitor {
    fn next_page(&mut self) -> u64 {
        // A linear congruential generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        // The cube makes small numbers popular.
        (share.powi(3) * PAGES as f64) as u64
    }
}
