// What values of the types are: their marker traits, statics, and their `Debug` texts.
// Included twice, once with each `std`: see `api.rs`.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{
    Barrier, Condvar, LazyLock, Mutex, MutexGuard, Once, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::thread::{self, JoinHandle, Scope, Thread};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![("markers", markers), ("statics", statics), ("debug_and_default", debug_and_default)]
}

fn is_send<T: ?Sized + Send>() {}
fn is_sync<T: ?Sized + Sync>() {}
fn is_unwind_safe<T: ?Sized + UnwindSafe + RefUnwindSafe>() {}

/// `$type: Send` as a constant, without specialisation: the inherent constant wins if it applies.
macro_rules! implements {
    ($type:ty: $marker:ident) => {{
        trait Fallback {
            const IS: bool = false;
        }
        impl<T: ?Sized> Fallback for T {}
        struct Probe<T: ?Sized>(core::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $marker> Probe<T> {
            const IS: bool = true;
        }
        <Probe<$type>>::IS
    }};
}

fn markers() {
    type Local = Rc<u8>;
    is_send::<Mutex<u8>>();
    is_sync::<Mutex<std::cell::Cell<u8>>>();
    is_sync::<RwLock<u8>>();
    is_sync::<MutexGuard<'static, u8>>();
    is_sync::<RwLockReadGuard<'static, u8>>();
    is_sync::<RwLockWriteGuard<'static, u8>>();
    is_send::<Sender<u8>>();
    is_sync::<Sender<u8>>();
    is_sync::<SyncSender<u8>>();
    is_send::<Receiver<u8>>();
    is_send::<JoinHandle<Local>>();
    is_sync::<JoinHandle<Local>>();
    is_sync::<OnceLock<u8>>();
    is_sync::<LazyLock<u8>>();
    is_sync::<Thread>();
    is_sync::<Scope<'static, 'static>>();
    is_sync::<AtomicPtr<Local>>();
    is_unwind_safe::<Mutex<std::cell::Cell<u8>>>();
    is_unwind_safe::<RwLock<std::cell::Cell<u8>>>();
    is_unwind_safe::<Condvar>();
    is_unwind_safe::<AtomicU8>();
    is_unwind_safe::<Once>();
    // In std, where it is made of the system's own lock, it is not.
    #[cfg(any(target_os = "linux", windows))]
    is_unwind_safe::<Barrier>();
    assert!(!implements!(Mutex<Local>: Send));
    assert!(!implements!(Mutex<Local>: Sync));
    assert!(!implements!(MutexGuard<'static, u8>: Send));
    assert!(!implements!(MutexGuard<'static, std::cell::Cell<u8>>: Sync));
    assert!(!implements!(RwLock<std::cell::Cell<u8>>: Sync));
    assert!(!implements!(RwLockReadGuard<'static, u8>: Send));
    assert!(!implements!(RwLockWriteGuard<'static, u8>: Send));
    assert!(!implements!(Receiver<u8>: Sync));
    assert!(!implements!(Sender<Local>: Send));
    assert!(!implements!(OnceLock<std::cell::Cell<u8>>: Sync));
    assert!(!implements!(std::cell::UnsafeCell<u8>: RefUnwindSafe));
}

static COUNTER: AtomicU64 = AtomicU64::new(0);
static LOCK: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static SHARED: RwLock<Option<u8>> = RwLock::new(None);
static CHANGED: Condvar = Condvar::new();
static MEETING: Barrier = Barrier::new(1);
static START: Once = Once::new();
static CELL: OnceLock<u8> = OnceLock::new();
static LAZY: LazyLock<String> = LazyLock::new(|| String::from("lazy"));
static TABLE: [AtomicBool; 4] = [const { AtomicBool::new(false) }; 4];

fn statics() {
    assert_eq!(COUNTER.fetch_add(1, Ordering::SeqCst), 0);
    LOCK.lock().unwrap().push(1);
    *SHARED.write().unwrap() = Some(1);
    CHANGED.notify_all();
    assert!(MEETING.wait().is_leader());
    START.call_once(|| ());
    assert_eq!(*CELL.get_or_init(|| 3), 3);
    assert_eq!(LAZY.as_str(), "lazy");
    assert!(!TABLE[2].swap(true, Ordering::AcqRel));
}

fn debug_and_default() {
    assert_eq!(format!("{:?}", Mutex::new(1)), "Mutex { data: 1, poisoned: false, .. }");
    assert_eq!(format!("{:?}", RwLock::new(1)), "RwLock { data: 1, poisoned: false, .. }");
    assert_eq!(format!("{:?}", OnceLock::<u8>::new()), "OnceLock(<uninit>)");
    assert_eq!(format!("{:?}", OnceLock::from(1)), "OnceLock(1)");
    assert!(
        format!("{:?} {:?} {:?}", Condvar::default(), Barrier::new(1), Once::new()).starts_with("Condvar")
    );
    assert_eq!(format!("{:?}", AtomicBool::from(true)), "true");
    assert_eq!(*Mutex::<u8>::default().lock().unwrap() + *RwLock::<u8>::default().read().unwrap(), 0);
    assert!(!format!("{:?}", thread::current()).is_empty());
    let (sender, receiver) = mpsc::channel::<u8>();
    assert!(format!("{sender:?} {receiver:?}").contains("Receiver"));
}
