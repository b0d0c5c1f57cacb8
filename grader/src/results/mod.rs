//! Results of gradings that are kept, so that nothing is found out twice.
//!
//! ```text
//! key      what a result depends on, as one hash
//! stored   a result as data, whole
//! store    results on disk: whole or not there, and believed only after a look
//! ```

pub(crate) mod key;
pub(crate) mod store;
mod stored;

pub(crate) use key::{Circumstances, Key};
pub(crate) use store::{Cache, Entry};
