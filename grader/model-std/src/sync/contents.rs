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

/// What the holder of a lock did with the data.
#[derive(Clone, Copy)]
pub(crate) enum Lent {
    /// It did not have them as `&mut`.
    Never,
    /// It had them as `&mut`, and they are the same as before.
    Same,
    /// It had them as `&mut`, and they are others.
    Other,
}

impl Lent {
    /// Of data that had this digest when they were first lent as `&mut`, if they were.
    pub(crate) fn since<T: ?Sized>(before: Option<u64>, data: &T) -> Self {
        match before {
            None => Self::Never,
            Some(before) if before == digest(data) => Self::Same,
            Some(_) => Self::Other,
        }
    }
}

/// A digest of the data themselves, without what they own elsewhere.
pub(crate) fn digest<T: ?Sized>(data: &T) -> u64 {
    digest_of((&raw const *data).cast(), size_of_val(data))
}

/// [`digest`] without the type: it is compiled once.
fn digest_of(data: *const u8, size: usize) -> u64 {
    (0..size).fold(0xcbf2_9ce4_8422_2325, |digest, at| {
        // SAFETY: the byte is one of a value that is borrowed. It may be one without a value, as between two fields: then what
        // the memory has there is read, which a volatile read makes no assumptions about. Nothing but the digest, and by it
        // the words of a trace, depends on that.
        let byte = unsafe { data.add(at).read_volatile() };
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What is left behind a lock, whose data were `old` when it was taken, and are `new` by now.
pub(crate) fn left(lent: Lent, old: Option<Word>, new: impl FnOnce() -> Option<Word>) -> Content {
    let unknown = match lent {
        Lent::Never => return Content::Unchanged,
        Lent::Same => Content::Lent,
        Lent::Other => Content::Changed,
    };
    match (old, new()) {
        (Some(old), Some(new)) => Content::Replaced { old, new },
        _ => unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_are_the_same_until_one_of_their_bytes_is_another_one() {
        let mut data = (1_u64, [2_u8; 8]);
        let before = Some(digest(&data));
        assert!(matches!(Lent::since(before, &data), Lent::Same));
        data.1[7] = 3;
        assert!(matches!(Lent::since(before, &data), Lent::Other));
        assert!(matches!(Lent::since(None, &data), Lent::Never));
    }
}
