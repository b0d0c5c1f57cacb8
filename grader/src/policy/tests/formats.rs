use super::{allows, forbids};

#[test]
fn a_format_that_prints_an_address_is_found_however_it_is_written_or_put_together() {
    forbids("engine", "fn f(a: &[u8]) -> String { format!(\"{:#p }\", &a[1]) }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(\"\\x7b:\\u{70}}\", &a[1]) }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(r#\"{:p}\"#, &a[1]) }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(\"{:>w$p}\", &a[1], w = 9) }");
    for format in ["{0:p}", "{ a :>8p}", "{:{>p}", "{:}<#p}", "{::^1$p}", "{:+.*p}", "{:é>08p}"] {
        forbids("engine", &format!("fn f(a: &[u8]) -> String {{ format!({format:?}, a) }}"));
    }
    allows("fn f(a: u8) -> String { format!(\"{{ state: stop }} {{a: up}} {a:?} p}}\") }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(concat!(\"{:\", \"p}\"), &a[1]) }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(concat!(\"{:\", 'p', '}'), &a[1]) }");
    forbids("engine", "fn f(a: &[u8]) -> String { format!(stringify!({:p}), &a[1]) }");
    let macros = "macro_rules! c { ($a:expr, $b:expr) => { concat!($a, $b) } } macro_rules! s { ($($a:tt)*) => { stringify!($($a)*) } }";
    forbids(
        "engine",
        &format!("{macros} fn f(a: &[u8]) -> String {{ format!(c!(\"{{:\", \"p}}\"), &a[1]) }}"),
    );
    forbids("engine", &format!("{macros} fn f(a: &[u8]) -> String {{ format!(s!({{:p}}), &a[1]) }}"));
    forbids("engine", &format!("{macros} fn f(a: &[u8]) -> String {{ format!(s!({{0:#p}}), &a[1]) }}"));
    forbids(
        "engine",
        "macro_rules! c { ($a:expr) => { concat!(\"{\", $a, \"}\") } } fn f(a: &[u8]) -> String { format!(c!(\":p\"), &a[1]) }",
    );
    allows(
        "macro_rules! m { ($a:ident) => { assert!($a, concat!(stringify!($a), \" does not hold {}\"), 1) } } fn f(a: bool) { m!(a) }",
    );
    allows(
        "const TEXT: &str = concat!(\"a pool of \", 3, \" connections\"); fn f() { panic!(concat!(\"no {}\", \" of {:?}\"), 1, 2) }",
    );
}
