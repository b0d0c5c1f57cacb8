// What types promise beyond their methods: variance, drop check, explicit parameters, texts, constants, unsafe ways in.
// Included twice, once with each `std`: see `api.rs`.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, Once, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![
        ("variance", variance),
        ("drop_check", drop_check),
        ("explicit_parameters", explicit_parameters),
        ("auto_traits", auto_traits),
        ("texts", texts),
        ("old_constants", old_constants),
        ("pointer_arithmetic", pointer_arithmetic),
        ("atomics_in_place", atomics_in_place),
        ("unchecked_threads", unchecked_threads),
    ]
}

fn variance() {
    fn shorter<'a, 'b>(guard: RwLockReadGuard<'a, &'static str>, _: &'b str) -> RwLockReadGuard<'a, &'b str> {
        guard
    }
    let lock: RwLock<&'static str> = RwLock::new("a");
    let owned = String::from("b");
    let guard = shorter(lock.read().unwrap(), &owned);
    assert_eq!(*guard, "a");
}

fn drop_check() {
    // Both are dropped at one time, in any order.
    let (cell, owned): (OnceLock<&String>, String);
    cell = OnceLock::new();
    owned = String::from("lives shorter than the cell");
    assert!(cell.set(&owned).is_ok());
    let (lock, other): (Mutex<Option<&String>>, String);
    lock = Mutex::new(None);
    other = owned.clone();
    *lock.lock().unwrap() = Some(&other);
}

fn explicit_parameters() {
    let once = Once::new();
    once.call_once::<fn()>(|| ());
    once.call_once_force::<fn(&std::sync::OnceState)>(|_| ());
    assert_eq!(*OnceLock::new().get_or_init::<fn() -> u8>(|| 1), 1);
    let number = AtomicU32::new(1);
    assert_eq!(number.fetch_update::<fn(u32) -> Option<u32>>(Relaxed, Relaxed, |old| Some(old + 1)), Ok(1));
    assert_eq!(thread::spawn::<fn() -> u8, u8>(|| 2).join().unwrap(), 2);
    std::thread_local!(static LOCAL: u8 = const { 3 });
    assert_eq!(LOCAL.with::<fn(&u8) -> u8, u8>(|value| *value), 3);
}

fn auto_traits() {
    fn unwinds<T: UnwindSafe + RefUnwindSafe>() {}
    fn goes_around<T: Send + Sync>() {}
    unwinds::<MutexGuard<'_, std::cell::Cell<u8>>>();
    unwinds::<RwLockReadGuard<'_, u8>>();
    unwinds::<RwLockWriteGuard<'_, std::cell::Cell<u8>>>();
    goes_around::<thread::Scope<'_, '_>>();
    goes_around::<thread::JoinHandle<std::cell::Cell<u8>>>();
    goes_around::<thread::ScopedJoinHandle<'_, std::cell::Cell<u8>>>();
}

fn texts() {
    let mutex = Mutex::new(5);
    assert_eq!(format!("{mutex:?}"), "Mutex { data: 5, poisoned: false, .. }");
    let guard = mutex.lock().unwrap();
    assert_eq!(format!("{mutex:?}"), "Mutex { data: \"<locked>\", poisoned: false, .. }");
    drop(guard);
    let lock = RwLock::new("text");
    assert_eq!(format!("{lock:?}"), "RwLock { data: \"text\", poisoned: false, .. }");
    let guard = lock.write().unwrap();
    assert_eq!(format!("{lock:?} {guard} {guard:?}"), "RwLock { data: <locked>, poisoned: false, .. } text \"text\"");
    drop(guard);
    assert_eq!(format!("{:?} {:?}", Condvar::new(), Once::new()), "Condvar { .. } Once { .. }");
    let cell = OnceLock::new();
    assert_eq!(format!("{cell:?}"), "OnceLock(<uninit>)");
    cell.set(1).unwrap();
    assert_eq!(format!("{cell:?}"), "OnceLock(1)");
    let lazy = LazyLock::new(|| 2);
    assert_eq!(format!("{lazy:?}"), "LazyLock(<uninit>)");
    assert_eq!((*lazy, format!("{lazy:?}")), (2, "LazyLock(2)".to_owned()));
    assert_eq!(format!("{:?} {:?}", AtomicBool::new(true), AtomicU32::new(3)), "true 3");
}

#[allow(deprecated, reason = "they are there")]
fn old_constants() {
    static FLAG: AtomicBool = std::sync::atomic::ATOMIC_BOOL_INIT;
    static ONCE: Once = std::sync::ONCE_INIT;
    assert!(!FLAG.load(Relaxed));
    ONCE.call_once(|| ());
    assert!(ONCE.is_completed());
    assert_eq!(std::sync::atomic::ATOMIC_USIZE_INIT.into_inner(), 0);
    assert_eq!(std::sync::atomic::ATOMIC_ISIZE_INIT.into_inner(), 0);
    assert_eq!(AtomicUsize::new(1).compare_and_swap(1, 2, Relaxed), 1);
    std::sync::atomic::spin_loop_hint();
}

fn pointer_arithmetic() {
    let mut values = [1u32, 2, 3];
    let first = values.as_mut_ptr();
    let pointer = AtomicPtr::new(first);
    assert_eq!(pointer.fetch_ptr_add(2, Relaxed), first);
    assert_eq!(pointer.fetch_ptr_sub(1, Relaxed), first.wrapping_add(2));
    assert_eq!(pointer.fetch_byte_add(4, Relaxed), first.wrapping_add(1));
    assert_eq!(pointer.fetch_byte_sub(8, Relaxed), first.wrapping_add(2));
    assert_eq!(pointer.fetch_or(1, Relaxed), first);
    assert_eq!(pointer.fetch_and(!1, Relaxed), first.wrapping_byte_add(1));
    assert_eq!(pointer.fetch_xor(0, Relaxed), first);
    // SAFETY: it points to the first value again.
    assert_eq!(unsafe { *pointer.load(Relaxed) }, 1);
}

fn atomics_in_place() {
    let place = Box::into_raw(Box::new(5u32));
    {
        // SAFETY: the place lives longer than the atomic, and is used by it alone.
        let atomic = unsafe { AtomicU32::from_ptr(place) };
        thread::scope(|scope| {
            scope.spawn(|| atomic.fetch_add(1, Relaxed));
            // SAFETY: as above: it is the same atomic.
            let same = unsafe { AtomicU32::from_ptr(place) };
            same.fetch_add(1, Relaxed);
        });
        assert_eq!(atomic.load(Relaxed), 7);
    }
    // SAFETY: no atomic is used any more, and the place came from a box.
    unsafe {
        assert_eq!(*place, 7);
        *place = 1;
        assert_eq!(AtomicU32::from_ptr(place).load(Relaxed), 1);
        drop(Box::from_raw(place));
    }
}

fn unchecked_threads() {
    let text = String::from("borrowed");
    // SAFETY: the thread is joined before the text ends.
    let thread = unsafe { thread::Builder::new().spawn_unchecked(|| text.len()) };
    assert_eq!(thread.unwrap().join().unwrap(), 8);
}
