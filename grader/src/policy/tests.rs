use super::{Finding, scan};
use crate::source::Source;

mod banning;
mod formats;
mod honest;

fn codes(source: &str, banned: &[&str]) -> Vec<String> {
    let banned: Vec<String> = banned.iter().map(|path| (*path).to_owned()).collect();
    match scan(&Source::new("src/lib.rs", source), &banned) {
        Finding::Allowed => Vec::new(),
        Finding::Forbidden(violations) => {
            violations.into_iter().filter_map(|violation| violation.code).collect()
        }
        Finding::Unreadable { .. } => vec!["unreadable".to_owned()],
    }
}

#[track_caller]
fn forbids(code: &str, source: &str) {
    assert!(codes(source, &[]).iter().any(|found| found == code), "{source}: {:?}", codes(source, &[]));
}

#[track_caller]
fn allows(source: &str) {
    assert_eq!(codes(source, &[]), Vec::<String>::new(), "{source}");
}

#[test]
fn every_forbidden_word_is_found_where_it_means_something() {
    forbids("unsafe", "fn f() { unsafe { std::hint::unreachable_unchecked() } }");
    forbids("unsafe", "macro_rules! m { () => { unsafe {} } }");
    forbids("extern", "extern \"C\" { fn abort(); }");
    forbids("extern", "extern crate std as s;");
    forbids("include", "include!(\"/etc/passwd\");");
    forbids("include", "const A: &str = include_str!(\"x\");");
    forbids("include", "use core::include_bytes as b;");
    forbids("include", "use core::prelude::v1::{env as e};");
    forbids("include", "const A: &str = core::env!(\"HOME\");");
    forbids("include", "#![doc = include_str!(\"x\")]");
    forbids("asm", "fn f() { core::arch::asm!(\"nop\") }");
    forbids("asm", "use std::arch::global_asm;");
    forbids("attribute", "#[path = \"/proc/self/environ\"] mod m;");
    forbids("attribute", "#[cfg_attr(all(), path = \"/etc/passwd\")] mod m;");
    forbids("attribute", "#[global_allocator] static A: S = S;");
    forbids("attribute", "#[core::prelude::v1::global_allocator] static A: S = S;");
    forbids("attribute", "#[no_mangle] pub fn malloc() {}");
    forbids("attribute", "#[unsafe(no_mangle)] pub fn malloc() {}");
    forbids("attribute", "#[cfg_attr(all(), export_name = \"x\")] fn f() {}");
    forbids("attribute", "#[link_section = \".init_array\"] static A: u8 = 0;");
    forbids("feature", "#![feature(asm)]");
    forbids("lint", "#![allow(long_running_const_eval)]");
    forbids("cfg", "#[cfg(engine = \"model\")] fn f() {}");
    forbids("cfg", "fn f() -> bool { cfg!(any(model, engine = \"model\")) }");
    forbids("cfg", "fn f() -> bool { cfg_select! { model => { true } _ => { false } } }");
    forbids("cfg", "use core::cfg_select as select;");
    forbids("cfg", "use std::{cfg as is};");
    forbids("cfg", "#[cfg_attr(not(model), inline)] fn f() {}");
    forbids("attribute", "#![debugger_visualizer(gdb_script_file = \"x\")]");
    forbids("attribute", "#[track_caller] fn f() {}");
    forbids("attribute", "macro_rules! m { ($a:meta) => { #[$a] fn f() {} } }");
    forbids("engine", "fn f() -> bool { size_of::<std::sync::Mutex<()>>() > 8 }");
    forbids("engine", "use std::mem::size_of as s;");
    forbids("engine", "fn f<T>() -> &'static str { std::any::type_name::<T>() }");
    forbids("engine", "fn f() { std::panic::Location::caller(); }");
    forbids("engine", "fn f(a: &[u8]) -> usize { &a[1] as *const u8 as usize }");
    forbids("engine", "fn f(a: &[u8]) -> usize { a.as_ptr().addr() }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(\"{:p}\", &a[1]) }");
    forbids("macro", "use std::concat as c;");
    forbids("lifetimes", "static U: &&() = &&(); fn f<T>(_: &'a &'b (), v: &'b T) -> &'a T { v }");
    forbids("engine", "fn f(a: &[u8]) -> usize { a.as_ptr_range().end as usize }");
    forbids("engine", "fn f(a: Box<u8>) -> usize { Box::into_raw(a) as usize }");
    forbids("engine", "fn f() -> bool { std::mem::needs_drop::<std::sync::Mutex<()>>() }");
    forbids("engine", "use std::sync::atomic::AtomicPtr;");
    forbids("path", "fn f(a: &u8) -> usize { std::ptr::addr_of!(*a) as usize }");
    forbids("lifetimes", "fn f<'a, 'b, T>(_: &'a W<'b>, v: &'b T) -> &'a T { v }");
    forbids("grader", "fn f() { harness::stress::seed(); }");
    forbids("grader", "use model_std::model;");
}

