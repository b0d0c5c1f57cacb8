//! What the explorer states that it leaves out of RC11, as data.

/// Each field that is set leaves executions out. Nothing else may be missing.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The order of `SeqCst` operations is the order of execution.
    pub seq_cst_in_execution_order: bool,
    /// How often a thread may read one atomic without reading its newest store, or store to it without storing the
    /// newest one.
    pub outdated: Option<u8>,
}

/// The limits of the explorer today.
pub const EXPLORER: Limits = Limits { seq_cst_in_execution_order: true, outdated: Some(3) };

/// Everything that RC11 allows.
pub const NONE: Limits = Limits { seq_cst_in_execution_order: false, outdated: None };

mod tests {
    use std::sync::atomic::Ordering::{Relaxed, SeqCst};

    use super::super::executions::{allowed, within};
    use super::super::program::Operation::{self, Add, Load, Store};
    use super::super::program::Program;
    use super::{EXPLORER, Limits};

    fn program(threads: &[&[Operation]]) -> Program {
        Program { threads: threads.iter().map(|&thread| thread.into()).collect() }
    }

    /// With one limit lifted, the programs have outcomes that the explorer leaves out.
    fn assert_leaves_out(lifted: Limits, programs: &[Program]) {
        for program in programs {
            let limited = within(program, EXPLORER);
            let more = within(program, lifted);
            let allowed = allowed(program);
            assert!(limited.keys().all(|outcome| more.contains_key(outcome)), "{program}");
            assert!(limited.len() < more.len(), "the limit leaves nothing out of\n{program}");
            assert!(more.keys().all(|outcome| allowed.contains(outcome)), "{program}");
        }
    }

    #[test]
    fn the_order_of_execution_leaves_out_what_only_weaker_accesses_order() {
        let lifted = Limits { seq_cst_in_execution_order: false, ..EXPLORER };
        assert_leaves_out(
            lifted,
            &[program(&[&[Store(0, 1, SeqCst), Store(1, 1, Relaxed)], &[Load(1, Relaxed), Load(0, SeqCst)]])],
        );
    }

    #[test]
    fn three_outdated_loads_leave_out_the_fourth() {
        let lifted = Limits { outdated: None, ..EXPLORER };
        let four = [Add(1, Relaxed), Load(0, Relaxed), Load(0, Relaxed), Load(0, Relaxed), Load(0, Relaxed)];
        assert_leaves_out(lifted, &[program(&[&four, &[Store(0, 1, Relaxed), Add(1, Relaxed)]])]);
    }
}
