//! The page that `--format html` writes, in a real browser: what it shows at each step is compared with the
//! log in the JSON report of the same grading.

use crate::validators;
use std::fs;
use std::path::{Path, PathBuf};

use crate::browser::log::compare;
use crate::browser::{Browser, installed};
use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// Graded once, with a page and a report of the same.
struct Graded {
    folder: TempDir,
    report: Value,
    source: String,
}

impl Graded {
    fn page(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }
}

fn xtask(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    command
}

fn grade(name: &str, source: &str, exercise: &str, show: Option<&str>) -> Graded {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), source).expect("a file");
    let page = ["--format", "html", "--output", "report.html"];
    let output = xtask(folder.path())
        .args(["grade", name, "-e", exercise, "--format", "json"])
        .args(page)
        .args(show.map(|name| format!("--show={name}")))
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(if show.is_some() { 0 } else { 1 }), "{said}");
    let report = serde_json::from_slice(&output.stdout).expect("JSON");
    Graded { folder, report, source: source.to_owned() }
}

/// Grades a wrong submission from the suite of an exercise.
fn grade_mutant(exercise: &str, mutant: &str) -> Graded {
    let show = ["mutant", "show", &format!("{exercise}/{mutant}")];
    let output = xtask(&root()).args(show).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    grade("mine.rs", &String::from_utf8(output.stdout).expect("the mutant"), exercise, None)
}

/// The names of checks that come with a trace, and what has it: a failure or an example.
fn executions(report: &Value) -> Vec<(&str, &Value)> {
    let checks = report["exercises"][0]["checks"].as_array().expect("checks");
    let both = checks.iter().flat_map(|check| ["failure", "example"].map(|what| (check, &check[what])));
    both.filter(|(_, execution)| execution["trace"].get(0).is_some())
        .map(|(check, execution)| (check["name"].as_str().expect("a name"), execution))
        .collect()
}

/// What an explorer shows, read from the page as a user sees it.
const SHOWN: &str = "(() => {
    const text = (of, selector) => of.querySelector(selector)?.textContent ?? null;
    const table = (selector, columns) => Object.fromEntries(
        [...explorer.querySelectorAll(selector)].map((row) => [
            row.querySelector('th').firstChild.textContent,
            Object.fromEntries(columns.map((column) => [column, text(row, `td.${column}`)])),
        ]));
    const row = explorer.querySelector('.steps tr[aria-current=step]');
    const line = explorer.querySelector('.source [aria-current=step]');
    return {
        said: text(explorer, '.said'),
        number: explorer.querySelector('input[type=number]').value,
        slider: explorer.querySelector('input[type=range]').value,
        step: text(row, '.number'),
        cells: [...row.querySelectorAll('td.action, td.action ~ td:empty, td:empty')].map((cell) => cell.textContent),
        heads: [...explorer.querySelectorAll('.steps th:not(.lanes)')].slice(2).map((cell) => cell.textContent),
        place: text(row, '.place'),
        line: line && { number: text(line, '.number'), code: text(line, 'code'), labels: text(line, '.labels') },
        dot: explorer.querySelector('.dot.current')?.dataset.position ?? null,
        threads: table('.state .thread', ['doing', 'place']),
        objects: table('.state .object', ['is', 'holders', 'waiting']),
    };
})()";

/// Opens the explorer of a check; afterwards `explorer` is its element, and has the focus.
fn open_explorer(browser: &mut Browser, check: &str) {
    browser.evaluate(&format!(
        "globalThis.explorer = document.querySelector('details.explorer[data-check={check:?}]');
         explorer.open = true;
         explorer.querySelector('summary').focus();"
    ));
    browser.wait_until("explorer.dataset.position === '0'");
}

fn shown_after(browser: &mut Browser, key: &str, position: usize) -> Value {
    browser.press(key);
    browser.wait_until(&format!("explorer.dataset.position === '{position}'"));
    browser.evaluate(SHOWN)
}

/// Steps through every execution from its beginning to its end and back, with each of the keys.
fn step_through(browser: &mut Browser, graded: &Graded) {
    let executions = executions(&graded.report);
    assert!(!executions.is_empty());
    for (check, execution) in executions {
        open_explorer(browser, check);
        let last = execution["trace"].as_array().expect("a trace").len();
        let compare = |browser: &mut Browser, key: &str, position: usize| {
            let shown = shown_after(browser, key, position);
            compare(&shown, execution, position, &graded.source, &format!("{check}, {key}"));
        };
        for position in 1..=last {
            let key = ["ArrowRight", "l", "j"][position % 3];
            compare(browser, key, position);
        }
        compare(browser, "ArrowRight", last);
        for position in (1..last).rev() {
            let key = ["ArrowLeft", "h", "k"][position % 3];
            compare(browser, key, position);
        }
        compare(browser, "End", last);
        let first = shown_after(browser, "Home", 0);
        assert_eq!(first["step"], "start", "{first:#}");
        let dots = browser.evaluate("explorer.querySelectorAll('.dot').length");
        assert_eq!(dots, json!(last), "one dot for each step");
        jumps(browser, last);
    }
}

