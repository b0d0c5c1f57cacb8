//! Assignments through a guard that lives no longer than they do, of a value that was made before.

use syn::visit::{self, Visit};
use syn::{Expr, ExprAssign, UnOp};

/// Whether an assignment replaces data behind a lock with what a variable holds, whatever is there by then:
/// `*self.count.lock().unwrap() = count + 1`.
pub(super) fn overwrites(assignment: &ExprAssign) -> bool {
    let Expr::Unary(place) = &*assignment.left else { return false };
    let is_guard = matches!(&*place.expr, Expr::MethodCall(_) | Expr::Call(_));
    let mut value = Value { is_known: true, has_variable: false };
    value.visit_expr(&assignment.right);
    matches!(place.op, UnOp::Deref(_)) && is_guard && value.is_known && value.has_variable
}

/// What a value is made of.
struct Value {
    /// Of variables and literals alone.
    is_known: bool,
    has_variable: bool,
}

impl<'ast> Visit<'ast> for Value {
    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            // A constant has capital letters.
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                self.has_variable |= name.is_some_and(|name| name.starts_with(char::is_lowercase));
            }
            Expr::Lit(_) | Expr::Binary(_) | Expr::Paren(_) | Expr::Cast(_) => {}
            _ => self.is_known = false,
        }
        visit::visit_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_blind(text: &str) -> bool {
        let Expr::Assign(assignment) = syn::parse_str(text).expect("an expression") else {
            panic!("no assignment: {text}")
        };
        overwrites(&assignment)
    }

    #[test]
    fn what_a_variable_holds_was_made_before_the_lock_is_acquired() {
        assert!(is_blind("*self.count.lock().unwrap() = count + 1"));
        assert!(is_blind("*self.write(shelf) = items"));
        assert!(is_blind("*lock(&self.count) = (items)"));
    }

    #[test]
    fn a_constant_depends_on_nothing_and_a_call_may_look_again() {
        assert!(!is_blind("*self.flag.lock().unwrap() = true"));
        assert!(!is_blind("*self.flag.lock().unwrap() = EMPTY"));
        assert!(!is_blind("*self.count.lock().unwrap() = next(count)"));
        assert!(!is_blind("*count = *count + step"));
        assert!(!is_blind("*count = next"));
    }
}
