//! The overview of a class, in a real browser.

#[allow(dead_code, reason = "each test file uses a part")]
use crate::validators;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::browser::{Browser, installed};
use serde_json::{Value, json};
use tempfile::TempDir;

const LEARNERS: usize = 300;

/// A class of three hundred, one of whom tries to write into the page.
fn overview() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let class = folder.path().join("class");
    for number in 0..LEARNERS {
        let learner = class.join(format!("learner-{number:03}"));
        fs::create_dir_all(&learner).expect("a folder");
        fs::write(learner.join("lib.rs"), format!("unsafe fn f() {{}} // {}", number % 7)).expect("a file");
    }
    fs::create_dir(class.join("<img src=x onerror=alert(1)>")).expect("a folder");
    let page = folder.path().join("class.html");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args([
            "grade",
            "--class",
            "class",
            "-e",
            "race-counter",
            "--results",
            "run",
            "--format",
            "html",
            "--output",
        ])
        .arg(&page)
        .current_dir(folder.path())
        .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, page)
}

#[test]
fn the_overview_is_html() {
    let (folder, page) = overview();
    if let Some(said) = validators::html(std::slice::from_ref(&page)) {
        assert_eq!(said, "");
        let broken = folder.path().join("broken.html");
        let text = fs::read_to_string(&page).expect("a page");
        fs::write(&broken, text.replacen("</ul>", "", 1)).expect("a page");
        let said = validators::html(&[broken]).expect("the validator");
        assert!(said.contains("Unclosed element"), "what is wrong is seen: {said}");
    }
}

/// The ids of the rows that can be seen, in their order.
const SHOWN: &str =
    "[...document.querySelectorAll('#rows tbody tr:not([hidden]) th')].map((cell) => cell.textContent)";

#[test]
fn the_overview_sorts_searches_and_draws_its_map() {
    let Some(program) = installed() else { return };
    let (_folder, page) = overview();
    let mut browser = Browser::start(&program);
    browser.open(&page);
    browser.wait_until("document.documentElement.dataset.ready === 'yes'");
    assert_eq!(browser.requests().len(), 1, "it asks for nothing but itself: {:?}", browser.requests());

    let shown = browser.evaluate(SHOWN);
    assert_eq!(shown.as_array().map(Vec::len), Some(LEARNERS + 1));
    assert_eq!(shown[0], "<img src=x onerror=alert(1)>", "it is text");
    assert_eq!(browser.evaluate("document.images.length"), json!(0));

    // A heading is a button, so the keyboard reaches it.
    browser.evaluate("document.querySelector('#rows th button').click()");
    browser.evaluate("document.querySelector('#rows th button').click()");
    let sorted = browser.evaluate("document.querySelector('#rows th').ariaSort");
    assert_eq!(sorted, "descending");
    assert_eq!(browser.evaluate(SHOWN)[0], "learner-299");

    browser.evaluate("search.value = 'LEARNER-01'; search.dispatchEvent(new Event('input'))");
    assert_eq!(browser.evaluate(SHOWN).as_array().map(Vec::len), Some(10));
    assert_eq!(browser.evaluate("found.textContent"), "10 of 301 learners");
    let map = "document.querySelectorAll('#map tbody tr:not([hidden])').length";
    assert_eq!(browser.evaluate(map), json!(10), "the map shows the same learners");
    let columns = browser.evaluate("document.querySelectorAll('#map thead th').length - 1");
    let titles = browser.evaluate("document.querySelectorAll('#titles li').length");
    assert_eq!(columns, titles);
    assert!(titles.as_u64() > Some(5), "{titles}");

    let accessible = browser.accessible();
    for (role, name) in
        [("searchbox", "Search"), ("combobox", "Exercise"), ("region", "Learners"), ("button", "Total")]
    {
        assert!(accessible.iter().any(|one| one.role == role && one.name == name), "no {role} `{name}`");
    }
    let complaints: Vec<&Value> = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
