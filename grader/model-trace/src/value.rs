//! Values of atomics and of data behind locks, and how atomics are accessed.

use core::fmt;

use crate::StepId;

/// 64 bits, and how to read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Word {
    /// The bits; those of a smaller type are extended by its sign.
    pub bits: u64,
    /// How to read them.
    pub format: Format,
}

/// How the bits of a [`Word`] are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Format {
    /// A truth value.
    Bool,
    /// A signed integer.
    Signed,
    /// An unsigned integer.
    Unsigned,
    /// An address.
    Pointer,
}

impl Word {
    /// The number that it is. A truth value and an address are none.
    #[must_use]
    pub fn number(self) -> Option<i128> {
        match self.format {
            Format::Signed => Some(i128::from(self.bits.cast_signed())),
            Format::Unsigned => Some(i128::from(self.bits)),
            Format::Bool | Format::Pointer => None,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Bool => write!(f, "{}", self.bits != 0),
            Format::Signed => write!(f, "{}", self.bits.cast_signed()),
            Format::Unsigned => write!(f, "{}", self.bits),
            // Addresses differ from run to run: only whether there is one can be shown.
            Format::Pointer => f.write_str(if self.bits == 0 { "null" } else { "a pointer" }),
        }
    }
}

/// What a thread left behind a lock that it released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case", deny_unknown_fields))]
pub enum Content {
    /// It only read the data.
    Unchanged,
    /// It had the data as `&mut`; what they are is not known.
    Changed,
    /// It had the data as `&mut`, and nothing in the source says that they are others after it. No engine knows that: it is
    /// found out where the source is read.
    MaybeChanged,
    /// It had the data as `&mut`, and they are a primitive value.
    Replaced {
        /// The value when it took the lock.
        old: Word,
        /// The value when it released the lock; it may be the same.
        new: Word,
    },
}

/// A memory ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs, reason = "the names are those of `core::sync::atomic::Ordering`")]
pub enum Order {
    Relaxed,
    Release,
    Acquire,
    AcqRel,
    SeqCst,
}

impl Order {
    /// The name of the ordering in a program.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Relaxed => "Relaxed",
            Order::Release => "Release",
            Order::Acquire => "Acquire",
            Order::AcqRel => "AcqRel",
            Order::SeqCst => "SeqCst",
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<core::sync::atomic::Ordering> for Order {
    /// # Panics
    /// If a later release of Rust has an ordering that is not known here.
    fn from(ordering: core::sync::atomic::Ordering) -> Self {
        use core::sync::atomic::Ordering;
        match ordering {
            Ordering::Relaxed => Order::Relaxed,
            Ordering::Release => Order::Release,
            Ordering::Acquire => Order::Acquire,
            Ordering::AcqRel => Order::AcqRel,
            Ordering::SeqCst => Order::SeqCst,
            other => unimplemented!("the memory ordering {other:?}"),
        }
    }
}

/// Which store a load read, and which it could have read. `None` is the initial value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Reads {
    /// The step of the store that was read.
    pub from: Option<StepId>,
    /// The step of the newest store in modification order.
    pub newest: Option<StepId>,
}

impl Reads {
    /// Whether the load read a value although a newer one had been stored.
    #[must_use]
    pub fn is_stale(self) -> bool {
        self.from != self.newest
    }
}

/// The type of an atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs, reason = "the names are those of the types in `std::sync::atomic`, without `Atomic`")]
pub enum AtomicType {
    Bool,
    I8,
    I16,
    I32,
    I64,
    Isize,
    U8,
    U16,
    U32,
    U64,
    Usize,
    Ptr,
}

impl AtomicType {
    /// The name of the type in a program.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AtomicType::Bool => "AtomicBool",
            AtomicType::I8 => "AtomicI8",
            AtomicType::I16 => "AtomicI16",
            AtomicType::I32 => "AtomicI32",
            AtomicType::I64 => "AtomicI64",
            AtomicType::Isize => "AtomicIsize",
            AtomicType::U8 => "AtomicU8",
            AtomicType::U16 => "AtomicU16",
            AtomicType::U32 => "AtomicU32",
            AtomicType::U64 => "AtomicU64",
            AtomicType::Usize => "AtomicUsize",
            AtomicType::Ptr => "AtomicPtr",
        }
    }

    /// How the bits of its values are to be read.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            AtomicType::Bool => Format::Bool,
            AtomicType::I8 | AtomicType::I16 | AtomicType::I32 | AtomicType::I64 | AtomicType::Isize => {
                Format::Signed
            }
            AtomicType::U8 | AtomicType::U16 | AtomicType::U32 | AtomicType::U64 | AtomicType::Usize => {
                Format::Unsigned
            }
            AtomicType::Ptr => Format::Pointer,
        }
    }
}
