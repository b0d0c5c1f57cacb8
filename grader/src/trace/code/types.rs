//! The types of a source: what their fields are made of, and which methods they have.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Expr, Member, Type, UseTree};

/// The collections of `std` that keep every item that is inserted.
const SEQUENCES: [&str; 3] = ["Vec", "VecDeque", "BinaryHeap"];

/// The types of a file, by their names.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// The names of all types that the fields of this name are made of.
    fields: BTreeMap<String, BTreeSet<String>>,
    /// The methods of each type.
    methods: BTreeSet<(String, String)>,
    /// The names of all types that the results of the methods of this name are made of.
    results: BTreeMap<String, BTreeSet<String>>,
    /// The modules that are files of their own.
    files: BTreeSet<String>,
    /// The names that come from them: what is given may call the file's functions.
    given: BTreeSet<String>,
}

impl Types {
    pub(super) fn of(file: &syn::File) -> Self {
        let mut types = Self::default();
        for item in &file.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
            {
                types.files.insert(module.ident.to_string());
            }
        }
        types.visit_file(file);
        types
    }

    /// Whether a value is a part of something that is a sequence: what is inserted there is added to it.
    pub(super) fn is_sequence(&self, value: &Expr) -> bool {
        let Expr::Field(field) = value else { return false };
        let made_of = self.fields.get(&member(&field.member)).into_iter().flatten();
        made_of.into_iter().any(|name| SEQUENCES.contains(&name.as_str()))
    }

    /// Whether the methods of this name return the guard of a lock.
    pub(super) fn returns_guard(&self, method: &str) -> bool {
        self.results.get(method).is_some_and(|made_of| made_of.iter().any(|name| name.ends_with("Guard")))
    }

    /// Whether a method that is called on `self` or a part of it may be one of the file's own: `self.connection.take()` is
    /// not, where the connection is an `Option`.
    pub(super) fn are_own(&self, receiver: &Expr, method: &str) -> bool {
        match receiver {
            Expr::Path(path) => path.path.is_ident("self"),
            Expr::Reference(reference) => self.are_own(&reference.expr, method),
            Expr::Field(field) => {
                let name = member(&field.member);
                let made_of = self.fields.get(&name).into_iter().flatten();
                let is_own = |of: &String| {
                    self.methods.contains(&(of.clone(), method.to_owned())) || self.given.contains(of)
                };
                made_of.clone().any(is_own) && is_of_self(&field.base)
            }
            Expr::Index(index) => self.are_own(&index.expr, method),
            // What a helper picks out may be one that is given.
            Expr::MethodCall(call) if is_of_self(&call.receiver) => {
                let made_of = self.results.get(&call.method.to_string()).into_iter().flatten();
                made_of.into_iter().any(|of| self.given.contains(of))
            }
            _ => false,
        }
    }
}

fn member(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// Whether an expression is `self` or a part of it.
fn is_of_self(expression: &Expr) -> bool {
    match expression {
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Field(field) => is_of_self(&field.base),
        Expr::Reference(reference) => is_of_self(&reference.expr),
        _ => false,
    }
}

/// All names in a type: `Arc<Mutex<State>>` is made of three.
fn names(of: &Type) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            self.0.insert(segment.ident.to_string());
            visit::visit_path_segment(self, segment);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.visit_type(of);
    names.0
}

/// All names that a `use` brings in.
fn used(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => used(&path.tree, names),
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Rename(name) => {
            names.insert(name.rename.to_string());
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| used(item, names)),
        UseTree::Glob(_) => {}
    }
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if let UseTree::Path(path) = &item.tree
            && self.files.contains(&path.ident.to_string())
        {
            used(&path.tree, &mut self.given);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        for (index, field) in item.fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or(index.to_string(), ToString::to_string);
            self.fields.entry(name).or_default().extend(names(&field.ty));
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if let Type::Path(path) = &*item.self_ty
            && let Some(segment) = path.path.segments.last()
        {
            let of = segment.ident.to_string();
            let methods = item.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some((of.clone(), method.sig.ident.to_string())),
                _ => None,
            });
            self.methods.extend(methods);
        }
        for item in &item.items {
            if let syn::ImplItem::Fn(method) = item
                && let syn::ReturnType::Type(_, result) = &method.sig.output
            {
                self.results.entry(method.sig.ident.to_string()).or_default().extend(names(result));
            }
        }
        visit::visit_item_impl(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_may_be_made_of_the_files_own_functions() {
        let file = syn::parse_str(
            "mod guarded;
             pub use guarded::{Guard, Lock};
             struct Repository { entries: Lock<RefCell<u32>>, all: Vec<Lock<u32>> }
             impl Repository {
                 fn one(&self) -> &Lock<u32> { &self.all[0] }
                 fn number(&self) -> Option<u32> { None }
             }",
        );
        let types = Types::of(&file.expect("a file"));
        let own = |receiver| types.are_own(&syn::parse_str(receiver).expect("an expression"), "lock");
        assert!(own("self.entries") && own("self.all[0]") && own("self.one()"));
        assert!(!own("self.number()") && !own("other.one()"));
    }

    #[test]
    fn a_method_of_std_is_not_mistaken_for_one_of_the_same_name() {
        let file = syn::parse_str(
            "struct Pool<C> { gate: Arc<Gate>, connection: Option<C> }
             struct Gate;
             impl Gate { fn take(&self) {} }
             impl<C> Pool<C> { fn take(&self) {} }",
        );
        let types = Types::of(&file.expect("a file"));
        let own = |receiver| types.are_own(&syn::parse_str(receiver).expect("an expression"), "take");
        assert!(own("self") && own("self.gate"));
        assert!(!own("self.connection") && !own("other") && !own("other.gate"));
    }
}
