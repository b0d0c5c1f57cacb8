//! `change` runs in its caller's thread, once: it may borrow, and it may give away what it owns. The repository is
//! one of the things that it borrows.

use std::rc::Rc;

use reentrant_lock::CachedRepository;

// Only compiled: there may be nothing to run yet.
fn change_borrows() {
    let repository = CachedRepository::new();
    let mut calls = 0;
    let local = Rc::new(String::from("given away"));
    let _: Rc<String> = repository.update("key", |found| {
        calls += 1;
        repository.set("another key", Rc::clone(&local));
        found.unwrap_or(local)
    });
    let _ = calls;
}

fn main() {
    let _ = change_borrows;
}
