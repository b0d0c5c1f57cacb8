//! What an exercise forbids beyond what all do.

use super::codes;

#[test]
fn an_exercise_can_ban_a_path_of_its_own() {
    let ban = &["std::sync::RwLock"];
    for source in [
        "use std::sync::RwLock;",
        "use std::sync::{Mutex, RwLock as L};",
        "use std::sync as s; fn f() { s::RwLock::new(0); }",
        "fn f() { std::sync::RwLock::new(0); }",
        "use std::sync::*; fn f() { RwLock::new(0); }",
    ] {
        assert_eq!(codes(source, ban).first().map(String::as_str), Some("path"), "{source}");
    }
    assert!(codes("use std::sync::*; struct ReadWriteLock; fn f() { Mutex::new(0); }", ban).is_empty());
    assert!(codes("use std::sync::RwLock;", &[]).is_empty());
}

/// The Kelvin sign is a `K` to the compiler, and an accent belongs to its letter, however the two are written.
#[test]
fn a_name_is_the_same_in_every_form_of_unicode() {
    let ban = &["std::sync::RwLock"];
    for (given, used) in
        [("\u{212a}", "K"), ("K", "\u{212a}"), ("\u{e9}", "e\u{301}"), ("o\u{308}", "\u{f6}")]
    {
        for source in [
            format!("use std::sync as {given}; fn f() {{ {used}::RwLock::new(0); }}"),
            format!("mod {given} {{ pub use std::sync; }} fn f() {{ {used}::sync::RwLock::new(0); }}"),
        ] {
            assert_eq!(codes(&source, ban).first().map(String::as_str), Some("path"), "{source}");
        }
    }
    assert!(codes("fn größe<'ä>(ö: &'ä u8) -> &'ä u8 { ö }", ban).is_empty());
}

#[test]
fn what_a_scope_has_itself_no_glob_in_it_brings_in() {
    let ban = &["std::sync::Barrier"];
    for source in [
        "use std::sync::*; pub struct Barrier; impl Barrier { fn f() -> Barrier { Barrier } }",
        "pub struct Barrier; use std::sync::*; mod a { use super::*; fn f(b: Barrier) {} }",
        "mod imp { pub struct Barrier; } use std::{sync::*, time::*}; pub use imp::Barrier; fn f(b: Barrier) {}",
        "mod imp { use std::sync::*; pub struct Barrier(Mutex<u8>); } pub use imp::*; fn f(b: Barrier) {}",
        "fn f() { use std::sync::*; enum Barrier { A } Barrier::A; }",
    ] {
        assert_eq!(codes(source, ban), [""; 0], "{source}");
    }
    for source in [
        "pub struct Barrier; mod a { use std::sync::*; fn f() { Barrier::new(2); } }",
        "pub struct Barrier; fn f() { use std::sync::*; Barrier::new(2); }",
        "use std::sync::*; #[cfg(any())] struct Barrier; fn f() { Barrier::new(2); }",
        "use std::sync::*; none!(struct Barrier;); fn f() { Barrier::new(2); }",
        "use std::sync::*; none! { struct Barrier; } fn f() { Barrier::new(2); }",
        "most! { use std::sync::*; struct Barrier; fn f() { Barrier::new(2); } }",
        "macro_rules! most { () => { mod a { use std::sync::*; struct Barrier; fn f() { Barrier::new(2); } } } }",
        "use std::sync::*; fn g() { struct Barrier; } fn f() { Barrier::new(2); }",
        "pub struct Barrier; mod a { pub use std::sync::*; } use a::Barrier as B; fn f() { B::new(2); }",
        "use std::sync::*; mod imp { pub use std::sync::Barrier; } use imp::Barrier; fn f() { Barrier::new(2); }",
        "use std::sync::*; pub struct Barrier; fn f() { std::sync::Barrier::new(2); }",
    ] {
        assert_eq!(codes(source, ban).first().map(String::as_str), Some("path"), "{source}");
    }
}
