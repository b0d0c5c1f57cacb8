//! Every mutant of a program, without duplicates, each with an identity that stays.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprCall, GenericArgument, ImplItemFn, ItemFn, ItemImpl, ItemMod, ItemTrait,
    TraitItemFn, Type,
};

use super::code::{Code, Edits, normalised};
use super::operators::{OPERATORS, Operator};
use crate::digest;
use crate::error::Fault;
use crate::mutant::Base;

/// A mutant that an operator makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Such as `while_to_if@solution/Semaphore::acquire#3fa2c9.1`: the operator, the base, the function, a hash of what
    /// is changed to what, and which of those that are the same it is.
    pub id: String,
    /// The name of the operator.
    pub operator: &'static str,
    pub base: Base,
    /// The whole program.
    pub program: String,
}

/// What the walk finds.
struct Found {
    operator: usize,
    function: String,
    edits: Edits,
}

/// Every mutant of the program `source`, in the order of the text. `base` says which program it is.
///
/// # Errors
/// With the line and the reason, if it is not Rust.
pub fn generate(base: &Base, source: &str) -> Result<Vec<Generated>, Fault> {
    let file = syn::parse_file(source).map_err(|error| Fault::Suite {
        file: base.to_string().into(),
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    let code = Code::of(source, &file);
    let mut walk = Walk { code: &code, function: Vec::new(), is_drop: false, found: Vec::new() };
    walk.visit_file(&file);
    let mut found = walk.found;
    found.sort_by_key(|one| one.operator);
    let mut seen = BTreeSet::from([normalised(source)]);
    found.retain(|one| seen.insert(normalised(&applied(source, &one.edits))));
    found.sort_by_key(|one| (start(&one.edits), one.operator));
    let mut same: BTreeMap<String, usize> = BTreeMap::new();
    let generated = found.into_iter().map(|Found { operator, function, edits }| {
        let operator = OPERATORS[operator].name;
        let prefix = format!("{operator}@{base}/{function}#{}", hash(source, &edits));
        let ordinal = same.entry(prefix.clone()).or_default();
        *ordinal += 1;
        let id = format!("{prefix}.{ordinal}");
        Generated { id, operator, base: base.clone(), program: applied(source, &edits) }
    });
    Ok(generated.collect())
}

fn start(edits: &Edits) -> usize {
    edits.iter().map(|edit| edit.range.start).min().unwrap_or_default()
}

fn applied(source: &str, edits: &Edits) -> String {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.range.start);
    let mut text = String::with_capacity(source.len());
    let mut end = 0;
    for edit in edits {
        text.push_str(&source[end..edit.range.start]);
        text.push_str(&edit.text);
        end = edit.range.end;
    }
    text + &source[end..]
}

/// The beginning of a hash of what is changed to what. Layout and comments do not count.
fn hash(source: &str, edits: &Edits) -> String {
    let mut text = String::new();
    for edit in edits {
        text.push_str(&normalised(&source[edit.range.clone()]));
        text.push('\n');
        text.push_str(&normalised(&edit.text));
        text.push('\n');
    }
    digest::of(text.as_bytes())[..6].to_owned()
}

/// Shows every operator every part of a program but for its tests.
struct Walk<'a> {
    code: &'a Code<'a>,
    /// The names around the place, such as those of a type and a method.
    function: Vec<String>,
    /// Whether it is inside an `impl Drop`.
    is_drop: bool,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn ask(&mut self, find: impl Fn(&Operator, &Code<'_>) -> Vec<Edits>) {
        // What belongs to no function, such as the value of a constant, is none of the operators' business.
        if self.function.is_empty() {
            return;
        }
        let function = self.function.join("::");
        for (index, operator) in OPERATORS.iter().enumerate() {
            let all = find(operator, self.code);
            self.found.extend(all.into_iter().map(|edits| Found {
                operator: index,
                function: function.clone(),
                edits,
            }));
        }
    }

    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.function.push(name);
        visit(self);
        self.function.pop();
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let of_tests = || attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test");
        path.is_ident("test") || (path.is_ident("cfg") && of_tests())
    })
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            self.within(item.sig.ident.to_string(), |walk| visit::visit_item_fn(walk, item));
        }
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.within(item.ident.to_string(), |walk| visit::visit_item_trait(walk, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        self.within(item.sig.ident.to_string(), |walk| visit::visit_trait_item_fn(walk, item));
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let name = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            // Such as a reference: the trait then says which one it is.
            _ => None,
        };
        let of_trait = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
        let outer = std::mem::replace(&mut self.is_drop, of_trait.is_some_and(|last| last.ident == "Drop"));
        let name = name.or_else(|| of_trait.map(|last| last.ident.to_string()));
        self.within(name.unwrap_or_default(), |walk| visit::visit_item_impl(walk, item));
        self.is_drop = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.within(item.sig.ident.to_string(), |walk| {
            if walk.is_drop {
                walk.ask(|operator, code| operator.in_destructor(code, &item.block));
            }
            visit::visit_impl_item_fn(walk, item);
        });
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.ask(|operator, code| operator.in_block(code, block));
        visit::visit_block(self, block);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.ask(|operator, code| operator.in_expr(code, expr));
        visit::visit_expr(self, expr);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        // How much room is reserved changes nothing that a program does.
        let reserves = matches!(&*call.func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "with_capacity"));
        if !reserves {
            visit::visit_expr_call(self, call);
        }
    }

    /// The length of an array is part of its type.
    fn visit_type(&mut self, _: &'ast Type) {}

    /// So is the number that a parameter stands for.
    fn visit_generic_argument(&mut self, _: &'ast GenericArgument) {}
}
