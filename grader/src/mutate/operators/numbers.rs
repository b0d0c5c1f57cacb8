//! Numbers: counts, capacities and what is added to them.

use syn::{BinOp, Expr, Lit};

use crate::mutate::code::{Code, Edits};

/// What a lock, an atomic, a channel or a barrier is created with, where it is a variable.
pub(super) fn count(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Call(call) = expr else { return Vec::new() };
    let Expr::Path(path) = &*call.func else { return Vec::new() };
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let (last, before) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let is_shared = ["Mutex", "RwLock", "Barrier", "Semaphore"].contains(&before.as_str())
        || before.starts_with("Atomic");
    let creates = (last == "new" && is_shared) || last == "sync_channel";
    match (creates, call.args.first()) {
        (true, Some(count @ (Expr::Path(_) | Expr::Field(_)))) => {
            vec![vec![code.replace(count, format!("{} + 1", code.text(count)))]]
        }
        _ => Vec::new(),
    }
}

pub(super) fn literal(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Lit(literal) = expr else { return Vec::new() };
    let Lit::Int(number) = &literal.lit else { return Vec::new() };
    let Ok(value) = number.base10_parse::<u64>() else { return Vec::new() };
    let suffix = number.suffix();
    let mut found = vec![vec![code.replace(expr, format!("{}{suffix}", value.saturating_add(1)))]];
    if value == 1 {
        found.push(vec![code.replace(expr, format!("0{suffix}"))]);
    }
    found
}

pub(super) fn sign(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Binary(binary) = expr else { return Vec::new() };
    let other = match binary.op {
        BinOp::Add(_) => "-",
        BinOp::Sub(_) => "+",
        BinOp::AddAssign(_) => "-=",
        BinOp::SubAssign(_) => "+=",
        // The others neither add nor subtract.
        _ => return Vec::new(),
    };
    vec![vec![code.replace(&binary.op, other)]]
}

pub(super) fn flipped(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(value) => vec![vec![code.replace(expr, (!value.value).to_string())]],
            // Other literals are not true or false.
            _ => Vec::new(),
        },
        // There are many other kinds of expressions.
        _ => Vec::new(),
    }
}
