//! One call of rustc.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::messages::{self, Message};
use super::temporary;
use crate::children::{Children, Turn};
use crate::error::Fault;
use crate::process::{Ceiling, End, Finished, Job, Limits, Stdin};
use crate::report::{Diagnostic, Level, sanitised};
use crate::sandbox::Compiling;

/// What to compile.
pub(crate) struct Call<'a> {
    pub crate_name: String,
    pub file: String,
    pub folder: PathBuf,
    pub out: PathBuf,
    pub args: Vec<String>,
    /// What it reads beside its folder.
    pub reads: Vec<PathBuf>,
    /// Whether it calls a linker.
    pub links: bool,
    /// Called when the compiler's turn has come.
    pub begins: &'a dyn Fn(),
}

/// How a call ended.
pub(crate) struct Compiled {
    pub success: bool,
    /// How long rustc ran.
    pub duration: Duration,
    pub messages: Vec<Message>,
    /// Why there are no messages although it failed.
    trouble: Option<String>,
}

/// rustc with what all calls share.
pub(crate) struct Compiler<'a> {
    pub program: PathBuf,
    pub children: &'a Children<'a>,
}

/// Bytes of messages. There are more only if the same error comes again and again.
const MAX_MESSAGES: usize = 2 * 1024 * 1024;

/// More errors than these are the same error again.
const MAX_DIAGNOSTICS: usize = 20;

/// What a linker needs from the environment. Nothing else gets in: a submission could print it.
const ENVIRONMENT: [&str; 5] =
    ["PATH", "LD_LIBRARY_PATH", "SDKROOT", "DEVELOPER_DIR", "MACOSX_DEPLOYMENT_TARGET"];

impl Compiler<'_> {
    /// Makes the call when its turn comes.
    ///
    /// # Errors
    /// When rustc cannot be run, or the work is interrupted.
    pub(crate) fn compile(&self, call: &Call<'_>) -> Result<Compiled, Fault> {
        let mut args: Vec<String> = [
            "--edition",
            "2024",
            "--error-format",
            "json",
            "--crate-name",
            &call.crate_name,
            "--check-cfg",
            "cfg(model)",
            "--check-cfg",
            "cfg(engine, values(\"model\", \"stress\"))",
        ]
        .map(str::to_owned)
        .into();
        args.extend(call.args.iter().cloned());
        args.extend(["--out-dir".to_owned(), call.out.display().to_string(), call.file.clone()]);
        fs::create_dir_all(&call.out).map_err(|source| Fault::io("make the folder", &call.out, source))?;
        let inherited =
            ENVIRONMENT.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
        let sandbox = &self.children.sandbox;
        let reads = call.reads.iter().chain([&call.folder]).cloned().collect();
        let confinement = sandbox.of_compiler(Compiling {
            rustc: &self.program,
            sources: reads,
            out: &call.out,
            links: call.links,
        })?;
        let job = Job {
            program: self.program.clone(),
            args: args.iter().map(OsString::from).collect(),
            folder: call.folder.clone(),
            env: inherited.chain(temporary::files_in(&call.out)).collect(),
            stdin: Stdin::Empty,
            limits: Limits {
                wall: Duration::from_secs(sandbox.limits.compile_wall_seconds),
                output: MAX_MESSAGES,
                flood: MAX_MESSAGES,
                answer: 0,
            },
            watch_for_stall: false,
            shows_errors: false,
            confinement: Some(confinement),
        };
        let finished = self.children.run(job, Turn::WithSlot, call.begins).map_err(|error| {
            error.into_fault(|source| Fault::NoToolchain {
                program: self.program.display().to_string(),
                source,
            })
        })?;
        let stderr = String::from_utf8_lossy(&finished.stderr.bytes);
        let success = finished.end == End::Exited(0);
        let messages = messages::read(&stderr);
        let silent = !messages.iter().any(|message| message.level == Level::Error);
        let trouble = (!success && silent).then(|| trouble(&finished, &stderr));
        Ok(Compiled { success, duration: finished.duration, messages, trouble })
    }
}

fn trouble(finished: &Finished, stderr: &str) -> String {
    match finished.end {
        End::TimedOut => {
            format!(
                "the compiler was still running after {} s and was terminated",
                finished.duration.as_secs()
            )
        }
        End::Exceeded(Ceiling::CpuTime { seconds }) => {
            format!("the compiler used more than {seconds} s of CPU time on it")
        }
        End::Exceeded(Ceiling::Memory { bytes }) => {
            format!("the compiler used more than {} MiB on it", bytes >> 20)
        }
        End::Exceeded(Ceiling::Output { bytes }) => {
            format!("the compiler wrote more than {} KiB of messages about it", bytes >> 10)
        }
        End::Exceeded(Ceiling::FileSize) => "what it compiles to is too large".to_owned(),
        End::Exceeded(Ceiling::Threads { .. } | Ceiling::Answer { .. })
        | End::OpenedSocket
        | End::Exited(_)
        | End::Signalled(_)
        | End::Stalled
        | End::Idle => {
            // It asks for a report of that, which is not the learner's business.
            if stderr.contains("rustc unexpectedly overflowed its stack") {
                return "the compiler overflowed its stack on it: split what is nested".to_owned();
            }
            let tail: Vec<&str> = stderr.lines().rev().take(5).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            format!("the compiler failed: {}", sanitised(&tail.join("\n"), 2 * 1024))
        }
    }
}

impl Compiled {
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.level == Level::Error)
    }

    /// The errors, for the learner.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let errors = self.errors().take(MAX_DIAGNOSTICS).cloned().map(Message::diagnostic);
        errors.chain(self.trouble.iter().map(Diagnostic::error)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::trouble;
    use crate::process::{Captured, Claim, CpuTime, End, Finished};

    #[test]
    fn a_compiler_that_overflows_its_stack_is_told_without_its_own_words() {
        let finished = Finished {
            end: End::Signalled(11),
            stdout: Captured::default(),
            stderr: Captured::default(),
            answer: Captured::default(),
            claim: Claim::None,
            duration: Duration::ZERO,
            cpu: CpuTime::default(),
        };
        let said = "note: rustc unexpectedly overflowed its stack! this is a bug\nhelp: you can increase rustc's stack size";
        let told = trouble(&finished, &format!("error: rustc interrupted by SIGSEGV\n{said}"));
        assert_eq!(told, "the compiler overflowed its stack on it: split what is nested");
        assert_eq!(trouble(&finished, "killed"), "the compiler failed: killed");
    }
}