/// A click on a row or a dot, and a number, lead to their step.
fn jumps(browser: &mut Browser, last: usize) {
    browser.evaluate(&format!("explorer.querySelectorAll('.steps tbody tr')[{last}].click()"));
    browser.wait_until(&format!("explorer.dataset.position === '{last}'"));
    browser
        .evaluate("explorer.querySelector('.dot').dispatchEvent(new MouseEvent('click', { bubbles: true }))");
    browser.wait_until("explorer.dataset.position === '1'");
    browser.evaluate(
        "(() => {
            const input = explorer.querySelector('input[type=number]');
            input.value = '2';
            input.dispatchEvent(new Event('input', { bubbles: true }));
        })()",
    );
    browser.wait_until("explorer.dataset.position === '2'");
}

/// The page ran without a complaint, and asked for nothing but itself.
/// The page is what a validator that is not ours takes for HTML.
fn valid(graded: &Graded) {
    if let Some(said) = validators::html(&[graded.page()]) {
        assert_eq!(said, "");
    }
}

fn is_quiet(browser: &Browser) {
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
    let requests = browser.requests();
    assert!(
        requests.iter().all(|url| url.starts_with("file://") && url.ends_with("/report.html")),
        "{requests:?}"
    );
    assert_eq!(requests.len(), 1, "{requests:?}");
}

#[test]
fn every_step_shows_what_the_log_says() {
    let Some(program) = installed() else { return };
    for mutant in ["semaphore_is_relaxed", "release_notifies_nobody"] {
        let graded = grade_mutant("connection-pool", mutant);
        let mut browser = Browser::start(&program);
        valid(&graded);
        browser.open(&graded.page());
        step_through(&mut browser, &graded);
        is_quiet(&browser);
    }
}

#[test]
fn how_a_right_solution_passes_is_shown_in_the_same_way() {
    let Some(program) = installed() else { return };
    let solution =
        fs::read_to_string(root().join("solutions/race-counter/src/lib.rs")).expect("the solution");
    let graded = grade("mine.rs", &solution, "race-counter", Some("two_threads_that_add_twice"));
    let mut browser = Browser::start(&program);
    valid(&graded);
    browser.open(&graded.page());
    step_through(&mut browser, &graded);
    let end = shown_after(
        &mut browser,
        "End",
        executions(&graded.report).last().expect("one").1["trace"].as_array().expect("a trace").len(),
    );
    assert!(end["said"].as_str().is_some_and(|said| said.ends_with("nothing went wrong.")), "{end:#}");
    assert!(!end["said"].to_string().contains("goes wrong"), "{end:#}");
    is_quiet(&browser);
}

/// Texts that are too faint against what is behind them: less than WCAG 2.2 asks for at level AA.
const FAINT: &str = "(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const clear = (colour) => numbers(colour)[3] === 0;
    const light = (colour) => {
        const [red, green, blue] = numbers(colour).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => {
        while (element && clear(getComputedStyle(element).backgroundColor)) element = element.parentElement;
        return element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const faint = [];
    let seen = 0;
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.trim();
        if (!text || element.closest('script, noscript, svg, [aria-disabled=true]') || !element.checkVisibility()) continue;
        seen += 1;
        const [one, other] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => b - a);
        const contrast = (one + 0.05) / (other + 0.05);
        if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return { seen, faint };
})()";

#[test]
fn everybody_can_read_and_use_the_page() {
    let Some(program) = installed() else { return };
    let graded = grade_mutant("connection-pool", "release_notifies_nobody");
    let mut browser = Browser::start(&program);
    valid(&graded);
    browser.open(&graded.page());
    let (check, execution) = executions(&graded.report)[0];
    open_explorer(&mut browser, check);
    let last = execution["trace"].as_array().expect("a trace").len();
    for key in ["ArrowRight", "End"] {
        shown_after(&mut browser, key, if key == "End" { last } else { 1 });
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            let text = browser.evaluate(FAINT);
            assert!(text["seen"].as_u64() > Some(100), "{text}");
            assert_eq!(text["faint"], json!([]), "{scheme}, {key}");
        }
    }
    let parts = browser.accessible();
    let of = |role: &str| parts.iter().filter(|part| part.role == role).collect::<Vec<_>>();
    for role in ["button", "slider", "spinbutton", "DisclosureTriangle", "region", "table", "columnheader"] {
        let parts = of(role);
        assert!(!parts.is_empty(), "no {role}");
        assert!(parts.iter().all(|part| !part.name.is_empty()), "a {role} without a name: {parts:#?}");
    }
    assert_eq!(of("main").len(), 1);
    assert_eq!(of("heading").iter().filter(|part| part.name.contains("connection-pool")).count(), 1);
    let live = browser.evaluate("explorer.querySelector('[aria-live]').textContent");
    assert!(live.as_str().is_some_and(|said| said.contains("Deadlock")), "each step is said: {live}");
    is_quiet(&browser);
}

/// How wide the page is, and what on it is wider than the screen and cannot be scrolled by itself.
const WIDTHS: &str = "(() => {
    const scrolls = (element) => element && (
        ['auto', 'scroll', 'hidden'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const wide = [...document.querySelectorAll('main *, header *, footer *')].filter((element) =>
        element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement));
    return { page: document.documentElement.scrollWidth, screen: innerWidth, wide: wide.map((element) => element.className || element.tagName) };
})()";

