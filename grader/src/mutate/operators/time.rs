//! Time that is looked at more often than once.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprPath, Pat, Stmt};

use crate::mutate::code::{Code, Edits, normalised};

pub(super) fn clock_read_again(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    computed_again(code, block, true)
}

pub(super) fn deadline_restarted(code: &Code<'_>, block: &Block) -> Vec<Edits> {
    computed_again(code, block, false)
}

/// Each use of a variable that the clock was read for is what the variable was computed from.
fn computed_again(code: &Code<'_>, block: &Block, is_the_time_itself: bool) -> Vec<Edits> {
    let mut found = Vec::new();
    for (index, stmt) in block.stmts.iter().enumerate() {
        let Stmt::Local(local) = stmt else { continue };
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else { continue };
        let text = code.text(&init.expr);
        let is_now = normalised(text).ends_with(&normalised("Instant::now()"));
        if !(code.mentions(&init.expr, "Instant") && code.calls(&init.expr, |called| called == "now"))
            || (is_now != is_the_time_itself)
        {
            continue;
        }
        let mut uses = Uses { name: name.ident.to_string(), found: Vec::new() };
        block.stmts.iter().skip(index + 1).for_each(|stmt| uses.visit_stmt(stmt));
        found.extend(uses.found.iter().map(|used| vec![code.replace(*used, format!("({text})"))]));
    }
    found
}

struct Uses<'a> {
    name: String,
    found: Vec<&'a Expr>,
}

impl<'a> Visit<'a> for Uses<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if matches!(expr, Expr::Path(ExprPath { path, .. }) if path.is_ident(&self.name)) {
            self.found.push(expr);
        }
        visit::visit_expr(self, expr);
    }
}
