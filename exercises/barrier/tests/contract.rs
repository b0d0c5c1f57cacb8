//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/it_is_shared_between_threads.rs");
    cases.compile_fail("tests/contract/a_barrier_has_a_party.rs");
}