#[test]
fn what_implies_that_a_lifetime_outlives_another_is_found_in_every_form() {
    for source in [
        "fn f<#[allow(unused)] 'a, 'b, T>(_: W<'a, 'b>, v: &'b T) -> &'a T { v }",
        "impl<'a> S<'a> { fn f<'b, T>(_: W<'a, 'b>, v: &'b T) -> &'a T { v } }",
        "trait Tr<'a> { fn f<'b, T>(_: W<'a, 'b>, v: &'b T) -> &'a T; }",
        "fn f<const N: usize = { 1 }, T>(_: [&'a u8; { 1 }], v: &'b T) -> &'a T { v }",
        "struct W<'a, 'b: 'a>(PhantomData<(&'a (), &'b ())>);",
        "struct W<'a, 'b>(&'a (), &'b ()) where 'b: 'a;",
        "struct W<'a, 'b>(&'a mut &'b ());",
        "macro_rules! m { ($a:lifetime; $b:lifetime) => { fn f<$a, $b, T>(_: W<$a, $b>, v: &$b T) -> &$a T { v } } } m!('a; 'b);",
        "macro_rules! m { ($k:tt $($t:tt)*) => { $k $($t)* } } m!(fn f<'a, 'b, T>(_: W<'a, 'b>, v: &'b T) -> &'a T { v });",
    ] {
        forbids("lifetimes", source);
    }
    for source in [
        "impl<'a, 'b> Drop for W<'a, 'b> { fn drop(&mut self) {} } struct W<'a, 'b>(A<'a>, A<'b>);",
        "fn f<'a>(a: &'a str, b: &'static str) -> &'a str { 'outer: loop { 'inner: for _ in 0..1 { continue 'outer; } break 'outer a } } fn g<'b>(b: &'b u8) -> &'b u8 { b }",
        "macro_rules! m { ($e:expr) => { $e } } fn f<'a>(a: &'a u8) -> &'a u8 { 'l: { break 'l a } }",
        "fn f(g: for<'x> fn(&'x u8) -> &'x u8) {} struct S<'y>(&'y u8, for<'x> fn(&'x u8));",
    ] {
        allows(source);
    }
}

#[test]
fn two_lifetimes_that_nothing_relates_are_allowed() {
    for source in [
        "impl<K> M<K> { fn f<'a, 'k>(&'a self, key: &'k K) -> Option<&'a K> { None } }",
        "fn f<'a, 'b, F: Fn(&'a u8) -> bool>(f: F, b: Vec<&'b u8>, c: [u8; 2]) -> &'a u8 where F: Send + 'a { g() }",
        "fn f<'a, 'b>(a: HashMap<u8, &'a str>, b: fn(u8) -> &'b str) -> Result<&'a str, Vec<u8>> { g() }",
    ] {
        allows(source);
    }
    for source in [
        "fn f<'a, 'b, T>(_: fn() -> W<'a, 'b>, v: &'b T) -> &'a T { v }",
        "fn f<'a, 'b, T>(_: HashMap<&'a u8, &'b u8>, v: &'b T) -> &'a T { v }",
        "fn f<'a, 'b, T>(_: W<{ 1 > 0 }, 'a, 'b>, v: &'b T) -> &'a T { v }",
        "fn f<'a, 'b, T>(v: &'b T) -> (&'a T, W<'a, 'b>) { v }",
        "fn f<'a, 'b, T>(v: &'b T) -> &'a T where W<'a, 'b>: Sized { v }",
        "fn f<'a, 'b, T>(v: &'b T) -> &'a T where T: W<'a>, T: X<'a, 'b> { v }",
        "fn f<'a, 'b, T: W<'a, 'b>>(v: &'b T) -> &'a T { v }",
        "impl<'b> S<'b> { fn f<'a, T>(_: &'a Self, v: &'b T) -> &'a T { v } }",
    ] {
        forbids("lifetimes", source);
    }
}

