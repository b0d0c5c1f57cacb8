//! The atomic integers.

use core::fmt;
use core::panic::Location;
use core::sync::atomic::Ordering;

use super::{atomic, updates};
use crate::run::ordered_step;

macro_rules! integers {
    ($($name:ident $int:ident)*) => { $(
        atomic!($name<$int>);
        updates!($name<$int> {
            fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min
        });
    )* };
}

integers! {
    AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
    AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
}
