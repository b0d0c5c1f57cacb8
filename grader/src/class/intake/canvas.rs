//! Canvas: `lovelaceada_LATE_4711_90210_lib-1.rs`. What it calls the same file gets a number at the end.

use super::Named;
use super::archive::stem;

/// The learner is the number of the user; of two files of one name the one with the higher number is newer.
pub(super) fn name(name: &str) -> Option<Named> {
    let (person, rest) = name.split_once('_')?;
    let (late, rest) = match rest.strip_prefix("LATE_") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (user, rest) = rest.split_once('_')?;
    let (number, file) = rest.split_once('_')?;
    let number: u64 = number.parse().ok()?;
    if person.is_empty()
        || file.is_empty()
        || user.is_empty()
        || !user.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    Some(Named {
        name: Some(person.to_owned()),
        order: (String::new(), number),
        late,
        file: Some(without_number(file)),
        ..Named::whole(user)
    })
}

/// `lib-1.rs` is another `lib.rs`.
fn without_number(file: &str) -> String {
    let stem = stem(file);
    let extension = &file[stem.len()..];
    match stem.rsplit_once('-') {
        Some((before, number))
            if !before.is_empty()
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{before}{extension}")
        }
        Some(_) | None => file.to_owned(),
    }
}
