//! The learner's own names for locks, condition variables, channels and atomics.
//!
//! The model knows where an object was made and where it is used, to the column. The source says what it
//! is called there: the field or variable that it is put into, or else the one on which it is used.

use std::collections::HashMap;

use model_trace::{Execution, Place};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, FieldValue, Local, Member, Pat};

use crate::source::Parsed;

/// The names in one submission.
#[derive(Debug, Default)]
pub(crate) struct OwnNames {
    /// What the result of a call is put into.
    made: HashMap<Place, String>,
    /// What a method is called on.
    used: HashMap<Place, String>,
}

impl OwnNames {
    /// Reads the names in `sources`.
    pub(crate) fn of(sources: &[Parsed]) -> Self {
        let mut names = Self::default();
        for Parsed { name, file } in sources {
            Reader { file: name.clone(), names: &mut names, binding: None }.visit_file(file);
        }
        names
    }

    /// The own names of the objects of an execution: what each was put into, or else what it was first used as.
    /// Those that would have the same one are numbered.
    pub(crate) fn of_objects(&self, execution: &Execution) -> Vec<Option<String>> {
        let made = execution.objects.iter().map(|object| self.made.get(&object.created));
        let mut names: Vec<Option<&String>> = made.collect();
        for step in &execution.steps {
            if let Some(object) = step.operation.object() {
                let name = &mut names[object.index()];
                *name = name.or_else(|| self.used.get(&step.place));
            }
        }
        let mut count: HashMap<&String, usize> = HashMap::new();
        names.iter().flatten().for_each(|name| *count.entry(name).or_default() += 1);
        let mut seen: HashMap<&String, usize> = HashMap::new();
        names
            .into_iter()
            .map(|name| {
                let name = name?;
                let number = seen.entry(name).or_default();
                *number += 1;
                Some(if count[name] > 1 { format!("{name} #{number}") } else { name.clone() })
            })
            .collect()
    }
}

/// Walks through a file and notes the names.
struct Reader<'a> {
    file: String,
    names: &'a mut OwnNames,
    /// What the expression that is being read is put into.
    binding: Option<String>,
}

/// A place as the compiler gives it: columns count from 1.
pub(super) fn place_of(file: &str, span: proc_macro2::Span) -> Option<Place> {
    let start = span.start();
    Some(Place {
        file: file.to_owned().into(),
        line: u32::try_from(start.line).ok()?,
        column: u32::try_from(start.column + 1).ok()?,
    })
}

impl Reader<'_> {
    fn place(&self, span: proc_macro2::Span) -> Option<Place> {
        place_of(&self.file, span)
    }

    fn within(&mut self, binding: Option<String>, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.binding, binding);
        walk(self);
        self.binding = outer;
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        let name = match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        };
        self.within(name, |reader| visit::visit_field_value(reader, field));
    }

    fn visit_local(&mut self, local: &'ast Local) {
        self.within(bound(&local.pat), |reader| visit::visit_local(reader, local));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.within(Some(item.ident.to_string()), |reader| visit::visit_item_static(reader, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(None, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Some(place) = self.place(call.span()) {
            if let Some(binding) = &self.binding {
                self.names.made.insert(place.clone(), binding.clone());
            }
            if let Some(name) = call.args.first().and_then(called) {
                self.names.used.insert(place, name);
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let (Some(place), Some(name)) = (self.place(call.method.span()), called(&call.receiver)) {
            self.names.used.insert(place, name);
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// The name that a pattern binds. `None`: none, or several.
fn bound(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(name) => Some(name.ident.to_string()),
        Pat::Type(typed) => bound(&typed.pat),
        _ => None,
    }
}

/// The name of the field or variable that an expression is about.
pub(super) fn called(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Field(field) => match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => called(&field.base),
        },
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string).filter(|name| name != "self"),
        Expr::Index(index) => called(&index.expr),
        Expr::Reference(reference) => called(&reference.expr),
        Expr::Unary(unary) => called(&unary.expr),
        Expr::Paren(paren) => called(&paren.expr),
        Expr::MethodCall(call) if is_transparent(&call.method.to_string()) => called(&call.receiver),
        _ => None,
    }
}

/// Whether a method only hands out what it is called on.
fn is_transparent(method: &str) -> bool {
    ["as_ref", "as_mut", "borrow", "clone", "deref", "get", "unwrap", "expect"].contains(&method)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn names(text: &str) -> OwnNames {
        OwnNames::of(&Parsed::all(&[Source::new("src/lib.rs", text)]))
    }

    fn place(line: u32, column: u32) -> Place {
        Place { file: "src/lib.rs".into(), line, column }
    }

    #[test]
    fn an_object_is_called_like_the_field_or_variable_that_it_is_put_into() {
        let names = names(
            "static TOTAL: AtomicU64 = AtomicU64::new(0);\n\
             fn new() -> Pool {\n\
             let ready = Arc::new((Mutex::new(0), Condvar::new()));\n\
             Pool { state: Mutex::new(State::new()), ready }\n\
             }",
        );
        assert_eq!(names.made[&place(1, 27)], "TOTAL");
        assert_eq!(names.made[&place(3, 23)], "ready");
        assert_eq!(names.made[&place(4, 15)], "state");
    }

    #[test]
    fn or_like_what_its_methods_are_called_on() {
        let names = names(
            "fn f(&self) {\n\
             self.free.lock().unwrap();\n\
             self.stripes[3].lock();\n\
             Mutex::lock(&self.log);\n\
             }",
        );
        assert_eq!(names.used[&place(2, 11)], "free");
        assert_eq!(names.used[&place(3, 17)], "stripes");
        assert_eq!(names.used[&place(4, 1)], "log");
    }
}
