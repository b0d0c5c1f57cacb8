//! What a search costs.

use real::fmt;
use real::str::FromStr;
use real::time::{Duration, Instant};

use model_std::model::{Outcome, Search};

/// A search, by its size and its time.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub executions: u64,
    /// Whether it came to its end.
    pub complete: bool,
    /// For one search.
    pub time: Duration,
}

impl Cost {
    /// Searches again and again, for some time, and takes the mean.
    pub fn of(test: fn(), preemptions: Option<usize>, record: bool) -> Self {
        const ENOUGH: Duration = Duration::from_millis(200);
        let start = Instant::now();
        let mut searches = 0;
        loop {
            let search = Search { preemptions, executions: 1_000_000, record, ..Search::default() };
            let outcome = search.run(test);
            let Outcome::Passed(coverage) = outcome else { panic!("the solution is right: {outcome:?}") };
            searches += 1;
            let time = start.elapsed();
            if time >= ENOUGH {
                let time = time / searches;
                return Cost { executions: coverage.executions, complete: coverage.complete, time };
            }
        }
    }

    pub fn rate(&self) -> f64 {
        self.executions as f64 / self.time.as_secs_f64()
    }

    /// The faster one of two runs of the same search: what slows a run down has nothing to do with it.
    pub fn faster(self, other: Cost) -> Cost {
        if other.time < self.time { other } else { self }
    }
}

/// For another process, which is the same program.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.executions, self.complete, self.time.as_nanos())
    }
}

impl FromStr for Cost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || format!("`{text}` is no cost");
        let mut words = text.split(' ');
        let mut word = || words.next().ok_or_else(malformed);
        let executions = word()?.parse().map_err(|_| malformed())?;
        let complete = word()?.parse().map_err(|_| malformed())?;
        let nanoseconds = word()?.parse().map_err(|_| malformed())?;
        Ok(Cost { executions, complete, time: Duration::from_nanos(nanoseconds) })
    }
}
