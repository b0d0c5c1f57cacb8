//! What std does and the explorer leaves out, as data.

/// Each field that is set leaves outcomes out. Nothing else may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A thread without a step ends inside of the `spawn` that starts it.
    pub threads_without_a_step_end_inside_of_spawn: bool,
}

/// The limits of the explorer today.
pub const EXPLORER: Limits = Limits { threads_without_a_step_end_inside_of_spawn: true };

mod tests {
    use super::super::code::compile;
    use super::super::explore::explore;
    use super::super::program::Operation::IsFinished;
    use super::super::program::{Block, Channel, Program};
    use super::super::state::{Grain, Machine};
    use super::{EXPLORER, Limits};

    /// With one limit lifted, the program has outcomes that the explorer leaves out.
    fn assert_leaves_out(lifted: Limits, threads: Vec<Block>) {
        let receiver = threads.len() - 1;
        let program = Program { threads, channel: Channel::Unbounded, receiver, scoped: false };
        let outcomes = |limits| {
            let code = compile(&program);
            let machine = Machine { program: &program, code, grain: Grain::Fine, finest: true, limits };
            explore(&machine).expect("a small program").outcomes
        };
        let (limited, more) = (outcomes(EXPLORER), outcomes(lifted));
        assert!(limited.keys().all(|outcome| more.contains_key(outcome)), "{program}");
        assert!(limited.len() < more.len(), "the limit leaves nothing out of\n{program}");
    }

    #[test]
    fn a_thread_may_take_its_time_to_end() {
        let lifted = Limits { threads_without_a_step_end_inside_of_spawn: false, ..EXPLORER };
        assert_leaves_out(lifted, vec![vec![], vec![IsFinished(0)]]);
    }
}
