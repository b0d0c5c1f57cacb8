use super::*;

const CHECK: &str = "[[check]]\nname = \"counts\"\ntitle = \"It counts\"\nexplanation = \"Why\"\npoints = { model = 60, stress = 40 }\nloom = true\n";

fn load(suite: &str, checks: &str) -> Result<Suite, String> {
    load_in(tempfile::tempdir().expect("a folder").path(), suite, checks)
}

fn load_in(folder: &Path, suite: &str, checks: &str) -> Result<Suite, String> {
    std::fs::write(folder.join("suite.toml"), suite).expect("a file");
    std::fs::write(folder.join("checks.rs"), checks).expect("a file");
    std::fs::write(folder.join("signature.rs"), "").expect("a file");
    Suite::load(folder).map_err(|fault| match fault {
        Fault::Suite { file, line, message } => {
            format!("{}:{line}: {message}", file.file_name().unwrap_or_default().display())
        }
        other => other.to_string(),
    })
}

#[test]
fn a_whole_suite_is_read_with_its_defaults() {
    let suite = load(CHECK, "#[test]\nfn counts() {}\n").expect("a suite");
    assert_eq!(suite.checks[0].engines, [(Engine::Model, 60), (Engine::Stress, 40)]);
    assert_eq!((suite.checks[0].preemptions, suite.checks[0].least), (Some(3), Some(2)));
    assert_eq!(suite.checks[0].executions, 100_000);
    assert_eq!(suite.entries().count(), 2);
    let unbounded = load(&format!("{CHECK}preemptions = \"unbounded\"\n"), "#[test] fn counts() {}");
    assert_eq!(unbounded.expect("a suite").checks[0].preemptions, None);
}

#[test]
fn a_bound_that_is_given_has_to_be_reached_unless_less_is_said_to_be_enough() {
    let bounds = |more: &str| {
        let suite = load(&format!("{CHECK}{more}"), "#[test]\nfn counts() {}\n")?;
        Ok::<_, String>((suite.checks[0].preemptions, suite.checks[0].least))
    };
    assert_eq!(bounds("preemptions = 2\n"), Ok((Some(2), None)));
    assert_eq!(bounds("preemptions = 2\nat_least = 1\n"), Ok((Some(2), Some(1))));
    assert_eq!(bounds("at_least = 0\n"), Ok((Some(3), Some(0))));
    assert_eq!(bounds("preemptions = \"unbounded\"\nat_least = 4\n"), Ok((None, Some(4))));
    assert_eq!(
        bounds("preemptions = 1\nat_least = 2\n").expect_err("it is more"),
        "suite.toml:8: `at_least` is no more than `preemptions`"
    );
}

#[test]
fn what_is_wrong_with_a_suite_is_told_with_its_file_and_line() {
    let one = "#[test]\nfn counts() {}\n";
    let wrong = |suite: &str, checks: &str| load(suite, checks).map(|_| ()).expect_err("a fault");
    assert_eq!(wrong(&CHECK.replace("60", "61"), one), "suite.toml:1: the points add up to 101, not to 100");
    assert_eq!(wrong(CHECK, "fn counts() {}"), "suite.toml:2: checks.rs has no `#[test] fn counts`");
    assert_eq!(
        wrong(CHECK, &format!("{one}#[test]\nfn more() {{}}\n")),
        "checks.rs:4: suite.toml has no check `more`"
    );
    assert_eq!(wrong(&format!("{CHECK}{CHECK}"), one), "suite.toml:8: the name `counts` appears twice");
    assert!(wrong(&CHECK.replace("model", "lom"), one).starts_with("suite.toml:5: unknown field `lom`"));
    assert!(wrong(CHECK, "#[test]\nfn counts( {}").starts_with("checks.rs:"));
    assert!(
        wrong(CHECK, "#[test]\n#[should_panic]\nfn counts() {}").starts_with("checks.rs:2: `should_panic`")
    );
}