/// Each of these compiles, and makes a reference or a value of another type of what is none.
#[test]
fn known_ways_to_undermine_safe_rust_are_refused() {
    for source in HOLES {
        let codes = codes(source, &[]);
        assert!(codes.iter().any(|code| code == "unsound" || code == "lifetimes"), "{source}: {codes:?}");
    }
}

const HOLES: &[&str] = &[
    "trait Object<U> { type Output; } impl<T: ?Sized, U> Object<U> for T { type Output = U; } fn foo<T: ?Sized, U>(x: <T as Object<U>>::Output) -> U { x } pub fn transmute<T, U>(x: T) -> U { foo::<dyn Object<U, Output = T>, U>(x) }",
    "trait Sub<U, T>: Object<U, Output = T> {} pub fn transmute<T, U>(x: T) -> U { foo::<dyn Sub<U, T>, U>(x) }",
    "trait Sub<U, T> where Self: Object<U, Output = T> {} pub fn transmute<T, U>(x: T) -> U { foo::<dyn Sub<U, T>, U>(x) }",
    "pub fn transmute<T, U>(x: T) -> U { foo::<dyn Send + Object<U, Output = T>, U>(x) }",
    "pub fn transmute<T, U>(x: T) -> U { foo::<dyn self::m::Object<U, Output = T>, U>(x) }",
    "pub fn transmute<T, U>(x: T) -> U { foo::<dyn (Object<U, Output = T>), U>(x) }",
    "type Alias<T, U> = dyn Object<U, Output = T>;",
    "use Object as Iterator; pub fn transmute<T, U>(x: T) -> U { foo::<dyn Iterator<U, Output = T>, U>(x) }",
    "trait Iterator<U> { type Output; } pub fn transmute<T, U>(x: T) -> U { foo::<dyn Iterator<U, Output = T>, U>(x) }",
    "macro_rules! m { ($t:path) => { dyn $t } } type A<T, U> = m!(Object<U, Output = T>);",
    "macro_rules! m { ($($t:tt)*) => { dyn Object<U $($t)*> } } type A<T, U> = m!(, Output = T);",
    "macro_rules! m { ($d:tt $t:path) => { $d $t } } type A<T, U> = m!(dyn, Object<U, Output = T>);",
    "trait Trait<T> { type Assoc; } struct Dummy; trait DummyTrait { type DummyAssoc: ?Sized; } impl DummyTrait for Dummy { type DummyAssoc = dyn Trait<i32, Assoc = Src>; } type Alias = <Dummy as DummyTrait>::DummyAssoc; impl<T> Trait<T> for Alias { type Assoc = Dst; }",
    "trait Super<'a> { fn convert<T: ?Sized>(x: &'a T) -> &'static T; } trait Sub<'a, R>: Super<'a> {} struct M; impl<'a: 'static> Super<'a> for M { fn convert<T: ?Sized>(x: &'a T) -> &'static T { x } } impl<'a> Sub<'a, &'static &'a ()> for M {} fn need<'a, S, T: ?Sized>(x: &'a T) -> &'static T where S: for<'x> Sub<'x, &'static &'x ()> { sup::<S, T>(x) }",
    "fn sup<'a, S, T: ?Sized>(x: &'a T) -> &'static T where S: for<'x> Super<'x> { S::convert(x) }",
    "impl<'a> Extend<'a> for <&'static &'a () as Trait>::Type where for<'what> &'static &'what (): Trait { fn extend(self, s: &'a str) -> &'static str { s } }",
    "fn leak<T: Trait + 'static>(_: &T, x: T::Associated) -> Box<dyn Display> where T::Associated: Display { Box::new(x) }",
    "fn leak<T: Iterator + 'static>(_: &T, x: T::Item) -> Box<dyn Display> where T::Item: Display { Box::new(x) }",
    "fn leak<T>(_: &T, x: T::Item) -> Box<dyn Display> where T: Iterator + 'static, T::Item: Display { Box::new(x) }",
    "fn leak<T: Iterator>(_: &'static T, x: <T as Iterator>::Item) -> Box<dyn Display> where T::Item: Display { Box::new(x) }",
    "fn leak<T: Iterator>(_: W<'static, T>, x: Option<T::Item>) -> Box<dyn Display> where T::Item: Display { Box::new(x) }",
    "trait Stat: Iterator + 'static {} impl<T: Iterator + 'static> Stat for T {} fn leak<T: Stat>(_: &T, x: T::Item) -> Box<dyn Display> where T::Item: Display { Box::new(x) }",
    "trait Stat: Iterator + 'static { fn leak(&self, x: Self::Item) -> Box<dyn Display> where Self::Item: Display { Box::new(x) } }",
    "struct W<I>(I); impl<I: Iterator + 'static> W<I> { fn leak(&self, x: I::Item) -> Box<dyn Display> where I::Item: Display { Box::new(x) } }",
    "fn leak<T>(_: &T, x: X) -> X where T: Iterator + 'static, X: Is<u8, T::Item>, Option<(u8, T::Item)>: Sized { x }",
    "type Item<T> = <T as Iterator>::Item; fn leak<T: Iterator + 'static>(_: &T, x: Item<T>) -> Box<dyn Display> where T::Item: Display { Box::new(x) }",
];

