//! What the learner's source says about a place: which function it is in, and whether a loop contains it.

use std::ops::RangeInclusive;

use model_trace::Place;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, ReturnType, Signature, Visibility};

use super::returns::{Computed, computed};
use crate::source::Parsed;

/// A function of so few lines says less than whoever calls it.
const SHORT: usize = 3;

/// The functions and loops of a submission.
#[derive(Debug, Default)]
pub struct Code {
    functions: Vec<Function>,
    loops: Vec<Region>,
    /// Waits that check their condition again by themselves.
    rechecking: Vec<Region>,
    /// Where data are assigned to, or something is put into a collection.
    changes: Vec<Region>,
    /// Functions whose result depends on nothing that happens in them.
    computed: Vec<Computed>,
}

#[derive(Debug)]
struct Function {
    name: String,
    region: Region,
    /// The names of its own functions, and of those of its own type, that it calls.
    calls: Vec<String>,
    /// The lines at which it calls them.
    call_lines: Vec<u32>,
    returns_nothing: bool,
    /// Whether it is given a duration or a point in time.
    takes_time: bool,
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

    /// The lines at which `caller` calls the function that a place is in, if that is a short helper.
    pub(crate) fn calls_of(&self, place: &Place, caller: Option<&str>) -> Vec<u32> {
        let (Some(helper), Some(caller)) = (self.function(place), caller) else { return Vec::new() };
        if helper.region.lines.clone().count() > SHORT || helper.name == caller {
            return Vec::new();
        }
        let callers = self
            .functions
            .iter()
            .filter(|function| function.name == caller && function.region.file == helper.region.file);
        let calls = callers.flat_map(|function| function.calls.iter().zip(&function.call_lines));
        calls.filter(|(called, _)| **called == helper.name).map(|(_, line)| *line).collect()
    }

    /// Whether a function may still call the helper that a place is in when it has come to a line: it does so further
    /// down, or in a loop.
    pub(crate) fn calls_after(&self, function: &str, line: u32, helper: &Place) -> bool {
        let Some(helper) = self.function(helper) else { return false };
        let callers = self.functions.iter().filter(|caller| caller.name == function);
        let mut calls = callers.flat_map(|caller| {
            let file = &caller.region.file;
            caller.calls.iter().zip(&caller.call_lines).map(move |(name, line)| (name, *line, file))
        });
        calls.any(|(name, called, file)| {
            let place = Place { file: file.clone().into(), line: called, column: 1 };
            *name == helper.name && (called >= line || self.is_in_loop(&place))
        })
    }

    /// Where the function begins that a place is in, if it can be called from outside.
    pub(crate) fn entrance(&self, place: &Place) -> Option<Place> {
        let function = self.function(place).filter(|function| function.is_public)?;
        let Region { file, lines } = &function.region;
        Some(Place { file: file.clone().into(), line: *lines.start(), column: 1 })
    }

    /// Whether the function that a place is in cannot tell its caller how it went.
    pub(crate) fn returns_nothing(&self, place: &Place) -> bool {
        self.function(place).is_some_and(|function| function.returns_nothing)
    }

    /// Whether what happens at a place surely changes data: they are assigned to, or something is put into them.
    pub(crate) fn changes_data(&self, place: &Place) -> bool {
        self.changes.iter().any(|region| region.contains(place))
    }

    /// Whether a function that a place is in, or the one called `entered`, has to be done by some time.
    pub(crate) fn has_deadline(&self, place: &Place, entered: Option<&str>) -> bool {
        let named = self.functions.iter().filter(|function| Some(function.name.as_str()) == entered);
        self.function(place).into_iter().chain(named).any(|function| function.takes_time)
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
        let call_lines = |caller: &'_ Function, called: &Function| {
            let calls = caller.calls.iter().zip(&caller.call_lines);
            let lines = calls.filter(|(name, _)| **name == called.name).map(|(_, line)| *line);
            lines.collect::<Vec<_>>()
        };
        let calls = |caller: &Function, called: &Function| caller.calls.contains(&called.name);
        // What can be called from outside may have been called from there, one after the other.
        let are_helpers = !(one.is_public && other.is_public);
        call_lines(one, other).iter().any(|line| *line >= first.line)
            || call_lines(other, one).iter().any(|line| *line <= second.line)
            || are_helpers && self.functions.iter().any(|caller| calls(caller, one) && calls(caller, other))
    }

    /// Whether a thread may come to `next` in the same call, after it has been at `place`: further down, in a loop that
    /// contains both, or in a function that is called from there.
    pub(crate) fn may_come_to(&self, place: &Place, next: &Place) -> bool {
        let (Some(one), Some(other)) = (self.function(place), self.function(next)) else { return false };
        if !std::ptr::eq(one, other) {
            return self.in_one_call(place, next);
        }
        let repeats = |region: &&Region| {
            one.region.lines.contains(region.lines.start()) && region.contains(place) && region.contains(next)
        };
        next.line > place.line || self.loops.iter().any(|region| repeats(&region))
    }

    /// How a function computes its result, if that depends on nothing that happens in it.
    pub(crate) fn computed(&self, function: &str) -> Option<&Computed> {
        self.computed.iter().find(|computed| computed.function == function)
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
            call_lines: Vec::new(),
            returns_nothing: matches!(signature.output, ReturnType::Default),
            takes_time: takes_time(signature),
            is_public,
        });
        self.code.computed.extend(computed(&self.file, signature, block));
        let outer = self.within.replace(self.code.functions.len() - 1);
        walk(self);
        self.within = outer;
    }

    fn calls(&mut self, name: String, span: proc_macro2::Span) {
        if let Some(function) = self.within {
            let function = &mut self.code.functions[function];
            function.calls.push(name);
            function.call_lines.push(u32::try_from(span.start().line).unwrap_or(u32::MAX));
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

    fn visit_expr_assign(&mut self, assignment: &'ast syn::ExprAssign) {
        // What a variable is set to is no data of others.
        if !matches!(&*assignment.left, Expr::Path(_)) {
            let region = self.region(assignment.span());
            self.code.changes.push(region);
        }
        visit::visit_expr_assign(self, assignment);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if is_assignment(&binary.op) && !matches!(&*binary.left, Expr::Path(_)) {
            let region = self.region(binary.span());
            self.code.changes.push(region);
        }
        visit::visit_expr_binary(self, binary);
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
        if ADDING.contains(&method.as_str()) {
            let region = self.region(call.method.span());
            self.code.changes.push(region);
        }
        // What is called on something else may be anything of that name.
        if is_own(&call.receiver) {
            self.calls(method, call.method.span());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string());
            name.into_iter().for_each(|name| self.calls(name, call.span()));
        }
        visit::visit_expr_call(self, call);
    }
}

/// The methods of `std`'s collections after which they are never as before.
const ADDING: [&str; 5] = ["push", "push_back", "push_front", "push_str", "extend_one"];

fn is_assignment(operator: &syn::BinOp) -> bool {
    use syn::BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign,
        ShrAssign, SubAssign,
    };
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// Whether a function has a parameter that is a duration or a point in time, or has one in it: `Option<Instant>`.
fn takes_time(signature: &Signature) -> bool {
    struct Times(bool);
    impl<'ast> Visit<'ast> for Times {
        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            self.0 |= segment.ident == "Duration" || segment.ident == "Instant";
            visit::visit_path_segment(self, segment);
        }
    }
    let mut times = Times(false);
    signature.inputs.iter().for_each(|input| times.visit_fn_arg(input));
    times.0
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
