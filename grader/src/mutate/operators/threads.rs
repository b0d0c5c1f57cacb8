//! What happens when threads end, by themselves or in a panic.

use syn::{Block, Expr, Stmt};

use crate::mutate::code::{Code, Edits, called, unwrapped};

pub(super) fn join_removed(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let joins = |stmt: &&Stmt| match stmt {
        Stmt::Expr(expr, Some(_)) => match unwrapped(expr) {
            Expr::MethodCall(call) => call.method == "join" && call.args.is_empty(),
            // There are many other kinds of expressions.
            _ => false,
        },
        Stmt::Expr(_, None) | Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => false,
    };
    block.stmts.iter().filter(joins).map(|stmt| vec![code.remove(stmt)]).collect()
}

/// A lock that goes on after another thread's panic does so no more. The opposite is no mistake: both are usual where
/// nothing can panic under the lock.
pub(super) fn poison_unwrapped(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::MethodCall(call) = expr else { return Vec::new() };
    let ignores = call.args.iter().any(|argument| code.mentions(argument, "into_inner"));
    if call.method != "unwrap_or_else" || !ignores {
        return Vec::new();
    }
    vec![vec![code.replace_from(&call.method, expr, "unwrap()".to_owned())]]
}

pub(super) fn emptied(code: &Code<'_>, body: &Block) -> Vec<Edits> {
    if body.stmts.is_empty() { Vec::new() } else { vec![vec![code.replace(body, "{}")]] }
}

pub(super) fn not_caught(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Call(call) = expr else { return Vec::new() };
    match (called(expr).as_deref(), call.args.first()) {
        (Some("catch_unwind"), Some(closure)) => {
            let result = "Ok::<_, Box<dyn std::any::Any + Send>>";
            vec![vec![code.replace(expr, format!("{result}(({})())", code.text(closure)))]]
        }
        _ => Vec::new(),
    }
}
