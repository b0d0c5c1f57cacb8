//! The mistakes: a table of them, and what each finds to change.

mod atomics;
mod conditions;
mod locking;
mod numbers;
mod statements;
mod threads;
mod time;
mod waiting;
mod waking;

use strum::IntoStaticStr;
use syn::{Block, Expr};

use super::code::{Code, Edits};

/// A kind of small mistake.
#[derive(Debug, Clone)]
pub struct Operator {
    /// As it is called on the command line, in reports and in the identities of its mutants.
    pub name: &'static str,
    pub what: &'static str,
    pub source: Source,
    find: &'static [Find],
}

/// Where an operator comes from. The names are those of ConMAn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
pub enum Source {
    /// Modify the timeout of a wait.
    MXT,
    /// Modify the count of permits or threads.
    MXC,
    /// Remove a call of a thread's method: wait, notify, join.
    RTXC,
    /// Remove a call of a lock's method.
    RCXC,
    /// Replace a notification of all by one of one.
    RNA,
    /// Exchange how a lock is acquired.
    ELPA,
    /// Exchange an atomic call for several that are not atomic together.
    EAN,
    /// Remove what makes sure that a lock is released.
    RFU,
    /// Replace a concurrency object by another one.
    RXO,
    /// Exchange two locks.
    EELO,
    /// Shift a critical region.
    SHCR,
    /// Shrink a critical region.
    SKCR,
    /// Expand a critical region.
    EXCR,
    /// Split a critical region.
    SPCR,
    /// Remove `volatile`: an access orders less than it has to.
    RVK,
    /// None of ConMAn, but one of the usual mistakes with what is waited for, time or panics.
    Own,
    /// None of ConMAn: one that any program can have.
    Sequential,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What an operator is shown, piece by piece.
#[derive(Debug, Clone)]
enum Find {
    Expr(fn(&Code<'_>, &Expr) -> Vec<Edits>),
    Block(fn(&Code<'_>, &Block) -> Vec<Edits>),
    /// The body of a method `drop` of the trait `Drop`.
    Destructor(fn(&Code<'_>, &Block) -> Vec<Edits>),
}

use Find::{Block as InBlock, Destructor as InDestructor, Expr as InExpr};

/// All of them. Of two that make the same mutant, it is the first one's.
#[rustfmt::skip]
pub const OPERATORS: &[Operator] = &[
    Operator { name: "wait_removed", what: "a wait is left out", source: Source::RTXC,
        find: &[InBlock(waiting::removed), InExpr(waiting::skipped)] },
    Operator { name: "while_to_if", what: "what is waited for is looked at only once", source: Source::Own,
        find: &[InExpr(waiting::while_to_if), InExpr(waiting::not_rechecked)] },
    Operator { name: "wait_unconditional", what: "a wait does not look first at what it waits for", source: Source::Own,
        find: &[InExpr(waiting::unconditional)] },
    Operator { name: "timeout_changed", what: "a timed wait has no time, or twice as much", source: Source::MXT,
        find: &[InExpr(waiting::timeout)] },
    Operator { name: "receive_to_try", what: "a channel is looked at, not waited for", source: Source::ELPA,
        find: &[InExpr(waiting::receive_to_try)] },
    Operator { name: "notify_removed", what: "a notification is left out", source: Source::RTXC,
        find: &[InBlock(waking::removed), InExpr(waking::removed_from_arm)] },
    Operator { name: "notify_all_to_one", what: "one waiter is notified instead of all", source: Source::RNA,
        find: &[InExpr(waking::all_to_one)] },
    Operator { name: "other_condvar", what: "another condition variable is taken", source: Source::RXO,
        find: &[InExpr(waking::other)] },
    Operator { name: "section_split", what: "a critical section is released and entered again in between", source: Source::SPCR,
        find: &[InBlock(locking::split), InExpr(locking::torn_assignment)] },
    Operator { name: "section_shrunk", what: "a guard is dropped as soon as it is not mentioned again", source: Source::SKCR,
        find: &[InBlock(locking::shrunk)] },
    Operator { name: "section_shifted", what: "a lock is taken a statement later", source: Source::SHCR,
        find: &[InBlock(locking::shifted)] },
    Operator { name: "unlock_removed", what: "a guard is kept to the end of its scope", source: Source::EXCR,
        find: &[InBlock(locking::kept)] },
    Operator { name: "lock_removed", what: "a guard that nothing mentions is dropped at once", source: Source::RCXC,
        find: &[InBlock(locking::dropped_at_once)] },
    Operator { name: "lock_order_swapped", what: "two locks are taken in the other order", source: Source::EELO,
        find: &[InBlock(locking::order)] },
    Operator { name: "lock_to_try", what: "a lock is tried, not waited for", source: Source::ELPA,
        find: &[InExpr(locking::tried)] },
    Operator { name: "ordering_weakened", what: "an atomic access orders less", source: Source::RVK,
        find: &[InExpr(atomics::weakened)] },
    Operator { name: "atomic_split", what: "a read-modify-write is a load and a store", source: Source::EAN,
        find: &[InExpr(atomics::split)] },
    Operator { name: "join_removed", what: "a thread is not joined", source: Source::RTXC,
        find: &[InBlock(threads::join_removed)] },
    Operator { name: "poison_unwrapped", what: "a lock that a panic has poisoned panics again", source: Source::Own,
        find: &[InExpr(threads::poison_unwrapped)] },
    Operator { name: "drop_emptied", what: "a guard gives nothing back when it is dropped, also in a panic", source: Source::RFU,
        find: &[InDestructor(threads::emptied)] },
    Operator { name: "catch_removed", what: "a panic is not caught", source: Source::RFU,
        find: &[InExpr(threads::not_caught)] },
    Operator { name: "clock_read_again", what: "the clock is read again instead of once", source: Source::Own,
        find: &[InBlock(time::clock_read_again)] },
    Operator { name: "deadline_restarted", what: "a deadline is computed anew where it is used", source: Source::Own,
        find: &[InBlock(time::deadline_restarted)] },
    Operator { name: "count_changed", what: "a count is created with one more", source: Source::MXC,
        find: &[InExpr(numbers::count)] },
    Operator { name: "condition_negated", what: "a condition is the opposite", source: Source::Sequential,
        find: &[InExpr(conditions::negated)] },
    Operator { name: "condition_part_dropped", what: "a part of a condition is left out", source: Source::Sequential,
        find: &[InExpr(conditions::part_dropped)] },
    Operator { name: "boundary_shifted", what: "a comparison is off by one", source: Source::Sequential,
        find: &[InExpr(conditions::boundary)] },
    Operator { name: "number_changed", what: "a number is off by one", source: Source::Sequential,
        find: &[InExpr(numbers::literal)] },
    Operator { name: "sign_changed", what: "what is added is subtracted, or the other way round", source: Source::Sequential,
        find: &[InExpr(numbers::sign)] },
    Operator { name: "bool_flipped", what: "true is false, or the other way round", source: Source::Sequential,
        find: &[InExpr(numbers::flipped)] },
    Operator { name: "exit_removed", what: "an early end is left out", source: Source::Sequential,
        find: &[InBlock(statements::exit_removed)] },
    Operator { name: "statements_swapped", what: "a wakeup, an unlock or a store comes a statement earlier or later", source: Source::SHCR,
        find: &[InBlock(statements::swapped)] },
    Operator { name: "statement_removed", what: "a statement is left out", source: Source::Sequential,
        find: &[InBlock(statements::removed)] },
];

impl Operator {
    /// The operator of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| operator.name == name)
    }

    pub(super) fn in_expr(&self, code: &Code<'_>, expr: &Expr) -> Vec<Edits> {
        self.all(|find| match find {
            InExpr(find) => find(code, expr),
            InBlock(_) | InDestructor(_) => Vec::new(),
        })
    }

    pub(super) fn in_block(&self, code: &Code<'_>, block: &Block) -> Vec<Edits> {
        self.all(|find| match find {
            InBlock(find) => find(code, block),
            InExpr(_) | InDestructor(_) => Vec::new(),
        })
    }

    pub(super) fn in_destructor(&self, code: &Code<'_>, block: &Block) -> Vec<Edits> {
        self.all(|find| match find {
            InDestructor(find) => find(code, block),
            InExpr(_) | InBlock(_) => Vec::new(),
        })
    }

    fn all(&self, found: impl Fn(&Find) -> Vec<Edits>) -> Vec<Edits> {
        self.find.iter().flat_map(found).collect()
    }
}
