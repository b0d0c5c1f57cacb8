//! A source, in the policy.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| grader::fuzzing::every_source(text));
