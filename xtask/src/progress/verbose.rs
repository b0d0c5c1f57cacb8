//! The lines of `--verbose`: what begins, what ends, and every command with its duration.

use std::time::Duration;

use grader::event::{CommandRun, Event};

use super::running::describe;

/// The line for an event, if it has one.
pub(super) fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::ArtifactBuilt { name } => format!("built {name}"),
        Event::ExerciseStarted { exercise, checks } => format!("{exercise}: {checks} checks"),
        Event::CompilationStarted { exercise, what } => format!("{exercise}: {}", describe(*what)),
        Event::CheckStarted { exercise, check } => format!("{exercise}: {check} started"),
        Event::CheckFinished { exercise, check, status, duration } => {
            format!("{exercise}: {check} {} in {}", status.as_str(), seconds(*duration))
        }
        Event::ExerciseFinished { exercise, verdict, points, max_points } => {
            format!("{exercise}: {}, {points} of {max_points} points", verdict.as_str())
        }
        Event::CommandRan(command) => format!("  {} {}", seconds(command.duration), shell(command)),
        _ => return None,
    })
}

fn seconds(duration: Duration) -> String {
    format!("{:.3} s", duration.as_secs_f64())
}

/// The command as a shell would take it, apart from the environment.
fn shell(command: &CommandRun) -> String {
    let words = [command.program.as_os_str()].into_iter().chain(command.args.iter().map(AsRef::as_ref));
    let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    let mut line = format!("cd {} && {}", quoted(&command.folder.to_string_lossy()), words.join(" "));
    if !command.input.is_empty() {
        line.push_str(&format!(" <<< {}", quoted(command.input.trim_end())));
    }
    line
}

/// A word for a POSIX shell.
pub fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./=:,@%+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use grader::event::CpuTime;

    use super::*;

    #[test]
    fn a_command_can_be_copied_into_a_shell() {
        let command = CommandRun {
            program: "rustc".into(),
            args: vec!["--cfg".into(), "engine=\"model\"".into(), "it's".into()],
            folder: "/tmp/a b".into(),
            input: String::new(),
            duration: Duration::from_millis(1234),
            cpu: CpuTime::default(),
        };
        assert_eq!(
            line(&Event::CommandRan(command)).as_deref(),
            Some(r#"  1.234 s cd '/tmp/a b' && rustc --cfg 'engine="model"' 'it'\''s'"#)
        );
    }
}
