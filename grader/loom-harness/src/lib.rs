//! The `harness` of checks that are built for loom: it takes that crate's place (`--extern harness=…`), and its
//! [`main`] asks loom instead. Everything else is the harness's own.

pub use harness::*;

use loom_std::model::Search;
use model_trace::wire::Request;

/// Runs the check that the request on standard input names in loom, answers with loom's opinion, and ends the
/// process.
pub fn main(checks: &Checks) -> ! {
    linearizability::mark_with(|earlier| {
        loom_std::model::mark(earlier == linearizability::Earlier::HappensBefore);
    });
    others_wait_with(loom_std::model::until_others_wait);
    second_opinion(checks, |check, asked| {
        let Request { preemptions, executions, .. } = asked.request();
        // No execution has more preemptions than a machine can address.
        let preemptions = preemptions.map(|bound| usize::try_from(bound).unwrap_or(usize::MAX));
        let sink = std::sync::Arc::clone(asked);
        Search::new(preemptions, *executions)
            .expects(|| !model::has_not_shown_it())
            .at_once(move |opinion| sink.answer_with_opinion(opinion))
            .run(check)
    })
}
