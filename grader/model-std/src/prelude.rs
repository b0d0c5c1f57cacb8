//! The preludes, with a `#[test]` that runs in every interleaving, and with thread-locals per model
//! thread.

macro_rules! prelude {
    ($($name:ident)*) => { $(
        #[doc = concat!("See [`std`](real::prelude::", stringify!($name), ").")]
        pub mod $name {
            pub use crate::thread_local;
            pub use model_std_macros::test;
            pub use real::prelude::$name::*;
        }
    )* };
}

prelude!(v1 rust_2015 rust_2018 rust_2021 rust_2024);
