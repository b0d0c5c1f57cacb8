//! Waits: for a notification, to be unparked, for a message.

use syn::{Block, Expr, ExprMethodCall, Stmt};

use crate::mutate::code::{Code, Edits, called, is_wait, unwrapped};

/// Statements that wait, such as `guard = condvar.wait(guard).unwrap();`.
pub(super) fn removed(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let waits = block.stmts.iter().filter(|stmt| is_waiting(stmt));
    waits.map(|stmt| vec![code.remove(stmt)]).collect()
}

fn is_waiting(stmt: &Stmt) -> bool {
    let Stmt::Expr(expr, Some(_)) = stmt else { return false };
    let waited = match expr {
        Expr::Assign(assigned) => &assigned.right,
        // There are many other kinds of expressions.
        _ => expr,
    };
    called(unwrapped(waited)).is_some_and(|name| is_wait(&name))
}

/// Waits that are part of an expression: what is left is the guard that they are given.
pub(super) fn skipped(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let waits = match expr {
        Expr::Let(_) => None,
        // There are many other kinds of expressions.
        _ => method(unwrapped(expr)).filter(|call| call.method == "wait" || call.method == "wait_while"),
    };
    let is_unwrapped = method(expr).is_some_and(|call| method(&call.receiver).is_some());
    match waits.and_then(|call| call.args.first()) {
        Some(guard) if is_unwrapped => vec![vec![code.replace(expr, code.text(guard))]],
        Some(_) | None => Vec::new(),
    }
}

fn method(expr: &Expr) -> Option<&ExprMethodCall> {
    match expr {
        Expr::MethodCall(call) => Some(call),
        // There are many other kinds of expressions.
        _ => None,
    }
}

pub(super) fn while_to_if(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::While(looped) = expr else { return Vec::new() };
    let tries =
        |name: &str| is_wait(name) || name.starts_with("compare_exchange") || name.starts_with("try_");
    if looped.label.is_some() || matches!(&*looped.cond, Expr::Let(_)) || !code.calls(expr, tries) {
        return Vec::new();
    }
    vec![vec![code.replace(&looped.while_token, "if")]]
}

/// A `loop` that ends after its first wait.
pub(super) fn not_rechecked(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Loop(looped) = expr else { return Vec::new() };
    let waits = looped.body.stmts.iter().filter(|stmt| is_waiting(stmt));
    waits.map(|stmt| vec![code.after(stmt, "break;")]).collect()
}

/// `wait_while` is a plain `wait`.
pub(super) fn unconditional(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Some(call) = method(expr) else { return Vec::new() };
    let arguments: Vec<&str> = call.args.iter().map(|argument| code.text(argument)).collect();
    let text = match (call.method.to_string().as_str(), arguments.as_slice()) {
        ("wait_while", [guard, _]) => format!("wait({guard})"),
        ("wait_timeout_while", [guard, timeout, _]) => format!("wait_timeout({guard}, {timeout})"),
        _ => return Vec::new(),
    };
    vec![vec![code.replace_from(&call.method, expr, text)]]
}

pub(super) fn timeout(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let (name, arguments) = match expr {
        Expr::MethodCall(call) => (Some(call.method.to_string()), &call.args),
        Expr::Call(call) => (called(expr), &call.args),
        // There are many other kinds of expressions.
        _ => return Vec::new(),
    };
    let place = match name.as_deref() {
        Some("wait_timeout" | "wait_timeout_while") => 1,
        Some("recv_timeout" | "park_timeout") => 0,
        Some(_) | None => return Vec::new(),
    };
    let Some(timeout) = arguments.iter().nth(place) else { return Vec::new() };
    let twice = format!("({}) * 2", code.text(timeout));
    vec![vec![code.replace(timeout, "std::time::Duration::ZERO")], vec![code.replace(timeout, twice)]]
}

pub(super) fn receive_to_try(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    match method(expr) {
        Some(call) if call.method == "recv" => vec![vec![code.replace(&call.method, "try_recv")]],
        Some(_) | None => Vec::new(),
    }
}
