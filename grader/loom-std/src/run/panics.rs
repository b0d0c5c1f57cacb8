//! Whose panic it is: loom's own, or the program's.

use real::panic::PanicHookInfo;
use real::string::{String, ToString};
use real::sync::Once;

use model_trace::{LoomFailure, Opinion, Place};

use super::{Panicked, decide, fail, with};

/// Installs the panic hook, once per process. Panics outside of runs go on to the hook that was there before.
pub(crate) fn install_hook() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let before = real::panic::take_hook();
        real::panic::set_hook(real::boxed::Box::new(move |info| {
            if !is_of_a_run(info) {
                before(info);
            }
        }));
    });
}

fn is_of_a_run(info: &PanicHookInfo<'_>) -> bool {
    if with(|_| ()).is_none() {
        return false;
    }
    let message = info.payload_as_str().unwrap_or("a panic with a value that is no text").to_string();
    let file = info.location().map_or("", |place| place.file());
    if let Some(file) = dependency(file) {
        of_loom(file, &message);
    } else if !is_of_this_crate(file) {
        let place = info.location().map(|place| Place {
            file: place.file().to_string().into(),
            line: place.line(),
            column: place.column(),
        });
        of_the_program(message, place);
    }
    true
}

/// A file of a dependency, `…/NAME-VERSION/src/PATH`, as the crate's name and the path.
fn dependency(file: &str) -> Option<(&str, &str)> {
    let (folders, path) = file.rsplit_once("/src/")?;
    let (name, version) = folders.rsplit('/').next()?.rsplit_once('-')?;
    version.starts_with(|first: char| first.is_ascii_digit()).then_some((name, path))
}

/// loom's methods know their caller, and so do the panics in them: where one unwraps a poisoned lock, the place is
/// in this crate. The call that it unwinds from says what that means.
fn is_of_this_crate(file: &str) -> bool {
    let folder = file!().strip_suffix("run/panics.rs").unwrap_or_default();
    file.starts_with(folder)
}

/// loom panics where it finds a deadlock, and where it meets a limit.
fn of_loom((name, path): (&str, &str), message: &str) {
    match (name, path) {
        // The one assertion in this file that depends on the program.
        ("loom", "rt/execution.rs") => fail(LoomFailure::Deadlock {}),
        _ => {
            let place = with(|run| run.calls.last().map(|call| Place::from(call.place))).flatten();
            let message =
                message.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason").to_string();
            decide(Opinion::GaveUp { message, place });
        }
    }
}

/// A panic of the test's own thread that nothing catches ends the run. Others may be looked at, by whoever
/// joins.
fn of_the_program(message: String, place: Option<Place>) {
    let failure = with(|run| {
        let thread = run.current;
        let panic = Panicked { message, place, thread };
        let me = run.threads.get_mut(thread)?;
        // A second panic while the first one unwinds ends any Rust program, unless it is caught before.
        let again = me.panicking && me.catching <= me.panicked_in;
        me.panicking = true;
        me.panicked_in = me.catching;
        me.panic = Some(panic.clone());
        let cause = me.joined.take().unwrap_or(panic);
        (again || (thread == 0 && me.catching == 0)).then(|| run.failure(cause))
    });
    if let Some(failure) = failure.flatten() {
        fail(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::dependency;

    #[test]
    fn a_file_of_a_dependency_is_known_by_its_crate_and_its_path() {
        let file = "/home/a/.cargo/registry/src/index-1949cf8c6b5b557f/loom-0.7.3/src/rt/execution.rs";
        assert_eq!(dependency(file), Some(("loom", "rt/execution.rs")));
        assert_eq!(dependency("src/lib.rs"), None);
        assert_eq!(dependency("check/main.rs"), None);
        assert_eq!(dependency("/rustc/59807616e/library/core/src/option.rs"), None);
    }
}
