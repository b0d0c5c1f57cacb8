//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/everything_is_shared_between_threads.rs");
    cases.pass("tests/contract/a_guard_stays_in_its_thread.rs");
    cases.pass("tests/contract/a_change_may_borrow_from_its_caller.rs");
    cases.compile_fail("tests/contract/a_guard_cannot_outlive_its_lock.rs");
    cases.compile_fail("tests/contract/a_guard_does_not_lend_the_data_mutably.rs");
}
