//! Comparisons that say whose value is which: a learner has not written the check, and knows no left and right.

/// Asserts that what the code under test gave, the first argument, is what was expected, the second.
///
/// It takes the place of `std`'s macro in every check.
///
/// # Panics
/// If the two differ: with the expression, what it gave, and what was expected.
#[macro_export]
macro_rules! assert_eq {
    ($got:expr, $expected:expr $(,)?) => {
        match (&$got, &$expected) {
            (got, expected) => {
                if !(*got == *expected) {
                    ::core::panic!("{}", $crate::compare::difference(::core::stringify!($got), got, expected));
                }
            }
        }
    };
    ($got:expr, $expected:expr, $($message:tt)+) => {
        match (&$got, &$expected) {
            (got, expected) => {
                if !(*got == *expected) {
                    ::core::panic!(
                        "{}: {}",
                        ::core::format_args!($($message)+),
                        $crate::compare::difference(::core::stringify!($got), got, expected)
                    );
                }
            }
        }
    };
}

use std::fmt::Debug;

/// A longer expression explains nothing.
const LONGEST: usize = 60;

/// What an expression gave, and what was expected of it.
#[doc(hidden)]
pub fn difference(expression: &str, got: &dyn Debug, expected: &dyn Debug) -> String {
    let expression: Vec<&str> = expression.split_whitespace().collect();
    let expression = expression.join(" ");
    if expression.len() > LONGEST || expression.contains('`') {
        format!("your code gave {got:?}, expected {expected:?}")
    } else {
        format!("your code gave {got:?} for `{expression}`, expected {expected:?}")
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    fn said(check: fn()) -> String {
        let payload = catch_unwind(check).expect_err("it panics");
        payload.downcast_ref::<String>().expect("a text").clone()
    }

    #[test]
    fn what_was_given_and_what_was_expected_are_labelled() {
        assert!(said(|| crate::assert_eq!(1 + 1, 3)) == "your code gave 2 for `1 + 1`, expected 3");
        let message = said(|| crate::assert_eq!([1].len(), 2, "after {} puts", 2));
        assert!(message == "after 2 puts: your code gave 1 for `[1].len()`, expected 2", "{message}");
    }

    #[test]
    fn what_is_equal_passes() {
        crate::assert_eq!("a".to_owned(), "a");
    }
}
