// Locks, condition variables, barriers, cells, channels and reference counts.
// Included twice, once with each `std`: see `api.rs`.

use std::fmt::Debug;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError};
use std::sync::{
    Arc, Barrier, BarrierWaitResult, Condvar, LazyLock, LockResult, Mutex, MutexGuard, Once, OnceLock,
    OnceState, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, TryLockResult,
    WaitTimeoutResult, Weak,
};
use std::thread::{self};
use std::time::Duration;

/// Every use, by name.
pub fn uses() -> Vec<(&'static str, fn())> {
    vec![
        ("mutex", mutex),
        ("unsized_data", unsized_data),
        ("rwlock", rwlock),
        ("condvar", condvar),
        ("barrier_and_once", barrier_and_once),
        ("cells", cells),
        ("channels", channels),
        ("reference_counts", reference_counts),
    ]
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
    let (guard, result): (_, WaitTimeoutResult) =
        changed.wait_timeout(guard, Duration::from_millis(1)).unwrap();
    let _ = result.timed_out();
    let (guard, result) =
        changed.wait_timeout_while(guard, Duration::from_millis(1), |count| *count < 3).unwrap();
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
