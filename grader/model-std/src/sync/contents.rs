//! What a lock protects, as far as the log can show it: numbers and truth values in full, of everything
//! else only whether it was changed.

use core::any::TypeId;

use crate::explore::event::{Format, Value};

/// What a thread finds when it takes a lock.
pub(crate) fn found<T: ?Sized>(data: &T) -> Value {
    word(data).unwrap_or(Value::None)
}

/// What a thread leaves when it gives a lock up in which it had `found` something. `changed`: it had the data
/// as `&mut`, so that even an equal number was written.
pub(crate) fn left<T: ?Sized>(data: &T, found: Value, changed: bool) -> Value {
    match (changed, found, word(data)) {
        (false, ..) => Value::None,
        (true, Value::Word(before, format), Some(Value::Word(after, _))) => {
            Value::Change(before, after, format)
        }
        (true, ..) => Value::Text("changed"),
    }
}

/// The value of a primitive.
fn word<T: ?Sized>(data: &T) -> Option<Value> {
    let this = typeid::of::<T>();
    macro_rules! as_one_of {
        ($($type:ty: $format:ident,)*) => {
            $(
                if this == TypeId::of::<$type>() {
                    // SAFETY: the reference is to a value of this very type: their ids are equal, and
                    // the type borrows nothing, so there is no lifetime in which they could differ.
                    let value = unsafe { *(&raw const *data).cast::<$type>() };
                    return Some(Value::Word(value as u64, Format::$format));
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