/// Each of these would take hours if everything were looked at from everywhere, or all that a name may stand for.
#[test]
fn long_files_without_sense_are_refused_in_an_instant() {
    let long = |piece: &str| piece.repeat(100_000 / piece.len());
    for piece in [
        "fn a ",
        "fn a<'b, ",
        "impl ",
        "impl < ",
        "trait a ",
        "type a ",
        "dyn ",
        "dyn a < ",
        "for < 'a ",
        "addr ",
        "use a::",
        "unsafe ",
        "dyn Iterator<Item = ",
        "fn a(_: T::X) where ",
        "trait a: 'b + ",
    ] {
        assert!(!codes(&long(piece), &[]).is_empty(), "{piece}");
    }
    let names: Vec<&str> = vec!["a"; 60];
    let circle = format!(
        "use {} as b; use b::a::b as a; fn f() {{ {} }}",
        names.join("::"),
        "a::b::a(); ".repeat(5_000)
    );
    assert!(codes(&circle, &[]).iter().any(|code| code == "path"));
}

#[test]
fn what_is_like_a_hole_and_is_none_is_allowed() {
    for source in [
        "fn f(a: Box<dyn Iterator<Item = u8> + Send>, b: &dyn Fn(u8) -> u8, c: Box<dyn std::error::Error + 'static>) {}",
        "type Job = Box<dyn FnOnce() + Send + 'static>; fn f(jobs: Vec<Box<dyn FnOnce() -> u8>>) { let a = 1; if a == 1 {} }",
        "fn f<I>(jobs: I) where I: IntoIterator, I::Item: FnOnce() + Send + 'static { for job in jobs { g(job) } }",
        "fn f<F, T>(work: F) -> JoinHandle<T> where F: FnOnce() -> T + Send + 'static, T: Default + Send + 'static { T::default(); thread::spawn(work) }",
        "fn f(g: impl for<'x> Fn(&'x u8) -> &'x u8, h: for<'x> fn(&'x u8)) {}",
        "impl<'a> Iterator for Iter<'a> { type Item = &'a u8; fn next(&mut self) -> Option<Self::Item> { None } }",
        "trait Job: Send + 'static { type Output: Send; fn run(self: Box<Self>) -> Self::Output; }",
        "trait Add<Rhs = Self>: Sized { fn add(self, other: Rhs); } impl<T: Clone + 'static> Pool<T> { fn get(&self) -> T { T::clone(&self.0) } }",
        "impl<'a, T> Drop for Guard<'a, T> { fn drop(&mut self) { for _ in 0..2 {} } }",
    ] {
        allows(source);
    }
}

