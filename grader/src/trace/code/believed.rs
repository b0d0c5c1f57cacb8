//! Timed waits whose timeout is taken for the answer.

use model_trace::Place;
use syn::{Block, Expr, ExprIf, ExprMethodCall, Stmt, UnOp};

use super::Code;

/// Whether the condition is that a wait has timed out, and nothing is looked at before the function, or its loop, is left:
/// `if result.timed_out() { return Err(TimedOut); }`.
pub(super) fn leaves_at_once(branch: &ExprIf) -> bool {
    let Some((last, before)) = branch.then_branch.stmts.split_last() else { return false };
    let leaves = match last {
        Stmt::Expr(Expr::Return(left), _) => left.expr.as_deref().is_none_or(is_constant),
        Stmt::Expr(Expr::Break(left), _) => left.expr.as_deref().is_some_and(is_constant),
        // Without a semicolon: with an alternative, that is a value.
        Stmt::Expr(value, None) => branch.else_branch.is_some() && is_constant(value),
        _ => false,
    };
    is_timeout(&branch.cond) && leaves && before.iter().all(drops)
}

/// Whether what is returned is just that a wait has not timed out: `return !result.timed_out()`.
pub(super) fn is_returned(value: &Expr) -> bool {
    matches!(value, Expr::Unary(not) if matches!(not.op, UnOp::Not(_)) && is_timeout(&not.expr))
}

/// The last expression of a function, without a semicolon.
pub(super) fn result(block: &Block) -> Option<&Expr> {
    if let Some(Stmt::Expr(value, None)) = block.stmts.last() { Some(value) } else { None }
}

fn is_timeout(condition: &Expr) -> bool {
    matches!(condition, Expr::MethodCall(ExprMethodCall { method, .. }) if method == "timed_out")
}

/// Whether a value depends on nothing that is looked at: `false`, `Err(Error::TimedOut)`, `(0, None)`.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Lit(_) => true,
        // A variable begins with a small letter.
        Expr::Path(path) => path.path.segments.last().is_some_and(|name| is_name(&name.ident.to_string())),
        Expr::Call(call) => is_constant(&call.func) && call.args.iter().all(is_constant),
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        _ => false,
    }
}

/// Whether it is one of a variant, a type or a constant.
fn is_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Whether a statement is `drop(guard);`.
fn drops(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::Call(call), _) = statement else { return false };
    matches!(&*call.func, Expr::Path(path) if path.path.is_ident("drop"))
}

impl Code {
    /// Where it is decided by the timeout of a wait alone what the call returns, in the function that the wait is in.
    pub(crate) fn believes_timeout(&self, wait: &Place) -> Option<Place> {
        let mut decided = self.believed.iter().map(super::Region::start);
        decided.find(|place| self.function_of(place).is_some() && self.comes_next(wait, place))
    }

    /// Whether both are in one function, and the first line of the second place is not before the first place.
    fn comes_next(&self, wait: &Place, place: &Place) -> bool {
        self.function_of(wait) == self.function_of(place)
            && place.line >= wait.line
            && (place.line == wait.line || self.may_come_to(wait, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> bool {
        let Expr::If(branch) = syn::parse_str(text).expect("an expression") else {
            panic!("no `if`: {text}")
        };
        leaves_at_once(&branch)
    }

    #[test]
    fn a_timeout_that_ends_the_call_is_taken_for_the_answer() {
        assert!(leaves("if result.timed_out() { return false; }"));
        assert!(leaves("if woken.1.timed_out() { return Err(GetError::TimedOut) }"));
        assert!(leaves("if timeout.timed_out() { drop(state); break None; }"));
        assert!(leaves("if timeout.timed_out() { None } else { state.pop() }"));
        assert!(is_returned(&syn::parse_str("!result.timed_out()").expect("an expression")));
    }

    #[test]
    fn who_looks_once_more_does_not_believe_it() {
        assert!(!leaves("if result.timed_out() { return *state; }"));
        assert!(!leaves("if result.timed_out() { return state.is_set(); }"));
        assert!(!leaves("if result.timed_out() && !*state { return false; }"));
        assert!(!leaves("if result.timed_out() { state.waiting -= 1; return false; }"));
        // Out of the loop, after which there may be another look.
        assert!(!leaves("if result.timed_out() { break; }"));
        assert!(!is_returned(&syn::parse_str("!result.timed_out() || *state").expect("an expression")));
    }
}
