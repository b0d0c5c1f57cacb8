//! Timed waits whose timeout is taken for the answer.

use model_trace::Place;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprIf, ExprMethodCall, Stmt, UnOp};

use super::Code;

/// Each timed wait of a block, and where its timeout alone decides what is returned: in the next statement that does more than
/// to name or to assign what the wait returned. `wait_timeout_while` has looked by itself.
pub(super) fn believed(block: &Block) -> Vec<(Span, Span)> {
    let waits =
        block.stmts.iter().enumerate().filter_map(|(index, statement)| Some((index, wait(statement)?)));
    let decided = |(index, wait): (usize, Span)| {
        let mut next = block.stmts[index..].iter().skip_while(|statement| only_names(statement));
        Some((wait, decides(next.next()?)?))
    };
    waits.filter_map(decided).collect()
}

/// Where a statement waits, up to a time, with a call that does not check the condition.
fn wait(statement: &Stmt) -> Option<Span> {
    struct Wait(Option<Span>);
    impl<'ast> Visit<'ast> for Wait {
        // What is done in there has a block of its own.
        fn visit_block(&mut self, _: &'ast Block) {}
        fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
            if call.method == "wait_timeout" || call.method == "wait_timeout_ms" {
                self.0 = Some(call.method.span());
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut wait = Wait(None);
    wait.visit_stmt(statement);
    wait.0
}

/// Whether a statement is `let … = …;` or an assignment.
fn only_names(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Local(local) if local.init.as_ref().is_none_or(|init| init.diverge.is_none()))
        || matches!(statement, Stmt::Expr(Expr::Assign(_), Some(_)))
}

/// Where a statement decides by the timeout alone what is returned.
fn decides(statement: &Stmt) -> Option<Span> {
    let Stmt::Expr(expression, semicolon) = statement else { return None };
    match expression {
        Expr::If(branch) => leaves_at_once(branch).then(|| branch.cond.span()),
        Expr::Return(returned) => {
            returned.expr.as_deref().filter(|value| is_returned(value)).map(Spanned::span)
        }
        value => (semicolon.is_none() && is_returned(value)).then(|| value.span()),
    }
}

/// Whether the condition is that a wait has timed out, and nothing is looked at before the function, or its loop, is left:
/// `if result.timed_out() { return Err(TimedOut); }`.
fn leaves_at_once(branch: &ExprIf) -> bool {
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
fn is_returned(value: &Expr) -> bool {
    matches!(value, Expr::Unary(not) if matches!(not.op, UnOp::Not(_)) && is_timeout(&not.expr))
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
    /// Where the timeout of a wait alone decides what the call returns.
    pub(crate) fn believes_timeout(&self, wait: &Place) -> Option<Place> {
        let (_, decides) = self.believed.iter().find(|(believed, _)| believed.contains(wait))?;
        Some(decides.start())
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

    /// The lines of each wait and of where it is decided.
    fn lines(text: &str) -> Vec<(usize, usize)> {
        let line = |span: Span| span.start().line;
        let found = believed(&syn::parse_str(text).expect("a block"));
        found.into_iter().map(|(wait, decides)| (line(wait), line(decides))).collect()
    }

    const WAITS: &str = "{\n let (guard, result) = bell.wait_timeout(guard, left).unwrap();\n";

    #[test]
    fn nothing_is_looked_at_between_the_wait_and_the_decision() {
        let gives_up = "if result.timed_out() { return false; } }";
        assert_eq!(lines(&format!("{WAITS} state = guard;\n {gives_up}")), [(2, 4)]);
        assert_eq!(lines(&format!("{WAITS} !result.timed_out() }}")), [(2, 3)]);
        let looks = format!("{WAITS} if guard.is_set {{ return true; }}\n {gives_up}");
        assert_eq!(lines(&looks), []);
        // That has looked by itself before it says so.
        assert_eq!(lines(&looks.replace("wait_timeout", "wait_timeout_while")), []);
        let by_itself =
            format!("{WAITS} {gives_up}").replace("wait_timeout(guard", "wait_timeout_while(guard");
        assert_eq!(lines(&by_itself), []);
    }
}
