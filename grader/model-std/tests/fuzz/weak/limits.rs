//! What the explorer states that it leaves out of RC11, as data.

/// Each field that is set leaves executions out. Nothing else may be missing.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Modification orders, and the order of `SeqCst` operations, are the order of execution. So no store takes
    /// effect before an earlier operation of its thread: "2+2W", and the shapes "R" and "S" of a store before a load
    /// or behind one.
    pub execution_order: bool,
    /// How often a thread may read one atomic without reading its newest store.
    pub outdated_loads: Option<u8>,
    /// An exchange that fails reads the newest store.
    pub failed_exchanges_read_the_newest: bool,
}

/// The limits of the explorer today.
pub const EXPLORER: Limits =
    Limits { execution_order: true, outdated_loads: Some(3), failed_exchanges_read_the_newest: true };

/// Everything that RC11 allows.
pub const NONE: Limits =
    Limits { execution_order: false, outdated_loads: None, failed_exchanges_read_the_newest: false };

mod tests {
    use std::sync::atomic::Ordering::{Relaxed, Release, SeqCst};

    use super::super::executions::{allowed, within};
    use super::super::program::Operation::{self, Add, Exchange, Load, Store};
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
    fn the_order_of_execution_leaves_out_2_plus_2w_and_the_shapes_r_and_s() {
        let lifted = Limits { execution_order: false, ..EXPLORER };
        assert_leaves_out(
            lifted,
            &[
                program(&[
                    &[Store(0, 1, Relaxed), Store(1, 2, Relaxed)],
                    &[Store(1, 1, Relaxed), Store(0, 2, Relaxed)],
                ]),
                program(&[
                    &[Store(0, 1, SeqCst), Store(1, 2, SeqCst)],
                    &[Store(1, 1, Release), Load(0, SeqCst)],
                ]),
                program(&[
                    &[Store(0, 2, Relaxed), Store(1, 1, Relaxed)],
                    &[Load(1, Relaxed), Store(0, 1, Relaxed)],
                ]),
            ],
        );
    }

    #[test]
    fn three_outdated_loads_leave_out_the_fourth() {
        let lifted = Limits { outdated_loads: None, ..EXPLORER };
        let four = [Add(1, Relaxed), Load(0, Relaxed), Load(0, Relaxed), Load(0, Relaxed), Load(0, Relaxed)];
        assert_leaves_out(lifted, &[program(&[&four, &[Store(0, 1, Relaxed), Add(1, Relaxed)]])]);
    }

    #[test]
    fn a_failed_exchange_may_read_an_outdated_value() {
        let lifted = Limits { failed_exchanges_read_the_newest: false, ..EXPLORER };
        let exchange = Exchange { cell: 0, from: 5, to: 6, success: Relaxed, failure: Relaxed, weak: false };
        assert_leaves_out(
            lifted,
            &[program(&[&[Load(1, Relaxed), exchange], &[Store(0, 1, Relaxed), Store(1, 1, Relaxed)]])],
        );
    }
}
