use super::*;

fn proved(source: &str) -> Result<(), (usize, String)> {
    told(|foolproof, path, file| foolproof.look(path, file, source), source)
}

fn told(look: impl FnOnce(&mut Foolproof, &Path, &syn::File), source: &str) -> Result<(), (usize, String)> {
    let file = syn::parse_file(source).expect("Rust");
    let mut foolproof = Foolproof::new("tally");
    look(&mut foolproof, Path::new("checks.rs"), &file);
    foolproof.prove().map_err(|fault| match fault {
        Fault::Suite { line, message, .. } => (line, message),
        other => panic!("{other}"),
    })
}

#[track_caller]
fn refuses(line: usize, part: &str, source: &str) {
    let (at, message) = proved(source).expect_err(source);
    assert!(at == line && message.contains(part), "{at}: {message}");
}

#[test]
fn no_trait_of_a_submission_comes_into_scope() {
    refuses(1, "tally::*", "use tally::*;");
    refuses(1, "tally::*", "pub use tally::counting::*;");
    refuses(2, "tally::*", "fn check() {\n    use ::tally::{Tally, inner::*};\n}");
    refuses(2, "Tally::*", "use tally::Tally;\nuse Tally::*;");
    refuses(1, "write `tally::hammer`", "use tally::hammer;");
    refuses(1, "write `tally::hammer`", "use {std::sync::Arc, tally::{Tally, hammer as h}};");
    refuses(1, "write `tally::LIMIT`", "use tally::LIMIT;");
    refuses(1, "leave it out", "use tally::Count;\nfn check<C: Count>() {}");
    refuses(1, "leave it out", "use tally::Count as Counts;\nfn check(_: impl Counts) {}");
    refuses(1, "leave it out", "use tally::Count as _;\nimpl tally::Count for u8 {}");
    refuses(2, "leave it out", "fn check(_: &dyn tally::Count) {}\nuse tally::Count;");
    refuses(1, "one name", "use tally as t;");
    refuses(1, "one name", "use tally::{self};");
    refuses(1, "use paths", "#[macro_use]\nextern crate tally;");
    refuses(2, "put it outside", "macro_rules! all {\n    () => { use tally::*; };\n}");
}

#[test]
fn the_message_says_what_to_write() {
    let (_, message) = proved("use tally::*;").expect_err("a glob");
    assert!(
        message.contains("`use tally::{One, Other}`") && message.contains("`tally::function()`"),
        "{message}"
    );
}

#[test]
fn methods_of_a_submissions_trait_are_called_by_their_paths() {
    let own = "impl tally::Count for Own { fn count(&self) {} }\n";
    refuses(2, "C::count", &format!("{own}fn check() {{ own.count() }}"));
    refuses(2, "C::count", &format!("{own}fn check() {{ own.count::<u8>() }}"));
    refuses(2, "C::count", &format!("{own}fn check() {{ assert_eq!(own.count(), 1) }}"));
    let by_path = "fn check<C: tally::Count>(c: &C) { C::count(c); c.counts(); Own.count; }";
    assert_eq!(proved(&format!("{own}{by_path}")), Ok(()));
}

#[test]
fn methods_for_a_submissions_type_are_called_by_their_paths() {
    let own = "use tally::Tally; trait Hold { fn hold(&self) {} fn free(&self); }\n";
    let of = "impl Hold for Tally { fn free(&self) {} }\n";
    refuses(3, "Trait::hold", &format!("{own}{of}fn check() {{ tally.hold() }}"));
    refuses(3, "Trait::free", &format!("{own}{of}fn check() {{ tally.free() }}"));
    refuses(3, "Trait::free", &format!("{own}impl Hold for tally::Tally {{}}\nfn check() {{ it.free() }}"));
    assert_eq!(proved(&format!("{own}{of}fn check() {{ Hold::hold(&tally); Tally::free(&tally) }}")), Ok(()));
    assert_eq!(proved(&format!("{own}impl Hold for Own {{}}\nfn check() {{ own.hold() }}")), Ok(()));
}

#[test]
fn threads_have_no_names() {
    refuses(2, "name_next_thread", "fn check() {\n    thread::Builder::new().name(role).spawn(f);\n}");
    refuses(1, "name_next_thread", "fn check() { Builder::name(Builder::new(), role).spawn(f); }");
    assert_eq!(proved("fn check() { assert_eq!(thread::current().name(), None); }"), Ok(()));
}

#[test]
fn types_are_imported_by_their_names() {
    let source = "use std::collections::*;\nuse tally::Tally;\nuse tally::{Shared, counting::Kept as K};\nuse super::*;\nuse Call::*;\nuse tally::Error;\nimpl std::error::Error for Own {}\n\nfn check() { tally::hammer(); }";
    assert_eq!(proved(source), Ok(()));
}

#[test]
fn what_is_only_compiled_has_no_globs() {
    let program = |source| told(|foolproof, path, file| foolproof.look_at_program(path, file), source);
    assert_eq!(program("use tally::*;").map_err(|(line, _)| line), Err(1));
    assert_eq!(program("use tally::{Count, hammer};\nfn main() { Own.count(); }"), Ok(()));
}
