//! What must compile and what must not, with the messages that rustc gives.
#![cfg(not(model))]

#[test]
fn the_contract_holds_at_compile_time() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/contract/the_queue_is_shared_between_threads.rs");
    cases.pass("tests/contract/any_item_can_be_in_a_queue.rs");
    cases.compile_fail("tests/contract/an_item_that_was_put_is_gone.rs");
}
