//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/both_are_shared_between_threads.rs");
    cases.compile_fail("tests/contract/a_stopped_monitor_is_gone.rs");
    cases.compile_fail("tests/contract/a_beat_cannot_borrow_what_ends_before_it.rs");
}
