//! What can be typed about interview questions.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask interview             what you did not know yet, exercise by exercise
  cargo xtask interview event       the questions of one exercise
  cargo xtask interview deadlock    those that mention it, in the question or its answer
What you knew is kept with your progress, and not asked again without --all.")]
pub struct InterviewArgs {
    /// An exercise, or a word of a question or of its answer [default: all questions]
    pub topic: Option<String>,
    /// Ask again what was known
    #[arg(long)]
    pub all: bool,
}