#[test]
fn what_only_the_model_runs_has_a_twin_or_a_reason() {
    let suite = |points: &str, twins: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("checks")).expect("a folder");
        let other = CHECK.replace("counts", "a::adds").replace("{ model = 60, stress = 40 }", points);
        let other = if points.contains("stress") { other.replace("loom = true\n", "") } else { other };
        std::fs::write(folder.path().join("checks/a.rs"), "#[test]\nfn adds() {}\n").expect("a file");
        load_in(folder.path(), &format!("{CHECK}{other}{twins}"), "#[test]\nfn counts() {}\n")
    };
    let alone = "{ model = 0 }";
    let without = suite(alone, "").expect("a suite").without_twin().expect("a check");
    assert!(
        without.starts_with("the model alone runs `a::adds`: under `[twins]`, `a`, name the checks"),
        "{without}"
    );
    let with = suite(alone, "[twins]\na = [\"counts\"]\n").expect("a suite");
    assert_eq!((with.without_twin(), with.twins.checks().collect::<Vec<_>>()), (None, vec!["counts"]));
    let reason = suite(alone, "[twins]\na = \"no: it is about the clock\"\n").expect("a suite");
    assert_eq!((reason.without_twin(), reason.twins.checks().count()), (None, 0));
    let wrong = |points: &str, twins: &str| suite(points, twins).map(|_| ()).expect_err("a fault");
    assert_eq!(
        wrong(alone, "[twins]\na = [\"a::adds\"]\n"),
        "suite.toml:14: no check `a::adds` runs on real threads"
    );
    assert_eq!(
        wrong(alone, "[twins]\na = [\"counts\"]\nb = [\"counts\"]\n"),
        "suite.toml:15: of `b`, the model alone runs no check"
    );
    assert_eq!(
        wrong("{ stress = 0 }", "[twins]\na = [\"counts\"]\n"),
        "suite.toml:13: of `a`, the model alone runs no check"
    );
    assert!(wrong(alone, "[twins]\na = []\n").starts_with("suite.toml:14: name the checks"));
    assert!(wrong(alone, "[twins]\na = \"none\"\n").starts_with("suite.toml:14: name the checks"));

    let alone = "{ stress = 0 }";
    let without = suite(alone, "").expect("a suite").without_twin().expect("a check");
    assert!(
        without.starts_with("real threads alone run `a::adds`: under `[modelled]`, `a`, name the checks"),
        "{without}"
    );
    let with = suite(alone, "[modelled]\na = [\"counts\"]\n").expect("a suite");
    assert_eq!((with.without_twin(), with.modelled.checks().collect::<Vec<_>>()), (None, vec!["counts"]));
    let sleeps = suite("{ stress = 0 }\nsleeps = true", "").expect("a suite");
    assert_eq!(sleeps.without_twin(), None, "the model knows nothing of processor time");
    assert_eq!(
        wrong(alone, "[modelled]\na = [\"a::adds\"]\n"),
        "suite.toml:13: no check `a::adds` is run by the model"
    );
    assert_eq!(
        wrong("{ model = 0 }", "[modelled]\na = [\"counts\"]\n"),
        "suite.toml:14: of `a`, real threads alone run no check"
    );
}

#[test]
fn facts_are_established_by_other_checks() {
    let suite = |own: &str, other: &str| {
        let other =
            format!("{}{other}", CHECK.replace("counts", "adds").replace("60", "0").replace("40", "0"));
        load(&format!("{CHECK}{own}{other}"), "#[test]\nfn counts() {}\n#[test]\nfn adds() {}\n")
    };
    let whole = suite("establishes = \"it is cheap\"\n", "requires = [\"it is cheap\"]\n").expect("a suite");
    assert_eq!(whole.checks[0].establishes.as_deref(), Some("it is cheap"));
    assert_eq!(whole.checks[1].requires, ["it is cheap"]);
    let wrong = |own: &str, other: &str| suite(own, other).map(|_| ()).expect_err("a fault");
    assert_eq!(
        wrong("establishes = \"it is cheap\"\n", "requires = [\"it is cheep\"]\n"),
        "suite.toml:14: no check establishes \"it is cheep\"; did you mean \"it is cheap\"?"
    );
    let one = "establishes = \"it is cheap\"\nrequires = [\"it adds\"]\n";
    let other = "establishes = \"it adds\"\nrequires = [\"it is cheap\"]\n";
    assert_eq!(wrong(one, other), "suite.toml:8: `counts` would wait for itself: \"it adds\" builds on it");
    assert_eq!(
        wrong("establishes = \"a\"\nrequires = [\"a\"]\n", ""),
        "suite.toml:8: `counts` would wait for itself: \"a\" builds on it"
    );
}

#[test]
fn a_file_that_is_missing_is_named_with_what_writes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let suite = folder.path().join("tally");
    std::fs::create_dir(&suite).expect("a folder");
    for (name, text) in
        [("suite.toml", CHECK), ("signature.rs", ""), ("checks.rs", "#[test]\nfn counts() {}\n")]
    {
        let fault = Suite::load(&suite).map(|_| ()).expect_err("a fault");
        assert!(fault.to_string().contains(&format!("{name} is missing")), "{fault}");
        let help = miette::Diagnostic::help(&fault).expect("a cure").to_string();
        assert!(help.contains("`cargo xtask new tally`"), "{help}");
        std::fs::write(suite.join(name), text).expect("a file");
    }
    Suite::load(&suite).expect("a suite");
}

