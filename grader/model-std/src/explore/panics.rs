//! Panics of model threads.

use real::collections::BTreeSet;
use real::panic::PanicHookInfo;
use real::string::{String, ToString};
use real::sync::{Mutex, Once, PoisonError};

use super::event::Place;
use super::runtime;
use super::state::Panic;
use model_trace::Operation;

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

/// Whether a panic is that of a model thread.
enum Noted {
    No,
    Once,
    /// While another one unwinds: that ends the process.
    Twice,
}

/// Notes a panic of a model thread. `false`: it is none.
fn is_in_model(info: &PanicHookInfo<'_>) -> bool {
    let location = info.location();
    let message = info
        .payload_as_str()
        .map_or_else(|| String::from("a panic with a value that is no text"), ToString::to_string);
    let noted = runtime::try_with(|state| {
        if state.threads.is_empty() || state.over {
            return Noted::No;
        }
        let me = state.me();
        let place = match location {
            Some(location) => {
                Place { file: intern(location.file()), line: location.line(), column: location.column() }
            }
            None => me.pending.location.into(),
        };
        // A second panic while the first one unwinds ends any Rust program, unless it is caught
        // before it gets there.
        let again = me.panicking && me.catching <= me.panicked_in;
        me.panicking = true;
        me.panicked_in = me.catching;
        let panic = Panic { thread: state.current, message, place };
        state.log(Operation::Panic, place);
        if again || (panic.thread.index() == 0 && state.me().catching == 0) {
            state.fail_by_panic(panic);
        } else if state.first_panic.is_none() {
            state.first_panic = Some(panic);
        }
        if again { Noted::Twice } else { Noted::Once }
    });
    match noted {
        Some(Noted::No) | None => false,
        Some(Noted::Once) => {
            runtime::report(false);
            true
        }
        Some(Noted::Twice) => {
            runtime::report(true);
            true
        }
    }
}
