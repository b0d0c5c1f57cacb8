//! What the learner's source says about a place: which function it is in, and whether a loop contains it.

use std::ops::RangeInclusive;

use model_trace::Place;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, ReturnType, Signature, Visibility};

use crate::source::Parsed;

/// The functions and loops of a submission.
#[derive(Debug, Default)]
pub struct Code {
    functions: Vec<Function>,
    loops: Vec<Region>,
    /// Waits that check their condition again by themselves.
    rechecking: Vec<Region>,
}

#[derive(Debug)]
struct Function {
    name: String,
    region: Region,
    /// The names of its own functions, and of those of its own type, that it calls.
    calls: Vec<String>,
    returns_nothing: bool,
    is_public: bool,
}

/// Lines of a file.
#[derive(Debug)]
struct Region {
    file: String,
    lines: RangeInclusive<u32>,
}

impl Region {
    fn contains(&self, place: &Place) -> bool {
        place.file == self.file && self.lines.contains(&place.line)
    }
}

impl Code {
    /// Reads the sources.
    pub(crate) fn of(sources: &[Parsed]) -> Self {
        let mut code = Self::default();
        for Parsed { name, file } in sources {
            Reader { file: name.clone(), code: &mut code, within: None, in_trait: false }.visit_file(file);
        }
        code
    }

    fn function(&self, place: &Place) -> Option<&Function> {
        let around = self.functions.iter().filter(|function| function.region.contains(place));
        around.min_by_key(|function| function.region.lines.clone().count())
    }

    /// The name of the function that a place is in.
    pub(crate) fn function_of(&self, place: &Place) -> Option<&str> {
        self.function(place).map(|function| function.name.as_str())
    }

    /// The name of the function that a place is in, if it can be called from outside.
    pub(crate) fn entered(&self, place: &Place) -> Option<&str> {
        self.function(place).filter(|function| function.is_public).map(|function| function.name.as_str())
    }

    /// Whether the function that a place is in cannot tell its caller how it went.
    pub(crate) fn returns_nothing(&self, place: &Place) -> bool {
        self.function(place).is_some_and(|function| function.returns_nothing)
    }

    /// Whether two places where a thread takes steps, with none on the same object between them, belong to one
    /// call: they are in the same function, one after the other, or in functions that call each other, or
    /// that a third one calls.
    pub(crate) fn in_one_call(&self, first: &Place, second: &Place) -> bool {
        let (Some(one), Some(other)) = (self.function(first), self.function(second)) else { return false };
        if std::ptr::eq(one, other) {
            // Within a line the order of evaluation need not be that of the text.
            let same_line = first.line == second.line && first.column != second.column;
            return first.line < second.line || same_line;
        }
        let calls = |caller: &Function, called: &Function| caller.calls.contains(&called.name);
        calls(one, other)
            || calls(other, one)
            || self.functions.iter().any(|caller| calls(caller, one) && calls(caller, other))
    }

    /// Whether `next` is in the function that `place` is in, further down.
    pub(crate) fn goes_on_at(&self, place: &Place, next: &Place) -> bool {
        self.function(place).is_some_and(|function| function.region.contains(next)) && next.line > place.line
    }

    /// Whether a loop contains a place.
    pub(crate) fn is_in_loop(&self, place: &Place) -> bool {
        let function = self.function(place).map(|function| &function.region.lines);
        self.loops.iter().any(|region| {
            let inside = function.is_none_or(|lines| lines.contains(region.lines.start()));
            inside && region.contains(place)
        })
    }

    /// Whether the condition is checked again after a wait: by a loop, or by the wait itself.
    pub(crate) fn rechecks(&self, wait: &Place) -> bool {
        self.is_in_loop(wait) || self.rechecking.iter().any(|region| region.contains(wait))
    }
}

struct Reader<'a> {
    file: String,
    code: &'a mut Code,
    /// The function that is being read.
    within: Option<usize>,
    /// Whether it is one of a trait's.
    in_trait: bool,
}

impl Reader<'_> {
    fn region(&self, span: proc_macro2::Span) -> Region {
        let line = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        Region { file: self.file.clone(), lines: line(span.start().line)..=line(span.end().line) }
    }

    fn function(
        &mut self,
        signature: &Signature,
        block: &Block,
        is_public: bool,
        walk: impl FnOnce(&mut Self),
    ) {
        let name = signature.ident.to_string();
        self.code.functions.push(Function {
            name,
            region: self.region(block.span()),
            calls: Vec::new(),
            returns_nothing: matches!(signature.output, ReturnType::Default),
            is_public,
        });
        let outer = self.within.replace(self.code.functions.len() - 1);
        walk(self);
        self.within = outer;
    }

    fn calls(&mut self, name: String) {
        if let Some(function) = self.within {
            self.code.functions[function].calls.push(name);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_public = matches!(item.vis, Visibility::Public(_));
        self.function(&item.sig, &item.block, is_public, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.in_trait, item.trait_.is_some());
        visit::visit_item_impl(self, item);
        self.in_trait = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let is_public = matches!(item.vis, Visibility::Public(_)) || self.in_trait;
        self.function(&item.sig, &item.block, is_public, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        if matches!(expression, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_)) {
            let region = self.region(expression.span());
            self.code.loops.push(region);
        }
        visit::visit_expr(self, expression);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let method = call.method.to_string();
        if ["wait_while", "wait_timeout_while"].contains(&method.as_str()) {
            let region = self.region(call.method.span());
            self.code.rechecking.push(region);
        }
        // What is called on something else may be anything of that name.
        if is_own(&call.receiver) {
            self.calls(method);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string());
            name.into_iter().for_each(|name| self.calls(name));
        }
        visit::visit_expr_call(self, call);
    }
}

/// Whether an expression is `self` or a part of it.
fn is_own(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Field(field) => is_own(&field.base),
        Expr::Reference(reference) => is_own(&reference.expr),
        _ => false,
    }
}
