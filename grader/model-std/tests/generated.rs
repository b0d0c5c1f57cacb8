//! Generated programs, in the explorer and in the `loom` crate: how many have the same set of outcomes in both,
//! and why the others do not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use outcomes::axioms::are_allowed;
use outcomes::programs::{CELLS, Notes, Operation, Orderings, Program, Random};

outcomes::runs!(run_here with model_std);
outcomes::runs!(run_in_loom with loom);

/// Executions after which loom's search is cut. The largest programs would take it hundreds of thousands.
const EXECUTIONS: u64 = 5_000;

fn here(program: &Program) -> BTreeSet<Notes> {
    let program = program.clone();
    outcomes::outcomes(move || run_here(&program))
}

/// loom maps a stack for each thread of each execution: two searches at once wait for each other in the kernel, and take
/// more than twice as long as one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What loom finds without a bound, and whether it got to the end.
fn in_loom(program: &Program) -> (BTreeSet<Notes>, bool) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let found = Arc::new(Mutex::new(BTreeSet::new()));
    let executions = Arc::new(AtomicU64::new(0));
    let (program, sink, count) = (program.clone(), Arc::clone(&found), Arc::clone(&executions));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = None;
    builder.checkpoint_interval = 1;
    builder.max_permutations = Some(EXECUTIONS as usize + 1);
    builder.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let notes = run_in_loom(&program);
        sink.lock().unwrap_or_else(PoisonError::into_inner).insert(notes);
    });
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    (found, executions.load(Ordering::Relaxed) < EXECUTIONS)
}

/// Why loom's outcomes are others than C11's. The grader names the same reasons, with where they were reported:
/// `second_opinion/differences.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// An addition does not read the write that comes right before it in modification order.
    SplitsAdditions,
    /// `SeqCst` counts as `AcqRel`.
    WeakensSeqCst,
    /// It leaves out executions, also without a bound.
    LeavesOut,
}

#[derive(Debug, Default)]
struct Comparison {
    programs: usize,
    same: usize,
    cut: usize,
    /// In how many programs. There may be more than one reason for a program.
    reasons: BTreeMap<Reason, usize>,
}

impl Comparison {
    /// Compares the next program, and asserts that a difference has a reason.
    fn add(&mut self, program: &Program, orderings: Orderings) {
        self.programs += 1;
        let here = here(program);
        let (there, complete) = in_loom(program);
        let mut reasons = BTreeSet::new();
        for notes in there.difference(&here) {
            // What C11 forbids the explorer must not find; what it allows, only `SeqCst` may forbid.
            let allowed = are_allowed(program, notes);
            assert!(
                !allowed || matches!(orderings, Orderings::SequentiallyConsistent),
                "{program:?}: {notes:?}"
            );
            reasons.insert(if allowed { Reason::WeakensSeqCst } else { Reason::SplitsAdditions });
        }
        if complete && here.difference(&there).next().is_some() {
            assert!(has_a_load_that_hides_another(program), "{program:?}");
            reasons.insert(Reason::LeavesOut);
        }
        match complete {
            true if reasons.is_empty() => self.same += 1,
            true => reasons.into_iter().for_each(|reason| *self.reasons.entry(reason).or_default() += 1),
            false => self.cut += 1,
        }
    }

    /// The row of the README's table.
    fn row(&self, orderings: &str) -> String {
        let Comparison { programs, same, cut, .. } = self;
        format!("| {orderings} | {programs} | {same} | {} | {cut} |", programs - same - cut)
    }
}

/// Whether two threads load the same atomic, and a thread writes it. loom remembers the last access to an atomic
/// alone: where that is a load, the write is not tried before the loads that came earlier.
fn has_a_load_that_hides_another(program: &Program) -> bool {
    let threads = |cell: usize, is: fn(&Operation) -> Option<usize>| {
        program
            .iter()
            .filter(|operations| operations.iter().any(|operation| is(operation) == Some(cell)))
            .count()
    };
    let loads = |operation: &Operation| match *operation {
        Operation::Load(cell, _) => Some(cell),
        Operation::Store(..) | Operation::Add(..) | Operation::Guarded(_) | Operation::AddUnderLock(..) => {
            None
        }
    };
    let writes = |operation: &Operation| match *operation {
        Operation::Store(cell, ..) | Operation::Add(cell, _) | Operation::AddUnderLock(_, cell, _) => {
            Some(cell)
        }
        Operation::Load(..) | Operation::Guarded(_) => None,
    };
    (0..CELLS).any(|cell| threads(cell, loads) >= 2 && threads(cell, writes) >= 1)
}

fn readme() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    std::fs::read_to_string(file).expect("the project has a README")
}

#[test]
fn sequentially_consistent_programs_have_the_same_outcomes_in_loom_or_a_known_reason_not_to() {
    let mut compared = Comparison::default();
    // The very programs that `bounds.rs` compares with a plain enumeration, without a bound.
    let mut random = Random(7);
    for _ in 0..100 {
        let program = random.program(Orderings::SequentiallyConsistent);
        compared.add(&program, Orderings::SequentiallyConsistent);
    }
    println!("{compared:?}");
    let row = compared.row("`SeqCst`");
    assert!(readme().contains(&row), "the README's table must say: {row}");
}

#[test]
fn programs_with_weak_orderings_have_the_same_outcomes_in_loom_or_a_known_reason_not_to() {
    let mut compared = Comparison::default();
    let mut random = Random(11);
    for _ in 0..100 {
        let program = random.program(Orderings::Weak);
        compared.add(&program, Orderings::Weak);
        for notes in here(&program) {
            assert!(are_allowed(&program, &notes), "{program:?}: {notes:?}");
        }
    }
    println!("{compared:?}");
    let row = compared.row("`Relaxed` to `AcqRel`");
    assert!(readme().contains(&row), "the README's table must say: {row}");
}
