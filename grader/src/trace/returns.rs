//! Functions that return what they compute from their own parameters, whatever else has happened.

use std::collections::BTreeSet;

use model_trace::Place;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, FnArg, Pat, ReturnType, Signature, Stmt, Type};

/// A result that depends on nothing but numbers that the function was called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Computed {
    /// The function.
    pub function: String,
    /// Where it is computed.
    pub place: Place,
    /// The parameters that it is computed from.
    pub from: Vec<String>,
}

/// The result of a function, if all that it is made of are parameters that are numbers.
pub(super) fn computed(file: &str, signature: &Signature, block: &Block) -> Option<Computed> {
    let ReturnType::Type(_, returned) = &signature.output else { return None };
    if !is_number(returned) || returns_early(block) {
        return None;
    }
    let numbers: BTreeSet<String> = signature.inputs.iter().filter_map(number).collect();
    let Some(Stmt::Expr(result, None)) = block.stmts.last() else { return None };
    let mut parts = Parts { numbers: &numbers, from: Vec::new(), is_else: false };
    parts.visit_expr(result);
    if parts.is_else || parts.from.is_empty() {
        return None;
    }
    let line = u32::try_from(result.span().start().line).ok()?;
    let place = Place { file: file.to_owned().into(), line, column: 1 };
    Some(Computed { function: signature.ident.to_string(), place, from: parts.from })
}

/// The name of a parameter that is a number.
fn number(input: &FnArg) -> Option<String> {
    let FnArg::Typed(typed) = input else { return None };
    match &*typed.pat {
        Pat::Ident(name) if is_number(&typed.ty) => Some(name.ident.to_string()),
        _ => None,
    }
}

fn is_number(of: &Type) -> bool {
    const NUMBERS: [&str; 12] =
        ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
    matches!(of, Type::Path(path) if NUMBERS.iter().any(|number| path.path.is_ident(number)))
}

/// Whether there is another way out of the function.
fn returns_early(block: &Block) -> bool {
    struct Returns(bool);
    impl<'ast> Visit<'ast> for Returns {
        fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
            self.0 = true;
        }
        fn visit_expr_try(&mut self, _: &'ast syn::ExprTry) {
            self.0 = true;
        }
    }
    let mut returns = Returns(false);
    returns.visit_block(block);
    returns.0
}

/// What an expression is made of.
struct Parts<'a> {
    numbers: &'a BTreeSet<String>,
    /// The parameters in it, each once.
    from: Vec<String>,
    /// Whether there is anything else that could make a difference.
    is_else: bool,
}

impl<'ast> Visit<'ast> for Parts<'_> {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Path(path) => match path.path.get_ident().map(ToString::to_string) {
                Some(name) if self.from.contains(&name) => {}
                Some(name) if self.numbers.contains(&name) => self.from.push(name),
                // `i64::try_from` and the like compute.
                None => {}
                Some(_) => self.is_else = true,
            },
            Expr::Binary(_)
            | Expr::Cast(_)
            | Expr::Paren(_)
            | Expr::Lit(_)
            | Expr::Unary(_)
            | Expr::MethodCall(_)
            | Expr::Call(_) => visit::visit_expr(self, expression),
            _ => self.is_else = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Option<Vec<String>> {
        let item: syn::ItemFn = syn::parse_str(text).expect("a function");
        computed("src/lib.rs", &item.sig, &item.block).map(|computed| computed.from)
    }

    #[test]
    fn a_result_is_computed_if_it_is_made_of_numbers_that_were_passed() {
        let both = Some(vec!["threads".to_owned(), "increments".to_owned()]);
        for result in [
            "threads as i64 * increments as i64",
            "i64::try_from(threads).unwrap() * (increments as i64)",
            "(threads as i64).wrapping_mul(increments as i64)",
        ] {
            let text = format!("fn hammer(threads: usize, increments: u64) -> i64 {{ go(); {result} }}");
            assert_eq!(from(&text), both, "{result}");
        }
    }

    #[test]
    fn a_result_is_read_if_anything_else_is_in_it() {
        for text in [
            "fn hammer(counter: &C, threads: usize) -> i64 { counter.value() }",
            "fn hammer(counter: &C, threads: usize) -> i64 { threads as i64 + counter.value() }",
            "fn hammer(threads: usize) -> i64 { let sum = go(); sum }",
            "fn hammer(threads: usize) -> i64 { if threads == 0 { return total(); } threads as i64 }",
            "fn hammer(threads: usize) -> Vec<usize> { vec![threads] }",
            "fn zero() -> i64 { 0 }",
        ] {
            assert_eq!(from(text), None, "{text}");
        }
    }
}
