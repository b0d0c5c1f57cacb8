// Included twice, once with each `std`: see `api.rs`. Every item that learners may use is used.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt::Debug;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, Ordering, compiler_fence, fence,
};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError};
use std::sync::{
    Arc, Barrier, BarrierWaitResult, Condvar, LazyLock, LockResult, Mutex, MutexGuard, Once, OnceLock, OnceState,
    PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, TryLockResult, WaitTimeoutResult, Weak,
};
use std::thread::{self, AccessError, Builder, JoinHandle, LocalKey, Scope, ScopedJoinHandle, Thread, ThreadId};
use std::time::{Duration, Instant};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![
        ("markers", markers),
        ("statics", statics),
        ("mutex", mutex),
        ("unsized_data", unsized_data),
        ("rwlock", rwlock),
        ("condvar", condvar),
        ("barrier_and_once", barrier_and_once),
        ("cells", cells),
        ("channels", channels),
        ("reference_counts", reference_counts),
        ("integers", integers),
        ("bool_and_pointer", bool_and_pointer),
        ("fences", fences),
        ("threads", threads),
        ("scopes", scopes),
        ("parking", parking),
        ("locals", locals),
        ("instants", instants),
        ("collections", collections),
        ("debug_and_default", debug_and_default),
    ]
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

fn mutex() {
    let lock: Mutex<u32> = Mutex::new(1);
    {
        let mut guard: MutexGuard<'_, u32> = lock.lock().unwrap();
        *guard += 1;
        assert_eq!(format!("{guard} {guard:?}"), "2 2");
        let attempt: TryLockResult<MutexGuard<'_, u32>> = lock.try_lock();
        assert!(matches!(attempt, Err(TryLockError::WouldBlock)));
    }
    let mut lock = lock;
    *lock.get_mut().unwrap() += 1;
    assert!(!lock.is_poisoned());
    lock.clear_poison();
    let result: LockResult<u32> = lock.into_inner();
    assert_eq!(result.unwrap_or_else(PoisonError::into_inner), 3);
    let lock = Arc::new(Mutex::from(5));
    let other = Arc::clone(&lock);
    let poisoner = thread::spawn(move || {
        let _guard = other.lock();
        std::panic::resume_unwind(Box::new("quietly"));
    });
    assert!(poisoner.join().is_err());
    assert!(lock.is_poisoned());
    let poison = lock.lock().unwrap_err();
    assert_eq!(**poison.get_ref(), 5);
    assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    drop(poison);
    assert!(matches!(lock.try_lock(), Err(TryLockError::Poisoned(_))));
}

fn unsized_data() {
    let list: Box<Mutex<[u8]>> = Box::new(Mutex::new([1, 2, 3]));
    list.lock().unwrap()[0] = 9;
    assert_eq!(list.lock().unwrap().len(), 3);
    let object: Arc<RwLock<dyn Debug + Send + Sync>> = Arc::new(RwLock::new(5));
    assert_eq!(format!("{:?}", &*object.read().unwrap()), "5");
}

fn rwlock() {
    let lock = RwLock::new(String::from("a"));
    {
        let first: RwLockReadGuard<'_, String> = lock.read().unwrap();
        let second = lock.try_read().unwrap();
        assert_eq!(*first, *second);
        assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
    }
    let mut guard: RwLockWriteGuard<'_, String> = lock.write().unwrap();
    guard.push('b');
    let guard = RwLockWriteGuard::downgrade(guard);
    assert_eq!(guard.as_str(), "ab");
    drop(guard);
    let mut lock = lock;
    lock.get_mut().unwrap().push('c');
    assert!(!lock.is_poisoned());
    lock.clear_poison();
    assert_eq!(lock.into_inner().unwrap(), "abc");
}

fn condvar() {
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let other = Arc::clone(&pair);
    let setter = thread::spawn(move || {
        *other.0.lock().unwrap() += 1;
        other.1.notify_one();
        *other.0.lock().unwrap() += 1;
        other.1.notify_all();
    });
    let (lock, changed) = &*pair;
    let mut guard = lock.lock().unwrap();
    while *guard == 0 {
        guard = changed.wait(guard).unwrap();
    }
    guard = changed.wait_while(guard, |count| *count < 2).unwrap();
    let (guard, result): (_, WaitTimeoutResult) = changed.wait_timeout(guard, Duration::from_millis(1)).unwrap();
    let _ = result.timed_out();
    let (guard, result) = changed.wait_timeout_while(guard, Duration::from_millis(1), |count| *count < 3).unwrap();
    assert!(result.timed_out());
    drop(guard);
    setter.join().unwrap();
}

