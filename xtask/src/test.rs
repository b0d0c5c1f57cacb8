//! `cargo xtask test`

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use grader::error::{Error, Fault};

use crate::cli::TestArgs;
use crate::exit::Exit;

/// One call of cargo that must succeed.
struct Step {
    title: &'static str,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
}

const FORMATTED: Step = Step { title: "the code is formatted", args: &["fmt", "--all", "--check"], env: &[] };

const STEPS: [Step; 4] = [
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

/// Runs everything that must hold: the steps above, and `calibrate` beside all but the first. The steps leave room for
/// it: a linker uses one core, and tests wait, for threads that sleep and for watchdogs. Stops at the first that fails.
pub fn run(args: &TestArgs) -> Result<Exit, Error> {
    let (project, _) = crate::project()?;
    let root = project.root();
    if !FORMATTED.holds(root)? {
        return Ok(Exit::NotAccepted);
    }
    let mut calibration = calibrate(args)?;
    let outputs: [Option<Box<dyn Read + Send>>; 2] = [
        calibration.stdout.take().map(|out| Box::new(out) as _),
        calibration.stderr.take().map(|out| Box::new(out) as _),
    ];
    let printer = Printer::default();
    thread::scope(|scope| {
        for output in outputs.into_iter().flatten() {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            scope.spawn(|| lines.for_each(|line| printer.print(line)));
        }
        let holds = STEPS.iter().try_fold(true, |holds, step| Ok::<_, Error>(holds && step.holds(root)?));
        if matches!(holds, Ok(true)) {
            println!(
                "\n── the suites tell right from wrong: cargo xtask calibrate, begun beside the steps above"
            );
            printer.release();
        } else {
            end(&mut calibration);
        }
        let ended =
            calibration.wait().map_err(|source| Fault::io("wait for", Path::new(CALIBRATE), source))?;
        Ok(if holds? { Exit::of_code(ended.code()) } else { Exit::NotAccepted })
    })
}

impl Step {
    /// Runs it, and says if it fails.
    fn holds(&self, root: &Path) -> Result<bool, Error> {
        let Step { title, args, env } = self;
        let command = format!("cargo {}", args.join(" "));
        println!("\n── {title}: {command}");
        #[expect(
            clippy::disallowed_methods,
            reason = "its output is for the user, and Ctrl-C is for it as well: no capturing, no group of its own"
        )]
        let status = Command::new("cargo")
            .args(*args)
            .envs(env.iter().copied())
            .current_dir(root)
            .status()
            .map_err(|source| Fault::NoToolchain { program: "cargo".to_owned(), source })?;
        if !status.success() {
            println!("\nNot true: {title}. `{command}` shows it again.");
        }
        Ok(status.success())
    }
}

const CALIBRATE: &str = "calibrate";

/// Starts it, as a process: this one can end it.
fn calibrate(args: &TestArgs) -> Result<Child, Error> {
    let program = std::env::current_exe()
        .map_err(|source| Fault::io("find", Path::new("the program that runs"), source))?;
    #[expect(clippy::disallowed_methods, reason = "Ctrl-C is for it as well: no group of its own")]
    let child = Command::new(&program)
        .arg(CALIBRATE)
        .arg(format!("--jobs={}", args.jobs.number()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| Fault::io("run", &program, source))?;
    Ok(child)
}

/// Asks it to end, so that it removes its folders first.
fn end(calibration: &mut Child) {
    #[cfg(unix)]
    if let Ok(id) = i32::try_from(calibration.id()) {
        // It may have ended by itself.
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM);
    }
    #[cfg(not(unix))]
    let _ = calibration.kill();
}

/// Keeps lines back until it is their turn.
struct Printer {
    /// `None` once it is.
    kept: Mutex<Option<Vec<String>>>,
}

impl Default for Printer {
    fn default() -> Self {
        Self { kept: Mutex::new(Some(Vec::new())) }
    }
}

impl Printer {
    fn print(&self, line: String) {
        match &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(kept) => kept.push(line),
            None => println!("{line}"),
        }
    }

    fn release(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take().unwrap_or_default().iter().for_each(|line| println!("{line}"));
    }
}
