//! `core`, with the parts that synchronise replaced: a crate that is compiled with
//! `--extern core=libmodel_core.rlib` cannot reach the real atomics through `core::sync::atomic`.

#![no_std]

extern crate core as real;

pub use model_std::assert_modelled;
#[doc(no_inline)]
pub use real::*;

/// `core::sync`, with the atomics of `model-std`.
pub mod sync {
    #[doc(no_inline)]
    pub use real::sync::*;

    pub use model_std::sync::atomic;
}

/// `core::hint`, with a `spin_loop` that lets other threads go first.
pub mod hint {
    #[doc(no_inline)]
    pub use real::hint::*;

    pub use model_std::hint::spin_loop;
}