fn barrier_and_once() {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let other = scope.spawn(|| barrier.wait().is_leader());
        let result: BarrierWaitResult = barrier.wait();
        assert_ne!(result.is_leader(), other.join().unwrap());
    });
    let once = Once::new();
    once.call_once(|| ());
    once.call_once_force(|_: &OnceState| unreachable!());
    once.wait();
    assert!(once.is_completed());
}

fn cells() {
    let cell = OnceLock::new();
    assert_eq!(cell.get(), None);
    assert_eq!(cell.set(1), Ok(()));
    assert_eq!(cell.set(2), Err(2));
    assert_eq!(*cell.wait(), 1);
    let mut cell = cell.clone();
    *cell.get_mut().unwrap() += 1;
    assert_eq!(cell, OnceLock::from(2));
    assert_eq!(cell.take(), Some(2));
    assert_eq!(cell.into_inner(), None);
    let local = 5;
    let lazy = LazyLock::new(move || local + 1);
    assert_eq!(*lazy, 6);
    assert_eq!(*LazyLock::force(&lazy), 6);
}

fn channels() {
    let (sender, receiver): (Sender<u8>, Receiver<u8>) = mpsc::channel();
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
    let second = sender.clone();
    let thread = thread::spawn(move || second.send(1).unwrap());
    assert_eq!(receiver.recv(), Ok(1));
    thread.join().unwrap();
    sender.send(2).unwrap();
    sender.send(3).unwrap();
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [2, 3]);
    drop(sender);
    assert_eq!(receiver.iter().next(), None);
    assert_eq!((&receiver).into_iter().count() + receiver.into_iter().count(), 0);
    let (sender, receiver): (SyncSender<u8>, Receiver<u8>) = mpsc::sync_channel(1);
    sender.send(1).unwrap();
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    drop(receiver);
    assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
    assert_eq!(sender.send(4).unwrap_err().0, 4);
}

fn reference_counts() {
    let shared: Arc<dyn Debug + Send + Sync> = Arc::new(5);
    let weak: Weak<dyn Debug + Send + Sync> = Arc::downgrade(&shared);
    assert_eq!((Arc::strong_count(&shared), Arc::weak_count(&shared)), (1, 1));
    assert!(weak.upgrade().is_some());
    drop(shared);
    assert!(weak.upgrade().is_none());
    let list: Arc<[u8]> = Arc::from(vec![1, 2]);
    assert_eq!(Arc::try_unwrap(Arc::new(list)).unwrap().len(), 2);
    let _ = Arc::new_cyclic(|me: &Weak<u8>| u8::from(me.upgrade().is_some()));
}

macro_rules! integer {
    ($($atomic:ident)*) => { $( {
        let mut atomic = $atomic::new(1);
        assert_eq!(atomic.load(Ordering::Acquire), 1);
        atomic.store(2, Ordering::Release);
        assert_eq!(atomic.swap(3, Ordering::AcqRel), 2);
        assert_eq!(atomic.compare_exchange(3, 4, Ordering::SeqCst, Ordering::Relaxed), Ok(3));
        assert_eq!(atomic.compare_exchange_weak(3, 9, Ordering::AcqRel, Ordering::Acquire), Err(4));
        assert_eq!(atomic.fetch_add(4, Ordering::Relaxed), 4);
        assert_eq!(atomic.fetch_sub(1, Ordering::Relaxed), 8);
        assert_eq!(atomic.fetch_and(6, Ordering::Relaxed), 7);
        assert_eq!(atomic.fetch_or(1, Ordering::Relaxed), 6);
        assert_eq!(atomic.fetch_xor(2, Ordering::Relaxed), 7);
        assert_eq!(atomic.fetch_max(9, Ordering::Relaxed), 5);
        assert_eq!(atomic.fetch_min(3, Ordering::Relaxed), 9);
        assert_eq!(atomic.fetch_nand(1, Ordering::Relaxed), 3);
        assert_eq!(atomic.load(Ordering::Relaxed), !1);
        atomic.store(1, Ordering::SeqCst);
        assert_eq!(atomic.fetch_update(Ordering::AcqRel, Ordering::Acquire, |old| Some(old + 1)), Ok(1));
        assert_eq!(atomic.fetch_update(Ordering::AcqRel, Ordering::Acquire, |_| None), Err(2));
        *atomic.get_mut() += 1;
        assert_eq!(format!("{atomic:?}"), "3");
        assert_eq!(atomic.into_inner(), 3);
        assert_eq!($atomic::default().load(Ordering::Relaxed), 0);
        assert_eq!($atomic::from(7).into_inner(), 7);
    } )* };
}

