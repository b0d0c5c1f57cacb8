//! Blackboard: `Homework 1_ada_attempt_2026-10-01-12-34-56_lib.rs`, and a text about each attempt.

use super::Named;

const MARK: &str = "_attempt_";
const STAMP: &str = "0000-00-00-00-00-00";

/// The learner is the word before the mark, the stamp is behind it.
pub(super) fn name(name: &str) -> Option<Named> {
    let at = name.rfind(MARK)?;
    let id = name[..at].rsplit('_').next()?;
    let rest = &name[at + MARK.len()..];
    let (stamp, file) = rest.split_at_checked(STAMP.len())?;
    let fits = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    if id.is_empty() || !stamp.bytes().zip(STAMP.bytes()).all(fits) {
        return None;
    }
    let (date, time) = stamp.split_at_checked("0000-00-00".len())?;
    let time = time.trim_start_matches('-').replace('-', ":");
    Some(Named {
        submitted: Some(format!("{date}T{time}")),
        order: (stamp.to_owned(), 0),
        // `….txt` is what the system says about the attempt.
        file: Some(file.strip_prefix('_').unwrap_or("").to_owned()),
        ..Named::whole(id)
    })
}