/// A suite with checks in several modules, of which some help others.
fn with_modules() -> Suite {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("checks")).expect("a folder");
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join("checks").join(name), text).expect("a file");
    };
    file("direct.rs", "#[test]\nfn one() {}\n#[test]\nfn two() { assert_eq!(super::helped::three(), ()) }\n");
    file(
        "helped.rs",
        "use crate::helpers::Help;\n#[test]\npub fn three() { Help; }\n#[test]\nfn four() {}\n",
    );
    file("helpers.rs", "pub struct Help;\nimpl Drop for Help { fn drop(&mut self) {} }\n");
    file("ready.rs", "pub struct Ready;\n");
    file("shown.rs", "impl std::fmt::Display for crate::Ready {}\n");
    file("unused.rs", "/// The helpers of `three`.\npub fn unused() {}\n#[test]\nfn five() {}\n");
    file("words.rs", "macro_rules! six { () => { 6 } }\n");
    let root = "/// With a check of its own.\n#[cfg(engine = \"model\")]\nmod direct;\n#[path = \"checks/helped.rs\"]\nmod helped;\nmod helpers;\nmod ready;\nmod shown;\nmod unused;\n#[macro_use]\nmod words;\nuse ready::Ready;\n";
    let names = ["direct::one", "direct::two", "helped::three", "helped::four", "unused::five"];
    let check = |name: &&str| {
        CHECK.replace("counts", name).replace("{ model = 60, stress = 40 }", "{ model = 12, stress = 8 }")
    };
    let checks: String = names.iter().map(check).collect();
    load_in(folder.path(), &checks, root).expect("a suite")
}

/// What is staged for the model to run some of its checks.
fn staged(suite: &Suite, selected: &[&str]) -> Vec<(String, String)> {
    let entries: Vec<_> = suite.entries().filter(|entry| selected.contains(&entry.name)).collect();
    suite.staged(Engine::Model, &entries, "fn main() {}")
}

#[test]
fn a_check_needs_what_it_mentions_and_what_that_mentions() {
    let suite = with_modules();
    let names = |selected: &[&str]| {
        let files = staged(&suite, selected).into_iter().map(|(name, _)| name);
        files.filter(|name| !name.starts_with("checks/")).collect::<Vec<_>>()
    };
    // Always: what the root mentions, and an implementation that need not be named.
    let always = ["ready.rs", "shown.rs", "words.rs"];
    let with = |own: &[&'static str]| [&["main.rs"], own, &always[..]].concat();
    assert_eq!(names(&["direct::one"]), with(&["direct.rs"]));
    assert_eq!(names(&["helped::four"]), with(&["helped.rs", "helpers.rs"]));
    assert_eq!(names(&["direct::two"]), with(&["direct.rs", "helped.rs", "helpers.rs"]));
    assert!(names(&[]).is_empty());
}

#[test]
fn what_no_check_needs_is_left_out_and_no_line_moves() {
    let suite = with_modules();
    let files = staged(&suite, &["direct::two"]);
    let text = |name: &str| &files.iter().find(|(file, _)| file == name).expect("a file").1;
    assert_eq!(
        text("direct.rs"),
        "#[cfg(any())]\npub fn one() {}\n\npub fn two() { assert_eq!(super::helped::three(), ()) }\n"
    );
    // It is called by another one, and `four` is not.
    assert_eq!(
        text("helped.rs"),
        "use crate::helpers::Help;\n\npub fn three() { Help; }\n#[cfg(any())]\npub fn four() {}\n"
    );
    let root = text("main.rs");
    let end =
        "mod shown;\n#[cfg(any())]mod unused;\n#[macro_use]\nmod words;\nuse ready::Ready;\n\nfn main() {}";
    assert!(root.ends_with(end), "{root}");
    assert!(root.starts_with("/// With a check of its own.\n#[cfg(engine"), "{root}");
}

#[test]
fn where_all_checks_are_asked_for_nothing_is_left_out() {
    let suite = with_modules();
    let entries: Vec<_> = suite.entries().collect();
    let files = suite.staged(Engine::Stress, &entries, "fn main() {}");
    assert_eq!(files.len(), 1 + 2 * 7);
    assert!(files.iter().all(|(_, text)| !text.contains("cfg(any())")), "{files:?}");
}
