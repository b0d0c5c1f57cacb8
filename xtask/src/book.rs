//! `cargo xtask book`

mod links;

use std::fmt::Write as _;
use std::fs;

use grader::catalog::{Catalog, Exercise};
use grader::course::Course;
use grader::diagnosis::{self, Kind};
use grader::error::{Error, Fault};
use grader::new_folder;
use grader::project::Project;

use crate::cli::BookArgs;
use crate::exit::Exit;
use crate::output;
use links::Targets;

/// What `mdbook` reads first.
const CONFIGURATION: &str = "[book]\ntitle = \"Interleave\"\nlanguage = \"en\"\n";

/// Where the chapters are.
const GLOSSARY: &str = "glossary.md";
const INDEX: &str = "index.md";

/// Writes the concept texts as the source of one book: the READMEs of the exercises and the pages of `explain`.
pub fn run(args: &BookArgs) -> Result<Exit, Error> {
    let (project, catalog) = crate::project()?;
    let book = Book::of(&project, &catalog)?;
    new_folder::write(&args.folder, book.files())?;
    let folder = args.folder.display();
    output::tell(
        format!(
            "{} chapters in {folder}. `mdbook build {folder}` makes pages of them.\n",
            book.chapters.len()
        )
        .as_bytes(),
    )?;
    Ok(Exit::Accepted)
}

/// The chapters, and the parts that they are in.
struct Book {
    chapters: Vec<Chapter>,
    /// The table of contents, as `mdbook` wants it.
    summary: String,
}

struct Chapter {
    /// Its file in the book.
    file: String,
    text: String,
}

impl Book {
    fn of(project: &Project, catalog: &Catalog) -> Result<Self, Error> {
        let mut book =
            Self { chapters: Vec::new(), summary: format!("# Summary\n\n[The course]({INDEX})\n") };
        let mut index = String::from("# The course\n");
        match Course::read(project, catalog)? {
            Some(course) => {
                for phase in &course.phases {
                    book.part(&phase.title);
                    let _ = writeln!(index, "\n## {}", phase.title);
                    for topic in &phase.topics {
                        let _ = writeln!(book.summary, "- [{}]()", topic.title);
                        let _ = writeln!(index, "\n### {}\n", topic.title);
                        for exercise in &topic.exercises {
                            book.exercise(exercise, &mut index, "  ")?;
                        }
                        for later in &topic.later {
                            let _ = writeln!(index, "- Later: {later}");
                        }
                    }
                }
            }
            None => {
                book.part("Exercises");
                index.push('\n');
                for exercise in catalog.exercises() {
                    book.exercise(exercise, &mut index, "")?;
                }
            }
        }
        let is_mistake = |kind: &Kind| matches!(kind, Kind::Mistake(_));
        let (mistakes, failures): (Vec<Kind>, Vec<Kind>) = diagnosis::kinds().partition(is_mistake);
        for (title, kinds) in [("Mistakes", mistakes), ("How a check can fail", failures)] {
            book.part(title);
            for page in kinds.into_iter().map(Kind::page) {
                let _ = writeln!(book.summary, "- [{}]({})", page.title(), explained(page.kind));
                book.chapter(explained(page.kind), page.markdown.to_owned());
            }
        }
        book.part("Terms");
        let _ = writeln!(book.summary, "- [Glossary]({GLOSSARY})");
        book.chapter(GLOSSARY.to_owned(), diagnosis::find("glossary")?.into_owned());
        book.chapter(INDEX.to_owned(), index);

        let targets = Targets::of(catalog);
        for chapter in &mut book.chapters {
            chapter.text = targets.linked(&chapter.file, &chapter.text);
        }
        Ok(book)
    }

    fn part(&mut self, title: &str) {
        let _ = writeln!(self.summary, "\n# {title}\n");
    }

    fn chapter(&mut self, file: String, text: String) {
        self.chapters.push(Chapter { file, text });
    }

    fn exercise(&mut self, exercise: &Exercise, index: &mut String, indent: &str) -> Result<(), Fault> {
        let readme = exercise.folder.join("README.md");
        let text = fs::read_to_string(&readme).map_err(|source| Fault::io("read", &readme, source))?;
        let _ = writeln!(self.summary, "{indent}- [{}]({})", exercise.slug, read_me(exercise));
        let _ = writeln!(index, "- `{}`: {}", exercise.slug, exercise.teaches);
        self.chapter(read_me(exercise), text);
        Ok(())
    }

    fn files(&self) -> Vec<(String, &str)> {
        let chapters =
            self.chapters.iter().map(|chapter| (format!("src/{}", chapter.file), chapter.text.as_str()));
        let around = [("book.toml".to_owned(), CONFIGURATION), ("src/SUMMARY.md".to_owned(), &self.summary)];
        around.into_iter().chain(chapters).collect()
    }
}

/// The chapter of an exercise.
fn read_me(exercise: &Exercise) -> String {
    format!("exercises/{}.md", exercise.slug)
}

/// The chapter of what reports name.
fn explained(kind: Kind) -> String {
    let folder = if matches!(kind, Kind::Mistake(_)) { "mistakes" } else { "failures" };
    format!("{folder}/{}.md", kind.as_str())
}
