//! Comparisons that say whose value is which: a learner has not written the check, and knows no left and right.

/// Asserts that what the code under test gave, the first argument, is what was expected, the second.
///
/// It takes the place of `std`'s macro in every check.
///
/// # Panics
/// If the two differ: with what the code gave and what was expected, and with the expression where that is a call.
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
    if expression.len() <= LONGEST && are_calls(&expression) {
        format!("your code gave {got:?} for `{expression}`, expected {expected:?}")
    } else {
        format!("your code gave {got:?}, expected {expected:?}")
    }
}

/// Whether an expression is a call that a learner knows, or several in brackets: a method of one value, or `Type::method`.
/// Variables, functions of the check and what it does with a result say nothing to a learner.
fn are_calls(expression: &str) -> bool {
    let within = |open, close| expression.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    match within('[', ']').or_else(|| within('(', ')')) {
        Some(list) => arguments(list).iter().all(|item| is_call(item.trim())),
        None => is_call(expression),
    }
}

fn is_call(expression: &str) -> bool {
    let Some((called, arguments)) = expression.split_once('(') else { return false };
    let Some((receiver, method)) = called.split_once("::").or_else(|| called.split_once('.')) else {
        return false;
    };
    let is_name = |name: &str| name.chars().all(|character| character.is_alphanumeric() || character == '_');
    // `L` stands for several types of a check, and `self` for the check's own.
    let is_known = is_name(receiver) && receiver.len() > 1 && receiver != "self";
    is_known && is_name(method) && closes_at_its_end(arguments) && !expression.contains('`')
}

/// Whether the bracket that is open before `text` is closed by its last character.
fn closes_at_its_end(text: &str) -> bool {
    let mut open = 1_usize;
    let end = text.char_indices().find(|(_, character)| {
        open += usize::from("([{".contains(*character));
        open -= usize::from(")]}".contains(*character)).min(open);
        open == 0
    });
    end.is_some_and(|(index, _)| index + 1 == text.len())
}

/// What is between commas that are in no brackets.
fn arguments(list: &str) -> Vec<&str> {
    let mut open = 0_usize;
    list.split(|character: char| {
        open += usize::from("([{".contains(character));
        open = open.saturating_sub(usize::from(")]}".contains(character)));
        character == ',' && open == 0
    })
    .collect()
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
        let message = said(|| {
            let buffer = [1];
            crate::assert_eq!(buffer.len(), 2, "after {} puts", 2);
        });
        assert!(message == "after 2 puts: your code gave 1 for `buffer.len()`, expected 2", "{message}");
    }

    #[test]
    fn what_only_the_check_knows_is_not_quoted() {
        assert!(said(|| crate::assert_eq!(1 + 1, 3)) == "your code gave 2, expected 3");
        for expression in [
            "[own, finish(other)]",
            "finish(waiter)",
            "L::free(&lender)",
            "*witness.increments.lock().unwrap()",
            "self.release()",
            "(values, shared.made())",
            "buffer.take().len()",
            "most",
        ] {
            assert!(!super::are_calls(expression), "{expression}");
        }
    }

    #[test]
    fn calls_of_the_learners_methods_are_quoted() {
        for expression in [
            "buffer.take()",
            "[buffer.take(), buffer.take()]",
            "cache.put(Name(\"a\"), vec![(1, 2)])",
            "RawReentrantLock::depth(&lock)",
        ] {
            assert!(super::are_calls(expression), "{expression}");
        }
    }

    #[test]
    fn what_is_equal_passes() {
        crate::assert_eq!("a".to_owned(), "a");
    }
}
