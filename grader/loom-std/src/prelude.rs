//! The preludes, with thread-locals per loom thread.

macro_rules! prelude {
    ($($name:ident)*) => { $(
        #[doc = concat!("See [`std`](real::prelude::", stringify!($name), ").")]
        pub mod $name {
            pub use crate::thread_local;
            #[doc(no_inline)]
            pub use real::prelude::$name::*;
        }
    )* };
}

prelude!(v1 rust_2015 rust_2018 rust_2021 rust_2024);
