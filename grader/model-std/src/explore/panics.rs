//! Panics of model threads.

use real::collections::BTreeSet;
use real::panic::PanicHookInfo;
use real::string::{String, ToString};
use real::sync::{Mutex, Once, PoisonError};

use super::event::{Place, Subject, Value};
use super::runtime;
use super::state::Panic;

/// Installs the panic hook, once per process. Panics outside of models go on to the hook that was
/// there before.
pub(crate) fn install_hook() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let before = real::panic::take_hook();
        real::panic::set_hook(real::boxed::Box::new(move |info| {
            if !is_in_model(info) {
                before(info);
            }
        }));
    });
}

/// Keeps the name of a source file for ever, once.
fn intern(file: &str) -> &'static str {
    static FILES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = files.get(file) {
        return known;
    }
    let kept: &'static str = String::from(file).leak();
    files.insert(kept);
    kept
}

/// Notes a panic of a model thread. `false`: it is none.
fn is_in_model(info: &PanicHookInfo<'_>) -> bool {
    let location = info.location();
    let message = info
        .payload_as_str()
        .map_or_else(|| String::from("a panic with a value that is no text"), ToString::to_string);
    let noted = runtime::try_with(|state| {
        if state.threads.is_empty() || state.over {
            return false;
        }
        let panic = Panic {
            thread: state.current,
            message,
            file: location.map_or_else(String::new, |location| location.file().to_string()),
            line: location.map_or(0, real::panic::Location::line),
        };
        let again = state.me().panicking;
        state.me().panicking = true;
        let place = Place { file: intern(&panic.file), line: panic.line };
        state.log("panics", Subject::None, Value::None, place);
        // A second panic while the first one unwinds ends any Rust program.
        if again || (panic.thread.0 == 0 && state.me().catching == 0) {
            state.fail_by_panic(panic);
        } else if state.first_panic.is_none() {
            state.first_panic = Some(panic);
        }
        true
    });
    match noted {
        Some(true) => {
            runtime::report();
            true
        }
        Some(false) | None => false,
    }
}