/// Where the parts of the explorer are that belong on one screen, once its controls are at the top of it.
const ON_SCREEN: &str = "(() => {
    explorer.querySelector('.controls').scrollIntoView({ block: 'start' });
    const visible = (selector) => {
        const { top, bottom } = explorer.querySelector(selector).getBoundingClientRect();
        return top >= -1 && Math.min(bottom, top + 60) <= innerHeight;
    };
    return Object.fromEntries(['.said', '.state table', '.source'].map((part) => [part, visible(part)]));
})()";

#[test]
fn nothing_is_wider_than_the_screen_and_the_name_and_the_date_are_on_top() {
    let Some(program) = installed() else { return };
    let graded = grade_mutant("connection-pool", "release_notifies_nobody");
    let mut browser = Browser::start(&program);
    valid(&graded);
    browser.open(&graded.page());
    let head = browser.evaluate(
        "({ title: document.title, name: document.querySelector('header h1').textContent,
            date: document.querySelector('header time').dateTime, shown: document.querySelector('header time').textContent })",
    );
    assert_eq!(head["title"], "mine.rs – Interleave");
    assert_eq!(head["name"], "mine.rs");
    assert_eq!(head["date"], graded.report["graded_at"]);
    assert!(head["shown"].as_str().is_some_and(|shown| shown.ends_with(" UTC")), "{head}");
    let (check, execution) = executions(&graded.report)[0];
    let last = execution["trace"].as_array().expect("a trace").len();
    open_explorer(&mut browser, check);
    shown_after(&mut browser, "End", last);
    for (width, height) in [(1280_u32, 800), (390, 844)] {
        browser.resize(width, height);
        browser.wait_until(&format!("innerWidth === {width}"));
        let widths = browser.evaluate(WIDTHS);
        // A scroll bar takes its part of the screen.
        assert!(widths["page"].as_u64().is_some_and(|page| page <= u64::from(width)), "{widths}");
        assert_eq!(widths["wide"], json!([]), "{width}: {widths}");
        let seen = browser.evaluate(ON_SCREEN);
        assert_eq!(seen, json!({ ".said": true, ".state table": true, ".source": true }), "{width}");
    }
    // However far the columns are scrolled, which step it is stays in sight.
    browser.resize(1280, 800);
    browser.wait_until("innerWidth === 1280");
    let stays = browser.evaluate(
        "(() => {
            const steps = explorer.querySelector('.steps');
            steps.scrollLeft = 10000;
            const left = steps.getBoundingClientRect().left;
            const cell = (name) => steps.querySelector(`tr[aria-current=step] .${name}`).getBoundingClientRect();
            return ['number', 'place'].every((name) => cell(name).left >= left);
        })()",
    );
    assert_eq!(stays, json!(true));
    is_quiet(&browser);
}

#[test]
fn a_hostile_submission_runs_nothing_on_the_page() {
    let Some(program) = installed() else { return };
    let attack = "</script><script>document.title='pwned'</script><img src=x onerror=\\\"document.title='pwned'\\\"> ]]> \\u{2028}";
    let solution = root().join("solutions/race-counter/src/lib.rs");
    let solution = fs::read_to_string(solution).expect("the solution");
    let lock = "impl LockedCounter {";
    let hostile = format!(
        "// {attack}\n{}\nfn attack() {{
    let name = \"{attack}\".to_owned();
    std::thread::Builder::new().name(name).spawn(|| std::thread::yield_now()).unwrap().join().unwrap();
    panic!(\"{attack}\")
}}\n",
        solution.replace(
            lock,
            "impl Drop for LockedCounter {\n    fn drop(&mut self) {\n        attack();\n    }\n}\n\nimpl LockedCounter {"
        )
    );
    assert!(solution.contains(lock), "the reference has changed");
    let name = "<img src=x onerror=document.title='pwned'>.rs";
    let graded = grade(name, &hostile, "race-counter", None);
    let failures = executions(&graded.report);
    let attacks = failures.iter().filter(|(_, failure)| {
        failure["message"].as_str().is_some_and(|message| message.contains("</script><script>"))
            && failure["trace"].to_string().contains("</script><script>")
    });
    let (check, failure) = attacks.clone().next().expect("a failure with the attack in it");

    let mut browser = Browser::start(&program);
    valid(&graded);
    browser.open(&graded.page());
    open_explorer(&mut browser, check);
    let last = failure["trace"].as_array().expect("a trace").len();
    let shown = shown_after(&mut browser, "End", last);
    assert!(shown["said"].as_str().is_some_and(|said| said.contains("</script><script>")), "{shown:#}");
    assert!(shown["threads"].to_string().contains("</script><script>"), "{shown:#}");
    assert_eq!(browser.evaluate("document.title"), json!(format!("{name} – Interleave")));
    assert_eq!(
        browser.evaluate("document.images.length + document.querySelectorAll('main script').length"),
        0
    );
    is_quiet(&browser);
}
