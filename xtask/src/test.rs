//! `cargo xtask test`

use std::num::NonZeroU32;
use std::process::Command;

use grader::error::{Error, Fault};

use crate::cli::{CalibrateArgs, Jobs, MutateArgs, TestArgs};
use crate::exit::Exit;
use crate::terminal::Terminal;

/// One call of cargo that must succeed.
struct Step {
    title: &'static str,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
}

const STEPS: [Step; 5] = [
    Step { title: "the code is formatted", args: &["fmt", "--all", "--check"], env: &[] },
    Step {
        title: "clippy has nothing to say",
        args: &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"],
        env: &[],
    },
    Step {
        title: "the documentation has no broken links",
        args: &["doc", "--workspace", "--no-deps", "--document-private-items"],
        // Tours of private modules are for those who read the source, and link to them.
        env: &[("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private_intra_doc_links")],
    },
    Step {
        title: "the model, the pipeline and the commands do what they should",
        args: &["test", "--no-fail-fast"],
        env: &[],
    },
    Step {
        title: "the stubs have the signatures that the exercises promise",
        args: &["test", "--workspace", "--test", "contract"],
        env: &[],
    },
];

/// Runs everything that must hold: the steps above, then `calibrate`. Stops at the first that fails.
pub fn run(args: &TestArgs, terminal: &Terminal) -> Result<Exit, Error> {
    let (project, _) = crate::project()?;
    for Step { title, args, env } in STEPS {
        let command = format!("cargo {}", args.join(" "));
        println!("\n── {title}: {command}");
        #[expect(
            clippy::disallowed_methods,
            reason = "its output is for the user, and Ctrl-C is for it as well: no capturing, no group of its own"
        )]
        let status = Command::new("cargo")
            .args(args)
            .envs(env.iter().copied())
            .current_dir(project.root())
            .status()
            .map_err(|source| Fault::NoToolchain { program: "cargo".to_owned(), source })?;
        if !status.success() {
            println!("\nNot true: {title}. `{command}` shows it again.");
            return Ok(Exit::NotAccepted);
        }
    }
    println!("\n── the suites tell right from wrong: cargo xtask calibrate");
    let everything = CalibrateArgs {
        exercises: Vec::new(),
        full: false,
        repeat: NonZeroU32::MIN,
        load: 0,
        second_opinion: false,
        mutate: MutateArgs::default(),
        no_cache: false,
        jobs: Jobs { jobs: args.jobs.jobs },
    };
    crate::calibrate::run(&everything, terminal)
}
