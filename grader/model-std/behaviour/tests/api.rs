//! The interface: the same uses compile against the real `std` and against `model-std`, and
//! do the same with both.

/// All uses, with one `std`.
macro_rules! uses {
    ($name:ident, $std:item) => {
        uses!($name, $std, atomics collections sync threads types values);
    };
    ($name:ident, $std:item, $($topic:ident)*) => {
        #[allow(
            clippy::into_iter_on_ref,
            clippy::for_kv_map,
            clippy::iter_count,
            reason = "the point is that they compile"
        )]
        mod $name {
            $(
                mod $topic {
                    $std
                    include!(concat!("api/", stringify!($topic), ".rs"));
                }
            )*

            pub fn uses() -> Vec<(&'static str, fn())> {
                [$($topic::uses()),*].concat()
            }
        }
    };
}

uses!(real, use std;);
uses!(modelled, use model_std as std;);

#[test]
fn the_same_uses_pass_with_the_real_std() {
    for (name, used) in real::uses() {
        println!("{name}");
        used();
    }
}

#[test]
fn the_same_uses_pass_in_every_interleaving() {
    for (name, used) in modelled::uses() {
        println!("{name}");
        outcomes::passes(used);
    }
}
