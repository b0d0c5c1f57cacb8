//! From staged sources to binaries, by rustc directly: no cargo, no manifest, nothing in between.
//!
//! [`toolchain`] finds rustc, [`artifacts`] builds the grader's own crates once, [`rustc`] makes one
//! call and reads its messages, [`contract`] says in the task's words what differs in the public items.

pub(crate) mod artifacts;
pub(crate) mod contract;
pub(crate) mod messages;
pub(crate) mod rustc;
mod temporary;
pub(crate) mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Fault;
use crate::report::Engine;
use crate::staging::Staging;
use artifacts::Artifacts;
use messages::Message;
pub(crate) use rustc::Compiled;
use rustc::{Call, Compiler};

/// The paths that a build of one submission works with.
#[derive(Clone, Copy)]
pub(crate) struct Build<'a> {
    pub compiler: &'a Compiler<'a>,
    pub artifacts: &'a Artifacts,
    pub staging: &'a Staging,
    pub crate_name: &'a str,
    /// The file that holds the learner's crate, from the submission's folder.
    pub root_file: &'a str,
    /// Whether some given file needs `unsafe`, which a learner never does.
    pub given_unsafe: bool,
    /// Whether a debugger is to find its way about.
    pub debuggable: bool,
}

/// Whether the engine runs on a `std` of its own.
fn replaces_std(engine: Engine) -> bool {
    match engine {
        Engine::Stress | Engine::Contract => false,
        Engine::Model | Engine::Loom => true,
    }
}

/// The engine whose checks this one runs: loom judges those of the model.
fn checks_of(engine: Engine) -> Engine {
    match engine {
        Engine::Loom | Engine::Model => Engine::Model,
        Engine::Stress | Engine::Contract => engine,
    }
}

