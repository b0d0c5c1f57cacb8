//! What each operator makes of a small program, and which identities its mutants have.

use std::collections::BTreeSet;
use std::path::Path;

use super::code::normalised;
use super::{Equivalents, Generated, OPERATORS, generate, sample};
use crate::catalog::Catalog;
use crate::mutant::Base;
use crate::project::Project;

fn mutants(source: &str) -> Vec<Generated> {
    generate(&Base::Solution, source).expect("Rust")
}

/// For each operator programs, each with what it makes of it.
const EXAMPLES: &[(&str, &str, &[&str])] = &[
    (
        "wait_removed",
        "fn f(c: &Condvar, g: G) { while *g { g = c.wait(g).unwrap(); } }",
        &["fn f(c: &Condvar, g: G) { while *g { } }", "fn f(c: &Condvar, g: G) { while *g { g = g; } }"],
    ),
    ("wait_removed", "fn f() { thread::park(); }", &["fn f() { }"]),
    ("wait_removed", "fn f() { let g = c.wait_while(g, |b| *b).unwrap(); }", &["fn f() { let g = g; }"]),
    (
        "while_to_if",
        "fn f() { while a() { g = c.wait(g).unwrap(); } while b() { c(); } }",
        &["fn f() { if a() { g = c.wait(g).unwrap(); } while b() { c(); } }"],
    ),
    (
        "while_to_if",
        "fn f() { loop { if a() { break; } thread::park(); } }",
        &["fn f() { loop { if a() { break; } thread::park(); break; } }"],
    ),
    ("wait_unconditional", "fn f() { c.wait_while(g, |b| *b) }", &["fn f() { c.wait(g) }"]),
    (
        "wait_unconditional",
        "fn f() { c.wait_timeout_while(g, t, |b| *b) }",
        &["fn f() { c.wait_timeout(g, t) }"],
    ),
    (
        "timeout_changed",
        "fn f() { c.wait_timeout(g, end - now) }",
        &[
            "fn f() { c.wait_timeout(g, std::time::Duration::ZERO) }",
            "fn f() { c.wait_timeout(g, (end - now) * 2) }",
        ],
    ),
    ("receive_to_try", "fn f() { r.recv() }", &["fn f() { r.try_recv() }"]),
    (
        "notify_removed",
        "fn f() { a(); c.notify_all(); b.unpark() }",
        &["fn f() { a(); b.unpark() }", "fn f() { a(); c.notify_all(); () }"],
    ),
    (
        "notify_removed",
        "fn f() { match a { 1 => c.notify_one(), _ => {} } }",
        &["fn f() { match a { 1 => (), _ => {} } }"],
    ),
    ("notify_all_to_one", "fn f() { c.notify_all(); }", &["fn f() { c.notify_one(); }"]),
    (
        "other_condvar",
        "struct S { full: Condvar, empty: Condvar, n: u8 } impl S { fn f(&self) { self.full.go(self.n); } }",
        &[
            "struct S { full: Condvar, empty: Condvar, n: u8 } impl S { fn f(&self) { self.empty.go(self.n); } }",
        ],
    ),
    (
        "section_split",
        "fn f() { let mut g = m.lock().unwrap(); if *g { *g = false; } *g = true; }",
        &[
            "fn f() { let mut g = m.lock().unwrap(); if *g { drop(g); g = m.lock().unwrap(); *g = false; } *g = true; }",
            "fn f() { let mut g = m.lock().unwrap(); if *g { *g = false; } drop(g); let mut g = m.lock().unwrap(); *g = true; }",
        ],
    ),
    (
        "section_split",
        "fn f() { *m.lock().unwrap() += a; }",
        &["fn f() { { let torn = *m.lock().unwrap() + (a); *m.lock().unwrap() = torn; }; }"],
    ),
    (
        "section_split",
        "fn state() -> MutexGuard<u8> { m.lock() } fn f() { let g = state(); a(*g); b(*g) }",
        &[
            "fn state() -> MutexGuard<u8> { m.lock() } fn f() { let g = state(); a(*g); drop(g); let mut g = state(); b(*g) }",
        ],
    ),
    (
        "section_shrunk",
        "fn f() { let g = m.lock().unwrap(); a(*g); b(); c() }",
        &["fn f() { let g = m.lock().unwrap(); a(*g); drop(g); b(); c() }"],
    ),
    (
        "section_shifted",
        "fn f() { let g = m.lock().unwrap(); let b = a(); *g = b; }",
        &["fn f() { let b = a(); let g = m.lock().unwrap(); *g = b; }"],
    ),
    ("unlock_removed", "fn f() { a(); drop(g); b(); }", &["fn f() { a(); b(); }"]),
    (
        "lock_removed",
        "fn f() { let _guard = m.lock().unwrap(); a(); b() }",
        &[
            "fn f() { let _guard = m.lock().unwrap(); drop(_guard); a(); b() }",
            "fn f() { let _guard = m.lock().unwrap(); a(); drop(_guard); b() }",
        ],
    ),
    (
        "lock_order_swapped",
        "fn f() { let a = m.lock().unwrap(); let b = n.lock().unwrap(); go(a, b) }",
        &["fn f() { let b = n.lock().unwrap(); let a = m.lock().unwrap(); go(a, b) }"],
    ),
    ("lock_to_try", "fn f() { m.lock().unwrap() }", &["fn f() { m.try_lock().unwrap() }"]),
    (
        "ordering_weakened",
        "fn f() { a.store(b.load(Ordering::Acquire), SeqCst) }",
        &[
            "fn f() { a.store(b.load(Ordering::Relaxed), SeqCst) }",
            "fn f() { a.store(b.load(Ordering::Acquire), Release) }",
            "fn f() { a.store(b.load(Ordering::Acquire), Relaxed) }",
        ],
    ),
    (
        "ordering_weakened",
        "fn f() { a.compare_exchange(0, 1, AcqRel, Acquire) }",
        &[
            "fn f() { a.compare_exchange(0, 1, Acquire, Acquire) }",
            "fn f() { a.compare_exchange(0, 1, Release, Acquire) }",
            "fn f() { a.compare_exchange(0, 1, AcqRel, Relaxed) }",
        ],
    ),
    (
        "ordering_weakened",
        "fn f() { a.fetch_update(Release, SeqCst, next) }",
        &[
            "fn f() { a.fetch_update(Relaxed, SeqCst, next) }",
            "fn f() { a.fetch_update(Release, Acquire, next) }",
            "fn f() { a.fetch_update(Release, Relaxed, next) }",
        ],
    ),
    (
        "ordering_weakened",
        "use std::sync::atomic::Ordering::{AcqRel, Acquire}; fn f() { a.swap(1, AcqRel); a.load(Acquire) }",
        &[
            "use std::sync::atomic::Ordering::{AcqRel, Acquire}; fn f() { a.swap(1, Acquire); a.load(Acquire) }",
            "use std::sync::atomic::Ordering::{AcqRel, Acquire}; \
             fn f() { a.swap(1, std::sync::atomic::Ordering::Release); a.load(Acquire) }",
            "use std::sync::atomic::Ordering::{AcqRel, Acquire}; \
             fn f() { a.swap(1, AcqRel); a.load(std::sync::atomic::Ordering::Relaxed) }",
        ],
    ),
    (
        "atomic_split",
        "fn f() { a.fetch_add(n, Relaxed) }",
        &["fn f() { { let torn = a.load(std::sync::atomic::Ordering::SeqCst); \
           a.store(torn.wrapping_add(n), std::sync::atomic::Ordering::SeqCst); torn } }"],
    ),
    ("join_removed", "fn f() { h.join().unwrap(); }", &["fn f() { }"]),
    (
        "poison_unwrapped",
        "fn f() { m.lock().unwrap_or_else(PoisonError::into_inner) }",
        &["fn f() { m.lock().unwrap() }"],
    ),
    (
        "drop_emptied",
        "impl Drop for P { fn drop(&mut self) { give(self) } } impl Q { fn drop(&mut self) { give(self) } }",
        &["impl Drop for P { fn drop(&mut self) {} } impl Q { fn drop(&mut self) { give(self) } }"],
    ),
    (
        "catch_removed",
        "fn f() { panic::catch_unwind(g) }",
        &["fn f() { Ok::<_, Box<dyn std::any::Any + Send>>((g)()) }"],
    ),
    (
        "clock_read_again",
        "fn f() { let now = Instant::now(); a(now, now + t) }",
        &[
            "fn f() { let now = Instant::now(); a((Instant::now()), now + t) }",
            "fn f() { let now = Instant::now(); a(now, (Instant::now()) + t) }",
        ],
    ),
    (
        "deadline_restarted",
        "fn f() { let end = Instant::now() + t; loop { a(end); } }",
        &["fn f() { let end = Instant::now() + t; loop { a((Instant::now() + t)); } }"],
    ),
    (
        "count_changed",
        "fn f() { (Mutex::new(permits), mpsc::sync_channel(size), Vec::new()) }",
        &[
            "fn f() { (Mutex::new(permits + 1), mpsc::sync_channel(size), Vec::new()) }",
            "fn f() { (Mutex::new(permits), mpsc::sync_channel(size + 1), Vec::new()) }",
        ],
    ),
    (
        "condition_negated",
        "fn f() { if a { b } while !c {} }",
        &["fn f() { if !(a) { b } while !c {} }", "fn f() { if a { b } while c {} }"],
    ),
    (
        "condition_part_dropped",
        "fn f() { if a && b { c } }",
        &["fn f() { if a { c } }", "fn f() { if b { c } }"],
    ),
    ("boundary_shifted", "fn f() -> bool { a < b }", &["fn f() -> bool { a <= b }"]),
    (
        "number_changed",
        "fn f() { a(1, 7u8) }",
        &["fn f() { a(2, 7u8) }", "fn f() { a(0, 7u8) }", "fn f() { a(1, 8u8) }"],
    ),
    ("number_changed", "fn f() { (Vec::with_capacity(8), X::<3>::new()) }", &[]),
    ("sign_changed", "fn f() { a += b - c; }", &["fn f() { a -= b - c; }", "fn f() { a += b + c; }"]),
    ("bool_flipped", "fn f() -> bool { true }", &["fn f() -> bool { false }"]),
    (
        "exit_removed",
        "fn f() { if a { return; } b(); for c in d { continue; } }",
        &[
            "fn f() { b(); for c in d { continue; } }",
            "fn f() { if a { } b(); for c in d { continue; } }",
            "fn f() { if a { return; } b(); for c in d { } }",
        ],
    ),
    (
        "statements_swapped",
        "fn f() { *g = 1; c.notify_one(); b(); d(); }",
        &["fn f() { c.notify_one(); *g = 1; b(); d(); }", "fn f() { *g = 1; b(); c.notify_one(); d(); }"],
    ),
    ("statement_removed", "fn f() { a(); let b = c(); b }", &["fn f() { let b = c(); b }"]),
];

