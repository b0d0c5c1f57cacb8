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
