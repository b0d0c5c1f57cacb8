//! How many executions a second the explorer runs, how long a complete search of each solution takes, and what recording
//! costs.
//!
//! ```text
//! cargo bench -p model-std
//! cargo bench -p model-std -- --against COMMIT
//! ```
//!
//! The second one compares with the explorer of another commit: the same searches, in turns, in one run.

// Its modules are solutions, which are in no package: an editor would look for their files in vain.
#![cfg(not(rust_analyzer))]

// What the solutions call `std` is the model.
extern crate model_std as std;
extern crate std as real;

mod against;
mod measure;
mod scenarios;

use measure::Cost;
use real::path::Path;
use scenarios::SCENARIOS;

/// Its rate stands for all.
const POOL: &str = "connection-pool with timeouts";

/// How often each search is measured. The best time counts.
const ROUNDS: usize = 5;

/// Makes a round of measurements, for the process that compares.
const ROUND: &str = "--round";

/// Each scenario with up to three preemptions, as tests are searched by default.
fn round() -> Vec<Cost> {
    SCENARIOS.iter().map(|&(_, test)| Cost::of(test, Some(3), true)).collect()
}

/// A round that another process makes.
fn round_of(program: &Path) -> Vec<Cost> {
    against::output(program, &[ROUND]).lines().map(|line| line.parse().expect("a cost")).collect()
}

/// The best of several rounds, of which `rounds` are made in turns.
fn best<const N: usize>(mut rounds: [&mut dyn FnMut() -> Vec<Cost>; N]) -> [Vec<Cost>; N] {
    let mut best: [Vec<Cost>; N] = real::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (best, round) in best.iter_mut().zip(&mut rounds) {
            let costs = round();
            *best = match best.is_empty() {
                true => costs,
                false => best.iter().zip(costs).map(|(best, cost)| best.faster(cost)).collect(),
            };
        }
    }
    best
}

fn show(name: &str, cost: &Cost) {
    let cut = if cost.complete { "" } else { ", cut short" };
    let (rate, milliseconds) = (cost.rate(), 1000.0 * cost.time.as_secs_f64());
    println!("{name}: {rate:.0} executions/s, {} executions in {milliseconds:.2} ms{cut}", cost.executions);
}

fn compare(commit: &str) {
    let program = against::build(commit);
    let [now, before] = best([&mut round, &mut || round_of(&program)]);
    for (&(name, _), (now, before)) in SCENARIOS.iter().zip(now.iter().zip(&before)) {
        show(&format!("{name}, {commit}"), before);
        show(&format!("{name}, now"), now);
        println!(
            "{name}: {:.2} times the rate, {:.2} times the executions, {:.2} times the time of a search",
            now.rate() / before.rate(),
            now.executions as f64 / before.executions as f64,
            now.time.as_secs_f64() / before.time.as_secs_f64()
        );
    }
}

fn report() {
    let [costs] = best([&mut round]);
    for (&(name, _), cost) in SCENARIOS.iter().zip(&costs) {
        show(name, cost);
    }
    let (_, pool) = SCENARIOS.iter().find(|&&(name, _)| name == POOL).expect("it is one of them");
    let mut with = || vec![Cost::of(*pool, None, true)];
    let mut without = || vec![Cost::of(*pool, None, false)];
    let [with, without] = best([&mut with, &mut without]).map(|costs| costs[0]);
    show(&format!("{POOL}, without a bound"), &with);
    let share = 100.0 * (1.0 - with.rate() / without.rate());
    println!("recording costs {share:.1} % of it ({:.0} executions/s without)", without.rate());
}

fn main() {
    let arguments: Vec<String> = real::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        // `cargo test --benches` runs this too: nothing is measured there.
        ["--test", ..] => {}
        [ROUND] => round().iter().for_each(|cost| println!("{cost}")),
        ["--against", commit, ..] => compare(commit),
        _ => report(),
    }
}
