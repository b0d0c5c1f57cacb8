//! Which lines belong to a place in the source: the whole statement that it is in, and what decides about it.

use std::ops::RangeInclusive;

use model_trace::Place;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

use crate::source::Parsed;

/// A longer statement is shown by its first line and the one that is meant.
const LONGEST: usize = 8;

/// The statements and conditions of a submission.
#[derive(Debug, Default)]
pub(super) struct Statements {
    statements: Vec<Lines>,
    conditions: Vec<Condition>,
}

/// Lines of a file.
#[derive(Debug)]
struct Lines {
    file: String,
    lines: RangeInclusive<u32>,
}

/// The head of an `if`, a `while` or a `match`, and all of it.
#[derive(Debug)]
struct Condition {
    head: Lines,
    whole: RangeInclusive<u32>,
    is_loop: bool,
}

impl Statements {
    pub(super) fn of(sources: &[Parsed]) -> Self {
        let mut statements = Self::default();
        for Parsed { name, file } in sources {
            Reader { file: name, statements: &mut statements }.visit_file(file);
        }
        statements
    }

    /// The lines that belong to a place. Where a thread waits, the conditions that it looked at belong to it.
    pub(super) fn lines(&self, place: &Place, waits: bool) -> Vec<u32> {
        let around = self.statements.iter().filter(|own| own.contains(place));
        let statement = around.min_by_key(|own| own.lines.clone().count());
        let mut lines: Vec<u32> = match statement {
            Some(own) if own.lines.clone().count() <= LONGEST => own.lines.clone().collect(),
            Some(own) => vec![*own.lines.start(), place.line],
            None => Vec::new(),
        };
        if waits {
            lines.extend(self.conditions(place));
        }
        lines
    }

    /// The heads of what is around a place, and of what comes before it in the same loop.
    fn conditions(&self, place: &Place) -> Vec<u32> {
        let own = || self.conditions.iter().filter(|condition| condition.head.file == place.file);
        let around = own().filter(|condition| condition.whole.contains(&place.line));
        let innermost = around.clone().filter(|condition| condition.is_loop);
        let turn = innermost.min_by_key(|condition| condition.whole.clone().count());
        let in_turn = own().filter(|condition| {
            turn.is_some_and(|turn| turn.whole.contains(condition.head.lines.start()))
                && *condition.head.lines.start() <= place.line
        });
        let nearest = around.max_by_key(|condition| *condition.head.lines.start());
        in_turn.chain(nearest).flat_map(|condition| condition.head.lines.clone()).collect()
    }
}

impl Lines {
    fn contains(&self, place: &Place) -> bool {
        place.file == self.file && self.lines.contains(&place.line)
    }
}

struct Reader<'a> {
    file: &'a str,
    statements: &'a mut Statements,
}

impl Reader<'_> {
    fn lines(&self, from: proc_macro2::Span, to: proc_macro2::Span) -> Lines {
        let line = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        Lines { file: self.file.to_owned(), lines: line(from.start().line)..=line(to.end().line) }
    }

    /// A part of the source that is shown whole: to the end of its head, where it has a body.
    fn statement(&mut self, whole: proc_macro2::Span, head: Option<proc_macro2::Span>) {
        let lines = self.lines(whole, head.unwrap_or(whole));
        self.statements.statements.push(lines);
    }

    fn condition(&mut self, whole: proc_macro2::Span, head: proc_macro2::Span, is_loop: bool) {
        let condition =
            Condition { head: self.lines(whole, head), whole: self.lines(whole, whole).lines, is_loop };
        self.statements.conditions.push(condition);
    }
}

/// The last part of an expression's head, if it has a body of statements.
fn head(expression: &Expr) -> Option<proc_macro2::Span> {
    match expression {
        Expr::If(it) => Some(it.cond.span()),
        Expr::While(it) => Some(it.cond.span()),
        Expr::Match(it) => Some(it.expr.span()),
        Expr::ForLoop(it) => Some(it.expr.span()),
        Expr::Loop(it) => Some(it.loop_token.span),
        Expr::Block(it) => Some(it.block.brace_token.span.open()),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let own = match statement {
            Stmt::Expr(expression, _) => head(expression),
            Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => None,
        };
        self.statement(statement.span(), own);
        visit::visit_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        if let Some(head) = head(expression) {
            let is_loop = matches!(expression, Expr::While(_) | Expr::Loop(_) | Expr::ForLoop(_));
            self.condition(expression.span(), head, is_loop);
        }
        visit::visit_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    const SOURCE: &str = "fn take(&self) -> T {
    let mut items = self.items
        .lock()
        .unwrap();
    loop {
        if let Some(item) = items.pop_front() {
            return item;
        }
        items = self.came
            .wait(items)
            .unwrap();
    }
}
fn until(&self) {
    while !*ready {
        ready = self.came.wait(ready).unwrap();
    }
}
";

    fn lines(line: u32, waits: bool) -> Vec<u32> {
        let statements = Statements::of(&Parsed::all(&[Source::new("src/lib.rs", SOURCE)]));
        let mut lines = statements.lines(&Place { file: "src/lib.rs".into(), line, column: 9 }, waits);
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    #[test]
    fn a_statement_is_shown_whole_with_the_receiver_of_its_calls() {
        assert_eq!(lines(3, false), [2, 3, 4]);
        assert_eq!(lines(6, false), [6], "of what has a body, only the head");
    }

    #[test]
    fn a_wait_comes_with_the_conditions_that_lead_to_it() {
        assert_eq!(lines(10, true), [5, 6, 9, 10, 11]);
        assert_eq!(lines(16, true), [15, 16]);
    }
}
