// Atomics and fences.
// Included twice, once with each `std`: see `api.rs`.

use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize, Ordering, compiler_fence, fence,
};

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![("integers", integers), ("bool_and_pointer", bool_and_pointer), ("fences", fences)]
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
