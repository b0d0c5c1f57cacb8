//! Loops that put together a collection of their own, such as a copy of what is behind a lock.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Local, Pat};

/// The loops of a function that add to a collection which the function has made for itself.
pub(super) fn collecting(block: &Block) -> Vec<Span> {
    let mut collections = Collections(BTreeSet::new());
    collections.visit_block(block);
    let mut loops = Loops { collections: &collections.0, found: Vec::new() };
    loops.visit_block(block);
    loops.found
}

/// The collections of `std` to which items are added.
const COLLECTIONS: [&str; 8] =
    ["Vec", "VecDeque", "String", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap"];

/// What adds to them.
const ADDING: [&str; 7] = ["push", "push_back", "push_front", "push_str", "insert", "extend", "append"];

/// The names of variables that are made as empty collections.
struct Collections(BTreeSet<String>);

impl<'ast> Visit<'ast> for Collections {
    fn visit_local(&mut self, local: &'ast Local) {
        let pattern = if let Pat::Type(typed) = &local.pat { &*typed.pat } else { &local.pat };
        if let (Pat::Ident(name), Some(init)) = (pattern, &local.init)
            && is_made(&init.expr)
        {
            self.0.insert(name.ident.to_string());
        }
        visit::visit_local(self, local);
    }
}

/// Whether an expression makes a collection.
fn is_made(expression: &Expr) -> bool {
    match expression {
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return false };
            path.path.segments.iter().any(|segment| COLLECTIONS.iter().any(|name| segment.ident == name))
        }
        Expr::Macro(made) => made.mac.path.is_ident("vec"),
        _ => false,
    }
}

struct Loops<'a> {
    collections: &'a BTreeSet<String>,
    found: Vec<Span>,
}

impl<'ast> Visit<'ast> for Loops<'_> {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        if matches!(expression, Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_)) {
            let mut adds = Adds { collections: self.collections, found: false };
            visit::visit_expr(&mut adds, expression);
            self.found.extend(adds.found.then(|| expression.span()));
        }
        visit::visit_expr(self, expression);
    }
}

/// Whether something is added to one of the collections.
struct Adds<'a> {
    collections: &'a BTreeSet<String>,
    found: bool,
}

impl<'ast> Visit<'ast> for Adds<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Expr::Path(path) = &*call.receiver
            && let Some(name) = path.path.get_ident()
        {
            self.found |= self.collections.contains(&name.to_string())
                && ADDING.iter().any(|method| call.method == method);
        }
        visit::visit_expr_method_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let block: Block = syn::parse_str(text).expect("a block");
        collecting(&block).into_iter().map(|span| span.start().line).collect()
    }

    #[test]
    fn a_loop_that_fills_what_the_function_has_made_collects() {
        let text = "{
            let mut keys: Vec<K> = Vec::new();
            while let Some(key) = self.order.lock().unwrap().next() {
                keys.push(key.clone());
            }
            keys
        }";
        assert_eq!(lines(text), [3]);
        assert_eq!(lines(&text.replace("Vec::new()", "vec![]")), [3]);
    }

    #[test]
    fn a_loop_that_waits_or_works_on_what_others_see_does_not() {
        let text = "{
            let mut queue = self.queue.lock().unwrap();
            let mut tries = Vec::new();
            loop {
                queue.push(item);
                seen = self.number.load(Relaxed);
            }
        }";
        assert_eq!(lines(text), [0; 0]);
    }
}
