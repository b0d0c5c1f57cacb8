//! What a lock protects, as far as a trace can show it: numbers and truth values in full, of everything
//! else only whether it was changed.

use core::any::TypeId;

use model_trace::{Content, Format, Word};

/// The value of a primitive. `None`: it is none.
pub(crate) fn word<T: ?Sized>(data: &T) -> Option<Word> {
    let this = typeid::of::<T>();
    macro_rules! as_one_of {
        ($($type:ty: $format:ident,)*) => {
            $(
                if this == TypeId::of::<$type>() {
                    // SAFETY: the reference is to a value of this very type: their ids are equal, and
                    // the type borrows nothing, so there is no lifetime in which they could differ.
                    let value = unsafe { *(&raw const *data).cast::<$type>() };
                    return Some(Word { bits: value as u64, format: Format::$format });
                }
            )*
        };
    }
    as_one_of! {
        usize: Unsigned,
        u64: Unsigned,
        u32: Unsigned,
        i32: Signed,
        i64: Signed,
        bool: Bool,
        isize: Signed,
        u8: Unsigned,
        u16: Unsigned,
        i8: Signed,
        i16: Signed,
    }
    None
}

/// What a thread leaves when it releases a lock behind which it had found `old`. `changed`: it had the data
/// as `&mut`, so that even an equal number was written.
pub(crate) fn left<T: ?Sized>(data: &T, old: Option<Word>, changed: bool) -> Content {
    match (changed, old, word(data)) {
        (false, ..) => Content::Unchanged,
        (true, Some(old), Some(new)) => Content::Replaced { old, new },
        (true, ..) => Content::Changed,
    }
}
