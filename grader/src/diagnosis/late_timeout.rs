//! A wait that was interrupted began again with the whole timeout.

use super::log::{Log, place};

pub(super) fn diagnose(log: &Log<'_>) -> Option<String> {
    let timed = |position: &usize| {
        let step = log.step(*position);
        step.value.is_some()
            && ["wait_timeout", "park"].contains(&step.operation.as_str())
            && step.file.is_some()
    };
    let waits: Vec<usize> = (0..log.steps().len()).filter(timed).collect();
    waits.iter().enumerate().find_map(|(index, &first)| {
        let step = log.step(first);
        let again = waits[index + 1..].iter().find(|&&later| log.step(later).thread == step.thread)?;
        let again = log.step(*again);
        let same = again.value == step.value && again.object == step.object && again.line == step.line;
        let whole = step.value.as_deref()?;
        (same && log.code.goes_round(step)).then(|| {
            format!(
                "{thread} waits for {whole} at {here}, is woken before that, and then waits for the whole {whole} \
                 again: its clock starts anew with every wake-up. Take the deadline once, before the loop, and \
                 wait only for what is left of it.",
                thread = step.thread,
                here = place(step),
            )
        })
    })
}
