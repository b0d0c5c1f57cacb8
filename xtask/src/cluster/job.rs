//! What every engine is to do: the commands of a shard and of the merging, and what they may use.

use std::path::{Component, Path, PathBuf};

use grader::format::Choice;

use super::refused::Refused;
use crate::cli::JobArgs;
use crate::terminal::Terminal;

/// The formats of a class where none is named.
const FORMATS: [&str; 3] = ["json", "csv", "html"];

/// A class in parts, with paths as the machines that grade it see them.
#[derive(Debug)]
pub struct Job {
    class: String,
    pub results: String,
    pub shards: usize,
    /// Words of `grade` that are the same for all shards.
    options: Vec<String>,
    formats: Vec<&'static Choice>,
    pub cpus: u32,
    /// In MiB.
    pub memory: u32,
    pub minutes: u32,
    /// What is to stand for the time in reports, in seconds since 1970.
    pub date: Option<String>,
}

impl Job {
    /// The job that was asked for. `place` says where a machine that grades finds a file.
    ///
    /// # Errors
    /// When a machine cannot find one of them, or a format is not for a class.
    pub fn new(
        args: &JobArgs,
        date: Option<String>,
        place: &dyn Fn(&Path) -> Result<PathBuf, Refused>,
    ) -> Result<Self, Refused> {
        let text = |path: &Path| {
            let path = place(path)?;
            path.to_str().map(str::to_owned).ok_or(Refused::NotText { path })
        };
        let mut options = Vec::new();
        for exercise in &args.exercises {
            options.extend(["--exercise".to_owned(), exercise.clone()]);
        }
        for (option, file) in
            [("--roster", &args.roster), ("--rubric", &args.rubric), ("--limits", &args.limits)]
        {
            if let Some(file) = file {
                options.extend([option.to_owned(), text(file)?]);
            }
        }
        if let Some(system) = args.system {
            options.extend(["--system".to_owned(), system.as_str().to_owned()]);
        }
        if args.allow_weak_sandbox {
            options.push("--allow-weak-sandbox".to_owned());
        }
        let formats = match args.formats.as_slice() {
            [] => FORMATS.into_iter().filter_map(Choice::named).collect(),
            formats => formats.to_vec(),
        };
        if let Some(format) =
            formats.iter().find(|format| format.for_class(Terminal::look_of_a_file()).is_none())
        {
            return Err(Refused::OneByOne(format.name, format.extension));
        }
        Ok(Self {
            class: text(&args.class)?,
            results: text(&args.results)?,
            shards: args.shards.get(),
            options,
            formats,
            cpus: args.cpus.get(),
            memory: args.memory.get(),
            minutes: args.minutes.get(),
            date,
        })
    }

    /// The arguments that grade a shard, but for which one it is: that comes last, after `--shard`.
    pub fn grade(&self) -> Vec<String> {
        let cpus = self.cpus.to_string();
        let start = ["grade", &self.class, "--class"].map(str::to_owned);
        let end = ["--results", &self.results, "--exit-zero", "--jobs", &cpus, "--shard"].map(str::to_owned);
        [&start[..], &self.options, &end].concat()
    }

    /// The arguments that merge all shards and write the reports.
    pub fn merge(&self) -> Vec<String> {
        let mut words = ["merge", &self.results, "--exit-zero"].map(str::to_owned).to_vec();
        for (format, file) in self.formats.iter().zip(self.reports()) {
            words.extend(["--format".to_owned(), format.name.to_owned(), "--output".to_owned(), file]);
        }
        words
    }

    /// The files of the reports, in the folder of the results.
    pub fn reports(&self) -> impl Iterator<Item = String> {
        self.formats.iter().map(|format| {
            let Choice { name, extension, .. } = format;
            // Several formats have one extension.
            let middle = if name == extension { String::new() } else { format!(".{name}") };
            format!("{}/class{middle}.{extension}", self.results)
        })
    }
}

/// A path that stays inside the folder that it is relative to.
///
/// # Errors
/// When it leads out of `what`.
pub fn inside(path: &Path, what: &'static str) -> Result<PathBuf, Refused> {
    let mut parts = path.components().filter(|part| *part != Component::CurDir).peekable();
    let is_inside = parts.peek().is_some() && parts.clone().all(|part| matches!(part, Component::Normal(_)));
    if is_inside { Ok(parts.collect()) } else { Err(Refused::Outside { path: path.to_owned(), what }) }
}
