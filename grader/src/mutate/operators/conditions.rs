//! Conditions: of branches, of loops, and of waits.

use syn::{BinOp, Expr, UnOp};

use crate::mutate::code::{Code, Edits};

pub(super) fn negated(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let condition = match expr {
        Expr::If(branch) => Some(&*branch.cond),
        Expr::While(looped) => Some(&*looped.cond),
        Expr::MethodCall(call) if call.method == "wait_while" || call.method == "wait_timeout_while" => {
            match call.args.last() {
                Some(Expr::Closure(closure)) => Some(&*closure.body),
                Some(_) | None => None,
            }
        }
        // There are many other kinds of expressions.
        _ => None,
    };
    match condition {
        None | Some(Expr::Let(_) | Expr::Block(_)) => Vec::new(),
        Some(condition) if binds(condition) => Vec::new(),
        Some(condition) => vec![vec![code.replace(condition, opposite(code, condition))]],
    }
}

/// Whether it is a chain with `let` in it.
fn binds(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        // There are many other kinds of expressions.
        _ => false,
    }
}

fn opposite(code: &Code<'_>, condition: &Expr) -> String {
    match condition {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => code.text(&unary.expr).to_owned(),
        // There are many other kinds of expressions.
        _ => format!("!({})", code.text(condition)),
    }
}

pub(super) fn part_dropped(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Binary(binary) = expr else { return Vec::new() };
    if !matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if !binds(&binary.right) {
        found.push(vec![code.replace(expr, code.text(&binary.left))]);
    }
    if !binds(&binary.left) {
        found.push(vec![code.replace(expr, code.text(&binary.right))]);
    }
    found
}

pub(super) fn boundary(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Binary(binary) = expr else { return Vec::new() };
    let other = match binary.op {
        BinOp::Lt(_) => "<=",
        BinOp::Le(_) => "<",
        BinOp::Gt(_) => ">=",
        BinOp::Ge(_) => ">",
        BinOp::Eq(_) => "!=",
        BinOp::Ne(_) => "==",
        // The others do not compare.
        _ => return Vec::new(),
    };
    vec![vec![code.replace(&binary.op, other)]]
}
