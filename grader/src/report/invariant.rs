//! What holds for every text that a submission has a hand in.

use super::sanitised;

/// Makes `text` fit for a report, in `limit` bytes.
///
/// # Panics
/// Where a control character gets through, or the limit does not hold.
pub fn holds_for(text: &str, limit: usize) {
    let clean = sanitised(text, limit);
    let is_harmless = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    assert!(clean.chars().all(is_harmless), "{clean:?}");
    assert!(clean.len() <= limit + '…'.len_utf8(), "{clean:?}");
    // What is clean stays as it is.
    assert_eq!(sanitised(&clean, usize::MAX), clean);
}