#[test]
fn a_function_may_be_handed_a_scope() {
    for source in [
        "fn f<'scope, 'env>(s: &'scope Scope<'scope, 'env>, job: impl FnOnce() + Send + 'scope) {}",
        "fn f<'scope, 'env, T>(s: &'scope thread::Scope<'scope, 'env>, i: &'scope T) -> ScopedJoinHandle<'scope, T> {}",
        "fn f<'s, 'e, T>(s: &'s Scope<'s, 'e>, i: &'s T) -> &'s T { i }",
    ] {
        allows(source);
    }
    for source in [
        "fn f<'a, 'b, T>(_: Option<&'a Scope<'a, 'b>>, _: W<'a, 'b>, v: &'b T) -> &'a T { v }",
        "fn f<'a, 'b, T>(_: Option<&'a Scope<'a, 'b>>, _: W<'a, &'b ()>, v: &'b T) -> &'a T { v }",
        "struct Scope<'a, 'b>(A<'a, 'b>); fn f<'a, 'b, T>(_: Scope<'a, 'b>, v: &'a T) -> &'a T { v }",
        "use W as Scope; fn f<'a, 'b, T>(_: &'a Scope<'a, 'b>, v: &'a T) -> &'a T { v }",
        "fn f<'a, 'b, 'c, T>(_: &'a Scope<'a, 'b>, v: &'c T) -> &'a T { v }",
    ] {
        forbids("lifetimes", source);
    }
}

#[test]
fn of_pointers_only_their_comparison_is_allowed() {
    for source in [
        "fn f(a: &u8, h: &mut H) { std::ptr::hash(a, h) }",
        "use std::ptr; fn f(a: &u8, h: &mut H) { ptr::hash(a, h) }",
        "use std::ptr::{eq, hash as h};",
        "use std::ptr::*;",
        "use std as s;",
        "mod m { pub use core::ptr as p; } fn f() { m::p::null::<u8>() }",
    ] {
        forbids("path", source);
    }
    allows("use std::ptr; fn f(a: &u8, b: &u8) -> bool { ptr::eq(a, b) || std::ptr::eq(b, a) }");
    allows("mod ptr { pub fn hash() {} } fn f() { ptr::hash() }");
}

#[test]
fn modules_that_reach_outside_are_found_under_every_name() {
    for source in [
        "fn f() { std::process::exit(0) }",
        "fn f() { ::std::process::exit(0) }",
        "fn f() { std :: /* hidden */ process :: exit(0) }",
        "fn f() { std::r#process::exit(0) }",
        "fn f() { r#std::process::exit(0) }",
        "use std::process;",
        "use std::{process};",
        "use std::{sync::Mutex, fs as f};",
        "use std::{{fs}};",
        "use ::std::{self as s}; fn f() { s::process::exit(0) }",
        "use std as s; fn f() { s::net::UdpSocket::bind(\"\"); }",
        "use std as s; use s as t; fn f() { t::env::vars(); }",
        "mod m { pub use std as s; } fn f() { self::m::s::os::fd::AsFd; } use m::s as q; use std::os;",
        "use std::*; fn f() { process::exit(0) }",
        "use core as c; use c::*;",
        "pub use std::net::*;",
        "fn f() { let _ = <std::process::Command>::new(\"sh\"); }",
        "mod m { pub use std as s; } fn f() { m::s::process::exit(0) }",
        "mod m { pub use std; } fn f() { m::std::process::exit(0) }",
        "mod m { pub mod n { pub use std::{self as s}; } } use m::n::s as t; fn f() { t::fs::read(\"\"); }",
        "use std::{self}; fn f() {}",
        "use a as b; use b as c; use c as d; use d as e; use e as g; use g as h; use h as i; use i as j; use j as k; use std as a; fn f() { k::process::exit(0) }",
        "fn f() { std::path::Path::new(\"\").exists(); }",
        "macro_rules! m { ($x:ident) => { std::$x::exit(0) } }",
        "macro_rules! m { ($x:ident) => { use $x as s; } } m!(std);",
        "use std as s; macro_rules! m { ($x:ident) => { s::$x::exit(0) } }",
    ] {
        forbids("path", source);
    }
}

#[test]
fn macros_cannot_assemble_what_is_forbidden() {
    forbids(
        "macro",
        "macro_rules! m { ($a:ident $b:ident) => { $a::$b::exit(0) } } fn f() { m!(std process) }",
    );
    forbids("macro", "macro_rules! m { ($a:ident) => { $a!(\"x\") } } fn f() { m!(include); }");
    forbids("macro", "macro_rules! m { ($a:ident) => { #[$a = \"x\"] mod q; } } m!(path);");
    forbids("macro", "macro_rules! m { ($a:ident) => { cfg!($a) } } fn f() { m!(model); }");
}

