//! Critical sections: split, shrunk, shifted, extended, or entered in another order.

use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprClosure, Item, Local, Pat, Stmt};

use crate::mutate::code::{Code, Edits, called, is_lock};

/// A guard that a block declares.
struct Guard<'a> {
    name: String,
    lock: &'a Expr,
    /// The place of its declaration among the statements.
    index: usize,
    is_mutable: bool,
}

fn guards<'a>(code: &Code<'_>, block: &'a Block) -> Vec<Guard<'a>> {
    let guard = |(index, stmt): (usize, &'a Stmt)| {
        let Stmt::Local(local) = stmt else { return None };
        let (name, lock) = code.guard(local)?;
        Some(Guard { name, lock, index, is_mutable: is_mutable(local) })
    };
    block.stmts.iter().enumerate().filter_map(guard).collect()
}

fn is_mutable(local: &Local) -> bool {
    matches!(&local.pat, Pat::Ident(name) if name.mutability.is_some())
}

/// The critical section is left and entered again before one of its statements.
pub(super) fn split(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let mut found = Vec::new();
    for Guard { name, lock, index, is_mutable } in guards(code, block) {
        let lock = code.text(lock);
        let declared_again = format!("drop({name}); let mut {name} = {lock};");
        let later = block.stmts.iter().skip(index + 1);
        found.extend(later.clone().skip(1).map(|stmt| vec![code.before(stmt, &declared_again)]));
        if is_mutable {
            let locked_again = format!("drop({name}); {name} = {lock};");
            let mut inner = Inner::default();
            later.for_each(|stmt| inner.visit_stmt(stmt));
            let statements = inner.blocks.into_iter().flat_map(|block| &block.stmts);
            found.extend(statements.map(|stmt| vec![code.before(stmt, &locked_again)]));
        }
    }
    found
}

/// The blocks in a statement that belong to the same function.
#[derive(Default)]
struct Inner<'a> {
    blocks: Vec<&'a Block>,
}

impl<'a> Visit<'a> for Inner<'a> {
    fn visit_block(&mut self, block: &'a Block) {
        self.blocks.push(block);
        visit::visit_block(self, block);
    }

    fn visit_expr_closure(&mut self, _: &'a ExprClosure) {}

    fn visit_item(&mut self, _: &'a Item) {}
}

/// `*lock += 1` with one critical section for reading and one for writing.
pub(super) fn torn_assignment(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    let Expr::Binary(binary) = expr else { return Vec::new() };
    let operator = match binary.op {
        BinOp::AddAssign(_) => "+",
        BinOp::SubAssign(_) => "-",
        // The others occur with numbers that nobody shares.
        _ => return Vec::new(),
    };
    if !code.calls(&binary.left, is_lock) {
        return Vec::new();
    }
    let (left, right) = (code.text(&binary.left), code.text(&binary.right));
    vec![vec![code.replace(expr, format!("{{ let torn = {left} {operator} ({right}); {left} = torn; }}"))]]
}

/// The guard is dropped behind the last statement that mentions it.
pub(super) fn shrunk(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let mut found = Vec::new();
    for Guard { name, index, .. } in guards(code, block) {
        let mentions = |stmt: &Stmt| code.mentions(stmt, &name);
        let last = block.stmts.iter().rposition(mentions).unwrap_or(index);
        let is_given_away = last > index && code.calls(&block.stmts[last], |called| called == "drop");
        if let Some(next) = block.stmts.get(last + 1).filter(|_| last > index && !is_given_away) {
            found.push(vec![code.before(next, &format!("drop({name});"))]);
        }
    }
    found
}

/// A guard that is only there to be alive is dropped before each of the statements that it protects.
pub(super) fn dropped_at_once(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let mut found = Vec::new();
    for Guard { name, index, .. } in guards(code, block) {
        let later = || block.stmts.iter().skip(index + 1);
        if !later().any(|stmt| code.mentions(stmt, &name)) {
            found.extend(later().map(|stmt| vec![code.before(stmt, &format!("drop({name});"))]));
        }
    }
    found
}

/// The lock is taken after the statement that follows it.
pub(super) fn shifted(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let shifted = |guard: &Guard<'_>| {
        let next = block.stmts.get(guard.index + 1)?;
        let is_tail = matches!(next, Stmt::Expr(_, None)) && guard.index + 2 == block.stmts.len();
        let is_guard = guards(code, block).iter().any(|other| other.index == guard.index + 1);
        if is_tail || is_guard || code.mentions(next, &guard.name) {
            return None;
        }
        Some(code.swap(&block.stmts[guard.index], next))
    };
    guards(code, block).iter().filter_map(shifted).collect()
}

/// `drop(guard);` is left out.
pub(super) fn kept(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let is_drop =
        |stmt: &&Stmt| matches!(stmt, Stmt::Expr(expr, Some(_)) if called(expr).as_deref() == Some("drop"));
    block.stmts.iter().filter(is_drop).map(|stmt| vec![code.remove(stmt)]).collect()
}

pub(super) fn order(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    let guards = guards(code, block);
    let pairs = guards.windows(2).filter(|pair| pair[0].index + 1 == pair[1].index);
    pairs.map(|pair| code.swap(&block.stmts[pair[0].index], &block.stmts[pair[1].index])).collect()
}

pub(super) fn tried(code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
    match expr {
        Expr::MethodCall(call) if is_lock(&call.method.to_string()) && call.args.is_empty() => {
            vec![vec![code.replace(&call.method, format!("try_{}", call.method))]]
        }
        // There are many other kinds of expressions.
        _ => Vec::new(),
    }
}
