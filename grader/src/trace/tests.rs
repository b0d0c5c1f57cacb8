use model_trace::history::Ending;
use model_trace::{Content, ObjectKind, Operation};

use super::Annotator;
use crate::report::samples::{MAIN, lock, recording, unlock, unlock_with};
use crate::source::Source;

const SOURCE: &str = "fn enter(&self) {
    self.state.lock().unwrap()
}
fn arrive(&self) {
    let state = self.enter();
    state.came += 1;
}
pub fn wait(&self) {
    self.arrive();
}
pub fn wait_for_a_while(&self) {
    self.arrive();
}
pub fn waiting(&self) {
    self.enter().came
}
";

/// The functions that `main` is said to be in with these steps.
fn functions(steps: &[(u32, Operation, u32)]) -> Vec<Option<String>> {
    let execution = recording(&[("state", ObjectKind::Mutex)], steps).execution;
    let annotator = Annotator::of(&[Source::new("src/lib.rs", SOURCE)]);
    annotator.recording(execution, Ending::Complete).functions
}

#[test]
fn a_helper_that_several_call_stands_for_whichever_it_was() {
    let arrive = [(MAIN, lock(0), 2), (MAIN, unlock(0), 6)];
    assert_eq!(functions(&arrive), [Some("arrive".to_owned()), Some("arrive".to_owned())]);
}

#[test]
fn steps_before_a_call_are_its_own_only_where_it_calls_them() {
    let steps = [(MAIN, lock(0), 2), (MAIN, unlock(0), 6), (MAIN, lock(0), 2), (MAIN, unlock(0), 15)];
    let named = ["arrive", "arrive", "waiting", "waiting"].map(|name| Some(name.to_owned()));
    assert_eq!(functions(&steps), named);
}

#[test]
fn data_are_called_changed_only_where_the_source_says_so() {
    let content = |line: u32| {
        let steps = [(MAIN, lock(0), 2), (MAIN, unlock_with(0, Content::Changed), line)];
        let execution = recording(&[("state", ObjectKind::Mutex)], &steps).execution;
        let annotator = Annotator::of(&[Source::new("src/lib.rs", SOURCE)]);
        annotator.recording(execution, Ending::Complete).execution.steps[1].operation
    };
    assert_eq!(content(6), unlock_with(0, Content::Changed), "`came` is raised there");
    assert_eq!(content(15), unlock_with(0, Content::MaybeChanged), "it only looks");
}