impl Build<'_> {
    /// Builds the learner's crate for an engine. Here as below, `begins` is called when it is rustc's turn.
    pub(crate) fn learner(&self, engine: Engine, begins: &dyn Fn()) -> Result<Compiled, Fault> {
        // Real threads race as they do in a release build. Under the model nothing depends on speed.
        let optimised = if replaces_std(engine) { "opt-level=0" } else { "opt-level=2" };
        // Those of the learner's own `debug_assert!`. In the checks they would guard what std's generics do without
        // being asked to, at each call.
        let assertions = "debug-assertions=on";
        let mut args: Vec<String> =
            ["--crate-type", "rlib", "-C", optimised, "-C", assertions].map(str::to_owned).into();
        args.extend(self.engine_args(engine));
        if self.debuggable {
            args.extend(["-C", "debuginfo=2"].map(str::to_owned));
        }
        let lenient = ["--cap-lints", "allow"].map(str::to_owned);
        let forbid = ["-F", "unsafe_code"].map(str::to_owned);
        let call = |extra: &[String]| Call {
            crate_name: self.crate_name.to_owned(),
            file: self.root_file.to_owned(),
            folder: self.staging.submission(),
            out: self.staging.out(engine),
            args: [args.as_slice(), extra].concat(),
            reads: self.kit(engine),
            links: false,
            begins,
        };
        let compiled = self.compiler.compile(&call(if self.given_unsafe { &[] } else { &forbid }))?;
        // A learner may turn warnings into errors for themselves; for the grader they are none. Without
        // this lint's help, the policy alone has already refused any `unsafe`.
        let only_lints = |errors: &[&Message]| {
            !errors.is_empty()
                && errors.iter().all(|error| error.is_lint() && error.code.as_deref() != Some("unsafe_code"))
        };
        if !compiled.success && only_lints(&compiled.errors().collect::<Vec<_>>()) {
            return self.compiler.compile(&call(&lenient));
        }
        Ok(compiled)
    }

    /// Builds the engine's check binary, on top of the learner's crate.
    pub(crate) fn checks(&self, engine: Engine, begins: &dyn Fn()) -> Result<Compiled, Fault> {
        let folder = self.staging.checks(checks_of(engine));
        // Compiled for this one submission: optimising takes longer than it saves.
        let strip = if self.debuggable { "strip=none" } else { "strip=debuginfo" };
        let mut args: Vec<String> =
            ["--crate-type", "bin", "--cap-lints", "allow", "-C", "opt-level=0", "-C", strip]
                .map(str::to_owned)
                .into();
        args.extend(self.engine_args(engine));
        args.extend(["--cfg".to_owned(), format!("engine={:?}", checks_of(engine).as_str())]);
        args.extend(["--extern".to_owned(), format!("harness={}", self.artifacts.harness.display())]);
        args.extend(["-L".to_owned(), format!("dependency={}", self.artifacts.dependencies.display())]);
        args.extend(self.artifacts.native.iter().flat_map(|folder| ["-L".to_owned(), folder.clone()]));
        args.extend(self.learner_extern(engine));
        args.extend(["--remap-path-prefix".to_owned(), "main.rs=check/main.rs".to_owned()]);
        let mut reads = self.kit(engine);
        reads.extend([self.artifacts.harness.clone(), self.artifacts.dependencies.clone()]);
        // Such as `native=…`.
        let path =
            |native: &String| PathBuf::from(native.split_once('=').map_or(&**native, |(_, path)| path));
        reads.extend(self.artifacts.native.iter().map(path));
        let compiled = self.compiler.compile(&Call {
            crate_name: "check".to_owned(),
            file: "main.rs".to_owned(),
            folder,
            out: self.staging.out(engine),
            args,
            reads,
            links: true,
            begins,
        })?;
        if compiled.success {
            make_read_only(&self.binary(engine))?;
        }
        // What the checks are linked with is the grader's: another build may be replacing it just now.
        if let Some(broken) = compiled.errors().find(|error| error.is_about_a_crate()) {
            return Err(Fault::OwnBuild { output: broken.text.clone() });
        }
        Ok(compiled)
    }

    /// What takes the place of std, for the engines that replace it.
    fn kit(&self, engine: Engine) -> Vec<PathBuf> {
        let Artifacts { std, core, dependencies, .. } = self.artifacts;
        if replaces_std(engine) { vec![std.clone(), core.clone(), dependencies.clone()] } else { Vec::new() }
    }

    /// Where [`checks`](Self::checks) puts the binary.
    pub(crate) fn binary(&self, engine: Engine) -> PathBuf {
        self.staging.out(engine).join(format!("check{}", std::env::consts::EXE_SUFFIX))
    }

    /// Checks one file against the public items of the learner's crate; makes nothing.
    pub(crate) fn against_contract(&self, file: &str, begins: &dyn Fn()) -> Result<Compiled, Fault> {
        let mut args: Vec<String> =
            ["--crate-type", "lib", "--emit", "metadata", "--cap-lints", "allow"].map(str::to_owned).into();
        args.extend(self.learner_extern(Engine::Stress));
        self.compiler.compile(&Call {
            crate_name: "contract".to_owned(),
            file: file.to_owned(),
            folder: self.staging.contract(),
            out: self.staging.out(Engine::Contract).join(file.trim_end_matches(".rs")),
            args,
            reads: vec![self.staging.out(Engine::Stress)],
            links: false,
            begins,
        })
    }

    /// Checks several files of the contract as modules of one crate, of which `name` is the root.
    pub(crate) fn against_contracts(
        &self,
        name: &str,
        files: &[String],
        begins: &dyn Fn(),
    ) -> Result<Compiled, Fault> {
        let modules = files.iter().enumerate();
        let root: String =
            modules.map(|(number, file)| format!("#[path = {file:?}]\nmod part_{number};\n")).collect();
        // Contracts are named as functions are: without a hyphen.
        let file = format!("{name}-together.rs");
        let path = self.staging.contract().join(&file);
        fs::write(&path, root).map_err(|source| Fault::io("write", &path, source))?;
        self.against_contract(&file, begins)
    }

    /// What both crates of an engine are built with.
    fn engine_args(&self, engine: Engine) -> Vec<String> {
        let artifacts = self.artifacts;
        // All cores are busy with other crates: to split one into units takes time and saves none. Bitcode is for
        // optimising when linking, which nobody does.
        let mut args: Vec<String> =
            ["-C", "overflow-checks=on", "-C", "codegen-units=1", "-C", "embed-bitcode=no"]
                .map(str::to_owned)
                .into();
        if replaces_std(engine) {
            args.extend(["--cfg".to_owned(), "model".to_owned()]);
            args.extend(["--extern".to_owned(), format!("std={}", artifacts.std.display())]);
            args.extend(["--extern".to_owned(), format!("core={}", artifacts.core.display())]);
            args.extend(["-L".to_owned(), format!("dependency={}", artifacts.dependencies.display())]);
        }
        args
    }

    fn learner_extern(&self, engine: Engine) -> Vec<String> {
        let rlib = self.staging.out(engine).join(format!("lib{}.rlib", self.crate_name));
        vec!["--extern".to_owned(), format!("{}={}", self.crate_name, rlib.display())]
    }
}

/// The binary may run as another user than the one who compiled it.
fn make_read_only(binary: &Path) -> Result<(), Fault> {
    #[cfg(unix)]
    let permissions: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o555);
    // There, a file that is only read cannot be removed with its folder either.
    #[cfg(not(unix))]
    let permissions =
        fs::metadata(binary).map_err(|source| Fault::io("look at", binary, source))?.permissions();
    fs::set_permissions(binary, permissions)
        .map_err(|source| Fault::io("set the permissions of", binary, source))
}