#[test]
fn each_operator_makes_what_its_name_says() {
    for (operator, source, expected) in EXAMPLES {
        let made = mutants(source).into_iter().filter(|mutant| mutant.operator == *operator);
        let made: Vec<String> = made.map(|mutant| normalised(&mutant.program)).collect();
        let expected: Vec<String> = expected.iter().map(|program| normalised(program)).collect();
        assert_eq!(made, expected, "{operator} of {source}");
    }
}

#[test]
fn each_operator_has_an_example_and_a_name_of_its_own() {
    let shown: BTreeSet<&str> = EXAMPLES.iter().map(|(operator, ..)| *operator).collect();
    let known: BTreeSet<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
    assert_eq!(shown, known);
    assert_eq!(known.len(), OPERATORS.len());
}

/// Every right program of the exercises.
fn programs() -> Vec<(String, Base, String)> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let mut programs = Vec::new();
    for exercise in catalog.exercises() {
        for base in Base::all(&project, exercise).expect("bases") {
            let program = base.read(&project, exercise).expect("a program");
            programs.push((exercise.slug.clone(), base, program));
        }
    }
    programs
}

#[test]
fn all_mutants_of_all_solutions_are_rust_and_no_two_of_them_are_the_same() {
    let solutions = programs().into_iter().filter(|(_, base, _)| *base == Base::Solution);
    for (exercise, base, source) in solutions {
        let mutants = generate(&base, &source).expect("Rust");
        assert!(mutants.len() > 10, "{exercise}: {}", mutants.len());
        let ids: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.id.as_str()).collect();
        assert_eq!(ids.len(), mutants.len(), "{exercise}");
        let mut programs = BTreeSet::from([normalised(&source)]);
        for mutant in &mutants {
            assert!(
                syn::parse_file(&mutant.program).is_ok(),
                "{exercise}: {}:\n{}",
                mutant.id,
                mutant.program
            );
            assert!(programs.insert(normalised(&mutant.program)), "{exercise}: {}", mutant.id);
        }
    }
}

