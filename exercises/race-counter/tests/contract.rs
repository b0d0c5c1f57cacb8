//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/counters_are_shared_between_threads.rs");
    cases.compile_fail("tests/contract/a_counter_must_be_sync.rs");
}
