//! Ten readers look words up in a dictionary to which two writers add. Given.

use std::collections::BTreeMap;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use read_write_lock::ReadWriteLock;

const READERS: usize = 10;
const WRITERS: usize = 2;
const WORDS_PER_WRITER: usize = 20;
const LOOKING_UP_TAKES: Duration = Duration::from_millis(2);
const ADDING_TAKES: Duration = Duration::from_millis(1);
/// Writers that never pause would starve the readers.
const FINDING_A_WORD_TAKES: Duration = Duration::from_millis(5);

/// What one thread did, for its line of the table.
struct Work {
    name: String,
    turns: usize,
    longest_wait: Duration,
}

fn main() {
    let dictionary = ReadWriteLock::new(BTreeMap::new());
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let writing = AtomicUsize::new(WRITERS);
    println!("{READERS} readers and {WRITERS} writers share a dictionary\n");
    let start = Instant::now();
    let work: Vec<Work> = thread::scope(|scope| {
        let (dictionary, inside, most, writing) = (&dictionary, &inside, &most, &writing);
        let writers = (1..=WRITERS).map(|number| scope.spawn(move || write(number, dictionary, writing)));
        let readers =
            (1..=READERS).map(|number| scope.spawn(move || read(number, dictionary, inside, most, writing)));
        let threads: Vec<_> = writers.chain(readers).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|why| panic::resume_unwind(why)))
            .collect()
    });
    println!("{:<12}{:>8}{:>16}", "thread", "turns", "longest wait");
    for Work { name, turns, longest_wait } in work {
        println!("{name:<12}{turns:>8}{:>13.1} ms", longest_wait.as_secs_f64() * 1000.0);
    }
    println!(
        "\n{} words, at most {} readers inside at once, done after {} ms",
        dictionary.into_inner().len(),
        most.load(Ordering::Relaxed),
        start.elapsed().as_millis()
    );
}

/// A writer at work. When it ends, even in a panic, the readers can end, too.
struct Writing<'count>(&'count AtomicUsize);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Adds words until it has added all of its own.
fn write(number: usize, dictionary: &ReadWriteLock<BTreeMap<String, usize>>, writing: &AtomicUsize) -> Work {
    let _writing = Writing(writing);
    let mut longest_wait = Duration::ZERO;
    for word in 0..WORDS_PER_WRITER {
        thread::sleep(FINDING_A_WORD_TAKES);
        let start = Instant::now();
        let mut words = dictionary.write();
        longest_wait = longest_wait.max(start.elapsed());
        thread::sleep(ADDING_TAKES);
        words.insert(format!("word {word} of writer {number}"), word);
    }
    Work { name: format!("writer {number}"), turns: WORDS_PER_WRITER, longest_wait }
}

/// Looks words up as long as there are writers: without pause, so that the readers hardly ever leave a gap.
fn read(
    number: usize,
    dictionary: &ReadWriteLock<BTreeMap<String, usize>>,
    inside: &AtomicUsize,
    most: &AtomicUsize,
    writing: &AtomicUsize,
) -> Work {
    let (mut turns, mut longest_wait) = (0, Duration::ZERO);
    while writing.load(Ordering::Relaxed) > 0 {
        let start = Instant::now();
        let words = dictionary.read();
        longest_wait = longest_wait.max(start.elapsed());
        most.fetch_max(inside.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        thread::sleep(LOOKING_UP_TAKES);
        assert!(words.values().all(|&word| word < WORDS_PER_WRITER), "a word that no writer added");
        inside.fetch_sub(1, Ordering::Relaxed);
        turns += 1;
    }
    Work { name: format!("reader {number}"), turns, longest_wait }
}
