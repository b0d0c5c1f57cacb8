//! Atomics at places that the program chooses (`from_ptr`).
//!
//! A cell of the model is larger than its value, so it cannot stand there itself. It is made once for each place, and keeps
//! the value that stands there up to date.

use real::boxed::Box;
use real::collections::HashMap;
use real::sync::{Mutex, PoisonError};

use model_trace::AtomicType;

use super::cell::{AtomicCell, Word};

/// The addresses of the cells, by the addresses and the types of their places. They are never freed: references to them
/// may live as long as the program says.
static CELLS: Mutex<Option<HashMap<(usize, AtomicType), usize>>> = Mutex::new(None);

/// The cell for the value at `place`. It is never freed.
///
/// # Safety
/// The value lives, and is used as an atomic alone, as long as the result is used. The values of one `atomic_type` have
/// cells of one size and layout.
#[track_caller]
pub(super) unsafe fn cell_at<T: Word>(place: *mut T, atomic_type: AtomicType) -> *const AtomicCell<T> {
    let mut cells = CELLS.lock().unwrap_or_else(PoisonError::into_inner);
    // Not `or_insert_with`: the caller's line is that of the atomic.
    let key = (place.expose_provenance(), atomic_type);
    let cells = cells.get_or_insert_default();
    let cell = match cells.get(&key) {
        Some(&cell) => cell,
        None => {
            // SAFETY: the caller promises it.
            let cell = Box::leak(Box::new(unsafe { AtomicCell::at(place, atomic_type) }));
            let cell = core::ptr::from_mut(cell).expose_provenance();
            cells.insert(key, cell);
            cell
        }
    };
    core::ptr::with_exposed_provenance(cell)
}
