//! How deep a file is nested, found out without recursion: whoever reads the syntax recurses over it.
//!
//! Brackets are one kind of nesting, chains are the other: of operators, calls, types, `else if`. How deep the syntax
//! tree of a chain is depends on the grammar, so every token of it counts.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree, token_stream};

/// Brackets within brackets. People get lost in ten.
const MOST_BRACKETS: usize = 128;
/// Tokens from the beginning of a chain to its end, with the chains around it.
const LONGEST_CHAIN: usize = 2_000;

/// Where a file is nested too deeply, and how.
#[derive(Debug, Clone)]
pub(crate) struct TooDeep {
    pub span: Span,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Brackets,
    Chain,
}

impl What {
    /// What is the matter, and what to do.
    pub(crate) fn message(self) -> String {
        match self {
            Self::Brackets => {
                format!("brackets are nested more than {MOST_BRACKETS} deep: split this into functions")
            }
            Self::Chain => format!(
                "one expression or type goes on for more than {LONGEST_CHAIN} tokens: split it with `let`, or into functions"
            ),
        }
    }
}

/// The tokens between two brackets that are still to be looked at.
struct Level {
    rest: token_stream::IntoIter,
    /// The length of the chain that the brackets are a part of.
    before: usize,
    /// The length of the chain so far.
    chain: usize,
    /// Whether the last token was a block, behind which a statement may end.
    after_block: bool,
}

/// The first place that is too deep.
pub(super) fn too_deep(stream: &TokenStream) -> Option<TooDeep> {
    let level = |stream: TokenStream, before| Level {
        rest: stream.into_iter(),
        before,
        chain: before,
        after_block: false,
    };
    let mut levels = vec![level(stream.clone(), 0)];
    while let Some(current) = levels.last_mut() {
        let Some(tree) = current.rest.next() else {
            levels.pop();
            continue;
        };
        let span = tree.span();
        if current.ends_before(&tree) {
            current.chain = current.before;
        } else {
            current.chain += 1;
        }
        if current.chain > LONGEST_CHAIN {
            return Some(TooDeep { span, what: What::Chain });
        }
        current.after_block = false;
        if let TokenTree::Group(group) = tree {
            current.after_block = group.delimiter() == Delimiter::Brace;
            let before = current.chain + 1;
            if levels.len() > MOST_BRACKETS {
                return Some(TooDeep { span, what: What::Brackets });
            }
            levels.push(level(group.stream(), before));
        }
    }
    None
}

impl Level {
    /// Whether something new begins with `next`, or `next` only separates.
    fn ends_before(&self, next: &TokenTree) -> bool {
        match next {
            TokenTree::Punct(punct) => {
                matches!(punct.as_char(), ';' | ',') || self.after_block && punct.as_char() == '#'
            }
            TokenTree::Ident(word) => self.after_block && word != "else" && word != "as",
            TokenTree::Group(_) | TokenTree::Literal(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<What> {
        too_deep(&text.parse().expect("tokens")).map(|too_deep| too_deep.what)
    }

    #[test]
    fn every_kind_of_nesting_is_bounded() {
        let many = |text: &str| text.repeat(3_000);
        for (source, what) in [
            (format!("const A: u8 = {}1{};", many("("), many(")")), What::Brackets),
            (format!("fn f() {{ {} {} }}", many("{"), many("}")), What::Brackets),
            (format!("const A: u8 = {}1{};", many("[").replace('[', "[&"), many("]")), What::Brackets),
            (format!("fn f() {{ if a {{}} {} }}", many("else if b {} ")), What::Chain),
            (format!("const A: u8 = 1{};", many(" + 1")), What::Chain),
            (format!("const A: bool = {}true;", many("!")), What::Chain),
            (format!("fn f() {{ a{} }}", many(".b()")), What::Chain),
            (format!("fn f() {{ a{} }}", many("?")), What::Chain),
            (format!("fn f() {{ a{} }}", many(" as u8")), What::Chain),
            (format!("fn f() {{ {}1 }}", many("return ")), What::Chain),
            (format!("fn f() {{ {}1 }}", many("|| ")), What::Chain),
            (format!("type A = {}u8;", many("&")), What::Chain),
            (format!("type A = {}u8{};", many("Box<"), many(">")), What::Chain),
            (format!("type A = {}u8;", many("fn() -> ")), What::Chain),
            (format!("fn f() {{ let {}a = 1; }}", many("&")), What::Chain),
            (format!("fn f() {{ {}loop {{}} }}", many("'a: ")), What::Chain),
        ] {
            assert_eq!(found(&source), Some(what), "{}", &source[..60]);
        }
    }

    #[test]
    fn long_files_are_not_deep_ones() {
        let many = |text: &str| text.repeat(5_000);
        for source in [
            many("fn f() { g(); if a { b } else { c } }\n"),
            many("#[inline] pub fn f(a: u8) -> u8 { a }\n"),
            format!(
                "fn f() {{ {} }}",
                many("let a = b.c().d(); a += 1; if a { continue } match a { _ => {} }")
            ),
            format!("const A: &[u8] = &[{}];", many("1, ")),
            format!("fn f() {{ match a {{ {} }} }}", many("1 => { 2 } 3 => 4,")),
        ] {
            assert_eq!(found(&source), None, "{}", &source[..30]);
        }
    }
}
