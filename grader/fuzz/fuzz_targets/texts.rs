//! A text on its way into a report.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: (&str, u16)| {
    let (text, limit) = input;
    grader::fuzzing::every_text(text, usize::from(limit));
});
