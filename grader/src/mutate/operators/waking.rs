//! Wakeups: notifications and unparking.

use syn::{Block, Expr, Member, Stmt};

use crate::mutate::code::{Code, Edits, called, is_wakeup};

fn wakes(expr: &Expr) -> bool {
    called(expr).is_some_and(|name| is_wakeup(&name))
}

pub(super) fn removed(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let edit = |stmt: &Stmt| match stmt {
        Stmt::Expr(expr, Some(_)) if wakes(expr) => Some(vec![code.remove(stmt)]),
        Stmt::Expr(expr, None) if wakes(expr) => Some(vec![code.replace(stmt, "()")]),
        Stmt::Expr(..) | Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => None,
    };
    block.stmts.iter().filter_map(edit).collect()
}

/// Those that are an arm of a `match` or the body of a closure.
pub(super) fn removed_from_arm(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let bodies: Vec<&Expr> = match expr {
        Expr::Match(matched) => matched.arms.iter().map(|arm| &*arm.body).collect(),
        Expr::Closure(closure) => vec![&closure.body],
        // There are many other kinds of expressions.
        _ => Vec::new(),
    };
    bodies.into_iter().filter(|body| wakes(body)).map(|body| vec![code.replace(body, "()")]).collect()
}

pub(super) fn all_to_one(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    match expr {
        Expr::MethodCall(call) if call.method == "notify_all" => {
            vec![vec![code.replace(&call.method, "notify_one")]]
        }
        // There are many other kinds of expressions.
        _ => Vec::new(),
    }
}

/// Another condition variable of the same struct.
pub(super) fn other(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Field(field) = expr else { return Vec::new() };
    let Member::Named(name) = &field.member else { return Vec::new() };
    let name = name.to_string();
    let beside = code.condvars.iter().filter(|names| names.contains(&name)).flatten();
    let others = beside.filter(|other| **other != name);
    others.map(|other| vec![code.replace(&field.member, other.clone())]).collect()
}
