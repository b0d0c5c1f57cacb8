//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/the_lock_is_shared_between_threads.rs");
    cases.pass("tests/contract/guards_stay_in_their_thread.rs");
    cases.compile_fail("tests/contract/a_read_guard_cannot_outlive_its_lock.rs");
    cases.compile_fail("tests/contract/a_write_guard_cannot_outlive_its_lock.rs");
    cases.compile_fail("tests/contract/a_reader_cannot_write.rs");
}
