//! Sizes and alignments are those of std where they can be had. Where they differ, it is for a reason that stands here.

// std's own differ from platform to platform.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::fmt;

/// What a program can see of a type's layout, in bytes. The size in an `Option` shows whether there is a niche.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Layout {
    size: usize,
    align: usize,
    optional: usize,
}

impl Layout {
    const fn of<T>() -> Self {
        Layout { size: size_of::<T>(), align: align_of::<T>(), optional: size_of::<Option<T>>() }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, aligned to {}, {} in an option", self.size, self.align, self.optional)
    }
}

struct Type {
    name: &'static str,
    std: Layout,
    model: Layout,
}

/// Types by their paths, each in parentheses.
macro_rules! types {
    ($(($($path:tt)+))*) => {
        [$(Type {
            name: stringify!($($path)+),
            std: Layout::of::<std::$($path)+>(),
            model: Layout::of::<model_std::$($path)+>(),
        }),*]
    };
}

/// The types that differ, and why.
const DIFFERENT: &[(&str, &[&str])] = &[
    (
        "a link to its object of the running execution, and the place where it was made, stand beside the value",
        &[
            "sync::Mutex<u8>",
            "sync::Mutex<[u64; 4]>",
            "sync::RwLock<u8>",
            "sync::Condvar",
            "sync::Once",
            "sync::OnceLock<u8>",
            "sync::OnceLock<u64>",
            "sync::LazyLock<u64>",
            "sync::atomic::AtomicBool",
            "sync::atomic::AtomicU8",
            "sync::atomic::AtomicU16",
            "sync::atomic::AtomicU32",
            "sync::atomic::AtomicU64",
            "sync::atomic::AtomicUsize",
            "sync::atomic::AtomicI8",
            "sync::atomic::AtomicI16",
            "sync::atomic::AtomicI32",
            "sync::atomic::AtomicI64",
            "sync::atomic::AtomicIsize",
            "sync::atomic::AtomicPtr<u8>",
        ],
    ),
    (
        "a guard knows where it was used last, and what it found: a trace shows both",
        &[
            "sync::MutexGuard<'static, u8>",
            "sync::RwLockReadGuard<'static, u8>",
            "sync::RwLockWriteGuard<'static, u8>",
        ],
    ),
    (
        "the explorer counts who has arrived, and knows what an initialisation comes to",
        &["sync::Barrier", "sync::OnceState"],
    ),
    (
        "there is one kind of channel, not three",
        &[
            "sync::mpsc::Sender<u8>",
            "sync::mpsc::SyncSender<u8>",
            "sync::mpsc::Receiver<u8>",
            "sync::mpsc::IntoIter<u8>",
        ],
    ),
    (
        "a thread is a number, and none of the system's",
        &[
            "thread::Thread",
            "thread::JoinHandle<u8>",
            "thread::Builder",
            "thread::Scope<'static, 'static>",
            "thread::ScopedJoinHandle<'static, u8>",
        ],
    ),
    (
        "no keys are drawn: the order of iteration is the same in every execution",
        &["collections::HashMap<u8, u8>", "collections::HashSet<u8>", "hash::RandomState"],
    ),
];

#[test]
fn sizes_are_those_of_std_or_differ_for_a_reason() {
    let types = types![
        (sync::Mutex<u8>)(sync::Mutex<[u64; 4]>)(sync::MutexGuard<'static, u8>)
        (sync::RwLock<u8>)(sync::RwLockReadGuard<'static, u8>)(sync::RwLockWriteGuard<'static, u8>)
        (sync::Condvar)(sync::WaitTimeoutResult)(sync::Barrier)(sync::BarrierWaitResult)
        (sync::Once)(sync::OnceState)(sync::OnceLock<u8>)(sync::OnceLock<u64>)(sync::LazyLock<u64>)
        (sync::Arc<u8>)(sync::Weak<u8>)(sync::PoisonError<u8>)(sync::TryLockError<u8>)
        (sync::mpsc::Sender<u8>)(sync::mpsc::SyncSender<u8>)(sync::mpsc::Receiver<u8>)
        (sync::mpsc::Iter<'static, u8>)(sync::mpsc::TryIter<'static, u8>)(sync::mpsc::IntoIter<u8>)
        (sync::mpsc::SendError<u8>)(sync::mpsc::TrySendError<u8>)
        (sync::mpsc::RecvError)(sync::mpsc::TryRecvError)(sync::mpsc::RecvTimeoutError)
        (sync::atomic::AtomicBool)(sync::atomic::AtomicU8)(sync::atomic::AtomicU16)
        (sync::atomic::AtomicU32)(sync::atomic::AtomicU64)(sync::atomic::AtomicUsize)
        (sync::atomic::AtomicI8)(sync::atomic::AtomicI16)(sync::atomic::AtomicI32)
        (sync::atomic::AtomicI64)(sync::atomic::AtomicIsize)(sync::atomic::AtomicPtr<u8>)
        (sync::atomic::Ordering)
        (thread::Thread)(thread::ThreadId)(thread::JoinHandle<u8>)(thread::Builder)
        (thread::Scope<'static, 'static>)(thread::ScopedJoinHandle<'static, u8>)
        (thread::LocalKey<u8>)(thread::AccessError)
        (time::Instant)(time::Duration)(time::SystemTime)
        (collections::HashMap<u8, u8>)(collections::HashSet<u8>)
        (hash::RandomState)(hash::DefaultHasher)(panic::Location<'static>)
    ];
    let is_expected = |name: &str| DIFFERENT.iter().any(|(_, names)| names.contains(&name));
    let wrong: Vec<String> = types
        .iter()
        .filter(|of| (of.std != of.model) != is_expected(of.name))
        .map(|Type { name, std, model }| format!("{name}: {std} in std, {model} here"))
        .collect();
    assert!(
        wrong.is_empty(),
        "mend these, or list them as different or as no longer so:\n{}",
        wrong.join("\n")
    );
    let names = DIFFERENT.iter().flat_map(|(_, names)| *names);
    let unknown: Vec<&&str> = names.filter(|name| !types.iter().any(|of| of.name == **name)).collect();
    assert!(unknown.is_empty(), "there are no such types: {unknown:?}");
}