fn integers() {
    integer!(AtomicI8 AtomicI16 AtomicI32 AtomicI64 AtomicIsize);
    integer!(AtomicU8 AtomicU16 AtomicU32 AtomicU64 AtomicUsize);
    let wraps = AtomicU8::new(255);
    assert_eq!(wraps.fetch_add(1, Ordering::Relaxed), 255);
    assert_eq!(wraps.fetch_sub(1, Ordering::Relaxed), 0);
    assert_eq!(AtomicI8::new(-1).fetch_min(-5, Ordering::Relaxed), -1);
}

fn bool_and_pointer() {
    let flag = AtomicBool::default();
    assert!(!flag.fetch_or(true, Ordering::Relaxed));
    assert!(flag.fetch_and(true, Ordering::Relaxed));
    assert!(flag.fetch_xor(true, Ordering::Relaxed));
    assert!(!flag.fetch_nand(true, Ordering::Relaxed));
    assert!(flag.fetch_not(Ordering::Relaxed));
    assert_eq!(flag.compare_exchange(false, true, Ordering::AcqRel, Ordering::Relaxed), Ok(false));
    assert_eq!(flag.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| Some(!old)), Ok(true));
    let mut value = 5;
    let pointer = AtomicPtr::new(&raw mut value);
    assert!(!pointer.swap(std::ptr::null_mut(), Ordering::AcqRel).is_null());
    assert!(pointer.load(Ordering::Acquire).is_null());
    let null = std::ptr::null_mut();
    assert!(pointer.compare_exchange(null, &raw mut value, Ordering::AcqRel, Ordering::Relaxed).is_ok());
    assert_eq!(pointer.into_inner(), &raw mut value);
}

fn fences() {
    fence(Ordering::Acquire);
    fence(Ordering::Release);
    fence(Ordering::AcqRel);
    fence(Ordering::SeqCst);
    compiler_fence(Ordering::SeqCst);
    std::hint::spin_loop();
}

fn threads() {
    let handle: JoinHandle<u8> = thread::spawn(|| 1);
    let other: &Thread = handle.thread();
    let id: ThreadId = other.id();
    assert_ne!(id, thread::current().id());
    while !handle.is_finished() {
        thread::yield_now();
    }
    assert_eq!(handle.join().unwrap(), 1);
    let named = Builder::new().name(String::from("worker")).stack_size(64 * 1024);
    let handle = named.spawn(|| thread::current().name().map(str::to_owned)).unwrap();
    assert_eq!(handle.join().unwrap().as_deref(), Some("worker"));
    thread::sleep(Duration::from_millis(1));
    assert!(thread::available_parallelism().unwrap().get() > 0);
    assert!(!thread::panicking());
    let caught = catch_unwind(AssertUnwindSafe(|| std::panic::resume_unwind(Box::new(5))));
    assert!(caught.is_err());
}

fn scopes() {
    let mut numbers = [1, 2];
    let (a, b) = numbers.split_at_mut(1);
    let sum = thread::scope(|scope| {
        let first: ScopedJoinHandle<'_, ()> = scope.spawn(|| a[0] += 1);
        let second = Builder::new().spawn_scoped(scope, || b[0] += 1).unwrap();
        let _ = (first.is_finished(), second.thread().id());
        first.join().unwrap();
        second.join().unwrap();
        1
    });
    assert_eq!((sum, numbers), (1, [2, 3]));
}

fn parking() {
    let done = Arc::new(AtomicBool::new(false));
    let (main, other) = (thread::current(), Arc::clone(&done));
    let thread = thread::spawn(move || {
        other.store(true, Ordering::Release);
        main.unpark();
    });
    while !done.load(Ordering::Acquire) {
        thread::park();
    }
    thread.join().unwrap();
    thread::park_timeout(Duration::from_millis(1));
}

std::thread_local! {
    static NUMBER: std::cell::Cell<u8> = const { std::cell::Cell::new(1) };
    /// With an initialiser that runs.
    pub static NAMES: std::cell::RefCell<Vec<String>> = std::cell::RefCell::new(vec![String::from("a")]);
}

