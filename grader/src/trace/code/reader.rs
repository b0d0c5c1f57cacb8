//! Reads the functions, loops and changes of a source.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, ReturnType, Signature, Visibility};

use super::super::returns::computed;
use super::believed::believed;
use super::collecting::collecting;
use super::overwrites::overwrites;
use super::single::only_line;
use super::types::Types;
use super::wakeups::{Notification, waits};
use super::{Code, Function, Region};

/// Adds what is in a file.
pub(super) fn read(name: &str, file: &syn::File, code: &mut Code) {
    let types = Types::of(file);
    Reader { file: name.to_owned(), code, types, within: None, in_trait: false, in_type: false }
        .visit_file(file);
}

struct Reader<'a> {
    file: String,
    code: &'a mut Code,
    types: Types,
    /// The function that is being read.
    within: Option<usize>,
    /// Whether it is one of a trait's.
    in_trait: bool,
    /// Whether it is one of a type's.
    in_type: bool,
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
            only_line: only_line(block, &self.types),
            takes_time: takes_time(signature),
            is_public,
            makes_a_value: self.in_type && signature.receiver().is_none(),
        });
        let collecting: Vec<Region> = collecting(block).into_iter().map(|span| self.region(span)).collect();
        self.code.collecting.extend(collecting);
        self.code.computed.extend(computed(&self.file, signature, block));
        let outer = self.within.replace(self.code.functions.len() - 1);
        walk(self);
        self.within = outer;
    }

    /// What is done for each item, unless there is a loop or a closure in it, which may have a thread of its own.
    fn for_each(&mut self, span: proc_macro2::Span, walk: impl FnOnce(&mut Inner)) {
        let mut inner = Inner(false);
        walk(&mut inner);
        if !inner.0 {
            let region = self.region(span);
            self.code.for_each.push(region);
        }
    }

    fn calls(&mut self, name: String, span: proc_macro2::Span) {
        // That is `std`'s: no `Drop` can be called by its name.
        let is_of_std = name == "drop";
        if let Some(function) = self.within.filter(|_| !is_of_std) {
            let function = &mut self.code.functions[function];
            function.calls.push(name);
            function.call_lines.push(u32::try_from(span.start().line).unwrap_or(u32::MAX));
        }
    }
}

/// Whether there is a loop or a closure.
struct Inner(bool);

impl<'ast> Visit<'ast> for Inner {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        self.0 |= matches!(expression, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Closure(_));
        visit::visit_expr(self, expression);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_public = matches!(item.vis, Visibility::Public(_));
        self.function(&item.sig, &item.block, is_public, |reader| visit::visit_item_fn(reader, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = (self.in_trait, self.in_type);
        (self.in_trait, self.in_type) = (item.trait_.is_some(), true);
        visit::visit_item_impl(self, item);
        (self.in_trait, self.in_type) = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let is_public = matches!(item.vis, Visibility::Public(_)) || self.in_trait;
        self.function(&item.sig, &item.block, is_public, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        for (wait, decides) in believed(block) {
            let regions = (self.region(wait), self.region(decides));
            self.code.believed.push(regions);
        }
        if let Some(syn::Stmt::Expr(Expr::Return(_), _)) = block.stmts.last()
            && !goes_round(block)
        {
            // At its first line there may be the condition on which it is entered.
            let Region { file, lines } = self.region(block.span());
            self.code
                .returning
                .push(Region { file, lines: lines.start() + 1..=lines.end().saturating_sub(1) });
        }
        visit::visit_block(self, block);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init
            && matches!(&*init.expr, Expr::Closure(_))
        {
            let region = self.region(init.expr.span());
            self.code.kept_closures.push(region);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, assignment: &'ast syn::ExprAssign) {
        if !are_variables(&assignment.left) {
            let region = self.region(assignment.span());
            self.code.changes.push(region);
        }
        if overwrites(assignment) {
            let region = self.region(assignment.span());
            self.code.overwrites.push(region);
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
        if let Expr::ForLoop(each) = expression {
            self.for_each(each.body.span(), |inner| inner.visit_block(&each.body));
        }
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
        let inserts = method == "insert" && self.types.is_sequence(&call.receiver);
        if inserts || ADDING.contains(&method.as_str()) {
            let region = self.region(call.method.span());
            self.code.changes.push(region);
        }
        let notification = Notification::of(call, || self.region(call.method.span()));
        self.code.notifications.extend(notification);
        if method == "timed_out" {
            let region = self.region(call.method.span());
            self.code.timeouts.push(region);
        }
        if call.args.is_empty() && LOCKING.contains(&method.as_str()) {
            let region = self.region(call.method.span());
            self.code.locks.push(region);
        }
        let within = self.within.map(|function| self.code.functions[function].name.as_str());
        if within == Some(DROP) {
            self.code.dropping.insert(method.clone());
        }
        if method == "join" {
            self.code.joining.extend(within.map(str::to_owned));
        }
        if waits(&method) {
            let region = self.region(call.method.span());
            self.code.waits.push(region);
        }
        if ITERATING.contains(&method.as_str()) {
            for argument in &call.args {
                if let Expr::Closure(closure) = argument {
                    self.for_each(closure.span(), |inner| inner.visit_expr(&closure.body));
                }
                // A function that is handed over, as in `map(lock)`, is called there.
                if let Expr::Path(path) = argument
                    && let Some(name) = own_function(&path.path)
                {
                    self.calls(name, argument.span());
                }
            }
        }
        // What is called on something else may be anything of that name.
        if self.types.are_own(&call.receiver, &method) {
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

/// Whether nothing but variables is assigned to: what they are set to is no data of others.
fn are_variables(assigned: &Expr) -> bool {
    match assigned {
        Expr::Path(_) | Expr::Infer(_) => true,
        Expr::Tuple(tuple) => tuple.elems.iter().all(are_variables),
        _ => false,
    }
}

/// The name of a function of the file's own, as it is handed over: `lock`, or `Self::lock`.
fn own_function(path: &syn::Path) -> Option<String> {
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match &segments[..] {
        [name] => Some(name.clone()),
        [of, name] if of == "Self" => Some(name.clone()),
        _ => None,
    }
}

/// Whether a block may be left for a loop.
fn goes_round(block: &Block) -> bool {
    struct Jumps(bool);
    impl<'ast> Visit<'ast> for Jumps {
        fn visit_expr_break(&mut self, _: &'ast syn::ExprBreak) {
            self.0 = true;
        }
        fn visit_expr_continue(&mut self, _: &'ast syn::ExprContinue) {
            self.0 = true;
        }
    }
    let mut jumps = Jumps(false);
    jumps.visit_block(block);
    jumps.0
}

/// The methods of `std`'s collections after which they are never as before.
const ADDING: [&str; 5] = ["push", "push_back", "push_front", "push_str", "extend_one"];

/// The function that is called where something goes out of scope.
const DROP: &str = "drop";

/// The methods of `std`'s locks, and of the learner's own that are called like them.
const LOCKING: [&str; 6] = ["lock", "read", "write", "try_lock", "try_read", "try_write"];

/// The methods of `Iterator` that call a closure once for each item.
const ITERATING: [&str; 12] = [
    "map",
    "for_each",
    "filter",
    "filter_map",
    "flat_map",
    "fold",
    "all",
    "any",
    "find",
    "find_map",
    "position",
    "try_for_each",
];

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
