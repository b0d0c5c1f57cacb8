//! The line that a check's process answers with.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| grader::fuzzing::every_answer(bytes));
