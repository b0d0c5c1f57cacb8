//! RC11: which execution graphs are consistent (Lahav, Vafeiadis, Kang, Hur and Dreyer, "Repairing Sequential
//! Consistency in C/C++11", PLDI 2017), with the release sequences of C++20 (P0982), which `std`'s orderings
//! follow: later stores of the same thread do not continue one.
//!
//! A read-modify-write is one event, which reads and writes. The names of the relations are those of the paper.

use super::graph::{Basics, Graph};
use super::relation::Relation;

/// What the axioms say about a graph.
pub struct Judgement {
    /// Whether coherence, atomicity, the order of `SeqCst` operations and the absence of values out of thin air hold.
    pub is_consistent: bool,
    /// What an order of the `SeqCst` operations has to agree with: their partial order, and where a fence follows a
    /// read of what comes behind, in modification order, the operation's own store or the one that it has read.
    pub seq_cst_order: Relation,
}

pub fn judge(graph: &Graph) -> Judgement {
    let basics = graph.basics();
    let Basics { program: sb, reads_from: rf, modification: mo, .. } = basics;
    let rb = rf.inverse().then(mo).filter(|from, to| from != to);
    let eco = rf.or(mo).or(rb).plus();
    let hb = sb.or(synchronizes_with(&basics)).plus();

    let coherence = hb.is_irreflexive() && hb.then(eco).is_irreflexive();
    let atomicity = rb.then(mo).from(basics.updates).is_irreflexive();
    let thin_air = sb.or(rf).is_acyclic();
    let psc = psc(&basics, hb, eco, rb);
    let fences = basics.seq_cst & basics.fences;
    let observed = rb.or(mo).from(basics.seq_cst).then(rf).then(hb).to(fences);
    Judgement {
        is_consistent: coherence && atomicity && thin_air && psc.is_acyclic(),
        seq_cst_order: psc.or(observed),
    }
}

/// `[E⊒rel]; ([F]; sb)?; rs; rf; [R]; (sb; [F])?; [E⊒acq]` with `rs = [W]; (rf; [RMW])*`.
fn synchronizes_with(basics: &Basics) -> Relation {
    let &Basics { program: sb, reads_from: rf, .. } = basics;
    let sequence = rf.to(basics.updates).plus().maybe().from(basics.writes);
    sb.from(basics.fences)
        .maybe()
        .from(basics.releases)
        .then(sequence)
        .then(rf)
        .then(sb.to(basics.fences).maybe())
        .to(basics.acquires)
}

fn psc(basics: &Basics, hb: Relation, eco: Relation, rb: Relation) -> Relation {
    let &Basics { program: sb, modification: mo, .. } = basics;
    let elsewhere = sb.filter(|from, to| !basics.same_cell(from, to));
    let here = hb.filter(|from, to| basics.same_cell(from, to));
    let scb = sb.or(elsewhere.then(hb).then(elsewhere)).or(here).or(mo).or(rb);

    let fences = basics.seq_cst & basics.fences;
    let itself = Relation::identity(basics.len, basics.seq_cst);
    let base = itself.or(hb.maybe().from(fences)).then(scb).then(itself.or(hb.maybe().to(fences)));
    let between_fences = hb.or(hb.then(eco).then(hb)).from(fences).to(fences);
    base.or(between_fences)
}

mod tests {
    use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

    use super::super::executions::allowed;
    use super::super::program::Operation::{self, Add, Fence, Load, Store};
    use super::super::program::Program;

    /// Whether an execution exists in which the threads note this.
    fn shows(threads: &[&[Operation]], notes: &[&[u32]]) -> bool {
        let program = Program { threads: threads.iter().map(|&thread| thread.into()).collect() };
        allowed(&program).iter().any(|outcome| outcome.iter().zip(notes).all(|(found, notes)| found == notes))
    }

    fn message_passing(store: Ordering, load: Ordering) -> bool {
        let threads: [&[Operation]; 2] =
            [&[Store(0, 1, Relaxed), Store(1, 1, store)], &[Load(1, load), Load(0, Relaxed)]];
        shows(&threads, &[&[], &[1, 0]])
    }

    fn store_buffering(store: Ordering, load: Ordering, fence: &[Operation]) -> bool {
        let thread = |to, from| [&[Store(to, 1, store)], fence, &[Load(from, load)]].concat();
        shows(&[&thread(0, 1), &thread(1, 0)], &[&[0], &[0]])
    }

    fn independent_reads(store: Ordering, load: Ordering) -> bool {
        let threads: [&[Operation]; 4] = [
            &[Store(0, 1, store)],
            &[Store(1, 1, store)],
            &[Load(0, load), Load(1, load)],
            &[Load(1, load), Load(0, load)],
        ];
        shows(&threads, &[&[], &[], &[1, 0], &[1, 0]])
    }

    #[test]
    fn the_litmus_tests_of_the_paper_come_out_as_there() {
        assert!(message_passing(Relaxed, Acquire) && message_passing(Release, Relaxed));
        assert!(!message_passing(Release, Acquire));
        assert!(store_buffering(SeqCst, Acquire, &[]) && store_buffering(Relaxed, Relaxed, &[Fence(AcqRel)]));
        assert!(
            !store_buffering(SeqCst, SeqCst, &[]) && !store_buffering(Relaxed, Relaxed, &[Fence(SeqCst)])
        );
        assert!(independent_reads(Release, Acquire) && !independent_reads(SeqCst, SeqCst));
        // Load buffering is out of thin air.
        let buffering: [&[Operation]; 2] =
            [&[Load(0, Relaxed), Store(1, 1, Relaxed)], &[Load(1, Relaxed), Store(0, 1, Relaxed)]];
        assert!(!shows(&buffering, &[&[1], &[1]]));
        // 2+2W: the last entry is that of the final values.
        let writes: [&[Operation]; 2] =
            [&[Store(0, 1, Relaxed), Store(1, 2, Relaxed)], &[Store(1, 1, Relaxed), Store(0, 2, Relaxed)]];
        assert!(shows(&writes, &[&[], &[], &[1, 1]]));
        // Z6.U (there figure 1): C11 forbids it, RC11 and the hardware do not.
        let z6: [&[Operation]; 3] = [
            &[Store(0, 1, SeqCst), Store(1, 1, Release)],
            &[Add(1, SeqCst), Load(1, Relaxed)],
            &[Store(1, 3, SeqCst), Load(0, SeqCst)],
        ];
        assert!(shows(&z6, &[&[], &[1, 3], &[0]]));
    }

    #[test]
    fn a_release_sequence_consists_of_read_modify_writes() {
        let reads = |second: Operation| {
            let threads: [&[Operation]; 3] = [
                &[Store(0, 1, Relaxed), Store(1, 1, Release)],
                &[second],
                &[Load(1, Acquire), Load(0, Relaxed)],
            ];
            let noted: &[u32] = if matches!(second, Add(..)) { &[1] } else { &[] };
            shows(&threads, &[&[], noted, &[2, 0]])
        };
        assert!(!reads(Add(1, Relaxed)));
        assert!(reads(Store(1, 2, Relaxed)));
    }
}
