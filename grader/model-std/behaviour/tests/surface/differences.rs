//! The differences that are meant.

/// Paths (a `*` stands for any text), and why what is there differs.
pub const DELIBERATE: &[(&[&str], &str)] = &[
    (
        &["collections::hash_map::HashMap*", "collections::hash_set::HashSet*"],
        "the maps inside are std's own, and have its methods; only their hasher is another one, and std's constructors exist \
         for one hasher alone. The allocator is unstable",
    ),
    (&["os::*", "arch::*"], "std's pages show those of every platform; all are re-exported by one glob"),
    (&["model"], "the interface of the model itself"),
    (
        &["sync::OnceLock: Drop"],
        "without it what a cell borrows may end before the cell, as with std's, which needs the unstable `may_dangle` for that",
    ),
    (
        &["sync::atomic::Atomic*::fetch_update"],
        "std deprecates it in a release to come; the attribute would warn today",
    ),
    (
        &["sync::mpsc::*: Drop"],
        "std's ends have fields with destructors; these have their own, which is a step. No safe program can tell",
    ),
    (
        &[
            "thread::JoinHandle: AsHandle",
            "thread::JoinHandle: AsRawHandle",
            "thread::JoinHandle: IntoRawHandle",
            "thread::JoinHandle: From <JoinHandle <$0 >>",
            "sync::Arc: AsHandle",
            "sync::Arc: AsSocket",
        ],
        "they exist on Windows, whose part std's pages show, too",
    ),
    (&["thread::JoinHandle: JoinHandleExt"], "a thread of the model is no thread of the system"),
    (
        &["sync::atomic::Atomic*::as_ptr"],
        "it ends the execution without a verdict: what is done through the pointer cannot be seen. A `const fn` cannot",
    ),
    (
        &["sync::atomic::Atomic*::from_ptr", "sync::atomic::Atomic*::into_inner"],
        "the value belongs to an execution, which a `const fn` does not know",
    ),
    (
        &["panic::Location: From <&'static Location <'static >>", "sync::atomic::Ordering: From <Ordering >"],
        "the model's own conversions into the types of a trace",
    ),
];

/// Whether a pattern covers a path.
pub fn covers(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|path| {
            rest.is_empty() || path.char_indices().any(|(at, _)| covers(rest, &path[at..]))
        }),
    }
}
