//! Steps that `std` takes for the program: where that hands over a function of `std`'s, as in `map(JoinHandle::join)`, or
//! an iterator over a receiver, as in `results.iter().count()`.
//!
//! The step has a place in `std` then. The source says where the function was handed over, if it is sure which one it was.

use std::collections::BTreeMap;

use model_trace::{Blocker, Execution, ObjectId, ObjectKind, Operation, Place, Step, ThreadId};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, Local, Pat};

use super::code::Code;
use super::names::{called, place_of};
use crate::report::{Verb, in_std, in_submission};
use crate::source::Parsed;

/// What a submission hands over to `std`.
#[derive(Debug, Default)]
pub(super) struct HandedOver {
    functions: Vec<Function>,
    iterations: Vec<Iteration>,
    /// The names of receivers, by the files and lines at which their channels are made.
    receivers: BTreeMap<(String, u32), String>,
}

/// A function that is not called, but named.
#[derive(Debug)]
struct Function {
    name: String,
    place: Place,
}

/// An iterator over something of a name.
#[derive(Debug)]
struct Iteration {
    over: String,
    place: Place,
}

impl HandedOver {
    /// Reads `sources`.
    pub(super) fn of(sources: &[Parsed]) -> Self {
        let mut handed_over = Self::default();
        for Parsed { name, file } in sources {
            Reader { file: name, found: &mut handed_over }.visit_file(file);
        }
        handed_over
    }

    /// Gives the steps in `std` the places at which the source has handed them over, as far as that is sure.
    pub(super) fn place(&self, execution: &mut Execution, code: &Code) {
        let own = |(index, step): (usize, &Step)| {
            let place = in_std(&step.place).then(|| self.origin(execution, index, code)).flatten()?;
            Some((index, place))
        };
        let places: Vec<(usize, Place)> = execution.steps.iter().enumerate().filter_map(own).collect();
        for (index, place) in places {
            execution.steps[index].place = place;
        }
        for waiting in &mut execution.waiting {
            let last = execution.steps.iter().rfind(|step| step.thread == waiting.thread);
            if in_std(&waiting.place)
                && let Some(last) = last.filter(|last| matches!(last.operation, Operation::Block { .. }))
            {
                waiting.place = last.place.clone();
            }
        }
    }

    /// Where a step was handed over. It is sure where only one place can be meant, and the thread has been in the
    /// submission right before, or is there right after it.
    fn origin(&self, execution: &Execution, index: usize, code: &Code) -> Option<Place> {
        let step = &execution.steps[index];
        let (before, after) = execution.steps.split_at(index);
        let own = |other: &&Step| other.thread == step.thread && !in_std(&other.place);
        let neighbours = [before.iter().rfind(own), after.iter().find(own)];
        let neighbours: Vec<&Place> =
            neighbours.into_iter().flatten().filter_map(|step| in_submission(&step.place)).collect();
        let candidates = self.candidates(execution, step);
        let is_near =
            |place: &&Place| neighbours.iter().any(|next| code.function_of(next) == code.function_of(place));
        let near: Vec<&Place> = candidates.iter().copied().filter(is_near).collect();
        let is_of_its_own = || !neighbours.is_empty() || is_of_the_submission(execution, step.thread);
        match (near.as_slice(), candidates.as_slice()) {
            ([only], _) => Some((*only).clone()),
            ([], [only]) if is_of_its_own() => Some((*only).clone()),
            _ => None,
        }
    }

    /// What the step of an operation can be.
    fn candidates(&self, execution: &Execution, step: &Step) -> Vec<&Place> {
        let names = names(execution, step.operation);
        let functions = self.functions.iter().filter(|function| names.contains(&function.name.as_str()));
        let receiver = channel(execution, step.operation).and_then(|channel| {
            let created = &execution.objects[channel.index()].created;
            self.receivers.get(&(created.file.to_string(), created.line))
        });
        let iterations = self.iterations.iter().filter(|iteration| Some(&iteration.over) == receiver);
        let iterations = iterations.map(|iteration| &iteration.place);
        functions.map(|function| &function.place).chain(iterations).collect()
    }
}

/// Whether the submission has started a thread.
fn is_of_the_submission(execution: &Execution, thread: ThreadId) -> bool {
    let spawn = Operation::Spawn { thread };
    execution.steps.iter().any(|step| step.operation == spawn && in_submission(&step.place).is_some())
}

