//! A crate whose manifest puts the model in the place of `std`, as its user sees it: run by cargo, with the output of
//! its tests captured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DEPENDENCIES: &str = r#"
[target.'cfg(model)'.dependencies]
std = { package = "model-std", path = "GRADER/model-std" }
core = { package = "model-core", path = "GRADER/model-core" }
"#;

fn grader() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("model-std is in a folder").to_owned()
}

/// Runs the tests of a crate with this name, these dependencies and this source under the model.
fn cargo_test(name: &str, dependencies: &str, source: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n{}\n[workspace]\n\
         [lints.rust]\nunexpected_cfgs = {{ level = \"warn\", check-cfg = [\"cfg(model)\"] }}\n",
        dependencies.replace("GRADER", grader().to_str().expect("a path in UTF-8")),
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    fs::write(folder.path().join("src/lib.rs"), source).expect("a source");
    let project = grader().parent().expect("the grader is in the project").to_owned();
    fs::copy(project.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a copy");
    Command::new(env!("CARGO"))
        .args(["test", "--lib"])
        .current_dir(folder.path())
        .env("RUSTFLAGS", "--cfg model")
        .env("MODEL_EXECUTIONS", "20")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("CARGO_TARGET_DIR", project.join("target/interleave/public-model"))
        .output()
        .expect("cargo runs")
}

#[test]
fn what_was_searched_is_shown_for_every_test_that_passes() {
    let output = cargo_test(
        "shows-coverage",
        DEPENDENCIES,
        r#"
std::assert_modelled!();
core::assert_modelled!();

#[test]
fn alone() {
    assert!(std::sync::Mutex::new(true).into_inner().unwrap());
}

mod together {
    use std::sync::{Arc, Mutex};

    #[test]
    fn with_others() {
        let count = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let count = Arc::clone(&count);
                std::thread::spawn(move || for _ in 0..3 { *count.lock().unwrap() += 1 })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
"#,
    );
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && shown.contains("2 passed"), "{shown}{errors}");
    let lines: Vec<&str> = errors.lines().filter(|line| line.starts_with("model: ")).collect();
    assert_eq!(lines.len(), 2, "{errors}");
    assert!(lines.contains(&"model: alone: every interleaving (1 execution)"), "{lines:?}");
    let warning = "model: warning: together::with_others: cut short after 20 executions: ";
    assert!(lines.iter().any(|line| line.starts_with(warning)), "{lines:?}");
}

#[test]
fn tests_without_the_dependency_do_not_compile() {
    let source = "#[cfg(model)]\nstd::assert_modelled!();\n#[test]\nfn passes() {}\n";
    let output = cargo_test("lacks-the-dependency", "", source);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    assert!(errors.contains("could not find `assert_modelled` in `std`"), "{errors}");
}

#[test]
fn test_functions_have_every_form_that_std_takes() {
    let output = cargo_test(
        "forms-of-tests",
        DEPENDENCIES,
        r##"
#![allow(clippy::all)]
#![deny(unused_variables, unused_mut)]

/// In a module, as another one.
mod a { #[test] fn same() {} }
mod b { #[test] pub(crate) fn same() -> () { } }

#[test]
fn inner_attributes() {
    #![allow(unused_variables)]
    //! And documentation.
    let unused = std::thread::spawn(|| 1).join();
}

#[test]
#[allow(unused_mut)]
fn outer_attributes() { let mut n = 1; assert_eq!(n, 1); }

#[should_panic(expected = "on purpose")]
#[test]
/// Its documentation.
fn panics_as_expected() { std::thread::spawn(|| panic!("on purpose")).join().unwrap() }

#[test]
#[should_panic = "never returns"]
fn never() -> ! { panic!("never returns") }

#[test]
#[ignore = "for a reason"]
fn ignored() { panic!() }

#[cfg_attr(all(), test)]
#[cfg_attr(any(), ignore)]
fn under_a_condition() -> Result<(), fn() -> u8> { Ok(()) }

#[test]
#[should_panic(expected = "Error: \"no\"")]
fn returns_an_error() -> Result<(), String> { Err("no")? }

#[test]
fn returns_a_code() -> std::process::ExitCode { std::process::ExitCode::SUCCESS }

#[test]
fn returns_a_code_or_not() -> Result<std::process::ExitCode, std::num::ParseIntError> {
    "1".parse::<u8>()?;
    Ok(std::process::ExitCode::SUCCESS)
}

#[test]
fn with_a_lifetime<'a>() where 'a: 'static { let text: &'a str = "a"; assert_eq!(text, "a"); }

#[test]
const fn constant() { assert!(1 < 2) }

#[test]
extern "C" fn foreign() {}

#[test]
fn r#try() {}

macro_rules! tests {
    ($visibility:vis, $($(#[$attribute:meta])* $name:ident $(-> $result:ty)? $body:block)*) => {
        $(#[test] $(#[$attribute])* $visibility fn $name() $(-> $result)? $body)*
    };
}
tests! { pub(crate),
    #[should_panic] of_a_macro { assert_eq!(1, 2) }
    of_a_macro_with_a_result -> Result<(), String> { Ok(()) }
}
"##,
    );
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && shown.contains("16 passed; 0 failed; 1 ignored"), "{shown}{errors}");
    for name in ["a::same", "b::same", "r#try", "of_a_macro_with_a_result"] {
        assert!(errors.contains(&format!("model: {name}: every interleaving")), "{errors}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_panic_in_the_message_of_another_one_ends_the_process_as_with_std_and_is_shown() {
    let output = cargo_test(
        "panics-in-a-message",
        DEPENDENCIES,
        r#"
struct Shown(fn());

impl std::fmt::Display for Shown {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (self.0)();
        Ok(())
    }
}

#[test]
fn ends() {
    let _ = std::thread::spawn(|| panic!("{}", Shown(|| panic!("in the message")))).join();
}
"#,
    );
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    assert!(errors.contains("thread panicked while processing panic. aborting."), "{errors}");
    assert!(errors.contains("thread T1 panicked: fatal runtime error: the process aborts"), "{errors}");
    assert!(errors.contains("spawn T1"), "{errors}");
    assert!(errors.contains("signal: 6"), "{errors}");
}

#[test]
fn what_std_refuses_as_a_test_is_refused() {
    let refused = [
        ("async-test", "#[test] async fn waits() {}", "async"),
        ("test-with-an-argument", "#[test] fn takes(_: u8) {}", "arguments"),
        ("generic-test", "#[test] fn takes<T>() {}", "generic"),
        ("struct-test", "#[test] struct Test;", "`#[test]` attribute may only be used on a free function"),
    ];
    for (name, source, said) in refused {
        let output = cargo_test(name, DEPENDENCIES, source);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains(said), "{name}: {errors}");
    }
}
