//! Functions that do one thing: the line of that is all there is to look at.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Stmt};

use super::types::Types;

/// The line of the only statement of a function, besides one that acquires a lock; none if it has blocks of its own, of
/// which each may be the one.
pub(super) fn only_line(block: &Block, types: &Types) -> Option<u32> {
    let mut rest = block.stmts.iter().filter(|statement| !acquires(statement, types));
    let (only, None) = (rest.next()?, rest.next()) else { return None };
    let mut blocks = Blocks(false);
    blocks.visit_stmt(only);
    let line = u32::try_from(only.span().start().line).ok()?;
    (!blocks.0 && !matches!(only, Stmt::Item(_) | Stmt::Macro(_))).then_some(line)
}

/// Whether a statement is `let guard = self.data.lock().unwrap();`, or calls a helper that returns a guard.
fn acquires(statement: &Stmt, types: &Types) -> bool {
    let Stmt::Local(local) = statement else { return false };
    local.init.as_ref().is_some_and(|init| init.diverge.is_none() && is_guard(&init.expr, types))
}

fn is_guard(expression: &Expr, types: &Types) -> bool {
    let Expr::MethodCall(ExprMethodCall { receiver, method, args, .. }) = expression else { return false };
    if ["unwrap", "expect", "unwrap_or_else"].iter().any(|name| method == name) {
        return is_guard(receiver, types);
    }
    let is_lock = ["lock", "read", "write"].iter().any(|name| method == name);
    args.is_empty() && (is_lock || types.returns_guard(&method.to_string()))
}

/// Whether there are blocks, or arms of which one is taken.
struct Blocks(bool);

impl<'ast> Visit<'ast> for Blocks {
    fn visit_block(&mut self, _: &'ast Block) {
        self.0 = true;
    }

    fn visit_expr_match(&mut self, _: &'ast syn::ExprMatch) {
        self.0 = true;
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        visit::visit_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELPER: &str =
        "impl Barrier { fn state(&self) -> MutexGuard<'_, State> { self.state.lock().unwrap() } }";

    fn line(text: &str) -> Option<u32> {
        let types = Types::of(&syn::parse_str(HELPER).expect("a file"));
        only_line(&syn::parse_str(text).expect("a block"), &types)
    }

    #[test]
    fn to_acquire_the_lock_is_nothing_by_itself() {
        assert_eq!(line("{\n let state = self.state();\n state.inside\n}"), Some(3));
        assert_eq!(line("{\n let state = self.state.lock().unwrap();\n state.inside\n}"), Some(3));
        assert_eq!(line("{\n self.state.lock().unwrap().inside\n}"), Some(2));
    }

    #[test]
    fn of_two_things_none_is_the_one() {
        assert_eq!(line("{\n let mut state = self.state();\n state.inside += 1;\n state.all += 1;\n}"), None);
        assert_eq!(line("{\n let inside = self.number();\n inside + 1\n}"), None);
        assert_eq!(
            line("{\n let state = self.state();\n if state.full { 0 } else { state.inside }\n}"),
            None
        );
    }
}
