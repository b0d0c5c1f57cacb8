//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/threads_borrow_what_they_need.rs");
    cases.compile_fail("tests/contract/a_result_cannot_borrow_from_its_input.rs");
}
