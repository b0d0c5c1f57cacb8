//! Statements: left out, or in another order.

use syn::{Block, Expr, Stmt};

use crate::mutate::code::{Code, Edits, is_wakeup};

fn is_exit(expr: &Expr) -> bool {
    matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_))
}

/// An early end, with the branch around it, if that is all that it is for.
pub(super) fn exit_removed(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let ends = |stmt: &&Stmt| match stmt {
        Stmt::Expr(expr, _) if is_exit(expr) => true,
        Stmt::Expr(Expr::If(branch), _) if branch.else_branch.is_none() => {
            matches!(branch.then_branch.stmts.last(), Some(Stmt::Expr(last, _)) if is_exit(last))
        }
        Stmt::Expr(..) | Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => false,
    };
    block.stmts.iter().filter(ends).map(|stmt| vec![code.remove(stmt)]).collect()
}

/// Neighbours, if one of them is seen by other threads at once.
pub(super) fn swapped(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let is_seen = |name: &str| is_wakeup(name) || ["drop", "store", "send", "release"].contains(&name);
    let is_simple = |stmt: &Stmt| matches!(stmt, Stmt::Expr(expr, Some(_)) if !is_exit(expr));
    let pairs = block.stmts.windows(2).filter(|pair| pair.iter().all(is_simple));
    let pairs = pairs.filter(|pair| pair.iter().any(|stmt| code.calls(stmt, is_seen)));
    pairs.map(|pair| code.swap(&pair[0], &pair[1])).collect()
}

pub(super) fn removed(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let can_go = |stmt: &&Stmt| match stmt {
        Stmt::Expr(expr, Some(_)) => !is_exit(expr),
        Stmt::Expr(Expr::If(branch), None) => branch.else_branch.is_none(),
        Stmt::Expr(expr, None) => matches!(expr, Expr::ForLoop(_) | Expr::While(_)),
        Stmt::Macro(called) => called.semi_token.is_some(),
        Stmt::Local(_) | Stmt::Item(_) => false,
    };
    block.stmts.iter().filter(can_go).map(|stmt| vec![code.remove(stmt)]).collect()
}
