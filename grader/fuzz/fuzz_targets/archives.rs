//! An archive that was handed in.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| grader::fuzzing::every_archive(bytes));
