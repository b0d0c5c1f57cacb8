//! Gradescope: folders `submission_NUMBER`, and `submission_metadata.yml` about them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Fault, UsageError};

use super::Named;
use super::archive::stem;

const METADATA: &str = "submission_metadata.yml";
const PREFIX: &str = "submission_";

#[derive(Deserialize)]
struct Submission {
    #[serde(rename = ":submitters", default)]
    submitters: Vec<Submitter>,
    #[serde(rename = ":created_at", default)]
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Submitter {
    #[serde(rename = ":name", default)]
    name: Option<String>,
    #[serde(rename = ":sid", default)]
    sid: Option<String>,
    #[serde(rename = ":email", default)]
    email: Option<String>,
}

pub(super) fn is_export(folder: &Path, names: &[String]) -> bool {
    let numbered = |name: &&String| number(name).is_some();
    folder.join(METADATA).is_file()
        || (!names.is_empty() && names.iter().filter(numbered).count() == names.len())
}

fn number(name: &str) -> Option<u64> {
    stem(name).strip_prefix(PREFIX)?.parse().ok()
}

/// The learner is the student id or else the address; a submission of a group is each one's.
pub(super) fn name_all(folder: &Path, names: &[String]) -> Result<Vec<(Named, String)>, Error> {
    let known = metadata(folder)?;
    let mut all = Vec::new();
    for name in names.iter().filter(|name| *name != METADATA) {
        let submission = known.get(stem(name));
        let order = (
            submission.and_then(|submission| submission.created_at.clone()).unwrap_or_default(),
            number(name).unwrap_or(0),
        );
        let submitters = submission.map(|submission| submission.submitters.as_slice()).unwrap_or_default();
        for person in submitters {
            let id =
                [&person.sid, &person.email, &person.name].into_iter().flatten().find(|id| !id.is_empty());
            let named = Named {
                name: person.name.clone(),
                submitted: submission.and_then(|submission| submission.created_at.clone()),
                order: order.clone(),
                ..Named::whole(id.map_or(stem(name), String::as_str))
            };
            all.push((named, name.clone()));
        }
        if submitters.is_empty() {
            all.push((Named { order, ..Named::whole(stem(name)) }, name.clone()));
        }
    }
    Ok(all)
}

fn metadata(folder: &Path) -> Result<BTreeMap<String, Submission>, Error> {
    let file = folder.join(METADATA);
    if !file.is_file() {
        return Ok(BTreeMap::new());
    }
    let text = fs::read_to_string(&file).map_err(|source| Fault::io("read", &file, source))?;
    serde_saphyr::from_str(&text)
        .map_err(|error| UsageError::ClassList { file, message: error.to_string() }.into())
}
