//! The interface: one file of uses compiles against the real `std` and against `model-std`, and
//! does the same with both.

mod outcomes;

/// The uses, with the real `std`.
#[allow(
    clippy::into_iter_on_ref,
    clippy::for_kv_map,
    clippy::iter_count,
    reason = "the point is that they compile"
)]
mod real {
    include!("api/uses.rs");
}

/// The same uses, with `model-std` as `std`.
#[allow(
    clippy::into_iter_on_ref,
    clippy::for_kv_map,
    clippy::iter_count,
    reason = "the point is that they compile"
)]
mod modelled {
    use model_std as std;
    include!("api/uses.rs");
}

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
