//! `std::sync::mpsc`. loom's channels do not notice that the other side is gone: a receiver would wait on, and
//! loom would call that a deadlock. So to make a channel ends the run.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::time::Duration;

pub use real::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::run::not_expressible;

const WHY: &str = "loom's channels do not notice that the other side is gone";

/// See [`std`](real::sync::mpsc::channel). Ends the run.
#[must_use]
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    not_expressible("mpsc::channel", WHY)
}

/// See [`std`](real::sync::mpsc::sync_channel). Ends the run.
#[must_use]
#[track_caller]
pub fn sync_channel<T>(_: usize) -> (SyncSender<T>, Receiver<T>) {
    not_expressible("mpsc::sync_channel", WHY)
}

macro_rules! absent {
    ($($name:ident)*) => { $(
        #[doc = concat!("See [`std`](real::sync::mpsc::", stringify!($name), "). There is none.")]
        #[derive(Debug)]
        pub struct $name<T>(Infallible, PhantomData<T>);
    )* };
}

absent!(Sender SyncSender Receiver IntoIter);

/// See [`std`](real::sync::mpsc::Iter). There is none.
#[derive(Debug)]
pub struct Iter<'a, T>(Infallible, PhantomData<&'a T>);

/// See [`std`](real::sync::mpsc::TryIter). There is none.
#[derive(Debug)]
pub struct TryIter<'a, T>(Infallible, PhantomData<&'a T>);

macro_rules! methods {
    ($($type:ident { $($(#[$attribute:meta])* fn $name:ident($($argument:ty),*) -> $result:ty;)* })*) => { $(
        #[allow(missing_docs, clippy::missing_errors_doc, reason = "each method is std's of the same name")]
        impl<T> $type<T> {
            $(
                $(#[$attribute])*
                pub fn $name(&self, $(_: $argument),*) -> $result {
                    match self.0 {}
                }
            )*
        }
    )* };
}

methods! {
    Sender { fn send(T) -> Result<(), SendError<T>>; }
    SyncSender {
        fn send(T) -> Result<(), SendError<T>>;
        fn try_send(T) -> Result<(), TrySendError<T>>;
    }
    Receiver {
        fn recv() -> Result<T, RecvError>;
        fn recv_timeout(Duration) -> Result<T, RecvTimeoutError>;
        fn try_recv() -> Result<T, TryRecvError>;
        fn iter() -> Iter<'_, T>;
        fn try_iter() -> TryIter<'_, T>;
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        match self.0 {}
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        match self.0 {}
    }
}

macro_rules! iterators {
    ($($type:ty)*) => { $(
        impl<T> Iterator for $type {
            type Item = T;

            fn next(&mut self) -> Option<T> {
                match self.0 {}
            }
        }
    )* };
}

iterators!(Iter<'_, T> TryIter<'_, T> IntoIter<T>);

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        match self.0 {}
    }
}
