//! Moodle: `Ada Lovelace_1234567_assignsubmission_file_/…`, or the same before each file's name.

use super::Named;

const MARKS: [&str; 2] = ["_assignsubmission_file", "_assignsubmission_onlinetext"];

/// The learner is the number before the mark: names may be the same.
pub(super) fn name(name: &str) -> Option<Named> {
    let (at, mark) = MARKS.iter().find_map(|mark| Some((name.rfind(mark)?, mark)))?;
    let (person, id) = name[..at].rsplit_once('_')?;
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let file = name[at + mark.len()..].trim_start_matches('_');
    Some(Named {
        name: (!person.is_empty()).then(|| person.to_owned()),
        file: (!file.is_empty()).then(|| file.to_owned()),
        ..Named::whole(id)
    })
}
