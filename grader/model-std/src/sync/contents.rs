//! What a lock protects, as far as a trace can show it: numbers and truth values in full, of everything
//! else only whether it was changed.

use core::any::TypeId;

use model_trace::{Content, Format, Word};

use crate::explore::object::Reader;

/// What reads a value of the type `of`, if that is a primitive.
pub(crate) fn reader(of: TypeId) -> Option<Reader> {
    macro_rules! one_of {
        ($($type:ty: $format:ident,)*) => {
            $(
                if of == TypeId::of::<$type>() {
                    let read: Reader = |data| {
                        // SAFETY: the pointer is to a value of this very type: their ids are equal, and the type
                        // borrows nothing, so there is no lifetime in which they could differ. Whoever reads sees to
                        // it that no thread writes.
                        let value = unsafe { *data.cast::<$type>() };
                        Word { bits: value as u64, format: Format::$format }
                    };
                    return Some(read);
                }
            )*
        };
    }
    one_of! {
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

/// What is left behind a lock, whose data were `old` when it was taken, and are `new` by now.
pub(crate) fn left(changed: bool, old: Option<Word>, new: impl FnOnce() -> Option<Word>) -> Content {
    if !changed {
        return Content::Unchanged;
    }
    match (old, new()) {
        (Some(old), Some(new)) => Content::Replaced { old, new },
        _ => Content::Changed,
    }
}
