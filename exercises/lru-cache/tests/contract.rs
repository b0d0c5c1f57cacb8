//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/a_cache_is_shared_between_threads.rs");
    cases.pass("tests/contract/make_may_borrow_from_its_caller.rs");
    cases.compile_fail("tests/contract/a_value_that_was_put_belongs_to_the_cache.rs");
}