/// The names that the call has by which an operation comes about.
fn names(execution: &Execution, operation: Operation) -> Vec<&'static str> {
    match operation {
        Operation::Block { on: Blocker::Thread(_) } => vec!["join"],
        Operation::Block { on: Blocker::Object(object) } => match execution.objects[object.index()].kind {
            ObjectKind::Mutex => vec!["lock"],
            ObjectKind::RwLock => vec!["read", "write"],
            ObjectKind::Channel => vec!["recv", "send"],
            ObjectKind::Condvar | ObjectKind::Barrier => vec!["wait"],
            ObjectKind::Once | ObjectKind::Atomic(_) => Vec::new(),
        },
        other => vec![Verb::of(other).as_str()],
    }
}

/// The channel that an operation receives from, or waits to receive from.
fn channel(execution: &Execution, operation: Operation) -> Option<ObjectId> {
    if let Operation::Receive { channel, .. } = operation {
        return Some(channel);
    }
    let Operation::Block { on: Blocker::Object(object) } = operation else { return None };
    (execution.objects[object.index()].kind == ObjectKind::Channel).then_some(object)
}

struct Reader<'a> {
    file: &'a str,
    found: &'a mut HandedOver,
}

impl Reader<'_> {
    fn place(&self, span: proc_macro2::Span) -> Option<Place> {
        place_of(self.file, span)
    }

    fn arguments<'ast>(&mut self, arguments: impl Iterator<Item = &'ast Expr>) {
        for argument in arguments {
            if let Expr::Path(path) = argument
                && path.path.segments.len() > 1
                && let (Some(last), Some(place)) = (path.path.segments.last(), self.place(path.span()))
            {
                self.found.functions.push(Function { name: last.ident.to_string(), place });
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        self.arguments(call.args.iter());
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.arguments(call.args.iter());
        let iterates = ["iter", "into_iter", "try_iter"].iter().any(|name| call.method == name);
        if iterates
            && let (Some(over), Some(place)) = (called(&call.receiver), self.place(call.method.span()))
        {
            self.found.iterations.push(Iteration { over, place });
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let (Pat::Tuple(pair), Some(init)) = (&local.pat, &local.init)
            && let (Some(Pat::Ident(receiver)), 2) = (pair.elems.last(), pair.elems.len())
            && let Some(made) = self.place(init.expr.span())
        {
            let key = (self.file.to_owned(), made.line);
            self.found.receivers.insert(key, receiver.ident.to_string());
        }
        visit::visit_local(self, local);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::OF_STD;
    use crate::report::samples::{MAIN, T1, join, recording, spawn};
    use crate::source::Source;

    /// The line that the step in `std` of such a source is given, in which the thread is at line 2 before it.
    fn line(source: &str, operation: Operation) -> Option<u32> {
        let sources = Parsed::all(&[Source::new("src/lib.rs", source)]);
        let objects = [("results", ObjectKind::Channel)];
        let mut execution = recording(&objects, &[(MAIN, spawn(T1), 2), (MAIN, operation, 0)]).execution;
        execution.objects[0].created.line = 2;
        execution.steps[1].place = Place { file: OF_STD.into(), line: 0, column: 0 };
        HandedOver::of(&sources).place(&mut execution, &Code::of(&sources));
        in_submission(&execution.steps[1].place).map(|place| place.line)
    }

    #[test]
    fn a_function_of_std_that_is_handed_over_is_called_where_it_is_named() {
        let source = "fn run() {\n\
                      let workers = start();\n\
                      workers.into_iter()\n\
                      .map(JoinHandle::join)\n\
                      .for_each(drop);\n\
                      }";
        assert_eq!(line(source, join(T1)), Some(4));
        assert_eq!(line(source, Operation::Unpark { thread: ThreadId(T1) }), None);
    }

    #[test]
    fn of_two_that_it_may_be_none_is_taken() {
        let source = "fn run() {\n\
                      let workers = start();\n\
                      workers.map(JoinHandle::join);\n\
                      others.map(JoinHandle::join);\n\
                      }";
        assert_eq!(line(source, join(T1)), None);
    }

    #[test]
    fn an_iterator_over_a_receiver_receives_where_it_is_made() {
        let source = "fn run() {\n\
                      let (send, results) = channel();\n\
                      others.iter().count() +\n\
                      results.iter().count()\n\
                      }";
        let waits = Operation::Block { on: Blocker::Object(ObjectId(0)) };
        assert_eq!(line(source, waits), Some(4));
    }
}
