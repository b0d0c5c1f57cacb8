//! Many programs, one after the other.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::compare::{Budget, Effort, Kind, Subject, differences};
use crate::known::{Verdict, judge};
use crate::random::Random;
use crate::report::Report;

/// What continuous integration affords: about half a minute for each kind of program.
pub const SHORT: Budget = Budget { remembering: 30_000, forgetting: 1_500 };

/// What a run by hand affords.
pub const LONG: Budget = Budget { remembering: 300_000, forgetting: 30_000 };

/// What a campaign has done.
#[derive(Debug, Default)]
pub struct Campaign {
    pub effort: Effort,
    /// Programs that differ in a known way, by its name.
    pub known: BTreeMap<&'static str, u64>,
    pub reports: Vec<String>,
}

impl Campaign {
    /// Compares the programs with these seeds. A difference is printed as soon as it is known.
    pub fn run<S: Subject>(generate: fn(&mut Random) -> S, seeds: Range<u64>, budget: Budget) -> Self {
        let mut campaign = Campaign::default();
        for seed in seeds {
            campaign.add(format!("seed {seed}"), generate(&mut Random::new(seed)), budget);
        }
        println!("{:?}, known differences: {:?}", campaign.effort, campaign.known);
        campaign
    }

    /// Compares one program.
    pub fn add<S: Subject>(&mut self, origin: String, program: S, budget: Budget) {
        match judge(&program, budget, &mut self.effort) {
            Verdict::Same => {}
            Verdict::Known(names) => {
                names.into_iter().for_each(|name| *self.known.entry(name).or_default() += 1)
            }
            Verdict::Different(difference) => {
                let report = Report::new(origin, program, difference, budget).to_string();
                println!("{report}");
                self.reports.push(report);
            }
        }
    }

    /// # Panics
    /// If anything differs in a way that is not known.
    pub fn assert_no_difference(&self) {
        assert!(self.reports.is_empty(), "{}", self.reports.join("\n"));
    }
}

/// # Panics
/// If a known kind of difference is none any more.
pub fn assert_known_still_differ<S: Subject>() {
    for known in S::known() {
        let found = differences(&known.example, LONG, &mut Effort::default());
        let kinds: Vec<Kind> = found.iter().map(|difference| difference.kind).collect();
        assert!(
            kinds.iter().any(|kind| known.kinds.contains(kind)),
            "`{}` is mended, so its entry has to go: {kinds:?} in\n{}",
            known.name,
            known.example
        );
        assert!((known.has)(&known.example) && !(known.has)(&(known.without)(&known.example)));
    }
}