#[test]
fn ordinary_solutions_are_allowed() {
    allows(
        "use std::sync::*; use std::sync::atomic::*; use std::collections::*; mod a { use super::*; pub fn f() {} } use a::*; fn g() { f(); a::f(); Mutex::new(0); }",
    );
    allows(
        "use std::sync as s; use s::atomic as a; fn f() { a::AtomicU8::new(0); } fn g<'a>(a: &'a &'static str) {}",
    );
    allows(
        "mod counter { pub struct counter; } pub use counter::counter; fn f() { for core in 0..2 { g(core) } std::ptr::eq(&1, &2); }",
    );
    allows("use std::sync::{Arc, Mutex, Condvar, atomic::*}; use std::thread; use std::time::Duration;");
    allows("use std::sync::*; fn f() { let _ = Mutex::new(0); }");
    allows(
        "/// unsafe, extern and include!(\"x\") are words in a comment\nfn f() { println!(\"unsafe std::process\") }",
    );
    allows("fn f<'env>(scope: &'env str) { let path = scope; let model = path; let _ = model; }");
    allows(
        "struct Worker; impl Worker { fn process(&self) {} } fn f(w: &Worker) { w.process(); Worker::process(w) }",
    );
    allows("mod net { pub fn f() {} } fn g() { net::f(); self::net::f(); crate::net::f() }");
    allows("#[cfg(test)] mod tests { use super::*; #[test] fn f() {} }");
    allows(
        "#[derive(Debug, Default)] pub struct A { include: bool, env: u8 } fn f(a: A) { let _ = a.env; todo!() }",
    );
    allows("macro_rules! twice { ($e:expr) => { $e; $e } } fn f() { twice!(g()) } fn g() {}");
    allows("fn f() { let r#unsafe = 1; let _ = r#unsafe; }");
    allows("use std::io::{self, Write}; fn f() { io::stdout().flush().ok(); }");
}

#[test]
fn names_that_cannot_be_followed_to_their_end_are_refused() {
    let circle = "use a::x as b; use b::y as a; fn f() { a::z() }";
    assert!(codes(circle, &[]).iter().all(|code| code == "path"), "{:?}", codes(circle, &[]));
    assert!(!codes(circle, &[]).is_empty());
    assert_eq!(
        codes("mod m { pub use std::sync as q; } fn f() { m::q::RwLock::new(0) }", &["std::sync::RwLock"]),
        ["path"]
    );
}

#[test]
fn what_is_nested_too_deeply_is_refused_before_anything_reads_it() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("!", ""), ("-", ""), ("&", "")] {
        let source = format!("const DEEP: u8 = {}1{};", open.repeat(20_000), close.repeat(20_000));
        assert_eq!(codes(&source, &[]), ["nesting"], "{open}");
    }
}

#[test]
fn a_first_line_that_the_compiler_takes_away_is_refused() {
    for source in
        ["#!/*\nfn f() {} // */", "#!/bin/sh\nfn f() {}", "\u{feff}#! [allow(dead_code)]\nfn f() {}"]
    {
        assert_eq!(codes(source, &[]), ["shebang"], "{source}");
    }
    allows("#![allow(dead_code)]\nfn f() {}");
}

#[test]
fn a_violation_names_its_place() {
    let Finding::Forbidden(violations) = scan(&Source::new("src/lib.rs", "fn f() {\n    unsafe {}\n}"), &[])
    else {
        panic!("allowed");
    };
    assert_eq!((violations[0].line, violations[0].column), (Some(2), Some(5)));
    assert_eq!(violations[0].file.as_deref(), Some("src/lib.rs"));
}

#[test]
fn what_is_not_tokens_goes_to_rustc_only_if_nothing_in_it_could_be_forbidden() {
    assert!(matches!(
        scan(&Source::new("src/lib.rs", "fn f( {"), &[]),
        Finding::Unreadable { harmless: true, .. }
    ));
    assert!(matches!(
        scan(&Source::new("src/lib.rs", "const A: &str = include_str!(\"x\"); fn f( {"), &[]),
        Finding::Unreadable { harmless: false, .. }
    ));
}