const COUNTER: &str = "\
// Counts.
fn add(m: &Mutex<u64>) {
    let mut g = m.lock().unwrap();   // held to the end
    *g += 1;
}
";

#[test]
fn what_is_not_changed_stays_byte_for_byte() {
    let removed = mutants(COUNTER).into_iter().find(|mutant| mutant.operator == "statement_removed");
    assert_eq!(removed.expect("one").program, COUNTER.replace("*g += 1;", ""));
}

#[test]
fn identities_stay_when_something_else_is_edited() {
    let ids = |source: &str| mutants(source).into_iter().map(|mutant| mutant.id).collect::<Vec<_>>();
    let before = ids(COUNTER);
    assert!(before[0].contains("@solution/add#"), "{before:?}");
    let edited = COUNTER.replace("// Counts.", "//! Counts.\nfn other(a: u8) -> u8 {\n    a + 1\n}\n");
    let edited = edited.replace("*g += 1;", "*g    += 1; // one more").replace("g.lock", "g\n        .lock");
    let after: Vec<String> = ids(&edited).into_iter().filter(|id| id.contains("/add#")).collect();
    assert_eq!(after, before);
}

#[test]
fn tests_are_not_changed() {
    let source = "#[cfg(test)] mod tests { fn f() { a(); } } #[test] fn g() { a(); } const N: u8 = 1 + 2;";
    assert_eq!(mutants(source), []);
}