fn locals() {
    let key: &'static LocalKey<std::cell::Cell<u8>> = &NUMBER;
    key.set(2);
    assert_eq!((key.get(), key.replace(3), key.take()), (2, 2, 3));
    NAMES.with_borrow_mut(|names| names.push(String::from("b")));
    assert_eq!(NAMES.with_borrow(Vec::len), 2);
    assert_eq!(NAMES.replace(Vec::new()).len(), 2);
    NAMES.set(vec![String::new()]);
    assert_eq!(NAMES.take().len(), 1);
    let length: Result<usize, AccessError> = NAMES.try_with(|names| names.borrow().len());
    assert_eq!(length, Ok(0));
    NUMBER.set(1);
    NAMES.set(vec![String::from("a")]);
}

fn instants() {
    let start = Instant::now();
    let later = start + Duration::from_secs(2);
    assert_eq!(later - start, Duration::from_secs(2));
    assert_eq!(later.duration_since(start), Duration::from_secs(2));
    assert_eq!(start.duration_since(later), Duration::ZERO);
    assert_eq!(start.saturating_duration_since(later), Duration::ZERO);
    assert_eq!(start.checked_duration_since(later), None);
    assert_eq!(later.checked_sub(Duration::from_secs(2)), Some(start));
    assert_eq!(start.checked_add(Duration::from_secs(2)), Some(later));
    assert!(later > start && start.elapsed() < Duration::from_secs(3600));
    let mut moving = later;
    moving -= Duration::from_secs(1);
    moving += Duration::from_secs(1);
    assert_eq!(moving, later);
    assert_eq!(moving - Duration::from_secs(2), start);
    assert!(format!("{start:?}").len() > 4);
}

fn debug_and_default() {
    assert_eq!(format!("{:?}", Mutex::new(1)), "Mutex { data: 1, poisoned: false, .. }");
    assert_eq!(format!("{:?}", RwLock::new(1)), "RwLock { data: 1, poisoned: false, .. }");
    assert_eq!(format!("{:?}", OnceLock::<u8>::new()), "OnceLock(<uninit>)");
    assert_eq!(format!("{:?}", OnceLock::from(1)), "OnceLock(1)");
    assert!(format!("{:?} {:?} {:?}", Condvar::default(), Barrier::new(1), Once::new()).starts_with("Condvar"));
    assert_eq!(format!("{:?}", AtomicBool::from(true)), "true");
    assert_eq!(*Mutex::<u8>::default().lock().unwrap() + *RwLock::<u8>::default().read().unwrap(), 0);
    assert!(!format!("{:?}", thread::current()).is_empty());
    let (sender, receiver) = mpsc::channel::<u8>();
    assert!(format!("{sender:?} {receiver:?}").contains("Receiver"));
}

fn collections() {
    let mut map: HashMap<String, u32> = HashMap::new();
    map.insert(String::from("a"), 1);
    *map.entry(String::from("a")).or_insert(0) += 1;
    if let Entry::Vacant(vacant) = map.entry(String::from("b")) {
        vacant.insert(5);
    }
    assert_eq!((map["a"], map.get("b"), map.len()), (2, Some(&5), 2));
    for (_, value) in &mut map {
        *value += 1;
    }
    map.retain(|_, value| *value > 3);
    assert_eq!(map, HashMap::from([(String::from("b"), 6)]));
    assert_eq!(map.iter().count() + (&map).into_iter().count(), 2);
    map.extend([(String::from("c"), 7)]);
    let sorted: BTreeMap<String, u32> = map.clone().into_iter().collect();
    assert_eq!(sorted.len(), map.clone().into_values().len());
    let keys: HashSet<String> = map.into_keys().collect();
    let other = HashSet::from([String::from("c")]);
    assert_eq!((&keys & &other, (&keys - &other).len(), (&keys | &other).len()), (other, 1, 2));
    assert!(HashMap::<u8, u8>::with_capacity(8).capacity() >= 8);
    let state = RandomState::new();
    assert_eq!(state.hash_one(5), state.hash_one(5));
    let mut hasher = DefaultHasher::new();
    5.hash(&mut hasher);
    assert_ne!(hasher.finish(), 0);
    assert_eq!(VecDeque::from([1, 2]).pop_front(), Some(1));
    assert_eq!(format!("{:?}", HashMap::from([(1, 2)])), "{1: 2}");
    let nested: HashMap<u8, HashMap<u8, Vec<u8>>> = HashMap::default();
    assert!(nested.is_empty());
}
