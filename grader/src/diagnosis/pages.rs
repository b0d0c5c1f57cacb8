//! The pages: one Markdown file for each kind, and a glossary. A kind without a page does not compile.

mod glossary;

use std::borrow::Cow;

use strum::VariantArray;

use self::glossary::GLOSSARY;
pub use self::glossary::{Term, terms, used_in};

use crate::error::UsageError;
use crate::report::{FailureKind, Mistake};
use crate::suggestion;

/// Something that a report names, and that has a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Mistake(Mistake),
    Failure(FailureKind),
}

/// What there is to say about a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub kind: Kind,
    /// CommonMark with tables, in ASCII. The first line is the title.
    pub markdown: &'static str,
}

impl Kind {
    /// The name that reports use, such as `lost_wakeup`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mistake(mistake) => mistake.as_str(),
            Self::Failure(failure) => failure.as_str(),
        }
    }

    /// The page that explains this kind.
    pub fn page(self) -> Page {
        let markdown = match self {
            Self::Mistake(mistake) => about_mistake(mistake),
            Self::Failure(failure) => about_failure(failure),
        };
        Page { kind: self, markdown }
    }
}

impl Page {
    /// The title, without Markdown's mark for it.
    pub fn title(&self) -> &'static str {
        let line = self.markdown.lines().next().unwrap_or_default();
        line.strip_prefix("# ").unwrap_or(line)
    }
}

/// Every kind, the mistakes first, in the order of their enums.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let mistakes = Mistake::VARIANTS.iter().copied().map(Kind::Mistake);
    mistakes.chain(FailureKind::VARIANTS.iter().copied().map(Kind::Failure))
}

/// The page of the kind with this name, in upper or lower case, with `_`, `-` or spaces between the words.
pub fn page(kind: &str) -> Option<Page> {
    let name = normal(kind);
    kinds().find(|kind| kind.as_str() == name).map(Kind::page)
}

/// What there is to say under this name, in Markdown: the page of a kind, the glossary's entry for a term, or
/// for `glossary` all of it. Names may be written as for [`page`].
///
/// # Errors
/// When there is nothing; the error suggests the nearest name.
pub fn find(name: &str) -> Result<Cow<'static, str>, UsageError> {
    let wanted = normal(name);
    if wanted == "glossary" {
        return Ok(Cow::Borrowed(GLOSSARY));
    }
    if let Some(page) = page(&wanted) {
        return Ok(Cow::Borrowed(page.markdown));
    }
    if let Some(term) = terms().find(|term| normal(term.name) == wanted) {
        return Ok(Cow::Owned(term.markdown()));
    }
    let names = kinds().map(|kind| kind.as_str().to_owned()).chain(terms().map(|term| normal(term.name)));
    let names: Vec<String> = names.collect();
    let suggestion = suggestion::nearest(&wanted, names.iter().map(String::as_str)).map(str::to_owned);
    Err(UsageError::UnknownKind { name: name.to_owned(), suggestion })
}

/// A name as the enums write it.
fn normal(name: &str) -> String {
    name.to_lowercase().replace(['-', ' ', '/'], "_")
}

fn about_mistake(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::LockOrder => include_str!("pages/lock_order.md"),
        Mistake::SelfDeadlock => include_str!("pages/self_deadlock.md"),
        Mistake::GuardAcrossBlocking => include_str!("pages/guard_across_blocking.md"),
        Mistake::LostWakeup => include_str!("pages/lost_wakeup.md"),
        Mistake::MissingRecheck => include_str!("pages/missing_recheck.md"),
        Mistake::LostUpdate => include_str!("pages/lost_update.md"),
        Mistake::CheckThenAct => include_str!("pages/check_then_act.md"),
        Mistake::TornOperation => include_str!("pages/torn_operation.md"),
        Mistake::BusyWait => include_str!("pages/busy_wait.md"),
        Mistake::NeverJoined => include_str!("pages/never_joined.md"),
        Mistake::Poisoned => include_str!("pages/poisoned.md"),
        Mistake::LateTimeout => include_str!("pages/late_timeout.md"),
        Mistake::StaleRead => include_str!("pages/stale_read.md"),
        Mistake::LostInPanic => include_str!("pages/lost_in_panic.md"),
        Mistake::ComputedResult => include_str!("pages/computed_result.md"),
        Mistake::MissingGap => include_str!("pages/missing_gap.md"),
        Mistake::GivesUpOnContention => include_str!("pages/gives_up_on_contention.md"),
        Mistake::NobodyLeft => include_str!("pages/nobody_left.md"),
        Mistake::WrongLogic => include_str!("pages/wrong_logic.md"),
    }
}

fn about_failure(failure: FailureKind) -> &'static str {
    match failure {
        FailureKind::Assertion => include_str!("pages/failures/assertion.md"),
        FailureKind::Panic => include_str!("pages/failures/panic.md"),
        FailureKind::NotImplemented => include_str!("pages/failures/not_implemented.md"),
        FailureKind::Deadlock => include_str!("pages/failures/deadlock.md"),
        FailureKind::TooManySteps => include_str!("pages/failures/too_many_steps.md"),
        FailureKind::NeverHappens => include_str!("pages/failures/never_happens.md"),
        FailureKind::Compiles => include_str!("pages/failures/compiles.md"),
        FailureKind::DoesNotCompile => include_str!("pages/failures/does_not_compile.md"),
        FailureKind::EndedEarly => include_str!("pages/failures/ended_early.md"),
        FailureKind::Crash => include_str!("pages/failures/crash.md"),
        FailureKind::Timeout => include_str!("pages/failures/timeout.md"),
        FailureKind::MemoryLimit => include_str!("pages/failures/memory_limit.md"),
        FailureKind::CpuLimit => include_str!("pages/failures/cpu_limit.md"),
        FailureKind::ThreadLimit => include_str!("pages/failures/thread_limit.md"),
        FailureKind::OutputLimit => include_str!("pages/failures/output_limit.md"),
        FailureKind::FileLimit => include_str!("pages/failures/file_limit.md"),
        FailureKind::ForbiddenCall => include_str!("pages/failures/forbidden_call.md"),
        FailureKind::Forged => include_str!("pages/failures/forged.md"),
        FailureKind::Unsupported => include_str!("pages/failures/unsupported.md"),
        FailureKind::Requirement => include_str!("pages/failures/requirement.md"),
    }
}

#[cfg(test)]
mod tests;
