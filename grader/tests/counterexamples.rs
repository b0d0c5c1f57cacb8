//! What a learner reads, for each mistake that a schedule can show: as snapshots, to be read and improved.

use std::path::Path;

use grader::catalog::Catalog;
use grader::event::Event;
use grader::format::{Format, Look, Text};
use grader::mutant::Mutant;
use grader::pipeline::{Grader, Options};
use grader::project::Project;
use grader::report::{Engine, Mistake, Report};
use grader::submission::{Submission, Work};
use grader::suite::{CheckId, Selection};
use strum::VariantArray as _;

/// A mutant, and the check under the model whose failure is shown.
struct Example {
    exercise: &'static str,
    mutant: &'static str,
    check: &'static str,
}

/// One for each mistake: adding a mistake without an example does not compile.
fn example(mistake: Mistake) -> Example {
    let (exercise, mutant, check) = match mistake {
        Mistake::LockOrder => {
            ("connection-pool", "locks_in_two_orders", "pool_waiting::the_number_free_is_always_possible")
        }
        Mistake::SelfDeadlock => (
            "connection-pool",
            "available_locks_itself_out",
            "pool_waiting::two_threads_share_one_connection",
        ),
        Mistake::GuardAcrossBlocking => {
            ("benchmark", "lock_taken_before_the_job", "at_once::as_many_jobs_at_once_as_threads")
        }
        Mistake::LostWakeup => {
            ("producer-consumer", "put_notifies_when_it_was_empty", "waiting::two_items_wake_two_consumers")
        }
        Mistake::MissingRecheck => {
            ("connection-pool", "if_for_while", "pool_waiting::two_threads_share_one_connection")
        }
        Mistake::LostUpdate => (
            "race-counter",
            "lock_released_between_read_and_write",
            "locked::two_threads_that_add_twice_lose_nothing",
        ),
        Mistake::CheckThenAct => (
            "lru-cache",
            "the_second_one_does_not_look_again",
            "making::two_that_miss_together_make_one_value",
        ),
        Mistake::TornOperation => {
            ("lru-cache", "put_evicts_afterwards", "together::the_number_of_entries_is_a_snapshot")
        }
        Mistake::BusyWait => {
            ("read-write-lock", "readers_poll", "waking::a_reader_is_woken_and_does_not_poll")
        }
        Mistake::NeverJoined => (
            "race-counter",
            "additions_by_a_helper_thread",
            "locked::the_value_counts_all_that_happened_before",
        ),
        Mistake::Poisoned => (
            "benchmark",
            "a_panic_poisons_the_gil",
            "gil_and_panics::a_panic_while_attached_reaches_the_caller_and_lets_go",
        ),
        Mistake::LateTimeout => {
            ("connection-pool", "timeout_restarts", "pool_waiting::a_wake_up_does_not_restart_the_clock")
        }
        Mistake::StaleRead => {
            ("read-write-lock", "sleepers_counted_too_weakly", "waking::a_writer_that_leaves_wakes_a_reader")
        }
        Mistake::LostInPanic => (
            "benchmark",
            "a_panic_keeps_the_lock",
            "gil_and_panics::a_panic_while_attached_reaches_the_caller_and_lets_go",
        ),
        Mistake::ComputedResult => {
            ("race-counter", "hammer_computes_the_result", "racing::hammering_can_lose_an_update")
        }
        Mistake::GivesUpOnContention => {
            ("lru-cache", "len_gives_up_when_busy", "together::the_number_of_entries_is_a_snapshot")
        }
        Mistake::NobodyLeft => {
            ("producer-consumer", "joins_producers_first", "pipeline::it_squares_every_number_once")
        }
        Mistake::WrongLogic => {
            ("producer-consumer", "last_in_first_out", "waiting::items_of_one_producer_keep_their_order")
        }
        Mistake::MissingGap => ("race-counter", "racy_uses_fetch_add", "racing::two_adds_can_lose_one"),
    };
    Example { exercise, mutant, check }
}

/// Grades the mutant with that one check.
fn graded(grader: &Grader<'_>, project: &Project, catalog: &Catalog, example: &Example) -> Report {
    let exercise = catalog.get(example.exercise).expect("an exercise");
    let mutant = Mutant::find(project, exercise, example.mutant).expect("a mutant");
    let program = mutant.program(project, exercise).expect("it fits its base");
    let work = Work::from_text(exercise, program).expect("an exercise with one file");
    let submission = Submission { label: example.mutant.to_owned(), works: vec![work] };
    let only = [CheckId::new(example.check, Engine::Model)];
    grader.grade_selected(&submission, Selection::Only(&only)).expect("a report")
}

#[test]
fn every_mistake_is_told_so_that_it_can_be_understood() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the grader is in a workspace");
    let project = Project::at(workspace).expect("a workspace");
    let catalog = Catalog::discover(&project).expect("exercises");
    let nobody = |_: &Event| {};
    let grader = Grader::new(&project, &catalog, Options::new(2), &nobody).expect("a toolchain");
    for mistake in Mistake::VARIANTS {
        let example = example(*mistake);
        let mut report = graded(&grader, &project, &catalog, &example);
        // The only thing that differs from run to run.
        report.duration_ms = 0;
        let mut text = Vec::new();
        Text::new(Look { width: 100, colours: false, unicode: true })
            .write(&report, &mut text)
            .expect("memory takes everything");
        let text = String::from_utf8(text).expect("text");
        let check = &report.exercises[0].checks[0];
        let diagnosis = check.failure.as_ref().and_then(|failure| failure.diagnosis.as_ref());
        assert_eq!(diagnosis.map(|diagnosis| diagnosis.kind), Some(*mistake), "{}:\n{text}", example.mutant);
        insta::assert_snapshot!(mistake.as_str(), text);
    }
}