#[test]
fn a_sample_is_always_the_same_and_keeps_what_a_larger_one_has() {
    let all = mutants(COUNTER);
    let (three, four) = (sample(all.clone(), 3), sample(all.clone(), 4));
    assert_eq!((three.len(), four.len()), (3, 4));
    assert_eq!(three, sample(all.clone(), 3));
    assert!(three.iter().all(|mutant| four.contains(mutant)));
    assert_eq!(sample(all.clone(), 1_000), all);
}

/// What is wrong with an `equivalent.toml` of that text.
fn refused(text: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("equivalent.toml"), text).expect("a file");
    match Equivalents::read(folder.path()) {
        Ok(equivalents) => equivalents.stale(&mutants(COUNTER)).join("\n"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn a_judgement_is_about_mutants_that_there_are_once_with_a_reason() {
    let id = &mutants(COUNTER)[0].id;
    let entry = |id: &str, reason: &str| {
        format!("[[equivalent]]\nmutants = [\n  \"{id}\",\n]\nreason = \"{reason}\"\n")
    };
    assert_eq!(refused(&entry(id, "so it is")), "");
    let gone = refused(&entry("while_to_if@solution/gone#000000.1", "so it was"));
    assert!(
        gone.contains("equivalent.toml:3: while_to_if@solution/gone#000000.1: no mutant is called so"),
        "{gone}"
    );
    let silent = refused(&entry(id, " "));
    assert!(silent.contains("equivalent.toml:5: say in a sentence"), "{silent}");
    let twice = refused(&(entry(id, "so it is") + &entry(id, "yes")));
    assert!(twice.contains("equivalent.toml:8: this mutant is judged twice"), "{twice}");
    let unknown = refused("[[equivalent]]\nmutant = \"x\"\n");
    assert!(unknown.contains("equivalent.toml:2: unknown field"), "{unknown}");
}
