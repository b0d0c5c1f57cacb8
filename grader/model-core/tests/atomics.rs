//! `core::sync::atomic` is no way round the model.

use std::any::TypeId;

#[test]
fn the_atomics_of_core_are_those_of_the_model() {
    fn id<T: 'static>() -> TypeId {
        TypeId::of::<T>()
    }
    use model_core::sync::atomic as core_atomics;
    assert_eq!(id::<core_atomics::AtomicU64>(), id::<model_std::sync::atomic::AtomicU64>());
    assert_eq!(id::<core_atomics::AtomicBool>(), id::<model_std::sync::atomic::AtomicBool>());
    assert_ne!(id::<core_atomics::AtomicU64>(), id::<std::sync::atomic::AtomicU64>());
    // Orderings are plain data, and std's own: code may pass them on.
    assert_eq!(id::<core_atomics::Ordering>(), id::<std::sync::atomic::Ordering>());
}

#[test]
fn the_rest_of_core_is_there() {
    assert_eq!(model_core::cmp::max(1, 2), 2);
    assert_eq!(id_of_duration(), TypeId::of::<std::time::Duration>());
}

fn id_of_duration() -> TypeId {
    TypeId::of::<model_core::time::Duration>()
}
