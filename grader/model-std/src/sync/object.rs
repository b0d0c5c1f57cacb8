//! Links the program's values to the objects of the running execution.

use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;
use core::panic::Location;
use core::ptr;
use real::boxed::Box;
use real::collections::HashMap;
use real::panic::RefUnwindSafe;
use real::sync::{Mutex, PoisonError};

use crate::explore::id::ObjectId;
use crate::explore::state::State;

/// The link from a value to its object. It can be made in a `const`; the object is made at the first
/// use in an execution, so that a `static` gets a new one in each.
#[derive(Debug)]
pub(crate) struct Link {
    epoch: Cell<u32>,
    id: Cell<u32>,
    created: &'static Location<'static>,
}

// SAFETY: a link is used only inside of an execution. All threads of an execution are coroutines of
// one OS thread, and searches run one at a time, under a lock: no two OS threads use a link at once.
unsafe impl Sync for Link {}
// SAFETY: as above.
unsafe impl Send for Link {}
// It is whole after every panic.
impl RefUnwindSafe for Link {}

/// What the first use of a link in an execution found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// The value was never used before.
    First,
    /// The value was last used in an earlier execution.
    Stale,
    /// The value was used in this execution already.
    Again,
}

impl Link {
    /// A link of a value that the caller makes.
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Link { epoch: Cell::new(0), id: Cell::new(0), created: Location::caller() }
    }

    /// The object in the running execution, made now if there is none yet.
    pub(crate) fn object(
        &self,
        state: &mut State,
        make: impl FnOnce(&mut State, &'static Location<'static>) -> ObjectId,
    ) -> (ObjectId, Use) {
        if self.epoch.get() == state.execution.epoch {
            return (ObjectId(self.id.get()), Use::Again);
        }
        let found = if self.epoch.get() == 0 { Use::First } else { Use::Stale };
        let id = make(state, self.created);
        self.epoch.set(state.execution.epoch);
        self.id.set(id.0);
        (id, found)
    }

    /// Forgets the object: the next use makes a new one.
    pub(crate) fn unlink(&self) {
        self.epoch.set(0);
    }
}

/// Data behind a lock that starts afresh in every execution if it belongs to a `static`.
#[derive(Debug)]
pub(crate) struct Fresh<T: ?Sized> {
    data: UnsafeCell<T>,
}

impl<T> Fresh<T> {
    pub(crate) const fn new(data: T) -> Self {
        Fresh { data: UnsafeCell::new(data) }
    }

    pub(crate) fn into_inner(self) -> T {
        self.data.into_inner()
    }
}

impl<T: ?Sized> Fresh<T> {
    pub(crate) fn get(&self) -> *mut T {
        self.data.get()
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }

    /// Must be called at the first use in an execution, before anything has access to the data.
    pub(crate) fn refresh(&self, found: Use) {
        let data = self.data.get();
        match found {
            Use::First => remember(data),
            Use::Stale => restore(data),
            Use::Again => {}
        }
    }

    /// Whether the lock around the data is poisoned, by what is found of it. Outside of an execution, none is.
    pub(crate) fn poisoned(&self, found: Option<(bool, Use)>) -> bool {
        let Some((poisoned, found)) = found else { return false };
        self.refresh(found);
        poisoned
    }
}

type Bytes = Box<[MaybeUninit<u8>]>;

/// The initial bytes of statics, by address.
static INITIAL: Mutex<Option<HashMap<usize, Bytes>>> = Mutex::new(None);

/// Keeps the bytes of a value that was never used, if it is part of a `static`.
fn remember<T: ?Sized>(data: *mut T) {
    // SAFETY: the pointer comes from an `UnsafeCell` that the caller borrows.
    let size = unsafe { size_of_val(&*data) };
    if size == 0 || !is_static(data.addr()) {
        return;
    }
    let mut bytes = Box::new_uninit_slice(size);
    // SAFETY: `size` bytes are readable at `data`; no thread has access to the value yet. The copy is
    // never used as a second value: `restore` puts it back over the first one.
    unsafe { ptr::copy_nonoverlapping(data.cast::<MaybeUninit<u8>>(), bytes.as_mut_ptr().cast(), size) };
    // SAFETY: a `MaybeUninit` needs no initialisation.
    let bytes: Bytes = unsafe { bytes.assume_init() };
    let mut initial = INITIAL.lock().unwrap_or_else(PoisonError::into_inner);
    initial.get_or_insert_default().insert(data.addr(), bytes);
}

/// Puts the bytes of a constant back. What the value owned since then is leaked.
fn restore<T: ?Sized>(data: *mut T) {
    let initial = INITIAL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytes) = initial.as_ref().and_then(|initial| initial.get(&data.addr())) {
        // SAFETY: the bytes are those that the compiler put into this `static`: a constant owns
        // nothing on the heap, so they are a valid value again and again. Executions do not overlap,
        // so no thread has access to the old value any more.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.cast::<MaybeUninit<u8>>(), bytes.len()) };
    }
}

/// Whether an address belongs to the program's own data, and not to a heap or a stack.
#[cfg(target_os = "linux")]
fn is_static(address: usize) -> bool {
    // SAFETY: both symbols are defined by the C runtime's start files and the linker; only their
    // addresses are used.
    unsafe extern "C" {
        static __data_start: u8;
        static _end: u8;
    }
    let (start, end) = (&raw const __data_start, &raw const _end);
    (start.addr()..end.addr()).contains(&address)
}

/// Elsewhere the borders are not known: the bytes of every value that outlives an execution count.
#[cfg(not(target_os = "linux"))]
fn is_static(_: usize) -> bool {
    true
}
